"""The command line: translates in, calls the engine, translates out.

Exit status: 0 done (an abstention is an answer), 1 a named error, 2 wrong usage. A command imports what answers, reads
or serves when it runs: nobody who asks for help or a list waits for it.
"""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.commands import edit, fetch, holdings, key, serve, terminal
from sinkqa.service.commands.given import Group
from sinkqa.service.commands.options import AsJson, Collection, Kind, Library, Mode, open_engine
from sinkqa.service.commands.phrases import count

app = typer.Typer(
    cls=Group,
    help="Ask climate-policy documents, in Chinese or English, and get answers whose quotes are checked.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

Count = Annotated[int | None, typer.Option("-k", min=1, max=100, help="Number of passages.")]
Documents = Annotated[
    list[str] | None, typer.Option("--doc", help="Only this document (id or its beginning); repeatable.")
]
Languages = Annotated[list[str] | None, typer.Option("--language", help="Only passages in this language: zh, en, ja.")]
Jurisdictions = Annotated[
    list[str] | None, typer.Option("--jurisdiction", help="Only documents of CN, US, EU, JP, NZ or UN.")
]
Types = Annotated[list[Kind] | None, typer.Option("--type", help="Only documents of this format; repeatable.")]
Export = Annotated[
    Path | None,
    typer.Option("--export", help="Write the answer with notes to this file: .docx, .md, .html, .xlsx, .bib, .ris."),
]
Since = Annotated[int | None, typer.Option("--from", help="Only documents of this year or later.")]
Until = Annotated[int | None, typer.Option("--to", help="Only documents of this year or earlier.")]


def _path(given: str) -> Path:
    """As it is: what is wrong with one path is told when it is read, and the others still land."""
    if not given:  # Path("") would be the folder that the command runs in
        raise typer.BadParameter("expected a file or a folder, got an empty name")
    return Path(given)


def _text_or_stdin(text: str) -> str:
    """A lone dash stands for standard input, as in other tools."""
    return sys.stdin.read() if text == "-" else text


@app.command()
def add(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Files or folders: PDF, HTML, Office, EPUB, mail, Markdown, text, CSV.", parser=_path),
    ],
    library: Library = None,
    collection: Collection = None,
    workers: Annotated[int | None, typer.Option(help="Processes that read files; default: one for each core.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take files or folders into the library. A file that fails is named; the others still land.

    A library begun so holds what you add and nothing else; the starter corpus comes with a first question.
    """
    from sinkqa.service.hosting.collections import Collections
    from sinkqa.service.settings import Settings

    gc.enable()
    settings = Settings.load(library=library, collection=collection, workers=workers)
    engine = Collections(settings).engine(settings.collection, create=True)
    with terminal.progress("Adding", quiet=as_json) as advance:
        report = engine.add(paths, on_progress=advance)
    terminal.show_added(report, as_json=as_json)
    if report.failed:
        raise typer.Exit(1)


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question; - reads it from standard input.")],
    library: Library = None,
    collection: Collection = None,
    k: Count = None,
    doc: Documents = None,
    language: Languages = None,
    jurisdiction: Jurisdictions = None,
    kind: Types = None,
    since: Since = None,
    until: Until = None,
    generate: Annotated[
        bool, typer.Option("--generate", help="Let the language model that is set write it; every sentence is checked.")
    ] = False,
    export: Export = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with checked quotes, or say why the library cannot."""
    from sinkqa.service.commands import memo

    kind_of_file = memo.format_of(export) if export else ""  # what cannot be written is told before anything is asked
    engine = open_engine(library, collection)
    filters = terminal.filters(doc, language, jurisdiction, kind, since, until)
    answer = engine.ask(_text_or_stdin(question), k=k, filters=filters, generate=generate)
    terminal.show_answer(answer, as_json=as_json)
    if export:
        memo.write(answer, engine, export, kind_of_file, library=library, collection=collection)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words to look for; - reads them from standard input.")],
    library: Library = None,
    collection: Collection = None,
    k: Count = None,
    mode: Annotated[Mode, typer.Option(help="Which legs to use.")] = Mode.hybrid,
    doc: Documents = None,
    language: Languages = None,
    jurisdiction: Jurisdictions = None,
    kind: Types = None,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """List the passages that fit a query best, and why."""
    engine = open_engine(library, collection)
    filters = terminal.filters(doc, language, jurisdiction, kind, since, until)
    result = engine.search(_text_or_stdin(query), k=k, mode=mode.value, filters=filters)
    terminal.show_search(result, as_json=as_json)


@app.command()
def verify(
    text: Annotated[str, typer.Argument(help="The text to check; - reads it from standard input.")],
    library: Library = None,
    collection: Collection = None,
    quote: Annotated[
        bool, typer.Option("--quote", help="The text is a quote: say whether it is exact, altered or absent.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say of each statement in a text whether the library supports or contradicts it, or does not know."""
    engine = open_engine(library, collection)
    if quote:
        terminal.show_quote(engine.verify_quote(_text_or_stdin(text)), as_json=as_json)
    else:
        terminal.show_verified(engine.verify(_text_or_stdin(text)), as_json=as_json)


@app.command("list")
def list_documents(library: Library = None, collection: Collection = None, as_json: AsJson = False) -> None:
    """List the documents in the library."""
    holdings.listed(open_engine(library, collection).documents(), as_json=as_json)


@app.command()
def show(
    document: Annotated[str, typer.Argument(help="Document id or its beginning (6 characters or more).")],
    library: Library = None,
    collection: Collection = None,
    text: Annotated[bool, typer.Option("--text", help="Print the source text and nothing else.")] = False,
    passages: Annotated[bool, typer.Option("--passages", help="Print every passage.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one document: what is known of it, its outline, its text or its passages."""
    engine = open_engine(library, collection, starter=False)
    holdings.one(
        engine.document(document),
        engine.passages(document),
        text=engine.text(document) if text else None,
        whole=passages,
        as_json=as_json,
    )


@app.command()
def remove(
    documents: Annotated[list[str], typer.Argument(help="Document ids or their beginnings.")],
    library: Library = None,
    collection: Collection = None,
    as_json: AsJson = False,
) -> None:
    """Delete documents, leaving nothing of them findable."""
    engine = open_engine(library, collection, starter=False)
    holdings.removed([engine.remove(document) for document in documents], as_json=as_json)


@app.command()
def doctor(
    library: Library = None,
    collection: Collection = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make vectors of another encoder and all search indexes anew.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Check what is installed, loaded, stale or damaged."""
    from sinkqa.index.errors import LibraryError
    from sinkqa.service.documents.doctor import examine
    from sinkqa.service.settings import Settings

    gc.enable()
    try:
        engine = open_engine(library, collection, reencode=rebuild)
        if rebuild:
            engine.rebuild()
        report = engine.doctor()
    except LibraryError as error:
        settings = Settings.load(library=library, collection=collection)
        terminal.show_doctor(examine(settings, trouble=error), as_json=as_json)
        raise
    terminal.show_doctor(report, as_json=as_json)
    if report.problems:
        raise typer.Exit(1)


@app.command()
def backup(
    to: Annotated[Path, typer.Argument(help="Folder to make; it must not be there yet.")],
    library: Library = None,
    as_json: AsJson = False,
) -> None:
    """Copy all collections and keys, while a server runs if one does. The copy is a library: move it to restore it."""
    from sinkqa.service.hosting.backup import back_up
    from sinkqa.service.settings import Settings

    copied = back_up(Settings.load(library=library), to)
    if as_json:
        return terminal.show_json({"backup": str(to), "collections": copied})
    for name, documents in copied.items():
        terminal.show_line(Text(f"backed up {documents} documents of {name} to {to}"))
    return None


@app.command()
def upgrade(library: Library = None, as_json: AsJson = False) -> None:
    """Raise a library that an older version wrote to the format of today: all collections and their search indexes."""
    from dataclasses import asdict

    from sinkqa.service.hosting.upgrading import upgrade
    from sinkqa.service.settings import Settings

    upgraded = upgrade(Settings.load(library=library))
    if as_json:
        return terminal.show_json({"collections": [asdict(each) for each in upgraded]})
    for each in upgraded:
        became = f"is of format {each.after}" if each.before == each.after else f"format {each.before} → {each.after}"
        terminal.show_line(Text(f"{each.collection}: {became}, {count(each.documents, 'document')}"))
    return None


@app.command()
def migrate(
    to: Annotated[
        str, typer.Option(help="Address of a PostgreSQL database, postgresql://user@host/name, or a folder.")
    ],
    library: Library = None,
    as_json: AsJson = False,
) -> None:
    """Copy all documents into a database, or back into a folder. Begun again, it goes on where it was."""
    from sinkqa.service.hosting.migrating import migrate as move
    from sinkqa.service.settings import Settings

    with terminal.progress("Copying", quiet=as_json) as advance:
        moved = move(Settings.load(library=library), to, on_progress=advance)
    if as_json:
        return terminal.show_json({name: each._asdict() for name, each in moved.items()})
    for name, each in moved.items():
        terminal.show_line(
            Text(f"{name}: {each.copied} documents copied, {each.there} were there; {each.passages} passages compared")
        )
    return None


app.command()(edit.edit)
app.command()(fetch.fetch)
app.command()(serve.serve)
app.command()(serve.mcp)
app.add_typer(key.app, name="key")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without looking for garbage, which a question makes little of and costs a tenth of its time; nor at exit."""
    atexit.register(gc.freeze)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def main() -> None:
    """Entry point of ``sinkqa``."""
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):  # what a terminal or a pipe cannot encode becomes a question mark
            stream.reconfigure(errors="replace")
    try:
        with _uncollected():
            app()
    except SinkQAError as error:
        terminal.show_error(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
