"""Ingest, PDF: rows and columns from the places of words alone, where no lines are drawn between them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from ingest.readers.pdf_grid import Grid, GridCell
from ingest.readers.pdf_rules import Rule, Rules
from ingest.readers.pdf_text import Word

_LEADERS = re.compile(r"[.·…‥_\-‐–—]{4,}|[.·…]+")
_NUMBER = re.compile(
    r"[<>≤≥≈~±+\-−–(（]*[\d,.,．%％‰/()（）–\-−~～*]*\d[\d,.,．%％‰°℃/()（）–\-−~～*]*[a-zA-Z%％‰²³亿万千元吨年月日]{0,3}"
)
_BLANK_VALUE = re.compile(r"[-—–−‐/]+|n/?a|…+|是|否|有|无|yes|no|√|✓|✔|×|x", re.IGNORECASE)
_MARKER = re.compile(
    r"[•·●○■□▪◆◇➢–—\-*§]|[\[(（【]?[0-9a-zA-Zⅰ-ⅿ一二三四五六七八九十]{1,4}[\])）】.、:．:]+|[①-⑳]|\[\d+[-–,\d]*\]"
)
_CAPTION = re.compile(r"(?:table|tab\.|表|附表|续表)\s*[\dA-Z一二三四五六七八九十]", re.IGNORECASE)
_CJK = re.compile(r"[⺀-鿿豈-﫿＀-￯]")

_RULED_GUTTER = 0.4  # em; between columns of a table with horizontal rules
_OPEN_GUTTER = 1.2  # em; between columns of a table without any rule
_PROSE_WIDTH = 8.0  # em; narrower columns are no prose
_EXTENT = 4.0  # points by which the rules of one table may differ in length
_MOST_RULES = 30


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline, left to right."""

    words: tuple[Word, ...]

    @property
    def top(self) -> float:
        """Upper edge in points."""
        return min(word.box.y0 for word in self.words)

    @property
    def bottom(self) -> float:
        """Lower edge in points."""
        return max(word.box.y1 for word in self.words)

    @property
    def x0(self) -> float:
        """Left edge in points."""
        return self.words[0].box.x0

    @property
    def x1(self) -> float:
        """Right edge in points."""
        return max(word.box.x1 for word in self.words)

    @property
    def size(self) -> float:
        """Largest font size in points."""
        return max(word.size for word in self.words)

    @property
    def text(self) -> str:
        """Words joined by single spaces."""
        return " ".join(word.text for word in self.words)

    def pieces(self, gutter: float) -> list[Line]:
        """The parts between gaps of at least ``gutter`` em."""
        parts = [[self.words[0]]]
        for before, word in itertools.pairwise(self.words):
            if word.box.x0 - before.box.x1 >= gutter * self.size:
                parts.append([])
            parts[-1].append(word)
        return [Line(tuple(part)) for part in parts]


def lines_of(words: Iterable[Word]) -> list[Line]:
    """Words gathered by overlap of their heights, top to bottom; leader dots are left out."""
    lines: list[list[Word]] = []
    seen = sorted(
        (word for word in words if not _LEADERS.fullmatch(word.text)),
        key=lambda word: word.box.y0 + word.box.y1,
    )
    for word in seen:
        if lines and _overlap(lines[-1], word):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [Line(tuple(sorted(line, key=lambda word: word.box.x0))) for line in lines]


def _overlap(line: Sequence[Word], word: Word) -> bool:
    top, bottom = (median(getattr(other.box, side) for other in line) for side in ("y0", "y1"))
    shared = min(bottom, word.box.y1) - max(top, word.box.y0)
    return bool(shared > 0.5 * min(bottom - top, word.box.y1 - word.box.y0))


def _gutters(lines: Sequence[Line], least: float) -> list[float]:
    """Column edges: the middle of each strip at least ``least`` em wide that nine lines of ten leave free."""
    if not lines:
        return []
    size = median(line.size for line in lines)
    pieces = [(piece.x0, piece.x1) for line in lines for piece in line.pieces(least / 2)]
    busy: list[tuple[float, float]] = []
    for low, high in itertools.pairwise(sorted({x for piece in pieces for x in piece})):
        if sum(x0 < high and low < x1 for x0, x1 in pieces) > len(lines) // 10:
            start = busy.pop()[0] if busy and low - busy[-1][1] < least * size else low
            busy.append((start, high))
    return [(before[1] + after[0]) / 2 for before, after in itertools.pairwise(busy)]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of cells: first column and end column (exclusive) of each, and its lines."""

    cells: tuple[tuple[int, int, tuple[Line, ...]], ...]

    @property
    def filled(self) -> set[int]:
        """Columns that hold text."""
        return {column for first, end, _ in self.cells for column in range(first, end)}

    @property
    def top(self) -> float:
        """Upper edge of the text in points."""
        return min(line.top for _, _, lines in self.cells for line in lines)

    @property
    def bottom(self) -> float:
        """Lower edge of the text in points."""
        return max(line.bottom for _, _, lines in self.cells for line in lines)


def _row(line: Line, edges: Sequence[float], gutter: float) -> Row:
    """The pieces of ``line`` in the columns between ``edges``; pieces within one column are one cell."""
    cells: list[tuple[int, int, tuple[Line, ...]]] = []
    for piece in line.pieces(gutter):
        first = sum(edge <= piece.x0 + 1 for edge in edges)
        end = sum(edge < piece.x1 - 1 for edge in edges) + 1
        if cells and first < cells[-1][1]:
            before = cells.pop()
            first, end = before[0], max(end, before[1])
            piece = Line(before[2][0].words + piece.words)
        cells.append((first, end, (piece,)))
    return Row(tuple(cells))


def _rows(
    lines: Sequence[Line], edges: Sequence[float], gutter: float, widths: Sequence[float] | None = None
) -> list[Row] | None:
    """One row a line, lines that finish a full cell above joined to it; None where that cannot be told.

    ``widths`` are what the columns have room for, in points; the widest text of each where not given.
    """
    single = [_row(line, edges, gutter) for line in lines]
    widths = widths or _widths(single, len(edges) + 1)
    if any(_is_prose(single, column, widths[column]) for column in range(len(edges) + 1)):
        return None
    rows: list[Row] = []
    for row in single:
        if rows and _continues(rows[-1], row, widths):
            rows[-1] = _extended(rows[-1], row)
            continue
        lone = len(row.filled) == 1 and 0 not in row.filled
        if lone or (rows and rows[-1].filled == {0} and 0 not in row.filled):
            return None  # a label set in the middle of its rows, or a stray word
        rows.append(row)
    return rows


def _widths(rows: Sequence[Row], n_columns: int) -> list[float]:
    """Width of the text of each column, in points, spanning cells left out."""
    widths = []
    for column in range(n_columns):
        lines = [
            line
            for row in rows
            for first, end, cell in row.cells
            if (first, end) == (column, column + 1)
            for line in cell
        ]
        widths.append(max((line.x1 for line in lines), default=0) - min((line.x0 for line in lines), default=0))
    return widths


def _cell(row: Row, column: int) -> tuple[Line, ...]:
    return next((lines for first, end, lines in row.cells if (first, end) == (column, column + 1)), ())


def _is_full(line: Line, following: Line, width: float) -> bool:
    """Whether the first word of ``following`` would not have fitted after ``line``: the break was forced."""
    word = following.words[0]
    first = word.size if _CJK.match(word.text) else word.box.x1 - word.box.x0 + 0.2 * word.size
    return line.x1 - line.x0 + first > width


def _is_prose(rows: Sequence[Row], column: int, width: float) -> bool:
    """Whether most line ends of a wide column are forced: running text, not cells."""
    pairs = [(_cell(before, column), _cell(row, column)) for before, row in itertools.pairwise(rows)]
    breaks = [
        _is_full(before[0], after[0], width)
        for before, after in pairs
        if before and after and not _is_value(after[0].words[0].text)
    ]
    wide = width >= _PROSE_WIDTH * median(line.size for row in rows for _, _, lines in row.cells for line in lines)
    return wide and len(breaks) >= 2 and sum(breaks) * 2 >= len(breaks)


def _continues(above: Row, row: Row, widths: Sequence[float]) -> bool:
    """Whether every piece of ``row`` can only be the rest of the full cell above it."""
    if row.filled >= above.filled or len(row.cells) > 2:
        return False
    for first, end, lines in row.cells:
        before = _cell(above, first)
        if end - first > 1 or not before or _is_value(lines[0].text):
            return False
        if not _is_full(before[-1], lines[0], widths[first]):
            return False
    return True


def _extended(above: Row, row: Row) -> Row:
    added = {first: lines for first, _, lines in row.cells}
    return Row(tuple((first, end, lines + added.get(first, ())) for first, end, lines in above.cells))


def _is_value(text: str) -> bool:
    """Whether a cell holds a number or a word that stands for one."""
    compact = text.replace(" ", "")
    return bool(_NUMBER.fullmatch(compact) or _BLANK_VALUE.fullmatch(compact))


def _grid(rows: Sequence[Row], edges: Sequence[float], left: float, right: float, top: float, bottom: float) -> Grid:
    """The rows as a grid whose row edges run midway between their texts; gaps become empty cells."""
    between = [(above.bottom + row.top) / 2 for above, row in itertools.pairwise(rows)]
    cells = []
    for index, row in enumerate(rows):
        held = {(first, end) for first, end, _ in row.cells}
        held |= {(column, column + 1) for column in range(len(edges) + 1) if column not in row.filled}
        cells += [GridCell(index, first, index + 1, end) for first, end in sorted(held)]
    return Grid((left, *edges, right), (top, *between, bottom), tuple(cells))


def split_rows(grid: Grid, words: Sequence[Word]) -> Grid:
    """A grid with lines only around its header, its body parted into rows where the words line up as rows."""
    n_rows, n_columns = len(grid.ys) - 1, len(grid.xs) - 1
    if n_rows > 3 or n_columns < 2:
        return grid
    for body in range(n_rows):
        slots = [cell for cell in grid.cells if cell.row == body and cell.end_row == body + 1]
        if len(slots) == n_columns and (rows := _body_rows(grid, body, words)):
            return _with_rows(grid, body, rows)
    return grid


def _body_rows(grid: Grid, body: int, words: Sequence[Word]) -> list[Row] | None:
    top, bottom, left, right = grid.ys[body], grid.ys[body + 1], grid.xs[0], grid.xs[-1]
    lines = lines_of(_within(words, left, right, top, bottom))
    if len(lines) < 3:
        return None
    room = [after - before - 0.8 * lines[0].size for before, after in itertools.pairwise(grid.xs)]
    rows = _rows(lines, grid.xs[1:-1], _RULED_GUTTER, room)
    full = sum(len(row.cells) >= len(grid.xs) - 2 and len(row.cells) > 1 for row in rows or ())
    return rows if rows and len(rows) >= 3 and full >= 0.8 * len(rows) else None


def _with_rows(grid: Grid, body: int, rows: Sequence[Row]) -> Grid:
    added = len(rows) - 1
    part = _grid(rows, grid.xs[1:-1], grid.xs[0], grid.xs[-1], grid.ys[body], grid.ys[body + 1])
    cells = [GridCell(row + body, column, end + body, last) for row, column, end, last in part.cells]
    for row, column, end, last in grid.cells:
        if end <= body:
            cells.append(GridCell(row, column, end, last))
        elif row > body:
            cells.append(GridCell(row + added, column, end + added, last))
    return Grid(grid.xs, (*grid.ys[:body], *part.ys, *grid.ys[body + 2 :]), tuple(sorted(cells)))


def _within(words: Iterable[Word], left: float, right: float, top: float, bottom: float) -> list[Word]:
    return [
        word
        for word in words
        if left <= (word.box.x0 + word.box.x1) / 2 <= right and top <= (word.box.y0 + word.box.y1) / 2 <= bottom
    ]


def find_aligned(rules: Rules, words: Sequence[Word]) -> list[Grid]:
    """Tables with horizontal rules only, then tables without rules; ``words`` hold no word of a known table."""
    found = []
    for group in _same_extent(rules):
        found += _between_rules(group, words)
    for grid in found:
        words = [
            word for word in words if word not in set(_within(words, grid.xs[0], grid.xs[-1], grid.ys[0], grid.ys[-1]))
        ]
    return found + _open(words)


def _same_extent(rules: Rules) -> list[list[Rule]]:
    """Groups of three or more horizontal rules of one length, top to bottom; rules drawn double count once."""
    groups: list[list[Rule]] = []
    for rule in sorted([*rules.across, *rules.bands]):
        for group in groups:
            if abs(group[0].start - rule.start) <= _EXTENT and abs(group[0].end - rule.end) <= _EXTENT:
                if rule.at - group[-1].at > 3:
                    group.append(rule)
                break
        else:
            groups.append([rule])
    return [group for group in groups if 3 <= len(group) <= _MOST_RULES]


def _between_rules(group: Sequence[Rule], words: Sequence[Word]) -> list[Grid]:
    """The longest runs of rules whose text forms a table."""
    found, first = [], 0
    while first + 2 < len(group):
        for last in range(len(group) - 1, first + 1, -1):
            if grid := _ruled_across(group[first : last + 1], words):
                found.append(grid)
                first = last
                break
        else:
            first += 1
    return found


def _ruled_across(rules: Sequence[Rule], words: Sequence[Word]) -> Grid | None:
    left, right = min(rule.start for rule in rules) - 2, max(rule.end for rule in rules) + 2
    bands = [lines_of(_within(words, left, right, above.at, below.at)) for above, below in itertools.pairwise(rules)]
    if not all(bands) or len(bands[0]) > 6 or (body := [line for band in bands[1:] for line in band]) == []:
        return None
    edges = _gutters(body, _RULED_GUTTER)
    if not edges:
        return None
    rows = []
    for index, band in enumerate(bands):
        parted = _header_rows(band, edges) if index == 0 else _rows(band, edges, _RULED_GUTTER)
        if parted is None:
            return None
        rows += parted
    several = sum(len(row.cells) > 1 for row in rows)
    if len(rows) < 2 or several < 2 or several < 0.6 * len(rows) or not _is_rowlike(rows):
        return None
    return _grid(rows, edges, left, right, rules[0].at, rules[-1].at)


def _header_rows(band: Sequence[Line], edges: Sequence[float]) -> list[Row] | None:
    """A header's lines are one row, unless a cell spans columns in its first line: then two."""
    single = [_row(line, edges, _RULED_GUTTER) for line in band]
    spanning = [any(end - first > 1 for first, end, _ in row.cells) for row in single]
    if any(spanning[1:]):
        return None
    rows = single[:1] if spanning[0] else []
    rest = single[len(rows) :]
    if rest:
        columns: dict[int, tuple[Line, ...]] = {}
        for row in rest:
            for first, _, lines in row.cells:
                columns[first] = columns.get(first, ()) + lines
        rows.append(Row(tuple((first, first + 1, columns[first]) for first in sorted(columns))))
    return rows if len(rows[-1].cells) > 1 else None


def _is_rowlike(rows: Sequence[Row]) -> bool:
    """Whether the first column is no list marker and some other column holds something to read."""
    labels = [lines[0].text for row in rows[1:] for first, _, lines in row.cells if first == 0]
    return bool(labels) and not all(_MARKER.fullmatch(label) for label in labels)


def _open(words: Sequence[Word]) -> list[Grid]:
    """Tables without any rule: three or more lines in a row that share their column edges."""
    found: list[Grid] = []
    run: list[Line] = []
    above: Line | None = None
    before: Line | None = None
    for line in [*lines_of(words), None]:
        if (
            line is not None
            and len(line.pieces(_OPEN_GUTTER)) > 1
            and (not run or line.top - run[-1].bottom < 1.5 * line.size)
        ):
            above = before if not run else above
            run.append(line)
        else:
            if len(run) >= 3 and (grid := _open_table(run, above)):
                found.append(grid)
            run = []
        before = line
    return found


def _open_table(run: Sequence[Line], above: Line | None) -> Grid | None:
    edges = _gutters(run, _OPEN_GUTTER)
    rows = _rows(run, edges, _OPEN_GUTTER) if edges else None
    if rows is None or len(rows) < 3 or len(rows) < len(run) or not _is_rowlike(rows):
        return None
    n_columns = len(edges) + 1
    if any(end - first > 1 for row in rows for first, end, _ in row.cells):
        return None
    if sum(len(row.cells) for row in rows) < 0.85 * len(rows) * n_columns or _is_contents(rows):
        return None
    captioned = above is not None and bool(_CAPTION.match(above.text))
    if not captioned and not any(_is_numeric(rows[1:], column) for column in range(1, n_columns)):
        return None
    return _framed(rows, edges, run)


def _framed(rows: Sequence[Row], edges: Sequence[float], run: Sequence[Line]) -> Grid:
    left, right = min(line.x0 for line in run) - 1, max(line.x1 for line in run) + 1
    return _grid(rows, edges, left, right, run[0].top, run[-1].bottom)


def _is_numeric(rows: Sequence[Row], column: int) -> bool:
    texts = [lines[0].text for row in rows if (lines := _cell(row, column))]
    return bool(texts) and sum(map(_is_value, texts)) >= 0.6 * len(texts)


def _is_contents(rows: Sequence[Row]) -> bool:
    """Whether the last column are page numbers that never fall: a table of contents."""
    last = [lines[0].text for row in rows for _, _, lines in row.cells[-1:]]
    return all(text.isdigit() for text in last) and sorted(last, key=int) == last
