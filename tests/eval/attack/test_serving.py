"""Attacks on real servers, short: the harness measures what it says, and sees what is wrong where something is."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sinkqa.eval.attack.contract import contract
from sinkqa.eval.attack.crowd import ATTACKERS, crowd
from sinkqa.eval.attack.routes import ROUTES, Cost, growth_of, strings
from sinkqa.eval.attack.units import UNITS, repeated
from sinkqa.eval.outcome import Clock
from sinkqa.eval.speed.loopback import serving
from sinkqa.service.engine import Engine
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.settings import Settings
from tests.service.http.conftest import FILES


@pytest.fixture
def settings(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    made = Settings(library=tmp_path / "library", workers=1)
    Engine.open(made, create=True).add([tmp_path / name for name in FILES])
    return made


def test_every_route_is_tried_at_the_largest_size_that_it_takes(settings):
    with serving(settings.library) as server:  # a busy machine tries few
        outcome, worst = strings(server, seed=3, clock=Clock(25))
    assert {route: outcome.figures[f"{route} largest"] for route in ("/v1/answer", "/v1/verify", "/v1/search")} == {
        "/v1/answer": 4_000, "/v1/verify": 20_000, "/v1/search": 1_000_000
    }  # fmt: skip
    assert outcome.tried >= 1 and worst and worst.size == outcome.figures[f"{worst.route} largest"]
    assert {bar.name for bar in outcome.bars} >= {"worst CPU s of a request", "exponent of growth", "5xx or no answer"}


def test_units_are_sixty_and_more_and_all_alike_in_size():
    assert len({*UNITS}) == len(UNITS) >= 60
    assert {len(repeated(unit, 1000)) for unit in UNITS} == {1000}
    assert {"/v1/answer", "/v1/verify", "/v1/verify/quote", "/v1/search", "/mcp", "/retrieval"} <= ROUTES.keys()


def curve(*costs: tuple[int, float, int]) -> list[Cost]:
    return [Cost("/v1/verify", "a", size, cpu_s, status) for size, cpu_s, status in costs]


@pytest.mark.parametrize(
    ("costs", "exponent"),
    [
        (curve((1_000, 0.1, 200), (5_000, 0.5, 200)), 1.0),
        (curve((1_000, 0.1, 200), (5_000, 2.5, 200)), 2.0),
        (curve((1_000, 0.1, 200), (5_000, 0.5, 200), (20_000, 0.0, 422)), 1.0),
        (curve((1_000, 0.01, 200), (5_000, 0.1, 200)), None),
        (curve((1_000, 0.1, 422)), None),
    ],
)
def test_growth_is_measured_over_what_is_answered(costs, exponent):
    assert growth_of(costs) == (exponent if exponent is None else pytest.approx(exponent))


def test_a_searcher_is_served_beside_attackers_and_the_server_ends(settings):
    keys = [keys_of(settings).create(f"client {n}")[1] for n in range(ATTACKERS + 1)]
    with serving(settings.library) as server:
        outcome = crowd(server, keys, Cost("/v1/search", "carbon ", 4_000, 0.0, 200), Clock(10))
        assert server.process.poll() is not None
    assert outcome.failures == ()
    assert outcome.figures["attacks answered"] > 0 and outcome.figures["searches beside"] > 1
    assert {bar.name: bar.ok for bar in outcome.bars}["s from SIGTERM to the end"]


def test_requests_made_of_the_schema_find_nothing_here(settings, tmp_path):
    keys = {"admin": keys_of(settings).create("tester", scope="admin")[1], "no": None}
    with serving(settings.library) as server:
        outcome = contract(server.url, keys, seed=5, clock=Clock(12), folder=tmp_path)
    assert outcome.ok, outcome.failures
    assert outcome.figures["admin requests"] > 10 and outcome.figures["no requests"] > 10


LIES = {
    "openapi": "3.1.0",
    "info": {"title": "Lies", "version": "1"},
    "paths": {"/n": {"get": {"responses": {"200": {"description": "A number."}}}}},
}


class Lying(BaseHTTPRequestHandler):
    """Promises numbers, and fails."""

    def do_GET(self):
        body = json.dumps(LIES if self.path == "/openapi.json" else {}).encode()
        self.send_response(200 if self.path == "/openapi.json" else 500)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_a_server_that_fails_is_found_out(tmp_path):
    with ThreadingHTTPServer(("127.0.0.1", 0), Lying) as lying:
        thread = threading.Thread(target=lying.serve_forever)
        thread.start()
        try:
            outcome = contract(f"http://127.0.0.1:{lying.server_port}", {"no": None}, 5, Clock(4), tmp_path)
        finally:
            lying.shutdown()
            thread.join()
    assert not outcome.ok
    broken = {bar.name for bar in outcome.bars if bar.ok is False}
    assert broken == {"server errors", "undocumented statuses"}, outcome.failures
    assert any("/n" in failure.input and "Server error" in failure.happened for failure in outcome.failures)
