"""Sets the cells of a comparison and those of another document beside each other, in one table."""

from __future__ import annotations

from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable
from sinkqa.service.comparing.comparison import BesideCell, Comparison
from sinkqa.service.exporting.words import say


def beside_each_other(made: Comparison) -> AnswerTable:
    """The table; if a document was set beside, each column is followed by that document's own.

    A cell of the other document begins with how the row's documents stand to it, and cites what tells so.
    """
    table, beside = made.table, made.beside
    if beside is None:
        return table
    rows = list[AnswerRow]()
    for row, own, stood in zip(table.rows, beside.table.rows, beside.cells, strict=True):
        pairs = zip(row.cells, own.cells, stood, strict=True)
        cells = (each for cell, other, how in pairs for each in (cell, _related(other, how, made.language)))
        rows.append(AnswerRow(row.label, tuple(cells)))
    columns = (each for name in table.columns for each in (name, say(made.language, "beside", name, beside.title)))
    return AnswerTable(table.caption, table.corner, tuple(columns), tuple(rows))


def _related(own: AnswerCell, stood: BesideCell, language: str) -> AnswerCell:
    if own.missing is not None or stood.relation == "unsaid":
        return AnswerCell(missing=own.missing or "")
    text = say(language, "relation", say(language, f"relation.{stood.relation}"), own.text)
    return AnswerCell(text, tuple(dict.fromkeys((*own.citations, *stood.citations))))
