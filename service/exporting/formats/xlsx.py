"""Writes Excel files: the memo row by row, each table on a sheet, and every quote with all data about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from sinkqa.service.exporting.manuscript import Block, Grid, Manuscript, Mark, Strands, plain
from sinkqa.service.exporting.paragraphs import shown
from sinkqa.service.exporting.references import apa, gbt7714
from sinkqa.service.exporting.rereading import RereadQuote
from sinkqa.service.exporting.words import say

if TYPE_CHECKING:
    from openpyxl import Workbook

_LONGEST = 32_000  # characters: a cell holds 32,767
_LONGEST_LINK = 2_000  # characters of an address: Excel opens no longer one
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")  # Excel would read a character from it
_KINDS = {"remark": "remark", "statement": "statement", "quote": "quote", "question": "question", "part": "part"}


def write_xlsx(manuscript: Manuscript) -> bytes:
    """The manuscript as a workbook. All content of documents is text: no cell is a formula."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator, book.properties.title = "SinkQA", manuscript.title[:255]
    language = manuscript.language
    memo = _Sheet(book, say(language, "memo"), [6, 16, 100, 12])
    memo.row([manuscript.title])
    memo.row([manuscript.made])
    memo.head([say(language, name) for name in ("number", "kind", "text", "marks")])
    tables = [block for block in manuscript.blocks if isinstance(block, Grid)]
    for number, block in enumerate(manuscript.blocks, 1):
        memo.row([number, *_memo_row(block, tables, language)])
    for number, grid in enumerate(tables, 1):
        _table(book, f"{say(language, 'table')} {number}", grid)
    _sources(book, manuscript)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _memo_row(block: Block | Grid, tables: Sequence[Grid], language: str) -> list[str]:
    if isinstance(block, Grid):
        name = f"{say(language, 'table')} {next(n for n, each in enumerate(tables, 1) if each is block)}"
        return [say(language, "table"), " ".join(filter(None, (name, block.caption))), ""]
    kind = say(language, _KINDS.get(block.kind, "caution" if block.kind == "caution" else "verified"))
    return [kind, plain(block.strands), _marks(block.strands)]


def _table(book: Workbook, name: str, grid: Grid) -> None:
    sheet = _Sheet(book, name, [24] * len(grid.head))
    if grid.caption:
        sheet.row([grid.caption])
    sheet.head(list(grid.head), columns=1)
    for row in grid.rows:
        sheet.row([f"{plain(strands)}{f' [{marks}]' if (marks := _marks(strands)) else ''}" for strands in row])


def _sources(book: Workbook, manuscript: Manuscript) -> None:
    """One row for each quote, with the exact text of its source."""
    language = manuscript.language
    names = ("number", "title", "section", "page", "quote", "language", "address")
    sheet = _Sheet(book, say(language, "sources"), [6, 40, 30, 10, 80, 10, 30, 60, 60, 20, 24])
    sheet.head([*(say(language, name) for name in names), "GB/T 7714", "APA", *_last(language)])
    for number, evidence in enumerate(manuscript.evidence, 1):
        sheet.row([number, *_source(evidence)])
        if evidence.url and len(evidence.url) <= _LONGEST_LINK:
            sheet.sheet.cell(sheet.last, 7).hyperlink = evidence.url


def _last(language: str) -> list[str]:
    return [say(language, "document"), say(language, "places")]


def _source(evidence: RereadQuote) -> Iterator[str]:
    yield evidence.record.title
    yield " › ".join([*evidence.section, *filter(None, (evidence.table,))])
    yield "–".join(evidence.work.pages)
    yield evidence.quote
    yield evidence.language
    yield evidence.url or ""
    yield gbt7714(evidence.work)
    yield apa(evidence.work)
    yield evidence.record.doc_id
    yield ", ".join(f"{start}-{end}" for start, end in evidence.spans)


class _Sheet:
    """A sheet that is filled row by row."""

    def __init__(self, book: Workbook, name: str, widths: Sequence[int]) -> None:
        from openpyxl.utils import get_column_letter

        self.sheet, self.last = book.create_sheet(name), 0
        for column, width in enumerate(widths, 1):
            self.sheet.column_dimensions[get_column_letter(column)].width = width

    def head(self, names: Sequence[str], *, columns: int = 0) -> None:
        """Names of columns, which stay in sight, as do the first ``columns``."""
        from openpyxl.styles import Font
        from openpyxl.utils import get_column_letter

        self.row(names)
        for cell in self.sheet[self.last]:
            cell.font = Font(bold=True)
        self.sheet.freeze_panes = f"{get_column_letter(columns + 1)}{self.last + 1}"

    def row(self, values: Sequence[str | int]) -> None:
        """Text as text, whatever it begins with; what no cell has room for goes on in the row below."""
        from openpyxl.styles import Alignment

        self.last += 1
        rest: list[str] = []
        for column, given in enumerate(values, 1):
            value = shown(given) if isinstance(given, str) else given
            cell = self.sheet.cell(self.last, column)
            cell.alignment = Alignment(wrap_text=len(values) > 1, vertical="top")
            rest.append(value[_LONGEST:] if isinstance(value, str) else "")
            if isinstance(value, int):
                cell.value = value
            elif value:
                cell.value = _ESCAPE.sub("_x005F_", value[:_LONGEST])
                cell.data_type, cell.quotePrefix = "s", True
        if any(rest):
            self.row(rest)


def _marks(strands: Strands) -> str:
    return "; ".join(strand.label for strand in strands if isinstance(strand, Mark))
