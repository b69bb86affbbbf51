"""Reading step of ingest: the rows and columns of an HTML table, row and column spans resolved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.readers.draft import Grid, GridCell
from ingest.structure.cell_kinds import kind_of
from ingest.structure.grid_shape import header_rows
from ingest.structure.table_words import table_label

MAX_COLUMNS = 1_000
MAX_AREA = 2_000_000  # cells a table may claim through its spans before it is read as plain text
_NUMBER = re.compile(r"[\s\d.,%％+\-–—−±~～/()（）:：]*\d[\s\d.,%％+\-–—−±~～/()（）:：]*")


@dataclass(frozen=True, slots=True)
class RawCell:
    """One ``td`` or ``th`` as it stands in its row."""

    text: str
    row_span: int = 1
    column_span: int = 1
    head: bool = False


def build_grid(rows: Sequence[Sequence[RawCell]], *, header_rows: int = 0, caption: str = "") -> Grid | None:
    """Place cells as browsers do and drop empty rows and columns; None where it is no data table.

    A table of one row or one column, or one whose spans claim more than ``MAX_AREA`` cells, is layout.
    """
    placed = _place(rows)
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


def _place(rows: Sequence[Sequence[RawCell]]) -> list[tuple[GridCell, bool]] | None:
    """The table model of HTML: a cell takes the first free column, spans reach at most to the last row."""
    placed: list[tuple[GridCell, bool]] = []
    busy_until: list[int] = []  # per column: the first row that is free again
    area = 0
    for row, raw_cells in enumerate(rows):
        column = 0
        for raw in raw_cells:
            while column < len(busy_until) and busy_until[column] > row:
                column += 1
            width = min(raw.column_span, MAX_COLUMNS)
            height = min(raw.row_span or len(rows), len(rows) - row)
            area += width * height
            if area > MAX_AREA or column + width > MAX_COLUMNS:
                return None
            busy_until.extend([0] * (column + width - len(busy_until)))
            busy_until[column : column + width] = [row + height] * width
            placed.append((GridCell(row, column, raw.text, height, width), raw.head))
            column += width
    return placed


def _squeeze(cells: Sequence[GridCell]) -> list[GridCell]:
    """Without rows and columns where no text begins: spacers of the layout."""
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
    """1, as deep as its tallest merged cell but one; where values stand in the first row, what tells it from the rest.

    So too for two columns of names and values.
    """
    first = [cell for cell in cells if cell.row == 0]
    values = [kind_of(row[1]) == "value" for row in rows[1:] if row[1]]
    pairs = len(rows[0]) == 2 and 2 * sum(values) > len(values)
    if pairs or any(kind_of(cell.text) == "value" for cell in first):
        return header_rows(rows)
    spans = {cell.row_span for cell in first if cell.text}
    return 2 if spans == {1, 2} and any(cell.column_span > 1 and cell.row_span == 1 for cell in first) else 1


def _label_columns(grid: Grid) -> int:
    """1, or more where the first columns group rows under merged cells; 0 where the first column holds numbers."""
    body = [cell for cell in grid.cells if cell.row >= grid.header_rows]
    first = [cell.text for cell in body if cell.column == 0 and cell.text]
    if first and all(_NUMBER.fullmatch(text) and not text.isdigit() for text in first):
        return 0
    count = 1
    while count < grid.n_columns - 1 and any(cell.column == count - 1 and cell.row_span > 1 for cell in body):
        count += 1
    return count
