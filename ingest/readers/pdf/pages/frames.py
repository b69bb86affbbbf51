"""Separates the text of a page by its direction. Each direction has its own tables.

Sideways text, including its tables, is read as if the page were turned. Single cells of a table may be turned too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.document import Box
from sinkqa.ingest.readers.pdf.lines.fractions import join_fractions
from sinkqa.ingest.readers.pdf.lines.making import LinePiece, PdfLine, cut_pieces, join_line, upright
from sinkqa.ingest.readers.pdf.lines.margins import part_line_numbers
from sinkqa.ingest.readers.pdf.lines.order import reading_order
from sinkqa.ingest.readers.pdf.lines.text import Characters, Word, words
from sinkqa.ingest.readers.pdf.tables.finding import PageTable, find_tables

if TYPE_CHECKING:
    import pypdfium2 as pdfium
    from numpy.typing import NDArray

_FEWEST = 12  # characters of another turn than most that may be a table of their own
_SLACK = 2.0  # points by which turned text may reach out of its cell


@dataclass(slots=True)
class Inside:
    """The content of one cell, or the content outside all cells.

    Each piece comes with the frame in which it is upright.
    """

    pieces: list[tuple[TurnedText, LinePiece]] = field(default_factory=list)

    def join_fractions(self, page: pdfium.PdfPage, frame: TurnedText) -> None:
        """Moves the parts of fractions of ``frame`` side by side."""
        own = [piece for of, piece in self.pieces if of is frame]
        self.pieces = [(frame, piece) for piece in join_fractions(page, frame.characters, own)]

    def lines(self) -> Iterator[PdfLine]:
        """Yields the lines of the cell. Lines that are upright in the table come first."""
        frames = {id(frame): frame for frame, _ in self.pieces}
        for frame in frames.values():
            own = [piece for of, piece in self.pieces if of is frame]
            for row in reading_order(own):
                yield join_line(frame.characters, row, frame.boxes, frame.turn)


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table with the content of each cell and the content outside all cells."""

    table: PageTable
    cells: list[Inside]
    loose: Inside


@dataclass(slots=True)
class TurnedText:
    """The text of one direction. ``pieces`` are in stream order, and one piece stands in for each table.

    ``tables``: by owner. Text of another direction counts as one of the tables if it contains a table and is apart from
    the rest. So it is read in its place. ``characters`` are those of the whole page, with ``boxes`` in the frame in
    which this text is upright. ``numbers`` are the line numbers in the margin.
    """

    turn: int
    characters: Characters
    pieces: list[LinePiece]
    numbers: Sequence[LinePiece] = ()
    tables: list[FoundTable | TurnedText] = field(default_factory=list)

    @property
    def boxes(self) -> NDArray[np.float32]:
        """Boxes of all characters of the page, (len(text), 4), points."""
        return self.characters.boxes


def frames_of(
    page: pdfium.PdfPage, characters: Characters, shown: NDArray[np.bool_], number: int, *, counted: int = 0
) -> list[TurnedText]:
    """Returns the text of each direction, the most frequent first. ``shown`` marks the characters that are text.

    ``counted`` is the last line number of the page before, 0 if its lines are not numbered.
    """
    counts = np.bincount(characters.turns[shown], minlength=4)
    frames = [
        _frame(characters, np.flatnonzero(shown & (characters.turns == turn)), turn, counted)
        for turn in sorted(range(4), key=lambda turn: (turn != counts.argmax(), turn))
        if counts[turn]
    ]
    for frame in frames:
        others = [other for other in frames if other is not frame]
        if frame is frames[0] or sum(len(piece.positions) for piece in frame.pieces) >= _FEWEST:
            _part_tables(page, frame, others, number)
        if frame.turn == 0:
            frame.pieces = join_fractions(page, frame.characters, frame.pieces)
    base = next((frame for frame in frames if frame.turn == 0), None)
    for frame in frames:
        if base and frame.tables and frame is not base:
            _set_into(base, frame)
    return frames


def _frame(characters: Characters, positions: NDArray[np.intp], turn: int, counted: int) -> TurnedText:
    if turn:
        width, height = characters.width, characters.height
        size = (height, width) if turn % 2 else (width, height)
        characters = replace(characters, boxes=upright(characters, turn), width=size[0], height=size[1])
    pieces = cut_pieces(characters, positions, characters.boxes)
    numbers, rest = part_line_numbers(characters, pieces, counted)
    return TurnedText(turn, characters, rest, numbers)


def _part_tables(page: pdfium.PdfPage, frame: TurnedText, others: Sequence[TurnedText], number: int) -> None:
    """Finds the tables that hold any character. Each becomes one piece at the place of its first character.

    A character belongs to the cell that holds the centre of its word; turned text to the cell that holds it entirely.
    """
    characters = frame.characters
    given, centres = words(characters, [piece.positions for piece in frame.pieces])
    aside = [_word(characters, piece) for other in others for piece in other.pieces if not piece.table]
    tables = find_tables(page, given, number=number, turn=frame.turn, aside=aside)
    if not tables:
        return
    owners, first = np.full(len(centres), -1), [0]
    for table in tables:
        within = (owners < 0) & _inside(centres, table.box)
        owners[within] = first[-1] + len(table.cells)  # in none of its cells, until one is found
        at = np.flatnonzero(within)
        for cell, (_, _, _, _, box) in enumerate(table.cells):
            owners[at[_inside(centres[at], box)]] = first[-1] + cell
        first.append(first[-1] + len(table.cells) + 1)
    positions = np.sort(np.concatenate([piece.positions for piece in frame.pieces]))
    owned: dict[int, Inside] = defaultdict(Inside)
    for piece in cut_pieces(characters, positions, characters.boxes, owners[positions]):
        owned[piece.owner].pieces.append((frame, piece))
    rest = [piece for _, piece in owned[-1].pieces]
    for table, begin, end in zip(tables, first, first[1:], strict=False):
        cells = [owned[cell] for cell in range(begin, end)]
        for inside in () if frame.turn else cells:
            fractions = join_fractions(page, characters, [piece for _, piece in inside.pieces])
            inside.pieces = [(frame, piece) for piece in fractions]
        held = [piece for cell in cells for _, piece in cell.pieces]
        if held:
            start = min(held, key=lambda piece: int(piece.positions[0]))
            _, x0, y0, x1, y1 = table.box
            if frame.turn == 0:
                for inner in cells:
                    inner.join_fractions(page, frame)
            rest.append(replace(start, x0=x0, y0=y0, x1=x1, y1=y1, owner=len(frame.tables), table=True))
            frame.tables.append(FoundTable(table, cells[:-1], cells[-1]))
            for other in others:
                _take_turned(frame, other, table, cells)
    frame.pieces = sorted(rest, key=lambda piece: int(piece.positions[0]))


def _set_into(base: TurnedText, frame: TurnedText) -> None:
    """Inserts the content of ``frame`` into the upright text as one piece, unless the two overlap."""
    whole = np.concatenate([piece.positions for piece in frame.pieces])
    boxes = base.characters.boxes[whole]
    (x0, y0), (x1, y1) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    if any(x0 < piece.x1 and piece.x0 < x1 and y0 < piece.y1 and piece.y0 < y1 for piece in base.pieces):
        return
    start = frame.pieces[0]
    base.pieces.append(replace(start, x0=x0, y0=y0, x1=x1, y1=y1, owner=len(base.tables), table=True))
    base.pieces.sort(key=lambda piece: int(piece.positions[0]))
    base.tables.append(replace(frame))
    frame.pieces = []


def _take_turned(frame: TurnedText, other: TurnedText, table: PageTable, cells: Sequence[Inside]) -> None:
    """Moves turned pieces to the table cells that contain them."""
    left = []
    for piece in other.pieces:
        word = _word(frame.characters, piece)
        cell = next((at for at, (*_, box) in enumerate(table.cells) if not piece.table and _lies_in(word, box)), None)
        if cell is None:
            left.append(piece)
        else:
            cells[cell].pieces.append((other, piece))
    other.pieces = left


def _word(characters: Characters, piece: LinePiece) -> Word:
    """A piece as one word, placed in a frame in which it is not upright."""
    boxes = characters.boxes[piece.positions]
    (x0, y0), (x1, y1) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    text = characters.text[piece.positions.item(0) : piece.positions.item(-1) + 1]
    return Word(text, x0, y0, x1, y1, (x0 + x1) / 2, (y0 + y1) / 2, piece.size, 2 * piece.bold > len(piece.positions))


def _lies_in(word: Word, box: Box) -> bool:
    return (
        word.x0 > box.x0 - _SLACK
        and word.x1 < box.x1 + _SLACK
        and word.y0 > box.y0 - _SLACK
        and word.y1 < box.y1 + _SLACK
    )


def _inside(centres: NDArray[np.float32], box: Box) -> NDArray[np.bool_]:
    x, y = centres.T
    inside: NDArray[np.bool_] = (box.x0 <= x) & (x <= box.x1) & (box.y0 <= y) & (y <= box.y1)
    return inside
