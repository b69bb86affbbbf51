"""The command that compares countries, documents or markets in a table."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sinkqa.service.commands import memo, terminal
from sinkqa.service.commands.filtering import (
    Documents,
    Jurisdictions,
    Languages,
    Since,
    Types,
    Until,
    filters,
)
from sinkqa.service.commands.options import AsJson, Collection, Library, open_engine
from sinkqa.service.commands.showing.quotes import show_quotes
from sinkqa.service.commands.showing.tables import show_table
from sinkqa.service.commands.showing.words import say

if TYPE_CHECKING:
    from sinkqa.service.comparing.comparison import Comparison

_BETWEEN = re.compile(r"[,，;；、|\n]")
_STYLES = {"agrees": "green", "differs": "red", "silent": "dim", "unsaid": "dim"}


class Rows(StrEnum):
    """What the rows of a comparison are."""

    country = "country"
    document = "document"
    market = "market"


class FileForm(StrEnum):
    """Formats of files that a comparison is written in."""

    md = "md"
    csv = "csv"
    xlsx = "xlsx"
    docx = "docx"
    html = "html"


def compare(
    on: Annotated[str, typer.Option("--on", help='The columns, in free words: "forest, 湿地, finance, penalty".')],
    by: Annotated[Rows, typer.Option("--by", help="What the rows are.")] = Rows.country,
    rows: Annotated[
        str, typer.Option("--rows", help='The rows: "China, EU"; default: all that the library holds.')
    ] = "",
    beside: Annotated[
        str | None,
        typer.Option("--beside", help="A document (id) whose own cells are set beside: they agree, differ, or not."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            help="Prefer what is in force on this day, as YYYY-MM-DD; default: today.",
        ),
    ] = None,
    library: Library = None,
    collection: Collection = None,
    doc: Documents = None,
    language: Languages = None,
    jurisdiction: Jurisdictions = None,
    kind: Types = None,
    since: Since = None,
    until: Until = None,
    form: Annotated[
        FileForm | None,
        typer.Option("--format", help="Write it in this format, with its sources, in place of showing it."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File to write to; without --format, its name's end tells the format."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare countries, documents or carbon markets: a table of checked quotes, or what was not found."""
    kind_of_file = _file_kind(form, output, as_json)  # fails before anything is compared
    engine = open_engine(library, collection)
    chosen = filters(engine, doc, language, jurisdiction, kind, since, until)
    made = engine.compare(
        _listed(on), by=by.value, rows=_listed(rows), filters=chosen, beside=beside, as_of=as_of and as_of.date()
    )
    if kind_of_file:
        memo.write_comparison(made, engine, output, kind_of_file, library=library, collection=collection)
        return None
    if as_json:
        return terminal.show_json(made.as_dict())
    return _show(made)


def _file_kind(form: FileForm | None, output: Path | None, as_json: bool) -> str:
    """The format of the file to write; "" if none is.

    Raises:
        UsageError: options that exclude each other, or a format that is no text without a file to write to.
        InvalidExport: the end of the file's name stands for no format.
    """
    if as_json and (form or output):
        raise typer.BadParameter("--json prints one object; leave out --format and --output", param_hint="--json")
    if form and output is None and form in (FileForm.docx, FileForm.xlsx):
        raise typer.BadParameter(f"{form.value} is no text; name a file with --output", param_hint="--format")
    if form:
        return "markdown" if form is FileForm.md else form.value
    return memo.format_of(output) if output else ""


def _listed(given: str) -> list[str]:
    return [each.strip() for each in _BETWEEN.split(given) if each.strip()]


def _show(made: Comparison) -> None:
    """The table, what stands beside each cell, then the numbered quotes with their places."""
    show_table(made.table)
    if made.beside:
        _show_beside(made)
    said = {number: cell.text for row in made.table.rows for cell in row.cells for number in cell.citations}
    show_quotes(made.citations, made.language, said=said)
    for note in made.notes:
        terminal.show_line(Text(note, style="dim"))


def _show_beside(made: Comparison) -> None:
    """Row by row what the document beside says, and how the row's documents stand to it."""
    beside = made.beside
    if beside is None:
        return
    terminal.show_line(Text())
    terminal.show_line(Text(say(made.language, "beside", beside.title), style="bold"))
    for row, cells in zip(beside.table.rows, beside.cells, strict=True):
        for column, cell, stood in zip(beside.table.columns, row.cells, cells, strict=True):
            relation = say(made.language, f"beside.{stood.relation}")
            marks = "".join(f" [{number}]" for number in stood.citations)
            line = Text.assemble(f"{row.label} · {column}: ", (relation, _STYLES[stood.relation]), (marks, "bold cyan"))
            terminal.show_line(line, indent=2)
            if cell.missing is None:
                terminal.show_line(Text(cell.text, style="italic"), indent=4)
