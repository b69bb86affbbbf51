"""Each block that the page for assistants offers to copy is run, with the address and the library of a real server."""

from __future__ import annotations

import asyncio
import configparser
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import httpx2
import pytest
import yaml
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from sinkqa.service.settings import Settings
from tests.conftest import COMMAND
from tests.service.http.conftest import serving

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "assistants.md").read_text("utf-8")
QUESTION = "北京试点的CCER抵销比例上限是多少？"
SECTIONS = {
    title: re.findall(r"^```(\w+)\n(.*?)^```$", text, re.M | re.S)
    for title, text in re.findall(r"^### (.*?)\n(.*?)(?=^##)", PAGE, re.M | re.S)
}


def blocks(language):
    return [
        pytest.param(block, id=f"{title} {n}")
        for title, found in SECTIONS.items()
        for n, (kind, block) in enumerate(found, 1)
        if kind == language
    ]


@pytest.fixture(scope="module")
def library(starter, tmp_path_factory):
    """The starter library, to be written to."""
    return shutil.copytree(starter, tmp_path_factory.mktemp("blocks") / "library")


@pytest.fixture(scope="module")
def served(library):
    with serving(Settings(library=library)) as served:
        yield served.url


@pytest.fixture
def placed(served, library):
    """A block with the server's address and the library's folder in it."""

    def place(block):
        assert "127.0.0.1:8000" in block or "/path/to/library" in block
        return block.replace("http://127.0.0.1:8000", served).replace("/path/to/library", str(library))

    return place


def test_every_client_has_its_block():
    assert {title: [kind for kind, _ in found] for title, found in SECTIONS.items() if found} == {
        "curl": ["sh"] * 4,
        "OpenAI for Python": ["python"],
        "Claude Desktop": ["json"],
        "Cursor": ["json"] * 2,
        "VS Code": ["json"] * 2,
        "Open WebUI": ["ini"],
        "Dify": ["yaml"],
        "LangChain": ["python"],
        "LlamaIndex": ["python"],
    }


def test_the_versions_named_are_those_that_are_installed_here():
    pins = dict(re.findall(r"^([\w-]+)==(.+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.M))
    for name in ("openai", "mcp", "langchain-core", "llama-index-core"):
        assert f"{name} {pins[name]}" in PAGE, name


TOLD = ('"status":"answered"', '"hits":[{', "event: done", '"jobs":[{')


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not here")
@pytest.mark.parametrize(
    ("block", "told"), [(*each.values, told) for each, told in zip(blocks("sh"), TOLD, strict=True)]
)
def test_curl_gets_what_it_asks_for(block, told, placed, tmp_path):
    done = subprocess.run(["bash", "-e", "-c", placed(block)], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and told in done.stdout, (done.stdout[:500], done.stderr)
    assert "urn:sinkqa:error" not in done.stdout


@pytest.mark.parametrize("block", blocks("python"))
def test_python_prints_the_passage_and_where_it_stands(block, placed, served, tmp_path):
    if extra := re.search(r"integrations\.(\w+)", block):
        pytest.importorskip({"langchain": "langchain_core", "llama_index": "llama_index.core"}[extra[1]])
    script = tmp_path / "block.py"
    script.write_text(placed(block), "utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, script], capture_output=True, timeout=120, env=environment)
    printed = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "5%" in printed and f"{served}/#/p/" in printed
    if not extra:
        assert float(re.search(r"^alike: (.*)$", printed, re.M)[1]) > 0.3


@pytest.mark.parametrize("block", blocks("json"))
def test_the_server_that_a_configuration_names_is_started_or_reached_and_answers(block, placed):
    (servers,) = json.loads(placed(block)).values()
    given = servers["sinkqa"]
    assert given.pop("type", None) in (None, "stdio", "http")

    async def speak():
        async with asyncio.timeout(120), AsyncExitStack() as stack:
            if "command" in given:
                path = f"{COMMAND.parent}{os.pathsep}{os.environ['PATH']}"
                where = StdioServerParameters(**given, env={"PATH": path})
            else:
                http = await stack.enter_async_context(httpx2.AsyncClient(headers=given["headers"]))
                where = streamable_http_client(given["url"], http_client=http)
            client = await stack.enter_async_context(Client(where))
            assert {"ask", "search", "fetch"} <= {tool.name for tool in (await client.list_tools()).tools}
            return await client.call_tool("ask", {"question": QUESTION})

    result = asyncio.run(speak())
    assert not result.is_error and result.structured_content["status"] == "answered"
    assert "5%" in result.content[0].text


@pytest.mark.parametrize("block", blocks("ini"))
def test_open_webui_lists_the_models_and_streams_a_chat(block, placed):
    settings = configparser.ConfigParser()
    settings.optionxform = str
    settings.read_string(f"[all]\n{placed(block)}")
    given = settings["all"]
    base = given["OPENAI_API_BASE_URL"]
    headers = {"Authorization": f"Bearer {given['OPENAI_API_KEY']}", "Content-Type": "application/json"}
    headers |= {"HTTP-Referer": "https://openwebui.com/", "X-Title": "Open WebUI"}
    with httpx.Client(headers=headers, timeout=60) as client:
        models = client.get(f"{base}/models").json()["data"]
        assert [model["id"] for model in models] == ["sinkqa", "sinkqa/default"]
        body = {
            "stream": True,
            "model": models[0]["id"],
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": QUESTION}],
            "stream_options": {"include_usage": True},
            "temperature": 0.8,
        }
        with client.stream("POST", f"{base}/chat/completions", json=body) as response:
            assert response.status_code == 200 and response.headers["content-type"].startswith("text/event-stream")
            lines = [line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: ")]
    assert lines.pop() == "[DONE]"
    chunks = [json.loads(line) for line in lines]
    content = "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
    assert "5%" in content and "[1](" in content and chunks[-1]["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("block", blocks("yaml"))
def test_dify_takes_the_address_and_gets_records(block, placed):
    given = yaml.safe_load(placed(block))
    address = f"{given['API Endpoint']}/retrieval"
    headers = {"Authorization": f"Bearer {given['API Key']}"}
    looked = httpx.post(address, headers=headers)  # as Dify does when the address is saved: 403, 404, 502 would end it
    assert looked.status_code not in (403, 404, 502) and set(looked.json()) == {"error_code", "error_msg"}
    body = {
        "retrieval_setting": {"top_k": 3, "score_threshold": 0.0},
        "query": QUESTION,
        "knowledge_id": given["External Knowledge ID"],
        "metadata_condition": None,
    }
    records = httpx.post(address, headers=headers | {"Content-Type": "application/json"}, json=body).json()["records"]
    assert len(records) == 3 and any("5%" in record["content"] for record in records)
    assert all({"content", "score", "title", "metadata"} <= record.keys() for record in records)
