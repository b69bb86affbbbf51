"""The command that corrects what is known about a document."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from sinkqa.index.editable import EDITABLE
from sinkqa.service.commands import holdings
from sinkqa.service.commands.options import AsJson, Collection, Library, open_engine

Field = Enum("Field", {name: name for name in EDITABLE})  # type: ignore[misc]  # from the one list


def edit(
    document: Annotated[str, typer.Argument(help="Document id or its beginning (6 characters or more).")],
    library: Library = None,
    collection: Collection = None,
    title: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    issuer: Annotated[str | None, typer.Option(help="Who issued it.")] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(help="Whose law or policy it holds: a country's code, EU or UN.")
    ] = None,
    place: Annotated[str | None, typer.Option(help="The part of the country that it is of, by its name.")] = None,
    year: Annotated[str | None, typer.Option(help="Year of issue, four digits.")] = None,
    language: Annotated[str | None, typer.Option(help="Its language: zh, en, ja or another code.")] = None,
    url: Annotated[str | None, typer.Option(help="Official address of the original.")] = None,
    clear: Annotated[
        list[Field] | None, typer.Option(help="Take this correction back to what was read; repeatable.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Correct what is known of a document: title, issuer, place, year and the like.

    Filters, titles and answers follow at once. An empty value takes a correction back. What was read is kept beside
    it, and corrections outlast newer versions of the document, but for the year.
    """
    said = {"title": title, "issuer": issuer, "jurisdiction": jurisdiction, "place": place, "year": year}
    given: dict[str, str | None] = {
        name: value for name, value in (said | {"language": language, "url": url}).items() if value is not None
    }
    cleared: dict[str, str | None] = {str(field.value): None for field in clear or ()}
    if both := given.keys() & cleared.keys():
        raise typer.BadParameter(f"--{min(both)} and --clear {min(both)} at once: give one of them")
    if not given | cleared:
        raise typer.BadParameter("nothing to correct: give at least one field, or --clear one")
    record = open_engine(library, collection, starter=False).edit(document, given | cleared)
    holdings.edited(record, as_json=as_json)
