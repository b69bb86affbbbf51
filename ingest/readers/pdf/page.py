"""Ingest, PDF: one page as lines in reading order, with the page's text and a box for each of its characters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from ingest.document import Box, Span
from ingest.readers.pdf.fractions import join_fractions
from ingest.readers.pdf.lines import NEWLINE, Line, Piece, cut_pieces, join_line, stamp_lines, upright
from ingest.readers.pdf.margins import find_line_numbers
from ingest.readers.pdf.order import reading_order
from ingest.readers.pdf.quality import page_quality
from ingest.readers.pdf.tables import PageTable, find_tables
from ingest.readers.pdf.text import Characters, words

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

    ``start`` is the offset of its text in that of the document. ``parts`` are the lines and tables in reading order;
    ``aside`` are those of its lines that are watermarks or number its lines, ``told`` is what watermarks say of the
    page. ``hidden`` counts characters that it does not show, ``unread`` those that no code point is known for.
    ``unsure``: its text may be set in columns from right to left, and is read across. ``counted`` is the number of its
    last line, 0 where lines are not numbered.
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


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A table with the pieces in each of its cells and in none of them."""

    table: PageTable
    cells: list[list[Piece]]
    loose: list[Piece]


@dataclass(slots=True)
class _Writer:
    """Collects a page's text with its character positions; offsets count from ``start``."""

    start: int
    positions: list[NDArray[np.intp]]
    texts: list[str]
    length: int = 0

    def write(self, line: Line) -> Span:
        """Appends one line and its line end; gives the line's span."""
        begin = self.start + self.length
        self.positions += [line.positions, _ONE_NEWLINE]
        self.texts += [line.text, "\n"]
        self.length += len(line.positions) + 1
        return Span(begin, begin + len(line.positions))


def lay_out(page: pdfium.PdfPage, number: int, *, start: int, characters: Characters, counted: int = 0) -> PageLayout:
    """Sets out ``characters``, those of page ``number`` (1-based); its text begins at offset ``start`` of the whole.

    ``counted`` is the number of the last line of the page before, 0 where its lines are not numbered.
    """
    body = characters.visible if characters.stamps is None else characters.visible & (characters.stamps == 0)
    turns = characters.turns[body]
    main = int(np.bincount(turns, minlength=4).argmax()) if len(turns) else 0
    writer = _Writer(start, [], [])
    parts: list[Placed | PlacedTable] = []
    numbers: list[Line] = []
    for turn in sorted(range(4), key=lambda turn: turn != main):
        positions = np.flatnonzero(body & (characters.turns == turn))
        if not len(positions):
            continue
        boxes = upright(characters, turn)
        pieces = cut_pieces(characters, positions, boxes)
        tables: list[_Found] = []
        margin = find_line_numbers(characters, pieces, counted)
        numbers += [join_line(characters, [piece], boxes, turn) for piece in margin]
        pieces = [piece for piece in pieces if piece not in margin] if margin else pieces
        if turn == 0:
            pieces, tables = _part_tables(page, characters, pieces, number)
            pieces = join_fractions(page, characters, pieces)
        for row in reading_order(pieces):
            if row[0].table:
                parts.append(_place_table(writer, characters, boxes, tables[row[0].owner]))
            else:
                parts.append(_place_line(writer, join_line(characters, row, boxes, turn), number))
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
    return PageLayout(number, start, text, boxes, tuple(parts), *size, quality)


def _place_line(writer: _Writer, line: Line, number: int) -> Placed:
    span = writer.write(line)
    marks = tuple(Span(span.start + start, span.start + end) for start, end in line.references)
    return Placed(line, number, span, marks)


def _part_tables(
    page: pdfium.PdfPage, characters: Characters, pieces: list[Piece], number: int
) -> tuple[list[Piece], list[_Found]]:
    """The page's tables that hold any character, and the pieces with each table as one, where its first one stood.

    A character goes to the cell where the centre of its word lies.
    """
    given, centres = words(characters, [piece.positions for piece in pieces])
    tables = find_tables(page, given, number=number)
    if not tables:
        return pieces, []
    owners, first = np.full(len(centres), -1), [0]
    for table in tables:
        inside = (owners < 0) & _inside(centres, table.box)
        owners[inside] = first[-1] + len(table.cells)  # in none of its cells, until one is found
        at = np.flatnonzero(inside)
        for cell, (_, _, _, _, box) in enumerate(table.cells):
            owners[at[_inside(centres[at], box)]] = first[-1] + cell
        first.append(first[-1] + len(table.cells) + 1)
    positions = np.sort(np.concatenate([piece.positions for piece in pieces]))
    owned: dict[int, list[Piece]] = defaultdict(list)
    for piece in cut_pieces(characters, positions, characters.boxes, owners[positions]):
        owned[piece.owner].append(piece)
    rest = owned[-1]
    found: list[_Found] = []
    for table, begin, end in zip(tables, first, first[1:], strict=False):
        cells = [join_fractions(page, characters, owned[cell]) for cell in range(begin, end)]
        held = [piece for cell in cells for piece in cell]
        if held:
            start = min(held, key=lambda piece: int(piece.positions[0]))
            _, x0, y0, x1, y1 = table.box
            rest.append(replace(start, x0=x0, y0=y0, x1=x1, y1=y1, owner=len(found), table=True))
            found.append(_Found(table, cells[:-1], cells[-1]))
    return sorted(rest, key=lambda piece: int(piece.positions[0])), found


def _inside(centres: NDArray[np.float32], box: Box) -> NDArray[np.bool_]:
    x, y = centres.T
    inside: NDArray[np.bool_] = (box.x0 <= x) & (x <= box.x1) & (box.y0 <= y) & (y <= box.y1)
    return inside


def _place_table(writer: _Writer, characters: Characters, boxes: NDArray[np.float32], found: _Found) -> PlacedTable:
    """Writes a table row by row, cell by cell; characters in no cell come last."""
    begin = writer.start + writer.length
    page = found.table.box.page
    cells: list[PlacedCell] = []
    marks: list[Span] = []
    held = zip(found.table.cells, found.cells, strict=True)
    for (row, column, row_span, column_span, _), pieces in sorted(held, key=lambda cell: cell[0][:2]):
        lines = [_place_line(writer, line, page) for line in _lines(characters, pieces, boxes)]
        marks += [mark for line in lines for mark in line.marks]
        cells.append(PlacedCell(row, column, row_span, column_span, tuple(line.span for line in lines)))
    loose = [_place_line(writer, line, page) for line in _lines(characters, found.loose, boxes)]
    span = Span(begin, writer.start + writer.length)
    return PlacedTable(found.table, span, tuple(cells), tuple(line.span for line in loose), tuple(marks))


def _lines(characters: Characters, pieces: Sequence[Piece], boxes: NDArray[np.float32]) -> list[Line]:
    """Lines of one cell."""
    return [join_line(characters, row, boxes, 0) for row in reading_order(pieces)]


def _assemble(characters: Characters, writer: _Writer) -> tuple[str, NDArray[np.float32]]:
    """The page's text and boxes; what the reader wrote between glyphs has none."""
    if not writer.length:
        return "", np.zeros((0, 4), np.float32)
    positions = np.concatenate(writer.positions)
    boxes = characters.boxes[np.where(positions < 0, 0, positions)]
    boxes[positions < 0] = np.nan
    return "".join(writer.texts), boxes
