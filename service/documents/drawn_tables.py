"""Gives a document's tables as rows and columns, each cell with its place in the text. A part of the engine's shelf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.splitting.packing import merged
from sinkqa.service.answering.judging.tabulating import Quoted, SourceTable, table_of, tables

MOST_ROWS = 500
_ALONE = 0.95  # of the letters between a table's first and last one


@dataclass(frozen=True, slots=True)
class DrawnCell:
    """A cell or a row's label: its words in reading form, and its spans. An empty one has no spans."""

    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """A row: its label, which may be empty, and one cell for each column."""

    label: DrawnCell
    cells: tuple[DrawnCell, ...]


@dataclass(frozen=True, slots=True)
class DrawnTable:
    """A table with its first rows, at most 500 of ``n_rows``. ``place``: from its first character to its last.

    ``is_alone``: the place contains hardly any other text, so that the table may be shown instead of that text.
    """

    caption: str
    label: str | None
    corner: str
    columns: tuple[str, ...]
    rows: tuple[DrawnRow, ...]
    n_rows: int
    page_start: int
    page_end: int
    place: Span
    is_alone: bool


def drawn_tables(text: str, passages: Iterable[Passage], *, page: int | None = None) -> Iterator[DrawnTable]:
    """The tables of a document in order, given its source ``text`` and its passages in reading order.

    With ``page``, only the tables that are partly or wholly on that page. A table with uncertain cell borders is left
    out.
    """
    for group in tables(passages):
        first, last = min(each.page_start for each in group), max(each.page_end for each in group)
        if (page is None or first <= page <= last) and (table := table_of(group)):
            yield _drawn(text, group, table, first, last)


def _drawn(text: str, group: Sequence[Passage], table: SourceTable, first: int, last: int) -> DrawnTable:
    spans = merged(text, (span for passage in group for span in passage.spans))
    place = Span(spans[0].start, spans[-1].end)
    held = sum(_letters(text[start:end]) for start, end in spans)
    rows = tuple(
        DrawnRow(
            DrawnCell(row.label, _spans(text, row.heads)),
            tuple(DrawnCell(_said(cell), _spans(text, cell)) for cell in row.cells),
        )
        for row in table.rows[:MOST_ROWS]
    )
    return DrawnTable(
        caption=table.caption,
        label=group[0].table,
        corner=table.corner,
        columns=table.columns,
        rows=rows,
        n_rows=len(table.rows),
        page_start=first,
        page_end=last,
        place=place,
        is_alone=held >= _ALONE * _letters(text[place.start : place.end]),
    )


def _said(cell: Sequence[Quoted]) -> str:
    return "\n".join(unit.text for _, unit in cell)


def _spans(text: str, quoted: Sequence[Quoted]) -> tuple[Span, ...]:
    return merged(text, (span for _, unit in quoted for span in unit.spans))


def _letters(text: str) -> int:
    return sum(map(str.isalnum, text))
