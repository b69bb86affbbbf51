"""Ingest, PDF: one page as lines in reading order, with the page's text and a box for each of its characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ingest.document import Box, Span
from ingest.readers.pdf_lines import NEWLINE, Line, Piece, cut_pieces, join_line, upright
from ingest.readers.pdf_order import reading_order
from ingest.readers.pdf_quality import page_quality
from ingest.readers.pdf_tables import PageTable, find_tables
from ingest.readers.pdf_text import Characters, read_characters, words

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray


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


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A table with the positions of its characters; ``centres`` are those of all words of the page."""

    table: PageTable
    centres: NDArray[np.float32]
    positions: NDArray[np.intp]


@dataclass(slots=True)
class _Writer:
    """Collects the character positions of a page's text; offsets count from ``start``."""

    start: int
    positions: list[NDArray[np.intp]]
    length: int = 0

    def write(self, positions: NDArray[np.intp]) -> Span:
        """Appends one line and its line end; gives the line's span."""
        begin = self.start + self.length
        self.positions += [positions, np.array([NEWLINE])]
        self.length += len(positions) + 1
        return Span(begin, begin + len(positions))


def lay_out(page: pdfium.PdfPage, number: int, *, start: int, characters: Characters | None = None) -> PageLayout:
    """Reads page ``number`` (1-based); its text begins at offset ``start`` of the document's.

    ``characters`` are those seen on the page where its own are not to be used.
    """
    characters = characters or read_characters(page)
    turns = characters.turns[characters.visible]
    main = int(np.bincount(turns, minlength=4).argmax()) if len(turns) else 0
    writer = _Writer(start, [])
    parts: list[Placed | PlacedTable] = []
    for turn in sorted(range(4), key=lambda turn: turn != main):
        positions = np.flatnonzero(characters.visible & (characters.turns == turn))
        boxes = upright(characters, turn)
        pieces = cut_pieces(characters, positions, boxes)
        tables: list[_Found] = []
        if turn == 0 and pieces:
            tables = _find_tables(page, characters, pieces, number)
            pieces = _around(characters, positions, boxes, tables)
        for row in reading_order(pieces):
            if row[0].table is None:
                parts.append(_place_line(writer, join_line(characters, row, boxes, turn), number))
            else:
                parts.append(_place_table(writer, characters, boxes, tables[row[0].table]))
    text, boxes = _assemble(characters, writer)
    return PageLayout(number, text, boxes, tuple(parts), characters.width, characters.height, page_quality(text))


def plain_page(text: str, number: int, *, start: int, size: tuple[float, float], quality: float) -> PageLayout:
    """A page of which only the text is known: its lines have no boxes and a font size of 0."""
    text = text.replace("\0", "").replace("\r\n", "\n").rstrip() + "\n"
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


def _place_line(writer: _Writer, line: Line, number: int) -> Placed:
    span = writer.write(line.positions)
    marks = tuple(Span(span.start + start, span.start + end) for start, end in line.references)
    return Placed(line, number, span, marks)


def _find_tables(page: pdfium.PdfPage, characters: Characters, pieces: Sequence[Piece], number: int) -> list[_Found]:
    """The page's tables that hold any character; a character goes where the centre of its word lies."""
    given, centres = words(characters, [piece.positions for piece in pieces])
    free = ~np.isnan(centres[:, 0])
    found = []
    for table in find_tables(page, given, number=number):
        inside = free & _inside(centres, table.box)
        if inside.any():
            free &= ~inside
            found.append(_Found(table, centres, np.flatnonzero(inside)))
    return found


def _around(
    characters: Characters, positions: NDArray[np.intp], boxes: NDArray[np.float32], tables: Sequence[_Found]
) -> list[Piece]:
    """Pieces of the text around the tables, and each table as one piece, where its first character stood."""
    taken = np.concatenate([np.zeros(0, np.intp), *(found.positions for found in tables)])
    pieces = cut_pieces(characters, np.setdiff1d(positions, taken), boxes)
    for number, found in enumerate(tables):
        size = float(np.median(characters.sizes[found.positions]))
        pieces.append(Piece(found.positions, *found.table.box[1:], size, number))
    return sorted(pieces, key=lambda piece: int(piece.positions[0]))


def _inside(centres: NDArray[np.float32], box: Box) -> NDArray[np.bool_]:
    x, y = centres.T
    inside: NDArray[np.bool_] = (box.x0 <= x) & (x <= box.x1) & (box.y0 <= y) & (y <= box.y1)
    return inside


def _place_table(writer: _Writer, characters: Characters, boxes: NDArray[np.float32], found: _Found) -> PlacedTable:
    """Writes a table row by row, cell by cell; characters in no cell come last."""
    table, free = found.table, found.positions
    begin = writer.start + writer.length
    cells: list[PlacedCell] = []
    loose: list[Placed] = []
    marks: list[Span] = []
    for row, column, row_span, column_span, box in sorted(table.cells, key=lambda cell: cell[:2]):
        own = _inside(found.centres[free], box)
        lines = [_place_line(writer, line, box.page) for line in _lines(characters, free[own], boxes)]
        marks += [mark for line in lines for mark in line.marks]
        cells.append(PlacedCell(row, column, row_span, column_span, tuple(line.span for line in lines)))
        free = free[~own]
    loose = [_place_line(writer, line, table.box.page) for line in _lines(characters, free, boxes)]
    span = Span(begin, writer.start + writer.length)
    return PlacedTable(table, span, tuple(cells), tuple(line.span for line in loose), tuple(marks))


def _lines(characters: Characters, positions: NDArray[np.intp], boxes: NDArray[np.float32]) -> list[Line]:
    """Lines of one cell."""
    pieces = cut_pieces(characters, positions, boxes)
    return [join_line(characters, row, boxes, 0) for row in reading_order(pieces)]


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
