"""Limits how much of the server one client can use at once, so that others are answered meanwhile."""

from __future__ import annotations

import asyncio
import os
from collections import Counter

from sinkqa.service.settings import Settings

SLICE_S = 0.0005  # a thread works before another may: a search hands over some fifty times, and waits as often
_PART = 4  # one in so many threads is what a client has at least to itself
_LEAST = 2  # so that a client's short request need not wait for its long one

_Client = tuple[str, asyncio.AbstractEventLoop]  # a semaphore belongs to the loop that waits for it


def threads(settings: Settings) -> int:
    """Of each process, few: an answer is worked out, not waited for; threads beyond the cores take each other's time.

    One process has several, so that short requests need not wait for long ones. Of several processes each has one: two
    would hand the interpreter to and fro. One that waits for a language model takes nobody's time.
    """
    usual = 4 * (os.cpu_count() or 1) if settings.processes == 1 else 1
    return settings.threads or usual + 32 * (settings.llm_url is not None)


def places(settings: Settings) -> int:
    """Requests that a process holds at once: its share of the server's limit."""
    return -(-settings.request_limit // settings.processes)


class Clients:
    """Places for the requests of each client: so many are worked on at once, and as many again and more wait in order.

    A client is a key, or an address without one.
    """

    def __init__(self, settings: Settings) -> None:
        self._at_once = max(_LEAST, threads(settings) // _PART)
        self._most = max(self._at_once, places(settings) // 2)
        self._present = Counter[_Client]()
        self._places: dict[_Client, asyncio.Semaphore] = {}

    def is_full(self, client: str) -> bool:
        """Whether this client may send no further request now."""
        return self._present[_here(client)] >= self._most

    def enter(self, client: str) -> asyncio.Semaphore:
        """Registers a request of this client: its work waits for the semaphore and holds it until :meth:`leave`."""
        self._present[_here(client)] += 1
        return self._places.setdefault(_here(client), asyncio.Semaphore(self._at_once))

    def leave(self, client: str) -> None:
        """Ends a request of this client, once no thread works on it."""
        here = _here(client)
        self._present[here] -= 1
        if not self._present[here]:
            del self._present[here], self._places[here]


def _here(client: str) -> _Client:
    return client, asyncio.get_running_loop()
