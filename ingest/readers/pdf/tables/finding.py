"""Finds the tables of a page, by drawn lines and by the places of words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sinkqa.ingest.document import Box
from sinkqa.ingest.readers.pdf.lines.text import Word
from sinkqa.ingest.readers.pdf.tables.aligned import find_aligned, split_rows
from sinkqa.ingest.readers.pdf.tables.bands import split_bands
from sinkqa.ingest.readers.pdf.tables.grid import PdfGrid, PdfGridCell, find_grids, put, without_empty_lines
from sinkqa.ingest.readers.pdf.tables.rows import column_edges, is_value, lines_of
from sinkqa.ingest.readers.pdf.tables.rules import find_rules
from sinkqa.ingest.structure.tables.grid_shape import header_rows
from sinkqa.ingest.structure.tables.wording import is_note, is_table_caption, is_unit_line

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_VALUE_GUTTER = 1.2  # em; values further apart are in columns of their own
_DEEPEST_HEADER = 3  # rows
_PAGE_TOP = 0.2  # share of the page height where the rest of a table from the page before begins
_SAME_EDGE = 4.0  # points by which column edges of two pages may differ
_ORDINAL = re.compile(r"[\[(（【]?[0-9a-zA-Zⅰ-ⅿ一二三四五六七八九十]{1,4}[\])）】.、:．:]*|[①-⑳]")


@dataclass(frozen=True, slots=True)
class PageTable:
    """One table, or the part of it on one page.

    ``cells`` are (row, column, row_span, column_span, box), 0-based, in reading order. Every place of the grid belongs
    to exactly one cell. A word belongs to the cell that contains its centre. Cells may be empty. The first
    ``title_rows`` rows hold the caption or a unit, the last ``note_rows`` a note, each in one cell. ``header_rows``
    follow the title. Boxes are in the frame in which text of ``turn`` quarter turns is upright.
    """

    box: Box
    cells: tuple[tuple[int, int, int, int, Box], ...]
    header_rows: int
    label_columns: int
    title_rows: int = 0
    note_rows: int = 0
    turn: int = 0

    @property
    def n_rows(self) -> int:
        """The number of rows of all kinds."""
        return max(row + span for row, _, span, _, _ in self.cells)

    @property
    def column_edges(self) -> tuple[float, ...]:
        """Left edge of each column and the right edge of the last, in points, ascending."""
        starts = {column: box.x0 for _, column, _, _, box in self.cells}
        return (*(starts[column] for column in sorted(starts)), self.box.x1)


def find_tables(
    page: PdfPage, words: Sequence[Word], *, number: int, turn: int = 0, aside: Sequence[Word] = ()
) -> list[PageTable]:
    """Finds the tables of ``page``, top to bottom. Leaves out tables that cannot be reconstructed with confidence.

    Args:
        page: an open page, for its drawn lines.
        words: all words of the page that are turned by ``turn`` quarters, in any order; boxes in the frame in which
            these are upright, like those of the tables returned.
        number: 1-based page number, for the boxes returned.
        turn: quarter turns of the words, counterclockwise.
        aside: text of the page in other directions; it may fill cells between lines.
    """
    size = page.get_size()
    rules = find_rules(page).turned(turn, *size)
    width, height = size if turn % 2 == 0 else (size[1], size[0])
    grids = [grid for grid in find_grids(rules) if _is_inside(grid, width, height)]
    tables: list[tuple[PdfGrid, Held]] = []
    taken: set[int] = set()
    for grid in grids:
        held, turned = put(words, grid), put(aside, grid) if aside else {}
        if len(held) < len(turned.keys() - held.keys()) or not held or any(map(_hides_columns, held.values())):
            continue
        top = grid.ys[0] < _PAGE_TOP * height
        inside = [word for cell in held.values() for word in cell]
        beside = [word for cell in turned.values() for word in cell]
        parts = _confident(split_rows(split_bands(grid, inside), inside), [*inside, *beside], may_be_sparse=top)
        tables += parts
        if parts:
            taken.update(map(id, inside))
    free = [word for word in words if id(word) not in taken]
    for grid in find_aligned(rules, free):
        tables += _confident(grid, free)
    found = [_page_table(grid, held, number, turn) for grid, held in tables]
    return sorted(found, key=lambda table: (table.box.y0, table.box.x0))


def continues(previous: PageTable, table: PageTable) -> bool:
    """Whether ``table`` has the columns of ``previous`` and is on the next page.

    The caller must check that only running heads, footnotes and page numbers are between the two. If
    ``table.header_rows`` is not 0, either the header repeats the old one or the table is a new one.
    """
    ours, theirs = previous.column_edges, table.column_edges
    return (
        (table.box.page, table.turn) == (previous.box.page + 1, previous.turn)
        and len(ours) == len(theirs)
        and all(abs(before - after) <= _SAME_EDGE for before, after in zip(ours, theirs, strict=True))
    )


def _is_inside(grid: PdfGrid, width: float, height: float) -> bool:
    return grid.xs[0] > -2 and grid.ys[0] > -2 and grid.xs[-1] < width + 2 and grid.ys[-1] < height + 2


Held = dict[PdfGridCell, list[Word]]


def _confident(grid: PdfGrid, words: Sequence[Word], *, may_be_sparse: bool = False) -> list[tuple[PdfGrid, Held]]:
    """The grid without spacers, split at inner headers; nothing if it is a frame, a chart or a drawing.

    A row cut by the page break may leave all but one of its cells empty on the next page: ``may_be_sparse``.
    """
    if may_be_sparse and len(grid.ys) == 2 and len(grid.xs) > 3:
        return [(grid, put(words, grid))]
    held = put(words, grid)
    whole, grid = grid, without_empty_lines(grid, set(held))
    held = held if grid is whole else put(words, grid)
    crossing = sum(_crosses(word, cell, grid) for cell, inside in held.items() for word in inside)
    n_words = sum(map(len, held.values()))
    columns = {cell.column for cell in held}
    if len(columns) < 2 or len(held) < 0.3 * len(grid.cells) or crossing > 0.05 * n_words:
        return []
    parts = _parted(grid, held)
    return [(part, held if part == grid else put(words, part)) for part in parts]


def _hides_columns(words: Sequence[Word]) -> bool:
    """Whether a single cell holds columns of values that no line separates."""
    if len(words) < 4 or 2 * sum(is_value(word.text) for word in words) < len(words):
        return False
    return bool(column_edges(lines_of(words), _VALUE_GUTTER))


def _crosses(word: Word, cell: PdfGridCell, grid: PdfGrid) -> bool:
    slack = 0.5 * word.size
    return word.x0 < grid.xs[cell.column] - slack or word.x1 > grid.xs[cell.end_column] + slack


def _parted(grid: PdfGrid, held: Held) -> list[PdfGrid]:
    """Tables set directly under one another: each begins with a bold row of three or more cells that are not values."""
    n_rows = len(grid.ys) - 1
    starts = [
        row
        for row in range(1, n_rows)
        if _is_bold(row, grid, held, least=3)
        and not _is_bold(row - 1, grid, held, least=1)
        and not _is_total(row, grid, held)
        and not any(cell.row < row < cell.end_row for cell in grid.cells)
    ]
    edges = [0, *starts, n_rows]
    columns = range(len(grid.xs) - 1)
    parts = []
    for start, end in itertools.pairwise(edges):
        part = grid.keep(range(start, end), columns)
        used = sorted({cell.column for cell in part.cells})
        parts.append(_fewer_columns(part, used))
    return parts


def _is_total(row: int, grid: PdfGrid, held: Held) -> bool:
    texts = [_text(held[cell]) for cell in grid.cells if cell.row == row and cell in held]
    return 2 * sum(map(is_value, texts)) > len(texts)


def _fewer_columns(grid: PdfGrid, used: Sequence[int]) -> PdfGrid:
    """The grid without the column edges at which none of its cells begins."""
    at = {column: index for index, column in enumerate([*used, len(grid.xs) - 1])}
    cells = tuple(PdfGridCell(cell.row, at[cell.column], cell.end_row, at[cell.end_column]) for cell in grid.cells)
    return PdfGrid(tuple(grid.xs[column] for column in at), grid.ys, cells)


def _is_bold(row: int, grid: PdfGrid, held: Held, *, least: int) -> bool:
    inside = [held[cell] for cell in grid.cells if cell.row == row and cell in held]
    return len(inside) >= least and all(sum(word.bold for word in words) > 0.8 * len(words) for words in inside)


def _page_table(grid: PdfGrid, held: Held, page: int, turn: int) -> PageTable:
    cells = tuple(
        (cell.row, cell.column, cell.end_row - cell.row, cell.end_column - cell.column, grid.box(cell, page))
        for cell in sorted(grid.cells)
    )
    box = Box(page, grid.xs[0], grid.ys[0], grid.xs[-1], grid.ys[-1])
    titles = _title_rows(grid)
    headers = _header_rows(grid, held, titles)
    if titles and not headers and not _are_about(grid, held, range(titles)):
        titles, headers = 0, _header_rows(grid, held, 0)  # the heading of a group
    labels = _label_columns(grid, held, titles + headers)
    return PageTable(box, cells, headers, labels, titles, _note_rows(grid, held, titles + headers), turn)


def _title_rows(grid: PdfGrid) -> int:
    """Leading rows of one cell over all columns, if two rows follow."""
    n_rows = len(grid.ys) - 1
    whole = itertools.takewhile(lambda row: _is_whole(grid, row), range(n_rows - 2))
    return sum(1 for _ in whole)


def _note_rows(grid: PdfGrid, held: Held, least: int) -> int:
    """The number of rows at the foot with one cell over all columns. The first of them begins like a note."""
    n_rows = len(grid.ys) - 1
    rows = [*itertools.takewhile(lambda row: _is_whole(grid, row), range(n_rows - 1, least, -1))]
    noted = [row for row in rows if any(is_note(text) for text in _texts(grid, held, row))]
    return n_rows - min(noted) if noted else 0


def _is_whole(grid: PdfGrid, row: int) -> bool:
    return any(cell == (row, 0, row + 1, len(grid.xs) - 1) for cell in grid.cells)


def _are_about(grid: PdfGrid, held: Held, rows: Iterable[int]) -> bool:
    texts = [text for row in rows for text in _texts(grid, held, row)]
    return all(is_table_caption(text) or is_unit_line(text) for text in texts)


def _texts(grid: PdfGrid, held: Held, row: int) -> list[str]:
    """The text of each column of ``row``, that of a merged cell at its first place."""
    texts = [""] * (len(grid.xs) - 1)
    for cell in grid.cells:
        if cell.row == row and cell in held:
            texts[cell.column] = _text(held[cell])
    return texts


def _header_rows(grid: PdfGrid, held: Held, first: int) -> int:
    """The bold rows from row ``first`` on; else rows of names or periods above numbers."""
    n_rows = len(grid.ys) - 1
    bold = itertools.takewhile(lambda row: _is_bold(row, grid, held, least=1), range(first, n_rows))
    rows = sum(1 for _ in bold) % (n_rows - first)  # where all is bold, bold tells nothing
    rows = rows or header_rows([_texts(grid, held, row) for row in range(first, n_rows)])
    while rows and _is_whole(grid, first + rows - 1):
        rows -= 1  # a title or the heading of a group stands over all columns alike
    header = [cell for cell in grid.cells if first <= cell.row < first + rows]
    reach = max((cell.end_row - first for cell in header), default=0)
    if reach > rows and (reach > _DEEPEST_HEADER or not any(cell.end_column - cell.column > 1 for cell in header)):
        return 0  # a label beside several rows, not a header over columns
    return reach if reach < n_rows - first else 0


def _label_columns(grid: PdfGrid, held: Held, header_rows: int) -> int:
    """1, or more if leading columns are merged over rows or hold only ordinals."""
    n_columns = len(grid.xs) - 1
    labels = 1
    body = [cell for cell in grid.cells if cell.row >= header_rows]
    while labels < n_columns - 1:
        column, following = ([cell for cell in body if cell.column == at] for at in (labels - 1, labels))
        merged = any(cell.end_row - cell.row > 1 for cell in column)
        texts = [_text(held[cell]) for cell in column if cell in held and cell.end_column - cell.column == 1]
        ordinal = bool(texts) and all(map(_ORDINAL.fullmatch, texts))
        values = sum(is_value(_text(held[cell])) for cell in following if cell in held)
        if not (merged or ordinal) or 2 * values > len(following):
            break
        labels += 1
    return labels


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
