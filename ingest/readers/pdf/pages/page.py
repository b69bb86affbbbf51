"""Lays out one page: lines in reading order, the page's text, and a box for each character."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.document import Span
from sinkqa.ingest.readers.pdf.glyphs.quality import page_quality
from sinkqa.ingest.readers.pdf.lines.making import NEWLINE, PdfLine, join_line, stamp_lines
from sinkqa.ingest.readers.pdf.lines.order import reading_order
from sinkqa.ingest.readers.pdf.lines.text import Characters
from sinkqa.ingest.readers.pdf.pages.frames import FoundTable, TurnedText, frames_of
from sinkqa.ingest.readers.pdf.tables.finding import PageTable

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray


_ONE_NEWLINE = np.array([NEWLINE])


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A line and its place in the text. ``marks`` are the spans of its footnote marks."""

    line: PdfLine
    page: int
    span: Span
    marks: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PlacedCell:
    """A table cell and the spans of its lines."""

    row: int
    column: int
    row_span: int
    column_span: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True, eq=False)
class PlacedTable:
    """A table of one page. ``loose`` are the lines outside its cells. Spans are defined as for lines."""

    shape: PageTable
    span: Span
    cells: tuple[PlacedCell, ...]
    loose: tuple[Span, ...] = ()
    marks: tuple[Span, ...] = ()

    @property
    def page(self) -> int:
        """1-based page number."""
        return self.shape.box.page


@dataclass(frozen=True, slots=True, eq=False)
class PageLayout:
    """The layout of one page.

    ``text`` ends with a newline unless it is empty. ``boxes`` is float32, (len(text), 4). ``quality`` is 0..1.
    ``start`` is the offset of the text in the document. ``parts`` are the lines and tables in reading order. ``aside``
    are the watermarks and line numbers among the lines. ``told``: the words of watermarks about the page. ``hidden``
    counts characters that the page does not show, ``unread`` characters without a known code point. ``unsure``: the
    text may be vertical, and is read horizontally. ``counted`` is the last line number, 0 if lines are not numbered.
    """

    number: int
    start: int
    text: str
    boxes: NDArray[np.float32]
    parts: tuple[Placed | PlacedTable, ...]
    width: float
    height: float
    quality: float
    aside: tuple[Placed, ...] = ()
    told: tuple[str, ...] = ()
    hidden: int = 0
    unread: int = 0
    unsure: bool = False
    counted: int = 0


@dataclass(slots=True)
class _Writer:
    """Collects a page's text with its character positions; offsets count from ``start``."""

    start: int
    positions: list[NDArray[np.intp]]
    texts: list[str]
    length: int = 0

    def write(self, line: PdfLine) -> Span:
        """Appends one line and its line end. Returns the line's span."""
        begin = self.start + self.length
        self.positions += [line.positions, _ONE_NEWLINE]
        self.texts += [line.text, "\n"]
        self.length += len(line.positions) + 1
        return Span(begin, begin + len(line.positions))


def lay_out(page: pdfium.PdfPage, number: int, *, start: int, characters: Characters, counted: int = 0) -> PageLayout:
    """Lays out the characters of page ``number`` (1-based). Its text begins at offset ``start`` of the document.

    ``counted`` is the last line number of the page before, 0 if its lines are not numbered.
    """
    shown = characters.visible if characters.stamps is None else characters.visible & (characters.stamps == 0)
    writer = _Writer(start, [], [])
    parts: list[Placed | PlacedTable] = []
    numbers: list[PdfLine] = []
    for frame in frames_of(page, characters, shown, number, counted=counted):
        numbers += [join_line(frame.characters, [piece], frame.boxes, frame.turn) for piece in frame.numbers]
        parts += _place(writer, frame, number)
    aside = tuple(_place_line(writer, line, number) for line in (*numbers, *stamp_lines(characters)))
    text, boxes = _assemble(characters, writer)
    quality = page_quality(text)
    return PageLayout(
        number,
        start,
        text,
        boxes,
        (*parts, *aside),
        characters.width,
        characters.height,
        quality,
        aside,
        characters.told,
        characters.hidden,
        text.count("\ufffd"),
        characters.unsure,
        int(numbers[-1].text) if numbers else 0,
    )


def plain_page(text: str, number: int, *, start: int, size: tuple[float, float], quality: float) -> PageLayout:
    """Lays out a page with text but no geometry. Its lines have no boxes and a font size of 0."""
    text = text.replace("\0", "").replace("\r\n", "\n").rstrip()
    text += "\n" if text else ""
    parts: list[Placed | PlacedTable] = []
    offset = start
    for row, line in enumerate(text.splitlines(keepends=True)):
        body = line.rstrip("\n")
        if body.strip():
            made = PdfLine(np.zeros(0, np.intp), body, 0.0, 12.0 * row, size[0], 12.0 * row + 12, 0.0, False)
            parts.append(Placed(made, number, Span(offset, offset + len(body))))
        offset += len(line)
    boxes = np.full((len(text), 4), np.nan, np.float32)
    return PageLayout(number, start, text, boxes, tuple(parts), *size, quality)


def _place(writer: _Writer, frame: TurnedText, number: int) -> Iterator[Placed | PlacedTable]:
    for row in reading_order(frame.pieces):
        inside = frame.tables[row[0].owner] if row[0].table else None
        if isinstance(inside, TurnedText):
            yield from _place(writer, inside, number)
        elif inside is not None:
            yield _place_table(writer, inside)
        else:
            yield _place_line(writer, join_line(frame.characters, row, frame.boxes, frame.turn), number)


def _place_line(writer: _Writer, line: PdfLine, number: int) -> Placed:
    span = writer.write(line)
    marks = tuple(Span(span.start + start, span.start + end) for start, end in line.references)
    return Placed(line, number, span, marks)


def _place_table(writer: _Writer, found: FoundTable) -> PlacedTable:
    """Writes a table row by row, cell by cell; characters in no cell come last."""
    begin = writer.start + writer.length
    page = found.table.box.page
    cells: list[PlacedCell] = []
    marks: list[Span] = []
    held = zip(found.table.cells, found.cells, strict=True)
    for (row, column, row_span, column_span, _), inside in sorted(held, key=lambda cell: cell[0][:2]):
        lines = [_place_line(writer, line, page) for line in inside.lines()]
        marks += [mark for line in lines for mark in line.marks]
        cells.append(PlacedCell(row, column, row_span, column_span, tuple(line.span for line in lines)))
    loose = [_place_line(writer, line, page) for line in found.loose.lines()]
    span = Span(begin, writer.start + writer.length)
    return PlacedTable(found.table, span, tuple(cells), tuple(line.span for line in loose), tuple(marks))


def _assemble(characters: Characters, writer: _Writer) -> tuple[str, NDArray[np.float32]]:
    """The page's text and boxes. Characters that the reader inserted between glyphs have none."""
    if not writer.length:
        return "", np.zeros((0, 4), np.float32)
    positions = np.concatenate(writer.positions)
    boxes = characters.boxes[np.where(positions < 0, 0, positions)]
    boxes[positions < 0] = np.nan
    return "".join(writer.texts), boxes
