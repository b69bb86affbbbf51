"""Says on the command line whether documents are in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.options import AsJson, Collection, Library, open_engine
from sinkqa.service.commands.phrases import count, flat
from sinkqa.service.commands.pictures import PICTURES

if TYPE_CHECKING:
    from sinkqa.service.references.standings import DocumentStanding

_COLUMNS = ("id", "standing", "since", "until", "title")
_COLOURS = {"in_force": "green", "unknown": "dim", "not_yet": "yellow", "proposed": "yellow"}


def standing(
    doc_id: Annotated[
        str | None, typer.Argument(metavar="[DOC]", help="The document's id, or its first 6 or more digits.")
    ] = None,
    library: Library = None,
    collection: Collection = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of", formats=["%Y-%m-%d"], metavar="DATE", help="The day that is asked about; default: today."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a document is in force, as far as texts of the library say so; without DOC, of all documents."""
    engine = open_engine(library, collection)
    on = as_of.date() if as_of else None
    if doc_id is not None:
        return _show(engine.standing(doc_id, on), as_json=as_json)
    return _list(engine.standings(on), as_json=as_json)


def _show(found: DocumentStanding, *, as_json: bool) -> None:
    """The standing of one document, and the words that say so."""
    if as_json:
        return terminal.show_json(found.as_dict())
    standing = found.standing
    terminal.show_line(Text(found.title, style="bold"))
    newer = f"{standing.newer_title}  {standing.newer[:12]}" if standing.newer else None
    facts = {"on": standing.on, "since": standing.since, "until": standing.until, "newer": newer}
    terminal.show_line(Text(_said(standing.status), style=_COLOURS.get(standing.status, "red")))
    terminal.show_facts(facts)
    for quote in standing.quotes:
        terminal.show_line(Text())
        terminal.show_line(Text(flat(quote.quote)))
        terminal.show_line(Text(f"{quote.title} · {quote.passage_id}", style="dim"), indent=4)
    if standing.status == "unknown":
        terminal.show_line(Text("No text of the library says so: it may well be in force.", style="dim"))
    return None


def _list(found: Sequence[DocumentStanding], *, as_json: bool) -> None:
    """A table of all documents; in a pipe one line each, columns parted by tabs."""
    if as_json:
        return terminal.show_json({"standings": [each.as_dict() for each in found]})
    rows = [_row(each) for each in found]
    if terminal.room() is None:
        return terminal.write("".join("\t".join(row) + "\n" for row in [_COLUMNS, *rows]))
    if terminal.room() == "narrow":
        for each, row in zip(found, rows, strict=True):
            terminal.show_line(Text.assemble((row[0], "cyan"), "  ", _painted(each), "  ", row[-1]))
    else:
        _show_rows(found, rows)
    counts = Counter(each.standing.status for each in found)
    told = ", ".join(f"{_said(status)} {number}" for status, number in counts.most_common())
    terminal.show_line(Text(f"{count(len(found), 'document')}: {told}", style="dim"))
    return None


def _show_rows(found: Sequence[DocumentStanding], rows: Sequence[Sequence[str]]) -> None:
    from rich.table import Table

    table = Table(*_COLUMNS, box=None, header_style="bold", pad_edge=False)
    table.columns[0].no_wrap, table.columns[-1].overflow, table.columns[-1].ratio = True, "fold", 1
    for each, row in zip(found, rows, strict=True):
        table.add_row(Text(row[0]), _painted(each), *map(Text, row[2:]))
    terminal.show_table(table)


def _painted(each: DocumentStanding) -> Text:
    return Text(_said(each.standing.status), style=_COLOURS.get(each.standing.status, "red"))


def _row(each: DocumentStanding) -> tuple[str, ...]:
    standing = each.standing
    title = flat(each.title).translate(PICTURES)
    return each.doc_id[:12], _said(standing.status), standing.since or "", standing.until or "", title


def _said(status: str) -> str:
    return status.replace("_", " ")
