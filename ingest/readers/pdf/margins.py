"""Ingest, PDF: the numbers of lines, down the margin of a page, that are no part of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from ingest.readers.pdf.lines import Piece

if TYPE_CHECKING:
    from ingest.readers.pdf.text import Characters

_LEAST = 6  # numbers
_LONGEST = 3  # digits
_SAME_EDGE = 2.5  # points
_STEPS = (1, 5, 10)  # from one number to the next
_FILLED = 0.75  # of the column's width, as the lines of prose are
_MOST_FILLED = 0.4  # share of lines so long at least


def find_line_numbers(characters: Characters, pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces that number the lines of prose beside them, top to bottom; the columns of a table are none."""
    numbered: list[tuple[Piece, int]] = []
    for piece in pieces:
        if len(piece.positions) <= _LONGEST:
            text = "".join([characters.text[position] for position in piece.positions.tolist()])
            if text.isdecimal() and text.isascii():
                numbered.append((piece, int(text)))
    if len(numbered) < _LEAST:
        return []
    numbered.sort(key=lambda one: one[0].y0)
    for edge_of in (attrgetter("x0"), attrgetter("x1")):
        for edge in sorted({round(edge_of(piece)) for piece, _ in numbered}):
            numbers = _in_steps([one for one in numbered if abs(edge_of(one[0]) - edge) <= _SAME_EDGE])
            if len(numbers) >= _LEAST and _are_beside_prose(numbers, pieces):
                return numbers
    return []


def _in_steps(numbered: Sequence[tuple[Piece, int]]) -> list[Piece]:
    """The longest run of pieces each of which counts on from the one above."""
    best: list[Piece] = []
    for step in _STEPS:
        run: list[tuple[Piece, int]] = []
        for piece, number in numbered:
            if run and number != run[-1][1] + step:
                run = []
            run.append((piece, number))
            if len(run) > len(best):
                best = [one for one, _ in run]
    return best


def _are_beside_prose(numbers: Sequence[Piece], pieces: Sequence[Piece]) -> bool:
    """Whether one line of text stands beside each number, and many of them are filled."""
    left, right = min(piece.x0 for piece in numbers), max(piece.x1 for piece in numbers)
    own = set(numbers)
    low, high = numbers[0].y0 - 1, numbers[-1].y1 + 1
    others = [piece for piece in pieces if piece not in own and low < (piece.y0 + piece.y1) / 2 < high]
    if not others or any(piece.x0 < right and piece.x1 > left for piece in others):
        return False
    beside = [[piece for piece in others if piece.beside(number)] for number in numbers]
    lines = [row for row in beside if row]
    if len(lines) < 0.8 * len(numbers) or sum(len(row) == 1 for row in lines) < 0.8 * len(lines):
        return False
    width = max(piece.x1 for piece in others) - min(piece.x0 for piece in others)
    filled = sum(row[0].x1 - row[0].x0 > _FILLED * width for row in lines)
    return width > 20 * numbers[0].size and filled >= _MOST_FILLED * len(lines)
