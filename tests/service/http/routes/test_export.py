"""Exports over HTTP: the file, its name, what was left out, and what is refused."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from urllib.parse import unquote

import pytest

from sinkqa.service.exporting.exporter import FORMATS
from tests.service.http.conftest import EN, ZH

KEPT = ("number", "doc_id", "quote", "title")
BACKWARDS = {"doc_id": "0" * 64, "spans": [{"start": -1, "end": 2}], "quote": "x"}


def cited(citation: dict) -> dict:
    spans = [{"start": span["start"], "end": span["end"]} for span in citation["spans"]]
    return {name: citation[name] for name in KEPT} | {"spans": spans}


def item(answer: dict) -> dict:
    said = {name: answer[name] for name in ("question", "segments", "table", "missing", "generated")}
    return {"kind": "answer", **said, "citations": [cited(each) for each in answer["citations"]]}


@pytest.fixture(scope="module")
def answers(client) -> list[dict]:
    return [client.post("/v1/answer", {"question": question}).json() for question in (ZH, EN)]


@pytest.mark.parametrize("kind", FORMATS)
def test_an_answer_comes_back_as_a_file_of_each_format(client, answers, kind):
    body = {"format": kind, "title": '碳汇/备忘: "x"\r\n', "items": [item(each) for each in answers]}
    got = client.post("/v1/export", body)
    assert got.status_code == 200 and got.headers["SinkQA-Left-Out"] == "0"
    assert got.headers["Content-Type"] == FORMATS[kind].media_type
    kept, _, name = got.headers["Content-Disposition"].partition("; filename*=UTF-8''")
    assert kept == f'attachment; filename="memo{FORMATS[kind].suffix}"'
    assert unquote(name) == f"碳汇 备忘 x{FORMATS[kind].suffix}"
    assert got.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in got.headers["Content-Security-Policy"]
    if kind == "docx":
        with zipfile.ZipFile(BytesIO(got.content)) as package:
            assert b"http://127.0.0.1/#/p/" in package.read("word/_rels/footnotes.xml.rels")


def test_a_changed_quote_is_left_out_and_counted(client, answers):
    changed = item(answers[0])
    changed["citations"][0]["quote"] += "。"
    body = {"format": "markdown", "items": [changed, item(answers[1])], "language": "zh"}
    got = client.post("/v1/export", body)
    assert got.headers["SinkQA-Left-Out"] == "1"
    assert "已略去" in got.text and "6%" not in got.text and "8 percent" in got.text


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "pdf"},
        {"items": []},
        {"items": [{"kind": "note"}]},
        {"items": [{"kind": "essay", "text": "x"}]},
        {"items": [{"kind": "quote", "citation": BACKWARDS}]},
        {"items": [{"kind": "note", "text": "x", "html": "<b>"}]},
        {"style": "vancouver"},
        {"title": "\ud800"},
    ],
)  # fmt: skip
def test_what_is_no_memo_is_refused(client, wrong):
    body = {"format": "markdown", "items": [{"kind": "note", "text": "x"}]} | wrong
    got = client("POST", "/v1/export", content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert got.status_code == 422 and got.json()["code"] == "invalid-request"


def test_a_row_that_is_not_as_wide_as_the_head_is_made_so(client, answers):
    row = {"label": "r", "cells": [{"text": "x", "citations": [1]}] * 3}
    table = {"columns": ["a", "b"], "rows": [row, {"label": "s", "cells": [{"text": "y", "citations": [1]}]}]}
    kept = item(answers[0])
    kept["segments"] = [segment | {"tabled": True} for segment in kept["segments"]]
    for kind in FORMATS:
        assert client.post("/v1/export", {"format": kind, "items": [kept | {"table": table}]}).status_code == 200


def test_references_of_a_document_are_told_in_four_styles(client, answers):
    citation = answers[1]["citations"][0]
    path = f"/v1/documents/{citation['doc_id']}/references"
    told = client.get(path, params={"first_page": 1}).json()
    assert set(told) == {"gbt7714", "apa", "bibtex", "ris"}
    assert told["apa"] == "Woodland credit rules (n.d.)." and told["gbt7714"] == "Woodland credit rules[Z]."
    assert client.get(path, params={"first_page": 0}).status_code == 422
    assert client.get("/v1/documents/ffffffff/references").status_code == 404
