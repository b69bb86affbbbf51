"""Defines the record of an answer that a document's structure gives: a provision, a definition or a date of effect."""

from __future__ import annotations

from dataclasses import dataclass

from sinkqa.service.evidence.pieces import Evidence

SETTLED = 0.97
"""The measured confidence, 0..1, in an answer that a document's structure gives (docs/quality.md)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An answer from a document's outline: evidence in reading order, shown whole and unchanged, and notes.

    ``notes``: one line each, in the asker's language, such as that a provision goes on, or that the law ends at an
    article. Without evidence, the notes say what the document does not contain. ``missing``: what the question also
    asks for and the library does not hold.
    """

    evidence: tuple[Evidence, ...]
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
