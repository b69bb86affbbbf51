"""Dify's external knowledge API: its requests, its responses, its errors."""

from __future__ import annotations

import httpx
import pytest

from sinkqa.service.interfaces.links import passage_link

SETTING = {"top_k": 3, "score_threshold": 0.0}


@pytest.fixture(scope="module")
def dify(address):
    """Asks as Dify does, which sends a key whether or not one is needed."""
    with httpx.Client(base_url=address, headers={"Authorization": "Bearer any"}) as client:

        def ask(**body):
            whole = {"knowledge_id": "default", "query": "woodland credits", "retrieval_setting": SETTING} | body
            return client.post("/retrieval", json=whole)

        yield ask


def test_records_are_the_engines_passages(dify, engine, address):
    response = dify(query="林场碳汇 抵销比例")
    assert response.status_code == 200
    hits = engine.search("林场碳汇 抵销比例", k=3).hits
    records = response.json()["records"]
    assert [(each["content"], each["title"]) for each in records] == [(hit.text, hit.title) for hit in hits] != []
    for record, hit in zip(records, hits, strict=True):
        assert set(record) == {"content", "score", "title", "metadata"} and 0 <= record["score"] <= 1
        assert record["metadata"]["url"] == passage_link(address, hit.passage_id)
        assert record["metadata"]["section"] == list(hit.section) and record["metadata"]["page"] is None
    assert [each["score"] for each in records] == sorted((each["score"] for each in records), reverse=True)


def test_fewer_and_better_records_where_so_set(dify):
    assert len(dify(retrieval_setting={"top_k": 1, "score_threshold": 0.0}).json()["records"]) == 1
    scores = [each["score"] for each in dify().json()["records"]]
    least = (scores[0] + scores[-1]) / 2
    kept = dify(retrieval_setting={"top_k": 3, "score_threshold": least}).json()["records"]
    assert [each["score"] for each in kept] == [score for score in scores if score >= least] != scores
    assert dify(retrieval_setting={"top_k": 3, "score_threshold": 1.0}).json() == {"records": []}


def condition(name, operator, value):
    return {"name": name, "comparison_operator": operator, "value": value}


def test_conditions_are_held_to(dify):
    def languages(*conditions):
        given = {"logical_operator": "and", "conditions": list(conditions)}
        return {each["metadata"]["language"] for each in dify(metadata_condition=given).json()["records"]}

    assert languages() == {"en", "zh"}
    assert languages(condition("language", "is", "zh")) == {"zh"}
    assert languages(condition(["language"], "in", ["zh"])) == {"zh"}
    assert languages(condition("language", "is", "zh"), condition("year", "≥", 2020)) == set()
    assert dify(metadata_condition=None).json() == dify().json()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"knowledge_id": "nowhere"}, 404, 2001),
        ({"knowledge_id": "../x"}, 422, 422),
        ({"query": None}, 422, 422),
        ({"retrieval_setting": {"top_k": 0, "score_threshold": 0}}, 422, 422),
        ({"metadata_condition": {"conditions": [condition("title", "contains", "x")]}}, 422, 422),
        ({"metadata_condition": {"logical_operator": "or", "conditions": [condition("year", "=", 1)] * 2}}, 422, 422),
    ],
)
def test_refusals_are_in_difys_shape(dify, body, status, code):
    response = dify(**body)
    assert response.status_code == status
    assert set(response.json()) == {"error_code", "error_msg"} and response.json()["error_code"] == code
    assert response.json()["error_msg"]
