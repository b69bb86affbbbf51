"""The command that asks: one question, those on standard input, or one after the other on a terminal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.service.commands import memo, terminal
from sinkqa.service.commands.filtering import (
    Documents,
    Jurisdictions,
    Kinds,
    Languages,
    Since,
    Topics,
    Types,
    Until,
    filters,
)
from sinkqa.service.commands.options import AsJson, AsOf, Collection, Count, Library, open_engine, text_or_stdin

if TYPE_CHECKING:
    from sinkqa.service.commands.asking.manner import Manner
    from sinkqa.service.engine import Engine

Export = Annotated[
    Path | None,
    typer.Option(
        "--export", help="Write the answer with notes to this file: .docx, .md, .html, .xlsx, .csv, .bib, .ris."
    ),
]

Generate = Annotated[
    bool, typer.Option("--generate", help="Let the language model that is set write it; every sentence is checked.")
]
Quotes = Annotated[
    bool, typer.Option("--quotes", help="Show every quote, also where the answer says it word for word.")
]


def ask(
    question: Annotated[
        str | None,
        typer.Argument(
            help="The question; - reads it from standard input. Without one, a terminal asks for one after the other, "
            "and a pipe gives one on each line."
        ),
    ] = None,
    library: Library = None,
    collection: Collection = None,
    k: Count = None,
    doc: Documents = None,
    language: Languages = None,
    jurisdiction: Jurisdictions = None,
    kind: Types = None,
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    topic: Topics = None,
    document_kind: Kinds = None,
    generate: Generate = False,
    quotes: Quotes = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Show the numbers behind the words, the library's version and the time.")
    ] = False,
    export: Export = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with checked quotes, or say why the library cannot.

    Sentences are quoted word for word; "…" stands where text of the source is left out. With --json, questions from a
    pipe are answered with one JSON object on each line.
    """
    kind_of_file = memo.format_of(export) if export else ""  # fails for an unknown format before anything is asked
    first = _first_line() if question is None and not _is_dialogue(as_json) else None
    from sinkqa.service.commands.asking.manner import Manner

    engine = open_engine(library, collection)
    manner = Manner(
        filters(engine, doc, language, jurisdiction, kind, since, until, topic, document_kind),
        k=k,
        as_of=as_of.date() if as_of else None,
        generate=generate,
        quotes=quotes,
        verbose=verbose,
        as_json=as_json,
        export=export,
        kind=kind_of_file,
        library=library,
        collection=collection,
    )
    if question is not None:
        _one(engine, manner, text_or_stdin(question))
    elif first is not None:
        _lines(engine, manner, first)
    else:
        _dialogue(engine, manner)


def _one(engine: Engine, manner: Manner, question: str) -> None:
    answer = engine.ask(question, **manner.asks)
    manner.show(answer, engine)
    manner.write([answer], engine)


def _lines(engine: Engine, manner: Manner, first: str) -> None:
    from sinkqa.service.commands.asking.lines import answer_lines

    if not answer_lines(engine, manner, first):
        raise typer.Exit(1)


def _dialogue(engine: Engine, manner: Manner) -> None:
    from sinkqa.service.commands.asking.dialogue import Dialogue

    Dialogue(engine, manner).run()


def _is_dialogue(as_json: bool) -> bool:
    return not as_json and terminal.is_dialogue()


def _first_line() -> str:
    """The first question on standard input.

    Raises:
        UsageError: there is none.
    """
    for line in sys.stdin:
        if line.strip("\ufeff \t\r\n"):
            return line
    raise typer.BadParameter("no question: give one, or one on each line of standard input", param_hint="QUESTION")
