"""Column headers of a flattened table that come one after another, before or after the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sinkqa.ingest.document import Span
from sinkqa.ingest.flattened.affinity import header_word
from sinkqa.ingest.flattened.block import COLUMN, FlattenedBlock
from sinkqa.ingest.flattened.regions import FlattenedLine

_MAX_LINES = 12
WRAPPED = -2.0  # evidence below which a line is the first half of the header line below it
_SPANNING_BONUS = 1.0  # one header right over a line of several is usually over all of them


@dataclass(frozen=True, slots=True)
class Leaf:
    """The header of one column and, if there is one, the header above it that spans neighbouring columns too."""

    spans: tuple[Span, ...]
    over: Span | None = None


@dataclass(frozen=True, slots=True)
class HeaderBlock:
    """Lines of a block that are the headers of its columns, one after another.

    ``cost`` is below 0 for likely headers.
    """

    lines: range
    leaves: tuple[Leaf, ...]
    cost: float


def header_blocks(block: FlattenedBlock) -> Iterator[HeaderBlock]:
    """Yields the runs of header lines at the end and at the beginning of a block, each in every possible reading."""
    n = len(block)
    after = _run(block, range(n - 1, max(-1, n - 1 - _MAX_LINES), -1))
    before = _run(block, range(min(n, _MAX_LINES)))
    for lines in (range(n - after, n), range(before)):
        if 0 < len(lines) < n:
            yield from _readings(block, lines)


def _run(block: FlattenedBlock, order: range) -> int:
    """How many lines in this order are headers: known ones, or words that head columns, broken lines included."""
    size = 0
    for position, i in enumerate(order, 1):
        joined = order.step < 0 and i > 0 and i < len(block) - 1 and block.evidence[i] < WRAPPED
        if block.known and block.texts[i] not in block.known:
            break
        if block.known or all(map(header_word, _parts(block.texts[i]))) or joined:
            size = position
        else:
            break
    return size


def _parts(text: str) -> list[str]:
    """Headers side by side on one line, split at wide gaps, or at any gap between Chinese words."""
    parts = re.split(r"\s{2,}|\t", text)
    if len(parts) == 1:
        words = text.split()
        parts = words if all("\u4e00" <= word[0] <= "\u9fff" and len(word) > 1 for word in words) else [text]
    return parts


def _spans(line: FlattenedLine) -> list[Span]:
    spans, at = [], 0
    for part in _parts(line.text):
        at = line.text.index(part, at)
        spans.append(Span(line.span.start + at, line.span.start + at + len(part)))
        at += len(part)
    return spans


def _readings(block: FlattenedBlock, lines: range) -> Iterator[HeaderBlock]:
    rows: list[list[Span]] = []
    cost = 0.0
    for i in lines:
        spans = _spans(block.lines[i])
        if i > lines.start and len(spans) == len(rows[-1]) == 1 and _wraps(block, i):
            rows[-1] = [Span(rows[-1][0].start, spans[0].end)]
        else:
            rows.append(spans)
            cost += sum(min(COLUMN, float(block.header_cost[i])) for _ in spans)
    flat = [Leaf((span,)) for row in rows for span in row]
    yield HeaderBlock(lines, tuple(flat), cost)
    if spanned := _spanned(rows):
        yield HeaderBlock(lines, spanned, cost - COLUMN - _SPANNING_BONUS)


def _wraps(block: FlattenedBlock, i: int) -> bool:
    """Whether line i continues the header above it. If both could stand alone, clear evidence is needed."""
    alone = header_word(block.texts[i]) and header_word(block.texts[i - 1])
    return bool(block.evidence[i - 1] < (-2.0 if alone else 0.0))


def _spanned(rows: Sequence[Sequence[Span]]) -> tuple[Leaf, ...]:
    """Leaves, if a single header right above a line of several spans them; otherwise empty."""
    leaves: list[Leaf] = []
    found = False
    over: Span | None = None
    for i, row in enumerate(rows):
        if i > 0 and len(row) == 1 and i + 1 < len(rows) and len(rows[i + 1]) > 1:
            over, found = row[0], True
            continue
        leaves.extend(Leaf((span,), over) for span in row)
        over = None
    return tuple(leaves) if found else ()
