"""Ingest, PDF: one page as lines in reading order, with the page's text and a box for each of its characters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.document import Span
from ingest.readers.pdf.frames import FoundTable, Frame, frames_of
from ingest.readers.pdf.lines import NEWLINE, Line, join_line
from ingest.readers.pdf.order import reading_order
from ingest.readers.pdf.quality import page_quality
from ingest.readers.pdf.tables import PageTable
from ingest.readers.pdf.text import Characters, read_characters

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray


_ONE_NEWLINE = np.array([NEWLINE])


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A line and where it stands in the text; ``marks`` are the spans of its footnote marks."""

    line: Line
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
    """A table of one page; ``loose`` are the lines in none of its cells. Spans count as those of lines do."""

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
    """``text`` ends with a newline unless empty; ``boxes`` is float32, (len(text), 4). ``quality`` is 0..1.

    ``parts`` are the lines and tables in reading order.
    """

    number: int
    text: str
    boxes: NDArray[np.float32]
    parts: tuple[Placed | PlacedTable, ...]
    width: float
    height: float
    quality: float


@dataclass(slots=True)
class _Writer:
    """Collects the character positions of a page's text; offsets count from ``start``."""

    start: int
    positions: list[NDArray[np.intp]]
    length: int = 0

    def write(self, positions: NDArray[np.intp]) -> Span:
        """Appends one line and its line end; gives the line's span."""
        begin = self.start + self.length
        self.positions += [positions, _ONE_NEWLINE]
        self.length += len(positions) + 1
        return Span(begin, begin + len(positions))


def lay_out(page: pdfium.PdfPage, number: int, *, start: int, characters: Characters | None = None) -> PageLayout:
    """Reads page ``number`` (1-based); its text begins at offset ``start`` of the document's.

    ``characters`` are those seen on the page where its own are not to be used.
    """
    characters = characters or read_characters(page)
    writer = _Writer(start, [])
    parts: list[Placed | PlacedTable] = []
    for frame in frames_of(page, characters, characters.visible, number):
        parts += _place(writer, frame, number)
    text, boxes = _assemble(characters, writer)
    return PageLayout(number, text, boxes, tuple(parts), characters.width, characters.height, page_quality(text))


def plain_page(text: str, number: int, *, start: int, size: tuple[float, float], quality: float) -> PageLayout:
    """A page of which only the text is known: its lines have no boxes and a font size of 0."""
    text = text.replace("\0", "").replace("\r\n", "\n").rstrip()
    text += "\n" if text else ""
    parts: list[Placed | PlacedTable] = []
    offset = start
    for row, line in enumerate(text.splitlines(keepends=True)):
        body = line.rstrip("\n")
        if body.strip():
            made = Line(np.zeros(0, np.intp), body, 0.0, 12.0 * row, size[0], 12.0 * row + 12, 0.0, False)
            parts.append(Placed(made, number, Span(offset, offset + len(body))))
        offset += len(line)
    boxes = np.full((len(text), 4), np.nan, np.float32)
    return PageLayout(number, text, boxes, tuple(parts), *size, quality)


def _place(writer: _Writer, frame: Frame, number: int) -> Iterator[Placed | PlacedTable]:
    for row in reading_order(frame.pieces):
        inside = frame.tables[row[0].owner] if row[0].table else None
        if isinstance(inside, Frame):
            yield from _place(writer, inside, number)
        elif inside is not None:
            yield _place_table(writer, inside)
        else:
            yield _place_line(writer, join_line(frame.characters, row, frame.boxes, frame.turn), number)


def _place_line(writer: _Writer, line: Line, number: int) -> Placed:
    span = writer.write(line.positions)
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
    """The page's text and boxes; spaces and line ends that the reader wrote have none."""
    if not writer.length:
        return "", np.zeros((0, 4), np.float32)
    positions = np.concatenate(writer.positions)
    codes = np.frombuffer(characters.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    real = np.where(positions < 0, 0, positions)
    chosen = np.where(positions == NEWLINE, ord("\n"), np.where(positions < 0, ord(" "), codes[real]))
    boxes = np.where((positions < 0)[:, None], np.float32(np.nan), characters.boxes[real])
    return chosen.astype(np.uint32).tobytes().decode("utf-32-le", "surrogatepass"), boxes
