"""Finds false spaces and line ends inside words that are spaced out or drawn glyph by glyph."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff，。、；：？！（）《》“”"
_SPREAD = re.compile(r"(?:(?<=\s)|^)\S(?:\s+\S){2,}(?=\s|$)")  # words of one glyph each
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}])\\s+(?=[{_HAN}])")
_IS_HAN = re.compile(f"[{_HAN}]")
_COUNTING = frozenset("一二三四五六七八九十甲乙丙丁戊己庚辛壬癸，。、；：")  # the heads of columns
_WIDER = 1.6  # times the usual gap: there a word ends
_SLACK = 0.08  # em
_WIDEST, _WIDEST_ALONE = 1.2, 3.2  # em between glyphs of a word: in a line, and in a line that holds nothing else
_LEAST_LETTERS = 5  # of a Latin word set wide
_LEVEL = 0.15  # em by which a space is wider than the gaps beside it
_LEAST_GAPS = 3
_LEAST_TAKEN = 6  # spaces of a stretch that tells how wide a line is set
_CLOSE = 0.15  # em between glyphs of one word
_LEVEL_SHARE = 0.5  # of the height of the lower of two glyphs on one line
_LINE_END = 0x0A


def false_ends(
    codes: NDArray[np.uint32], boxes: NDArray[np.float32], sizes: NDArray[np.float32], turns: NDArray[np.int8]
) -> NDArray[np.bool_]:
    """Marks line ends between glyphs that touch on one line.

    If a page draws its glyphs one by one and pdfium takes its lines for vertical, pdfium ends the line after every
    glyph. ``boxes`` are displayed ones, NaN for blanks.
    """
    inked = np.flatnonzero(~np.isnan(boxes[:, 0]))
    is_end = codes == _LINE_END
    count = np.cumsum(is_end)
    held = count[inked[1:]] - count[inked[:-1]]
    pairs = np.flatnonzero((held > 0) & (np.diff(inked) == held + 1))
    left, right = inked[pairs], inked[pairs + 1]
    one, two = boxes[left], boxes[right]
    apart = np.concatenate([two[:, :2] - one[:, 2:], one[:, :2] - two[:, 2:]], axis=1)  # to the right, down, and back
    low, high = np.maximum(one[:, :2], two[:, :2]), np.minimum(one[:, 2:], two[:, 2:])
    extent = np.minimum(one[:, 2:] - one[:, :2], two[:, 2:] - two[:, :2])
    level = high - low > _LEVEL_SHARE * extent
    rows, turn = np.arange(len(pairs)), turns[left]
    ahead = apart[rows, np.array([0, 3, 2, 1])[turn]]
    touch = np.abs(ahead) < _CLOSE * np.maximum(sizes[left], sizes[right])
    touch &= level[rows, 1 - turn % 2] & (turn == turns[right])
    false = np.zeros(len(codes), bool)
    for first, last in zip(left[touch].tolist(), right[touch].tolist(), strict=True):
        false[first + 1 : last] = True
    return false


def spread_spaces(text: str, boxes: NDArray[np.float32], em: float) -> list[int]:
    """Returns the positions of spaces in a line that are between glyphs of one word.

    ``boxes`` are those of its characters, NaN for spaces. The gaps decide: the gaps within a spaced-out word are alike,
    and the gap before the next word is wider.
    """
    taken: list[int] = []
    for match in _SPREAD.finditer(text):
        taken += _within(text, boxes, em, match.start(), match.end())
    if _BETWEEN_HAN.search(text):
        taken += _level(text, boxes, em, set(taken))
    return taken


def _within(text: str, boxes: NDArray[np.float32], em: float, start: int, end: int) -> list[int]:
    """Spaces inside the words of one spread stretch."""
    glyphs = [at for at in range(start, end) if not text[at].isspace()]
    gaps = [float(boxes[right, 0] - boxes[left, 2]) / em for left, right in pairwise(glyphs)]
    steps = [float(boxes[right, 0] - boxes[left, 0]) / em for left, right in pairwise(glyphs)]
    gap, step = sorted(gaps)[len(gaps) // 4], float(np.median(steps))
    alone = start == 0 and end == len(text)
    if not 0 < gap <= (_WIDEST_ALONE if alone else _WIDEST):
        return []
    words: list[list[int]] = [[glyphs[0]]]
    for glyph, wide, far in zip(glyphs[1:], gaps, steps, strict=True):
        if wide > _WIDER * gap + _SLACK and far > step + _SLACK:
            words.append([])
        words[-1].append(glyph)
    whole = [word for word in words if _is_word(text, word, alone=alone)]
    return [at for word in whole for at in range(word[0], word[-1]) if text[at].isspace()]


def _is_word(text: str, word: list[int], *, alone: bool) -> bool:
    """Whether separated glyphs form a word: with Han among them, or enough capitals on their own line."""
    glyphs = [text[at] for at in word]
    if any(map(_IS_HAN.match, glyphs)):
        is_counting = all(glyph in _COUNTING for glyph in glyphs)
        return len(word) > 1 and not is_counting and all(glyph.isalnum() or _IS_HAN.match(glyph) for glyph in glyphs)
    is_listed = all(left < right for left, right in pairwise(glyphs))
    return alone and len(word) >= _LEAST_LETTERS and all(map(str.isupper, glyphs)) and not is_listed


def _level(text: str, boxes: NDArray[np.float32], em: float, taken: set[int]) -> list[int]:
    """More spaces between Han glyphs that are hardly wider than gaps without a space."""
    glyphs = [at for at in range(len(text)) if not text[at].isspace()]
    pairs = [
        (left, right) for left, right in pairwise(glyphs) if _IS_HAN.match(text[left]) and _IS_HAN.match(text[right])
    ]
    gaps = [float(boxes[right, 0] - boxes[left, 2]) / em for left, right in pairs]
    few = len(taken) < _LEAST_TAKEN
    is_open = [right > left + 1 and (few or left + 1 not in taken) for left, right in pairs]
    close = [gap for gap, wide in zip(gaps, is_open, strict=True) if not wide]
    if len(close) < _LEAST_GAPS:
        return []
    most = float(np.median(close)) + _LEVEL
    return [
        at
        for (left, right), gap, wide in zip(pairs, gaps, is_open, strict=True)
        if wide and gap < most
        for at in range(left + 1, right)
    ]
