"""Converts places on a page to the displayed page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Side = TypeVar("_Side", float, "NDArray[np.float32]")
Corners = tuple[_Side, _Side, _Side, _Side]


def middles(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the middle of each box, (n, 2)."""
    return ((boxes[:, :2] + boxes[:, 2:]) / 2).astype(np.float32, copy=False)


def displayed(
    user: NDArray[np.float32], bounds: tuple[float, float, float, float], rotation: int
) -> NDArray[np.float32]:
    """Converts user-space boxes (left, bottom, right, top) to the displayed page.

    They are turned clockwise by ``rotation``, with the origin at the top left.
    """
    return np.stack(displayed_corners(tuple(user.T), bounds, rotation), axis=1).astype(np.float32)


def displayed_corners(user: Corners[_Side], bounds: tuple[float, float, float, float], rotation: int) -> Corners[_Side]:
    """Does the same as :func:`displayed`, for one box or for the sides of many."""
    left, bottom, right, top = bounds
    x0, y0, x1, y1 = user
    if rotation == 90:
        return y0 - bottom, x0 - left, y1 - bottom, x1 - left
    if rotation == 180:
        return right - x1, y0 - bottom, right - x0, y1 - bottom
    if rotation == 270:
        return top - y1, right - x1, top - y0, right - x0
    return x0 - left, top - y1, x1 - left, top - y0
