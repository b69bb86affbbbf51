"""How much of the server one client may have at once, so that the others are answered meanwhile."""

from __future__ import annotations

import asyncio
import os
from collections import Counter

from service.settings import Settings

SLICE_S = 0.0005  # a thread works before another may: a search hands over some fifty times, and waits as often
_PART = 4  # one in so many threads is what a client has at least to itself
_LEAST = 2  # so that a client's short request need not wait for its long one


def threads(settings: Settings) -> int:
    """Few: an answer is worked out, not waited for, and threads beyond the cores take each other's time.

    One that waits for a language model takes nobody's.
    """
    return settings.threads or 4 * (os.cpu_count() or 1) + 32 * (settings.llm_url is not None)


class Clients:
    """Places for the requests of each client: so many are worked on at once, and as many again and more wait in order.

    A client is a key, or an address without one.
    """

    def __init__(self, settings: Settings) -> None:
        self._at_once = max(_LEAST, threads(settings) // _PART)
        self._most = max(self._at_once, settings.request_limit // 2)
        self._present = Counter[str]()
        self._places: dict[str, asyncio.Semaphore] = {}

    def is_full(self, client: str) -> bool:
        """Whether another request of this client has to come later."""
        return self._present[client] >= self._most

    def enter(self, client: str) -> asyncio.Semaphore:
        """A request of this client is here: its work waits for the semaphore, and holds it until :meth:`leave`."""
        self._present[client] += 1
        return self._places.setdefault(client, asyncio.Semaphore(self._at_once))

    def leave(self, client: str) -> None:
        """A request of this client is gone, and no thread works on it any longer."""
        self._present[client] -= 1
        if not self._present[client]:
            del self._present[client], self._places[client]
