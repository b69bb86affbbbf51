"""An answer's table on a terminal: side by side where there is room for it, else row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from sinkqa.service.commands.pictures import shown

if TYPE_CHECKING:
    from rich.table import Table

    from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable

_COLUMN = 14  # cells on the screen: in less, a column shows single words


def has_room(table: AnswerTable, width: int) -> bool:
    """Whether its columns can be read side by side on a screen this wide."""
    return width >= _COLUMN * (1 + len(table.columns))


def side_by_side(table: AnswerTable) -> Table:
    """A drawn table: labels in bold, citations as marks, a reason in the place of what is missing."""
    from rich import box
    from rich.table import Table

    drawn = Table(
        title=shown(Text(table.caption, style="bold")) if table.caption else None,
        title_justify="left",
        box=box.HORIZONTALS,
        header_style="dim",
        pad_edge=False,
    )
    for name in (table.corner, *table.columns):
        drawn.add_column(shown(Text(name)), overflow="fold")
    for row in table.rows:
        drawn.add_row(_label(row), *(_cell(cell, row.citations) for cell in row.cells))
    return drawn


def row_by_row(table: AnswerTable) -> Iterator[tuple[Text, int]]:
    """Lines with their indents: the caption, then for each row its label and under it a line for each cell."""
    if table.caption:
        yield Text(table.caption, style="bold"), 0
    for row in table.rows:
        yield _label(row), 0
        for column, cell in zip(table.columns, row.cells, strict=True):
            yield Text.assemble((f"{column}: " if column else "", "dim"), _cell(cell, row.citations)), 2


def marks(citations: Sequence[int]) -> str:
    """``" [1] [2]"``."""
    return "".join(f" [{number}]" for number in citations)


def _label(row: AnswerRow) -> Text:
    return shown(Text.assemble((row.label, "bold"), (marks(row.citations), "bold cyan")))


def _cell(cell: AnswerCell, shared: Sequence[int]) -> Text:
    if cell.missing is not None:
        return shown(Text(cell.missing, style="dim italic"))
    return shown(Text.assemble(cell.text, (marks(() if shared else cell.citations), "bold cyan")))
