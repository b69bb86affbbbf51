"""Limits how often each client may send requests: a bucket of tokens for each key and address."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import mmap
import os
import struct
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_MOST = 10_000  # kept at once; whoever was quiet longest is forgotten first
_PLACE = struct.Struct("<16sdd")  # whose, its tokens, and when that was
_SHELF, _SHELVES = 8 * _PLACE.size, 2048

_Bucket = tuple[float, float]
"""The number of tokens, and the time of that number by the machine's clock."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The state of a bucket after a request.

    ``left``: requests that may still come at once. ``full_s``: seconds until the bucket is full. ``wait_s``: seconds
    until the next request is allowed.
    """

    limit: int
    left: int
    full_s: int
    wait_s: int

    def headers(self) -> dict[str, str]:
        """The headers of the IETF's draft for rate limits."""
        return {
            "RateLimit-Policy": f'"requests";q={self.limit};w=60',
            "RateLimit": f'"requests";r={self.left};t={self.full_s}',
        }


class Buckets:
    """A bucket of tokens for each client. It starts full and refills evenly in a minute. Each request takes a token."""

    def __init__(self, per_minute: int) -> None:
        self._limit = per_minute
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, who: str) -> Budget | None:
        """Takes a token. If there is none, ``wait_s`` is above 0. Returns None if there is no limit."""
        return self._taken(who) if self._limit else None

    def _taken(self, who: str) -> Budget:
        budget, self._buckets[who] = self._spent(self._buckets.pop(who, None))
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return budget

    def _spent(self, known: _Bucket | None) -> tuple[Budget, _Bucket]:
        """The bucket after a request. ``known`` None: nobody has taken from it yet."""
        now, speed = time.monotonic(), self._limit / 60
        tokens, then = known or (float(self._limit), now)
        tokens = min(self._limit, tokens + (now - then) * speed)
        wait_s = 0 if tokens >= 1 else math.ceil((1 - tokens) / speed)
        tokens -= 0 if wait_s else 1
        return Budget(self._limit, int(tokens), math.ceil((self._limit - tokens) / speed), wait_s), (tokens, now)


class SharedBuckets(Buckets):
    """Buckets shared by all processes that open the same file: a token that one takes is gone for the others.

    The file has shelves of eight places each. The hash of the client's name selects the shelf. If a process is killed,
    its lock is released.
    """

    def __init__(self, per_minute: int, path: Path) -> None:
        super().__init__(per_minute)
        with path.open("a+b") as file:
            file.truncate(_SHELVES * _SHELF)
            self._file = os.dup(file.fileno())
        self._map = mmap.mmap(self._file, _SHELVES * _SHELF)

    def _taken(self, who: str) -> Budget:
        digest = hashlib.blake2b(who.encode("utf-8", "replace"), digest_size=16).digest()
        start = int.from_bytes(digest[:4], "little") % _SHELVES * _SHELF
        with self._alone(start):
            places = range(start, start + _SHELF, _PLACE.size)
            found = {at: _PLACE.unpack_from(self._map, at) for at in places}
            at = next((at for at, (whose, _, _) in found.items() if whose == digest), None)
            budget, (tokens, now) = self._spent(None if at is None else found[at][1:])
            if at is None:  # whoever was quiet longest is forgotten
                at = min(places, key=lambda place: found[place][2])
            _PLACE.pack_into(self._map, at, digest, tokens, now)
        return budget

    @contextmanager
    def _alone(self, start: int) -> Iterator[None]:
        """No other process has to do with this shelf."""
        import fcntl  # where there are several processes, there it is

        fcntl.lockf(self._file, fcntl.LOCK_EX, 1, start)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, start)


def buckets(per_minute: int, name: str, together: Path | None) -> Buckets:
    """The buckets of this process, or with ``together`` of all processes that share this folder, by name."""
    return SharedBuckets(per_minute, together / f"{name}.buckets") if together else Buckets(per_minute)


def network(address: str) -> str:
    """The address to count requests by. For IPv6 it is the network, because one client has at least 2**64 addresses."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine itself."""
    host = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
