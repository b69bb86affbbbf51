"""Request and response models of the routes for documents, passages and jobs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sinkqa.service.hosting.job_store import Job, JobFile
from sinkqa.service.interfaces.deriving import model_of
from sinkqa.service.interfaces.schemas import BoxOut, Kind, SpanOut, Text, Year


class MetadataOut(BaseModel):
    """The metadata of a document."""

    title: str | None
    authors: list[str]
    year: int | None = Field(description="Of issue.")
    language: str | None
    issuer: str | None
    jurisdiction: str | None
    url: str | None = Field(description="The official address of the original.")
    digest_of: str | None
    place: str | None = Field(description="The part of the jurisdiction that it is of, by its name.")


class ReadingOut(BaseModel):
    """The extracted value that a correction replaces."""

    read: str | int | None = Field(description="What was read there; null where nothing was.")


class DocumentPatch(BaseModel):
    """Corrections, as a merge patch. Null restores the extracted value. Fields that are left out do not change."""

    model_config = ConfigDict(extra="forbid")

    title: Text | None = Field(None, description="One line of at most 500 characters.", examples=["牧场管理办法"])
    issuer: Text | None = Field(None, description="Who issued it.")
    jurisdiction: Text | None = Field(None, description="A country by its code of two letters, EU or UN.")
    place: Text | None = Field(None, description="The part of the jurisdiction that it is of, by its name.")
    year: Year | None = Field(None, description="Of issue, 1000 to 2999.")
    language: Text | None = Field(None, description="A code of two letters: zh, en, ja.")
    url: Text | None = Field(None, description="The official address of the original, http or https.")


class DocumentOut(BaseModel):
    """A document, without its text."""

    doc_id: str = Field(description="SHA-256 of its bytes.")
    name: str = Field(description="What the file was called.")
    title: str
    media_type: str
    type: Kind
    metadata: MetadataOut
    warnings: list[str]
    n_pages: int
    n_bytes: int
    n_passages: int
    text_sha256: str
    added_at: str = Field(description="UTC, ISO 8601.")
    generation: int = Field(description="The library's when it was added, or corrected last.")
    edited: dict[str, ReadingOut] = Field(description="The fields of `metadata` that were corrected, by name.")


class SubjectOut(BaseModel):
    """What a value of a facet is called."""

    name: str = Field(description="In English.")
    zh: str = Field(description="In Chinese.")


class FacetCountOut(BaseModel):
    """A value of a facet, and the number of documents that have it and match the choices of all other facets."""

    value: str = Field(description="`none`: not known.")
    count: int
    subject: SubjectOut | None = Field(description="What it is called; null where the value says it itself.")


class FacetsOut(BaseModel):
    """The facets that documents can be filtered by."""

    subject: list[FacetCountOut] = Field(description="A document may have several, and is counted under each.")
    topic: list[FacetCountOut] = Field(description="Ecosystems, and the carbon market; any number, as the next three.")
    side: list[FacetCountOut] = Field(description="`supply` or `demand`.")
    means: list[FacetCountOut] = Field(description="`protection`, `management`, `restoration`.")
    kind: list[FacetCountOut] = Field(description="What the title says that it is: law, order, plan.")
    jurisdiction: list[FacetCountOut]
    type: list[FacetCountOut]
    year: list[FacetCountOut]
    language: list[FacetCountOut]


class DocumentsOut(BaseModel):
    """The chosen documents in the requested order."""

    documents: list[DocumentOut]
    total: int = Field(description="How many were chosen.")
    next_offset: int | None = Field(description="Where the next page begins; null on the last one.")
    generation: int
    facets: FacetsOut


class DeletedOut(BaseModel):
    """The deleted document, and the time until which it can be restored."""

    doc_id: str
    title: str
    restorable_until: str | None = Field(description="UTC, ISO 8601; null: it is gone for good.")
    restore_url: str | None = Field(description="POST here to put it back.")


class DiscardedOut(DeletedOut):
    """A deleted document that can be restored."""

    name: str = Field(description="What the file was called.")
    type: Kind
    deleted_at: str = Field(description="UTC, ISO 8601.")


class DiscardedListOut(BaseModel):
    """The deleted documents that can be restored, the last deleted first."""

    documents: list[DiscardedOut]
    kept_s: float = Field(description="Seconds for which what is deleted can be put back; 0: it cannot.")


class TextOut(BaseModel):
    """The source text of a document. All offsets count in it."""

    doc_id: str
    text: str
    text_sha256: str
    n_pages: int


class HeadingOut(BaseModel):
    """A heading with text below it."""

    text: str
    level: int = Field(description="Nesting, from 1.")
    start: int = Field(description="Where it, or else the text below it, begins.")
    spans: list[SpanOut] = Field(description="The words of the heading; empty where they were not found again.")
    page: int
    passage_id: str = Field(description="The first passage below it.")


class OutlineOut(BaseModel):
    """The headings of a document in reading order."""

    doc_id: str
    headings: list[HeadingOut]
    text_sha256: str


class StoredPassageOut(BaseModel):
    """A unit of evidence of a document."""

    passage_id: str
    doc_id: str
    kind: Literal["text", "list", "row", "table"]
    section: list[str]
    table: str | None
    page_start: int
    page_end: int
    language: str
    text: str = Field(description="The reading form: lines joined, cells parted.")
    spans: list[SpanOut]


class PassagesOut(BaseModel):
    """Passages of a document in reading order."""

    doc_id: str
    passages: list[StoredPassageOut]
    offset: int = Field(description="How many stand before the first of them.")
    total: int
    next_offset: int | None
    text_sha256: str


class PassageInPlaceOut(StoredPassageOut):
    """A passage with its document, its exact words and its neighbours."""

    title: str
    quote: str = Field(description='The source text under the spans, pieces joined by " … ".')
    text_sha256: str
    url: str = Field(description="Opens the passage in the page.")
    boxes: list[BoxOut]
    previous: str | None = Field(description="Id of the passage before it.")
    next: str | None


class PageOut(BaseModel):
    """A page of a document. Offsets count in the document's source text, not in the page's."""

    doc_id: str
    number: int
    n_pages: int
    label: str | None = Field(description="The printed page number, where it differs.")
    width: float = Field(description="Points; 0 where the format has no pages of its own.")
    height: float
    quality: float = Field(description="Share of the page that reads as language, 0-1.")
    text: str
    place: SpanOut = Field(description="Where the page's text stands in the document's.")
    text_sha256: str = Field(description="Of the document's source text.")
    highlights: list[SpanOut] = Field(description="What was asked to be highlighted, as far as it is on this page.")
    boxes: list[BoxOut] = Field(description="The same on the page's image, one for each line.")
    has_image: bool


JobFileOut = model_of(JobFile, "JobFileOut", name=(str, Field(description="What its sender called it.")))
JobOut = model_of(
    Job,
    "JobOut",
    without={"attempts"},
    n_files=(int, ...),
    n_done=(int, Field(description="Files that wait no longer.")),
)


class JobsOut(BaseModel):
    """Jobs of the last day, newest first, at most a hundred."""

    jobs: list[JobOut]  # type: ignore[valid-type]  # made at run time


class AddressIn(BaseModel):
    """The web address of a document."""

    model_config = ConfigDict(extra="forbid")

    address: Text = Field(
        max_length=2000, description="http or https.", examples=["https://www.example.org/forest-act.pdf"]
    )


class UseOut(BaseModel):
    """The number of documents and of bytes of their files, and the limit of each."""

    documents: int
    n_bytes: int
    max_documents: int | None = Field(description="Null: any number.")
    max_bytes: int | None = Field(description="Null: any size.")


class QuotaOut(BaseModel):
    """The limits on further uploads."""

    collection: UseOut = Field(description="What the collection holds, uploads that wait among it.")
    key_today: UseOut | None = Field(description="What the key has sent since midnight UTC; null without a key.")
    by_address: bool = Field(description="Whether an address of the web may be given in place of a file.")
