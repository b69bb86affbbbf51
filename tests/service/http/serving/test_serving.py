"""The real server on a real socket: it starts, answers, and stops without dropping anyone."""

from __future__ import annotations

import json
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import httpx
import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.service.endpoint import Exchange, endpoint
from tests.service.http.conftest import EN, OUTSIDE, ZH, serving


def test_a_server_that_is_told_to_stop_finishes_what_it_has_begun(settings):
    asked, released = threading.Event(), threading.Event()

    def slow(exchange: Exchange) -> None:
        asked.set()
        released.wait(20)
        exchange.begin()
        exchange.piece("Nothing of use.")
        exchange.end()

    model = {"SINKQA_LLM_MODEL": "m", "SINKQA_LLM_RETRIES": "0"}
    with endpoint() as scripted, ThreadPoolExecutor() as pool:
        scripted.says(slow)
        with serving(settings, SINKQA_LLM_URL=scripted.url, **model) as served:
            body = {"question": ZH, "generate": True}
            waiting = [
                pool.submit(httpx.post, f"{served.url}/v1/answer", json=body | {"stream": stream}, timeout=30)
                for stream in (False, True)
            ]
            try:
                assert asked.wait(20)
                served.process.send_signal(signal.SIGTERM)
                with pytest.raises(httpx.TransportError):
                    for _ in range(200):
                        httpx.get(f"{served.url}/healthz", timeout=1)
                assert served.process.poll() is None, "it waits for those who wait"
            finally:
                released.set()
            whole, streamed = (each.result(timeout=30) for each in waiting)
            assert whole.status_code == 200 and whole.json()["segments"]
            assert streamed.status_code == 200 and "event: done" in streamed.text
            assert served.process.wait(timeout=30) in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in served.log]
    assert [line["status"] for line in lines if line.get("route") == "/v1/answer"] == [200, 200]
    assert not any(line["level"] == "error" for line in lines)


def test_evidence_is_there_before_a_slow_model_has_written(settings):
    released = threading.Event()

    def slow(exchange: Exchange) -> None:
        released.wait(20)
        exchange.begin()
        exchange.end()

    with endpoint() as scripted:
        scripted.says(slow)
        with serving(settings, SINKQA_LLM_URL=scripted.url, SINKQA_LLM_MODEL="m") as served:
            body = {"question": ZH, "generate": True, "stream": True}
            with httpx.stream("POST", f"{served.url}/v1/answer", json=body, timeout=30) as response:
                lines = response.iter_lines()
                try:
                    assert "event: evidence" in lines
                    assert json.loads(next(lines).removeprefix("data: "))["passages"]
                finally:
                    released.set()
                assert "event: done" in [*lines]


def test_many_who_ask_at_once_get_the_engines_answers(settings):
    engine = Engine.open(settings)
    expected = {question: engine.ask(question).answer for question in (ZH, EN, OUTSIDE)}
    with serving(settings) as served, httpx.Client(base_url=served.url, timeout=30) as client:
        assert client.get("/readyz").status_code == 200

        def ask(question: str) -> tuple[str, str]:
            return question, client.post("/v1/answer", json={"question": question}).json()["answer"]

        with ThreadPoolExecutor(16) as pool:
            got = [*pool.map(ask, [*expected] * 16)]
    assert all(expected[question] == answer for question, answer in got)


@pytest.mark.slow
def test_an_answer_over_http_costs_no_multiple_of_the_engines(starter):
    settings = Settings(library=starter)
    engine = Engine.open(settings)
    question = "重庆试点的CCER抵销比例上限是多少？"

    def taken_s(ask) -> float:
        began = time.perf_counter()
        ask()
        return time.perf_counter() - began

    with serving(settings) as served, httpx.Client(base_url=served.url) as client:
        asks = (lambda: engine.ask(question)), (lambda: client.post("/v1/answer", json={"question": question}))
        ratios = []
        for _ in range(5):  # in turn, since the machine may be busy with other things
            engines, https = zip(*[[taken_s(ask) for ask in asks] for _ in range(30)], strict=True)
            ratios.append(median(https) / median(engines))
    print(*(f"{ratio:.2f}" for ratio in ratios))
    assert min(ratios) <= 2, ratios  # 1.2 to 1.5 where nothing else runs (docs/decisions/0012)
