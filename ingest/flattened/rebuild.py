"""Rebuilds tables whose cells the extraction wrote column by column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sinkqa.ingest.document import Span, Table
from sinkqa.ingest.flattened.regions import FlattenedLine, Region, find_regions
from sinkqa.ingest.flattened.segments import join_parts, read_parts

__all__ = ["FlattenedLine", "FlattenedTable", "rebuild_tables"]


@dataclass
class FlattenedTable:
    """A table and the indices of all its lines, including its continued captions."""

    table: Table
    lines: frozenset[int]
    caption_line: int


def rebuild_tables(text: str, lines: Sequence[FlattenedLine]) -> list[FlattenedTable]:
    """Rebuilds every captioned table that the text gives column by column, in the order of the captions.

    ``Table.loose`` gets text that cannot be placed with confidence. A region that cannot be distinguished from body
    text gives no table. Offsets of the tables are those of ``lines``, and so of ``text``.

    Raises:
        ValueError: a line does not slice ``text``.
    """
    for line in lines:
        if text[line.span.start : line.span.end] != line.text:
            raise ValueError(f"line {line.span} does not slice the text: got {line.text[:40]!r}")
    rebuilt = (_rebuild(lines, regions) for regions in find_regions(lines))
    return [table for table in rebuilt if table]


def _rebuild(lines: Sequence[FlattenedLine], regions: list[Region]) -> FlattenedTable | None:
    bodies = [[lines[i] for i in region.body] for region in regions if region.body]
    if not bodies:
        return None
    parts = read_parts(bodies, caption=regions[0].caption.title)
    if parts:
        return _assemble(lines, regions, join_parts(parts))
    body = [line for lines_ in bodies for line in lines_]
    if any(region.closed for region in regions) and len(body) >= 4:
        return _assemble(lines, regions, Table((), 0, 0, 0, 0, loose=tuple(line.span for line in body)))
    return None


def _assemble(lines: Sequence[FlattenedLine], regions: list[Region], table: Table) -> FlattenedTable:
    used = _used(regions)
    caption = regions[0].caption
    return FlattenedTable(
        replace(
            table,
            caption=_runs(lines, [caption.lines]),
            notes=_runs(lines, [run for region in regions for run in region.notes]),
            label=caption.label,
            pages=tuple(sorted({lines[i].page for i in used})),
        ),
        used,
        caption.lines[0],
    )


def _runs(lines: Sequence[FlattenedLine], runs: Iterable[Sequence[int]]) -> tuple[Span, ...]:
    return tuple(Span(lines[run[0]].span.start, lines[run[-1]].span.end) for run in runs)


def _used(regions: Iterable[Region]) -> frozenset[int]:
    return frozenset(
        i
        for region in regions
        for i in (*region.caption.lines, *region.body, *(j for run in region.notes for j in run))
    )
