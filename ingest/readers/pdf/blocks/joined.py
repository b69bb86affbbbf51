"""Joins the parts of one table, possibly over pages, with its caption and notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sinkqa.ingest.document import Block, Cell, Span, Table
from sinkqa.ingest.readers.pdf.blocks.drafts import without
from sinkqa.ingest.readers.pdf.pages.page import PlacedCell, PlacedTable
from sinkqa.ingest.structure.tables.wording import table_label


@dataclass(slots=True)
class Parts:
    """The parts of one table in page order. Captions and notes are without footnote marks.

    ``repeated``: texts that later parts repeat, and the footnote marks.
    """

    tables: list[PlacedTable] = field(default_factory=list)
    marks: list[Span] = field(default_factory=list)
    caption: list[Span] = field(default_factory=list)
    notes: list[Span] = field(default_factory=list)
    label: str | None = None
    repeated: list[Span] = field(default_factory=list)

    def header(self, text: str, *, of: PlacedTable) -> list[str]:
        """Returns the texts of the header cells of a part, without white space."""
        titles, headers = of.shape.title_rows, of.shape.header_rows
        spans = [cell.spans for cell in of.cells if titles <= cell.row < titles + headers]
        return ["".join("".join(text[start:end].split()) for start, end in each) for each in spans]


def finished(parts: Parts, text: str) -> Iterator[Block]:
    """Yields the table as one block, then the texts that later parts repeat, as furniture."""
    titles = [each for each in _inside(parts, 0, text) if each]
    first = parts.tables[0].shape
    label = parts.label or next(
        filter(None, (table_label(text[each[0].start : each[-1].end]) for each in titles)), None
    )
    cells = _cells(parts, text)
    caption = (*parts.caption, *(span for each in titles for span in each))
    notes = (*(span for each in _notes(parts, text) for span in each), *parts.notes)
    loose = without([span for table in parts.tables for span in table.loose], parts.marks, text)
    table = Table(
        cells=tuple(cells),
        n_rows=max(cell.row + cell.row_span for cell in cells),
        n_columns=max(cell.column + cell.column_span for cell in cells),
        header_rows=first.header_rows,
        label_columns=first.label_columns,
        caption=caption,
        notes=notes,
        loose=loose,
        label=label,
        pages=tuple(table.page for table in parts.tables),
    )
    everything = sorted([*caption, *(span for cell in cells for span in cell.spans), *loose, *notes])
    yield Block("table", without(everything, (), text), table=table)
    if spans := without(sorted([*parts.repeated, *_repeated_rows(parts), *parts.marks]), (), text):
        yield Block("furniture", spans)


def _inside(parts: Parts, index: int, text: str) -> Iterator[tuple[Span, ...]]:
    """The title rows of a part."""
    table = parts.tables[index]
    for cell in table.cells:
        if cell.row < table.shape.title_rows:
            yield without(cell.spans, parts.marks, text)


def _notes(parts: Parts, text: str) -> Iterator[tuple[Span, ...]]:
    """The note rows of all parts."""
    for table in parts.tables:
        body = table.shape.n_rows - table.shape.note_rows
        for cell in table.cells:
            if cell.row >= body:
                yield without(cell.spans, parts.marks, text)


def _repeated_rows(parts: Parts) -> list[Span]:
    return [
        span
        for table in parts.tables[1:]
        for cell in table.cells
        if cell.row < table.shape.title_rows + table.shape.header_rows
        for span in without(cell.spans, parts.marks, "")
    ]


def _cells(parts: Parts, text: str) -> list[Cell]:
    """The cells of all parts, rows counted on. A label cut by the end of a page applies to the rows that follow."""
    cells: list[Cell] = []
    below = 0
    for index, part in enumerate(parts.tables):
        shape = part.shape
        skipped = shape.title_rows + (shape.header_rows if index else 0)
        end = shape.n_rows - shape.note_rows
        for cell in part.cells:
            if not skipped <= cell.row < end:
                continue
            spans = without(cell.spans, parts.marks, text)
            if index and not spans and cell.row == skipped and _lengthen(cells, cell, parts, below):
                continue
            cells.append(Cell(below + cell.row - skipped, cell.column, spans, cell.row_span, cell.column_span))
        below += end - skipped
    return cells


def _lengthen(cells: list[Cell], cell: PlacedCell, parts: Parts, below: int) -> bool:
    """Extends the merged cell at the foot of the part before over the rows of ``cell``, its continuation."""
    place = next((at for at in range(len(cells) - 1, -1, -1) if _ends_above(cells[at], cell, below)), None)
    if place is None:
        return False
    labels = parts.tables[0].shape.label_columns
    grouped = cell.row_span > 1 or any(each.column == cell.column and each.row_span > 1 for each in cells)
    if cells[place].row_span == 1 and not (cell.column < labels and labels > 1 and grouped):
        return False
    cells[place] = replace(cells[place], row_span=cells[place].row_span + cell.row_span)
    return True


def _ends_above(above: Cell, cell: PlacedCell, below: int) -> bool:
    same = (above.column, above.column_span) == (cell.column, cell.column_span)
    return same and above.row + above.row_span == below and bool(above.spans)
