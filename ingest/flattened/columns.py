"""Finds the best reading of one flattened block as row labels, column headers and cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sinkqa.ingest.flattened.affinity import affinities
from sinkqa.ingest.flattened.alignment import EMPTY, MULTI, NEVER, Floats, Lattice
from sinkqa.ingest.flattened.block import CORNER, FlattenedBlock
from sinkqa.ingest.flattened.hypothesis import Account, Plan, forced, strained
from sinkqa.ingest.flattened.regions import width

MAX_ROWS = 60
CANDIDATES = 16  # plans weighed with the affinity of cells to rows
IRREGULAR = 3.0  # most tables have one piece in each cell; any other has to explain more
AGREEMENT = 0.35  # of that for each line of the cells: few of them agree by chance
REWARD = 0.3  # naming a row counts mostly against the other rows, little for an account as a whole
WRAPPED = 0.5  # a name inside a long cell says less than one that makes up a short cell
NAMES_SHOWN = 3  # cells that have to show that cells open with the name of their row
UNNAMED = 2.0  # cost of opening a row without its name, once that is shown
FEWER = 0.4  # cost of a further piece in a cell, once cells of several pieces are known to occur
STRUCTURE_MARGIN = 1.5  # of the best structure to the next
AGREED = 2.0  # what a table regular throughout has to be cheaper by than the same one read freely
REGULAR_MARGIN = 1.45  # of a line's place in a table that is regular throughout
BARE_MARGIN = 1.0  # likewise, without headers between the columns, were the table not regular
BARE_DOUBT = 0.7  # what a structure without headers between its columns has to lead by, beyond ``STRUCTURE_MARGIN``
STRAINED_LEAD = 1.5  # what a reading that strains the lines may be cheaper by
PLACE_MARGIN = 1.3  # of a line's place in any other


@dataclass(frozen=True, slots=True)
class Survey:
    """The cheapest hypotheses for one block, the best first. ``block`` knows the column widths of the best one."""

    block: FlattenedBlock
    accounts: tuple[Account, ...]

    @property
    def cost(self) -> float:
        """The cost of the best hypothesis."""
        return self.accounts[0].cost

    @property
    def margin(self) -> float:
        """The extra cost of the next structure: another hypothesis, or the best one with one header changed."""
        best = self.accounts[0]
        bare = best.plan.mode == "none"
        rivals = [rival.cost - best.cost for rival in self.accounts if rival.structure != best.structure]
        if not bare:
            rivals.append(float(best.alignment.head_margin[1:].min(initial=np.inf)))
        return min(rivals, default=np.inf) - (BARE_DOUBT if bare else 0.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """The hypothesis chosen for a block.

    ``sure`` says for each line of the alignment whether its place can be trusted.
    """

    block: FlattenedBlock
    account: Account
    sure: tuple[bool, ...]


def survey(block: FlattenedBlock, *, columns: Iterable[int] = ()) -> Survey | None:
    """Finds the plausible hypotheses for a block, or None.

    ``columns`` are the numbers of columns to try for a block without header lines. If there are none, the block itself
    is searched for headers.
    """
    columns = tuple(columns)
    first = _accounts(block, columns)
    if not first:
        return None
    fitted = FlattenedBlock(
        block.lines, caption=block.caption, known=block.known, widths=_column_widths(block, first[0])
    )
    accounts = _accounts(fitted, columns) if fitted.widths != block.widths else first
    plausible = tuple(account for account in accounts if not strained(fitted, account))
    if not plausible or plausible[0].cost > accounts[0].cost + STRAINED_LEAD:
        return None
    return Survey(fitted, plausible)


def settle(found: Survey) -> Reading:
    """Chooses the best hypothesis and marks the lines whose place is certain."""
    return _judge(found.block, found.accounts[0])


def _judge(block: FlattenedBlock, account: Account) -> Reading:
    loose = replace(account.plan, regular=False, cost=account.plan.cost + IRREGULAR)
    if account.plan.regular:
        free = weigh(block, loose)
        if free.cost - account.cost >= AGREED:
            sure = (account.alignment.margin >= REGULAR_MARGIN) & ~forced(block, account)
            sure &= np.array(free.alignment.row) == np.array(account.alignment.row)
            if account.plan.mode == "none":
                sure &= account.alignment.margin >= REGULAR_MARGIN + BARE_DOUBT
                sure &= free.alignment.margin >= BARE_MARGIN
            return Reading(block, account, tuple(map(bool, sure)))
        account = free
    if any(a >= 0 and a == b for a, b in zip(account.alignment.row, account.alignment.row[1:], strict=False)):
        again = weigh(block, loose, multi=FEWER)
        if again.structure == account.structure:
            account = again
    sure = (account.alignment.margin >= PLACE_MARGIN) & ~forced(block, account)
    return Reading(block, account, tuple(map(bool, sure)))


def heed_names(readings: Sequence[Reading]) -> list[Reading]:
    """Adjusts the parts of one table if its cells open with a piece that names their row.

    Enough cells must show this, and none may contradict it. The first and last cells of a column do not count, because
    they cannot be misplaced. After the adjustment, a piece that names no row does not open one.
    """
    openings: dict[int, list[bool]] = defaultdict(list)
    for reading in readings:
        for column, shown in _openings(reading):
            openings[column].append(shown)
    columns = {column for column, shown in openings.items() if len(shown) >= NAMES_SHOWN and all(shown)}
    return [_rejudge(reading, columns) for reading in readings]


def _openings(reading: Reading) -> Iterator[tuple[int, bool]]:
    """For each column, whether its first piece names a row, and whether a piece without a name comes last."""
    alignment, named = reading.account.alignment, reading.account.named
    for column in set(alignment.column) if not reading.account.plan.regular else ():
        pieces: list[int] = []
        for i, row in enumerate(alignment.row):
            if row < 0 or alignment.column[i] != column:
                continue
            if pieces and reading.block.evidence[reading.account.plan.start + i - 1] < 0:
                pieces[-1] = max(pieces[-1], named[i])
            else:
                pieces.append(named[i])
        if max(pieces, default=-1) >= 0:
            yield column, pieces[0] >= 0
            if pieces[-1] < 0:
                yield column, True


def _rejudge(reading: Reading, columns: set[int]) -> Reading:
    account = reading.account
    if not columns or account.plan.regular or account.plan.n_rows == 1:
        return reading
    unnamed = [
        row < 0 and column in columns for row, column in zip(account.named, account.alignment.column, strict=True)
    ]
    again = weigh(reading.block, account.plan, multi=FEWER, leave=np.where(unnamed, UNNAMED, 0.0))
    if again.structure != account.structure:
        return reading
    sure = (again.alignment.margin >= PLACE_MARGIN) & ~forced(reading.block, again)
    return Reading(reading.block, again, tuple(map(bool, sure)))


def _column_widths(block: FlattenedBlock, account: Account) -> list[int]:
    """The display columns of each line's column."""
    widest: dict[int, int] = {}
    places = [-1] * len(block)
    for i, column in enumerate(account.alignment.column, account.plan.start):
        places[i] = column
    for i, place in enumerate(places):
        widest[place] = max(widest.get(place, 0), block.least_width(i))
    return [widest[place] for place in places]


def _accounts(block: FlattenedBlock, columns: Sequence[int]) -> list[Account]:
    """The cheapest hypotheses first."""
    plans = _bare(block, columns) if columns else _headed(block)
    cheapest = sorted(plans, key=lambda plan: plan.cost)[:CANDIDATES]
    weighed = [weigh(block, plan) for plan in cheapest]
    return sorted((account for account in weighed if account.cost < NEVER), key=lambda account: account.cost)


def weigh(block: FlattenedBlock, plan: Plan, *, multi: float = MULTI, leave: Floats | None = None) -> Account:
    """Completes a plan: it adds the affinity of the cells to their row labels."""
    rows = block.label_rows(plan.labels, plan.n_rows)
    names = block.labels_of(plan.labels, rows)
    raw = affinities(block.texts[plan.start : plan.stop], names)
    affinity = raw * np.where(block.wrapped[plan.start : plan.stop], WRAPPED, 1.0)[:, None]
    short = np.array([width(name) <= 24 for name in names])
    affinity = affinity * REWARD * short - (affinity.max(axis=1, keepdims=True) - affinity)
    costs = block.costs(plan.start, plan.stop, affinity, multi=NEVER if plan.regular else multi, leave=leave)
    alignment = Lattice(
        costs,
        [plan.n_rows],
        n_columns=plan.n_columns,
        headers_after=plan.mode == "after",
        empty=NEVER if plan.regular else EMPTY,
    ).align()
    named = np.where(raw.max(axis=1) > 0, raw.argmax(axis=1), -1)
    cells = sum(row >= 0 for row in alignment.row)
    chance = max(0.0, IRREGULAR - AGREEMENT * cells) if plan.regular else 0.0
    return Account(plan, rows, alignment, tuple(map(int, named)), plan.cost - plan.rest + alignment.cost + chance)


def _headed(block: FlattenedBlock) -> Iterator[Plan]:
    """Plans with a header line before or after the cells of each column."""
    n = len(block)
    if n < 4:
        return
    options = range(2, max(2, min(MAX_ROWS, n - 3)) + 1)
    tables = [block.label_costs(size, options[-1]) for size in range(min(n, CORNER + 1))]
    for regular in (True, False):
        for after in (False, True):
            entry = _entry(block, options, regular, headers_after=after)
            plans = _after(block, tables[0], entry, options) if after else _before(block, tables, entry, options)
            yield from (replace(plan, regular=True) if regular else _handicapped(plan) for plan in plans)


def _entry(
    block: FlattenedBlock, options: range, regular: bool, *, n_columns: int = 0, headers_after: bool = False
) -> Floats:
    """Cost of all columns from each line on, for each number of rows: (n, len(options))."""
    empty, multi = (NEVER, NEVER) if regular else (EMPTY, MULTI)
    nothing = np.zeros((len(block), options[-1]))
    costs = block.costs(0, len(block), nothing, multi=multi)
    lattice = Lattice(costs, options, n_columns=n_columns, headers_after=headers_after, empty=empty)
    return lattice.entry(lattice.backward())


def _handicapped(plan: Plan) -> Plan:
    return replace(plan, cost=plan.cost + IRREGULAR)


def _before(block: FlattenedBlock, tables: list[Floats], entry: Floats, options: range) -> Iterator[Plan]:
    n = len(block)
    split = np.maximum(-block.evidence, 0.0)
    for size in range(1, min(CORNER, n - 1 - options[0]) + 1):
        ends = np.arange(size + 1, n)
        cost = tables[size][ends - 1 - size][:, options] + split[ends - 1, None] + entry[ends]
        cost += block.header_run(0, size)
        for j, k in zip(*np.nonzero(_worthwhile(cost)), strict=True):
            end = int(ends[j])
            header, labels, rest = range(size), range(size, end), float(entry[end, k])
            yield Plan(float(cost[j, k]), rest, "before", header, labels, options[k], end, n, 0, False)


def _after(block: FlattenedBlock, table: Floats, entry: Floats, options: range) -> Iterator[Plan]:
    n = len(block)
    split = np.maximum(-block.evidence, 0.0)
    for size in range(1, min(CORNER, n - 1 - options[0]) + 1):
        ends = np.arange(1, n - size)
        runs = np.array([block.header_run(int(end), size) for end in ends])
        cost = table[ends - 1][:, options] + (split[ends - 1] + runs)[:, None] + entry[ends + size]
        for j, k in zip(*np.nonzero(_worthwhile(cost)), strict=True):
            start = int(ends[j]) + size
            header, labels, rest = range(start - size, start), range(start - size), float(entry[start, k])
            yield Plan(float(cost[j, k]), rest, "after", header, labels, options[k], start, n, 0, False)


def _bare(block: FlattenedBlock, columns: Sequence[int]) -> Iterator[Plan]:
    """Plans for columns one after another, without any header line among them."""
    n = len(block)
    split = np.maximum(-block.evidence, 0.0)
    for n_columns in columns:
        options = range(1, min(MAX_ROWS, n - n_columns + 1) + 1)
        table = block.label_costs(0, options[-1])
        column = block.costs(0, n, np.zeros((n, 1))).column
        ends = np.arange(1, n)
        for regular in (True, False):
            entry = _entry(block, options, regular, n_columns=n_columns - 1)
            cost = table[ends - 1][:, options] + (split[ends - 1] + column[ends])[:, None] + entry[ends]
            for j, k in zip(*np.nonzero(_worthwhile(cost)), strict=True):
                end, rest = int(ends[j]), float(entry[ends[j], k])
                plan = Plan(
                    float(cost[j, k]), rest, "none", range(0), range(end), options[k], end, n, n_columns - 1, regular
                )
                yield plan if regular else _handicapped(plan)


def _worthwhile(cost: Floats) -> NDArray[np.bool_]:
    """The few cheapest of many."""
    flat = cost.ravel()
    bound = min(NEVER, float(np.partition(flat, CANDIDATES)[CANDIDATES]) if len(flat) > CANDIDATES else np.inf)
    return np.asarray(cost < bound)
