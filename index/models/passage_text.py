"""The text of a passage that models read."""

from __future__ import annotations

from collections.abc import Sequence

from sinkqa.ingest.document import Document
from sinkqa.ingest.passage import Passage


def vector_text(title: str, passage: Passage) -> str:
    """Returns the text that an encoder reads for a passage: the document's title, the headings above, and its words."""
    return spoken(title, passage.section, passage.text)


def spoken(title: str, section: Sequence[str], text: str) -> str:
    """Puts a text below its document's title and its headings, one line each."""
    return "\n".join((*filter(None, dict.fromkeys((title, *section))), text))


def title_of(document: Document) -> str:
    """Returns the document's title, or else its name."""
    return document.metadata.title or document.name
