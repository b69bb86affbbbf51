"""What a comparison returns: a table of quotes, and how another document's own cells stand to it.

Each field's ``Annotated`` type carries a text that describes the field, here and in the OpenAPI document.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from sinkqa.service.answer import AnswerTable, Citation, plain

By = Literal["country", "document", "market"]
Relation = Literal["agrees", "differs", "silent", "unsaid"]

_RELATIONS = (
    "`agrees`: the row's documents say what the cell beside says; `differs`: they give another amount or the contrary; "
    "`silent`: they say nothing of it that was found; `unsaid`: the document beside has no cell of its own."
)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A row of a comparison: what it is of, and where its cells were looked for."""

    label: str
    code: Annotated[str | None, "Of a country: its code, as of documents; null for others."]
    doc_ids: Annotated[tuple[str, ...], "The documents that were searched for it."]

    @property
    def searched(self) -> int:
        """The number of documents that were searched."""
        return len(self.doc_ids)


@dataclass(frozen=True, slots=True)
class BesideCell:
    """How the cells of one place stand to each other: the comparison's, and that of the document beside."""

    relation: Annotated[Relation, _RELATIONS]
    said: Annotated[tuple[str, ...], "What the cell beside says, statement by statement."] = ()
    relations: Annotated[tuple[Relation, ...], "Of each of these statements."] = ()
    citations: Annotated[tuple[int, ...], "What bears out or contradicts them, in the row's documents."] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """Another document's own cells, of the same rows and columns. ``cells``: row by row, a cell for each column."""

    doc_id: str
    title: str
    table: AnswerTable
    cells: tuple[tuple[BesideCell, ...], ...]

    @property
    def counts(self) -> dict[Relation, int]:
        """The number of cells of each relation; every relation is included."""
        each = [cell.relation for row in self.cells for cell in row]
        relations: tuple[Relation, ...] = ("agrees", "differs", "silent", "unsaid")
        return {relation: each.count(relation) for relation in relations}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows and columns of quotes: each cell is the best judged piece, or says how much was searched without finding.

    The cells of ``table`` and of ``beside`` name ``citations`` by number. Columns and rows are as in ``table``.
    """

    by: Annotated[By, "What the rows are."]
    columns: Annotated[tuple[str, ...], "As they were asked for."]
    rows: tuple[ComparedRow, ...]
    table: AnswerTable
    citations: tuple[Citation, ...]
    language: Annotated[str, "Of the columns asked for: that of labels, reasons and notes."]
    generation: Annotated[int, "Number of changes to the library when this was compared."]
    encoder: str
    timings_ms: dict[str, float]
    notes: tuple[str, ...] = ()
    beside: Annotated[Beside | None, "The document that the comparison was set beside, if any."] = None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        whole = dataclasses.asdict(self, dict_factory=plain)
        for row, told in zip(self.rows, whole["rows"], strict=True):
            told["searched"] = row.searched
        if self.beside:
            whole["beside"]["counts"] = self.beside.counts
        return whole
