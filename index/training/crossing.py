"""Last step of training: how near each token comes to the other language, for MaxSim to compensate."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sinkqa.index.arrays import Floats
from sinkqa.index.models.static import Crossing
from sinkqa.index.training.vocabulary import is_chinese

_SEEN = 5  # a token that stands less often in the texts has no trustworthy vector to be reached
_LEAST = 0.4  # a token with no translation is not lifted further than this allows
_AT_ONCE = 2_000


def measure_crossing(vectors: Floats, counts: Floats, vocabulary: Mapping[str, int]) -> Crossing:
    """The script of each token and its highest cosine to a token of the other script. ``vectors``: (n_tokens, dim)."""
    script = np.zeros(len(vectors), np.int8)
    for token, number in vocabulary.items():
        if number > 1 and token[0].isalpha():
            script[number] = 1 if is_chinese(token) else -1
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    ceiling = np.ones(len(vectors), np.float32)
    for side in (1, -1):
        own = np.flatnonzero(script == side)
        ceiling[own] = _highest(unit[own], unit[(script == -side) & (counts > _SEEN)])
    return Crossing(script, np.maximum(ceiling, np.float32(_LEAST)))


def _highest(left: Floats, right: NDArray[np.float32]) -> Floats:
    blocks = [(left[i : i + _AT_ONCE] @ right.T).max(axis=1) for i in range(0, len(left), _AT_ONCE)]
    return np.concatenate(blocks)
