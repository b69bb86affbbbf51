"""Attacks a server: eight clients send the costliest requests while another client searches."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import psutil

from sinkqa.eval.attack.routes import ROUTES, Cost
from sinkqa.eval.attack.units import repeated
from sinkqa.eval.outcome import Bar, Clock, Failure, Outcome
from sinkqa.eval.speed.loopback import Server

ATTACKERS = 8
_PAUSE_S = 0.12  # between two searches: below the rate that a key is allowed
_GONE_S = 5.0
_MOST_RATIO, _MOST_READY_S, _MOST_LEFT_S = 5.0, 1.0, 0.1
GRACE_S = 45.0  # what the unit and the container allow
_TIMEOUT_S = 90.0
_QUERY = "carbon sink offset limit"


def crowd(server: Server, keys: Sequence[str], cost: Cost, clock: Clock) -> Outcome:
    """Searches without attackers first, then beside them.

    The first key is for searching, each other one for an attacker.
    """
    failures: list[Failure] = []
    alone, _ = _watched(server, keys[0], clock.left_s / 4, failures)
    stop = threading.Event()
    with ThreadPoolExecutor(ATTACKERS) as pool:
        attacking = [pool.submit(_attack, server, key, cost, stop) for key in keys[1 : ATTACKERS + 1]]
        time.sleep(0.5)
        beside, ready = _watched(server, keys[0], max(1.0, clock.left_s - _GONE_S), failures)
        stop.set()
        served = sum(each.result() for each in attacking)
    time.sleep(_GONE_S)
    before = server.cpu_s()
    time.sleep(1.0)
    left = server.cpu_s() - before
    ended_s = _ended_s(server)
    p99, p99_alone = percentile(beside, 0.99), percentile(alone, 0.99)
    figures = {
        "search alone p99 ms": 1000 * p99_alone, "search beside p99 ms": 1000 * p99, "searches beside": len(beside),
        "attacks answered": served, "readyz slowest ms": 1000 * max(ready, default=0.0), "CPU s a second after": left,
        "s from SIGTERM to the end": ended_s,
    }  # fmt: skip
    bars = (
        Bar("p99 of a search beside attackers / alone", p99 / p99_alone, _MOST_RATIO),
        Bar("slowest /readyz s", max(ready, default=None), _MOST_READY_S),
        Bar(f"CPU s in a second, {_GONE_S:g} s after", left, _MOST_LEFT_S),
        Bar("s from SIGTERM to the end", ended_s, GRACE_S),
        Bar("searches refused or unanswered", len(failures), 0),
    )
    return Outcome("crowd", len(alone) + len(beside) + served, clock.spent_s, figures, bars, tuple(failures[:50]))


def _ended_s(server: Server) -> float:
    """Seconds that a server takes to end on request; it is killed where it does not end."""
    began = time.monotonic()
    server.process.terminate()
    try:
        server.process.wait(timeout=2 * GRACE_S)
    except psutil.TimeoutExpired:
        server.process.kill()
        server.process.wait()
    return time.monotonic() - began


def percentile(times: Sequence[float], share: float) -> float:
    """Returns the smallest of the times that is at least as long as ``share`` of them."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _watched(server: Server, key: str, seconds: float, failures: list[Failure]) -> tuple[list[float], list[float]]:
    """Searches with a key and checks readiness for a while. Returns the seconds of each request."""
    searches: list[float] = []
    ready: list[float] = []
    until = time.monotonic() + seconds
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=server.url, timeout=_TIMEOUT_S, headers=headers) as http:
        while time.monotonic() < until or not searches:
            for taken, method, path, body in (
                (searches, "POST", "/v1/search", {"query": _QUERY}),
                (ready, "GET", "/readyz", None),
            ):
                began = time.monotonic()
                try:
                    status = http.request(method, path, json=body).status_code
                except httpx.TransportError:
                    status = 0
                taken.append(time.monotonic() - began)
                if status != 200:
                    failures.append(Failure(f"{method} {path}", f"status {status} after {taken[-1]:.1f} s"))
            time.sleep(_PAUSE_S)
    return searches, ready


def _attack(server: Server, key: str, cost: Cost, stop: threading.Event) -> int:
    """Sends one request after the other until the end. Returns how many were answered, with whatever status."""
    answered = 0
    body = ROUTES[cost.route](repeated(cost.unit, cost.size))
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json, text/event-stream"}
    with httpx.Client(base_url=server.url, timeout=_TIMEOUT_S, headers=headers) as http:
        while not stop.is_set():
            with suppress(httpx.TransportError):
                answered += http.post(cost.route, json=body).status_code > 0
    return answered
