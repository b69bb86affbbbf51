"""Retrieval step of the flow: one score from the legs' scores, a weighted sum of normalised parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.encoder import Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """What one point of each part counts beside a cosine (docs/decisions/0004-fusion.md has the measurements).

    ``lexical`` counts only where question and passage share their language: across languages the shared words are
    names and numbers, which mislead. ``gap`` is added across languages instead, since an encoder scores a translation
    below a text that repeats the question's own words.
    """

    lexical: float = 1.0
    late: float = 2.0
    gap: float = 0.25


DEFAULT_WEIGHTS = Weights()


def fuse(
    *, dense: Floats, lexical: Floats, late: Floats, same_language: NDArray[np.bool_], weights: Weights
) -> Floats:
    """Scores, float32 (n,), of n candidates. Inputs are (n,): cosine -1..1, share of perfect BM25 and MaxSim 0..1."""
    by_language = np.where(same_language, weights.lexical * lexical, weights.gap)
    return (dense + by_language + weights.late * late).astype(np.float32)


def ranks(rows: NDArray[np.int64]) -> dict[int, int]:
    """1-based rank of each row of a ranking."""
    return {row: rank for rank, row in enumerate(rows.tolist(), 1)}
