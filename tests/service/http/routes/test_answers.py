"""The HTTP body is the engine's own object, and OpenAPI tells of it as it is."""

from __future__ import annotations

import json

import httpx
import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.http.app import create_app
from sinkqa.service.interfaces.schemas import AnswerOut, NextOut, OpeningOut, QuoteOut, SearchOut, VerifyOut
from tests.service.http.conftest import EN, OUTSIDE, ZH, Client
from tests.service.http.tabling import ASKED, FENS, Tabling, tabling

CLAIMS = "林场碳汇项目的计入期为三十年。The scheme pays 40 marks per hectare each year. Whales sing."
LIMIT = "At most 12 cows may graze on one fen at the same time, and none between the first of May and the end of June."
QUOTE = "Credits expire after twenty years."


def untimed(body):
    assert all(taken >= 0 for taken in body["timings_ms"].values())
    return body | {"timings_ms": sorted(body["timings_ms"])}


@pytest.mark.parametrize("question", [ZH, EN, OUTSIDE, "你好"])
def test_an_answer_over_http_is_the_engines_own(client, engine, question):
    response = client.post("/v1/answer", {"question": question})
    assert response.status_code == 200
    assert untimed(response.json()) == untimed(plain(engine.ask(question)))
    assert AnswerOut.model_validate(response.json()).model_dump() == response.json()


def test_the_same_holds_for_searches_and_verifications(client, engine):
    for path, body, model, asked in (
        ("/v1/search", {"query": ZH, "k": 2, "mode": "lexical"}, SearchOut, engine.search(ZH, k=2, mode="lexical")),
        ("/v1/verify", {"text": CLAIMS}, VerifyOut, engine.verify(CLAIMS)),
        ("/v1/verify/quote", {"quote": QUOTE}, QuoteOut, engine.verify_quote(QUOTE)),
    ):
        response = client.post(path, body)
        assert response.status_code == 200, response.text
        assert untimed(response.json()) == untimed(plain(asked))
        assert model.model_validate(response.json()).model_dump() == response.json()


def plain(asked):
    """Through JSON, where tuples are lists."""
    return json.loads(json.dumps(asked.as_dict()))


def test_a_thread_is_sent_with_its_last_turn_whole_and_in_events(client, engine):
    whole = "How much of its obligation may an operator cover with woodland credits?"
    turns = {"history": [whole, "hello"], "question": "How much?"}
    answered = client.post("/v1/answer", turns).json()
    assert answered["question"] != "How much?"
    assert untimed(answered) == untimed(plain(engine.ask(answered["question"])))
    events = client.post("/v1/answer", turns | {"stream": True}).text
    assert json.dumps(answered["question"]) in events
    unclear = client.post("/v1/answer", {"history": ["hello"], "question": "And in Japan?"}).json()
    assert (unclear["abstain_reason"], unclear["passages"]) == ("no_question", [])
    assert AnswerOut.model_validate(unclear).model_dump() == unclear


def test_what_could_be_asked_next_is_answered(begin):
    text = "Wardens count the cows on each fen in the first week of every month and report them to the registry.\n"
    settings = begin(
        {"fens.md": f"# Fen Grazing Act\n\n## Limits of grazing\n\n{LIMIT}\n\n## Counting of cows\n\n{text}"}
    )
    client, engine = Client(create_app(settings)), Engine.open(settings)
    question = "How many cows may graze on one fen?"
    cited = [each["passage_id"] for each in client.post("/v1/answer", {"question": question}).json()["citations"]]
    offered = client.post("/v1/next", {"question": question, "passage_ids": cited}).json()
    assert NextOut.model_validate(offered).model_dump() == offered
    assert "Counting of cows" in offered["suggestions"][0]
    assert all(engine.ask(each).status == "answered" for each in offered["suggestions"])
    assert client.post("/v1/next", {"question": question}).json() == {"suggestions": []}
    assert client.post("/v1/next", {"question": question, "passage_ids": ["a"] * 11}).status_code == 422


@pytest.mark.parametrize(("language", "greeting"), [("zh", "你好"), ("en", "hello")])
def test_an_opening_tells_what_a_greeting_is_told_and_its_questions_are_answered(client, engine, language, greeting):
    opening = client.get("/v1/opening", params={"language": language}).json()
    greeted = engine.ask(greeting)
    assert opening == {"lines": greeted.answer.split("\n"), "suggestions": list(greeted.suggestions)}
    assert OpeningOut.model_validate(opening).model_dump() == opening
    assert opening["suggestions"] and all(engine.ask(each).segments for each in opening["suggestions"])


def test_the_opening_of_an_empty_library_offers_nothing(begin):
    opening = Client(create_app(begin({}))).get("/v1/opening").json()
    assert opening["lines"] and opening["suggestions"] == []


def test_filters_and_k_reach_the_engine(client):
    found = client.post("/v1/search", {"query": "carbon 碳汇", "k": 1, "filters": {"languages": ["zh"]}}).json()["hits"]
    assert [hit["language"] for hit in found] == ["zh"]
    none = client.post("/v1/search", {"query": "carbon", "filters": {"types": ["pdf"]}}).json()["hits"]
    assert none == []


def streamed(client, **body):
    response = client.post("/v1/answer", {"stream": True} | body)
    assert response.status_code == 200 and response.headers["content-type"].startswith("text/event-stream")
    return parsed(response.text)


def parsed(text):
    events = []
    for block in text.removesuffix("\n\n").split("\n\n"):
        event, data = block.split("\n")
        events.append((event.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return events


def joined(events):
    """What a client makes of the events: the answer, had it not been streamed."""
    parts = {name: data for name, data in events if name not in ("segment", "progress")}
    segments = [data for name, data in events if name == "segment"]
    lead = parts.pop("abstention", None)
    said = [lead["text"]] if lead else []
    said += [f"{each['text']} " + "".join(f"[{n}]" for n in each["citations"]) for each in segments]
    whole = {"segments": segments, "answer": " ".join(said), "abstain_reason": lead and lead["abstain_reason"]}
    whole["table"] = None  # unless there is an event of it
    return whole | {name: value for part in parts.values() for name, value in part.items()}


@pytest.mark.parametrize("question", [ZH, EN, OUTSIDE, "hello"])
def test_a_streamed_answer_is_the_same_answer_with_nothing_sent_twice(client, engine, question):
    events = streamed(client, question=question)
    names = [name for name, _ in events if name != "progress"]
    answered = engine.ask(question)
    steps = [data["step"] for name, data in events if name == "progress"]
    assert question == "hello" or steps == ["judging", "checking"]  # what is offered to a greeting may be known
    assert [name for name, _ in events[: len(steps)]] == ["progress"] * len(steps)
    middle = ["abstention"] if answered.abstain_reason else []
    assert names == ["evidence", "citations", *middle, *["segment"] * len(answered.segments), "done"]
    assert untimed(joined(events)) == untimed(plain(answered))
    fields = [field for name, data in events if name not in ("segment", "progress") for field in data]
    assert len(set(fields)) == len(fields)


def test_a_streamed_table_comes_before_its_segments(begin):
    settings = begin(FENS)
    with (
        tabling(settings) as url,
        httpx.stream("POST", f"{url}/v1/answer", json={"question": ASKED, "stream": True}) as response,
    ):
        events = parsed(response.read().decode())
    names = [name for name, _ in events if name != "progress"]
    answered = next(Tabling.open(settings).stream(ASKED))
    assert names == ["evidence", "citations", "table", *["segment"] * len(answered.segments), "done"]
    assert untimed(joined(events)) == untimed(plain(answered))


def test_what_is_wrong_with_a_question_is_told_before_a_stream_begins(client):
    response = client.post("/v1/answer", {"question": "?", "stream": True})
    assert (response.status_code, response.json()["code"]) == (422, "invalid-question")


def test_a_document_with_half_a_surrogate_pair_is_answered_from(begin):
    settings = begin({"odd.json": json.dumps([{"title": "Moss", "text": "Moss \ud83c keeps water in the bog."}])})
    client = Client(create_app(settings))
    for path, body in (
        ("/v1/answer", {"question": "What keeps water in the bog?"}),
        ("/v1/answer", {"question": "What keeps water in the bog?", "stream": True}),
        ("/v1/search", {"query": "moss"}),
    ):
        response = client.post(path, body)
        assert response.status_code == 200 and "keeps water" in response.text
        assert "Moss \ufffd keeps" in response.text
