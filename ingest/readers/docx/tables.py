"""Reading step of ingest: the rows and cells of a Word table, wherever content controls wrap them, merges resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ingest.readers.docx.xml import W, inside, switch, whole
from ingest.readers.html.tables import RawCell


class Cell(NamedTuple):
    """A cell as it stands in its row: ``merge`` is "", "restart" or "continue", downwards.

    ``is_placeholder``: its words only ask for some.
    """

    element: Any
    span: int
    merge: str
    is_placeholder: bool


class Row(NamedTuple):
    """A row: ``before`` columns are left free before its first cell."""

    cells: list[Cell]
    before: int
    is_header: bool


def rows_of(table: Any) -> list[Row]:
    """The rows that show, in order: deleted and hidden ones do not."""
    rows = []
    for row, is_placeholder in _wrapped(table, W + "tr"):
        properties = row.find(W + "trPr")
        if properties is not None and (properties.find(W + "del") is not None or switch(properties, W + "hidden")):
            continue
        before = max(whole(properties, W + "gridBefore") or 0, 0)
        rows.append(Row(_cells(row, is_placeholder), before, switch(properties, W + "tblHeader") is True))
    return rows


def header_rows(rows: Sequence[Row]) -> int:
    """How many rows from the top repeat on each page."""
    return next((number for number, row in enumerate(rows) if not row.is_header), len(rows))


def merged(rows: Sequence[Row], texts: Callable[[Cell], str]) -> list[list[RawCell]]:
    """Cells with row spans: a cell that is continued stands for those below it in its column."""
    open_at: dict[int, tuple[int, int]] = {}
    heights: dict[tuple[int, int], int] = {}
    for number, row in enumerate(rows):
        for column, cell in _columns(row):
            if cell.merge == "continue" and column in open_at:
                heights[open_at[column]] += 1
            else:
                heights[number, column] = 1
                open_at.pop(column, None)
                if cell.merge == "restart":
                    open_at[column] = (number, column)
    placed = []
    for number, row in enumerate(rows):
        gap = [RawCell("", column_span=row.before)] if row.before else []
        cells = [
            RawCell(texts(cell), heights[number, column], cell.span)
            for column, cell in _columns(row)
            if (number, column) in heights
        ]
        placed.append(gap + cells)
    return placed


def _columns(row: Row) -> Iterator[tuple[int, Cell]]:
    column = row.before
    for cell in row.cells:
        yield column, cell
        column += cell.span


def _cells(row: Any, is_placeholder: bool) -> list[Cell]:
    cells: list[Cell] = []
    for element, is_asking in _wrapped(row, W + "tc"):
        properties = element.find(W + "tcPr")
        if properties is not None and properties.find(W + "cellDel") is not None:
            continue
        span = max(whole(properties, W + "gridSpan") or 1, 1)
        if cells and _merge(properties, "hMerge") == "continue":
            cells[-1] = cells[-1]._replace(span=cells[-1].span + span)
        else:
            cells.append(Cell(element, span, _merge(properties, "vMerge"), is_placeholder or is_asking))
    return cells


def _merge(properties: Any, tag: str) -> str:
    """How a cell is merged; a mark without a value continues what stands before it."""
    found = None if properties is None else properties.find(W + tag)
    return "" if found is None else found.get(W + "val") or "continue"


def _wrapped(parent: Any, tag: str, *, is_placeholder: bool = False) -> Iterator[tuple[Any, bool]]:
    """The children of a kind, in whatever wraps them, and whether that is a control that asks for its words."""
    for child in parent:
        if child.tag == tag:
            yield child, is_placeholder
        elif child.tag == W + "sdt":
            is_asking = bool(switch(child.find(W + "sdtPr"), W + "showingPlcHdr"))
            content = child.find(W + "sdtContent")
            yield from _wrapped(() if content is None else content, tag, is_placeholder=is_placeholder or is_asking)
        elif (content := inside(child)) is not None:
            yield from _wrapped(content, tag, is_placeholder=is_placeholder)
