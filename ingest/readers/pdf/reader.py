"""Reads a PDF's bytes into a Document with page text, boxes and structure."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.about.titles import join_lines
from sinkqa.ingest.document import Block, Document, Page
from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument, NoTextLayer, UnreadableDocument
from sinkqa.ingest.extras import missing_for_users
from sinkqa.ingest.readers.pdf.blocks.making import make_blocks
from sinkqa.ingest.readers.pdf.file import (
    beside_pages,
    load_page,
    open_pdf,
    page_label,
    read_metadata,
    read_outline,
)
from sinkqa.ingest.readers.pdf.forms import read_additions, with_drawn, with_typed
from sinkqa.ingest.readers.pdf.glyphs.hidden import layers_are_off
from sinkqa.ingest.readers.pdf.lines.text import read_characters
from sinkqa.ingest.readers.pdf.pages.ocr import ocr_available, recognise
from sinkqa.ingest.readers.pdf.pages.page import PageLayout, lay_out, plain_page

if TYPE_CHECKING:
    import pypdfium2 as pdfium

MAX_CHARACTERS = 20_000_000
_POOR = 0.8  # quality below which a page is named
_PICTURE_CHARS = 16  # a page of a scan may bear a stamp or a page number as text
_PICTURE_SHARE = 0.3  # of the page's area
_OUTLINES = 300  # letters drawn as paths
MAX_OCR_PAGES = 500
_MOST_STAMPS, _LONGEST_STAMP = 5, 40
_MAX_NOTE = 80  # characters of a note in a warning


def read_pdf(content: bytes, name: str) -> Document:
    """Reads a PDF. pdfium is not thread-safe: use one thread at a time per process.

    Raises:
        EncryptedDocument: it needs a password.
        UnreadableDocument: it is damaged, truncated or not a PDF.
        DocumentTooLarge: it has over 5,000 pages or 20 million characters.
        EmptyDocument: all pages are blank.
        NoTextLayer: no page has text, and the ocr extra is not installed or finds none.
    """
    with open_pdf(content, name) as document:
        layouts, warnings = _read_pages(document, content, name)
        text = "".join(layout.text for layout in layouts)
        warnings += [f"{name}: {remark}" for remark in beside_pages(document, text, name)]
        blocks = make_blocks(layouts, text, read_outline(document))
        metadata = read_metadata(document, text, name=name, heading=_printed_title(blocks, text))
        labels = [page_label(document, layout.number) for layout in layouts]
    return Document(
        name=name,
        content=content,
        media_type="application/pdf",
        text=text,
        pages=tuple(_pages(layouts, labels)),
        blocks=blocks,
        metadata=metadata,
        boxes=np.concatenate([layout.boxes for layout in layouts]),
        warnings=tuple(warnings),
    )


@dataclass(slots=True)
class _Seen:
    """Page numbers of one file by their findings. ``covering`` are notes that lie over words of a page.

    ``pinned`` are files attached to a page.
    """

    pictures: list[int] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    poor: list[int] = field(default_factory=list)
    commented: list[int] = field(default_factory=list)
    covering: list[tuple[int, str]] = field(default_factory=list)
    pinned: list[tuple[int, str]] = field(default_factory=list)


def _read_pages(document: pdfium.PdfDocument, content: bytes, name: str) -> tuple[list[PageLayout], list[str]]:
    """All pages, one after the other, and remarks on unreadable parts."""
    layouts: list[PageLayout] = []
    seen = _Seen()
    layers_off = functools.cache(functools.partial(layers_are_off, content))
    start = 0
    for number in range(1, len(document) + 1):
        counted = layouts[-1].counted if layouts else 0
        layouts.append(_read_page(document, number, seen, layers_off=layers_off, start=start, counted=counted))
        start += len(layouts[-1].text)
        if start > MAX_CHARACTERS:
            raise DocumentTooLarge(_too_long(name, number, len(document)))
    if len(seen.broken) == len(layouts):
        raise UnreadableDocument(f"{name}: none of {_list(seen.broken)} can be read; fetch or export the file again")
    if not start and not seen.pictures:
        raise EmptyDocument(f"{name}: all {len(layouts)} pages are blank; export the file again")
    if not start:
        raise NoTextLayer(f"{name}: {_no_text(seen.pictures)}")
    return layouts, [f"{name}: {remark}" for remark in (*_remarks(seen), *_left_out(layouts))]


def _read_page(
    document: pdfium.PdfDocument, number: int, seen: _Seen, *, layers_off: Callable[[], bool], start: int, counted: int
) -> PageLayout:
    page = load_page(document, number)
    if page is None:
        seen.broken.append(number)
        return _empty(number, start)
    additions = read_additions(page)
    if additions.drawn:
        page = with_drawn(document, page, number)
    characters = with_typed(read_characters(page, layers_off=layers_off), additions)
    layout = lay_out(page, number, start=start, characters=characters, counted=counted)
    if additions.comments:
        seen.commented.append(number)
    seen.covering += [(number, note) for note in additions.covering]
    seen.pinned += [(number, file) for file in additions.files]
    if _is_picture(page, layout):
        seen.pictures.append(number)
        if ocr_available() and len(seen.pictures) <= MAX_OCR_PAGES:
            layout = lay_out(page, number, start=start, characters=recognise(page))
    elif layout.text and layout.quality < _POOR:
        seen.poor.append(number)
    page.close()
    return layout


def _is_picture(page: pdfium.PdfPage, layout: PageLayout) -> bool:
    """Whether the page shows a picture, or outlines instead of letters, and hardly any text."""
    import pypdfium2.raw as raw

    if len("".join(layout.text.split())) > _PICTURE_CHARS:
        return False
    outlines = 0
    for shape in page.get_objects(max_depth=3):
        outlines += shape.type == raw.FPDF_PAGEOBJ_PATH
        if outlines > _OUTLINES or (shape.type == raw.FPDF_PAGEOBJ_IMAGE and _share(shape, page) > _PICTURE_SHARE):
            return True
    return False


def _share(shape: pdfium.PdfObject, page: pdfium.PdfPage) -> float:
    """Share of the page's area, 0..1 and more."""
    left, bottom, right, top = shape.get_bounds()
    return float((right - left) * (top - bottom) / max(1.0, page.get_width() * page.get_height()))


def _empty(number: int, start: int) -> PageLayout:
    return plain_page("", number, start=start, size=(0.0, 0.0), quality=0.0)


def _pages(layouts: Sequence[PageLayout], labels: Sequence[str | None]) -> Iterator[Page]:
    start = 0
    for layout, label in zip(layouts, labels, strict=True):
        end = start + len(layout.text)
        yield Page(layout.number, start, end, label, layout.width, layout.height, layout.quality)
        start = end


def _printed_title(blocks: Sequence[Block], text: str) -> str | None:
    """The heading of level 0, on one line."""
    for block in blocks:
        if block.kind == "heading" and block.level == 0:
            return join_lines(line for start, end in block.spans for line in text[start:end].splitlines())
    return None


def _remarks(seen: _Seen) -> Iterator[str]:
    pictures = seen.pictures
    if seen.broken:
        yield f"{_list(seen.broken)} damaged and left out"
    if pictures and not ocr_available():
        yield _no_text(pictures)
    elif pictures:
        yield f"no text layer on {_list(pictures)}: read by OCR" + (
            f", the first {MAX_OCR_PAGES} of them" if len(pictures) > MAX_OCR_PAGES else ""
        )
    if seen.poor:
        yield f"text of {_list(seen.poor)} reads poorly: compare with the original"
    if seen.commented:
        yield f"comments on {_list(seen.commented)} are not read: they show only when opened; see them in the original"
    for number, note in seen.covering:
        yield f"page {number}: what is typed over the words of the page is not read: “{_short(note)}”"
    for number, file in seen.pinned:
        yield f"page {number}: an attached file is not read: {_short(file)}; save it and add it if you need it"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_NOTE else f"{line[:_MAX_NOTE]}…"


def _left_out(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """Remarks on text that pages print across, hide, or show in unknown letters."""
    hidden = [layout.number for layout in layouts if layout.hidden]
    if hidden:
        count = sum(layout.hidden for layout in layouts)
        yield f"{count} characters that {_list(hidden)} {'do' if len(hidden) > 1 else 'does'} not show were left out"
    stamped: dict[str, list[int]] = {}
    for layout in layouts:
        for words in layout.told:
            stamped.setdefault(words, []).append(layout.number)
    for words, numbers in list(stamped.items())[:_MOST_STAMPS]:
        yield f'"{words[:_LONGEST_STAMP]}" is printed across {_list(numbers)}'
    unsure = [layout.number for layout in layouts if layout.unsure]
    if unsure:
        yield f"text of {_list(unsure)} may be set in columns from right to left: compare with the original"
    unread = [layout.number for layout in layouts if layout.unread]
    if unread:
        count = sum(layout.unread for layout in layouts)
        yield f"{count} characters of {_list(unread)} cannot be read: compare with the original"


def _no_text(pages: Sequence[int]) -> str:
    if ocr_available():
        return f"no text on {_list(pages)}, neither in a text layer nor by OCR; add a better scan"
    return f"no text layer on {_list(pages)} and no OCR: {missing_for_users('ocr')}; then add the file again"


def _list(numbers: Sequence[int]) -> str:
    """``pages 1-3, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    told = ", ".join("-".join(map(str, run)) for run in runs)
    return f"page{'s' if len(numbers) > 1 else ''} {told}"


def _too_long(name: str, number: int, count: int) -> str:
    return f"{name}: over {MAX_CHARACTERS} characters by page {number} of {count}; split it into parts and add those"
