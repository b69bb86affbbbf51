"""Passages as a document's outline gives them, written for tests."""

from __future__ import annotations

from collections.abc import Sequence

from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, PassageKind, Unit


def passage(
    section: Sequence[str],
    *sentences: str,
    doc_id: str = "a" * 64,
    language: str = "zh",
    kind: PassageKind = "text",
    start: int = 0,
) -> Passage:
    """A passage of these sentences, one unit each, laid out in the source from ``start`` on."""
    units, at = [], start
    for sentence in sentences:
        units.append(Unit((Span(at, at + len(sentence)),), sentence))
        at += len(sentence)
    spans = (Span(start, at),)
    return Passage(doc_id, kind, spans, "".join(sentences), tuple(units), tuple(section), 1, 1, language)
