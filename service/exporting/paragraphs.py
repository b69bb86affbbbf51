"""Prepares text from documents for export: joins lines, separates paragraphs, and makes hidden characters visible."""

from __future__ import annotations

from sinkqa.ingest.document import Span
from sinkqa.ingest.text.normalised_text import reading_view
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.warnings.direction import SHOWN

_NO_XML = late("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARAGRAPH_END = late(r"\s*\n\s*\n\s*|(?<=[。；：！？.;:!?])[^\S\n]*\n\s*")  # other lines end where the page does


def quoted(quote: str) -> str:
    """A quote with each paragraph on a line of its own. The lines of a page are joined."""
    parts = _PARAGRAPH_END.split(quote)
    return "\n".join(reading_view(part, [Span(0, len(part))]).text for part in parts if part.strip())


def shown(text: str) -> str:
    """Makes a text safe to show. Direction controls could display a line differently from the compared text.

    Each direction control, and each character that XML forbids, is replaced by a visible placeholder. None is dropped.
    """
    return _NO_XML.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n").translate(SHOWN))
