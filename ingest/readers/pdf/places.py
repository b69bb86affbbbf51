"""Ingest, PDF: places on a page as it is displayed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def displayed(
    user: NDArray[np.float32], bounds: tuple[float, float, float, float], rotation: int
) -> NDArray[np.float32]:
    """User-space boxes (left, bottom, right, top) as displayed: turned clockwise by ``rotation``, origin top left."""
    left, bottom, right, top = bounds
    x0, y0, x1, y1 = user.T
    corners = {
        0: (x0 - left, top - y1, x1 - left, top - y0),
        90: (y0 - bottom, x0 - left, y1 - bottom, x1 - left),
        180: (right - x1, y0 - bottom, right - x0, y1 - bottom),
        270: (top - y1, right - x1, top - y0, right - x0),
    }[rotation]
    return np.stack(corners, axis=1).astype(np.float32)
