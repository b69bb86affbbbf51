"""Words of a page as a reader writes them down: its lines joined, its paragraphs apart."""

from __future__ import annotations

import re

from ingest.document import Span
from ingest.text.view import reading_view

_PARAGRAPH_END = re.compile(r"\s*\n\s*\n\s*|(?<=[。；：！？.;:!?])[^\S\n]*\n\s*")  # other lines end where the page does


def quoted(quote: str) -> str:
    """A quote with its paragraphs on lines of their own, the lines of a page joined."""
    parts = _PARAGRAPH_END.split(quote)
    return "\n".join(reading_view(part, [Span(0, len(part))]).text for part in parts if part.strip())
