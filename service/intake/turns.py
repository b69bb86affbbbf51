"""Gives places for work to collections in turn, and within a collection to its jobs in turn."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count

_GLANCE_S = 0.2  # how soon a wait ends that nobody wants any longer
_MOST_KNOWN = 10_000  # jobs whose last turn is remembered


@dataclass(frozen=True, slots=True)
class Share:
    """The owner of a piece of work: a collection, and one of its jobs."""

    collection: str = ""
    job: str = ""


class Turns:
    """Gives out ``places`` for work. The next is the collection with the oldest last turn, and in it such a job."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._changed = threading.Condition()
        self._waiting: dict[int, Share] = {}
        self._numbers = count(1)
        self._last: dict[str | Share, int] = {}

    @contextmanager
    def turn(self, share: Share, stop: Callable[[], bool]) -> Iterator[bool]:
        """Waits for a place and holds it until the caller leaves. Yields False if ``stop`` ended the wait."""
        has_place = self._take(share, stop)
        try:
            yield has_place
        finally:
            if has_place:
                with self._changed:
                    self._free += 1
                    self._changed.notify_all()

    def _take(self, share: Share, stop: Callable[[], bool]) -> bool:
        with self._changed:
            number = next(self._numbers)
            self._waiting[number] = share
            try:
                while not (self._free and number == self._next()):
                    self._changed.wait(_GLANCE_S)
                    if stop():
                        return False
                self._free -= 1
                self._note(share)
                return True
            finally:
                del self._waiting[number]
                self._changed.notify_all()

    def _next(self) -> int:
        return min(self._waiting, key=lambda number: (*self._rank(self._waiting[number]), number))

    def _rank(self, share: Share) -> tuple[int, int]:
        return self._last.get(share.collection, 0), self._last.get(share, 0)

    def _note(self, share: Share) -> None:
        for each in (share.collection, share):
            self._last.pop(each, None)
            self._last[each] = next(self._numbers)
        while len(self._last) > _MOST_KNOWN:
            del self._last[next(iter(self._last))]
