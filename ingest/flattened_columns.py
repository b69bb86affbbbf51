"""Inside plain-text reading: the best account of one flattened block as row labels, column headers and cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ingest.flattened_affinity import affinities
from ingest.flattened_alignment import EMPTY, MULTI, NEVER, Alignment, Floats, Lattice
from ingest.flattened_block import CORNER, MIN_WIDTH, Block
from ingest.flattened_regions import width

Mode = Literal["before", "after", "none"]

MAX_ROWS = 60
CANDIDATES = 24  # plans weighed with the affinity of cells to rows
IRREGULAR = 3.0  # most tables have one piece in each cell; any other has to explain more
REWARD = 0.3  # naming a row counts mostly against the other rows, little for an account as a whole
WRAPPED = 0.5  # a name inside a long cell says less than one that makes up a short cell
FEWER = 0.4  # cost of a further piece in a cell, once cells of several pieces are known to occur
STRUCTURE_MARGIN = 1.0  # of the best structure to the next
REGULAR_MARGIN = 0.8  # of a line's place in a table that is regular throughout
PLACE_MARGIN = 1.3  # of a line's place in any other


@dataclass(frozen=True, slots=True)
class Plan:
    """Where things stand in a block, before words are weighed.

    ``header`` and ``labels`` are the lines of the label column's header and of its ``n_rows`` cells; the other columns
    take up lines ``start``..``stop``. ``n_columns`` 0 lets the headers decide. A regular plan has one piece in each
    cell. ``cost`` is comparable within one block only.
    """

    cost: float
    mode: Mode
    header: range
    labels: range
    n_rows: int
    start: int
    stop: int
    n_columns: int
    regular: bool


@dataclass(frozen=True, slots=True)
class Account:
    """One reading of a block: its plan, the row of each label line, and how the other lines align with the rows."""

    plan: Plan
    label_of: tuple[int, ...]
    alignment: Alignment
    cost: float

    @property
    def structure(self) -> tuple[object, ...]:
        """What must not be in doubt: mode, row labels, number of rows, header lines."""
        heads = tuple(i for i, row in enumerate(self.alignment.row, self.plan.start) if row < 0)
        return self.plan.mode, self.plan.labels, self.label_of, heads, self.plan.n_columns


@dataclass(frozen=True, slots=True)
class Reading:
    """The account of a block that was settled on; ``sure`` tells for each line of its alignment whether to trust it.

    ``block`` is the block with the widths of its columns known.
    """

    block: Block
    account: Account
    sure: tuple[bool, ...]


def read_block(block: Block, *, columns: Iterable[int] = ()) -> Reading | None:
    """The best account of a block, or None where another structure fits nearly as well.

    ``columns`` are the numbers of columns to try for a block without header lines; without any the headers are sought
    in the block itself.
    """
    columns = tuple(columns)
    first = _accounts(block, columns)
    if not first:
        return None
    fitted = Block(block.lines, caption=block.caption, known=block.known, widths=_column_widths(block, first[0]))
    accounts = _accounts(fitted, columns)
    if not accounts or not _settled(accounts):
        return None
    return _judge(fitted, accounts[0])


def _settled(accounts: Sequence[Account]) -> bool:
    best = accounts[0]
    rivals = [rival.cost for rival in accounts if rival.structure != best.structure]
    heads = best.alignment.head_margin[1:].min(initial=np.inf) if best.plan.mode != "none" else np.inf
    return bool(min([*rivals, np.inf]) - best.cost >= STRUCTURE_MARGIN and heads >= STRUCTURE_MARGIN)


def _judge(block: Block, account: Account) -> Reading:
    loose = replace(account.plan, regular=False, cost=account.plan.cost + IRREGULAR)
    if account.plan.regular:
        if weigh(block, loose).cost - account.cost >= STRUCTURE_MARGIN:
            return Reading(block, account, tuple(account.alignment.margin >= REGULAR_MARGIN))
        account = weigh(block, loose)
    if any(a >= 0 and a == b for a, b in zip(account.alignment.row, account.alignment.row[1:], strict=False)):
        again = weigh(block, loose, multi=FEWER)
        if again.structure == account.structure:
            account = again
    return Reading(block, account, tuple(account.alignment.margin >= PLACE_MARGIN))


def _column_widths(block: Block, account: Account) -> list[int]:
    """Display columns of the column that each line stands in."""
    widest: dict[int, int] = {}
    places = [-1] * len(block)
    for i, column in enumerate(account.alignment.column, account.plan.start):
        places[i] = column
    for i, place in enumerate(places):
        widest[place] = max(widest.get(place, MIN_WIDTH), width(block.texts[i]))
    return [widest[place] for place in places]


def _accounts(block: Block, columns: Sequence[int]) -> list[Account]:
    """The cheapest accounts first."""
    plans = _bare(block, columns) if columns else _headed(block)
    cheapest = sorted(plans, key=lambda plan: plan.cost)[:CANDIDATES]
    weighed = [weigh(block, plan) for plan in cheapest]
    return sorted((account for account in weighed if account.cost < NEVER), key=lambda account: account.cost)


def weigh(block: Block, plan: Plan, *, multi: float = MULTI) -> Account:
    """The plan with the affinity of its cells to its row labels counted in."""
    rows = block.label_rows(plan.labels, plan.n_rows)
    names = block.labels_of(plan.labels, rows)
    affinity = affinities(block.texts[plan.start : plan.stop], names)
    affinity *= np.where(block.wrapped[plan.start : plan.stop], WRAPPED, 1.0)[:, None]
    short = np.array([width(name) <= 24 for name in names])
    affinity = affinity * REWARD * short - (affinity.max(axis=1, keepdims=True) - affinity)
    alignment = _lattice(block, plan, affinity, multi).align()
    unweighed = _lattice(block, plan, np.zeros_like(affinity), multi).align()
    return Account(plan, rows, alignment, plan.cost - unweighed.cost + alignment.cost)


def _lattice(block: Block, plan: Plan, affinity: Floats, multi: float) -> Lattice:
    return Lattice(
        block.costs(plan.start, plan.stop, affinity, multi=NEVER if plan.regular else multi),
        n_columns=plan.n_columns,
        headers_after=plan.mode == "after",
        empty=NEVER if plan.regular else EMPTY,
    )


def _headed(block: Block) -> Iterator[Plan]:
    """Plans with a header line before or after the cells of each column."""
    n = len(block)
    if n < 4:
        return
    max_rows = min(MAX_ROWS, n // 2)
    tables = [block.label_costs(size, max_rows) for size in range(min(n, CORNER + 1))]
    for regular in (True, False):
        for n_rows in range(2, max_rows + 1):
            empty, multi = (NEVER, NEVER) if regular else (EMPTY, MULTI)
            costs = block.costs(0, n, np.zeros((n, n_rows)), multi=multi)
            ahead = Lattice(costs, empty=empty).backward()[:, 0, n_rows] + block.header_cost
            yield from _before(block, tables, ahead, n_rows, regular)
            ahead = Lattice(costs, headers_after=True, empty=empty).backward()[:, 0, :n_rows]
            ahead = (ahead + empty * np.arange(n_rows)).min(axis=1)
            yield from _after(block, tables[0], ahead, n_rows, regular)


def _before(block: Block, tables: list[Floats], ahead: Floats, n_rows: int, regular: bool) -> Iterator[Plan]:
    n = len(block)
    for size in range(1, min(CORNER, n - n_rows - 1) + 1):
        head = block.header_run(0, size) + (0.0 if regular else IRREGULAR)
        for end in range(size + n_rows, n):
            split = max(-block.evidence[end - 1], 0.0)
            cost = float(head + tables[size][end - 1 - size, n_rows] + split + ahead[end])
            if cost < NEVER:
                yield Plan(cost, "before", range(size), range(size, end), n_rows, end, n, 0, regular)


def _after(block: Block, table: Floats, ahead: Floats, n_rows: int, regular: bool) -> Iterator[Plan]:
    n = len(block)
    handicap = 0.0 if regular else IRREGULAR
    for end in range(n_rows, n - 1):
        split = max(-block.evidence[end - 1], 0.0)
        for size in range(1, min(CORNER, n - 1 - end) + 1):
            start = end + size
            cost = float(table[end - 1, n_rows] + split + block.header_run(end, size) + ahead[start] + handicap)
            if cost < NEVER:
                yield Plan(cost, "after", range(end, start), range(end), n_rows, start, n, 0, regular)


def _bare(block: Block, columns: Sequence[int]) -> Iterator[Plan]:
    """Plans for the bodies of columns one after another, without any header line among them."""
    n = len(block)
    for n_columns in columns:
        max_rows = min(MAX_ROWS, n - n_columns + 1)
        table = block.label_costs(0, max_rows)
        for regular in (True, False):
            empty, multi = (NEVER, NEVER) if regular else (EMPTY, MULTI)
            handicap = 0.0 if regular else IRREGULAR
            for n_rows in range(1, max_rows + 1):
                if n_rows * (n_columns if regular else 2) > n:
                    break
                costs = block.costs(0, n, np.zeros((n, n_rows)), multi=multi)
                ahead = Lattice(costs, n_columns=n_columns - 1, empty=empty).backward()[:, 0, :n_rows]
                ahead = (ahead + empty * np.arange(n_rows)).min(axis=1)
                for end in range(n_rows, n):
                    split = max(-block.evidence[end - 1], 0.0) + costs.column[end]
                    cost = float(table[end - 1, n_rows] + split + ahead[end] + handicap)
                    if cost < NEVER:
                        yield Plan(cost, "none", range(0), range(end), n_rows, end, n, n_columns - 1, regular)
