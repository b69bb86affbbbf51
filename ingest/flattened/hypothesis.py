"""One hypothesis about a flattened block, and the evidence against it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sinkqa.ingest.flattened.alignment import Alignment
from sinkqa.ingest.flattened.block import FlattenedBlock

Mode = Literal["before", "after", "none"]

HEADER_GAP = 0.8  # no line may look more like a header than a header does, by more than this
HEADER_TIE = 0.5  # a usual header that stands alone must look worse than all headers, by this
JOIN_STRAIN = 0.2  # evidence against a join that headers may not have
LABEL_STRAIN = -0.6  # evidence that labels need to be joined at all
SPLIT_STRAIN = -1.0  # evidence against a split that labels may not have
WEAK_SPLIT = 0.95  # evidence below which a break between two rows may well lie inside a wrapped cell
COLUMN_STRAIN = 1.0  # evidence that may be overruled within one column


@dataclass(frozen=True, slots=True)
class Plan:
    """The positions of the parts of a block, before the words of its cells are compared with the row labels.

    ``header`` are the lines of the label column's header, ``labels`` those of its ``n_rows`` cells. The other columns
    take lines ``[start, stop)``. If ``n_columns`` is 0, the headers decide the number of columns. A regular plan has
    one piece in each cell. ``cost`` is comparable within one block only. ``rest`` is the share of lines ``[start,
    stop)`` in it.
    """

    cost: float
    rest: float
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
    """One hypothesis about a block: its plan, the row of each label line, and the rows of the other lines.

    ``named``: the row to which the words of each aligned line point, -1 for none.
    """

    plan: Plan
    label_of: tuple[int, ...]
    alignment: Alignment
    named: tuple[int, ...]
    cost: float

    @property
    def structure(self) -> tuple[object, ...]:
        """The facts that must be certain: mode, row labels, number of rows, header lines."""
        heads = tuple(i for i, row in enumerate(self.alignment.row, self.plan.start) if row < 0)
        return self.plan.mode, self.plan.labels, self.label_of, heads, self.plan.n_columns

    @property
    def heads(self) -> list[int]:
        """The lines of the block that open a column header, except the header of the label column."""
        return [i for i, row in enumerate(self.alignment.row, self.plan.start) if row == -1]

    @property
    def header_lines(self) -> set[int]:
        """All header lines of the block."""
        return {*self.plan.header, *(i for i, row in enumerate(self.alignment.row, self.plan.start) if row < 0)}


def strained(block: FlattenedBlock, account: Account) -> bool:
    """Whether the structure contradicts the lines: it joins or cuts labels or headers, or takes headers for cells."""
    plan = account.plan
    labels = zip(plan.labels[1:], account.label_of, account.label_of[1:], strict=False)
    for i, above, row in labels:
        evidence = block.evidence[i - 1]
        if (above == row and evidence > LABEL_STRAIN) or (above != row and evidence < SPLIT_STRAIN):
            return True
    wrapped = [i for i, row in enumerate(account.alignment.row, plan.start) if row == -2]
    wrapped += [i for i in plan.header[1:] if not block.names_headers(i)]
    if any(block.evidence[i - 1] > JOIN_STRAIN for i in wrapped):
        return True
    if plan.mode == "none" and not block.stands_out(plan.start, plan.labels):
        return True
    return _headless(block, account) or _leaves_headers(block, account)


def _headless(block: FlattenedBlock, account: Account) -> bool:
    """Whether headers lack the usual words for columns, and the columns do not compensate by agreeing."""
    heads = account.heads
    if account.plan.mode == "none" or (account.plan.regular and len(heads) > 1):
        return False
    unusual = sum(not block.usual_header(i) for i in heads)
    if account.plan.regular:
        return unusual > 0 and not block.usual_header(account.plan.header.start)
    return unusual > 0


def _leaves_headers(block: FlattenedBlock, account: Account) -> bool:
    """Whether a line that looks at least as much like a header as the chosen ones is taken for something else."""
    heads = account.heads
    worst = max((float(block.header_cost[i]) for i in heads), default=0.0)
    for i in set(range(len(block))) - account.header_lines:
        cost = float(block.header_cost[i])
        if heads and cost < worst - HEADER_GAP:
            return True
        tie = worst if i in account.plan.labels else worst + HEADER_TIE
        if block.heads_alone(i) == 1.0 and (cost <= tie or (not heads and i not in account.plan.labels)):
            return True
    return False


def forced(block: FlattenedBlock, account: Account) -> NDArray[np.bool_]:
    """Marks the lines whose place contradicts the evidence for cell boundaries, or depends on weak evidence.

    If cells are wrapped, a weak boundary between rows may lie inside a cell. Then both sides are in doubt. If the
    boundary is weaker still, the whole column is in doubt, because its rows may have shifted.
    """
    row, column, start = account.alignment.row, account.alignment.column, account.plan.start
    inner = [i for i in range(1, len(row)) if min(row[i], row[i - 1]) >= 0 and column[i] == column[i - 1]]
    evidence = {i: float(block.evidence[start + i - 1]) for i in inner}
    splits = [i for i in inner if row[i] != row[i - 1]]
    joins = [i for i in inner if row[i] == row[i - 1] and account.plan.regular]
    wrapped = {column[i] for i in joins}
    weak = [i for i in splits if column[i] in wrapped and evidence[i] < WEAK_SPLIT]
    strain: dict[int, float] = defaultdict(float)
    for i in (*splits, *joins):
        strain[column[i]] += max(0.0, -evidence[i] if i in splits else evidence[i])
    shifted = {column[i] for i in weak if evidence[i] < WEAK_SPLIT / 2}
    sides = {j for i in (*weak, *(i for i in joins if evidence[i] > JOIN_STRAIN)) for j in (i - 1, i)}
    doubt = [i in sides or c in shifted or strain[c] > COLUMN_STRAIN for i, c in enumerate(column)]
    return np.array(doubt, dtype=bool)
