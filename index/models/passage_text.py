"""Encoding step of the flow: what stands for a passage before a model that reads it."""

from __future__ import annotations

from collections.abc import Sequence

from sinkqa.ingest.document import Document
from sinkqa.ingest.passage import Passage


def vector_text(title: str, passage: Passage) -> str:
    """What stands for a passage before the encoder: its document's title, the headings over it and its words."""
    return spoken(title, passage.section, passage.text)


def spoken(title: str, section: Sequence[str], text: str) -> str:
    """A text under its document's title and its headings, a line each."""
    return "\n".join((*filter(None, dict.fromkeys((title, *section))), text))


def title_of(document: Document) -> str:
    """The document's title, or else its name."""
    return document.metadata.title or document.name
