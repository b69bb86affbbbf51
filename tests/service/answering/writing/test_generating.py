"""A language model may fail in any way and does no harm: a scripted endpoint dies, stalls, babbles and is not there."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from sinkqa.service.engine import Engine
from tests.service.answering.scripted import (
    FACT,
    KEY,
    QUESTION,
    citing,
    engine,
    key_of,
    same,
    script,
    scripted,
    settings,
)
from tests.service.endpoint import Exchange, endpoint, status, text

__all__ = ["engine", "script", "scripted", "settings"]


def dies(exchange: Exchange) -> None:
    exchange.begin()
    exchange.piece(FACT[:-1] + f" [{key_of(exchange.endpoint.passages(), '40')}]. The")
    exchange.connection.close()
    exchange.close_connection = True


def stalls(exchange: Exchange) -> None:
    exchange.begin()
    exchange.piece("The council")
    exchange.endpoint.over.wait(5)
    exchange.close_connection = True


def keeps_alive(exchange: Exchange) -> None:
    """Comments every few milliseconds: no time limit on reading ever strikes."""
    exchange.begin()
    for _ in range(500):
        exchange.raw(b": thinking\n\n")
        if exchange.endpoint.over.wait(0.02):
            return


def error_in_stream(exchange: Exchange) -> None:
    exchange.begin()
    exchange.piece("The council")
    exchange.event({"error": {"message": f"no credit left for {KEY}", "code": 402}})
    exchange.raw(b"")


def chunks(*values: object):
    def reply(exchange: Exchange) -> None:
        exchange.begin()
        for value in values:
            exchange.event(value)
        exchange.end()

    return reply


def not_json(exchange: Exchange) -> None:
    exchange.begin()
    exchange.raw(b"data: \xff\xfe{{{\n\n")
    exchange.raw(b"")


FAILURES = {
    "refuses the key": (status(401, json.dumps({"error": {"message": f"bad key {KEY}"}}).encode()), "status 401"),
    "knows no such model": (status(404), "status 404"),
    "is too busy": (status(429, retry_after="50"), "status 429"),
    "fails": (status(500, b"Traceback"), "status 500"),
    "refuses the request twice": (status(400), "status 400"),
    "sends a page": (status(200, b"<html>Sign in</html>", Content_Type="text/html"), "broke off"),
    "sends nothing at all": (status(200, b""), "broke off"),
    "sends garbage": (not_json, "other than a chat completion"),
    "sends other JSON": (chunks("hello"), "other than a chat completion"),
    "sends lists": (chunks([1, 2]), "other than a chat completion"),
    "sends choices of another shape": (chunks({"choices": [{"delta": "x"}]}), "other than a chat completion"),
    "sends no choices": (chunks({"choices": None}), "other than a chat completion"),
    "dies in the middle": (dies, "broke off"),
    "fails in the middle": (error_in_stream, "other than a chat completion"),
    "withholds the text": (text("The council", finish="content_filter"), "content_filter"),
    "says nothing": (text(""), "said nothing"),
    "says blanks": (text(" \n\t "), "said nothing"),
    "finds no answer": (text("NO_ANSWER"), "found no answer"),
}


@pytest.mark.parametrize(("reply", "why"), FAILURES.values(), ids=FAILURES)
def test_an_endpoint_that_fails_leaves_the_extractive_answer_with_a_note(engine, scripted, caplog, reply, why):
    caplog.set_level(logging.DEBUG)
    scripted.says(reply)
    answer = engine.ask(QUESTION, generate=True)
    assert same(answer, engine.ask(QUESTION))
    assert why in answer.notes[0] and "\n" not in answer.notes[0]
    assert KEY not in str(answer.as_dict()) + caplog.text


@pytest.fixture
def threads_that_end() -> Iterator[None]:
    """Waits for the threads that a test began: one that retries later draws random numbers in another's property."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(timeout=20)
        assert not thread.is_alive()


@pytest.mark.parametrize("reply", [stalls, keeps_alive, status(503, retry_after="2")])
def test_an_endpoint_that_keeps_us_waiting_is_left_in_time(threads_that_end, settings, scripted, reply):
    engine = Engine.open(replace(settings, llm_timeout_s=0.6, llm_retries=2))
    scripted.says(reply)
    engine.ask(QUESTION)
    began = time.monotonic()
    answer = engine.ask(QUESTION, generate=True)
    assert time.monotonic() - began < 3
    assert same(answer, engine.ask(QUESTION))
    assert "in time" in answer.notes[0] or "within 0.6 s" in answer.notes[0]


def test_an_endpoint_that_is_not_there_leaves_the_extractive_answer(settings):
    with endpoint() as gone:
        pass
    engine = Engine.open(replace(settings, llm_url=gone.url.replace("http://", "http://user:secret@")))
    answer = engine.ask(QUESTION, generate=True)
    assert same(answer, engine.ask(QUESTION))
    assert "cannot be reached" in answer.notes[0] and "secret" not in str(answer.notes)


def test_a_busy_endpoint_is_asked_again(settings, scripted):
    engine = Engine.open(replace(settings, llm_retries=1))
    scripted.says(status(429, retry_after_ms="5"), citing(FACT[:-1] + " [{}].", "40"))
    assert engine.ask(QUESTION, generate=True).generated
    assert len(scripted.requests) == 2


def test_an_endpoint_with_newer_terms_is_asked_in_these(engine, scripted):
    scripted.says(status(400), citing(FACT[:-1] + " [{}].", "40"))
    assert engine.ask(QUESTION, generate=True).generated
    first, second = scripted.requests
    assert first["max_tokens"] == second["max_completion_tokens"] == 600
    assert first["temperature"] == 0 and "temperature" not in second and "max_tokens" not in second


@pytest.mark.parametrize("endless", [False, True])
def test_past_the_cap_what_was_finished_is_kept_and_what_was_not_is_removed(settings, scripted, endless):
    engine = Engine.open(replace(settings, llm_max_tokens=20))

    def goes_on(exchange: Exchange) -> None:
        key = key_of(exchange.endpoint.passages(), "40")
        exchange.begin()
        exchange.piece(f"{FACT[:-1]} [{key}]. ")
        exchange.piece(f"It pays 40 marks [{key}] for")
        for _ in range(2_000 if endless else 0):
            exchange.piece(" marks and marks")
        exchange.end("length")

    scripted.says(goes_on)
    answer = engine.ask(QUESTION, generate=True)
    assert answer.generated and answer.answer == f"{FACT} [1]"
    assert [each.reason for each in answer.removed] == ["not finished"]
    assert "the cap" in answer.notes[0] and scripted.requests[0]["max_tokens"] == 20


def test_the_cap_on_cost_bounds_what_is_written_and_fails_closed(settings, scripted):
    scripted.says(citing(FACT[:-1] + " [{}].", "40"))

    def asked(**prices: float) -> tuple[bool, str]:
        answer = Engine.open(replace(settings, **prices)).ask(QUESTION, generate=True)
        return answer.generated, " ".join(answer.notes)

    assert asked(llm_max_cost=0.01, llm_price_in=1.0, llm_price_out=50.0) == (True, "")
    granted = scripted.requests[-1]["max_tokens"]
    prompt_bytes = len(json.dumps(scripted.requests[-1]["messages"], ensure_ascii=False).encode())
    assert 0 < granted < 600 and prompt_bytes * 1e-6 + granted * 50e-6 <= 0.01
    asked_so_far = len(scripted.requests)
    for prices, why in (
        ({"llm_max_cost": 0.001, "llm_price_in": 1.0, "llm_price_out": 50.0}, "llm_max_cost"),
        ({"llm_max_cost": 1.0}, "llm_price_in"),
    ):
        generated, notes = asked(**prices)
        assert not generated and why in notes
    assert len(scripted.requests) == asked_so_far, "nothing is spent before the cap is known to hold"


def test_the_model_is_not_asked_when_the_engine_abstains_nor_unless_told_to(engine, scripted):
    scripted.says(text("Pasta [c:0000]."))
    abstained = engine.ask("What is for dinner tonight in Paris?", generate=True)
    assert abstained.status == "abstained" and not abstained.generated
    engine.ask(QUESTION)
    assert scripted.requests == []


def test_without_a_model_there_is_a_note_and_no_error(settings):
    for missing in ("llm_url", "llm_model"):
        answer = Engine.open(replace(settings, **{missing: None})).ask(QUESTION, generate=True)
        assert answer.citations and "llm_url and llm_model" in answer.notes[0]


def test_without_the_extra_the_note_says_what_to_install(engine, scripted, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    answer = engine.ask(QUESTION, generate=True)
    assert same(answer, engine.ask(QUESTION)) and "installs the extra llm" in answer.notes[0]


def test_the_request_holds_our_key_and_nothing_of_the_environment(engine, scripted, monkeypatch):
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "of-another-endpoint")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/elsewhere")
    scripted.says(citing(FACT[:-1] + " [{}].", "40"))
    assert engine.ask(QUESTION, generate=True).generated
    keyless = Engine.open(replace(engine._settings, llm_key=None))
    assert keyless.ask(QUESTION, generate=True).generated
    assert [headers["authorization"] for headers in scripted.headers] == [f"Bearer {KEY}", "Bearer none"]
    assert "of-another-endpoint" not in str(scripted.headers)
    request = scripted.requests[0]
    assert (request["path"], request["model"], request["stream"]) == ("/v1/chat/completions", "scripted", True)


def test_the_key_shows_in_no_form_of_the_settings(settings):
    assert KEY not in f"{settings} {settings!r} {asdict(settings)}"


def test_the_package_is_loaded_for_a_generated_answer_only(settings):
    code = (
        "import sys; from pathlib import Path; from sinkqa.service.engine import Engine;"
        "from sinkqa.service.settings import Settings;"
        f"Engine.open(Settings(library=Path({str(settings.library)!r}))).ask({QUESTION!r});"
        "assert 'openai' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=Path(__file__).parents[4])


def test_the_command_shows_what_was_written_removed_and_noted(settings, scripted, sinkqa, monkeypatch):
    for name in ("llm_url", "llm_model"):
        monkeypatch.setenv(f"SINKQA_{name.upper()}", getattr(settings, name))
    lie = "Swans sing [c:dead]."
    scripted.says(citing(f"{FACT[:-1]} [{{}}]. {lie}", "40"))
    ran = sinkqa("ask", "-l", settings.library, "--generate", QUESTION)
    assert ran.status == 0 and f"{FACT} [1]" in ran.out and "removed Swans sing.  cites nothing" in ran.out
    scripted.says(status(500))
    shown = json.loads(sinkqa("ask", "-l", settings.library, "--generate", "--json", QUESTION).out)
    assert shown["generated"] is False and "status 500" in shown["notes"][0] and shown["removed"] == []
