"""What commands share: their options, and the opening of the library with a word about a first use."""

from __future__ import annotations

import sys
from datetime import datetime
from enum import Enum, StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.service.commands import terminal

if TYPE_CHECKING:
    from sinkqa.service.engine import Engine
    from sinkqa.service.intake.reading import AddProgress, OnReading
    from sinkqa.service.settings import Settings

Library = Annotated[
    Path | None,
    typer.Option(
        "--library", "-l", envvar="SINKQA_LIBRARY", help="Folder of the library; default: your user data folder."
    ),
]
Collection = Annotated[
    str | None,
    typer.Option("--collection", "-c", envvar="SINKQA_COLLECTION", help="Collection of the library; default: default."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        metavar="DATE",
        help="The day whose law is asked about, as YYYY-MM-DD; default: today.",
    ),
]
Count = Annotated[int | None, typer.Option("-k", min=1, max=100, help="Number of passages.")]


def text_or_stdin(text: str) -> str:
    """A lone dash stands for standard input, as in other tools."""
    return sys.stdin.read() if text == "-" else text


class Kind(StrEnum):
    """Formats of documents."""

    pdf = "pdf"
    html = "html"
    docx = "docx"
    markdown = "markdown"
    text = "text"
    json = "json"
    csv = "csv"
    xlsx = "xlsx"
    pptx = "pptx"
    epub = "epub"
    mail = "mail"


Sort = Enum("Sort", {"title": "title", "where": "where", "year": "year", "passages": "passages"})
"""Orders of a list of documents."""


class Mode(StrEnum):
    """Legs of the search."""

    hybrid = "hybrid"
    lexical = "lexical"
    dense = "dense"


def open_engine(
    library: Path | None, collection: str | None, *, starter: bool = True, reencode: bool = False, quiet: bool = False
) -> Engine:
    """The collection. On first use of the default one the ``starter`` corpus is indexed, with a word about it.

    ``quiet``: without that word and a bar, where standard error is a log for programs.
    """
    from sinkqa.service.engine import Engine
    from sinkqa.service.hosting.collections import DEFAULT, Collections
    from sinkqa.service.settings import Settings

    settings = Settings.load(library=library, collection=collection)
    if starter and settings.collection == DEFAULT and not Engine.exists(settings):
        with terminal.reading("Indexing", quiet=quiet) as advance:
            return Engine.start(settings, on_reading=None if quiet else partial(_begun, settings, advance))
    return Collections(settings).engine(settings.collection, reencode=reencode)


def _begun(settings: Settings, advance: OnReading | None, now: AddProgress) -> None:
    """Says, once the library stands, what goes into it and how to have it otherwise; then how far that is."""
    if not now.done and not now.names:
        where = "the database that is set" if settings.store else str(settings.library)
        terminal.show_note(
            "first use",
            f"indexing the starter corpus, {now.files} documents, into {where}; "
            "for a library of your own: sinkqa add FOLDER --library mine",
            style="bold",
        )
    if advance:
        advance(now)
