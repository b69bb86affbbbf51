"""Finds words in a text, ignoring white space."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import lru_cache

Stretch = tuple[int, int]
"""``[start, end)`` in code points of a text."""


def bare(text: str) -> str:
    """Returns the text without white space."""
    return "".join(text.split())


def stretches(words: Sequence[str], text: str) -> list[Stretch]:
    """Finds all of ``words`` in ``text``, ignoring white space. Returns a stretch for each place, in text order.

    The rarest word decides the places: each occurrence is combined with the nearest occurrence of every other word. So
    a label that a table repeats in many rows is found in the row with the number. Empty if one of the words is missing.
    """
    kept, said = _kept(text)
    sought = [word for word in map(bare, words) if word]
    found = {word: list(_starts(word, said)) for word in sought}
    rarest = min(sought, key=lambda word: len(found[word]), default="")
    if not all(found.values()):
        return []
    meant = {(near, word) for at in found.get(rarest, ()) for word in sought for near in [_nearest(at, found[word])]}
    return sorted((kept[start], kept[start + len(word) - 1] + 1) for start, word in meant)


@lru_cache(maxsize=16)
def _kept(text: str) -> tuple[array[int], str]:
    """The places of all that is no white space, and what stands there; kept, since places share their documents."""
    kept = array("L", (place for place, char in enumerate(text) if not char.isspace()))
    return kept, bare(text)


def _starts(word: str, text: str) -> Iterator[int]:
    start = text.find(word)
    while start >= 0:
        yield start
        start = text.find(word, start + 1)


def _nearest(at: int, starts: Sequence[int]) -> int:
    return min(starts, key=lambda start: abs(start - at))
