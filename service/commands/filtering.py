"""The options that keep a question or a search to some documents, checked before anything is asked."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.service.commands import terminal
from sinkqa.service.commands.options import Kind

if TYPE_CHECKING:
    from sinkqa.index.hit import Filters
    from sinkqa.service.engine import Engine

Documents = Annotated[
    list[str] | None, typer.Option("--doc", help="Only this document (id or its beginning); repeatable.")
]
Languages = Annotated[list[str] | None, typer.Option("--language", help="Only passages in this language: zh, en, ja.")]
Jurisdictions = Annotated[
    list[str] | None,
    typer.Option(
        "--jurisdiction", help="Only documents of this country, by its code (CN, US, NZ), EU or UN; repeatable."
    ),
]
Types = Annotated[list[Kind] | None, typer.Option("--type", help="Only documents of this format; repeatable.")]
Since = Annotated[int | None, typer.Option("--from", help="Only documents of this year or later.")]
Topics = Annotated[
    list[str] | None,
    typer.Option("--topic", help="Only documents about it: forest, grassland, cropland, wetland, ocean, market."),
]
Kinds = Annotated[
    list[str] | None, typer.Option("--kind", help="Only documents of this kind: law, order, plan, methodology.")
]
Until = Annotated[int | None, typer.Option("--to", help="Only documents of this year or earlier.")]


def filters(
    engine: Engine,
    doc: Sequence[str] | None,
    language: Sequence[str] | None,
    jurisdiction: Sequence[str] | None,
    kind: Sequence[str] | None,
    since: int | None,
    until: int | None,
    topics: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
) -> Filters:
    """The options as the index takes them.

    Raises:
        InvalidFilter: a jurisdiction or a language that has no such code, or a topic or kind that is not known.
    """
    from sinkqa.index.hit import Filters

    chosen = Filters(
        doc_ids=tuple(doc or ()),
        languages=tuple(_code(engine, "language", name) for name in language or ()),
        jurisdictions=tuple(_code(engine, "jurisdiction", name) for name in jurisdiction or ()),
        types=tuple(kind or ()),
        year_from=since,
        year_to=until,
    )
    return engine.narrowed(chosen, {"topic": topics or (), "kind": kinds or ()}) if topics or kinds else chosen


def note_empty(engine: Engine, chosen: Filters) -> None:
    """Says on stderr which of the chosen jurisdictions the library has no document of; for when nothing was found."""
    held = _held(engine, "jurisdiction")
    for code in chosen.jurisdictions:
        if code not in held:
            terminal.show_note("note", f"no document here is of {code}; {_listed(held)}", style="yellow")


def _code(engine: Engine, field: str, given: str) -> str:
    """The code that was given, in the case that it is stored in.

    Raises:
        InvalidFilter: there is no such code; the message names those that the library has.
    """
    from sinkqa.service.documents.editing import checked
    from sinkqa.service.errors import InvalidCorrection, InvalidFilter

    code = given.strip().upper() if field == "jurisdiction" else given.strip().lower()
    try:
        known = checked({field: code})[field]
    except InvalidCorrection:
        known = None
    if code and known == code:
        return code
    held = _held(engine, field)
    meant = str(known) if known else _meant(field, given, held)
    hint = f"; did you mean {meant}?" if meant else ""
    raise InvalidFilter(f"--{field} {given[:40]!r}: expected one of {', '.join(held) or 'the codes of ISO'}{hint}")


def _meant(field: str, given: str, held: Sequence[str]) -> str:
    """The code of a name, or one that looks like what was given; "" where nothing does."""
    if field == "jurisdiction":
        from sinkqa.ingest.about.places import countries_in

        for name in (given, given.title()):
            if found := next(countries_in(name), None):
                return found[2]
    named = {"chinese": "zh", "中文": "zh", "english": "en", "英文": "en", "japanese": "ja", "日文": "ja", "cn": "zh"}
    if field == "language" and given.strip().lower() in named:
        return named[given.strip().lower()]
    close = get_close_matches(given.upper() if field == "jurisdiction" else given.lower(), held, n=1, cutoff=0.5)
    return close[0] if close else ""


def _held(engine: Engine, field: str) -> list[str]:
    """The codes that the library's documents have, in their order."""
    return sorted({code for record in engine.documents() if (code := getattr(record.metadata, field))})


def _listed(held: Sequence[str]) -> str:
    return f"the library has documents of {', '.join(held)}" if held else "of none of its documents is that known"
