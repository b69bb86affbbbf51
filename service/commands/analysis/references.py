"""Lists on the command line what a document names, and what names it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from sinkqa.service.commands import terminal
from sinkqa.service.commands.options import AsJson, Collection, Library, open_engine
from sinkqa.service.commands.phrases import count, flat

if TYPE_CHECKING:
    from sinkqa.service.references.listing import DocumentReferences, NamedDocument

_COLOURS = {"missing": "red", "probable": "yellow"}


def references(
    doc_id: Annotated[str, typer.Argument(metavar="DOC", help="The document's id, or its first 6 or more digits.")],
    library: Library = None,
    collection: Collection = None,
    as_json: AsJson = False,
) -> None:
    """List the documents that a document names, what each comes to in the library, and the documents that name it."""
    found = open_engine(library, collection).references_of(doc_id)
    if as_json:
        return terminal.show_json(found.as_dict())
    return _show(found)


def _show(found: DocumentReferences) -> None:
    terminal.show_line(Text(found.title, style="bold"))
    for each in found.mentions:
        terminal.show_line(_line(each))
        resolution = each.resolution
        if resolution.doc_ids:
            others = f" and {count(len(resolution.doc_ids) - 1, 'other')}" if len(resolution.doc_ids) > 1 else ""
            terminal.show_line(Text(f"{resolution.doc_ids[0][:12]}  {flat(resolution.title)}{others}"), indent=4)
        elif resolution.title and resolution.title != each.name:
            terminal.show_line(Text(flat(resolution.title), style="dim"), indent=4)
        told = [resolution.reason, resolution.address if resolution.address != each.name else None]
        for line in filter(None, told):
            terminal.show_line(Text(line, style="dim"), indent=4)
    missing = sum(each.resolution.how == "missing" for each in found.mentions)
    told_of = f"{count(found.total, 'name')}, of which {missing} in no document of the library"
    terminal.show_line(Text(told_of, style="dim"))
    if found.cited_by:
        terminal.show_line(Text())
        terminal.show_line(Text("Named by", style="bold"))
    for citing in found.cited_by:
        where = f"{count(citing.times, 'time')}, first on page {citing.first.page}"
        terminal.show_line(Text.assemble((citing.doc_id[:12], "cyan"), f"  {flat(citing.title)}  ", (where, "dim")))


def _line(each: NamedDocument) -> Text:
    how = each.resolution.how
    page = each.places[0].page
    year = f" ({each.year})" if each.year and str(each.year) not in each.name else ""
    said = f"  {flat(each.name)}{year}  "
    return Text.assemble((how, _COLOURS.get(how, "green")), said, (f"p. {page}, {count(each.times, 'time')}", "dim"))
