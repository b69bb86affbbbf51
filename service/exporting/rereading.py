"""Reads each quote from the store again and compares it before it is exported. Fails closed."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sinkqa.index.errors import DocumentNotFound
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Page, Span, quote
from sinkqa.ingest.passage import Passage
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.exporting.memo import Cited
from sinkqa.service.exporting.references import Work, followed, work_of


class Link(Protocol):
    """Gives the address of a passage on SinkQA's own page, which then highlights the words in the spans."""

    def __call__(self, passage_id: str, *, spans: Sequence[Span] = ()) -> str | None:
        """The address; None where no server is known."""


@dataclass(frozen=True, slots=True)
class RereadQuote:
    """A quote that matches the store, and its place.

    ``section`` and ``table``: those of the passage in which the quote begins. ``work``: the reference, with pages if
    the document has any. ``url``: the original, opened at the page if the viewer supports this, else the passage on
    SinkQA's own page.
    """

    quote: str
    spans: tuple[Span, ...]
    record: DocumentRecord
    work: Work
    section: tuple[str, ...]
    table: str | None
    language: str
    url: str | None
    is_original: bool


@dataclass(frozen=True, slots=True)
class Withheld:
    """A quote that does not match the store. ``gone``: its document no longer exists; else its text has changed."""

    title: str
    gone: bool


class Rereader:
    """Reads quotes of one library again. Compares each document's text with its recorded hash once."""

    def __init__(self, sources: Sources, link: Link, *, today: date) -> None:
        self._sources, self._link, self._today = sources, link, today
        self._texts: dict[str, str | None] = {}
        self._passages: dict[str, list[Passage]] = {}
        self._withheld: set[Cited] = set()

    @property
    def withheld(self) -> int:
        """The number of quotes that did not match the store."""
        return len(self._withheld)

    def reread(self, cited: Cited) -> RereadQuote | Withheld:
        """The quote with its place, or :class:`Withheld` if it no longer matches the store."""
        found = self._reread(cited)
        if isinstance(found, Withheld):
            self._withheld.add(cited)
        return found

    def _reread(self, cited: Cited) -> RereadQuote | Withheld:
        try:
            record = self._sources.document(cited.doc_id)
        except DocumentNotFound:
            return Withheld(cited.title or cited.doc_id[:12], gone=True)
        text = self._text(record)
        if text is None or not cited.spans or not _holds(text, cited):
            return Withheld(record.title, gone=False)
        spans = cited.spans
        pages = _pages(self._sources.pages(record.doc_id), spans)
        if record.doc_id not in self._passages:
            self._passages[record.doc_id] = self._sources.passages(record.doc_id)
        passage = _holding(self._passages[record.doc_id], spans)
        at = printed(record, pages)
        url = _at_page(record, pages if at else ())
        return RereadQuote(
            quote=cited.quote,
            spans=spans,
            record=record,
            work=work_of(record, pages=at, seen=self._today),
            section=passage.section if passage else (),
            table=passage.table if passage else None,
            language=(passage.language if passage else record.metadata.language) or "",
            url=url or (self._link(passage.passage_id, spans=spans) if passage else None),
            is_original=url is not None,
        )

    def _text(self, record: DocumentRecord) -> str | None:
        """The source text; None where it is not the one that was recorded."""
        if record.doc_id not in self._texts:
            text = self._sources.text(record.doc_id)
            same = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() == record.text_sha256
            self._texts[record.doc_id] = text if same else None
        return self._texts[record.doc_id]


def printed(record: DocumentRecord, pages: Sequence[Page]) -> tuple[str, str] | None:
    """The first and last page as printed. None if the document has no pages."""
    if not pages or not record.has_pages:
        return None
    first, last = (page.label or str(page.number) for page in (pages[0], pages[-1]))
    return first, last


def _holds(text: str, cited: Cited) -> bool:
    """Whether the words under the spans are the quote: whole, and none from the end of the text backwards."""
    inside = all(0 <= start < end <= len(text) for start, end in cited.spans)
    return inside and quote(text, cited.spans) == cited.quote


def _pages(pages: Sequence[Page], spans: Sequence[Span]) -> list[Page]:
    return [page for page in pages if any(page.start < end and start < page.end for start, end in spans)]


def _holding(passages: Sequence[Passage], spans: Sequence[Span]) -> Passage | None:
    """The shortest passage in which the quote begins: a row rather than its table.

    Headings are in no passage. A quote that begins with a heading belongs to the passage in which it continues, or to
    the next one.
    """
    begun = spans[0].start
    found = [each for each in passages if any(start <= begun < end for start, end in each.spans)]
    if found:
        return min(found, key=lambda each: sum(end - start for start, end in each.spans))
    after = [each for each in passages if each.spans and each.spans[0].start > begun]
    return min(after, key=lambda each: each.spans[0].start, default=None)


def _at_page(record: DocumentRecord, pages: Sequence[Page]) -> str | None:
    """The original's address, with the page that viewers of PDF open."""
    url = followed(record.metadata.url)
    is_pdf = record.type == "pdf" or (url or "").partition("?")[0].lower().endswith(".pdf")
    if url and pages and is_pdf and "#" not in url:
        return f"{url}#page={pages[0].number}"
    return url
