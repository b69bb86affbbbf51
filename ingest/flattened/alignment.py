"""Alignment: the cheapest monotone assignment of a run of lines to rows and columns, with margins.

The lattice has a state for each line, column, and row or header. Each line continues the cell above, or opens another
piece of that cell, a later row, a header, or the next column. Costs work like log-odds: 0 is free, about 2 is clear.
Rows are never left backwards. A row without a piece costs ``empty``. Another piece in a cell costs the ``stay`` of its
line. If both are infinite, the lattice is regular: each row of each column has exactly one piece.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EMPTY = 0.7
MULTI = 0.7
WRAPPED_HEADER = 0.3  # a header of several lines, for each further line
HEADER_WRAP = 2.0  # factor on what speaks against joining two lines, within headers
NEVER = 1e6  # stands for infinity where sums are taken back

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Costs:
    """The costs of the lines of one lattice. All arrays are float64.

    ``join`` and ``split``, (n - 1,), belong to the gap below a line. ``stay``, ``leave`` and ``column``, (n,), are
    added if a line opens another piece of its cell, a new row, or a new column without a header. ``header``, (n,), is
    the cost of a line as a column header; it is infinite if the line cannot be one. ``affinity`` is (n, n_rows); higher
    is better.
    """

    join: Floats
    split: Floats
    stay: Floats
    leave: Floats
    column: Floats
    header: Floats
    affinity: Floats


@dataclass(frozen=True, slots=True)
class Alignment:
    """The cheapest path through a lattice.

    ``row`` is the row of each line: -1 for a header line that opens a column, -2 for one that continues a header.
    ``column`` counts from 0. ``margin``, (n,), is the extra cost of the best path that puts the line elsewhere.
    ``head_margin``, (n,), is the extra cost of taking a header for a cell or a cell for a header.
    """

    cost: float
    row: tuple[int, ...]
    column: tuple[int, ...]
    margin: Floats
    head_margin: Floats


class Lattice:
    """One run of lines against one number of rows, or against several numbers, which are computed together.

    If ``n_columns`` is 0, each column has a header line, and the cost decides the number of columns. Headers are before
    the cells, or after them with ``headers_after``. Otherwise there are exactly ``n_columns`` columns and no header
    lines.
    """

    def __init__(
        self,
        costs: Costs,
        n_rows: Sequence[int],
        *,
        n_columns: int = 0,
        headers_after: bool = False,
        empty: float = EMPTY,
    ) -> None:
        self.costs = costs
        self.n_lines = len(costs.header)
        self.n_rows = max(n_rows)
        self.headed = n_columns == 0
        self.headers_after = headers_after
        self.n_columns = max(1, n_columns)
        # Rows are numbered from the last one, so that all options end in the same place.
        first = self.n_rows - np.array(n_rows, dtype=np.float64)[:, None, None]
        place = np.arange(self.n_rows, dtype=np.float64)[None, None, :]
        self._skip = np.where(place >= first, empty * (place - first), np.inf)
        self._slope = empty * place
        self._rest = empty * (self.n_rows - 1 - place)
        self._shape = (len(n_rows), self.n_columns, self.n_rows + 2)

    def backward(self) -> Floats:
        """Returns the cost from each state of each line to the end, without the line's own cost.

        Shape (n, options, n_columns, n_rows + 2). The last axis holds the rows, aligned at the last row of each option,
        then two states of a header: a line opens it, or continues it.
        """
        rows = self.n_rows
        ahead = np.full((self.n_lines, *self._shape), np.inf)
        if self.headed and self.headers_after:
            ahead[-1, ..., rows:] = 0.0
        else:
            ahead[-1, :, -1, :rows] = self._rest[0, 0]
        for i in range(self.n_lines - 2, -1, -1):
            self._step_back(i, ahead[i + 1] + self._emission(i + 1), ahead[i])
        return ahead

    def entry(self, ahead: Floats) -> Floats:
        """Returns the cost of reaching each line by opening a column, including the line's own cost: (n, options)."""
        if self.headed and not self.headers_after:
            return np.asarray(ahead[:, :, 0, self.n_rows] + self.costs.header[:, None])
        first = ahead[:, :, 0, : self.n_rows] + self._skip[:, 0] - self.costs.affinity[:, None, :]
        return np.asarray(first.min(axis=2))

    def _emission(self, i: int) -> Floats:
        headers = (self.costs.header[i], WRAPPED_HEADER) if self.headed else (np.inf, np.inf)
        return np.concatenate([-self.costs.affinity[i], headers])

    def _step_back(self, i: int, after: Floats, out: Floats) -> None:
        costs, rows = self.costs, self.n_rows
        join, split = costs.join[i], costs.split[i]
        cells = after[..., :rows]
        from_top = (cells + self._skip).min(axis=2)
        np.add(cells, min(join, split + costs.stay[i + 1]), out=out[..., :rows])
        if rows > 1:
            later = np.minimum.accumulate((cells + self._slope)[..., ::-1], axis=2)[..., ::-1]
            later = later[..., 1:] - self._slope[..., 1:] + (split + costs.leave[i + 1])
            np.minimum(out[..., : rows - 1], later, out=out[..., : rows - 1])
        if self.headed:
            np.minimum(out[..., :rows], split + self._rest + after[..., rows : rows + 1], out=out[..., :rows])
            out[..., rows] = out[..., rows + 1] = np.minimum(
                HEADER_WRAP * join + after[..., rows + 1], 0.5 * split + from_top
            )
        else:
            opened = split + costs.column[i + 1] + self._rest + from_top[:, 1:, None]
            np.minimum(out[:, :-1, :rows], opened, out=out[:, :-1, :rows])

    def forward(self) -> Floats:
        """Returns the cost from the start to each state of each line, including the line's own cost.

        The shape is that of :meth:`backward`.
        """
        rows = self.n_rows
        before = np.full((self.n_lines, *self._shape), np.inf)
        if self.headed and not self.headers_after:
            before[0, :, 0, rows] = self.costs.header[0]
        else:
            before[0, :, 0, :rows] = self._skip[:, 0] - self.costs.affinity[0]
        for i in range(self.n_lines - 1):
            self._step_on(i, before[i], before[i + 1])
        return before

    def _step_on(self, i: int, at: Floats, out: Floats) -> None:
        costs, rows = self.costs, self.n_rows
        join, split = costs.join[i], costs.split[i]
        cells = at[..., :rows]
        np.add(cells, min(join, split + costs.stay[i + 1]), out=out[..., :rows])
        to_end = (cells + self._rest).min(axis=2)
        if rows > 1:
            earlier = np.minimum.accumulate(cells - self._slope, axis=2)[..., :-1]
            earlier = earlier + self._slope[..., :-1] + (split + costs.leave[i + 1])
            np.minimum(out[..., 1:rows], earlier, out=out[..., 1:rows])
        if self.headed:
            heads = at[..., rows:].min(axis=2)
            np.minimum(out[..., :rows], 0.5 * split + self._skip + heads[..., None], out=out[..., :rows])
            out[..., rows] = split + to_end
            out[..., rows + 1] = HEADER_WRAP * join + heads
        else:
            opened = split + costs.column[i + 1] + self._skip + to_end[:, :-1, None]
            np.minimum(out[:, 1:, :rows], opened, out=out[:, 1:, :rows])
        out += self._emission(i + 1)

    def align(self) -> Alignment:
        """Returns the cheapest states for the first number of rows, with their margins.

        The cost is infinite if nothing fits.
        """
        rows = self.n_rows
        total = (self.forward() + self.backward())[:, 0]
        heads = total[:, :, rows:]
        opens = heads[:, 0, 0] <= heads[:, 0, 1]
        merged = np.concatenate([total[:, :, :rows], heads.min(axis=2, keepdims=True)], axis=2)
        flat = merged.reshape(self.n_lines, -1)
        best = flat.argmin(axis=1)
        cost = float(flat[0, best[0]])
        if not np.isfinite(cost):
            nothing = np.zeros(self.n_lines)
            return Alignment(cost, (), (), nothing, nothing)
        margin = np.partition(flat, 1, axis=1)[:, 1] - flat.min(axis=1)
        head_margin = np.abs(merged[:, :, rows].min(axis=1) - merged[:, :, :rows].min(axis=(1, 2)))
        column, row = np.divmod(best, rows + 1)
        state = [(-1 if opens[i] else -2) if r == rows else int(r) for i, r in enumerate(row)]
        return Alignment(cost, tuple(state), self._columns(state, column), margin, head_margin)

    def _columns(self, state: list[int], tracked: NDArray[np.int64]) -> tuple[int, ...]:
        """Columns counted from the headers if the lattice did not track them."""
        if not self.headed:
            return tuple(int(column) for column in tracked)
        columns, column = [], 0
        for i, row in enumerate(state):
            turns = row >= 0 > state[i - 1] if self.headers_after else row == -1
            column += bool(i and turns)
            columns.append(column)
        return tuple(columns)
