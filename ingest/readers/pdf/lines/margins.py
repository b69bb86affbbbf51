"""Finds line numbers in the margin of a page, which are not part of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.lines.making import LinePiece, cut_pieces

if TYPE_CHECKING:
    from sinkqa.ingest.readers.pdf.lines.text import Characters

_LEAST, _LEAST_MORE = 6, 2  # numbers, and those of a page that begins again
_LEAST_FIVES = 4  # numbers, where only every fifth or tenth line has one
_SMALLER = 0.85  # of the size of the lines: the ordinals of a table or list are in the size of its text
_LONGEST = 3  # digits
_GAP = 1.0  # of the size of a number, to the larger type beside it
_SAME_EDGE = 2.5  # points
_STEPS = (1, 5, 10)  # from one number to the next
_RAISED = 0.2  # of the size of a line, from its lower edge to that of the mark that leads it
_FILLED = 0.75  # of the column's width, as the lines of prose are
_MOST_FILLED = 0.4  # share of lines so long at least, and of those that go on
_BESIDE, _BESIDE_RULED = 0.8, 0.4  # share of numbers beside a line at least, and where all stand equally far apart
_ALONE = 0.5  # share of lines that stand alone beside their number: rows of a table may be counted among lines
_ENDS = frozenset(".;:!?。；：！？")


def part_line_numbers(
    characters: Characters, pieces: Sequence[LinePiece], after: int = 0
) -> tuple[Sequence[LinePiece], list[LinePiece]]:
    """Separates pieces that number the lines beside them, top to bottom, from the others.

    Columns of tables and lists are not line numbers. ``after`` is the last line number of the page before, 0 without
    one. A few numbers are enough evidence if they continue from it or restart.
    """
    parted = {piece: _parted(characters, piece) for piece in pieces}
    numbers = _line_numbers(characters, [part for parts in parted.values() for part in parts], after)
    left = set(numbers)
    rest = [part for piece, parts in parted.items() for part in (parts if left.intersection(parts) else [piece])]
    return numbers, [part for part in rest if part not in left]


def _parted(characters: Characters, piece: LinePiece) -> Sequence[LinePiece]:
    """A piece without the small number at its end, if a wide gap precedes only the number."""
    if piece.smallest > _SMALLER * piece.size:
        return [piece]
    positions = piece.positions
    sizes, boxes = characters.sizes[positions], characters.boxes[positions]
    small, large = np.minimum(sizes[1:], sizes[:-1]), np.maximum(sizes[1:], sizes[:-1])
    gaps = np.flatnonzero((boxes[1:, 0] - boxes[:-1, 2] > _GAP * small) & (small < _SMALLER * large)) + 1
    ends = [gap for gap in gaps.tolist() if min(gap, len(positions) - gap) <= _LONGEST]
    return [part for run in np.split(positions, ends) for part in cut_pieces(characters, run, characters.boxes)]


def _line_numbers(characters: Characters, pieces: Sequence[LinePiece], after: int) -> Sequence[LinePiece]:
    numbered: list[tuple[LinePiece, int]] = []
    for piece in pieces:
        if len(piece.positions) <= _LONGEST:
            text = "".join([characters.text[position] for position in piece.positions.tolist()])
            if text.isdecimal() and text.isascii():
                numbered.append((piece, int(text)))
    if not numbered or (not after and len(numbered) < _LEAST_FIVES):
        return []
    value_of = dict(numbered)
    numbered.sort(key=lambda one: one[0].y0)
    aligned = (
        _in_steps([one for one in numbered if abs(edge_of(one[0]) - edge) <= _SAME_EDGE])
        for edge_of in (attrgetter("x0"), attrgetter("x1"))
        for edge in {round(edge_of(piece)) for piece, _ in numbered}
    )
    for numbers in sorted(aligned, key=len, reverse=True):
        first = value_of[numbers[0]]
        step = value_of[numbers[1]] - first if len(numbers) > 1 else 1
        goes_on = first == after + step or (first == step and len(numbers) >= _LEAST_MORE)
        enough = len(numbers) >= (_LEAST if step == 1 or first % step else _LEAST_FIVES)
        if (enough or (after and goes_on)) and _are_beside_prose(numbers, step, pieces, characters):
            return numbers
    return []


def _in_steps(numbered: Sequence[tuple[LinePiece, int]]) -> list[LinePiece]:
    """The longest run of pieces that count on from each other."""
    best: list[LinePiece] = []
    for step in _STEPS:
        run: list[tuple[LinePiece, int]] = []
        for piece, number in numbered:
            if run and number != run[-1][1] + step:
                run = []
            run.append((piece, number))
            if len(run) > len(best):
                best = [one for one, _ in run]
    return best


def _are_beside_prose(
    numbers: Sequence[LinePiece], step: int, pieces: Sequence[LinePiece], characters: Characters
) -> bool:
    """Whether lines of text are beside the numbers, many of them filled or all in larger type."""
    left, right = min(piece.x0 for piece in numbers), max(piece.x1 for piece in numbers)
    own = set(numbers)
    low, high = numbers[0].y0, numbers[-1].y1
    others = [piece for piece in pieces if piece not in own and piece.y1 > low and piece.y0 < high]
    if not others or any(piece.x0 < right and piece.x1 > left for piece in others):
        return False
    beside = [[piece for piece in others if piece.beside(number)] for number in numbers]
    lines = [row for row in beside if row]
    alone = [row[0] for row in lines if len(row) == 1]
    downs = [below.y0 - above.y0 for above, below in pairwise(numbers)]
    ruled = len(downs) > 1 and max(downs) - min(downs) < 1  # a sheet with numbers printed whatever stands beside
    if len(lines) < (_BESIDE_RULED if ruled else _BESIDE) * len(numbers) or len(alone) < _ALONE * len(lines):
        return False  # the rows of a table
    if any(number.y1 < row[0].y1 - _RAISED * row[0].size for number, row in zip(numbers, beside, strict=True) if row):
        return False  # the marks of notes
    counted = {piece for row in lines for piece in row}
    if step == 1 and _lead_items(numbers, [piece for piece in others if piece not in counted]):
        return False
    size = median(piece.size for piece in alone)
    if max(number.size for number in numbers) < _SMALLER * size and len(lines) == len(numbers):
        return True
    width = max(piece.x1 for piece in others) - min(piece.x0 for piece in others)
    filled = sum(piece.x1 - piece.x0 > _FILLED * width for piece in alone)
    going = sum(_goes_on(characters, *pair) for pair in pairwise(alone))
    return width > 20 * numbers[0].size and min(filled, going) >= _MOST_FILLED * len(lines)


def _lead_items(numbers: Sequence[LinePiece], between: Sequence[LinePiece]) -> bool:
    """Whether most numbers are at the first of several lines."""
    centres = [(piece.y0 + piece.y1) / 2 for piece in between]
    several = sum(any(above.y1 < at < below.y0 for at in centres) for above, below in pairwise(numbers))
    return several > 0.5 * len(numbers)


def _goes_on(characters: Characters, above: LinePiece, below: LinePiece) -> bool:
    """Whether a sentence may continue from one line to the next; list items begin with a capital."""
    end, begin = (characters.text[piece.positions.item(at)] for piece, at in ((above, -1), (below, 0)))
    return end not in _ENDS and not begin.isupper()
