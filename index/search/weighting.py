"""The formula of BM25, shared by all backends.

Source: Robertson and Zaragoza 2009, The probabilistic relevance framework, section 3.5.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sinkqa.index.arrays import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

K1, B = 1.2, 0.75
MOST_TERMS = 64  # of a long query only the rarest terms are looked up


def idf(passages: int, having: int) -> float:
    """Returns the idf, above 0, of a term that ``having`` passages contain.

    For 0 passages it is the highest possible.
    """
    n = max(passages, having)
    return math.log1p((n - having + 0.5) / (having + 0.5))


def length_norms(lengths: NDArray[Any], average: float) -> Floats:
    """Returns the term that BM25 adds to the frequency in passages of these lengths, float32, (n,)."""
    norms: Floats = np.float32(K1 * (1 - B)) + lengths.astype(np.float32) * np.float32(K1 * B / max(average, 1e-9))
    return norms
