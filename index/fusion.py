"""Retrieval step of the flow: one score from the legs' scores, a weighted sum of normalised parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.static import Floats


@dataclass(frozen=True, slots=True)
class Weights:
    """What one point of each part counts beside a cosine; see docs/decisions for the measurements.

    Words shared across languages are names, numbers and borrowed terms: they mislead where the languages differ, so
    ``lexical_across`` stands apart from ``lexical_within`` one language.
    """

    lexical_within: float = 2.0
    lexical_across: float = 0.0
    late: float = 2.0


DEFAULT_WEIGHTS = Weights()


def fuse(*, dense: Floats, lexical: Floats, late: Floats, same_language: NDArray[np.bool_], weights: Weights) -> Floats:
    """Scores, float32 (n,), of n candidates. Inputs are (n,): cosine -1..1, share of perfect BM25 and MaxSim 0..1."""
    lexical_weight = np.where(same_language, weights.lexical_within, weights.lexical_across)
    return (dense + lexical_weight * lexical + weights.late * late).astype(np.float32)


def ranks(rows: NDArray[np.int64]) -> dict[int, int]:
    """1-based rank of each row of a ranking."""
    return {row: rank for rank, row in enumerate(rows.tolist(), 1)}
