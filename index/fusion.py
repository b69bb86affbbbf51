"""Retrieval step of the flow: one score from the legs' scores, a weighted sum of normalised parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.static import Floats

_BACKGROUND = 50  # best candidates of a language that tell what an ordinary candidate in it scores
_FEW = 3  # so many candidates say half of what many would


@dataclass(frozen=True, slots=True)
class Weights:
    """What one point of each part counts beside a cosine."""

    lexical: float = 2.0
    late: float = 2.0
    lift: float = 0.5  # of the distance between the languages' ordinary candidates, 0..1


DEFAULT_WEIGHTS = Weights()


def fuse(*, dense: Floats, lexical: Floats, late: Floats, languages: Sequence[str], weights: Weights) -> Floats:
    """Scores, float32 (n,), of n candidates. Inputs are (n,): cosine -1..1, share of perfect BM25 and MaxSim 0..1.

    A passage in the question's own language repeats its words, one in another language can only mean the same: raw
    scores would hide the latter. So a candidate is judged against the ordinary candidates of its own language: the
    languages' means are drawn towards the highest, less so where there are few candidates to tell a mean from.
    """
    scores: Floats = dense + weights.lexical * lexical + weights.late * late
    groups = [np.array(languages) == language for language in sorted(set(languages))]
    means = [np.sort(scores[group])[-_BACKGROUND:].mean() for group in groups]
    for group, mean in zip(groups, means, strict=True):
        n = np.count_nonzero(group)
        scores[group] += weights.lift * (max(means) - mean) * n / (n + _FEW)
    return scores


def ranks(rows: NDArray[np.int64]) -> dict[int, int]:
    """1-based rank of each row of a ranking."""
    return {row: rank for rank, row in enumerate(rows.tolist(), 1)}
