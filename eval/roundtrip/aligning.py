"""Aligns each unit of the truth with the stored text, and finds stored text that belongs to no unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from sinkqa.eval.roundtrip.stored import Stored, canonical

_LONG = 8  # characters from which a unit is looked for anywhere
_TELLING = 4  # characters from which it may stand within a word where it is expected
_GRAM = 4
_LEAST = 0.3  # share of a unit that must be found for it to count as there at all


@dataclass(slots=True)
class Found:
    """A unit of the truth: its canonical text, and the stretches of stored text that hold it, in the unit's order."""

    text: str
    places: list[tuple[int, int]]

    @property
    def chars(self) -> int:
        """How many characters of the unit were found."""
        return sum(end - start for start, end in self.places)

    @property
    def exact(self) -> bool:
        """Whether the stored text holds the unit unchanged, in one piece."""
        return len(self.places) == 1 and self.chars == len(self.text)


class Alignment:
    """Finds the units of the truth in a stored document. Each stored character belongs to at most one unit."""

    def __init__(self, texts: Sequence[str], stored: Stored) -> None:
        self._stored, self._text = stored, stored.text
        self._free = bytearray(b"\1" * len(stored.text))
        self.found = [Found(canonical(text), []) for text in texts]
        self._by_anchors()
        for number, unit in enumerate(self.found):
            if unit.text and not unit.places:
                self._by_neighbours(number, unit)
        for number, unit in enumerate(self.found):
            if unit.text and not unit.places:
                self._by_likeness(number, unit)

    def left(self) -> Iterator[tuple[int, int]]:
        """Yields the stretches of stored text that belong to no unit."""
        at = 0
        for free, several in groupby(self._free):
            length = len(list(several))
            if free:
                yield at, at + length
            at += length

    def take(self, start: int, end: int) -> None:
        """Marks a stretch of stored text as belonging to a unit."""
        self._free[start:end] = bytes(end - start)

    def is_free(self, start: int, end: int) -> bool:
        """Whether a stretch belongs to no unit yet."""
        return 0 not in self._free[start:end]

    def _by_anchors(self) -> None:
        """Long units that occur once on both sides."""
        times = Counter(unit.text for unit in self.found)
        for unit in self.found:
            if len(unit.text) >= _LONG and times[unit.text] == 1:
                start = self._text.find(unit.text)
                if start >= 0 and self._text.find(unit.text, start + 1) < 0:
                    self._give(unit, start)

    def _give(self, unit: Found, start: int) -> None:
        unit.places = [(start, start + len(unit.text))]
        self.take(start, start + len(unit.text))

    def _between(self, number: int) -> tuple[int, int]:
        """The range in which to look for a unit first: after the unit before it, and before the next one."""
        above = next((unit.places[-1][1] for unit in reversed(self.found[:number]) if unit.places), 0)
        below = (unit.places[0][0] for unit in self.found[number + 1 :] if unit.places)
        return above, next((start for start in below if start > above), len(self._text))

    def _by_neighbours(self, number: int, unit: Found) -> None:
        lower, upper = self._between(number)
        near = [*self._occurrences(unit.text, lower, upper)]
        far = [*self._occurrences(unit.text, 0, len(self._text))]
        starts = (*self._bounded(near, unit), *(near if len(unit.text) >= _TELLING else ()), *self._bounded(far, unit))
        if starts or (len(unit.text) >= _LONG and far):
            self._give(unit, (*starts, *far)[0])

    def _bounded(self, starts: Sequence[int], unit: Found) -> list[int]:
        """Those that are a block or cell by themselves, then those that are whole words."""
        length, stored = len(unit.text), self._stored
        return [at for borders in (stored.borders, stored.words) for at in starts if {at, at + length} <= borders]

    def _occurrences(self, text: str, lower: int, upper: int) -> Iterator[int]:
        at = self._text.find(text, lower, upper)
        while at >= 0:
            if self.is_free(at, at + len(text)):
                yield at
            at = self._text.find(text, at + 1, upper)

    def _by_likeness(self, number: int, unit: Found) -> None:
        """The pieces of a unit that was broken up, in the stretch that shares most with it."""
        lower, upper = self._between(number)
        if upper - lower > 4 * len(unit.text) + 400 or upper - lower < len(unit.text) / 2:
            lower, upper = self._window(unit.text)
        least = min(3, len(unit.text))
        blocks = SequenceMatcher(None, unit.text, self._text[lower:upper], autojunk=False).get_matching_blocks()
        places = [
            place
            for _, at, size in blocks
            if size >= least or (size and len(unit.text) < 3 * least)
            for place in self._free_part(lower + at, lower + at + size)
        ]
        if sum(end - start for start, end in places) >= _LEAST * len(unit.text):
            unit.places = places
            for start, end in places:
                self.take(start, end)

    def _free_part(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        for free, several in groupby(range(start, end), key=lambda at: self._free[at]):
            places = list(several)
            if free:
                yield places[0], places[-1] + 1

    def _window(self, text: str) -> tuple[int, int]:
        """Around the diagonal on which most short sequences of the unit stand."""
        votes: Counter[int] = Counter()
        for at in range(len(text) - _GRAM + 1):
            place = self._text.find(text[at : at + _GRAM])
            tried = 0
            while place >= 0 and tried < 20:
                votes[(place - at) // 40] += self.is_free(place, place + _GRAM)
                place = self._text.find(text[at : at + _GRAM], place + 1)
                tried += 1
        if not votes:
            return 0, 0
        centre = 40 * votes.most_common(1)[0][0]
        return max(0, centre - 100), min(len(self._text), centre + 2 * len(text) + 200)
