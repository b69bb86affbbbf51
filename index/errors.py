"""Named errors of the library: what is wrong, and what to do next.

LibraryError
├── LibraryNotFound         library-not-found         the folder holds no library
├── LibraryBusy             library-busy              another process is writing and did not finish in time
├── LibraryReadOnly         library-read-only         the folder cannot be written to
├── LibraryUnreadable       library-unreadable        the folder or a file of it may not be opened, or the disk fails
├── DiskFull                disk-full                 nothing more can be written: the disk has no room
├── LibraryFormatMismatch   library-format-mismatch   written by another version of the format
├── LibraryDamaged          library-damaged           the store itself cannot be read
├── SearchIndexDamaged      search-index-damaged      an index derived from the store is missing or damaged
├── EncoderMismatch         encoder-mismatch          the vectors were made by another encoder
├── EncoderMissing          encoder-missing           the encoder, or the extra it needs, is not there
├── RerankerMissing         reranker-missing          the reranker, or the extra it needs, is not there
├── DocumentNotFound        document-not-found        no document has this id
├── PassageNotFound         passage-not-found         no passage has this id
└── AmbiguousDocument       ambiguous-document        several documents begin with this prefix
"""

from __future__ import annotations

from sinkqa.ingest.errors import SinkQAError


class LibraryError(SinkQAError):
    """Something is wrong with the library itself, not with a file to add."""

    code = "library-error"


class LibraryNotFound(LibraryError):
    """The folder holds no library."""

    code = "library-not-found"


class LibraryBusy(LibraryError):
    """Another process is writing and did not finish in time."""

    code = "library-busy"


class LibraryReadOnly(LibraryError):
    """The folder cannot be written to."""

    code = "library-read-only"


class LibraryUnreadable(LibraryError):
    """The system refuses to open the folder or one of its files, or the disk fails."""

    code = "library-unreadable"


class DiskFull(LibraryError):
    """The disk has no room. Everything stored before is kept."""

    code = "disk-full"


class LibraryFormatMismatch(LibraryError):
    """The library, or a model folder, was written by another version of its format."""

    code = "library-format-mismatch"


class LibraryDamaged(LibraryError):
    """The store itself cannot be read."""

    code = "library-damaged"


class SearchIndexDamaged(LibraryError):
    """The search indexes are missing, damaged, or of another format. They are rebuilt from the store."""

    code = "search-index-damaged"


class EncoderMismatch(LibraryError):
    """The stored vectors were made by another encoder."""

    code = "encoder-mismatch"


class EncoderMissing(LibraryError):
    """The encoder, or the extra it needs, is not installed."""

    code = "encoder-missing"


class RerankerMissing(LibraryError):
    """The reranker, or the extra it needs, is not installed."""

    code = "reranker-missing"


class DocumentNotFound(LibraryError):
    """No document has this id."""

    code = "document-not-found"


class PassageNotFound(LibraryError):
    """No passage has this id."""

    code = "passage-not-found"


class AmbiguousDocument(LibraryError):
    """Several documents begin with this prefix."""

    code = "ambiguous-document"
