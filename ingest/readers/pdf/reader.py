"""Ingest, PDF: a file's bytes become a Document with page text, boxes and structure."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ingest.document import Block, Document, Page
from ingest.errors import DocumentTooLarge, EmptyDocument, NoTextLayer, UnreadableDocument
from ingest.readers.pdf.blocks import make_blocks
from ingest.readers.pdf.file import SecondExtractor, load_page, open_pdf, page_label, read_metadata, read_outline
from ingest.readers.pdf.hidden import layers_are_off
from ingest.readers.pdf.ocr import ocr_available, recognise
from ingest.readers.pdf.page import PageLayout, lay_out, plain_page
from ingest.readers.pdf.quality import page_quality
from ingest.readers.pdf.text import read_characters

if TYPE_CHECKING:
    import pypdfium2 as pdfium

MAX_CHARACTERS = 20_000_000
_POOR = 0.8  # below, the second extractor is asked
_BETTER = 0.1  # by which it must be better: it gives no boxes
_PICTURE_CHARS = 16  # a page of a scan may bear a stamp or a page number as text
_PICTURE_SHARE = 0.3  # of the page's area
_OUTLINES = 300  # letters drawn as paths
MAX_OCR_PAGES = 500
_MOST_STAMPS, _LONGEST_STAMP = 5, 40


def read_pdf(content: bytes, name: str) -> Document:
    """Reads a PDF. pdfium is not thread-safe: one thread at a time per process.

    Raises:
        EncryptedDocument: it needs a password.
        UnreadableDocument: damaged, truncated or no PDF.
        DocumentTooLarge: over 5,000 pages or 20 million characters.
        EmptyDocument: all pages are blank.
        NoTextLayer: no page has text and the ocr extra is not installed, or it finds none either.
    """
    with open_pdf(content, name) as document:
        layouts, warnings = _read_pages(document, content, name)
        text = "".join(layout.text for layout in layouts)
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


def _read_pages(document: pdfium.PdfDocument, content: bytes, name: str) -> tuple[list[PageLayout], list[str]]:
    """All pages, one after the other, and remarks on those that gave no text of their own."""
    layouts: list[PageLayout] = []
    pictures: list[int] = []
    broken: list[int] = []
    poor: list[int] = []
    second = SecondExtractor(content)
    layers_off = functools.cache(functools.partial(layers_are_off, content))
    start = 0
    for number in range(1, len(document) + 1):
        page = load_page(document, number)
        if page is None:
            broken.append(number)
            layouts.append(_empty(number, start))
            continue
        layout = lay_out(page, number, start=start, characters=read_characters(page, layers_off=layers_off))
        if _is_picture(page, layout):
            pictures.append(number)
            if ocr_available() and len(pictures) <= MAX_OCR_PAGES:
                layout = lay_out(page, number, start=start, characters=recognise(page))
        elif layout.text and layout.quality < _POOR:
            poor.append(number)
            layout = _better(layout, second, start=start)
        page.close()
        layouts.append(layout)
        start += len(layout.text)
        if start > MAX_CHARACTERS:
            raise DocumentTooLarge(_too_long(name, number, len(document)))
    if len(broken) == len(layouts):
        raise UnreadableDocument(f"{name}: none of {_list(broken)} can be read; fetch or export the file again")
    if not start and not pictures:
        raise EmptyDocument(f"{name}: blank: {len(layouts)} pages without text or pictures; export the file again")
    if not start:
        raise NoTextLayer(f"{name}: {_no_text(pictures)}")
    return layouts, [f"{name}: {remark}" for remark in (*_remarks(broken, pictures, poor), *_left_out(layouts))]


def _is_picture(page: pdfium.PdfPage, layout: PageLayout) -> bool:
    """Whether the page shows a picture, or outlines in place of letters, and next to no text."""
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


def _better(layout: PageLayout, second: SecondExtractor, *, start: int) -> PageLayout:
    """The second extractor's reading of a poor page where that is better; it knows no boxes."""
    text = second.text(layout.number)
    quality = page_quality(text)
    if quality < layout.quality + _BETTER or len(text) < 0.5 * len(layout.text):
        return layout
    return plain_page(text, layout.number, start=start, size=(layout.width, layout.height), quality=quality)


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
            return " ".join(" ".join(text[start:end] for start, end in block.spans).split())
    return None


def _remarks(broken: Sequence[int], pictures: Sequence[int], poor: Sequence[int]) -> Iterator[str]:
    if broken:
        yield f"{_list(broken)} damaged and left out"
    if pictures and not ocr_available():
        yield _no_text(pictures)
    elif pictures:
        yield f"no text layer on {_list(pictures)}: read by OCR" + (
            f", the first {MAX_OCR_PAGES} of them" if len(pictures) > MAX_OCR_PAGES else ""
        )
    if poor:
        yield f"text of {_list(poor)} reads poorly: compare with the original"


def _left_out(layouts: Sequence[PageLayout]) -> Iterator[str]:
    """What pages bear that is no part of their text, hide, or show in letters that nobody can tell."""
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
        return f"no text on {_list(pages)}, neither as text nor seen by OCR; add a better scan"
    return f'no text layer on {_list(pages)}: install the ocr extra (pip install "sinkqa[ocr]")'


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
