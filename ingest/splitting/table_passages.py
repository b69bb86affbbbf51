"""Makes the passages of a table: one for each row and one for the whole."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from sinkqa.ingest.document import Block, Cell, Span, Table
from sinkqa.ingest.passage import PassageKind, Unit
from sinkqa.ingest.splitting.packing import PassageDraft, Splitting, merged, paragraphs, size
from sinkqa.ingest.structure.tables.wording import is_unit_line, named_unit
from sinkqa.ingest.text.normalised_text import reading_view

_BETWEEN = " | "


class _QuotablePart(NamedTuple):
    """A stretch of a passage's text with its source and its quotable units."""

    text: str
    spans: tuple[Span, ...]
    units: tuple[Unit, ...] = ()

    @property
    def size(self) -> float:
        return size(self.text) + 1  # the separator


def table_drafts(source: str, block: Block, params: Splitting) -> Iterator[PassageDraft]:
    """Yields the row passages from top to bottom, then the whole table, in parts if it exceeds the maximum.

    A row passage has its label cells, its other cells with their column headers, and the caption. If the table gives
    one unit for all of it, the unit is a further cell. A merged cell counts for every row that it covers. A row without
    a cell beside its labels is in the whole table only. A row that exceeds the maximum is divided between cells, or
    between sentences of a cell, with its labels repeated. Text of the block outside all parts of its table (a caption
    repeated on the next page) ends the whole-table passage.

    Raises:
        ValueError: the block has no table.
    """
    if block.table is None:
        raise ValueError(f"expected a block with a table, got a {block.kind} without")
    layout = _TableTexts(source, block.table, params)
    for row in sorted(layout.rows):
        labels, values = layout.row(row, layout.rows[row])
        if values:
            unit = layout.unit(labels)
            yield from layout.drafts("row", [*layout.caption(with_unit=not unit), *labels], [*values, *unit])
    yield from layout.drafts(
        "table", [*layout.caption(), *layout.header()], layout.body(_unclaimed(source, block, block.table))
    )


class _TableTexts:
    """A table with its cells by row and its headers by column. Shared texts are made once."""

    def __init__(self, source: str, table: Table, params: Splitting) -> None:
        self.source, self.table, self.params = source, table, params
        self.rows: dict[int, list[Cell]] = {}
        self.headers: list[Cell] = []
        self.readings: dict[tuple[Span, ...], tuple[str, tuple[Span, ...]]] = {}
        self.above: dict[tuple[int, int], tuple[str, str, tuple[Span, ...]]] = {}
        self.made: dict[tuple[int, str], list[_QuotablePart]] = {}
        for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
            if not self.text(cell.spans):
                continue
            if cell.row < table.header_rows:
                self.headers.append(cell)
                continue
            for row in range(cell.row, min(cell.row + cell.row_span, table.n_rows)):
                self.rows.setdefault(row, []).append(cell)
        lines = [span for span in (*table.caption, *table.notes) if is_unit_line(self.text((span,)))]
        named = any(re.fullmatch(r"\w{0,2}单位|(?i:units?)", self.text(cell.spans)) for cell in self.headers)
        self.unit_lines = [] if named else lines[:1]  # else the table has a column of units
        for cells in self.rows.values():
            cells.sort(key=lambda cell: cell.column)

    def text(self, spans: tuple[Span, ...]) -> str:
        return self.reading(spans)[0]

    def reading(self, spans: tuple[Span, ...]) -> tuple[str, tuple[Span, ...]]:
        """The reading form and its source."""
        if spans not in self.readings:
            view = reading_view(self.source, spans)
            self.readings[spans] = view.text, view.to_source(0, len(view.text))
        return self.readings[spans]

    def row(self, row: int, cells: Sequence[Cell]) -> tuple[list[_QuotablePart], list[_QuotablePart]]:
        """The entries of a row's label cells and of its other cells, limited to ``cells``."""
        labels = [cell for cell in self.rows[row] if cell.column < self.table.label_columns]
        name = " ".join(self.text(cell.spans) for cell in labels)
        sides: tuple[list[_QuotablePart], list[_QuotablePart]] = ([], [])
        for cell in cells:
            is_value = cell.column >= self.table.label_columns
            sides[is_value].extend(self.entries(cell, name if is_value else ""))
        return sides

    def entries(self, cell: Cell, row_label: str) -> list[_QuotablePart]:
        """The cell under its header, with one entry for each piece, or for each sentence of a long piece."""
        key = (id(cell), row_label)
        if key not in self.made:
            label, header, spans = self.header_of(cell)
            units = list(self.units(cell.spans, " · ".join(filter(None, (row_label, label)))))
            said = [f"{header}: {units[0].text}" if header else units[0].text, *(unit.text for unit in units[1:])]
            self.made[key] = [
                _QuotablePart(text, unit.spans if i else (*spans, *unit.spans), (unit,))
                for i, (text, unit) in enumerate(zip(said, units, strict=True))
            ]  # the header is said once for all pieces of the cell
        return self.made[key]

    def header_of(self, cell: Cell) -> tuple[str, str, tuple[Span, ...]]:
        """The header of the cell's column, and the same with its source; nothing if it is too long to repeat."""
        columns = (cell.column, cell.column_span)
        if columns not in self.above:
            above = [header for header in self.headers if _is_above(header, cell)]
            label = " ".join(self.text(head.spans) for head in above)
            if size(label) > self.params.max_chars / 6:
                self.above[columns] = label, "", ()
            else:
                spans = chain.from_iterable(self.reading(head.spans)[1] for head in above)
                self.above[columns] = label, label, tuple(spans)
        return self.above[columns]

    def units(self, spans: tuple[Span, ...], label: str) -> Iterator[Unit]:
        """Each piece whole if it fits, otherwise its sentences."""
        for piece in ((span,) for span in spans):
            text, source = self.reading(piece)
            if size(text) > self.params.max_chars / 3:
                for paragraph in paragraphs(self.source, piece, maximum=self.params.max_chars / 3):
                    yield from (Unit(unit.spans, unit.text, label) for unit in paragraph.units())
            elif text:
                yield Unit(source, text, label)

    def plain(self, spans: tuple[Span, ...]) -> list[_QuotablePart]:
        return [_QuotablePart(unit.text, unit.spans) for unit in self.units(spans, "")]

    def caption(self, *, with_unit: bool = True) -> list[_QuotablePart]:
        units = () if with_unit else self.unit_lines
        return self.plain(tuple(span for span in self.table.caption if span not in units))

    def unit(self, labels: Sequence[_QuotablePart]) -> list[_QuotablePart]:
        """The unit of all numbers of the table, as a cell of a row with ``labels``."""
        row_label = " ".join(entry.units[0].text for entry in labels)
        entries = []
        for start, end in self.unit_lines if row_label else ():
            name, first, last = named_unit(self.source[start:end])
            text, spans = self.reading((Span(start + first, start + last),))
            label = name or ("单位" if re.search("[\u4e00-\u9fff]", text) else "unit")
            said = f"{name}: {text}" if name else text
            entries.append(_QuotablePart(said, spans, (Unit(spans, text, f"{row_label} · {label}"),)))
        return entries

    def header(self) -> list[_QuotablePart]:
        return list(chain.from_iterable(self.plain(cell.spans) for cell in self.headers))

    def body(self, unclaimed: tuple[Span, ...]) -> list[_QuotablePart]:
        """The rows, each merged cell once, then the text outside all cells."""
        entries: list[_QuotablePart] = []
        seen: set[int] = set()
        for row in sorted(self.rows):
            cells = [cell for cell in self.rows[row] if id(cell) not in seen]
            seen.update(map(id, cells))
            entries += self.line(*self.row(row, cells))
        for spans in (self.table.loose, self.table.notes, unclaimed):
            entries += [_QuotablePart(unit.text, unit.spans, (unit,)) for unit in self.units(spans, "")]
        return entries

    def line(self, labels: list[_QuotablePart], values: list[_QuotablePart]) -> list[_QuotablePart]:
        """A row as one entry, "label: cell | cell"; if that is long, one entry for each cell."""
        cells = [_QuotablePart(unit.text, unit.spans, (unit,)) for entry in (*labels, *values) for unit in entry.units]
        if sum(cell.size for cell in cells) > self.params.max_chars / 3:
            return cells
        texts = [cell.text for cell in cells]
        sides = (_BETWEEN.join(texts[: len(labels)]), _BETWEEN.join(texts[len(labels) :]))
        spans, units = chain.from_iterable(c.spans for c in cells), chain.from_iterable(c.units for c in cells)
        return [_QuotablePart(": ".join(filter(None, sides)), tuple(spans), tuple(units))] if cells else []

    def drafts(
        self, kind: PassageKind, prefix: Sequence[_QuotablePart], entries: Sequence[_QuotablePart]
    ) -> Iterator[PassageDraft]:
        """The entries in as many passages as the maximum requires, each beginning with the prefix.

        A part of the prefix that takes more than a third of a passage is not repeated.
        """
        head = list(prefix)
        rest: list[_QuotablePart] = []
        taken = sum(entry.size for entry in head)
        while taken > self.params.max_chars / 3:
            rest.append(head.pop())
            taken -= rest[-1].size
        rest.reverse()
        room = self.params.max_chars - taken
        group: list[_QuotablePart] = []
        held = 0.0
        for entry in [*rest, *entries]:
            if group and held + entry.size > room:
                yield self.draft(kind, [*head, *group])
                group, held = [], 0.0
            group.append(entry)
            held += entry.size
        if group or head:
            yield self.draft(kind, [*head, *group])

    def draft(self, kind: PassageKind, entries: Sequence[_QuotablePart]) -> PassageDraft:
        units = tuple(chain.from_iterable(entry.units for entry in entries))
        return PassageDraft(
            kind=kind,
            text=_BETWEEN.join(entry.text for entry in entries),
            spans=tuple(chain.from_iterable(entry.spans for entry in entries)),
            units=units or tuple(Unit(entry.spans, entry.text) for entry in entries),
            table=self.table.label,
        )


def _unclaimed(source: str, block: Block, table: Table) -> tuple[Span, ...]:
    """The block's spans outside all cells, captions, notes and loose text, if they hold letters or digits."""
    parts = (table.caption, table.notes, table.loose, *(cell.spans for cell in table.cells))
    claimed = merged(source, chain.from_iterable(parts))
    gaps: list[Span] = []
    for start, end in block.spans:
        for taken in claimed[max(0, bisect_right(claimed, (start,)) - 1) :]:
            if taken.start >= end:
                break
            gaps.append(Span(start, taken.start))
            start = max(start, taken.end)
        gaps.append(Span(start, end))
    return tuple(gap for gap in gaps if any(map(str.isalnum, source[gap.start : gap.end])))


def _is_above(header: Cell, cell: Cell) -> bool:
    """Whether the header is above all columns of the cell."""
    end = cell.column + cell.column_span
    return header.column <= cell.column and end <= header.column + header.column_span
