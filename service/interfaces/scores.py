"""Scores as other programs expect them."""

from __future__ import annotations


def share(score: float, *, rerank: float | None) -> float:
    """A passage's score in 0..1, in the same order: a reranker's own, else what grows towards 1. No probability."""
    score = max(0.0, score)
    return score if rerank is not None else round(score / (1 + score), 4)
