"""Reading step of ingest: the rows and columns of an HTML table, row and column spans resolved."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.readers.draft import Grid, GridCell, Piece
from ingest.structure.belongings import Belongings, Item, belongings
from ingest.structure.cell_kinds import kind_of
from ingest.structure.grid_shape import header_rows
from ingest.structure.table_words import is_note, is_table_caption, is_unit_line, table_label

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
    header = min(max(header_rows, led) or _guess_header(cells, _texts(grid, 0, n_rows)), n_rows - 1)
    grid = replace(grid, header_rows=header)
    return replace(grid, label_columns=_label_columns(grid), label=table_label(caption))


def attach_captions(pieces: Sequence[Piece]) -> list[Piece]:
    """Give each table the captions, units and notes that stand by it or in rows of their own inside it."""
    pieces = [replace(piece, grid=_lifted(piece.grid)) if piece.grid else piece for piece in pieces]
    owned = belongings([_item(piece) for piece in pieces])
    taken = {place for own in owned.values() for place in (*own.caption, *own.notes)}
    return [
        _with(piece, owned[place], pieces) if place in owned else piece
        for place, piece in enumerate(pieces)
        if place not in taken
    ]


def _item(piece: Piece) -> Item:
    if piece.grid is None:
        return Item(piece.kind, piece.text)
    cells = tuple(cell.text for cell in piece.grid.cells)
    return Item("table", piece.grid.caption, cells)


def _with(piece: Piece, own: Belongings, pieces: Sequence[Piece]) -> Piece:
    """The table with the texts of what belongs to it."""
    grid = piece.grid
    if grid is None or not (own.caption or own.notes):
        return piece
    above = [pieces[place] for place in own.caption]
    caption = "\n".join(filter(None, (*(each.text for each in above), grid.caption)))
    notes = (*grid.notes, *(pieces[place].text for place in own.notes))
    first = min([piece, *above], key=lambda each: each.page)
    anchor = piece.anchor or next((each.anchor for each in above if each.anchor), None)
    grid = replace(grid, caption=caption, notes=notes, label=grid.label or own.label)
    return replace(piece, grid=grid, page=first.page, anchor=anchor)


def _lifted(grid: Grid) -> Grid:
    """The grid with rows of one cell at its head that say what it is as its caption, and such at its foot as notes."""
    whole = {cell.row: cell.text for cell in grid.cells if (cell.row_span, cell.column_span) == (1, grid.n_columns)}
    titles, foot = 0, grid.n_rows
    while titles in whole and titles < grid.n_rows - 2:
        titles += 1
    while foot - 1 in whole and foot > titles + 2:
        foot -= 1
    foot = next((row for row in range(foot, grid.n_rows) if is_note(whole[row])), grid.n_rows)
    rest = _texts(grid, titles, foot)
    told = all(is_table_caption(whole[row]) or is_unit_line(whole[row]) for row in range(titles))
    headers = max(grid.header_rows - titles, 0) or header_rows(rest)
    if titles and not told and not headers:
        titles, headers = 0, grid.header_rows
    if not titles and foot == grid.n_rows:
        return grid
    cells = tuple(replace(cell, row=cell.row - titles) for cell in grid.cells if titles <= cell.row < foot)
    caption = "\n".join(filter(None, (grid.caption, *(whole[row] for row in range(titles)))))
    notes = (*grid.notes, *(whole[row] for row in range(foot, grid.n_rows)))
    lifted = replace(grid, cells=cells, n_rows=foot - titles, header_rows=headers if titles else grid.header_rows)
    return replace(lifted, caption=caption, notes=notes, label=table_label(caption) or grid.label)


def _texts(grid: Grid, first: int, end: int) -> list[list[str]]:
    """The texts of the rows, that of a merged cell at its first place."""
    texts = [[""] * grid.n_columns for _ in range(first, end)]
    for cell in grid.cells:
        if first <= cell.row < end:
            texts[cell.row - first][cell.column] = cell.text
    return texts


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
