"""The overview over HTTP is the engine's own, its counts are filters of the list, and the map is a picture of text."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from sinkqa.service.interfaces.overview_schemas import LibraryOverviewOut, TopicPassagesOut


def plain(value):
    """Through JSON, where tuples are lists."""
    return json.loads(json.dumps(value))


def test_an_overview_over_http_is_the_engines_own(client, engine):
    response = client.get("/v1/overview")
    assert response.status_code == 200
    assert response.json() == plain(engine.overview_of_library().as_dict())
    assert LibraryOverviewOut.model_validate(response.json()).model_dump() == response.json()
    assert client.get("/v1/overview", headers={"If-None-Match": response.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("facet", ["topic", "side", "means", "kind", "jurisdiction", "year"])
def test_its_counts_are_filters_of_the_list_of_documents(client, facet):
    told = client.get("/v1/overview").json()["facets"][facet]
    assert told == client.get("/v1/documents").json()["facets"][facet]
    for each in told:
        chosen = {facet: each["value"]}
        assert client.get("/v1/documents", params=chosen).json()["total"] == each["count"]
        assert client.get("/v1/overview", params=chosen).json()["documents"] == each["count"]


def test_a_cell_opens_its_passages(client):
    (row,) = (each for each in client.get("/v1/overview").json()["by_country"]["rows"] if each["value"] == "forest")
    response = client.get("/v1/overview/passages", params={"of": "topic:forest", "limit": 1})
    told = TopicPassagesOut.model_validate(response.json())
    assert told.total == row["total"]["passages"] > 1 and told.next_offset == 1
    passage = client.get(f"/v1/passages/{told.passages[0].passage_id}").json()
    assert passage["text"] == told.passages[0].text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/overview?topic=otters", 422),
        ("/v1/overview?kind=%00", 422),
        ("/v1/overview/passages", 422),
        ("/v1/overview/passages?of=forest", 422),
        ("/v1/overview/passages?of=topic:forest&limit=0", 422),
        ("/v1/overview/references.svg?words=fr", 422),
        ("/v1/overview?collection=none-such", 404),
    ],
)
def test_what_cannot_be_meant_is_refused(client, address, status):
    response = client.get(address)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"


def test_the_map_is_a_picture_without_scripts(client):
    response = client.get("/v1/overview/references.svg", params={"words": "zh"})
    assert response.headers["Content-Type"].startswith("image/svg+xml")
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert ElementTree.fromstring(response.text).get("lang") == "zh-Hans"


def test_searches_and_answers_are_kept_to_documents_of_a_topic_or_kind(client):
    def found(**filters):
        return client.post("/v1/search", {"query": "carbon credits 碳汇 peat", "filters": filters})

    told = client.get("/v1/documents", params={"topic": "forest"}).json()
    assert {hit["doc_id"] for hit in found(topics=["forest"]).json()["hits"]} == {
        each["doc_id"] for each in told["documents"]
    }
    assert not found(topics=["ocean"]).json()["hits"]
    assert found(kinds=["otters"]).status_code == 422
    asked = {"question": "What does the scheme pay per hectare each year?"}
    for topic, status in (("wetland", "answered"), ("forest", "abstained")):
        answer = client.post("/v1/answer", asked | {"filters": {"topics": [topic]}}).json()
        assert answer["status"] == status, topic
