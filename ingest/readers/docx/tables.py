"""Reading step of ingest: the rows and cells of a Word table, wherever content controls wrap them, merges resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from sinkqa.ingest.readers.docx.xml import W, inside, switch, whole
from sinkqa.ingest.readers.html.tables import RawCell


class DocxCell(NamedTuple):
    """A cell as it stands in its row: ``height`` in rows is 0 where one above goes on.

    ``is_placeholder``: its words only ask for some.
    """

    element: Any
    span: int
    height: int
    is_placeholder: bool


class DocxRow(NamedTuple):
    """A row: ``before`` columns are left free before its first cell."""

    cells: list[DocxCell]
    before: int
    is_header: bool


def rows_of(table: Any) -> list[DocxRow]:
    """The rows that show, in order: deleted and hidden ones do not."""
    rows = []
    for row, is_placeholder in _wrapped(table, W + "tr"):
        properties = row.find(W + "trPr")
        if properties is not None and (properties.find(W + "del") is not None or switch(properties, W + "hidden")):
            continue
        before = max(whole(properties, W + "gridBefore") or 0, 0)
        rows.append(DocxRow(_cells(row, is_placeholder), before, switch(properties, W + "tblHeader") is True))
    return _measured(rows)


def header_rows(rows: Sequence[DocxRow]) -> int:
    """How many rows from the top repeat on each page."""
    return next((number for number, row in enumerate(rows) if not row.is_header), len(rows))


def raw_cells(rows: Sequence[DocxRow], texts: Callable[[DocxCell], str]) -> list[list[RawCell]]:
    """The cells with their texts, those that go on from above left out, free columns as empty ones."""
    return [
        [
            *([RawCell("", column_span=row.before)] if row.before else []),
            *(RawCell(texts(cell), cell.height, cell.span) for cell in row.cells if cell.height),
        ]
        for row in rows
    ]


def _measured(rows: list[DocxRow]) -> list[DocxRow]:
    """The rows with the heights of their cells: one that goes on does so only in the column of one that began."""
    open_at: dict[int, tuple[int, int]] = {}
    for number, row in enumerate(rows):
        column = row.before
        for place, cell in enumerate(row.cells):
            merge = _merge(cell.element.find(W + "tcPr"), "vMerge")
            top, at = open_at.get(column, (number, place))
            above = rows[top].cells[at]
            if merge == "continue" and top + above.height == number:
                rows[top].cells[at] = above._replace(height=above.height + 1)
                row.cells[place] = cell._replace(height=0)
            elif merge == "restart":
                open_at[column] = (number, place)
            else:
                open_at.pop(column, None)
            column += cell.span
    return rows


def _cells(row: Any, is_placeholder: bool) -> list[DocxCell]:
    cells: list[DocxCell] = []
    for element, is_asking in _wrapped(row, W + "tc"):
        properties = element.find(W + "tcPr")
        if properties is not None and properties.find(W + "cellDel") is not None:
            continue
        span = max(whole(properties, W + "gridSpan") or 1, 1)
        if cells and _merge(properties, "hMerge") == "continue":
            cells[-1] = cells[-1]._replace(span=cells[-1].span + span)
        else:
            cells.append(DocxCell(element, span, 1, is_placeholder or is_asking))
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
