"""Metadata of a Word file: title, authors, year, language."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sinkqa.ingest.about.dating import issue_year
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers.docx.package import Package
from sinkqa.ingest.readers.pieces.draft import Piece


@dataclass(frozen=True, slots=True)
class _Properties:
    """The file's own properties; empty if it has none."""

    title: str
    author: str
    language: str
    year: int | None


def _properties(package: Package) -> _Properties:
    """The core properties. If they are damaged, only they are lost."""
    found: dict[str, str] = {}
    for part in package.related("", "core-properties"):
        with suppress(SyntaxError):
            found |= {
                str(element.tag).rpartition("}")[2]: (element.text or "").strip() for element in package.xml(part)
            }
    year = re.match(r"[12]\d{3}(?=-)", found.get("created", ""))
    return _Properties(
        found.get("title", ""), found.get("creator", ""), found.get("language", ""), int(year[0]) if year else None
    )


def metadata_of(package: Package, pieces: Sequence[Piece], name: str) -> Metadata:
    """Returns the metadata from the first heading in the title's style and from the properties of the file."""
    properties = _properties(package)
    heading = next((piece.text for piece in pieces if piece.kind == "heading" and piece.level == 0), None)
    text = "\n".join(piece.text for piece in pieces)
    year = issue_year(heading or properties.title, text, name)
    if year is None and properties.year and properties.year > 1990:  # template dates of old Word versions
        year = properties.year
    language = properties.language.split("-")[0].lower()
    authors = re.split(r"[;；]", properties.author)
    return Metadata(
        title=heading or _own_title(properties.title),
        authors=tuple(author.strip() for author in authors if author.strip() not in ("", "python-docx")),
        year=year,
        language=language or None,
    )


def _own_title(title: str) -> str | None:
    """The title property, unless it is the default of an empty template."""
    return title.strip() if title.strip() not in ("", "Word Document", "Document") else None
