"""The command line: translates in, calls the engine, translates out.

Exit status: 0 done (an abstention is an answer), 1 a named error, 2 wrong usage. A command imports what answers, reads
or serves when it runs: nobody who asks for help or a list waits for it.
"""

# ruff: noqa: E402  # Ctrl-C is seen to before what takes time to import
from __future__ import annotations

import signal
from contextlib import suppress

_INTERRUPTED = signal.getsignal(signal.SIGINT)
if _INTERRUPTED is signal.default_int_handler:  # a shell has it ignored by what runs in the background
    with suppress(ValueError):  # of a thread that may not
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until all is imported, it ends the process without a traceback

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
from sinkqa.service.commands.analysis.compare import compare
from sinkqa.service.commands.analysis.references import references
from sinkqa.service.commands.analysis.standing import standing
from sinkqa.service.commands.analysis.trail import trail
from sinkqa.service.commands.asking.ask import ask
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
    note_empty,
)
from sinkqa.service.commands.given import Group
from sinkqa.service.commands.options import AsJson, Collection, Count, Library, Mode, Sort, open_engine, text_or_stdin
from sinkqa.service.commands.phrases import count
from sinkqa.service.commands.showing.checks import show_quote, show_verified
from sinkqa.service.commands.showing.passages import show_search
from sinkqa.service.commands.surveying import overview as surveying

if _INTERRUPTED is signal.default_int_handler:
    with suppress(ValueError):
        signal.signal(signal.SIGINT, _INTERRUPTED)

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _path(given: str) -> Path:
    """Accepts a path unchecked. A wrong path is reported when it is read, so that the other files are still added."""
    if not given:  # Path("") would be the folder that the command runs in
        raise typer.BadParameter("expected a file or a folder, got an empty name")
    return Path(given)


def _show_version(wanted: bool) -> None:
    if wanted:
        from sinkqa.service.versions import versions

        facts = versions()
        terminal.show_line(Text(f"sinkqa {facts.pop('version')}"))
        for name, value in facts.items():
            terminal.show_line(Text(f"{name} {value}"))
        raise typer.Exit


@app.callback()
def sinkqa(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Print the version, the format of libraries and the encoder.",
        ),
    ] = False,
) -> None:
    """Ask climate-policy documents, in Chinese or English, and get answers whose quotes are checked."""


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
    with terminal.reading("Adding", quiet=as_json) as advance:
        report = engine.add(paths, on_reading=advance)
    terminal.show_added(report, as_json=as_json)
    if report.failed:
        raise typer.Exit(1)


app.command()(ask)
app.command()(compare)


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
    topic: Topics = None,
    document_kind: Kinds = None,
    as_json: AsJson = False,
) -> None:
    """List the passages that fit a query best, and why."""
    engine = open_engine(library, collection)
    chosen = filters(engine, doc, language, jurisdiction, kind, since, until, topic, document_kind)
    result = engine.search(text_or_stdin(query), k=k, mode=mode.value, filters=chosen)
    show_search(result, as_json=as_json)
    if not result.hits:
        note_empty(engine, chosen)


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
        show_quote(engine.verify_quote(text_or_stdin(text)), as_json=as_json)
    else:
        show_verified(engine.verify(text_or_stdin(text)), as_json=as_json)


@app.command("list")
def list_documents(
    library: Library = None,
    collection: Collection = None,
    sort: Annotated[
        Sort | None, typer.Option(help="What to sort by, the newest or largest first; default: title.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the documents in the library: sorted, under the names of the columns, which are parted by tabs in a pipe."""
    holdings.listed(
        open_engine(library, collection).documents(), sort=str(sort.value) if sort else "title", as_json=as_json
    )


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


app.command()(trail)
app.command()(surveying.overview)
app.command()(standing)
app.command()(references)
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
