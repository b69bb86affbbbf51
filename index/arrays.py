"""The arrays that stores, searchers and encoders exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Tokens = NDArray[np.uint32]
    Rows = NDArray[np.int64]
else:
    Floats = Tokens = Rows = np.ndarray


def distinct(values: NDArray[Any]) -> NDArray[Any]:
    """Returns the distinct values as ``np.unique`` does, without importing numpy's masked arrays."""
    ordered = np.sort(values)
    first: NDArray[np.bool_] = np.concatenate((np.ones(min(1, len(ordered)), bool), ordered[1:] != ordered[:-1]))
    found: NDArray[Any] = ordered[first]
    return found
