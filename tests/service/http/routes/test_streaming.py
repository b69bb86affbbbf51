"""An answer as events: each leaves when it is made, a failure is the last, and nobody works for one who has left."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import httpx
import pytest

from sinkqa.service.answer import Answer
from sinkqa.service.budget import checkpoint
from sinkqa.service.engine import Engine
from sinkqa.service.errors import DeadlineExceeded
from sinkqa.service.progress import begun
from tests.service.http.conftest import EN
from tests.service.http.routes.test_answers import parsed
from tests.service.http.tabling import tabling

PATIENCE_S = 30


class Stepwise(Engine):
    """Answers, but waits in the middle of it until it is let go on; then fails."""

    reached, let = threading.Event(), threading.Event()
    ended: threading.Event

    def stream(self, question: str, **how: object) -> Iterator[Answer]:
        begun("judging")
        self.reached.set()
        assert self.let.wait(PATIENCE_S)
        yield from super().stream(question)
        raise DeadlineExceeded("too long")


class Endless(Engine):
    """Works until it is told that nobody waits."""

    ended = threading.Event()

    def stream(self, question: str, **how: object) -> Iterator[Answer]:
        begun("judging")
        try:
            while not self.ended.wait(0.01):
                checkpoint()
        except DeadlineExceeded:
            self.ended.set()
            raise
        yield from super().stream(question)


def events(url: str) -> httpx.Response:
    return httpx.stream("POST", f"{url}/v1/answer", json={"question": EN, "stream": True}, timeout=PATIENCE_S)


def test_a_step_is_told_while_the_next_is_not_done_and_a_failure_ends_the_events(begin):
    with tabling(begin(), opens=Stepwise.open) as url, events(url) as response:
        lines = response.iter_lines()
        assert [next(lines), next(lines)] == ["event: progress", 'data: {"step":"judging"}']
        Stepwise.let.set()
        told = parsed("\n".join(lines).strip("\n"))
    assert [name for name, _ in told] == ["progress", "evidence", "problem"]
    assert told[-1][1] == {"code": "deadline-exceeded", "detail": "too long"}


def test_who_leaves_is_not_worked_for_any_longer(begin):
    with tabling(begin(), opens=Endless.open) as url:
        with events(url) as response:
            assert next(response.iter_lines()) == "event: progress"
        assert Endless.ended.wait(PATIENCE_S)


def test_an_answer_that_takes_longer_than_a_request_may_says_so(begin):
    Endless.ended.clear()
    with tabling(begin(request_timeout_s=0.5), opens=Endless.open) as url, events(url) as response:
        told = parsed(response.read().decode())
    assert [name for name, _ in told] == ["progress", "problem"]
    assert told[-1][1]["code"] == "deadline-exceeded" and "request_timeout_s" in told[-1][1]["detail"]


@pytest.mark.parametrize("filters", [{"doc_ids": ["none"]}, {"languages": ["zz"]}])
def test_what_is_wrong_before_the_first_event_is_told_by_the_status(client, filters):
    asked = {"question": EN, "filters": filters}
    whole, streamed = client.post("/v1/answer", asked), client.post("/v1/answer", asked | {"stream": True})
    assert whole.status_code == streamed.status_code
    if whole.status_code != 200:
        assert whole.json()["code"] == streamed.json()["code"]
