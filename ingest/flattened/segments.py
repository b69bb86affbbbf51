"""Segments of a flattened table: one for each page that it covers. They are read and joined."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sinkqa.ingest.document import Cell, Span, Table
from sinkqa.ingest.flattened.alignment import MULTI
from sinkqa.ingest.flattened.block import FlattenedBlock
from sinkqa.ingest.flattened.columns import STRUCTURE_MARGIN, Reading, Survey, heed_names, settle, survey
from sinkqa.ingest.flattened.headers import Leaf, header_blocks
from sinkqa.ingest.flattened.regions import FlattenedLine

PLACED = 0.3  # share of the pieces that must have found their cell, else the rows themselves are not to be trusted
JOINED = -0.5  # evidence below which two lines are one piece whatever their rows
DOUBTFUL = 1.0  # evidence below which an unplaced line may belong to the piece above or below it


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a table: its column headers, row labels, and pieces of cells as (row, column, span), 0-based.

    ``headers`` is empty if the headers of the part before apply. Column 0 holds the labels.
    """

    headers: tuple[Leaf, ...]
    n_columns: int
    labels: tuple[Span, ...]
    pieces: tuple[tuple[int, int, Span], ...]
    loose: tuple[Span, ...]


def read_parts(bodies: Sequence[Sequence[FlattenedLine]], *, caption: str) -> list[Part]:
    """Reads the parts of one table. Returns none if any part cannot be read with confidence."""
    blocks, known = _by_page(bodies)
    readings: list[Reading] = []
    headers: list[tuple[Leaf, ...]] = []
    for lines in blocks:
        block = FlattenedBlock(lines, caption=caption, known=known)
        found = _read(block, len(headers[0]) if headers and not known else 0)
        if found is None or (headers and found[1] and len(found[1]) != len(headers[0])):
            return []
        readings.append(found[0])
        headers.append(found[1])
    parts = [_part(reading, heads) for reading, heads in zip(heed_names(readings), headers, strict=True)]
    placed, loose = sum(len(part.pieces) for part in parts), sum(len(part.loose) for part in parts)
    return parts if sum(len(part.labels) for part in parts) > 1 and placed >= PLACED * (placed + loose) > 0 else []


def _by_page(bodies: Sequence[Sequence[FlattenedLine]]) -> tuple[list[Sequence[FlattenedLine]], frozenset[str]]:
    """Bodies cut at the pages where the headers repeat, and the texts of these headers."""
    pages: list[Sequence[FlattenedLine]] = []
    for body in bodies:
        numbers = sorted({line.page for line in body})
        pages.extend([line for line in body if line.page == number] for number in numbers)
    known = _repeated(pages)
    return (pages, known) if known else (list(bodies), frozenset())


def _repeated(pages: Sequence[Sequence[FlattenedLine]]) -> frozenset[str]:
    """Texts that occur once on each page, in the same order, one of them first or last on all."""
    if len(pages) < 2:
        return frozenset()
    counts = [Counter(line.text for line in page) for page in pages]
    once = [text for text in counts[0] if all(count[text] == 1 for count in counts)]
    orders = [[line.text for line in page if line.text in once] for page in pages]
    edge = all(page[-1].text in once for page in pages) or all(page[0].text in once for page in pages)
    return frozenset(once) if len(once) > 1 and edge and all(order == orders[0] for order in orders) else frozenset()


def _read(block: FlattenedBlock, columns: int) -> tuple[Reading, tuple[Leaf, ...]] | None:
    """The reading of one part with its headers, which are empty for a part that continues.

    None if another reading of the part is too close.
    """
    options: list[tuple[float, Survey, tuple[Leaf, ...] | None]] = []
    if columns:
        if bare := survey(block, columns=(columns,)):
            options.append((bare.cost, bare, ()))
    else:
        if headed := survey(block):
            options.append((headed.cost, headed, None))
        options.extend(_under_blocks(block))
    options.sort(key=lambda option: option[0])
    if not options or (len(options) > 1 and options[1][0] - options[0][0] < STRUCTURE_MARGIN):
        return None
    _, found, leaves = options[0]
    if found.margin < STRUCTURE_MARGIN:
        return None
    reading = settle(found)
    return reading, _leaves(reading) if leaves is None else leaves


def _under_blocks(block: FlattenedBlock) -> Iterator[tuple[float, Survey, tuple[Leaf, ...]]]:
    """The part, read under headers that stand together. Unless these are known, all columns must agree."""
    for heads in header_blocks(block):
        body = [line for i, line in enumerate(block.lines) if i not in heads.lines]
        if len(heads.leaves) > 1 and len(body) >= len(heads.leaves):
            bare = survey(FlattenedBlock(body, caption=block.caption), columns=(len(heads.leaves),))
            if bare and (block.known or bare.accounts[0].plan.regular):
                yield bare.cost + heads.cost, bare, heads.leaves


def _leaves(reading: Reading) -> tuple[Leaf, ...]:
    """The headers of a reading that found them among its lines."""
    block, plan, alignment = reading.block, reading.account.plan, reading.account.alignment
    corner = [block.lines[i].span for i in plan.header]
    shared = len(corner) > 1 and any(
        block.in_corner(block.texts[plan.start + j], plan.start + j, plan.header[-1])
        for j, row in enumerate(alignment.row)
        if row == -1
    )
    heads: dict[int, list[Span]] = defaultdict(list)
    for i, (row, column) in enumerate(zip(alignment.row, alignment.column, strict=True), plan.start):
        if row < 0:
            heads[column].append(block.lines[i].span)
    label = Leaf(tuple(corner) if shared else (_hull(corner),))
    return label, *(Leaf((_hull(heads[column]),)) for column in sorted(heads))


def _hull(spans: Sequence[Span]) -> Span:
    return Span(spans[0].start, spans[-1].end)


def _part(reading: Reading, headers: tuple[Leaf, ...]) -> Part:
    block, plan = reading.block, reading.account.plan
    labels: dict[int, list[Span]] = defaultdict(list)
    for i, row in zip(plan.labels, reading.account.label_of, strict=True):
        labels[row].append(block.lines[i].span)
    pieces: list[tuple[int, int, Span]] = []
    loose: list[Span] = []
    for span, place, column in _pieces(reading):
        if place is None:
            loose.append(span)
        else:
            pieces.append((place, column, span))
    n_columns = len(headers) or plan.n_columns + 1
    return Part(headers, n_columns, tuple(_hull(labels[row]) for row in sorted(labels)), tuple(pieces), tuple(loose))


def _pieces(reading: Reading) -> list[tuple[Span, int | None, int]]:
    """Spans with their row (None if in doubt) and column, from the aligned lines that are cells."""
    alignment, start = reading.account.alignment, reading.account.plan.start
    groups: list[list[int]] = []
    for i, row in enumerate(alignment.row):
        if row >= 0:
            if groups and groups[-1][-1] == i - 1 and _joined(reading, i):
                groups[-1].append(i)
            else:
                groups.append([i])
    rows = [_row(reading, group) for group in groups]
    near = [
        groups[k - 1][-1] == group[0] - 1 and reading.block.evidence[start + group[0] - 1] < DOUBTFUL
        for k, group in enumerate(groups)
    ]
    doubtful = [row is None for row in rows]
    for k in range(1, len(groups)):
        if near[k] and (doubtful[k] or doubtful[k - 1]):
            rows[k] = rows[k - 1] = None
    lines = reading.block.lines
    return [
        (
            Span(lines[start + group[0]].span.start, lines[start + group[-1]].span.end),
            row,
            alignment.column[group[0]] + 1,
        )
        for group, row in zip(groups, rows, strict=True)
    ]


def _joined(reading: Reading, i: int) -> bool:
    """Whether line i of the alignment continues the piece above it."""
    alignment, plan = reading.account.alignment, reading.account.plan
    if alignment.column[i] != alignment.column[i - 1]:
        return False
    evidence = reading.block.evidence[plan.start + i - 1]
    same_row = alignment.row[i] == alignment.row[i - 1]
    return bool((same_row and (plan.regular or evidence < MULTI)) or (not plan.regular and evidence <= JOINED))


def _row(reading: Reading, group: list[int]) -> int | None:
    alignment = reading.account.alignment
    best = max(group, key=lambda i: alignment.margin[i])
    if reading.account.plan.regular:
        return alignment.row[best] if all(reading.sure[i] for i in group) else None
    return alignment.row[best] if reading.sure[best] else None


def join_parts(parts: Sequence[Part]) -> Table:
    """Joins all parts into one table, with rows in order under the headers of the first part."""
    headers = parts[0].headers
    header_rows = 2 if any(leaf.over for leaf in headers) else 1
    cells = _header_cells(headers, header_rows)
    row = header_rows
    for part in parts:
        cells.extend(Cell(row + r, 0, (span,)) for r, span in enumerate(part.labels))
        spans: dict[tuple[int, int], list[Span]] = defaultdict(list)
        for r, column, span in part.pieces:
            spans[row + r, column].append(span)
        cells.extend(Cell(r, column, tuple(found)) for (r, column), found in spans.items())
        row += len(part.labels)
    loose = tuple(span for part in parts for span in part.loose)
    ordered = tuple(sorted(cells, key=lambda cell: (cell.row, cell.column)))
    return Table(ordered, row, parts[0].n_columns, header_rows=header_rows, label_columns=1, loose=loose)


def _header_cells(headers: Sequence[Leaf], header_rows: int) -> list[Cell]:
    cells: list[Cell] = []
    for column, leaf in enumerate(headers):
        if leaf.over is None:
            cells.append(Cell(0, column, leaf.spans, row_span=header_rows))
            continue
        cells.append(Cell(1, column, leaf.spans))
        if column == 0 or headers[column - 1].over != leaf.over:
            below = sum(other.over == leaf.over for other in headers)
            cells.append(Cell(0, column, (leaf.over,), column_span=below))
    return cells
