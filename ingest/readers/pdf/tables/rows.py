"""Groups words into lines, and lines into rows and columns of cells."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median
from typing import NamedTuple

from sinkqa.ingest.readers.pdf.lines.text import Word
from sinkqa.ingest.readers.pdf.tables.grid import PdfGrid, PdfGridCell

_LEADERS = re.compile(r"[.·…‥_\-‐–—]{4,}|[.·…]+")
_NUMBER = re.compile(
    r"[<>≤≥≈~±+\-−–(（]*[\d,.,．%％‰/()（）–\-−~～*]*\d[\d,.,．%％‰°℃/()（）–\-−~～*]*[a-zA-Z%％‰²³亿万千元吨年月日]{0,3}"
)
_BLANK_VALUE = re.compile(r"[-—–−‐/]+|n/?a|…+|是|否|有|无|yes|no|√|✓|✔|×|x", re.IGNORECASE)
_CJK = re.compile(r"[⺀-鿿豈-﫿＀-￯]")

RULED_GUTTER = 0.4  # em; between columns of a table with horizontal rules
_WIDE_GAP = 1.5  # em; never between words of one cell
_PROSE_WIDTH = 8.0  # em; narrower columns are no prose


class WordLine(NamedTuple):
    """Words on one baseline, left to right, and their bounds in points. ``size`` is the largest font size."""

    words: tuple[Word, ...]
    x0: float
    top: float
    x1: float
    bottom: float
    size: float

    @classmethod
    def of(cls, words: Sequence[Word]) -> WordLine:
        """Makes a line of ``words``, given left to right."""
        _, _, tops, ends, bottoms, _, _, sizes, _ = zip(*words, strict=True)
        return cls(tuple(words), words[0].x0, min(tops), max(ends), max(bottoms), max(sizes))

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(word.text for word in self.words)

    def pieces(self, gutter: float) -> list[WordLine]:
        """Returns the parts between gaps of at least ``gutter`` em."""
        least = gutter * self.size
        starts = [
            index
            for index, (before, word) in enumerate(itertools.pairwise(self.words), 1)
            if word.x0 - before.x1 >= least
        ]
        if not starts:
            return [self]
        return [WordLine.of(self.words[start:end]) for start, end in itertools.pairwise([0, *starts, len(self.words)])]


def lines_of(words: Iterable[Word]) -> list[WordLine]:
    """Groups words whose heights overlap into lines, top to bottom, without leader dots."""
    lines: list[list[Word]] = []
    top = bottom = -1.0  # of the tallest word of the line: marks above or below it join it
    for word in sorted(words, key=attrgetter("y")):
        y0, y1 = word.y0, word.y1
        if _LEADERS.fullmatch(word.text):
            continue
        if lines and min(bottom, y1) - max(top, y0) > 0.5 * min(bottom - top, y1 - y0):
            lines[-1].append(word)
            top, bottom = max((bottom - top, top, bottom), (y1 - y0, y0, y1))[1:]
        else:
            lines.append([word])
            top, bottom = y0, y1
    return [WordLine.of(sorted(line, key=attrgetter("x0"))) for line in lines]


def column_edges(lines: Sequence[WordLine], least: float) -> list[float]:
    """Returns the column edges: one in each strip at least ``least`` em wide that nine of ten lines leave free.

    An edge is in the middle of the part of the strip that most lines leave free.
    """
    if not lines:
        return []
    size = median(line.size for line in lines)
    pieces = [piece for line in lines for piece in line.pieces(least / 2)]
    steps = sorted([*((piece.x0, 1) for piece in pieces), *((piece.x1, -1) for piece in pieces)])
    edges: list[float] = []
    strip: list[tuple[int, float, float]] = []  # stretches of the strip: lines that cross it, negative width, middle
    crossing, inside = 0, False
    for (x, step), (following, _) in itertools.pairwise([*steps, (steps[-1][0], 0)]):
        crossing += step
        if crossing <= len(lines) // 10:
            strip += [(crossing, x - following, (x + following) / 2)] if inside else []
            continue
        if strip and -sum(width for _, width, _ in strip) >= least * size:
            edges.append(min(strip)[2])
        strip, inside = [], True
    return _parting(edges, lines, least / 2)


def _parting(edges: Sequence[float], lines: Sequence[WordLine], gutter: float) -> list[float]:
    """The edges without those beside a lone name that is centred over labels which begin further left."""
    held = [
        {sum(edge <= (piece.x0 + piece.x1) / 2 for edge in edges) for piece in line.pieces(gutter)} for line in lines
    ]
    parting: list[float] = []
    first = 0  # of the columns that are one with the next
    for column, edge in enumerate(edges):
        left = [any(first <= each <= column for each in filled) for filled in held]
        right = [column + 1 in filled for filled in held]
        if any(map(all, zip(left, right, strict=True))) or min(sum(left), sum(right)) > 1:
            parting.append(edge)
            first = column + 1
    return parting


@dataclass(frozen=True, slots=True)
class PdfRow:
    """One row. ``cells`` gives each cell's first column, its end column (exclusive) and its lines."""

    cells: tuple[tuple[int, int, tuple[WordLine, ...]], ...]

    @property
    def filled(self) -> set[int]:
        """Returns the columns that contain text."""
        return {column for first, end, _ in self.cells for column in range(first, end)}

    @property
    def top(self) -> float:
        """Upper edge of the text in points."""
        return min(line.top for _, _, lines in self.cells for line in lines)

    @property
    def bottom(self) -> float:
        """Lower edge of the text in points."""
        return max(line.bottom for _, _, lines in self.cells for line in lines)


def is_gappy(line: WordLine, edges: Sequence[float]) -> bool:
    """Whether a gap as wide as between columns occurs without a column edge."""
    pieces = line.pieces(_WIDE_GAP)
    gaps = [(before.x1, after.x0) for before, after in itertools.pairwise(pieces)]
    return any(not any(low <= edge <= high for edge in edges) for low, high in gaps)


def _row(line: WordLine, edges: Sequence[float], gutter: float) -> PdfRow:
    """The pieces of ``line`` in the columns between ``edges``; pieces within one column are one cell."""
    cells: list[tuple[int, int, tuple[WordLine, ...]]] = []
    for piece in line.pieces(gutter):
        first = sum(edge <= piece.x0 + 1 for edge in edges)
        end = sum(edge < piece.x1 - 1 for edge in edges) + 1
        if cells and first < cells[-1][1]:
            before = cells.pop()
            first, end = before[0], max(end, before[1])
            piece = WordLine.of(before[2][0].words + piece.words)
        cells.append((first, end, (piece,)))
    return PdfRow(tuple(cells))


def body_rows(
    lines: Sequence[WordLine], edges: Sequence[float], gutter: float, widths: Sequence[float] | None = None
) -> list[PdfRow] | None:
    """Makes one row of each line. A line that continues a full cell above is joined to it. None if this is uncertain.

    ``widths`` are the available widths of the columns, in points; by default the width of each column's widest text.
    """
    single = [_row(line, edges, gutter) for line in lines]
    widths = widths or _widths(single, len(edges) + 1)
    if any(_is_prose(single, column, widths[column]) for column in range(len(edges) + 1)):
        return None
    rows: list[PdfRow] = []
    for row in single:
        if rows and _continues(rows[-1], row, widths):
            rows[-1] = _extended(rows[-1], row)
            continue
        lone = len(row.filled) == 1 and 0 not in row.filled
        if lone or (rows and rows[-1].filled == {0} and 0 not in row.filled):
            return None  # a label set in the middle of its rows, or a stray word
        rows.append(row)
    return rows


def _widths(rows: Sequence[PdfRow], n_columns: int) -> list[float]:
    """Width of the text of each column, in points, without spanning cells."""
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


def cell_of(row: PdfRow, column: int) -> tuple[WordLine, ...]:
    """Returns the lines of the cell in ``column`` alone. Empty if the cell is empty or part of a wider cell."""
    return next((lines for first, end, lines in row.cells if (first, end) == (column, column + 1)), ())


def is_full(line: WordLine, following: WordLine, width: float) -> bool:
    """Whether ``line`` was full, so the break was forced: the first word of ``following`` would not have fitted."""
    word = following.words[0]
    first = word.size if _CJK.match(word.text) else word.x1 - word.x0 + 0.2 * word.size
    return line.x1 - line.x0 + first > width


def _is_prose(rows: Sequence[PdfRow], column: int, width: float) -> bool:
    """Whether most line breaks of a wide column are forced: running text, not cells."""
    pairs = [(cell_of(before, column), cell_of(row, column)) for before, row in itertools.pairwise(rows)]
    breaks = [
        is_full(before[0], after[0], width) and not _are_lone_words(before[0], after[0])
        for before, after in pairs
        if before and after and not is_value(after[0].words[0].text)
    ]
    wide = width >= _PROSE_WIDTH * median(line.size for row in rows for _, _, lines in row.cells for line in lines)
    return wide and len(breaks) >= 2 and sum(breaks) * 2 >= len(breaks)


def _are_lone_words(line: WordLine, following: WordLine) -> bool:
    """Whether two lines are one word of letters each: cells at different places of a wider column."""
    return len(line.words) == len(following.words) == 1 and not _CJK.match(line.text + following.text)


def _continues(above: PdfRow, row: PdfRow, widths: Sequence[float]) -> bool:
    """Whether every piece of ``row`` can only continue the full cell above it."""
    if row.filled >= above.filled or len(row.cells) > 2:
        return False
    for first, end, lines in row.cells:
        before = cell_of(above, first)
        if end - first > 1 or not before or is_value(lines[0].text):
            return False
        if not is_full(before[-1], lines[0], widths[first]):
            return False
    return True


def _extended(above: PdfRow, row: PdfRow) -> PdfRow:
    added = {first: lines for first, _, lines in row.cells}
    return PdfRow(tuple((first, end, lines + added.get(first, ())) for first, end, lines in above.cells))


def is_value(text: str) -> bool:
    """Whether a cell contains a number, or a word in place of a number."""
    compact = text.replace(" ", "")
    return bool(_NUMBER.fullmatch(compact) or _BLANK_VALUE.fullmatch(compact))


def to_grid(
    rows: Sequence[PdfRow], edges: Sequence[float], left: float, right: float, top: float, bottom: float
) -> PdfGrid:
    """Makes a grid of the rows. Row edges are midway between the texts of rows. Gaps become empty cells."""
    between = [(above.bottom + row.top) / 2 for above, row in itertools.pairwise(rows)]
    cells = []
    for index, row in enumerate(rows):
        held = {(first, end) for first, end, _ in row.cells}
        held |= {(column, column + 1) for column in range(len(edges) + 1) if column not in row.filled}
        cells += [PdfGridCell(index, first, index + 1, end) for first, end in sorted(held)]
    return PdfGrid((left, *edges, right), (top, *between, bottom), tuple(cells))


def header_rows(band: Sequence[WordLine], edges: Sequence[float]) -> list[PdfRow] | None:
    """Makes one row of a header's lines, or two rows if its first line names groups of columns."""
    first = _row(band[0], edges, RULED_GUTTER)
    grouped = _over_groups(first, band[1:], edges) if len(band) > 1 else None
    spanning = grouped or (first if any(end - start > 1 for start, end, _ in first.cells) else None)
    rows = [spanning] if spanning else []
    lower = one_row(band[1:] if spanning else band, edges)
    if lower is None:
        return None
    rows += lower
    return rows if len(rows[-1].cells) > 1 else None


def _over_groups(first: PdfRow, rest: Sequence[WordLine], edges: Sequence[float]) -> PdfRow | None:
    """The first line of a header with each name over the columns on which it is centred; None if it names columns.

    A name over the gap between two columns belongs to both, like one of several over repeating names.
    """
    lower = one_row(rest, edges)
    columns = {start: lines for start, _, lines in lower[0].cells if start} if lower else {}
    centres = {column: sum(_centre(line) for line in lines) / len(lines) for column, lines in columns.items()}
    names = [lines[0] for start, _, lines in first.cells if start]
    if not names or len(names) != len(first.cells) or 2 * len(names) > len(columns):
        return None
    runs: list[list[int]] = [[] for _ in names]
    for column, centre in sorted(centres.items()):
        runs[min(range(len(names)), key=lambda at: abs(_centre(names[at]) - centre))].append(column)
    texts = [[" ".join(line.text for line in columns[column]) for column in run] for run in runs]
    between = not any(
        name.x0 < line.x1 and line.x0 < name.x1 for name in names for lines in columns.values() for line in lines
    )
    centred = all(
        run and abs(sum(centres[column] for column in run) / len(run) - _centre(name)) < name.size
        for name, run in zip(names, runs, strict=True)
    )
    if not centred or not (between or (len(names) > 1 and all(each == texts[0] for each in texts))):
        return None
    return PdfRow(tuple((run[0], run[-1] + 1, (name,)) for name, run in zip(names, runs, strict=True)))


def _centre(line: WordLine) -> float:
    return (line.x0 + line.x1) / 2


def one_row(band: Sequence[WordLine], edges: Sequence[float]) -> list[PdfRow] | None:
    """Makes one row of all lines of ``band``. None if a piece of text crosses a column edge."""
    columns: dict[int, tuple[WordLine, ...]] = {}
    for line in band:
        for first, end, lines in _row(line, edges, RULED_GUTTER).cells:
            if end - first > 1:
                return None
            columns[first] = columns.get(first, ()) + lines
    return [PdfRow(tuple((first, first + 1, columns[first]) for first in sorted(columns)))] if columns else []
