"""Shows an answer's table: drawn on a terminal, in several parts if it is too wide, or as Markdown in a pipe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.pictures import shown

if TYPE_CHECKING:
    from rich.table import Table

    from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable

_COLUMN = 14  # cells on the screen: in less, a column shows single words
_GAP = 2  # cells between columns
_NARROWEST = 24  # cells: on less, two columns cannot stand side by side


def show_table(table: AnswerTable) -> None:
    """Shows the table: drawn for a person at a terminal, as Markdown in a pipe."""
    if not terminal.room():
        for line in as_markdown(table):
            terminal.show_line(Text(line))
    elif terminal.columns() < _NARROWEST:
        for text, indent in row_by_row(table):
            terminal.show_line(text, indent=indent)
    else:
        for part in side_by_side(table, terminal.columns()):
            terminal.show_table(part)


def side_by_side(table: AnswerTable, width: int) -> Iterator[Table]:
    """The table as one or more tables that fit ``width`` cells of a screen.

    Labels are bold, citations are marks, and a missing cell gives its reason. If the columns do not all fit, each table
    takes as many as do and repeats the labels.
    """
    labels = min(max(cell_len(row.label) for row in table.rows), width // 3) if table.rows else 0
    at_once = max(1, (width - labels) // (_COLUMN + _GAP))
    if width >= _COLUMN * (1 + len(table.columns)):
        at_once = len(table.columns)
    for start in range(0, max(len(table.columns), 1), max(at_once, 1)):
        yield _drawn(table, start, start + at_once, labels if at_once < len(table.columns) else None)


def _drawn(table: AnswerTable, start: int, end: int, labels: int | None) -> Table:
    """Columns from ``start`` to ``end`` of a table; ``labels``: cells that their labels may take, None for any."""
    from rich import box
    from rich.table import Table

    drawn = Table(
        title=shown(Text(table.caption, style="bold")) if table.caption and not start else None,
        title_justify="left",
        box=box.HORIZONTALS,
        header_style="dim",
        pad_edge=False,
    )
    drawn.add_column(shown(Text(table.corner)), overflow="fold", max_width=labels)
    for name in table.columns[start:end]:
        drawn.add_column(shown(Text(name)), overflow="fold")
    for row in table.rows:
        drawn.add_row(_label(row), *(_cell(cell, row.citations) for cell in row.cells[start:end]))
    return drawn


def row_by_row(table: AnswerTable) -> Iterator[tuple[Text, int]]:
    """Lines with their indents: the caption, then for each row its label and under it a line for each cell."""
    if table.caption:
        yield Text(table.caption, style="bold"), 0
    for row in table.rows:
        yield _label(row), 0
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield Text.assemble((f"{column}: " if column else "", "dim"), _cell(cell, row.citations)), 2


def as_markdown(table: AnswerTable) -> Iterator[str]:
    """One line for each row, its cells between bars: whole lines, that can be pasted into a document."""
    if table.caption:
        yield table.caption
    yield _barred([table.corner, *table.columns])
    yield _barred(["---"] * (1 + len(table.columns)))
    for row in table.rows:
        yield _barred([_label(row).plain, *(_cell(cell, row.citations).plain for cell in row.cells)])


def marks(citations: Sequence[int]) -> str:
    """``" [1] [2]"``."""
    return "".join(f" [{number}]" for number in citations)


def _barred(cells: Sequence[str]) -> str:
    return f"| {' | '.join(' '.join(cell.split()).replace('|', chr(92) + '|') for cell in cells)} |"


def _label(row: AnswerRow) -> Text:
    return shown(Text.assemble((row.label, "bold"), (marks(row.citations), "bold cyan")))


def _cell(cell: AnswerCell, shared: Sequence[int]) -> Text:
    if cell.missing is not None:
        return shown(Text(cell.missing, style="dim italic"))
    return shown(Text.assemble(cell.text, (marks(() if shared else cell.citations), "bold cyan")))
