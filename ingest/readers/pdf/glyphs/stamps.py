"""Finds watermarks and stamps, which are printed across the text and are not part of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.readers.pdf.glyphs.places import middles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.ingest.readers.pdf.glyphs.styles import GlyphStyles

_LARGER = 1.35  # of the size of what it is printed across
_PALER = 0.15  # in shade, than what it is printed across
_CANDIDATE = 0.2  # paler than the page's text
_HITS = 2  # glyphs of other text under a stamp: an accent or a sign over a letter is one
_NEXT = 2.2  # em from the middle of one glyph of a run to the next
_MOST_RUNS = 500
_INSET = 0.2  # of a glyph's height, above and below, where large type has no ink
_TOLD = 1.5  # times the size of the text: turned print that is smaller are the labels of a chart
_STATUS = re.compile(
    r"draft|confidential|sample|specimen|copy|void|donotcopy|internaluse\w*|forreview|notforcitation|embargo\w*"
    r"|草案|草稿|送审稿|报批稿|征求意见稿|讨论稿|样本|样张|样稿|内部资料|内部文件|仅供\w+|秘密|机密|绝密|作废|副本|非正式文本",
    re.IGNORECASE,
)
_LARGE_STATUS, _PALE_STATUS = 1.8, 0.4  # of a word that tells a draft: times the text's size, shade


@dataclass(frozen=True, slots=True, eq=False)
class _GlyphRun:
    """Glyphs in one style, side by side; ``positions`` ascend."""

    positions: NDArray[np.intp]
    size: float
    shade: float
    turn: int
    slanted: bool


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps of a page. ``numbers``: int32, each character's stamp, counted from 1; 0 for none.

    ``told``: the words of stamps that say something about the page.
    """

    numbers: NDArray[np.int32]
    told: tuple[str, ...] = ()


def find_stamps(codes: NDArray[np.uint32], boxes: NDArray[np.float32], styles: GlyphStyles) -> Stamps:
    """Finds glyphs that are turned by no right angle, or are larger or paler than other text that they cross.

    ``boxes`` are displayed ones, NaN for blanks. If most of a page is askew, its text is no stamp.
    """
    numbers = np.zeros(len(codes), np.int32)
    inked = np.flatnonzero(~np.isnan(boxes[:, 0]))
    if not len(inked):
        return Stamps(numbers)
    size = float(np.partition(styles.sizes[inked], len(inked) // 2)[len(inked) // 2])
    shade = float(np.partition(styles.shades[inked], len(inked) // 2)[len(inked) // 2])
    odd = styles.slanted[inked] if 2 * styles.slanted[inked].sum() < len(inked) else np.zeros(len(inked), bool)
    odd |= (styles.sizes[inked] >= _LARGER * size) | (styles.shades[inked] >= shade + _CANDIDATE)
    if not odd.any():
        return Stamps(numbers)
    runs = _runs(boxes, styles, inked[odd])
    askew = 2 * styles.slanted[inked].sum() >= len(inked)
    found = [run for run in runs if (run.slanted and not askew) or _is_across(run, boxes, styles, inked)]
    large = [run for run in runs if run.size >= _LARGE_STATUS * size and run.shade >= _PALE_STATUS]
    found += [run for run in large if _STATUS.fullmatch(_text(codes, run)) and run not in found]
    if not found:
        return Stamps(numbers)
    alike = {(_text(codes, run), round(run.size), run.slanted) for run in found}
    pale = {(round(run.size), round(run.shade, 2)) for run in found if run.shade >= shade + _CANDIDATE}
    for run in runs:
        is_pale = (round(run.size), round(run.shade, 2)) in pale
        if is_pale or (_text(codes, run), round(run.size), run.slanted) in alike:
            found.append(run)
    told: dict[str, None] = {}
    for number, run in enumerate(found, 1):
        numbers[run.positions] = number
        text = _text(codes, run)
        if any(map(str.isalpha, text)) and (not run.slanted or run.size >= _TOLD * size or _STATUS.fullmatch(text)):
            told[text] = None
    return Stamps(numbers, tuple(told))


def _runs(boxes: NDArray[np.float32], styles: GlyphStyles, chosen: NDArray[np.intp]) -> list[_GlyphRun]:
    """The chosen glyphs as runs of one style each."""
    middle = middles(boxes[chosen])
    size = styles.sizes[chosen]
    apart = np.abs(np.diff(middle, axis=0)).max(axis=1, initial=0) > _NEXT * np.maximum(size[1:], size[:-1])
    apart |= np.abs(np.diff(size)) > 0.5
    apart |= np.abs(np.diff(styles.shades[chosen])) > 0.02
    apart |= np.diff(styles.turns[chosen]) != 0
    apart |= np.diff(styles.slanted[chosen].astype(np.int8)) != 0
    # A line of level print ends where the next one begins farther left; a turned one goes on in any direction.
    apart |= (
        ~styles.slanted[chosen][1:]
        & (np.abs(np.diff(middle[:, 1])) > 0.6 * size[1:])
        & (np.abs(np.diff(middle[:, 0])) > 0.6 * size[1:])
    )
    pieces = np.split(chosen, np.flatnonzero(apart) + 1)
    return [_run(styles, piece) for piece in pieces[:_MOST_RUNS]]


def _run(styles: GlyphStyles, positions: NDArray[np.intp]) -> _GlyphRun:
    first = positions[0]
    return _GlyphRun(
        positions,
        float(styles.sizes[first]),
        float(styles.shades[first]),
        int(styles.turns[first]),
        bool(styles.slanted[first]),
    )


def _text(codes: NDArray[np.uint32], run: _GlyphRun) -> str:
    return "".join(map(chr, codes[run.positions].tolist()))


def _is_across(run: _GlyphRun, boxes: NDArray[np.float32], styles: GlyphStyles, inked: NDArray[np.intp]) -> bool:
    """Whether other text, smaller or darker, is under the run's glyphs."""
    own = boxes[run.positions].copy()
    side = run.turn % 2 == 0
    inset = _INSET * (own[:, 2 + side] - own[:, 0 + side])
    own[:, 0 + side] += inset
    own[:, 2 + side] -= inset
    low, high = own[:, :2].min(axis=0), own[:, 2:].max(axis=0)
    other = (styles.sizes[inked] * _LARGER <= run.size) | (styles.shades[inked] + _PALER <= run.shade)
    candidates = inked[other & ~styles.slanted[inked]]
    middle = middles(boxes[candidates])
    near = ((middle >= low) & (middle <= high)).all(axis=1)
    if near.sum() < _HITS:
        return False
    points = middle[near][:, None]
    hit = ((points >= own[:, :2]) & (points <= own[:, 2:])).all(axis=2).any(axis=1)
    return int(hit.sum()) >= _HITS
