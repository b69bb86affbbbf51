"""Limits how much of the server one client can use at once, so that other clients are served meanwhile."""

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
    """The number of threads of each process. It is small: an answer needs a core, and more threads only share it.

    A single process has several threads, so that short requests do not wait for long ones. If there are several
    processes, each has one thread, because two would compete for the interpreter. A thread that waits for a language
    model needs no core.
    """
    usual = 4 * (os.cpu_count() or 1) if settings.processes == 1 else 1
    return settings.threads or usual + 32 * (settings.llm_url is not None)


def places(settings: Settings) -> int:
    """The number of requests that a process holds at once: its share of the server's limit."""
    return -(-settings.request_limit // settings.processes)


class Clients:
    """Places for the requests of each client. Some requests are processed at once, and others wait in order.

    A client is a key, or an address if it sends no key.
    """

    def __init__(self, settings: Settings) -> None:
        self._at_once = max(_LEAST, threads(settings) // _PART)
        self._most = max(self._at_once, places(settings) // 2)
        self._present = Counter[_Client]()
        self._places: dict[_Client, asyncio.Semaphore] = {}

    def is_full(self, client: str) -> bool:
        """Whether this client has as many requests as it may have now."""
        return self._present[_here(client)] >= self._most

    def enter(self, client: str) -> asyncio.Semaphore:
        """Registers a request of this client. Its work must wait for the semaphore and hold it until :meth:`leave`."""
        self._present[_here(client)] += 1
        return self._places.setdefault(_here(client), asyncio.Semaphore(self._at_once))

    def leave(self, client: str) -> None:
        """Ends a request of this client. Call it when no thread works on the request."""
        here = _here(client)
        self._present[here] -= 1
        if not self._present[here]:
            del self._present[here], self._places[here]


def _here(client: str) -> _Client:
    return client, asyncio.get_running_loop()
