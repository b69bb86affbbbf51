"""Finds tables by the alignment of words, without drawn lines between columns or rows."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

from sinkqa.ingest.readers.pdf.lines.text import Word
from sinkqa.ingest.readers.pdf.tables.bands import split_bands
from sinkqa.ingest.readers.pdf.tables.grid import PdfGrid, PdfGridCell
from sinkqa.ingest.readers.pdf.tables.rows import (
    RULED_GUTTER,
    PdfRow,
    WordLine,
    body_rows,
    cell_of,
    column_edges,
    header_rows,
    is_gappy,
    is_value,
    lines_of,
    one_row,
    to_grid,
)
from sinkqa.ingest.readers.pdf.tables.rules import Rule, Rules
from sinkqa.ingest.structure.tables.cell_kinds import kind_of
from sinkqa.ingest.structure.tables.wording import is_table_caption

_MARKER = re.compile(
    r"[•·●○■□▪◆◇➢–—\-*§]|[\[(（【]?[0-9a-zA-Zⅰ-ⅿ一二三四五六七八九十]{1,4}[\])）】.、:．:]+|[①-⑳]|\[\d+[-–,\d]*\]"
)
_SENTENCE = re.compile(r"[。；：.;:!?]$")
_OPEN_GUTTER = 1.2  # em; between columns of a table without any rule
_NEAR, _LESS_NEAR = 1.5, 3.0  # em between the rows of a table without any rule
_DEEPEST_HEAD, _WITHIN = 3, 0.5  # lines of a header above its last, and em between two of them
_EXTENT = 4.0  # points by which the rules of one table may differ in length
_MOST_COLUMNS = 4  # of text on a page
_DOUBLE = 3.0  # points between two lines that are one rule drawn double
_MOST_RULES = 30
_TALLEST_HEADER = 6  # lines
_TALLEST_BAND = 40  # lines
_TALLEST_ROW = 15  # lines; more between two rules is a column of prose


def split_rows(grid: PdfGrid, words: Sequence[Word]) -> PdfGrid:
    """Splits the body of a grid that has lines only around its header, if its words line up as rows."""
    n_rows, n_columns = len(grid.ys) - 1, len(grid.xs) - 1
    if n_rows > 3 or n_columns < 2:
        return grid
    for body in range(n_rows):
        slots = [cell for cell in grid.cells if cell.row == body and cell.end_row == body + 1]
        if len(slots) == n_columns and (rows := _lined_up(grid, body, words)):
            return _with_rows(grid, body, rows)
    return grid


def _lined_up(grid: PdfGrid, body: int, words: Sequence[Word]) -> list[PdfRow] | None:
    top, bottom, left, right = grid.ys[body], grid.ys[body + 1], grid.xs[0], grid.xs[-1]
    lines = lines_of(_within(words, left, right, top, bottom))
    if len(lines) < 3:
        return None
    room = [after - before - 0.8 * lines[0].size for before, after in itertools.pairwise(grid.xs)]
    rows = body_rows(lines, grid.xs[1:-1], RULED_GUTTER, room)
    if rows and _has_one_label(rows):
        return None
    full = sum(len(row.cells) >= len(grid.xs) - 2 and len(row.cells) > 1 for row in rows or ())
    return rows if rows and len(rows) >= 3 and full >= 0.8 * len(rows) else None


def _with_rows(grid: PdfGrid, body: int, rows: Sequence[PdfRow]) -> PdfGrid:
    added = len(rows) - 1
    part = to_grid(rows, grid.xs[1:-1], grid.xs[0], grid.xs[-1], grid.ys[body], grid.ys[body + 1])
    cells = [PdfGridCell(row + body, column, end + body, last) for row, column, end, last in part.cells]
    for row, column, end, last in grid.cells:
        if end <= body:
            cells.append(PdfGridCell(row, column, end, last))
        elif row > body:
            cells.append(PdfGridCell(row + added, column, end + added, last))
    return PdfGrid(grid.xs, (*grid.ys[:body], *part.ys, *grid.ys[body + 2 :]), tuple(sorted(cells)))


def _within(words: Iterable[Word], left: float, right: float, top: float, bottom: float) -> list[Word]:
    return [word for word in words if left <= word.x <= right and top <= word.y <= bottom]


def find_aligned(rules: Rules, words: Sequence[Word]) -> list[PdfGrid]:
    """Finds tables with horizontal rules only, then tables without rules, then tables marked by shading alone.

    ``words`` exclude those of known tables.
    """
    groups = _same_extent(rules)
    shaded = [group for group in groups if not any(rule in rules.across for rule in group)]
    found: list[PdfGrid] = []
    for group in groups:
        if group not in shaded:
            found += _between_rules(group, words)
    found += _open(_outside(found, words))
    for column in _columns(_outside(found, words)):
        found += _open(column)
    for group in shaded:
        found += _between_rules(group, _outside(found, words))
    return found


def _outside(grids: Sequence[PdfGrid], words: Sequence[Word]) -> Sequence[Word]:
    inside = (_within(words, grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]) for grid in grids)
    taken = {id(word) for part in inside for word in part}
    return [word for word in words if id(word) not in taken] if taken else words


def _same_extent(rules: Rules) -> list[list[Rule]]:
    """Groups of three or more horizontal rules of one length, top to bottom. Double rules count once."""
    groups: list[list[Rule]] = []
    for rule in sorted([*rules.across, *rules.bands]):
        for group in groups:
            if abs(group[0].start - rule.start) <= _EXTENT and abs(group[0].end - rule.end) <= _EXTENT:
                if rule.at - group[-1].at > _DOUBLE:
                    group.append(rule)
                break
        else:
            groups.append([rule])
    return [group for group in groups if 3 <= len(group) <= _MOST_RULES]


def _between_rules(rules: Sequence[Rule], words: Sequence[Word]) -> list[PdfGrid]:
    """The longest runs of ``rules`` whose text forms a table."""
    left, right = min(rule.start for rule in rules) - 2, max(rule.end for rule in rules) + 2
    bands = [lines_of(_within(words, left, right, above.at, below.at)) for above, below in itertools.pairwise(rules)]
    found, first = [], 0
    while first + 1 < len(bands):
        ends = (at for at in range(first, len(bands)) if _is_apart(bands[at]) or _is_text_between(bands[at : at + 3]))
        end = next(ends, len(bands))
        for last in range(end, first + 1, -1):
            frame = (left, right, rules[first].at, rules[last].at)
            parts = _ruled_across(bands[first:last])
            grid = split_bands(to_grid(*parts, *frame), words) if parts else None
            grid = grid or (_banded(bands[first:last], frame, words) if last == end else None)
            if grid is not None:
                found.append(grid)
                first = last
                break
        else:
            first += 1
    return found


def _banded(
    bands: Sequence[Sequence[WordLine]], frame: tuple[float, float, float, float], words: Sequence[Word]
) -> PdfGrid | None:
    """Bands of several rows each, whose names may be broken over lines; None if they do not line up."""
    edges = column_edges([line for band in bands[1:] for line in band], RULED_GUTTER)
    if not edges or not all(bands) or max(map(len, bands)) > _TALLEST_BAND:
        return None
    parts = [header_rows(bands[0], edges), *(one_row(band, edges) for band in bands[1:])]
    if any(not part for part in parts):
        return None
    rows = [row for part in parts for row in part or ()]
    grid = to_grid(rows, edges, *frame)
    parted = split_bands(grid, words)
    return parted if len(parted.ys) > len(grid.ys) + 1 else None


def _is_apart(band: Sequence[WordLine]) -> bool:
    """Whether the text between two rules is not a row but the caption of the next table."""
    return any(is_table_caption(piece.text) for line in band for piece in line.pieces(_OPEN_GUTTER))


def _is_text_between(bands: Sequence[Sequence[WordLine]]) -> bool:
    """Whether the first of three bands holds sentences, not cells, and the others begin the next table."""
    if len(bands) < 3 or not all(bands):
        return False
    texts, header, row = bands
    pieces, values = ([piece.text for line in band for piece in line.pieces(RULED_GUTTER)] for band in (header, row))
    begins = len(pieces) > 1 and not any(map(is_value, pieces)) and any(map(is_value, values))
    alone = all(len(line.pieces(_OPEN_GUTTER)) == 1 for line in texts)
    return begins and alone and any(_SENTENCE.search(line.text) for line in texts)


def _ruled_across(bands: Sequence[Sequence[WordLine]]) -> tuple[list[PdfRow], list[float]] | None:
    """Rows and column edges of the text between rules, the first band the header; None if it is not a table."""
    body = [line for band in bands[1:] for line in band]
    if not all(bands) or len(bands[0]) > _TALLEST_HEADER:
        return None
    edges = column_edges(body, RULED_GUTTER)
    whole = column_edges([*bands[0], *body], RULED_GUTTER)
    edges = whole if len(whole) == len(edges) else edges  # unless header cells span columns
    if not edges or any(is_gappy(line, edges) for band in bands for line in band):
        return None
    rows: list[PdfRow] = []
    for index, band in enumerate(bands):
        is_header = index == 0 and not _is_mostly_values(band)
        parted = header_rows(band, edges) if is_header else body_rows(band, edges, RULED_GUTTER)
        if parted is not None and index > 0 and _has_one_label(parted):
            parted = one_row(band, edges) or parted
        if parted is None and index > 0 and len(bands) > 2 and len(edges) > 1 and len(band) <= _TALLEST_ROW:
            parted = one_row(band, edges)
        if parted is None:
            return None
        rows += parted
    several = sum(len(row.cells) > 1 for row in rows)
    filled = sum(len(row.filled) for row in rows)
    if several < 2 or several < 0.6 * len(rows) or filled < 0.7 * len(rows) * (len(edges) + 1):
        return None
    return rows, edges


def _has_one_label(rows: Sequence[PdfRow]) -> bool:
    """Whether neighbours among several rows, half of them at most, share one label that may apply to all."""
    labelled = [place for place, row in enumerate(rows) if 0 in row.filled]
    apart = len(labelled) and labelled[-1] - labelled[0] >= len(labelled)
    few = len(labelled) == 1 < len(rows) or 0 < 2 * len(labelled) <= len(rows)
    return few and not apart and all(1 in row.filled for row in rows)


def _is_mostly_values(band: Sequence[WordLine]) -> bool:
    kinds = [kind_of(piece.text) for line in band for piece in line.pieces(RULED_GUTTER)]
    return 2 * kinds.count("value") > len(kinds)


def _is_rowlike(rows: Sequence[PdfRow]) -> bool:
    """Whether the first column is not a list marker and another column has something to read."""
    labels = [lines[0].text for row in rows[1:] for first, _, lines in row.cells if first == 0]
    return bool(labels) and not all(_MARKER.fullmatch(label) for label in labels)


def _open(words: Sequence[Word]) -> list[PdfGrid]:
    """Tables without any rule: three or more lines in a row that share their column edges."""
    found: list[PdfGrid] = []
    run: list[WordLine] = []
    lines = lines_of(words)
    for place, line in enumerate([*lines, None]):
        parted = line is not None and len(line.pieces(_OPEN_GUTTER)) > 1 and not _is_apart([line])
        if line is None or not parted or (run and not _goes_on(run[-1], line)):
            first = place - len(run)
            if len(run) >= 3 and (grid := _open_table(run, lines[max(0, first - _DEEPEST_HEAD - 1) : first])):
                found.append(grid)
            run = []
        if line is not None and parted:
            run.append(line)
    return found


def _columns(words: Sequence[Word]) -> list[list[Word]]:
    """The words of each text column, if the page has several."""
    lines = lines_of(words)
    edges = column_edges(lines, _OPEN_GUTTER)
    if not edges or len(edges) >= _MOST_COLUMNS:
        return []
    bounds = [float("-inf"), *edges, float("inf")]
    return [[word for word in words if left < word.x <= right] for left, right in itertools.pairwise(bounds)]


def _goes_on(row: WordLine, line: WordLine) -> bool:
    """Whether ``line`` is the next row: it is near, or less near with its cells under those of ``row``, one to one."""
    gap = line.top - row.bottom
    if gap < _NEAR * line.size:
        return True
    above, below = row.pieces(_OPEN_GUTTER), line.pieces(_OPEN_GUTTER)
    under = len(above) == len(below) > 2 and all(a.x0 < b.x1 and b.x0 < a.x1 for a, b in zip(above, below, strict=True))
    return under and gap < _LESS_NEAR * line.size


def _open_table(run: Sequence[WordLine], over: Sequence[WordLine]) -> PdfGrid | None:
    edges = column_edges(run, _OPEN_GUTTER)
    rows = body_rows(run, edges, _OPEN_GUTTER) if edges else None
    if rows is None or len(rows) < 3 or len(rows) < len(run) or not _is_rowlike(rows):
        return None
    if any(is_gappy(line, edges) for line in run):
        return None
    n_columns = len(edges) + 1
    header = [lines[0].text for _, _, lines in rows[0].cells]
    if header[: len(header) // 2] == header[len(header) // 2 :]:
        return None  # two tables side by side
    if any(end - first > 1 for row in rows for first, end, _ in row.cells):
        return None
    if sum(len(row.cells) for row in rows) < 0.85 * len(rows) * n_columns or _is_contents(rows):
        return None
    head = _head(rows[0], [*over, run[0]], edges)
    captioned = len(over) > len(head) and _is_apart([over[-1 - len(head)]])
    if not captioned and not any(_is_numeric(rows[1:], column) for column in range(1, n_columns)):
        return None
    return _framed(rows, edges, [*head, *run])


def _head(first: PdfRow, over: Sequence[WordLine], edges: Sequence[float]) -> Sequence[WordLine]:
    """The lines above the last of ``over`` that belong to its header, whose names are broken over lines."""
    if any(kind_of(line.text) != "words" for _, _, lines in first.cells for line in lines):
        return ()
    several = 0
    for taken, (below, line) in enumerate(itertools.pairwise(reversed(over)), 1):
        inside = all(
            kind_of(piece.text) == "words" and not any(piece.x0 + 1 < edge < piece.x1 - 1 for edge in edges)
            for piece in line.pieces(_OPEN_GUTTER)
        )
        if below.top - line.bottom > _WITHIN * line.size or not inside or _is_apart([line]):
            break
        several = taken if len(line.pieces(_OPEN_GUTTER)) > 1 else several
    return over[len(over) - 1 - several : len(over) - 1]


def _framed(rows: Sequence[PdfRow], edges: Sequence[float], run: Sequence[WordLine]) -> PdfGrid:
    left, right = min(line.x0 for line in run) - 1, max(line.x1 for line in run) + 1
    return to_grid(rows, edges, left, right, run[0].top, run[-1].bottom)


def _is_numeric(rows: Sequence[PdfRow], column: int) -> bool:
    texts = [lines[0].text for row in rows if (lines := cell_of(row, column))]
    return bool(texts) and sum(map(is_value, texts)) >= 0.6 * len(texts)


def _is_contents(rows: Sequence[PdfRow]) -> bool:
    """Whether the last column has page numbers that never fall: a table of contents."""
    last_column = max(end for row in rows for _, end, _ in row.cells) - 1
    numbers = [lines[0].text for row in rows if (lines := cell_of(row, last_column))]
    return all(text.isdecimal() for text in numbers) and sorted(numbers, key=int) == numbers
