"""Measures how many searches a second a server answers, for a given number of concurrent clients."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from sinkqa.eval.errors import ServerFailed
from sinkqa.eval.speed.loopback import Server

_TIMEOUT_S = 60.0


class Throughput(NamedTuple):
    """Requests answered per second of wall time, and per second of the server's processor time."""

    per_s: float
    per_cpu_s: float


def search_throughput(server: Server, queries: Sequence[str], *, clients: int, seconds: float) -> Throughput:
    """Measures searches: each client sends its requests one after the other over one connection, in the plainest way.

    Raises:
        ServerFailed: a response had a status other than 200.
    """
    bodies = [json.dumps({"query": query}) for query in queries]
    before, began = server.cpu_s_of_all(), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        shares = [(server.url, bodies[i::clients] or bodies, began + seconds) for i in range(clients)]
        answered = sum(pool.map(lambda share: _ask(*share), shares))
    took, spent = time.perf_counter() - began, server.cpu_s_of_all() - before
    return Throughput(answered / took, answered / spent if spent else 0.0)


def _ask(url: str, bodies: Sequence[str], until: float) -> int:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=_TIMEOUT_S)
    answered = 0
    try:
        while time.perf_counter() < until:
            body = bodies[answered % len(bodies)]
            connection.request("POST", "/v1/search", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            said = response.read()
            if response.status != 200:
                raise ServerFailed(f"a search was answered with {response.status}: {said[:200]!r}")
            answered += 1
    finally:
        connection.close()
    return answered
