"""The HTTP body is the engine's own object, and OpenAPI tells of it as it is."""

from __future__ import annotations

import pytest

from service.http.schemas import AnswerOut, QuoteOut, SearchOut, VerifyOut
from tests.service.http.conftest import EN, OUTSIDE, ZH

CLAIMS = "林场碳汇项目的计入期为三十年。The scheme pays 40 marks per hectare each year. Whales sing."
QUOTE = "Credits expire after twenty years."


def untimed(body):
    assert all(taken >= 0 for taken in body["timings_ms"].values())
    return body | {"timings_ms": sorted(body["timings_ms"])}


@pytest.mark.parametrize("question", [ZH, EN, OUTSIDE])
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
    import json

    return json.loads(json.dumps(asked.as_dict()))


def test_filters_and_k_reach_the_engine(client):
    found = client.post("/v1/search", {"query": "carbon 碳汇", "k": 1, "filters": {"languages": ["zh"]}}).json()["hits"]
    assert [hit["language"] for hit in found] == ["zh"]
    none = client.post("/v1/search", {"query": "carbon", "filters": {"types": ["pdf"]}}).json()["hits"]
    assert none == []
