"""Operators see every request: its id, a line of JSON without anyone's words, and true numbers."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from sinkqa.service.engine import Engine
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.http.app import create_app
from sinkqa.service.http.observing.lines import JsonLines
from tests.service.http.conftest import OUTSIDE, ZH, Client


def numbers(client):
    page = client.get("/metrics").text
    families = text_string_to_metric_families(page)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


@pytest.fixture
def fresh(settings):
    return Client(create_app(settings))


@pytest.mark.parametrize("given", ["a1.B-2:c_3", "x" * 128])
def test_a_request_keeps_the_id_that_its_client_gave(client, given):
    assert client.get("/healthz", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a b", 'x"}', "x" * 129, "é"])
def test_any_other_id_is_replaced(client, given):
    ids = {client.get("/healthz", headers={b"X-Request-Id": given.encode()}).headers["x-request-id"] for _ in range(2)}
    assert given not in ids and len(ids) == 2


def test_errors_carry_the_id_too(settings):
    app = create_app(settings)
    app.get("/broken")(lambda: 1 / 0)
    for path in ("/nothing", "/broken"):
        assert Client(app).get(path, headers={"X-Request-Id": "mine"}).headers.get_list("x-request-id") == ["mine"]


def test_the_log_has_a_line_of_json_for_each_request_and_no_word_of_it(client, caplog):
    caplog.set_level(logging.INFO, "sinkqa")
    caplog.handler.setFormatter(JsonLines())
    headers = {"X-Request-Id": "q7", "Authorization": "Bearer secret", "X-SinkQA-Collection": "default"}
    client.post("/v1/answer?token=secret", {"question": ZH}, headers=headers)
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    told = next(line for line in lines if ".observing" in line["logger"])
    assert (told["method"], told["route"], told["status"]) == ("POST", "/v1/answer", 200)
    assert told["request_id"] == "q7" and told["taken_ms"] > 0 and told["level"] == "info"
    assert "secret" not in caplog.text and ZH not in caplog.text


def test_requests_and_stages_are_counted(fresh):
    for body in ({"question": ZH}, {"question": ZH, "stream": True}, {"question": OUTSIDE}, {"question": "?"}):
        fresh.post("/v1/answer", body)
    fresh.get("/no/such/" + "page")
    fresh("BREW", "/healthz")
    found = numbers(fresh)
    assert found["sinkqa_requests_total", "POST", "/v1/answer", "200"] == 3
    assert found["sinkqa_requests_total", "POST", "/v1/answer", "422"] == 1
    assert found["sinkqa_requests_total", "GET", "unmatched", "404"] == 1
    assert not any("BREW" in key for key in found)
    assert found["sinkqa_request_seconds_count", "/v1/answer"] == 4
    assert found["sinkqa_stage_seconds_count", "search"] == 3
    assert found["sinkqa_answers_total", "answered"] == 2
    assert found["sinkqa_answers_total", "abstained"] == 1
    reasons = [value for key, value in found.items() if key[0] == "sinkqa_abstentions_total"]
    assert sum(reasons) == 1


async def running(app, use):
    async with app.router.lifespan_context(app):
        return await asyncio.to_thread(use)


def test_the_libraries_are_told_of_and_a_withdrawn_quote_is_counted(begin):
    settings = begin()
    app = create_app(settings)
    client = Client(app)

    def use():
        before = numbers(client)
        engine = Engine.open(settings)
        engine._library._store.connection.execute("UPDATE documents SET text_sha256 = 'x'")
        client.post("/v1/answer", {"question": ZH})
        return before, numbers(client)

    before, after = asyncio.run(running(app, use))
    assert before["sinkqa_library_documents", "default"] == 3
    assert before["sinkqa_library_generation", "default"] == Engine.open(settings).generation
    assert before["sinkqa_library_passages", "default"] > 3
    assert before["sinkqa_withdrawn_quotes_total",] == 0
    assert after["sinkqa_withdrawn_quotes_total",] > 0
    assert after["sinkqa_abstentions_total", "unsupported"] == 1


def test_an_empty_library_is_not_ready(settings, client, tmp_path):
    assert client.get("/readyz").json() == {"status": "ready", "generation": Engine.open(settings).generation}
    empty = replace(settings, library=tmp_path / "empty")
    Collections(empty).engine(create=True)
    refused = Client(create_app(empty)).get("/readyz")
    assert (refused.status_code, refused.json()["code"]) == (503, "library-empty")


def test_spans_follow_an_answer_through_its_stages(settings, monkeypatch):
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    Client(create_app(settings)).post("/v1/answer", {"question": ZH})
    spans = {span.name: span for span in kept.get_finished_spans()}
    assert {"POST /v1/answer", "sinkqa.search", "sinkqa.answer"} <= set(spans)
    request, search = spans["POST /v1/answer"], spans["sinkqa.search"]
    assert search.context.trace_id == request.context.trace_id
    assert request.start_time <= search.start_time <= search.end_time <= request.end_time
    assert not any(ZH in str(value) for span in spans.values() for value in (span.attributes or {}).values())
