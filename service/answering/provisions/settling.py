"""The record of an answer that a document's structure settles: a provision, a definition or a date of effect."""

from __future__ import annotations

from dataclasses import dataclass

from sinkqa.service.evidence.pieces import Evidence

SETTLED = 0.97
"""How sure what a document's structure settles is, 0..1, as measured (docs/quality.md)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a document's outline settles: evidence in reading order, shown whole and as it is, with notes for the asker.

    ``notes``: one line each, in the asker's language: that a provision goes on, that the law ends at an article.
    Without evidence the notes say what is not there.
    """

    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...] = ()
