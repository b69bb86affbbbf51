"""The command line, HTTP and MCP give the engine's own trail."""

from __future__ import annotations

import asyncio
import json

import pytest
from mcp import Client

from sinkqa.service.http.app import create_app
from sinkqa.service.mcp import Place, Server
from sinkqa.service.settings import Settings
from tests.service.http.conftest import Client as HttpClient

CLAIM = "南海的苔藓碳汇抵销上限是年度配额的9%。"


def plain(trail):
    told = json.loads(json.dumps(trail.as_dict()))
    return {name: value for name, value in told.items() if name != "timings_ms"}


def without_time(told):
    return {name: value for name, value in told.items() if name != "timings_ms"}


@pytest.fixture(scope="module")
def http(moss):
    return HttpClient(create_app(Settings(library=moss.folder)))


def test_every_way_in_gives_the_same_trail(moss, ids, sinkqa, http):
    async def ask(subject):
        async with Client(Server(lambda _: Place("default", lambda: moss))) as client:
            return (await client.call_tool("trail", {"subject": subject})).structured_content

    for kind, subject in (("claim", CLAIM), ("document", ids["paper.md"])):
        expected = plain(moss.trail(subject))
        ran = sinkqa("trail", "-l", moss.folder, "--json", subject)
        assert ran.status == 0 and without_time(json.loads(ran.out)) == expected
        response = http("GET", "/v1/trail", params={kind: subject})
        assert response.status_code == 200 and without_time(response.json()) == expected
        assert without_time(asyncio.run(ask(subject))) == expected


def test_http_wants_one_subject_and_names_what_is_wrong(http):
    for params, status in (
        ({}, 422),
        ({"claim": CLAIM, "document": "abcdef0123"}, 422),
        ({"claim": "?!"}, 422),
        ({"claim": "x" * 4001}, 422),
        ({"claim": CLAIM, "as_of": "yesterday"}, 422),
        ({"passage": "0" * 20}, 404),
        ({"document": "abcdef0123"}, 404),
    ):
        assert http("GET", "/v1/trail", params=params).status_code == status, params


def test_the_command_line_shows_a_tree_in_the_language_of_the_claim(moss, sinkqa):
    shown = sinkqa("trail", "-l", moss.folder, CLAIM).out
    assert "└ 库中无" in shown and "陈述于" in shown and "[1]" in shown
    shown = sinkqa("trail", "-l", moss.folder, "--as-of", "2022-04-01", "Tundra is managed by grades in China.").out
    assert "not yet in force on 2022-04-01" in shown or "No passage states it" in shown
    ran = sinkqa("trail", "-l", moss.folder, "--as-of", "yesterday", CLAIM)
    assert ran.status == 1 and "YYYY-MM-DD" in ran.err
    assert sinkqa("trail", "-l", moss.folder, "abcdef0123").status == 1
