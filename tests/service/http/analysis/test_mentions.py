"""What a document names, over HTTP and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from sinkqa.service.engine import Engine
from sinkqa.service.http.app import create_app
from sinkqa.service.settings import Settings

FILES = {
    "mere.md": "# Mere Protection Act 2031\n\nMeres are kept.\n",
    "rules.md": (
        "# 沼泽碳汇交易规则\n\n依照 the Mere Protection Act 2031 和《沼泽税法》（2030）制定。\n\n"
        "《沼泽税法》（2030）适用。\n"
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("named")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    engine.add([folder / name for name in FILES])
    return engine


@pytest.fixture(scope="module")
def ids(library):
    return {each.name: each.doc_id for each in library.documents()}


@pytest.fixture(scope="module")
def client(library):
    with TestClient(create_app(Settings(library=Path(library.folder))), base_url="http://127.0.0.1") as client:
        yield client


def test_a_document_is_told_with_what_it_names_and_what_names_it(client, ids):
    told = client.get(f"/v1/documents/{ids['rules.md'][:10]}/mentions").json()
    act, tax = told["mentions"]
    assert (act["name"], act["year"], act["times"]) == ("Mere Protection Act 2031", 2031, 1)
    assert act["resolution"]["how"] == "exact" and act["resolution"]["doc_ids"] == [ids["mere.md"]]
    assert (tax["name"], tax["times"], tax["resolution"]["how"]) == ("沼泽税法", 2, "missing")
    assert [place["page"] for place in tax["places"]] == [1, 1]
    assert (told["total"], told["next_offset"], told["cited_by"]) == (2, None, [])
    (citing,) = client.get(f"/v1/documents/{ids['mere.md']}/mentions").json()["cited_by"]
    assert (citing["doc_id"], citing["name"], citing["times"]) == (ids["rules.md"], "Mere Protection Act 2031", 1)


def test_the_list_comes_page_by_page_and_not_twice(client, ids):
    address = f"/v1/documents/{ids['rules.md']}/mentions"
    first = client.get(address, params={"limit": 1})
    assert first.json()["next_offset"] == 1 and len(first.json()["mentions"]) == 1
    assert client.get(address, params={"limit": 1, "offset": 1}).json()["mentions"][0]["name"] == "沼泽税法"
    assert client.get(address, params={"limit": 1, "offset": 9}).json()["mentions"] == []
    assert client.get(address, params={"limit": 1}, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(("asked", "status"), [("?limit=0", 422), ("?offset=-1", 422), ("", 404)])
def test_what_cannot_be_told_is_an_error(client, ids, asked, status):
    doc_id = ids["mere.md"] if asked else "0" * 12
    assert client.get(f"/v1/documents/{doc_id}/mentions{asked}").status_code == status


def test_the_command_line_says_the_same(sinkqa, library, ids, client):
    place = ["--library", str(library.folder)]
    shown = sinkqa("references", ids["rules.md"][:10], *place)
    assert shown.status == 0 and "exact  Mere Protection Act 2031" in shown.out
    assert "missing  沼泽税法 (2030)" in shown.out and "2 names, of which 1 in no document" in shown.out
    told = json.loads(sinkqa("references", ids["mere.md"][:10], "--json", *place).out)
    assert told == client.get(f"/v1/documents/{ids['mere.md']}/mentions").json()
    assert sinkqa("references", "0" * 12, *place).status == 1
