"""Reading step of ingest: Markdown, rendered to markup and read as such; front matter gives the metadata."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from ingest.document import Document, Metadata
from ingest.errors import UnreadableDocument
from ingest.readers.charset import decode
from ingest.readers.draft import Piece, compose
from ingest.readers.html.leftout import LeftOut
from ingest.readers.html.reader import markup_pieces
from ingest.readers.outline import outline

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
# Lines and marks that speak to a site generator, not to the reader: ::: fences, @tab, [[toc]], {align="center"}.
_DIRECTIVE = re.compile(r"^[ \t]*(?:@tab\b.*|\[\[?_?toc_?\]?\][ \t]*)$", re.IGNORECASE | re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*:{3,}[ \t]*(?:[\w-]+[ \t]*)?(.*)$", re.MULTILINE)
_ATTRIBUTES = re.compile(r"(?<=\S)[ \t]*\{[.#]?[\w-]+(?:=(?:\"[^\"\n]*\"|[\w-]+))?\}[ \t]*$", re.MULTILINE)
_MAX_NESTING = 100
_MAX_FRONT_MATTER = 65_536


def read_markdown(content: bytes, name: str) -> Document:
    """Read Markdown (CommonMark with tables and footnotes); the source text is the rendered text, a block a line.

    ``<!-- page: 8 -->`` on a line of its own begins page 8 of the original. Raises UnreadableDocument for front
    matter that is not YAML, EmptyDocument where no text remains.
    """
    text, warnings = decode(content, name)
    fields, body = _split_front_matter(text, name)
    left = LeftOut()
    pieces = outline(markdown_pieces(body, left))
    return compose(
        pieces,
        name=name,
        content=content,
        media_type="text/markdown",
        metadata=_metadata(fields, pieces),
        warnings=[*warnings, *left.warnings()],
    )


def markdown_pieces(text: str, left: LeftOut | None = None) -> list[Piece]:
    """Pieces of Markdown without front matter, headings not yet settled; raw HTML in it is read like a page."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    text = _ATTRIBUTES.sub("", _DIRECTIVE.sub("", _FENCE.sub(r"\1", text)))
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING}).enable(["table", "strikethrough"])
    return markup_pieces(str(parser.use(footnote_plugin).render(text)), left or LeftOut())


def _split_front_matter(text: str, name: str) -> tuple[Mapping[str, object], str]:
    import yaml

    found = _FRONT_MATTER.match(text)
    if not found or len(found[1]) > _MAX_FRONT_MATTER:
        return {}, text.removeprefix("\ufeff")
    try:
        fields = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 2
        message = f"{name}: the front matter is not valid YAML (line {line}); mend it or remove the block between ---"
        raise UnreadableDocument(message) from error
    if fields is not None and not isinstance(fields, dict):
        return {}, text
    return {str(key).lower(): value for key, value in (fields or {}).items()}, text[found.end() :]


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
