"""How often someone may ask: a bucket of tokens for each key and address."""

from __future__ import annotations

import ipaddress
import math
import time
from collections import OrderedDict
from dataclasses import dataclass

_MOST = 10_000  # kept at once; whoever was quiet longest is forgotten first


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left after a request: ``left`` more at once, ``full_s`` until all are back, ``wait_s`` until the next."""

    limit: int
    left: int
    full_s: int
    wait_s: int

    def headers(self) -> dict[str, str]:
        """As the IETF's draft for rate limits has them."""
        return {
            "RateLimit-Policy": f'"requests";q={self.limit};w=60',
            "RateLimit": f'"requests";r={self.left};t={self.full_s}',
        }


class Buckets:
    """A bucket for each who: full at first, a token for a request, refilled evenly over a minute."""

    def __init__(self, per_minute: int) -> None:
        self._limit = per_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when that was

    def take(self, who: str) -> Budget | None:
        """Takes a token, where there is one: else ``wait_s`` is above 0. None where there is no limit."""
        if not self._limit:
            return None
        now, speed = time.monotonic(), self._limit / 60
        tokens, then = self._buckets.pop(who, (float(self._limit), now))
        tokens = min(self._limit, tokens + (now - then) * speed)
        wait_s = 0 if tokens >= 1 else math.ceil((1 - tokens) / speed)
        tokens -= 0 if wait_s else 1
        self._buckets[who] = tokens, now
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return Budget(self._limit, int(tokens), math.ceil((self._limit - tokens) / speed), wait_s)


def network(address: str) -> str:
    """The address to count by: whoever has one of IPv6 has at least 2**64 of them."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


def is_loopback(host: str) -> bool:
    """Whether a name or an address means this machine itself."""
    host = host.strip("[]").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
