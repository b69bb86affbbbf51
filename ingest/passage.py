"""The passage: the unit of evidence that is indexed, retrieved and quoted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

from sinkqa.ingest.document import Span

SPLITTER_VERSION = "1"

PassageKind = Literal["text", "list", "row", "table"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest quotable unit: a sentence, a list item, or a cell of a table.

    ``label`` names a cell by its row label and column header in reading form ("北京 · 抵销比例限制"); else it is "".
    ``text`` is the reading form (lines joined, hyphenation mended) of exactly ``spans``.
    """

    spans: tuple[Span, ...]
    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """Whole sentences, list items or table cells of one section of one document.

    ``spans`` are ordered, do not overlap, and slice the source text exactly. ``text`` is their reading form; it holds
    every non-space character of the spans in order, except hyphens removed at line ends. Tables add the separators " |
    " and ": ". ``section`` is the heading path, outermost first, without the document's title. ``table`` is the printed
    label ("表4") if the passage comes from a table. Pages are 1-based, inclusive.
    """

    doc_id: str
    kind: PassageKind
    spans: tuple[Span, ...]
    text: str
    units: tuple[Unit, ...]
    section: tuple[str, ...]
    page_start: int
    page_end: int
    language: str
    table: str | None = None

    @property
    def passage_id(self) -> str:
        """Content hash of document, spans and splitter version: 20 hex digits, stable across rebuilds."""
        spans = ",".join(f"{start}-{end}" for start, end in self.spans)
        return hashlib.sha256(f"{SPLITTER_VERSION}:{self.doc_id}:{spans}".encode()).hexdigest()[:20]
