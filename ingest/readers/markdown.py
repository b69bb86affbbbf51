"""Reads Markdown: renders it to markup and reads that. Front matter gives the metadata."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from sinkqa.ingest.document import Document, Metadata
from sinkqa.ingest.readers.decoding.charset import decode
from sinkqa.ingest.readers.html.reader import markup_pieces
from sinkqa.ingest.readers.html.visible.leftout import LeftOut
from sinkqa.ingest.readers.pieces.draft import Piece, compose
from sinkqa.ingest.readers.pieces.fields import split_fields
from sinkqa.ingest.readers.pieces.outline import outline
from sinkqa.ingest.readers.sheets.dialects import to_markup


def read_markdown(content: bytes, name: str) -> Document:
    """Reads Markdown (CommonMark with tables and footnotes). The source text is the rendered text, a block a line.

    ``<!-- page: 8 -->`` on a line of its own begins page 8 of the original. Raises EmptyDocument if no text remains.
    """
    text, warnings = decode(content, name)
    fields, body, doubts = split_fields(text)
    left = LeftOut()
    pieces = outline(markdown_pieces(body, left, name=name))
    return compose(
        pieces,
        name=name,
        content=content,
        media_type="text/markdown",
        metadata=_metadata(fields, pieces),
        warnings=[*warnings, *(f"{name}: {doubt}" for doubt in doubts), *left.warnings()],
    )


def markdown_pieces(text: str, left: LeftOut | None = None, *, name: str = "a text in Markdown") -> list[Piece]:
    """Returns pieces of Markdown without front matter, before headings are decided. Raw HTML is read like a page."""
    return markup_pieces(to_markup(text), left, name=name)


def _metadata(fields: Mapping[str, object], pieces: list[Piece]) -> Metadata:
    heading = next((piece.text for piece in pieces if piece.kind == "heading" and piece.level == 0), None)
    language = _first(fields, "lang", "language")
    return Metadata(
        title=_first(fields, "title") or heading,
        authors=_names(fields.get("authors") or fields.get("author")),
        year=_year(fields),
        language=language.split("-")[0].lower() if language else None,
        issuer=_first(fields, "issuer", "publisher", "institution"),
        jurisdiction=_first(fields, "jurisdiction"),
        url=_first(fields, "url", "source_url", "official_url", "link", "permalink"),
        digest_of=_first(fields, "digest_of"),
        place=_first(fields, "place"),
    )


def _first(fields: Mapping[str, object], *keys: str) -> str | None:
    for key in keys:
        value = fields.get(key)
        if isinstance(value, (str, int)) and (text := " ".join(str(value).split())):
            return text
    return None


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(filter(None, map(str.strip, re.split(r"[;；、]|,(?=\s)|，|\sand\s", value))))
    return tuple(item.strip() for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _year(fields: Mapping[str, object]) -> int | None:
    for key in ("year", "date", "published", "published_time", "issued"):
        value = fields.get(key)
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.year
        if isinstance(value, (str, int)) and (found := re.match(r"\s*(1[5-9]\d\d|20\d\d)(?!\d)", str(value))):
            return int(found[1])
    return None
