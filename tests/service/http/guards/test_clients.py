"""One client has a share of the server and no more: the others are answered whatever it asks."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import replace

import httpx
import pytest

from sinkqa.service.http.app import create_app
from sinkqa.service.http.guards.clients import Clients
from tests.service.http.conftest import EN
from tests.service.http.guards.test_problems import told

GREEDY, OTHER = "10.0.0.1", "10.0.0.2"


class Held:
    """A route whose requests stay until they are let go, and how many were in it at most."""

    def __init__(self, app) -> None:
        self.now = self.most = 0
        self.let_go = threading.Event()
        self._lock = threading.Lock()
        app.get("/hold")(self._hold)

    def _hold(self) -> str:
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.let_go.wait(20)
        with self._lock:
            self.now -= 1
        return "held"


def caller(app, address):
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 1))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30)


async def settled(condition):
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.01)
    assert condition()


def test_others_are_answered_while_one_client_holds_all_that_it_may(settings):
    app = create_app(replace(settings, threads=8, request_limit=32))
    held = Held(app)

    async def meet():
        async with caller(app, GREEDY) as greedy, caller(app, OTHER) as other:
            waiting = [asyncio.create_task(greedy.get("/hold")) for _ in range(10)]
            await settled(lambda: held.now == 2)
            answer = await other.post("/v1/search", json={"query": EN})
            ready = await greedy.get("/readyz")
            page = await greedy.get("/")
            still = held.now
            held.let_go.set()
            got = await asyncio.gather(*waiting)
            return answer, ready, page, still, got

    answer, ready, page, still, got = asyncio.run(meet())
    assert (answer.status_code, ready.status_code, page.status_code, still) == (200, 200, 200, 2)
    assert {each.status_code for each in got} == {200} and held.most == 2


def test_a_client_that_asks_for_more_than_half_of_all_is_told_to_come_back(settings):
    app = create_app(replace(settings, threads=8, request_limit=8))
    held = Held(app)

    async def meet():
        async with caller(app, GREEDY) as greedy, caller(app, OTHER) as other:
            waiting = [asyncio.create_task(greedy.get("/hold")) for _ in range(4)]
            await settled(lambda: held.now == 2)
            refused = await greedy.get("/hold")
            answer = await other.post("/v1/search", json={"query": EN})
            held.let_go.set()
            return refused, answer, await asyncio.gather(*waiting)

    refused, answer, got = asyncio.run(meet())
    told(refused, 503, "overloaded")
    assert int(refused.headers["Retry-After"]) > 0
    assert answer.status_code == 200 and {each.status_code for each in got} == {200}


def test_a_request_that_waited_too_long_is_given_up_and_never_begun(settings):
    app = create_app(replace(settings, threads=8, request_timeout_s=0.3))
    held = Held(app)

    async def meet():
        async with caller(app, GREEDY) as greedy:
            waiting = [asyncio.create_task(greedy.get("/hold")) for _ in range(3)]
            got = await asyncio.gather(*waiting)
            held.let_go.set()
            await settled(lambda: held.now == 0)
            await asyncio.sleep(0.1)
            return got

    for each in asyncio.run(meet()):
        told(each, 503, "deadline-exceeded")
    assert held.most == 2


@pytest.mark.parametrize("count", [1, 5])
def test_nothing_is_kept_of_clients_that_are_gone(settings, count):
    clients = Clients(settings)

    async def pass_by():
        for number in range(count):
            clients.enter(str(number))
        for number in range(count):
            clients.leave(str(number))

    asyncio.run(pass_by())
    assert not clients._present and not clients._places
