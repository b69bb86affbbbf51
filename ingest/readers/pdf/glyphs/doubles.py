"""Finds glyphs that are drawn again at nearly the same place, for bold or shadow effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BIN = 6.0  # points of height within which lines are looked through
_STEPS = 16  # to a point, in which x is counted
_FARTHEST = 8  # points from a glyph to its copy
_NEAR = 0.45  # of a glyph's width or height, whichever is less
_FAR = 0.35  # of the font size; applies to the rest of a run if most of the run is a copy
_MOST = 0.5  # share of copies that makes a run one


def find_doubles(
    codes: NDArray[np.uint32],
    boxes: NDArray[np.float32],
    shades: NDArray[np.float32],
    objects: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """True for glyphs to drop, because a copy is at nearly the same place.

    Of the copies, the darkest is kept; if they are equally dark, the first. ``boxes`` are NaN for blanks.
    """
    double = np.zeros(len(codes), bool)
    inked = np.flatnonzero(~np.isnan(boxes[:, 0]))
    while len(pairs := _pairs(codes, boxes, inked, 0.0)):
        pairs = np.concatenate([pairs, _pairs(codes, boxes, inked, _BIN / 2)])
        first, second = pairs.min(axis=1), pairs.max(axis=1)
        double[np.where(shades[first] > shades[second] + 0.1, first, second)] = True
        inked = inked[~double[inked]]
    return _with_their_runs(codes, boxes, objects, double) if double.any() else double


def _pairs(
    codes: NDArray[np.uint32], boxes: NDArray[np.float32], inked: NDArray[np.intp], shift: float
) -> NDArray[np.intp]:
    """Pairs of equal glyphs that overlap; neighbours by x within bands of the page."""
    corner = boxes[inked, :2]
    across = ((corner[:, 0] + 4096) * _STEPS).clip(0, (1 << 20) - 1).astype(np.int64)
    down = ((corner[:, 1] + shift) / _BIN + 1024).clip(0, (1 << 18) - 1).astype(np.int64)
    keys = codes[inked].astype(np.int64) << 38 | down << 20 | across
    order = np.argsort(keys)
    keys = keys[order]
    near = np.flatnonzero(keys[1:] - keys[:-1] < _FARTHEST * _STEPS)
    one, two = boxes[inked[order[near]]], boxes[inked[order[near + 1]]]
    extent = one[:, 2:] - one[:, :2]
    apart = np.abs(one[:, :2] - two[:, :2]).max(axis=1, initial=0)
    alike = np.abs(extent - two[:, 2:] + two[:, :2]).max(axis=1, initial=0) < 0.2 * extent.max(axis=1, initial=0)
    near = near[alike & (apart < _NEAR * extent.min(axis=1, initial=np.inf))]
    pairs: NDArray[np.intp] = inked[np.stack([order[near], order[near + 1]], axis=1)]
    return pairs


def _with_their_runs(
    codes: NDArray[np.uint32], boxes: NDArray[np.float32], objects: NDArray[np.int64], double: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Also narrow glyphs of a copied run, whose copies are farther away than their own width allows."""
    inked = ~np.isnan(boxes[:, 0])
    for run in np.unique(objects[double]).tolist():
        own = np.flatnonzero((objects == run) & inked)
        left = own[~double[own]]
        if not run or not len(left) or len(left) > _MOST * len(own):
            continue
        others = np.flatnonzero(inked & ~double & (objects != run) & np.isin(codes, codes[left]))
        for glyph in left.tolist():
            size = boxes[glyph, 3] - boxes[glyph, 1]
            apart = np.abs(boxes[others, :2] - boxes[glyph, :2]).max(axis=1, initial=0)
            double[glyph] = bool(((codes[others] == codes[glyph]) & (apart < _FAR * size)).any())
    return double
