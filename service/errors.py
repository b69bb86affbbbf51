"""Errors of the service, each with a stable code.

SinkQAError
└── ServiceError
    ├── InvalidQuestion    invalid-question    the question has no word, or is too long
    ├── InvalidComparison  invalid-comparison  a comparison has no column, no row, or too many of either
    ├── InvalidText        invalid-text        the text to verify has no statement, or too much text
    ├── InvalidSetting     invalid-setting     a setting or option is out of its range
    ├── GeneratorUnavailable  generator-unavailable  there is no language model, or its text is incomplete
    ├── GeneratorStopped   generator-stopped   a language model reached a cap
    ├── InvalidCollection  invalid-collection  a collection cannot have this name, or cannot be deleted
    ├── CollectionNotFound  collection-not-found  no collection has this name
    │   └── ModelNotFound   model-not-found     no collection is offered as a model of this name
    ├── CollectionExists   collection-exists   a collection has this name already
    ├── InvalidFilter      invalid-filter      searches do not know this condition
    ├── InvalidUpload      invalid-upload      an upload has no file, or too many
    ├── InvalidCorrection  invalid-correction  a document's field cannot be corrected, or cannot have this value
    ├── AddressRefused     address-refused     no web address, or its document cannot or must not be fetched
    ├── InvalidExport      invalid-export      a memo is empty, or its export format is unknown
    ├── StorageFull        storage-full        there is no room on disk for the incoming files
    ├── QuotaExceeded      quota-exceeded      a collection would exceed its limits
    ├── SearchFailed       search-failed       a retriever's server cannot be reached, or refuses
    ├── JobNotFound        job-not-found       no job has this id, or it ended long ago
    ├── JobInterrupted     job-interrupted     the server ended repeatedly while it worked on the job
    ├── PageNotFound       page-not-found      a document has no such page
    ├── NoPageImage        no-page-image       a document's pages have no images
    ├── PageNotDrawn       page-not-drawn      no image of the page can be made
    ├── LibraryEmpty       library-empty       the library has no passage to answer from
    ├── InvalidManifest    invalid-manifest    a list of documents to fetch is not valid
    ├── FetchBusy          fetch-busy          another process fetches into the same folder
    ├── BackupFailed       backup-failed       a copy of the library cannot be made there
    ├── InvalidKey         invalid-key         a key cannot be made with these values
    ├── KeyNotFound        key-not-found       no key, or several keys, have this name
    ├── KeysUnreadable     keys-unreadable     the file of keys is damaged, unsafe or cannot be written
    ├── Unauthorized       unauthorized        the request needs a valid key
    ├── Forbidden          forbidden           the key, or the page that sent the request, may not do this
    ├── WrongHost          wrong-host          the request names another server as its host
    ├── RateLimited        rate-limited        the client sends too many requests
    └── DeadlineExceeded   deadline-exceeded   a request takes longer than allowed
"""

from __future__ import annotations

from sinkqa.ingest.errors import SinkQAError


class ServiceError(SinkQAError):
    """Root of the service's errors."""

    code = "service-error"


class InvalidQuestion(ServiceError):
    """The question has no word, or is too long."""

    code = "invalid-question"


class InvalidComparison(ServiceError):
    """A comparison has no column, no row, or too many of either, or a row that names nothing."""

    code = "invalid-comparison"


class InvalidText(ServiceError):
    """The text has no statement, or more than can be verified at once."""

    code = "invalid-text"


class InvalidSetting(ServiceError):
    """A setting or an option is out of its documented range."""

    code = "invalid-setting"


class GeneratorUnavailable(ServiceError):
    """No language model is set, or it cannot be reached or sends an incomplete text. Answers do without it."""

    code = "generator-unavailable"


class GeneratorStopped(ServiceError):
    """A language model reached a cap. Its finished text is used."""

    code = "generator-stopped"


class InvalidCollection(ServiceError):
    """A collection cannot have this name, or the collection of this name cannot be deleted."""

    code = "invalid-collection"


class CollectionNotFound(ServiceError):
    """No collection has this name."""

    code = "collection-not-found"


class ModelNotFound(CollectionNotFound):
    """No collection is offered to chat assistants as a model of this name."""

    code = "model-not-found"


class CollectionExists(ServiceError):
    """A collection has this name already."""

    code = "collection-exists"


class InvalidFilter(ServiceError):
    """Searches do not know this condition on documents or passages."""

    code = "invalid-filter"


class InvalidUpload(ServiceError):
    """An upload has no file, or too many."""

    code = "invalid-upload"


class InvalidCorrection(ServiceError):
    """A field of a document cannot be corrected, or cannot have this value."""

    code = "invalid-correction"


class AddressRefused(ServiceError):
    """An address is not a web address, or its document cannot or must not be fetched."""

    code = "address-refused"


class InvalidExport(ServiceError):
    """A memo is empty, or the suffix of a file name belongs to no export format."""

    code = "invalid-export"


class StorageFull(ServiceError):
    """There is no room on disk for the incoming files."""

    code = "storage-full"


class QuotaExceeded(ServiceError):
    """A collection would have more documents or bytes than the settings allow."""

    code = "quota-exceeded"


class JobNotFound(ServiceError):
    """No job has this id, or the job ended so long ago that its record was deleted."""

    code = "job-not-found"


class JobInterrupted(ServiceError):
    """A job could not be finished: the server ended repeatedly, or failed for a reason that is in its log."""

    code = "job-interrupted"


class PageNotFound(ServiceError):
    """A document has no page with this number."""

    code = "page-not-found"


class NoPageImage(ServiceError):
    """A document is not a PDF, so its pages have no images."""

    code = "no-page-image"


class PageNotDrawn(ServiceError):
    """A page is damaged, or drawing it takes too much time or memory."""

    code = "page-not-drawn"


class LibraryEmpty(ServiceError):
    """The library has no passage, so it cannot answer anything."""

    code = "library-empty"


class InvalidManifest(ServiceError):
    """A manifest of documents to fetch, or the record of fetched documents, cannot be read or is not valid."""

    code = "invalid-manifest"


class FetchBusy(ServiceError):
    """Another process is fetching into the same folder."""

    code = "fetch-busy"


class BackupFailed(ServiceError):
    """A copy of the library cannot be made, or cannot be made at this place."""

    code = "backup-failed"


class InvalidKey(ServiceError):
    """An API key cannot be made with this label or this lifetime."""

    code = "invalid-key"


class KeyNotFound(ServiceError):
    """No API key has this id or label, or several have the label."""

    code = "key-not-found"


class KeysUnreadable(ServiceError):
    """The file of API keys is damaged, is open to other users, or cannot be read or written now."""

    code = "keys-unreadable"


class Unauthorized(ServiceError):
    """The request needs a valid API key and has none."""

    code = "unauthorized"


class Forbidden(ServiceError):
    """The API key does not permit this, or a page of another site sent the request."""

    code = "forbidden"


class WrongHost(ServiceError):
    """The request's Host header names another server, or is missing."""

    code = "wrong-host"


class SearchFailed(ServiceError):
    """A retriever's server cannot be reached, refuses, or is not a SinkQA server."""

    code = "search-failed"


class RateLimited(ServiceError):
    """The key or the address sends requests too often. It may send the next one in ``retry_s`` seconds."""

    code = "rate-limited"

    def __init__(self, message: str, *, retry_s: int = 1) -> None:
        super().__init__(message)
        self.retry_s = retry_s


class DeadlineExceeded(ServiceError):
    """A request takes longer than allowed, and was stopped."""

    code = "deadline-exceeded"


class DayQuotaExceeded(RateLimited):
    """A key would send more documents or bytes than the settings allow it in a day."""

    code = "day-quota-exceeded"
