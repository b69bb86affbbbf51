"""Splits bands of a table, whose rules separate only groups of rows, by the lines of words in each band."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from sinkqa.ingest.readers.pdf.lines.text import Word
from sinkqa.ingest.readers.pdf.tables.grid import PdfGrid, PdfGridCell, put
from sinkqa.ingest.readers.pdf.tables.rows import WordLine, is_full, is_value, lines_of

_LEVEL = 0.4  # em by which the middles of two pieces of one row may differ
_FEWEST = 3  # rows that bands must give together: two lines in a cell are as often a value and its remark
_HELD = 0.5  # share of a band's rows that each of its columns of values holds

Held = dict[PdfGridCell, list[WordLine]]


class _Band(NamedTuple):
    """A grid row that holds several rows: the edges between them, and the cells that apply to all of them."""

    edges: tuple[float, ...]
    merged: frozenset[PdfGridCell]


def split_bands(grid: PdfGrid, words: Sequence[Word]) -> PdfGrid:
    """Splits each band of a grid into rows, if most bands line up. One label may apply to a whole band.

    A band has several rows if a column of values has a value on each line, and a column of names a name on each line.
    """
    held = {cell: lines_of(inside) for cell, inside in put(words, grid).items()}
    found: dict[int, _Band] = {}
    failed = 0
    for row in range(len(grid.ys) - 1):
        slots = {cell: held[cell] for cell in grid.cells if (cell.row, cell.end_row) == (row, row + 1) and cell in held}
        values = {
            cell for cell, lines in slots.items() if len(lines) > 1 and all(is_value(line.text) for line in lines)
        }
        if not values:
            continue
        if band := _band(grid, slots, values):
            found[row] = band
        else:
            failed += 1
    rows = sum(len(band.edges) + 1 for band in found.values())
    return _split(grid, found) if rows >= _FEWEST and failed <= len(found) / 2 else grid


def _band(grid: PdfGrid, slots: Held, values: set[PdfGridCell]) -> _Band | None:
    longest = max((slots[cell] for cell in values), key=len)
    levels = [_level(line) for line in longest]
    near = _LEVEL * longest[0].size
    level = {cell: _rows_of(lines, levels, near) for cell, lines in slots.items()}
    names = [cell for cell in slots.keys() - values if len(set(level[cell])) == len(levels)]
    if not names or any(len(level[cell]) < _HELD * len(levels) for cell in values):
        return None
    level_names = [slots[cell] for cell in names if len(slots[cell]) == len(levels)]
    if any(_runs_on(lines, grid) for lines in level_names) or any(_are_remarks(slots[cell]) for cell in values):
        return None
    merged = frozenset(cell for cell in slots if cell not in values and cell not in names)
    if any(cell.column > min(names).column and len(slots[cell]) > len(levels) for cell in merged):
        return None
    rows: list[list[WordLine]] = [[] for _ in levels]
    for cell in slots.keys() - merged:
        for line, row in zip(slots[cell], level[cell], strict=True):
            rows[row].append(line)
    edges = [
        (max(line.bottom for line in above) + min(line.top for line in below)) / 2
        for above, below in itertools.pairwise(rows)
    ]
    return _Band(tuple(edges), merged)


def _level(line: WordLine) -> float:
    return (line.top + line.bottom) / 2


def _rows_of(lines: Sequence[WordLine], levels: Sequence[float], near: float) -> list[int]:
    """The row of each line: on the same level, or centred with other lines; none if in doubt."""
    rows = [min(range(len(levels)), key=lambda row: abs(levels[row] - _level(line))) for line in lines]
    groups = {row: [_level(line) for line, own in zip(lines, rows, strict=True) if own == row] for row in rows}
    centred = all(abs(sum(group) / len(group) - levels[row]) <= near for row, group in groups.items())
    alone = len(groups) == len(lines)
    return rows if centred and (alone or len(groups) == len(levels)) else []


def _runs_on(lines: Sequence[WordLine], grid: PdfGrid) -> bool:
    """Whether lines are one wrapped text: a line continues in lower case or in a bracket, or was full."""
    left, right = next(
        (before, after) for before, after in itertools.pairwise(grid.xs) if before <= lines[0].words[0].x <= after
    )
    room = right - left - 0.8 * lines[0].size
    pairs = list(itertools.pairwise(lines))
    small = any(line.text[0].islower() or line.text[0] in "(（[" for line in lines[1:])
    return small or 2 * sum(is_full(before, after, room) for before, after in pairs) > len(pairs)


def _are_remarks(lines: Sequence[WordLine]) -> bool:
    """Whether each second value is a remark on the one above it: a range or an error in brackets."""
    return all(line.text[0] in "(（[±" for line in lines[1::2])


def _split(grid: PdfGrid, bands: dict[int, _Band]) -> PdfGrid:
    added = [len(bands[row].edges) if row in bands else 0 for row in range(len(grid.ys) - 1)]
    first = [row + before for row, before in enumerate(itertools.accumulate(added, initial=0))]
    ys = [edge for row, top in enumerate(grid.ys) for edge in (top, *(bands[row].edges if row in bands else ()))]
    cells = []
    for cell in grid.cells:
        start, end = first[cell.row], first[cell.end_row]
        band = bands.get(cell.row)
        if band is None or cell.end_row > cell.row + 1 or cell in band.merged:
            cells.append(PdfGridCell(start, cell.column, end, cell.end_column))
        else:
            cells += [PdfGridCell(row, cell.column, row + 1, cell.end_column) for row in range(start, end)]
    return PdfGrid(grid.xs, tuple(ys), tuple(sorted(cells)))
