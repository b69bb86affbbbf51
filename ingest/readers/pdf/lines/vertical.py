"""Finds vertical Chinese and Japanese text, whose columns run from right to left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.places import middles

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LEAST = 12  # glyphs
_FIRST = 0x2E80  # from here on, glyphs that are set in columns
_IN_LINE = 0.4  # share of glyphs with the next one right beside them: in text set across, nearly all
_MOST = 0.6  # share of glyphs that stand under or over another and beside none, where the page is set in columns
_UNSURE = 0.3
_BESIDE, _UNDER = 1.3, 1.6  # em from centre to centre
_ALIGNED = 0.3  # em
_WITHIN = 0.6  # em from the middle of a column
_DOWNWARDS = 3  # the quarter turns after which columns from right to left are lines from top to bottom


def turn_vertical(
    codes: NDArray[np.uint32], boxes: NDArray[np.float32], sizes: NDArray[np.float32], turns: NDArray[np.int8]
) -> tuple[NDArray[np.int8], bool]:
    """Returns ``turns``, with the glyphs of vertical columns turned as if the columns were lines.

    The second result says whether this is uncertain. ``boxes`` are displayed ones, NaN for blanks.
    """
    han = np.flatnonzero((codes >= _FIRST) & ~np.isnan(boxes[:, 0]) & (turns == 0))
    if len(han) < _LEAST:
        return turns, False
    middle = middles(boxes)
    em = np.maximum(sizes[han], 1.0)
    step = np.diff(middle[han], axis=0) / em[1:, None]
    in_line = (np.abs(step[:, 1]) < _ALIGNED) & (step[:, 0] > 0) & (step[:, 0] < _BESIDE)
    if in_line.mean() > _IN_LINE:
        return turns, False
    beside, under = _neighbours(middle[han], em)
    column = under & ~beside
    share = float(column.mean())
    if share < _MOST:
        return turns, share > _UNSURE
    turned = turns.copy()
    turned[_in_columns(middle, boxes, sizes, turns, han[column])] = _DOWNWARDS
    return turned, False


def _neighbours(middle: NDArray[np.float32], em: NDArray[np.float32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which glyphs have a neighbour beside them, and which have one directly over or under them."""
    beside, under = np.zeros(len(middle), bool), np.zeros(len(middle), bool)
    for at in range(len(middle)):
        across, down = (np.abs(middle - middle[at]) / em[at]).T
        beside[at] = ((down < _ALIGNED) & (across > 0.1) & (across < _BESIDE)).any()
        under[at] = ((across < _ALIGNED) & (down > 0.1) & (down < _UNDER)).any()
    return beside, under


def _in_columns(
    middle: NDArray[np.float32],
    boxes: NDArray[np.float32],
    sizes: NDArray[np.float32],
    turns: NDArray[np.int8],
    column: NDArray[np.intp],
) -> NDArray[np.intp]:
    """The glyphs ``column`` and others within their columns: figures, stops and letters."""
    em = float(np.median(sizes[column]))
    found = set(column.tolist())
    others = np.flatnonzero(~np.isnan(boxes[:, 0]) & (turns == 0))
    others = others[~np.isin(others, column)]
    while len(others):  # figures stand under one another, too: a column grows from its Han glyphs
        own = middle[sorted(found)]
        near = [at for at in others.tolist() if _is_in(np.abs(own - middle[at]) / em)]
        if not near:
            break
        found.update(near)
        others = others[~np.isin(others, near)]
    return np.array(sorted(found), np.intp)


def _is_in(apart: NDArray[np.float32]) -> bool:
    return bool(((apart[:, 0] < _WITHIN) & (apart[:, 1] < _UNDER)).any())
