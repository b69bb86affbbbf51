"""Lists, opens, corrects, deletes and restores the documents of a library. A part of the engine."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord, Size
from sinkqa.index.store.sqlite.trash import Trash
from sinkqa.ingest.document import Box, Page, Span
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.splitting.packing import merged
from sinkqa.ingest.text.normalised_text import reading_view
from sinkqa.service.answer import QuotedSpan
from sinkqa.service.documents.discarded import Discarded, discarded, until_of
from sinkqa.service.documents.editing import checked
from sinkqa.service.documents.occurrences import Searchable, occurrences
from sinkqa.service.documents.subjects import Subject, Subjects
from sinkqa.service.errors import NoPageImage, PageNotFound
from sinkqa.service.evidence.geometry import astral_offsets, line_boxes, quoted_spans
from sinkqa.service.settings import Settings

if TYPE_CHECKING:
    from sinkqa.service.documents.drawn_tables import DrawnTable
    from sinkqa.service.documents.overview import Overview


_AROUND = 60  # code points beside what was found


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document. ``level`` counts from 1. ``spans`` are empty if its words were not found in the text.

    ``start``: the offset of the heading in the source text, or if it was not found, of the first passage below it.
    """

    text: str
    level: int
    start: int
    spans: tuple[QuotedSpan, ...]
    page: int
    passage_id: str


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A place where the words were found: the line around them in reading form, in three pieces."""

    page: int
    before: str
    text: str
    after: str
    spans: tuple[QuotedSpan, ...]


@dataclass(frozen=True, slots=True)
class OpenPage:
    """A page with its text, and the parts to highlight: spans of its text and boxes on its image."""

    record: DocumentRecord
    page: Page
    text: str
    place: QuotedSpan
    highlights: tuple[QuotedSpan, ...]
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class OpenPassage:
    """A passage with its neighbours, in reading order."""

    record: DocumentRecord
    passage: Passage
    spans: tuple[QuotedSpan, ...]
    quote: str
    previous: str | None
    next: str | None
    boxes: tuple[Box, ...]


class Shelf:
    """The documents of a library. Each call reads a single generation."""

    def __init__(self, library: Library, settings: Settings) -> None:
        self._library = library
        self._settings = settings
        self._astral: dict[str, tuple[int, ...]] = {}  # by hash of the text
        self._subjects = Subjects(library)
        self._searchable = Searchable()

    @property
    def folder(self) -> Path:
        """The folder of the library on disk."""
        return self._settings.library

    @property
    def kept_s(self) -> float:
        """The seconds for which a discarded document can be restored; 0 means that it cannot."""
        return self._settings.undo_s

    def reading(self) -> AbstractContextManager[None]:
        """Inside, all reads of this thread are of one generation, even if others write or delete."""
        return self._library.reading()

    def documents(self) -> list[DocumentRecord]:
        """All documents, in the order of their titles."""
        return sorted(self._library.documents(), key=lambda record: (record.title, record.doc_id))

    def subjects(self, documents: Sequence[DocumentRecord]) -> dict[str, tuple[Subject, ...]]:
        """The subjects of each document, by doc_id."""
        return self._subjects.of(documents)

    def size(self) -> Size:
        """The number of documents and of their bytes."""
        return self._library.size()

    def document(self, doc_id: str) -> DocumentRecord:
        """The record of a document. ``doc_id`` is its id or the beginning of its id (6 characters or more)."""
        return self._library.document(doc_id)

    def text(self, doc_id: str) -> str:
        """The source text of a document, in which all offsets count."""
        return self._library.text(doc_id)

    def passages(self, doc_id: str) -> list[Passage]:
        """The passages of a document in reading order."""
        return self._library.passages(doc_id)

    def placed(self, doc_id: str, spans: Sequence[Span]) -> tuple[QuotedSpan, ...]:
        """The spans of a document with offsets in code points and in UTF-16 units."""
        return quoted_spans(self._astral_offsets(doc_id), spans)

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id."""
        return self._library.passage(passage_id)

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """The passages up to ``reach`` places from this one, including itself, in reading order."""
        return self._library.near(passage_id, reach=reach)

    def open_passage(self, passage_id: str) -> OpenPassage:
        """A passage, word for word, with its neighbours.

        Raises:
            PassageNotFound: the passage does not exist, or no longer.
        """
        with self._library.reading():
            passage = self._library.passage(passage_id)
            doc_id = passage.doc_id
            ids = [each.passage_id for each in self._library.passages(doc_id)]
            at = ids.index(passage.passage_id)
            text = self._library.text(doc_id)
            return OpenPassage(
                record=self._library.document(doc_id),
                passage=passage,
                spans=quoted_spans(self._astral_offsets(doc_id), passage.spans),
                quote=" … ".join(text[start:end] for start, end in passage.spans),
                previous=ids[at - 1] if at else None,
                next=ids[at + 1] if at + 1 < len(ids) else None,
                boxes=line_boxes(self._library.boxes(doc_id), passage.spans, self._library.pages(doc_id)),
            )

    def content(self, doc_id: str) -> bytes:
        """The original file of a document, byte for byte."""
        return self._library.content(doc_id)

    def tables(self, doc_id: str, *, page: int | None = None) -> list[DrawnTable]:
        """The tables of a document as rows and columns. With ``page``, only the tables on that page."""
        from sinkqa.service.documents.drawn_tables import drawn_tables

        with self._library.reading():
            return list(drawn_tables(self._library.text(doc_id), self._library.passages(doc_id), page=page))

    def overview(self, doc_id: str, language: str) -> Overview:
        """The first sentence of each section of a document. ``language`` of the notes: "zh", or else English."""
        from sinkqa.service.documents.overview import overview

        with self._library.reading():
            whole = self._library.document(doc_id).doc_id
            return overview(self._library, whole, self._library.passages(whole), language)

    def find(self, doc_id: str, words: str, *, most: int) -> tuple[list[Occurrence], int]:
        """The first ``most`` places of ``words`` in a document, and the number of all places."""
        with self._library.reading():
            text, pages = self._library.text(doc_id), self._library.pages(doc_id)
            sha256, astral = self._library.document(doc_id).text_sha256, self._astral_offsets(doc_id)
        found = list(occurrences(self._searchable.view(sha256, text), words))
        starts = [page.start for page in pages]
        shown = [
            Occurrence(
                pages[max(0, bisect_right(starts, spans[0].start) - 1)].number,
                *_around(text, spans[0].start, spans[-1].end),
                quoted_spans(astral, spans),
            )
            for spans in found[:most]
        ]
        return shown, len(found)

    def outline(self, doc_id: str) -> list[Heading]:
        """The headings of a document that have text below them, in reading order."""
        with self._library.reading():
            passages = sorted(self._library.passages(doc_id), key=lambda passage: passage.spans[0])
            text, pages = self._library.text(doc_id), self._library.pages(doc_id)
            astral = self._astral_offsets(doc_id)
        return list(_headings(text, passages, pages, astral))

    def open_page(
        self, doc_id: str, number: int, *, highlight: Sequence[Span] = (), passage_ids: Sequence[str] = ()
    ) -> OpenPage:
        """The page with this ``number``, from 1. The parts of the spans and passages on it are to be highlighted.

        Raises:
            DocumentNotFound, AmbiguousDocument, PassageNotFound: see their names.
            PageNotFound: the document has no such page.
        """
        with self._library.reading():
            record = self._library.document(doc_id)
            pages = self._library.pages(record.doc_id)
            if not 1 <= number <= len(pages):
                raise PageNotFound(f"no page {number} in {record.doc_id[:12]}: it has 1 to {len(pages)}; name one")
            page = pages[number - 1]
            text = self._library.text(record.doc_id)
            named = [span for each in passage_ids for span in self._library.passage(each).spans]
            wanted = merged(text, _within(page, [*highlight, *named]))
            astral = self._astral_offsets(record.doc_id)
            boxes = self._library.boxes(record.doc_id) if wanted else None
        (place,) = quoted_spans(astral, [Span(page.start, page.end)])
        highlights = quoted_spans(astral, wanted)
        return OpenPage(record, page, text[page.start : page.end], place, highlights, line_boxes(boxes, wanted, [page]))

    def page_image(self, opened: OpenPage, *, width: int) -> bytes:
        """A PNG of a page of a PDF, about ``width`` pixels wide, with its highlights marked.

        Raises:
            DocumentNotFound: the document was deleted in the meantime.
            NoPageImage: the document is not a PDF.
            PageNotDrawn: the page is damaged, or drawing it takes too much time or memory.
        """
        from sinkqa.service.documents.page_images import draw

        record = opened.record
        if record.type != "pdf":
            raise NoPageImage(
                f"{record.title[:80]}: only pages of PDFs have images, this is {record.type}; ask for JSON"
            )
        return draw(self._library.content(record.doc_id), opened.page, opened.boxes, width=width)

    def edit(self, doc_id: str, given: Mapping[str, object]) -> DocumentRecord:
        """Corrects a document's metadata. None or an empty text undoes a correction: the extracted value counts again.

        Raises:
            InvalidCorrection: see :func:`checked`.
        """
        return self._library.edit(doc_id, checked(given))

    def remove(self, doc_id: str) -> DocumentRecord:
        """Deletes a document permanently. Returns its record."""
        return self._library.remove(doc_id)

    def discard(self, doc_id: str) -> Discarded:
        """Deletes a document. :meth:`restore` can restore it for the time that the settings give."""
        if not self._settings.undo_s:
            return Discarded(self.remove(doc_id), _now(), None)
        record = self._library.remove(doc_id, trash=self._trash)
        return until_of(record, _now(), self._settings.undo_s)

    def discarded(self) -> list[Discarded]:
        """The documents that :meth:`restore` can restore, the last deleted first."""
        self.forget_discarded()
        return discarded(self.folder, kept_s=self._settings.undo_s)

    def restore(self, doc_id: str) -> DocumentRecord:
        """Restores a discarded document with the same passages. ``doc_id`` is its whole id.

        Raises:
            DocumentNotFound: no such document was discarded, or its time is over.
        """
        self.forget_discarded()
        return self._library.restore(doc_id, self._trash)

    def forget_discarded(self) -> None:
        """Deletes the discarded documents whose time is over."""
        self._trash.empty(older_than_s=self._settings.undo_s)

    @cached_property
    def _trash(self) -> Trash:
        return Trash(self._settings.library, encoder=self._library.encoder.fingerprint)

    def _astral_offsets(self, doc_id: str) -> tuple[int, ...]:
        """Kept for each text seen: most documents have none, and finding that out means reading all of it."""
        sha256 = self._library.document(doc_id).text_sha256
        if sha256 not in self._astral:
            self._astral[sha256] = astral_offsets(self._library.text(doc_id))
        return self._astral[sha256]


def _around(text: str, start: int, end: int) -> tuple[str, str, str]:
    """What stands before, at and after a place, up to a paragraph's end, in reading form."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    before, after = text[first:start].rsplit("\n\n")[-1], text[end:last].split("\n\n")[0]
    return " ".join(before.split()), " ".join(text[start:end].split()), " ".join(after.split())


def _within(page: Page, spans: Sequence[Span]) -> Iterator[Span]:
    """What of the spans lies on the page."""
    for start, end in spans:
        first, last = max(start, page.start), min(end, page.end)
        if first < last:
            yield Span(first, last)


def _headings(
    text: str, passages: Sequence[Passage], pages: Sequence[Page], astral: Sequence[int]
) -> Iterator[Heading]:
    """A heading's words stand between the passage before it and the first one below it, in the order of levels."""
    previous: tuple[str, ...] = ()
    end = 0
    for passage in passages:
        first = passage.spans[0].start
        shared = next((n for n, pair in enumerate(zip(previous, passage.section, strict=False)) if pair[0] != pair[1]),
                      min(len(previous), len(passage.section)))  # fmt: skip
        view = reading_view(text, [Span(end, first)]) if shared < len(passage.section) and end < first else None
        at = 0
        for level, heading in enumerate(passage.section[shared:], shared + 1):
            found = view.text.find(heading, at) if view else -1
            spans: tuple[Span, ...] = ()
            if view and found >= 0:
                at = found + len(heading)
                spans = view.to_source(found, at)
            start = spans[0].start if spans else first
            page = next((page.number for page in pages if page.start <= start < page.end), passage.page_start)
            yield Heading(heading, level, start, quoted_spans(astral, spans), page, passage.passage_id)
        previous = passage.section
        end = max(end, first, *(last for _, last in passage.spans))


def _now() -> str:
    """UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")
