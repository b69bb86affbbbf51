"""The lines of one flattened block, with the cost of each line as a label, a header or a cell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sinkqa.ingest.flattened.affinity import header_word
from sinkqa.ingest.flattened.alignment import HEADER_WRAP, MULTI, NEVER, WRAPPED_HEADER, Costs, Floats
from sinkqa.ingest.flattened.cell_boundaries import bracketed, break_evidence, inner_label, is_number, shape
from sinkqa.ingest.flattened.regions import FlattenedLine, width

MIN_WIDTH = 12  # display columns: no cell is broken to keep a column narrower ...
MIN_LATIN_WIDTH = 20  # ... and none of longer words
CORNER = 3  # lines of the label column's header at most
COLUMN = 2.0  # a column has to pay for itself by its header or its fit
LABEL_WRAP = 2.0  # two labels taken for one put all columns wrong
LABEL_LINE = 0.4  # labels are short: each further line costs
LABELLED = 0.2  # a further piece of a cell where each piece has its own label
HEADER_CELL = 2.0  # a line that looks like a header, taken for a cell; less for a label
UNMARKED = 2.0  # a column that begins without a header and without any change in kind or length
KNOWN_HEADER = 6.0  # a line known to be a header, likewise
_CELL_PUNCTUATION = re.compile(r"[。；，;!?！？《》]|,\s|\.$|^\W*\d|[、，,]$")
_VALUE = re.compile(r"^[\d,]*\d[.%％][\d%％]*$|^\d+,[\d,]+$")  # a year may head a column, a measurement does not
_UNIT = re.compile(r"^.{1,24}[（(][^）)]{1,8}[）)]$")


def kind_change(kind: str, following: str) -> float:
    """Returns the cost of a change of kind between neighbours in one column.

    Figures and titles rarely mix with other kinds.
    """
    if kind == following:
        return 0.0
    return 2.0 if {kind, following} & {"number", "title"} else 0.7


class FlattenedBlock:
    """The lines of one part of a table. ``known`` are header lines that were found in another part of it."""

    def __init__(
        self,
        lines: Sequence[FlattenedLine],
        *,
        caption: str = "",
        known: frozenset[str] = frozenset(),
        widths: Sequence[int] | None = None,
    ) -> None:
        self.lines = lines
        self.texts = [line.text for line in lines]
        self.caption = caption
        self.known = known
        self.widths = self._local_widths() if widths is None else widths

    def __len__(self) -> int:
        return len(self.lines)

    def _local_widths(self) -> list[int]:
        """A first estimate of column widths: the widest line nearby, above or below, whichever is narrower."""
        widths = [self.least_width(i) for i in range(len(self))]
        return [min(max(widths[max(0, i - 4) : i + 1]), max(widths[i : i + 5])) for i in range(len(widths))]

    def least_width(self, i: int) -> int:
        """Returns the least possible width of line i's column, in display columns."""
        return max(MIN_LATIN_WIDTH if self.texts[i].isascii() else MIN_WIDTH, width(self.texts[i]))

    @cached_property
    def evidence(self) -> Floats:
        """The evidence for a new cell at each gap below a line: above 0 if a new cell begins."""
        return np.array(break_evidence(self.lines, self.widths), dtype=np.float64)

    @cached_property
    def kinds(self) -> list[str]:
        """The shape of the piece to which each line probably belongs."""
        kinds: list[str] = []
        for i, text in enumerate(self.texts):
            opens = i == 0 or self.evidence[i - 1] > 0
            kinds.append((shape(text) if opens else None) or (kinds[-1] if kinds else "words"))
        return kinds

    @cached_property
    def wrapped(self) -> NDArray[np.bool_]:
        """True for lines that seem to belong to a longer cell."""
        joined = self.evidence < 0
        return np.asarray(np.logical_or(np.append(joined, False), np.append(False, joined)))

    @cached_property
    def header_cost(self) -> Floats:
        """The cost of taking each line for a column header. It is below 0 for likely headers."""
        seen = Counter(self.texts)
        inside = bracketed(self.texts)
        costs = [COLUMN - self._header_score(i, seen) for i in range(len(self))]
        never = [(i > 0 and inside[i - 1]) or bool(_VALUE.match(text)) for i, text in enumerate(self.texts)]
        return np.where(never, np.inf, np.array(costs))

    @cached_property
    def _length_change(self) -> NDArray[np.bool_]:
        """Lines much shorter or longer than the piece before them."""
        lengths: list[int] = []
        changed = []
        for i, text in enumerate(self.texts):
            before = lengths[-1] if lengths else width(text)
            joined = i > 0 and self.evidence[i - 1] < 0
            lengths.append(before if joined and before > width(text) else width(text))
            changed.append(max(before, lengths[-1]) > 1.6 * min(before, lengths[-1]))
        return np.array(changed, dtype=bool)

    @cached_property
    def cell_cost(self) -> Floats:
        """The cost of taking each line for anything other than a header."""
        words = [HEADER_CELL * self.heads_alone(i) for i in range(len(self))]
        known = [KNOWN_HEADER if text in self.known else 0.0 for text in self.texts]
        return np.maximum(words, known)

    def usual_header(self, i: int) -> bool:
        """Whether line i is a known header, or ends as headers usually do."""
        return self.texts[i] in self.known or header_word(self.texts[i])

    def heads_alone(self, i: int) -> float:
        """Returns 1 for a short line that is a usual header and not part of a longer cell.

        Other lines have less, and most have 0.
        """
        text = self.texts[i]
        if width(text) > 24 or not header_word(text):
            return 0.0
        clear = all(gap > -1.0 for gap in self.evidence[max(0, i - 1) : i + 1])
        return 1.0 if clear and width(text) <= (20 if text.isascii() else 12) else 0.25

    def _header_score(self, i: int, seen: Counter[str]) -> float:
        text = self.texts[i]
        if text in self.known:
            return 4.0
        score = 1.5 if header_word(text) else 0.0
        score += 0.3 if self.lines[i].blank_before else 0.0
        score += 0.3 if i + 1 < len(self) and self.lines[i + 1].blank_before else 0.0
        score += 0.5 if _UNIT.search(text) else 0.0
        score += 0.5 if len(text) >= 3 and text[-4:] in self.caption else 0.0
        score += 1.5 if any(self.in_corner(text, i, corner) for corner in range(1, CORNER)) else 0.0
        score -= 2.0 * bool(_CELL_PUNCTUATION.search(text)) + 2.0 * (is_number(text) or bool(inner_label(text)))
        score -= 1.0 * self._blends_in(i)
        score -= 1.5 * (seen[text] > 1) + 1.0 * bool(re.match(r"[a-z]", text))
        return score - 2.0 * (width(text) > 40)

    def _blends_in(self, i: int) -> bool:
        """Whether a line is as long as those around it; headers stand out."""
        around = [width(text) for text in self.texts[max(0, i - 2) : i + 3]]
        return len(around) == 5 and max(around) <= 1.5 * min(around) and not header_word(self.texts[i])

    def in_corner(self, text: str, i: int, corner: int) -> bool:
        """Whether a two-part corner names the other headers' common word (``类别 / 措施`` over ``保护措施``)."""
        if i <= corner or corner >= len(self):
            return False
        shared = self.texts[corner]
        return 2 <= len(shared) <= 12 and len(text) > len(shared) and text.lower().endswith(shared.lower())

    def stands_out(self, i: int, others: range) -> bool:
        """Whether the piece at line i differs from all others in kind, or clearly in length."""
        if self.kinds[i] not in {self.kinds[j] for j in others}:
            return True
        end = i + 1
        while end < len(self) and self.evidence[end - 1] < 0:
            end += 1
        length = sum(width(text) for text in self.texts[i:end])
        lengths = [width(self.texts[j]) for j in others]
        return length > 1.4 * max(lengths) or length < 0.4 * min(lengths)

    def names_headers(self, corner: int) -> bool:
        """Whether at least two other lines end with the second part of line ``corner``, as headers under one do."""
        return sum(self.in_corner(text, i, corner) for i, text in enumerate(self.texts)) > 1

    @cached_property
    def openers(self) -> tuple[list[bool], list[bool]]:
        """Finds lines whose inner label restarts its sequence, and lines with another label.

        Both are empty if no label returns.
        """
        first, others = [False] * len(self), [False] * len(self)
        seen: set[str] = set()
        for i, text in enumerate(self.texts):
            label = inner_label(text)
            if label is None:
                continue
            first[i] = not seen or label in seen
            others[i] = not first[i]
            seen = {label} if first[i] else seen | {label}
        return (first, others) if sum(first) > 1 else ([False] * len(self), [False] * len(self))

    def costs(
        self, start: int, stop: int, affinity: Floats, *, multi: float = MULTI, leave: Floats | None = None
    ) -> Costs:
        """Returns the costs of lines ``[start, stop)`` as one lattice.

        ``leave`` is added for a line that opens a row.
        """
        gaps = self.evidence[start : stop - 1]
        first, others = (np.array(flags[start:stop], dtype=bool) for flags in self.openers)
        kinds = self.kinds[start:stop]
        change = np.array([0.0, *(kind_change(a, b) for a, b in pairwise(kinds))])
        further = multi if multi >= NEVER else min(multi, LABELLED)
        stay = np.where(others, further, multi) + np.where(first, 3.0, 0.0) + change
        opened = np.where(others, 1.5, 0.0) + change
        return Costs(
            join=np.maximum(gaps, 0.0),
            split=np.maximum(-gaps, 0.0),
            stay=stay,
            leave=opened if leave is None else opened + leave,
            column=np.where(change + self._length_change[start:stop] > 0, 0.3, UNMARKED),
            header=self.header_cost[start:stop],
            affinity=affinity - self.cell_cost[start:stop, None],
        )

    def label_costs(self, start: int, max_rows: int) -> Floats:
        """Returns the cost of lines ``start``..``j`` as exactly ``r`` row labels: (len - start, max_rows + 1)."""
        table = np.full((len(self) - start, max_rows + 1), np.inf)
        table[0, 1] = self._label_cost(start)
        seen = {self.texts[start]}
        for j in range(1, len(table)):
            i = start + j
            gap = self.evidence[i - 1]
            twice = 2.0 if self.texts[i] in seen else 0.0
            seen.add(self.texts[i])
            change = kind_change(self.kinds[i], self.kinds[i - 1])
            opened = table[j - 1, :-1] + max(-gap, 0.0) + twice + change + self._label_cost(i)
            table[j] = table[j - 1] + LABEL_WRAP * max(gap, 0.0) + LABEL_LINE
            table[j, 1:] = np.minimum(table[j, 1:], opened)
        return table

    def _label_cost(self, i: int) -> float:
        text = self.texts[i]
        cost = 1.0 * bool(re.search(r"[。；《]|\.$", text)) + 1.0 * (width(text) > 40) + 1.5 * bool(inner_label(text))
        return cost + float(self.cell_cost[i]) * (1.0 if text in self.known else 0.2)

    def label_rows(self, labels: range, n_rows: int) -> tuple[int, ...]:
        """Returns the row of each label line in the cheapest division into ``n_rows`` labels."""
        table = self.label_costs(labels.start, n_rows)
        rows, row = [0] * len(labels), n_rows
        for j in range(len(labels) - 1, 0, -1):
            rows[j] = row - 1
            joined = table[j - 1, row] + LABEL_WRAP * max(self.evidence[labels.start + j - 1], 0.0) + LABEL_LINE
            if joined > table[j, row] + 1e-9:
                row -= 1
        return tuple(rows)

    def labels_of(self, labels: range, rows: Sequence[int]) -> list[str]:
        """Returns the text of each row label."""
        out = [""] * (max(rows) + 1)
        for i, row in zip(labels, rows, strict=True):
            glue = " " if out[row][-1:].isascii() and self.texts[i][:1].isascii() and out[row] else ""
            out[row] += glue + self.texts[i]
        return out

    def header_run(self, start: int, size: int) -> float:
        """Returns the cost of ``size`` lines from ``start`` as one header."""
        if start + size > len(self):
            return np.inf
        cost = float(self.header_cost[start])
        for i in range(start + 1, start + size):
            corner = start == 0 and self.names_headers(i)
            cost += -1.5 if corner else HEADER_WRAP * max(self.evidence[i - 1], 0.0) + WRAPPED_HEADER
        return cost
