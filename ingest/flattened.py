"""Inside plain-text reading: tables that extraction laid down column by column, rebuilt as rows and cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ingest.document import Span, Table
from ingest.flattened_regions import Line, Region, find_regions

__all__ = ["FlattenedTable", "Line", "rebuild_tables"]


@dataclass
class FlattenedTable:
    """A table and the indices of all lines it takes up, its continued captions included, wherever they stand."""

    table: Table
    lines: frozenset[int]
    caption_line: int


def rebuild_tables(text: str, lines: Sequence[Line]) -> list[FlattenedTable]:
    """Every captioned table of a text that was laid down column by column, in the order of the captions.

    What cannot be placed with confidence goes to ``Table.loose``; a region that cannot be told from body text gives
    no table at all. Offsets of the tables are those of ``lines``, thus of ``text``.
    """
    rebuilt = (_rebuild(lines, parts) for parts in find_regions(lines))
    return [table for table in rebuilt if table]


def _rebuild(lines: Sequence[Line], parts: list[Region]) -> FlattenedTable | None:
    body = [i for part in parts for i in part.body]
    if not any(part.closed for part in parts) or len(body) < 4:
        return None
    return _assemble(lines, parts, Table((), 0, 0, 0, 0, loose=tuple(lines[i].span for i in body)))


def _assemble(lines: Sequence[Line], parts: list[Region], table: Table) -> FlattenedTable:
    used = _used(parts)
    caption = tuple(lines[i].span for i in parts[0].caption.lines)
    notes = tuple(Span(lines[run[0]].span.start, lines[run[-1]].span.end) for part in parts for run in part.notes)
    filled = Table(
        table.cells,
        table.n_rows,
        table.n_columns,
        table.header_rows,
        table.label_columns,
        caption=caption,
        notes=notes,
        loose=table.loose,
        label=parts[0].caption.label,
        pages=tuple(sorted({lines[i].page for i in used})),
    )
    return FlattenedTable(filled, used, parts[0].caption.lines[0])


def _used(parts: Iterable[Region]) -> frozenset[int]:
    return frozenset(
        i for part in parts for i in (*part.caption.lines, *part.body, *(j for run in part.notes for j in run))
    )
