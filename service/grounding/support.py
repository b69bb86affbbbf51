"""Grounding step of the flow: one number for how far quotes bear out a claim, from what the two have in common."""

from __future__ import annotations

from collections.abc import Sequence

from index.encoder import Encoder
from service.grounding.clauses import Clauses


def support(claim: Clauses, quotes: Sequence[Clauses], encoder: Encoder) -> float:
    """0..1."""
    held = frozenset().union(*(quote.held for quote in quotes)) if quotes else frozenset()
    return sum(token in held for token in claim.tokens) / max(1, len(claim.tokens))
