"""Inside a document over HTTP: its file, its tables, an overview, places of words; and lists to choose from."""

from __future__ import annotations

import pytest

from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.app import create_app
from tests.articles import single_column
from tests.service.http.conftest import FILES, Client
from tests.service.http.guards.test_problems import told
from tests.service.http.uploading import added

FENS = """# Fen survey 🌳

## Limits

Every fen 🌲 of the county has a limit of its own. It is set each year.

| Fen | Limit | Gate |
|---|---|---|
| Otter | 12 cows | north |
| Heron | 9 cows | |

## Watching

Wardens count cows weekly at each of the gates. Nobody else does.

## Fines

A fine is 40 marks for every cow above the limit.

## Ends

The rule ends when the last fen has been drained.
"""


@pytest.fixture(scope="module")
def client(begin):
    app = create_app(begin())
    yield Client(app)
    app.state.jobs.close()


@pytest.fixture(scope="module")
def fens(client):
    return added(client, "fens “a”;\r\nb.md", FENS.encode())


def sliced(text, spans):
    utf16 = text.encode("utf-16-le")
    for span in spans:
        wide = utf16[2 * span["start_utf16"] : 2 * span["end_utf16"]].decode("utf-16-le")
        assert wide == text[span["start"] : span["end"]]
    return " … ".join(text[span["start"] : span["end"]] for span in spans)


def test_the_file_comes_back_byte_for_byte_to_be_saved(client, fens):
    response = client.get(f"/v1/documents/{fens}/original")
    assert response.content == FENS.encode()
    assert response.headers["content-type"] == "application/octet-stream"
    kept = response.headers["content-disposition"]
    assert kept.startswith("attachment; filename*=UTF-8''fens%20%E2%80%9Ca") and "\n" not in kept and '"' not in kept
    assert "sandbox" in response.headers["content-security-policy"]
    pdf = single_column("en")
    assert client.get(f"/v1/documents/{added(client, 'x.pdf', pdf)}/original").content == pdf


def test_a_table_has_each_cell_at_its_place(client, fens):
    text = client.get(f"/v1/documents/{fens}/text").json()["text"]
    (table,) = client.get(f"/v1/documents/{fens}/tables").json()["tables"]
    assert (table["corner"], table["columns"], table["n_rows"]) == ("Fen", ["Limit", "Gate"], 2)
    assert [[cell["text"] for cell in (row["label"], *row["cells"])] for row in table["rows"]] == [
        ["Otter", "12 cows", "north"],
        ["Heron", "9 cows", ""],
    ]
    for row in table["rows"]:
        for cell in (row["label"], *row["cells"]):
            assert sliced(text, cell["spans"]) == cell["text"]
    shown = sliced(text, [table["place"]])
    assert table["is_alone"] and shown == "Fen\tLimit\tGate\nOtter\t12 cows\tnorth\nHeron\t9 cows"
    assert client.get(f"/v1/documents/{fens}/tables?page=2").json()["tables"] == []


def test_words_are_found_with_what_is_around_them(client, fens):
    text = client.get(f"/v1/documents/{fens}/text").json()["text"]
    found = client.get(f"/v1/documents/{fens}/find", params={"words": "COWS"}).json()
    assert found["total"] == len(found["places"]) == 3
    for place in found["places"]:
        assert sliced(text, place["spans"]) == place["text"] == "cows" and place["page"] == 1
    assert found["places"][2]["before"].endswith("Wardens count") and found["places"][2]["after"].startswith("weekly")
    one = client.get(f"/v1/documents/{fens}/find", params={"words": "cows", "limit": 1}).json()
    assert (len(one["places"]), one["total"]) == (1, 3)
    assert client.get(f"/v1/documents/{fens}/find", params={"words": "goats"}).json()["total"] == 0
    assert client.get(f"/v1/documents/{fens}/find", params={"words": ""}).status_code == 422


def test_an_overview_quotes_the_first_sentence_of_each_section(client, fens):
    text = client.get(f"/v1/documents/{fens}/text").json()["text"]
    got = client.get(f"/v1/documents/{fens}/overview").json()
    assert [part["heading"] for part in got["parts"]] == ["Limits", "Watching", "Fines", "Ends"]
    for part in got["parts"]:
        assert sliced(text, part["citation"]["spans"]) == part["citation"]["quote"] == part["text"]
    assert got["parts"][0]["text"] == "Every fen 🌲 of the county has a limit of its own."
    notes = [client.get(f"/v1/documents/{fens}/overview?language={each}").json()["notes"] for each in ("en", "zh")]
    assert notes[0] != notes[1] and all(notes)


def test_passages_begin_around_the_one_that_is_named(client, fens):
    every = client.get(f"/v1/documents/{fens}/passages").json()
    ids = [each["passage_id"] for each in every["passages"]]
    part = client.get(f"/v1/documents/{fens}/passages", params={"limit": 2, "around": ids[-1]}).json()
    assert ids[-1] in [each["passage_id"] for each in part["passages"]]
    assert ids[part["offset"]] == part["passages"][0]["passage_id"]
    assert client.get(f"/v1/documents/{fens}/passages?around=none").json()["offset"] == 0
    at = every["passages"][-1]["spans"][0]["start"]
    assert client.get(f"/v1/documents/{fens}/passages", params={"limit": 2, "at": at}).json() == part
    assert client.get(f"/v1/documents/{fens}/passages?at=999999").json()["offset"] == 0


@pytest.mark.parametrize("part", ["original", "tables", "overview", "find?words=x"])
def test_what_the_client_has_is_not_sent_again_and_nothing_is_there_of_what_is_not(client, fens, part):
    first = client.get(f"/v1/documents/{fens}/{part}")
    again = client.get(f"/v1/documents/{fens}/{part}", headers={"If-None-Match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    told(client.get(f"/v1/documents/{'0' * 64}/{part}"), 404, "document-not-found")


def test_the_list_is_chosen_from_counted_and_ordered(client, fens):
    every = client.get("/v1/documents").json()
    kinds = {each["value"]: each["count"] for each in every["facets"]["type"]}
    assert sum(kinds.values()) == every["total"]
    some = client.get("/v1/documents", params={"type": ["html", "text"], "order": "-size"}).json()
    assert {each["type"] for each in some["documents"]} == {"html", "text"}
    assert some["total"] == kinds["html"] + kinds["text"] and some["facets"]["type"] == every["facets"]["type"]
    sizes = [each["n_bytes"] for each in some["documents"]]
    assert sizes == sorted(sizes, reverse=True)
    assert [d["doc_id"] for d in client.get("/v1/documents?words=FEN survey").json()["documents"]] == [fens]
    assert client.get("/v1/documents?order=colour").status_code == 422
    subjects = {each["value"]: each for each in every["facets"]["subject"]}
    assert subjects["carbon sink"]["subject"] == {"name": "carbon sink", "zh": "碳汇"}
    sinks = client.get("/v1/documents", params={"subject": "carbon sink"}).json()
    assert sinks["total"] == subjects["carbon sink"]["count"] == 1 and "碳汇" in sinks["documents"][0]["title"]
    undated = {each["value"]: each["count"] for each in every["facets"]["year"]}["none"]
    assert client.get("/v1/documents?year=none").json()["total"] == undated > 0
    tag = client.get("/v1/documents?type=html").headers["etag"]
    assert client.get("/v1/documents?type=text", headers={"If-None-Match": tag}).status_code == 200


def test_what_was_deleted_is_listed_until_it_is_back_or_gone(begin):
    app = create_app(begin())
    client = Client(app)
    try:
        assert client.get("/v1/deleted").json() == {"documents": [], "kept_s": 604_800.0}
        ids = [each["doc_id"] for each in client.get("/v1/documents").json()["documents"]]
        gone = [client("DELETE", f"/v1/documents/{doc_id}").json() for doc_id in ids[:2]]
        listed = client.get("/v1/deleted").json()["documents"]
        assert {each["doc_id"] for each in listed} == set(ids[:2])
        for each in listed:
            assert each["name"] in FILES and each["deleted_at"] < each["restorable_until"]
            assert {name: each[name] for name in ("title", "restore_url")} in [
                {name: one[name] for name in ("title", "restore_url")} for one in gone
            ]
        assert client.post(listed[0]["restore_url"]).status_code == 200
        assert [each["doc_id"] for each in client.get("/v1/deleted").json()["documents"]] == [listed[1]["doc_id"]]
        client("DELETE", f"/v1/documents/{ids[2]}", params={"permanent": True})
        assert len(client.get("/v1/deleted").json()["documents"]) == 1
    finally:
        app.state.jobs.close()


def test_collections_are_named_as_far_as_the_key_reaches(begin):
    settings = begin({"peat.txt": FILES["peat.txt"]})
    Collections(settings).create("moor")
    client = Client(create_app(settings))
    assert client.get("/v1/collections").json() == {"collections": ["default", "moor"], "meant": "default"}
    assert client.get("/v1/collections?collection=moor").json()["meant"] == "moor"
    _, secret = keys_of(settings).create("moor only", scope="read", collections=["moor"])
    told(client.get("/v1/collections"), 401, "unauthorized")
    keyed = {"X-Api-Key": secret, "X-SinkQA-Collection": "moor"}
    assert client.get("/v1/collections", headers=keyed).json() == {"collections": ["moor"], "meant": "moor"}
