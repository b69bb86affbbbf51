"""Measures how much of a document's known structure the readers recover: headings, pages, notes, tables."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from sinkqa.ingest.document import Block, Document, Span, Table
from sinkqa.ingest.passage import Passage


class Place(TypedDict, total=False):
    """A piece of source text in a truth file. ``label_start``: the start of a label printed before it."""

    text: str
    start: int
    end: int
    page: int
    level: int
    kind: str
    confidence: str
    label_start: int


class StructureTruth(TypedDict):
    """The content of ``STRUCTURE.json``."""

    pages: list[Place]
    outline: list[Place]
    footnotes: list[Place]
    table_captions: list[Place]


class TableTruth(TypedDict):
    """One table of ``TABLES.json``; the first of ``columns`` holds the row labels."""

    table: int | str
    region: tuple[int, int]
    columns: list[str]
    rows: list[dict[str, Place | list[Place]]]


@dataclass(frozen=True, slots=True)
class Share:
    """A share: ``right`` items out of ``of``."""

    right: int
    of: int

    def __str__(self) -> str:
        return f"{self.right}/{self.of}"


@dataclass(frozen=True, slots=True)
class TableScore:
    """One table against its truth.

    ``rows``: rows whose label and cells are all equal, ignoring white space. ``cells``: entries in their right row and
    column, without the labels. ``certain``: the same for entries of which the truth is certain. ``misplaced``: entries
    in another row or column. ``invented``: rows below the header whose label no row of the truth has.
    """

    table: str
    rows: Share
    cells: Share
    certain: Share
    misplaced: int
    invented: int


@dataclass(frozen=True, slots=True)
class StructureScore:
    """A document against its truth. ``crossing`` are passages whose spans lie in more than one section."""

    headings: Share
    extra_headings: int
    pages: Share
    footnotes: Share
    crossing: Share
    tables: tuple[TableScore, ...]


def score_structure(
    document: Document, passages: Sequence[Passage], *, structure: StructureTruth, tables: Sequence[TableTruth]
) -> StructureScore:
    """Compares by offsets into the source text. It must be the text for which the truth was written."""
    pages = {(page.number, page.start, page.end) for page in document.pages}
    headings = {(b.level, _page(document, b), b.spans[0].start, b.spans[-1].end) for b in _of(document, "heading")}
    outline = {(h["level"], h["page"], h["start"], h["end"]) for h in structure["outline"]}
    lifted = {block.spans for block in _of(document, "footnote")}
    notes = [(Span(note["start"], note["end"]),) for note in structure["footnotes"]]
    repeats = [Span(c["start"], c["end"]) for c in structure["table_captions"] if c.get("kind") == "continuation"]
    starts = sorted(heading["start"] for heading in structure["outline"])
    crossing = sum(_crosses(passage, starts, repeats) for passage in passages)
    return StructureScore(
        headings=Share(len(outline & headings), len(outline)),
        extra_headings=len(headings - outline),
        pages=Share(
            len(pages & {(p["page"], p["start"], p["end"]) for p in structure["pages"]}), len(structure["pages"])
        ),
        footnotes=Share(sum(note in lifted for note in notes), len(notes)),
        crossing=Share(crossing, len(passages)),
        tables=tuple(_score_table(document, truth) for truth in tables),
    )


def _of(document: Document, kind: str) -> Iterable[Block]:
    return (block for block in document.blocks if block.kind == kind)


def _page(document: Document, block: Block) -> int:
    starts = [page.start for page in document.pages]
    return document.pages[bisect_right(starts, block.spans[0].start) - 1].number


def _crosses(passage: Passage, starts: Sequence[int], repeats: Sequence[Span]) -> bool:
    """Whether spans lie in two sections; a caption repeated on a later page stands wherever the page ended."""
    spans = [span for span in passage.spans if not any(r.start <= span.start < r.end for r in repeats)]
    return len({bisect_right(starts, at) for span in spans for at in (span.start, span.end - 1)}) > 1


def _score_table(document: Document, truth: TableTruth) -> TableScore:
    name, columns = str(truth["table"]), truth["columns"]
    entries = [
        (r, c, p) for r, row in enumerate(truth["rows"]) for c, key in enumerate(columns) for p in _places(row, key)
    ]
    inner = [entry for entry in entries if entry[1] > 0]
    certain = [entry for entry in inner if entry[2].get("confidence", "certain") == "certain"]
    table = _table_in(document, Span(*truth["region"]))
    if table is None:
        return TableScore(name, Share(0, len(truth["rows"])), Share(0, len(inner)), Share(0, len(certain)), 0, 0)
    seats = {(r, c, p["start"]): _seat(table, p) for r, c, p in entries}
    row_of = {r: seat[0] for (r, c, _), seat in seats.items() if c == 0 and seat}
    column_of = _columns(seats)
    right = {key for key, seat in seats.items() if seat and seat == (row_of.get(key[0]), column_of.get(key[1]))}
    placed = sum(seat is not None for seat in seats.values())
    exact = sum(
        _row_is_exact(document, table, row, columns, row_of.get(r), column_of) for r, row in enumerate(truth["rows"])
    )
    body = {cell.row for cell in table.cells if cell.row >= table.header_rows and cell.spans}
    return TableScore(
        name,
        rows=Share(exact, len(truth["rows"])),
        cells=Share(sum((r, c, p["start"]) in right for r, c, p in inner), len(inner)),
        certain=Share(sum((r, c, p["start"]) in right for r, c, p in certain), len(certain)),
        misplaced=placed - len(right),
        invented=len(body - set(row_of.values())),
    )


def _places(row: Mapping[str, Place | list[Place]], key: str) -> list[Place]:
    value = row.get(key)
    places = value if isinstance(value, list) else [value] if value else []
    return [place for place in places if "start" in place]


def _table_in(document: Document, region: Span) -> Table | None:
    """The table with the most text inside the region."""
    found = [
        (sum(min(e, region.end) - max(s, region.start) for s, e in b.spans if s < region.end and e > region.start), b)
        for b in _of(document, "table")
    ]
    best = max(found, key=lambda pair: pair[0], default=(0, None))
    return best[1].table if best[0] > 0 and best[1] else None


def _seat(table: Table, place: Place) -> tuple[int, int] | None:
    """Row and column of the cell that holds the place's first and last character."""
    for cell in table.cells:
        if all(any(s <= at < e for s, e in cell.spans) for at in (place["start"], place["end"] - 1)):
            return cell.row, cell.column
    return None


def _columns(seats: Mapping[tuple[int, int, int], tuple[int, int] | None]) -> dict[int, int]:
    """Column of the truth → column of the table, by most of its entries; no two share one."""
    votes = Counter((key[1], seat[1]) for key, seat in seats.items() if seat)
    chosen: dict[int, int] = {}
    for (wanted, column), _ in votes.most_common():
        if wanted not in chosen and column not in chosen.values():
            chosen[wanted] = column
    return chosen


def _row_is_exact(
    document: Document,
    table: Table,
    row: Mapping[str, Place | list[Place]],
    columns: Sequence[str],
    at: int | None,
    column_of: Mapping[int, int],
) -> bool:
    if at is None:
        return False
    cells = {cell.column: cell for cell in table.cells if cell.row == at}
    for c, key in enumerate(columns):
        pieces = [document.text[p.get("label_start", p["start"]) : p["end"]] for p in _places(row, key)]
        cell = cells.get(column_of.get(c, -1))
        got = [document.text[s:e] for s, e in cell.spans] if cell else []
        if _bare(pieces) != _bare(got):
            return False
    return True


def _bare(pieces: Iterable[str]) -> str:
    return "".join("".join(pieces).split())
