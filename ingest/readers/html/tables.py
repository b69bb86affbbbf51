"""Rows and columns of an HTML table, with spans resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sinkqa.ingest.readers.html.numbering import integer
from sinkqa.ingest.readers.pieces.draft import Grid, GridCell
from sinkqa.ingest.readers.pieces.labels import is_label
from sinkqa.ingest.structure.tables.cell_kinds import kind_of
from sinkqa.ingest.structure.tables.grid_shape import header_rows
from sinkqa.ingest.structure.tables.wording import table_label

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

MAX_COLUMNS = 1_000
MAX_AREA = 2_000_000  # cells a table may claim through its spans before it is read as plain text
_NUMBER = re.compile(r"[\s\d.,%％+\-–—−±~～/()（）:：]*\d[\s\d.,%％+\-–—−±~～/()（）:：]*")
_MIN_FRAMED = 600  # characters of the one cell that makes a table of parts the frame of a page
_FRAMED_SHARE = 0.5
_GROUPS = ("thead", "tbody", "tfoot")


@dataclass(frozen=True, slots=True)
class RawCell:
    """One ``td`` or ``th`` in its row."""

    text: str
    row_span: int = 1
    column_span: int = 1
    head: bool = False


def rows_of(table: LexborNode, is_left_out: Callable[[LexborNode], bool]) -> tuple[list[list[LexborNode]], list[int]]:
    """Returns the cells of a table's own rows, head first, foot last; and the end of each row's group."""
    groups: list[tuple[int, list[LexborNode]]] = []
    for child in _own(table, (*_GROUPS, "tr")):
        if child.tag == "tr":
            groups.append((1, [child]))
        elif not is_left_out(child):
            groups.append((_GROUPS.index(child.tag or ""), _own(child, ("tr",))))
    groups.sort(key=lambda group: group[0])
    rows: list[list[LexborNode]] = []
    ends: list[int] = []
    for _, group in groups:
        kept = [row for row in group if not is_left_out(row)]
        rows += [[cell for cell in _own(row, ("td", "th")) if not is_left_out(cell)] for row in kept]
        ends += [len(rows)] * len(kept)
    return rows, ends


def raw_cell(cell: LexborNode, text: str) -> RawCell:
    """A cell with its spans. A row span of 0 reaches to the end of its group."""
    attributes = cell.attributes
    rows, columns = integer(attributes.get("rowspan"), 1), integer(attributes.get("colspan"), 1)
    return RawCell(text, rows if rows >= 0 else 1, max(columns, 1), head=cell.tag == "th")


def sets_the_page(table: LexborNode, rows: Sequence[Sequence[LexborNode]]) -> bool:
    """Whether a table serves layout: its cells contain tables or headings, or it only sets labels before text."""
    if table.css_first("td h1, th h1") is not None:
        return True
    if table.css_first("td table, th table, td h2, td h3, td h4") is None:
        return False
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return True
    if all(is_label(row[0].text(deep=True).strip()) for row in rows if row):
        return True
    lengths = [len(cell.text(deep=True).strip()) for row in rows for cell in row]
    return max(lengths) > max(_MIN_FRAMED, _FRAMED_SHARE * sum(lengths))


def _own(parent: LexborNode, tags: Sequence[str]) -> list[LexborNode]:
    return [child for child in _children(parent) if child.tag in tags]


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.child
    while child is not None:
        yield child
        child = child.next


def build_grid(
    rows: Sequence[Sequence[RawCell]], *, header_rows: int = 0, caption: str = "", ends: Sequence[int] = ()
) -> Grid | None:
    """Places cells as browsers do and drops empty rows and columns. None if it is not a data table.

    ``ends``: for each row, the end of its group, beyond which no cell extends; by default the table's end. A table of
    one row or one column, or one whose spans claim more than ``MAX_AREA`` cells, is layout.
    """
    placed = _place(rows, ends or [len(rows)] * len(rows))
    if placed is None:
        return None
    cells = _squeeze([cell for cell, _ in placed])
    n_rows = max((cell.row + cell.row_span for cell in cells), default=0)
    n_columns = max((cell.column + cell.column_span for cell in cells), default=0)
    if n_rows < 2 or n_columns < 2:
        return None
    heads = [all(cell.head for cell in row) for row in rows if any(cell.text for cell in row)]
    led = heads.index(False) if False in heads else 0
    grid = Grid(tuple(cells), n_rows, n_columns, 0, 1, caption)
    header = min(max(header_rows, led) or _guess_header(cells, grid.texts()), n_rows - 1)
    grid = replace(grid, header_rows=header)
    return replace(grid, label_columns=_label_columns(grid), label=table_label(caption))


def _place(rows: Sequence[Sequence[RawCell]], ends: Sequence[int]) -> list[tuple[GridCell, bool]] | None:
    """Places cells by the table model of HTML: in the first free column, with spans cut at the end of a row group."""
    placed: list[tuple[GridCell, bool]] = []
    busy_until: list[int] = []  # per column: the first row that is free again
    area = 0
    for row, raw_cells in enumerate(rows):
        column = 0
        for raw in raw_cells:
            while column < len(busy_until) and busy_until[column] > row:
                column += 1
            width = max(min(raw.column_span, MAX_COLUMNS - column), 1)
            height = min(raw.row_span or len(rows), ends[row] - row)
            area += width * height
            if area > MAX_AREA or column + width > MAX_COLUMNS:
                return None
            busy_until.extend([0] * (column + width - len(busy_until)))
            busy_until[column : column + width] = [row + height] * width
            placed.append((GridCell(row, column, raw.text, height, width), raw.head))
            column += width
    return placed


def _squeeze(cells: Sequence[GridCell]) -> list[GridCell]:
    """Drops rows and columns where no text begins: spacers of the layout."""
    rows = _renumber({cell.row for cell in cells if cell.text})
    columns = _renumber({cell.column for cell in cells if cell.text})
    kept = []
    for cell in cells:
        height = sum(1 for row in range(cell.row, cell.row + cell.row_span) if row in rows)
        width = sum(1 for column in range(cell.column, cell.column + cell.column_span) if column in columns)
        if cell.row in rows and cell.column in columns:
            kept.append(GridCell(rows[cell.row], columns[cell.column], cell.text, height, width))
    return kept


def _renumber(used: set[int]) -> dict[int, int]:
    return {old: new for new, old in enumerate(sorted(used))}


def _guess_header(cells: Sequence[GridCell], rows: Sequence[Sequence[str]]) -> int:
    """1, or the height of its tallest merged cell except one. If values are in the first row, contrast decides.

    The same holds for two columns of names and values.
    """
    first = [cell for cell in cells if cell.row == 0]
    values = [kind_of(row[1]) == "value" for row in rows[1:] if row[1]]
    pairs = len(rows[0]) == 2 and 2 * sum(values) > len(values)
    if pairs or any(kind_of(cell.text) == "value" for cell in first):
        return header_rows(rows)
    spans = {cell.row_span for cell in first if cell.text}
    return 2 if spans == {1, 2} and any(cell.column_span > 1 and cell.row_span == 1 for cell in first) else 1


def _label_columns(grid: Grid) -> int:
    """1, or more if the first columns group rows under merged cells; 0 if the first column holds numbers."""
    body = [cell for cell in grid.cells if cell.row >= grid.header_rows]
    first = [cell.text for cell in body if cell.column == 0 and cell.text]
    if first and all(_NUMBER.fullmatch(text) and not text.isdigit() for text in first):
        return 0
    count = 1
    while count < grid.n_columns - 1 and any(cell.column == count - 1 and cell.row_span > 1 for cell in body):
        count += 1
    return count
