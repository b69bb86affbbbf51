"""Makes cells from crossing lines. Cells without a line between them are merged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sinkqa.ingest.document import Box
from sinkqa.ingest.readers.pdf.lines.text import Word
from sinkqa.ingest.readers.pdf.tables.rules import Rule, Rules, clusters

_TOUCH = 3.0  # lines this close, in points, meet
_NARROWEST = 5.0  # columns narrower than this are one line drawn twice
_LOWEST = 3.0  # as are rows lower than this
_SPACER = 15.0  # widest column, in points, that is dropped when empty
_PARTED = 0.5  # share of a cell's side that a line must cover to part it from its neighbour


class PdfGridCell(NamedTuple):
    """A cell of a grid. Rows and columns are 0-based; ``end_row`` and ``end_column`` are exclusive."""

    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(frozen=True, slots=True)
class PdfGrid:
    """Column edges ``xs`` and row edges ``ys`` in points, ascending, and the cells that tile them."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[PdfGridCell, ...]

    def box(self, cell: PdfGridCell, page: int) -> Box:
        """Returns the cell's rectangle on ``page``."""
        return Box(page, self.xs[cell.column], self.ys[cell.row], self.xs[cell.end_column], self.ys[cell.end_row])

    def keep(self, rows: Sequence[int], columns: Sequence[int]) -> PdfGrid:
        """Reduces the grid to these rows and columns.

        Merged cells shrink, and columns widen over removed ones to their right.
        """
        row_at = [sum(row < edge for row in rows) for edge in range(len(self.ys))]
        column_at = [sum(column < edge for column in columns) for edge in range(len(self.xs))]
        cells = (
            PdfGridCell(row_at[cell.row], column_at[cell.column], row_at[cell.end_row], column_at[cell.end_column])
            for cell in self.cells
        )
        return PdfGrid(
            (self.xs[0], *(self.xs[column] for column in columns[1:]), self.xs[-1]),
            (*(self.ys[row] for row in rows), self.ys[rows[-1] + 1]),
            tuple(cell for cell in cells if cell.end_row > cell.row and cell.end_column > cell.column),
        )


def find_grids(rules: Rules) -> list[PdfGrid]:
    """Returns one grid for each group of crossing lines. Leaves out groups with cells that are not rectangles."""
    grids = []
    for across, down in _crossing(rules):
        grid = _grid(across, down)
        if grid is not None and len(grid.cells) > 1:
            grids.append(grid)
    return grids


def _crossing(rules: Rules) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of connected horizontal and vertical lines."""
    groups: list[tuple[list[Rule], list[Rule]]] = []
    for down in rules.down:
        touched = [rule for rule in rules.across if _meet(rule, down)]
        joined = [group for group in groups if any(rule in group[0] for rule in touched)]
        merged: tuple[list[Rule], list[Rule]] = (list(touched), [down])
        for group in joined:
            merged[0].extend(rule for rule in group[0] if rule not in merged[0])
            merged[1].extend(group[1])
            groups.remove(group)
        groups.append(merged)
    return [group for group in groups if len(group[0]) > 1]


def _meet(across: Rule, down: Rule) -> bool:
    return (
        across.start - _TOUCH <= down.at <= across.end + _TOUCH
        and down.start - _TOUCH <= across.at <= down.end + _TOUCH
    )


def _grid(across: list[Rule], down: list[Rule]) -> PdfGrid | None:
    left, right = min(rule.start for rule in across), max(rule.end for rule in across)
    top, bottom = min(rule.start for rule in down), max(rule.end for rule in down)
    top, bottom = min(top, *(rule.at for rule in across)), max(bottom, *(rule.at for rule in across))
    sides = [Rule(left, top, bottom), Rule(right, top, bottom)]  # tables are often left open at their sides
    columns = [list(group) for group in clusters(sorted(down + sides), gap=_NARROWEST)]
    rows = [
        list(group)
        for group in clusters(sorted([*across, Rule(top, left, right), Rule(bottom, left, right)]), gap=_LOWEST)
    ]
    xs = tuple(sum(rule.at for rule in group) / len(group) for group in columns)
    ys = tuple(sum(rule.at for rule in group) / len(group) for group in rows)
    cells = _tiles(xs, ys, columns, rows)
    if cells is None or not cells:
        return None
    return _without_idle_edges(PdfGrid(xs, ys, cells))


def _tiles(
    xs: Sequence[float], ys: Sequence[float], columns: Sequence[list[Rule]], rows: Sequence[list[Rule]]
) -> tuple[PdfGridCell, ...] | None:
    """The slots, joined where no line separates them; None if a joined shape is not a rectangle."""
    n_rows, n_columns = len(ys) - 1, len(xs) - 1
    owner = {(row, column): (row, column) for row in range(n_rows) for column in range(n_columns)}

    def root(slot: tuple[int, int]) -> tuple[int, int]:
        while owner[slot] != slot:
            slot = owner[slot]
        return slot

    for row, column in list(owner):
        right, below = (row, column + 1), (row + 1, column)
        if column + 1 < n_columns and not _covered(columns[column + 1], ys[row], ys[row + 1]):
            owner[max(root(right), root((row, column)))] = min(root(right), root((row, column)))
        if row + 1 < n_rows and not _covered(rows[row + 1], xs[column], xs[column + 1]):
            owner[max(root(below), root((row, column)))] = min(root(below), root((row, column)))
    shapes: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for slot in owner:
        shapes.setdefault(root(slot), []).append(slot)
    cells = []
    for slots in shapes.values():
        (row, column), (last_row, last_column) = min(slots), max(slots)
        if len(slots) != (last_row - row + 1) * (last_column - column + 1):
            return None
        cells.append(PdfGridCell(row, column, last_row + 1, last_column + 1))
    return tuple(sorted(cells))


def _covered(rules: Iterable[Rule], start: float, end: float) -> bool:
    return sum(max(0.0, min(rule.end, end) - max(rule.start, start)) for rule in rules) >= _PARTED * (end - start)


def _without_idle_edges(grid: PdfGrid) -> PdfGrid:
    """Drops the edges at which no cell begins: stray pieces of line."""
    rows = sorted({cell.row for cell in grid.cells})
    columns = sorted({cell.column for cell in grid.cells})
    row_at = {edge: index for index, edge in enumerate([*rows, len(grid.ys) - 1])}
    column_at = {edge: index for index, edge in enumerate([*columns, len(grid.xs) - 1])}
    return PdfGrid(
        tuple(grid.xs[edge] for edge in column_at),
        tuple(grid.ys[edge] for edge in row_at),
        tuple(
            PdfGridCell(row_at[cell.row], column_at[cell.column], row_at[cell.end_row], column_at[cell.end_column])
            for cell in grid.cells
        ),
    )


def without_empty_lines(grid: PdfGrid, filled: set[PdfGridCell]) -> PdfGrid:
    """Drops rows in which no own cell has a word, and such columns if they are as narrow as a letter."""
    rows = [
        row
        for row in range(len(grid.ys) - 1)
        if any(
            cell.row <= row < cell.end_row and (cell in filled) and cell.end_row - cell.row == 1 for cell in grid.cells
        )
    ]
    columns = [
        column
        for column in range(len(grid.xs) - 1)
        if grid.xs[column + 1] - grid.xs[column] > _SPACER
        or any(
            cell.column <= column < cell.end_column and cell in filled and cell.end_column - cell.column == 1
            for cell in grid.cells
        )
    ]
    if (len(rows) == len(grid.ys) - 1 and len(columns) == len(grid.xs) - 1) or not rows or not columns:
        return grid
    return grid.keep(rows, columns)


def put(words: Sequence[Word], grid: PdfGrid) -> dict[PdfGridCell, list[Word]]:
    """Returns the words whose centre is in each cell, in the order given. Empty cells are left out."""
    owner = {
        (row, column): cell
        for cell in grid.cells
        for row in range(cell.row, cell.end_row)
        for column in range(cell.column, cell.end_column)
    }
    held: dict[PdfGridCell, list[Word]] = {}
    for word in words:
        cell = owner.get((bisect_right(grid.ys, word.y) - 1, bisect_right(grid.xs, word.x) - 1))
        if cell is not None:
            held.setdefault(cell, []).append(word)
    return held
