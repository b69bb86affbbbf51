"""Reads the metadata of an HTML page: title, authors, date, language, issuer, address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sinkqa.ingest.about.dating import enactment_year
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.readers.pieces.draft import Piece

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_TITLE_KEYS = ("citation_title", "dc.title", "dcterms.title", "articletitle", "og:title")
_AUTHOR_KEYS = ("citation_author", "author", "dc.creator", "dcterms.creator")
_DATE_KEYS = ("citation_publication_date", "citation_date", "dc.date", "dcterms.issued", "dcterms.date", "pubdate",
              "article:published_time", "publishdate", "date")  # fmt: skip
_ISSUER_KEYS = ("dc.publisher", "dcterms.publisher", "publisher", "contentsource", "og:site_name")
_MAX_TITLE = 600
_TELLING = re.compile(r".{8,200}[^。，；：.,;:!?！？]", re.DOTALL)
_FILE_NAME = re.compile(r"[\w.%() -]*\.(?:docx?|html?|pdf|indd|xml)|\S*[_%]\S*|untitled.*|无标题.*", re.IGNORECASE)


def head_metadata(tree: LexborHTMLParser, pieces: Sequence[Piece]) -> Metadata:
    """Returns metadata from the head of a page and from the piece that looks like its title.

    Unknown fields stay None.
    """
    fields = _fields(tree)
    title = _title(tree, fields, pieces)
    links = tree.css("link[rel=canonical]")
    root = tree.root
    language = (root.attributes.get("lang") or root.attributes.get("xml:lang")) if root else None
    return Metadata(
        title=title,
        authors=tuple(fields[key] for key in _AUTHOR_KEYS if key in fields)[:1],
        year=enactment_year(title) or _year(fields),
        language=language.split("-")[0].lower() if language else None,
        issuer=next((fields[key] for key in _ISSUER_KEYS if key in fields), None),
        url=next((link.attributes.get("href") for link in links), None) or fields.get("og:url"),
    )


def _fields(tree: LexborHTMLParser) -> dict[str, str]:
    fields: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        key = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        value = (node.attributes.get("content") or "").strip()
        if key and value:
            fields.setdefault(key, value)
    return fields


def _year(fields: dict[str, str]) -> int | None:
    for key in _DATE_KEYS:
        if found := re.search(r"\b(1[89]\d\d|20\d\d)\b", fields.get(key, "")):
            return int(found[1])
    return None


def _title(tree: LexborHTMLParser, fields: dict[str, str], pieces: Sequence[Piece]) -> str | None:
    """The title heading, a title named by the page, the head's fields, or the first suitable line."""
    candidates = [piece.text for piece in pieces if piece.kind == "heading" and piece.level == 0]
    candidates += [piece.text for piece in pieces if piece.title]
    candidates += [fields[key] for key in _TITLE_KEYS if key in fields]
    candidates += [node.text(deep=True).strip() for node in tree.css("head > title")]
    if len(pieces) > 3:
        candidates += [
            piece.text for piece in pieces[:3] if piece.kind == "paragraph" and _TELLING.fullmatch(piece.text)
        ]
    for text in candidates:
        title = re.sub(r"\s+", " ", text).strip()
        if 2 <= len(title) <= _MAX_TITLE and not _FILE_NAME.fullmatch(title):
            return title
    return None
