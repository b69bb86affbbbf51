"""Writes CSV: the tables of a memo, each with its sources beside it, and below them what stands in no table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from sinkqa.service.exporting.manuscript import Block, Grid, Manuscript, Mark, Note, Strands, plain
from sinkqa.service.exporting.paragraphs import shown
from sinkqa.service.exporting.words import say

_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")
_HEADINGS = ("question", "part")


def write_csv(manuscript: Manuscript) -> bytes:
    """The manuscript as CSV in UTF-8, with a byte order mark, without which Excel takes Chinese for another encoding.

    A spreadsheet runs a cell as a formula if it begins with a sign such as "=". Such a cell gets an apostrophe in
    front, which makes it text.
    """
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    notes = {note.number: note for note in manuscript.notes}
    for at, rows in enumerate(_parts(manuscript, notes)):
        if at:
            written.write("\r\n")
        writer.writerows([_text(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _parts(manuscript: Manuscript, notes: dict[int, Note]) -> Iterator[list[Sequence[str]]]:
    """The tables, then all other blocks. If only headings are left beside the tables, the tables are all."""
    blocks = [block for block in manuscript.blocks if isinstance(block, Block)]
    tables = [block for block in manuscript.blocks if isinstance(block, Grid)]
    for grid in tables:
        yield list(_table(grid, notes, manuscript.language))
    if not tables or any(block.kind not in _HEADINGS for block in blocks):
        yield list(_listed(blocks, notes, manuscript.language))


def _table(grid: Grid, notes: dict[int, Note], language: str) -> Iterator[Sequence[str]]:
    """The table as it is, then one more column of sources for each column that has any."""
    cited = [at for at in range(len(grid.head)) if any(_marks(row[at]) for row in grid.rows)]
    label = say(language, "row")
    yield [*grid.head, *(say(language, "source_of", grid.head[at] or label) for at in cited)]
    for row in grid.rows:
        yield [*map(plain, row), *(_sources(row[at], notes) for at in cited)]


def _listed(blocks: Sequence[Block], notes: dict[int, Note], language: str) -> Iterator[Sequence[str]]:
    yield [say(language, "text"), say(language, "sources")]
    for block in blocks:
        yield [plain(block.strands), _sources(block.strands, notes)]


def _sources(strands: Strands, notes: dict[int, Note]) -> str:
    """The references on a line each, with the addresses that their links lead to."""
    return "\n".join(_source(notes[mark.number]) for mark in _marks(strands))


def _source(note: Note) -> str:
    reference = "".join(url or text for text, url in note.linked()).strip()
    return " ".join((reference, *(f"“{each.quote}”" for each in note.quotes)))


def _marks(strands: Strands) -> list[Mark]:
    return [strand for strand in strands if isinstance(strand, Mark)]


def _text(cell: str) -> str:
    """A cell as text, whatever it begins with."""
    safe = shown(cell)
    return f"'{safe}" if _FORMULA.match(safe) else safe
