"""Converts scores to the scale that other programs expect."""

from __future__ import annotations


def share(score: float, *, rerank: float | None) -> float:
    """A passage's score mapped to 0..1, in the same order. A reranker's score is unchanged. It is no probability."""
    score = max(0.0, score)
    return score if rerank is not None else round(score / (1 + score), 4)
