"""The command line, HTTP and MCP give the engine's own comparison."""

import asyncio
import json

import pytest
from mcp import Client as McpClient

from sinkqa.service.hosting.collections import Collections
from sinkqa.service.http.app import create_app
from sinkqa.service.mcp import Place, Server
from tests.service.http.conftest import Client

ASKED = {"on": ["森林", "处罚"], "rows": ["中国", "美国", "日本"]}


def same(told):
    return {key: value for key, value in json.loads(json.dumps(told)).items() if key != "timings_ms"}


@pytest.fixture(scope="module")
def client(settings):
    return Client(create_app(settings))


@pytest.fixture(scope="module")
def expected(engine):
    return same(engine.compare(ASKED["on"], rows=ASKED["rows"]).as_dict())


def test_over_http(client, expected):
    answered = client.post("/v1/compare", ASKED)
    assert answered.status_code == 200 and same(answered.json()) == expected


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"on": []}, 422),
        ({"on": ["forest"], "rows": ["Atlantis"]}, 422),
        ({"on": ["forest"], "by": "planet"}, 422),
        ({"on": ["forest"], "beside": "abcdef999"}, 404),
        ({"on": ["forest"], "colums": 1}, 422),
        ({}, 422),
    ],
)
def test_bad_requests_have_a_status_and_a_reason(client, body, status):
    refused = client.post("/v1/compare", body)
    assert refused.status_code == status and refused.json()["detail"]


def test_by_the_command_line(sinkqa, settings, expected):
    options = ["--on", "森林，处罚", "--rows", "中国, 美国; 日本", "-l", settings.library]
    told = sinkqa("compare", *options, "--json")
    assert told.status == 0 and same(json.loads(told.out)) == expected
    shown = sinkqa("compare", *options)
    assert "| 中国 |" in shown.out and "三万元" in shown.out and "[1]" in shown.out


def test_the_command_line_says_what_is_beside(sinkqa, settings, engine):
    study = next(each.doc_id for each in engine.documents() if each.name == "study.md")
    options = ["--on", "抵销比例", "--by", "market", "--rows", "广东", "--beside", study[:12], "-l", settings.library]
    shown = sinkqa("compare", *options)
    assert shown.status == 0 and "对照文件：各国林草措施比较" in shown.out and "广东 · 抵销比例: 一致" in shown.out


@pytest.mark.parametrize(("options", "says"), [(["--on", " ,"], "at least one"), (["--on", "a", "--rows", "Mu"], "Mu")])
def test_the_command_line_names_what_is_wrong(sinkqa, settings, options, says):
    refused = sinkqa("compare", *options, "-l", settings.library)
    assert refused.status == 1 and "error[invalid-comparison]" in refused.err and says in refused.err


def test_by_mcp(settings, expected):
    collections = Collections(settings)
    server = Server(lambda _: Place("main", lambda: collections.engine(settings.collection)))

    async def call():
        async with McpClient(server) as client:
            return await client.call_tool("compare", ASKED)

    told = asyncio.run(call())
    assert same(told.structured_content) == expected
    assert "| 中国 |" in told.content[0].text
