"""Gives an overview of a document: the first sentence of each section, word for word. A part of the engine's shelf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sinkqa.ingest.passage import Passage
from sinkqa.service.answer import Citation
from sinkqa.service.answering.provisions.summarising import summary
from sinkqa.service.evidence.citations import Sources, cite


@dataclass(frozen=True, slots=True)
class OverviewPart:
    """A section: its heading (empty if the document has none), its first sentence, and the place of that sentence."""

    heading: str
    text: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Overview:
    """Sections in reading order. ``notes`` say how the sections were chosen, in the reader's language."""

    parts: tuple[OverviewPart, ...]
    notes: tuple[str, ...]


def overview(sources: Sources, doc_id: str, passages: Sequence[Passage], language: str) -> Overview:
    """The result of :func:`summary`, without the sentences that do not match the stored text."""
    found = summary(passages, language, title=sources.document(doc_id).title)
    cited = (
        (heading, evidence.text, cite(sources, evidence.passage, evidence.units, number=number, score=1.0))
        for number, (heading, evidence) in enumerate(found.parts, 1)
    )
    parts = tuple(OverviewPart(heading, text, citation) for heading, text, citation in cited if citation)
    return Overview(parts, found.notes)
