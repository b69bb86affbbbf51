"""Finds raised and lowered glyphs of a line: exponents, indices and possible note marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.ingest.readers.pdf.lines.text import Characters

_SMALLER = 0.87  # of the line's size
_RAISED, _LOWERED = 0.12, 0.08  # em from the base line for smaller glyphs
_RAISED_FULL, _LOWERED_FULL = 0.28, 0.15  # em, for glyphs of full size
_FARTHEST = 0.9  # em
_ATTACHED = 0.4  # em from the glyph that it belongs to
_TOUCHING = 0.12  # em: between glyphs nearer than that stands no space
_LONGEST, _LONGEST_FULL = 14, 3  # glyphs of smaller and of full size
_COMMON = 0.15  # share of a line's glyphs in its main size
_UP = str.maketrans("0123456789+-−–n()=", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ⁽⁾⁼")
_DOWN = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_EXPONENT = re.compile(r"[-+−–]?[0-9n]{1,4}|[0-9]{0,2}n?[-+−–][0-9]{0,2}n?")
_REFERENCE = re.compile(r"[0-9]{1,3}(?:,[0-9]{1,3})*|[*†‡§]{1,3}|\([0-9]{1,3}\)|\[[0-9]{1,3}\]|[①-⑳]")
_UNIT = re.compile(
    r"(?:^|[^A-Za-z])(?:[kcdmµμnhpMGNS]?m|ft|yd|s|CO|N|CH|SF|NF)$|(?<=[0-9])\s?(?:in|mi|Pa|rad)$|[㎡米]$"
)
_SQUARED = re.compile(r"(?:^|[^A-Za-z])[Rrsxyzσχ]$")  # as in R², with or without a note 2
_POWER = re.compile(r"(?:[×xX*·∙⋅]|^|[(（=~])\s?10$")
_VARIABLE = re.compile(r"(?:^|[^A-Za-z])[A-Za-zα-ωΑ-Ω]$|[)\]]$|(?:^|[^0-9.,])(?:10|2)$")
_ORDINAL = re.compile(r"st|nd|rd|th|e|er|o|a|ª|º|TM|SM|®|℠|™", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Written:
    """A line's positions, its text with one character for each position, and the index ranges of likely note marks."""

    positions: NDArray[np.intp]
    text: str
    references: tuple[tuple[int, int], ...] = ()


def write_raised(
    characters: Characters,
    joined: NDArray[np.intp],
    text: str,
    boxes: NDArray[np.float32],
    base: NDArray[np.float32],
    flat: Sequence[NDArray[np.intp]] = (),
) -> Written:
    """Writes raised and lowered digits of a line as such: ``10⁹``, ``CO₂``, ``x^(ab)``.

    ``boxes`` and ``base`` (the height of base lines) are those of all characters in the upright frame. Raised digits at
    the beginning of the line stay unchanged, because they may begin a note. So do ``flat``, the positions of fractions.
    """
    inked = np.flatnonzero((joined >= 0) & ~np.isnan(boxes[joined, 0]))  # -1 and -2 are no positions from the end
    if not len(inked):
        return Written(joined, text)
    at = joined[inked]
    level, em = _levels(characters.sizes[at], base[at])
    if flat:
        level[np.isin(at, np.concatenate(flat))] = 0
    if not level.any():
        return Written(joined, text)
    sheet = _LineRewriter(list(text), joined, inked, boxes[at], characters.sizes[at] < _SMALLER * em, em)
    edges = [0, *(np.flatnonzero(level[1:] != level[:-1]) + 1).tolist(), len(level)]
    for start, end in pairwise(edges):
        if level[start] > 0:
            sheet.raise_run(start, end)
        elif level[start] < 0:
            sheet.lower_run(start, end)
    return sheet.written()


def _levels(sizes: NDArray[np.float32], base: NDArray[np.float32]) -> tuple[NDArray[np.int8], float]:
    """1 for raised glyphs, -1 for lowered ones, 0 for those on the base line; and the line's main size."""
    ranked = np.sort(sizes)[::-1]
    main = float(ranked[min(len(ranked) - 1, int(_COMMON * len(ranked)))])
    body = (sizes > 0.9 * main) & (sizes < 1.1 * main)
    level = np.sort(base[body])
    up = float(level[len(level) // 2]) - base
    small = sizes < _SMALLER * main
    raised = (up > np.where(small, _RAISED, _RAISED_FULL) * main) & (up < _FARTHEST * main)
    lowered = (up < np.where(small, -_LOWERED, -_LOWERED_FULL) * main) & (up > -_FARTHEST * main)
    return raised.astype(np.int8) - lowered.astype(np.int8), main


class _LineRewriter:
    """A line being rewritten. Its glyphs are counted without spaces."""

    def __init__(
        self,
        chars: list[str],
        joined: NDArray[np.intp],
        inked: NDArray[np.intp],
        boxes: NDArray[np.float32],
        small: NDArray[np.bool_],
        em: float,
    ) -> None:
        self._chars, self._joined, self._boxes, self._small, self._em = chars, joined, boxes, small, em
        self._at = inked.tolist()
        self._before: dict[int, str] = {}  # what is put in before a character
        self._after: dict[int, str] = {}
        self._closed = "  " in "".join(chars)
        self._references: list[tuple[int, int]] = []

    def raise_run(self, start: int, end: int) -> None:
        """Writes the glyphs ``start``..``end`` as raised, and records possible note marks."""
        run = self._read(start, end)
        if start and not self._is_attached(start, run):
            return
        if not start:
            if _REFERENCE.fullmatch(run):
                self._references.append((self._at[0], self._at[end - 1] + 1))
            return
        head = "".join(self._chars[: self._at[start - 1] + 1]).rstrip()
        if self._is_fraction(end):
            if head[-1:].isdecimal():
                self._before[self._at[start]] = " "
            return
        unit = _UNIT.search(head) is not None
        is_exponent = (unit and run[0] in "23456-−–+") or _POWER.search(head) is not None
        is_exponent |= run in ("2", "3") and _SQUARED.search(head) is not None
        if not is_exponent and _REFERENCE.fullmatch(run):
            self._references.append((self._at[start], self._at[end - 1] + 1))
        elif unit and run.isdecimal() and run[0] in "23" and len(run) > 1:
            self._references.append((self._at[start + 1], self._at[end - 1] + 1))  # m² and a mark behind it
        is_variable = _VARIABLE.search(head) is not None
        if (_EXPONENT.fullmatch(run) and ("n" not in run or is_variable)) or _REFERENCE.fullmatch(run):
            self._translate(start, end, _UP)
        elif is_variable and not _ORDINAL.fullmatch(run) and any(map(str.isalnum, run)):
            self._before[self._at[start]], self._after[self._at[end - 1]] = "^(", ")"
        else:
            return
        self._close_up(start)

    def lower_run(self, start: int, end: int) -> None:
        """Writes digits among the glyphs ``start``..``end`` as lowered."""
        run = self._read(start, end)
        behind = start and (self._chars[self._at[start - 1]].isalnum() or self._chars[self._at[start - 1]] in ")]）")
        if not behind or not self._is_attached(start, run) or self._is_fraction(start - 1):
            return
        self._translate(start, end, _DOWN)
        self._close_up(start)
        if end < len(self._at) and not self._chars[self._at[end]].isalnum():
            self._close_up(end, _TOUCHING)

    def written(self) -> Written:
        """The line as it is now."""
        if not self._before and not self._after and not self._closed:
            return Written(self._joined, "".join(self._chars), tuple(self._references))
        chars: list[str] = []
        positions: list[int] = []
        places: list[int] = []
        for at, (char, position) in enumerate(zip(self._chars, self._joined.tolist(), strict=True)):
            before, after = self._before.get(at, ""), self._after.get(at, "")
            char = "" if char == " " and chars and chars[-1] == " " else char
            places.append(len(chars) + len(before))
            chars += (*before, *char, *after)
            positions += (*[-2] * len(before), *([position] if char else ()), *[-2] * len(after))
        places.append(len(chars))
        references = tuple((places[start], places[end - 1] + 1) for start, end in self._references)
        return Written(np.array(positions, np.intp), "".join(chars), references)

    def _read(self, start: int, end: int) -> str:
        return "".join(self._chars[self._at[glyph]] for glyph in range(start, end))

    def _is_attached(self, start: int, run: str) -> bool:
        """Whether a run belongs to the glyph before it. Full-sized type is off its line for other reasons, too."""
        if self._small[start]:
            return len(run) <= _LONGEST and -1 < self._gap(start) < _ATTACHED
        return len(run) <= _LONGEST_FULL and abs(self._gap(start)) < _TOUCHING and run.isdecimal()

    def _gap(self, glyph: int) -> float:
        """The gap before this glyph, in em."""
        return float(self._boxes[glyph, 0] - self._boxes[glyph - 1, 2]) / self._em

    def _is_fraction(self, end: int) -> bool:
        """Whether a slash and then a digit follow the glyphs that end at ``end``."""
        return (
            end + 1 < len(self._at)
            and end >= 0
            and self._read(end, end + 1) in "/⁄∕"
            and self._read(end + 1, end + 2).isdecimal()
        )

    def _translate(self, start: int, end: int, table: dict[int, int]) -> None:
        for glyph in range(start, end):
            self._chars[self._at[glyph]] = self._chars[self._at[glyph]].translate(table)

    def _close_up(self, glyph: int, most: float = _ATTACHED) -> None:
        """Removes the spaces before a glyph that is near the one before."""
        if 0 < glyph < len(self._at) and self._gap(glyph) < most:
            for at in range(self._at[glyph - 1] + 1, self._at[glyph]):
                self._chars[at] = ""
                self._closed = True
