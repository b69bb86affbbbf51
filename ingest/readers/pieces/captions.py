"""Captions, units and notes of tables in markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sinkqa.ingest.readers.pieces.draft import Grid, Piece
from sinkqa.ingest.structure.tables.belongings import Belongings, Item, belongings
from sinkqa.ingest.structure.tables.grid_shape import header_rows
from sinkqa.ingest.structure.tables.wording import is_note, is_table_caption, is_unit_line, table_label


def attach_captions(pieces: Sequence[Piece]) -> list[Piece]:
    """Gives each table the captions, units and notes beside it or in separate rows inside it."""
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
    """The table with the texts that belong to it."""
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
    """The grid with leading single-cell rows as its caption, and trailing ones as notes."""
    whole = {cell.row: cell.text for cell in grid.cells if (cell.row_span, cell.column_span) == (1, grid.n_columns)}
    titles, foot = 0, grid.n_rows
    while titles in whole and titles < grid.n_rows - 2:
        titles += 1
    while foot - 1 in whole and foot > titles + 2:
        foot -= 1
    foot = next((row for row in range(foot, grid.n_rows) if is_note(whole[row])), grid.n_rows)
    rest = grid.texts()[titles:foot]
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
