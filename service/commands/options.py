"""What commands share: their options, and the opening of the library with a word about a first use."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sinkqa.service.commands import terminal

if TYPE_CHECKING:
    from sinkqa.service.engine import Engine

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


class Mode(StrEnum):
    """Legs of the search."""

    hybrid = "hybrid"
    lexical = "lexical"
    dense = "dense"


def open_engine(
    library: Path | None, collection: str | None, *, starter: bool = True, reencode: bool = False
) -> Engine:
    """The collection; on first use of the default one the ``starter`` corpus is indexed, with a word about it."""
    from sinkqa.service.engine import Engine
    from sinkqa.service.hosting.collections import DEFAULT, Collections
    from sinkqa.service.settings import Settings

    settings = Settings.load(library=library, collection=collection)
    if starter and settings.collection == DEFAULT and not Engine.exists(settings):
        with terminal.progress("First use: indexing the starter corpus", quiet=False) as advance:
            return Engine.start(settings, on_progress=advance)
    return Collections(settings).engine(settings.collection, reencode=reencode)
