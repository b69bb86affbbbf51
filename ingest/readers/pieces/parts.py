"""Turns an embedded document into pieces that are written again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sinkqa.ingest.document import Block, Document, Span, Table
from sinkqa.ingest.readers.pieces.draft import Grid, GridCell, Piece


def pieces_of(document: Document) -> list[Piece]:
    """Returns the blocks of a document in order, on one page, without running heads and page numbers."""
    return [_piece(document.text, block) for block in document.blocks if block.kind != "furniture"]


def lowered(pieces: Iterable[Piece], by: int) -> list[Piece]:
    """Returns the pieces with headings ``by`` levels deeper, at most 6."""
    return [replace(p, level=min(p.level + by, 6)) if p.kind == "heading" else p for p in pieces]


def _piece(text: str, block: Block) -> Piece:
    if block.table is not None:
        return Piece("table", "", anchor=block.anchor, grid=_grid(text, block.table))
    return Piece(block.kind, _words(text, block.spans), level=block.level, anchor=block.anchor)


def _grid(text: str, table: Table) -> Grid:
    cells = tuple(
        GridCell(cell.row, cell.column, _words(text, cell.spans), cell.row_span, cell.column_span)
        for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column))
    )
    notes = [text[start:end] for start, end in (*table.notes, *table.loose)]
    caption = _words(text, table.caption)
    return Grid(
        cells, table.n_rows, table.n_columns, table.header_rows, table.label_columns, caption, tuple(notes), table.label
    )


def _words(text: str, spans: Sequence[Span]) -> str:
    return "\n".join(text[start:end] for start, end in spans)
