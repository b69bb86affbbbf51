"""Measures the cost of one request on each route of a real server, with texts built to be costly."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx

from sinkqa.eval.attack.units import UNITS, repeated
from sinkqa.eval.outcome import MOST_SHOWN, Bar, Clock, Failure, Outcome
from sinkqa.eval.speed.loopback import Server

MOST_CPU_S = 1.5
_MOST_GROWTH = 1.3  # exponent of the cost in the size: 1 is linear, and clocks are coarse
_MEASURABLE_S = 0.2  # below it, growth is noise
_SIZES = (1_000_000, 300_000, 100_000, 20_000, 10_000, 4_000, 1_000)
_PLAIN = "carbon "  # one sentence without end: no rule counts parts of it
_REFUSED = range(400, 500)
_CURVE = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)
_TIMEOUT_S = 120.0
_REST_S, _GLANCE_S = 30.0, 0.1

Body = Callable[[str], dict[str, Any]]

ROUTES: dict[str, Body] = {
    "/v1/answer": lambda text: {"question": text},
    "/v1/search": lambda text: {"query": text},
    "/v1/verify": lambda text: {"text": text},
    "/v1/verify/quote": lambda text: {"quote": text},
    "/v1/chat/completions": lambda text: {"model": "sinkqa", "messages": [{"role": "user", "content": text}]},
    "/v1/responses": lambda text: {"model": "sinkqa", "input": text},
    "/v1/vector_stores/default/search": lambda text: {"query": text},
    "/retrieval": lambda text: {
        "knowledge_id": "default", "query": text, "retrieval_setting": {"top_k": 8, "score_threshold": 0.0}
    },
    "/mcp": lambda text: {
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "verify", "arguments": {"text": text}}
    },
}  # fmt: skip
"""Every route that takes a text, with a function that makes the request body of a text."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one request: seconds of the server's processor time, and its status (0: no answer at all).

    Work that continues after the answer counts too.
    """

    route: str
    unit: str
    size: int
    cpu_s: float
    status: int


def strings(server: Server, seed: int, clock: Clock, *, keys: str | None = None) -> tuple[Outcome, Cost | None]:
    """Tries texts of repeated units at each route's largest size, in random order, until the time is up.

    Returns the outcome and the costliest request. A fifth of the time is reserved to measure, for the costliest text of
    each route, how the cost grows with the size.
    """
    costs: list[Cost] = []
    headers = {"Authorization": f"Bearer {keys}"} if keys else {}
    with httpx.Client(base_url=server.url, timeout=_TIMEOUT_S, headers=headers) as http:
        most = {route: _largest(server, http, route) for route in ROUTES}
        pairs = [(route, unit) for route in ROUTES for unit in UNITS]
        Random(seed).shuffle(pairs)
        for route, unit in pairs:
            if clock.left_s < clock.allowed_s / 5:
                break
            costs.append(_send(server, http, route, unit, most[route]))
        worst = {route: max((each for each in costs if each.route == route), key=lambda each: each.cpu_s, default=None)
                 for route in ROUTES}  # fmt: skip
        curves = {
            route: [_send(server, http, route, each.unit, size) for size in _CURVE if clock.left_s]
            for route, each in worst.items()
            if each
        }
    return _outcome(costs, most, curves, clock), max(costs, key=lambda each: each.cpu_s, default=None)


def _outcome(costs: list[Cost], most: dict[str, int], curves: dict[str, list[Cost]], clock: Clock) -> Outcome:
    figures: dict[str, float] = {f"{route} largest": float(size) for route, size in most.items()}
    for route in ROUTES:
        figures[f"{route} worst CPU s"] = max((each.cpu_s for each in costs if each.route == route), default=0.0)
    figures |= {f"{each.route} {each.unit!r} at {each.size}": each.cpu_s for curve in curves.values() for each in curve}
    everything = [*costs, *(each for curve in curves.values() for each in curve)]
    failed = [each for each in everything if each.status in (0, *range(500, 600))]
    slow = [each for each in costs if each.cpu_s > MOST_CPU_S]
    shown = [
        Failure(f"{each.size} of {each.unit!r} to {each.route}", f"{each.cpu_s:.2f} s of CPU, status {each.status}")
        for each in dict.fromkeys([*failed, *slow])
    ]
    steep = [growth for curve in curves.values() if (growth := growth_of(curve)) is not None]
    bars = (
        Bar("worst CPU s of a request", max((each.cpu_s for each in costs), default=None), MOST_CPU_S),
        Bar("exponent of growth", max(steep, default=None), _MOST_GROWTH),
        Bar("5xx or no answer", len(failed), 0),
    )
    return Outcome("strings", len(everything), clock.spent_s, figures, bars, tuple(shown[:MOST_SHOWN]))


def growth_of(curve: list[Cost]) -> float | None:
    """Returns the exponent with which the cost grows over the largest answered sizes.

    None: too little cost to measure.
    """
    answered = [each for each in curve if each.status == 200]
    if len(answered) < 2 or answered[-1].cpu_s < _MEASURABLE_S:
        return None
    last = answered[-1]
    first = min(answered[:-1], key=lambda each: abs(each.size - last.size / 5))
    return math.log(last.cpu_s / max(first.cpu_s, 0.01)) / math.log(last.size / first.size)


def _largest(server: Server, http: httpx.Client, route: str) -> int:
    """The largest size that is not refused."""
    return next(
        (size for size in _SIZES if _send(server, http, route, _PLAIN, size).status not in _REFUSED), _SIZES[-1]
    )


def _send(server: Server, http: httpx.Client, route: str, unit: str, size: int) -> Cost:
    before = server.cpu_s()
    try:
        accepted = {"Accept": "application/json, text/event-stream"}
        response = http.post(route, json=ROUTES[route](repeated(unit, size)), headers=accepted)
        status = response.status_code
        if status == 200 and route == "/mcp" and response.json()["result"]["isError"]:
            status = 422  # a tool's refusal is a result
    except httpx.TransportError:
        status = 0
    _rest(server)
    return Cost(route, unit, size, server.cpu_s() - before, status)


def _rest(server: Server) -> None:
    """Waits until the server is idle: work that goes on after an answer is part of its cost."""
    until = time.monotonic() + _REST_S
    spent = -1.0
    while spent < (spent := server.cpu_s()) and time.monotonic() < until:
        time.sleep(_GLANCE_S)
