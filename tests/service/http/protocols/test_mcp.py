"""The MCP client over stdio and streamable HTTP: the same tools, results, resources and errors."""

from __future__ import annotations

import asyncio
import json
import subprocess
import time

import httpx
import httpx2
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import LATEST_PROTOCOL_VERSION

from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.interfaces.links import passage_link
from sinkqa.service.interfaces.schemas import AnswerOut, QuoteOut, SearchOut, VerifyOut
from tests.conftest import COMMAND
from tests.service.http.conftest import EN, FILES, OUTSIDE, ZH, serving

TOOLS = [
    "ask",
    "compare",
    "fetch",
    "list_documents",
    "passages",
    "search",
    "standing",
    "trail",
    "verify",
    "verify_quote",
]
QUOTE = "Credits expire after twelve years."


def stdio(settings):
    return StdioServerParameters(command=str(COMMAND), args=["mcp", "--library", str(settings.library)])


@pytest.fixture(params=["stdio", "http"])
def speaking(request, settings):
    """Runs a conversation with the server, by each transport."""
    where = stdio(settings) if request.param == "stdio" else request.getfixturevalue("address") + "/mcp"

    def run(conversation):
        async def speak():
            async with asyncio.timeout(60), Client(where) as client:
                return await conversation(client)

        return asyncio.run(speak())

    return run


def untimed(told):
    return {name: value for name, value in told.items() if name != "timings_ms"}


def plain(asked):
    return untimed(json.loads(json.dumps(asked.as_dict())))


def test_each_tool_tells_what_it_takes_and_gives(speaking):
    async def list_tools(client):
        return (await client.list_tools()).tools

    tools = {tool.name: tool for tool in speaking(list_tools)}
    assert sorted(tools) == TOOLS
    for tool in tools.values():
        assert tool.description and tool.title and tool.title != tool.name
        hints = tool.annotations
        assert hints.read_only_hint and hints.idempotent_hint and not hints.open_world_hint
        assert hints.destructive_hint is False
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
    assert list(tools["search"].input_schema["properties"]) == ["query"]
    assert list(tools["fetch"].input_schema["properties"]) == ["id"]


def test_search_and_fetch_give_one_text_item_that_holds_json(speaking, engine):
    async def read(client):
        found = await client.call_tool("search", {"query": EN})
        results = json.loads(found.content[0].text)["results"]
        passage = await client.call_tool("fetch", {"id": results[0]["id"]})
        whole = await client.call_tool("fetch", {"id": engine.documents()[0].doc_id})
        return found, results, passage, whole

    found, results, passage, whole = speaking(read)
    for result in (found, passage, whole):
        assert [item.type for item in result.content] == ["text"] and not result.is_error
        assert json.loads(result.content[0].text) == result.structured_content
    hits = engine.search(EN).hits
    assert [each["id"] for each in results] == [hit.passage_id for hit in hits]
    assert all(set(each) == {"id", "title", "url"} for each in results)
    told = json.loads(passage.content[0].text)
    assert set(told) == {"id", "title", "text", "url", "metadata"} and told["text"] == hits[0].text
    assert told["url"] == results[0]["url"] and told["metadata"]["doc_id"] == hits[0].doc_id
    record = engine.documents()[0]
    assert json.loads(whole.content[0].text)["text"] == engine.text(record.doc_id)


@pytest.mark.parametrize("question", [ZH, EN, OUTSIDE])
def test_ask_gives_the_engines_own_answer_with_a_link_for_each_passage(speaking, engine, question):
    async def ask(client):
        result = await client.call_tool("ask", {"question": question})
        links = [item for item in result.content if item.type == "resource_link"]
        return result, [(link, (await client.read_resource(link.uri)).contents[0].text) for link in links]

    result, links = speaking(ask)
    answer = engine.ask(question)
    assert not result.is_error and untimed(result.structured_content) == plain(answer)
    assert AnswerOut.model_validate(result.structured_content)
    assert result.content[0].type == "text" and result.content[0].text.startswith(answer.lead or "")
    assert [link.name for link, _ in links] == list(dict.fromkeys(each.passage_id for each in answer.citations))
    for (link, text), citation in zip(links, answer.citations, strict=True):
        assert link.title == citation.title and citation.quote in text.replace("\n", "")


def test_the_other_tools_give_the_engines_own_objects(speaking, engine):
    asked = {
        "passages": ({"query": ZH, "k": 2, "filters": {"languages": ["zh"]}}, SearchOut),
        "verify": ({"text": "Credits expire after twenty years."}, VerifyOut),
        "verify_quote": ({"quote": QUOTE}, QuoteOut),
        "list_documents": ({}, None),
    }

    async def call(client):
        return {name: await client.call_tool(name, arguments) for name, (arguments, _) in asked.items()}

    results = speaking(call)
    told = {name: result.structured_content for name, result in results.items()}
    for name, (_, model) in asked.items():
        assert not results[name].is_error and (model is None or model.model_validate(told[name]))
    hits = told["passages"]["hits"]
    assert hits and {hit["language"] for hit in hits} == {"zh"}
    assert [item.name for item in results["passages"].content[1:]] == [hit["passage_id"] for hit in hits]
    assert told["verify"]["counts"]["contradicted"] == 1
    assert untimed(told["verify_quote"]) == plain(engine.verify_quote(QUOTE))
    assert [each["doc_id"] for each in told["list_documents"]["documents"]] == [d.doc_id for d in engine.documents()]


def test_documents_are_resources(speaking, engine):
    async def read(client):
        listed = (await client.list_resources()).resources
        templates = (await client.list_resource_templates()).resource_templates
        texts = [(await client.read_resource(each.uri)).contents[0].text for each in listed]
        return listed, templates, texts

    listed, templates, texts = speaking(read)
    assert {each.name for each in listed} == set(FILES)
    assert texts == [engine.text(each.uri.rpartition("/")[2]) for each in listed]
    assert all(each.title and each.description and each.mime_type == "text/plain" for each in templates)
    assert all(each.title and each.mime_type == "text/plain" for each in listed)
    assert [each.uri_template for each in templates] == [
        "sinkqa://documents/{doc_id}",
        "sinkqa://passages/{passage_id}",
    ]


def test_prompts_tell_a_model_to_cite_and_to_check(speaking):
    async def read(client):
        listed = (await client.list_prompts()).prompts
        made = await client.get_prompt("answer_with_citations", {"question": ZH})
        checked = await client.get_prompt("check_draft", {"text": QUOTE})
        refused = []
        for name in ("check_draft", "sing"):
            with pytest.raises(MCPError) as raised:
                await client.get_prompt(name, {})
            refused.append(str(raised.value))
        return listed, made, checked, refused

    listed, made, checked, refused = speaking(read)
    assert [each.name for each in listed] == ["answer_with_citations", "check_draft"]
    for prompt in listed:
        assert prompt.title and prompt.description
        assert all(argument.required and argument.description for argument in prompt.arguments)
    ((asked,), (draft,)) = made.messages, checked.messages
    assert asked.role == draft.role == "user"
    assert asked.content.text.endswith(ZH) and "`ask`" in asked.content.text
    assert draft.content.text.endswith(QUOTE) and "`verify`" in draft.content.text
    assert "got no text" in refused[0] and "answer_with_citations, check_draft, got 'sing'" in refused[1]


def test_the_newest_revision_of_the_protocol_is_spoken_and_older_ones_are(address, settings):
    async def versions(where):
        async with Client(where) as client:
            return client.protocol_version

    for where in (f"{address}/mcp", stdio(settings)):
        assert asyncio.run(versions(where)) == LATEST_PROTOCOL_VERSION
    for version in ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"):
        headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
        told = httpx.post(f"{address}/mcp", content=hello(version), headers=headers).json()
        assert told["result"]["protocolVersion"] == version


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("ask", {"question": "?!"}, "invalid-question"),
        ("ask", {}, "question"),
        ("ask", {"question": ZH, "k": 0}, "k"),
        ("ask", {"question": ZH, "filters": {"city": "x"}}, "city"),
        ("fetch", {"id": "../../etc/passwd"}, "document-not-found"),
        ("verify", {"text": " "}, "invalid-text"),
        ("nothing", {}, "nothing"),
    ],
)
def test_what_does_not_fit_is_a_result_that_says_so(speaking, tool, arguments, told):
    async def call(client):
        return await client.call_tool(tool, arguments)

    result = speaking(call)
    assert result.is_error and told in result.content[0].text


@pytest.mark.parametrize("uri", ["sinkqa://passages/none", "sinkqa://documents/000000", "file:///etc/passwd"])
def test_a_resource_that_is_not_there_is_an_error(speaking, uri):
    async def read(client):
        with pytest.raises(MCPError) as refused:
            await client.read_resource(uri)
        return refused.value

    assert "Traceback" not in str(speaking(read))


def test_links_over_http_are_the_pages_and_over_stdio_resources(settings, address, engine):
    async def ask(where):
        async with Client(where) as client:
            return (await client.call_tool("ask", {"question": EN})).content[0].text

    citation = engine.ask(EN).citations[0]
    link = passage_link(address, citation.passage_id, spans=citation.spans)
    assert f"[1]({link})" in asyncio.run(ask(f"{address}/mcp"))
    assert f"[1](sinkqa://passages/{citation.passage_id})" in asyncio.run(ask(stdio(settings)))


def test_a_collection_is_named_by_the_address_or_a_header(address):
    async def call(where):
        async with Client(where) as client:
            return await client.call_tool("ask", {"question": EN})

    assert not asyncio.run(call(f"{address}/mcp?collection=default")).is_error
    missing = asyncio.run(call(f"{address}/mcp?collection=nowhere"))
    assert missing.is_error and "collection-not-found" in missing.content[0].text


def test_many_speak_at_once(address, engine):
    async def ask(question):
        async with Client(f"{address}/mcp") as client:
            return (await client.call_tool("ask", {"question": question})).structured_content

    async def all_at_once():
        return await asyncio.gather(*(ask(question) for question in [ZH, EN, OUTSIDE] * 4))

    told = asyncio.run(all_at_once())
    assert [untimed(each) for each in told] == [plain(engine.ask(question)) for question in [ZH, EN, OUTSIDE] * 4]


def test_only_messages_are_taken_at_its_address(address):
    assert httpx.get(f"{address}/mcp").status_code == 405
    assert httpx.delete(f"{address}/mcp").status_code == 405
    elsewhere = httpx.post(f"{address}/mcp", json={}, headers={"Origin": "http://evil.test"})
    assert elsewhere.status_code == 403
    assert httpx.post(f"{address}/mcp", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    for kind in ({}, {"Content-Type": "text/plain"}):
        refused = httpx.post(f"{address}/mcp", content=hello(), headers=kind)
        assert refused.status_code == 415 and "send Content-Type: application/json" in refused.json()["detail"]


def hello(version="2025-06-18"):
    params = {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "t", "version": "0"}}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}) + "\n"


def test_standard_output_holds_messages_and_nothing_else(tmp_path):
    """A first use too, which indexes the starter corpus meanwhile: the assistant need not wait for it."""
    call = {"name": "ask", "arguments": {"question": "北京试点的CCER抵销比例上限是多少？"}}
    messages = [
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": call},
    ]
    command = [COMMAND, "mcp", "--library", tmp_path / "library"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as server:
        began = time.monotonic()
        server.stdin.write(hello())
        first = server.stdout.readline()
        greeted = time.monotonic() - began
        server.stdin.writelines(json.dumps(message) + "\n" for message in messages)
        second = server.stdout.readline()
        answered = time.monotonic() - began
        rest, errors = server.communicate(timeout=60)
    assert server.returncode == 0 and rest == "" and "Traceback" not in errors
    assert json.loads(first)["result"]["serverInfo"]["name"] == "sinkqa"
    result = json.loads(second)["result"]
    assert result["structuredContent"]["status"] == "answered" and "5%" in result["content"][0]["text"]
    assert greeted < answered


def test_a_collection_that_is_not_there_is_told_by_each_tool(settings):
    server = StdioServerParameters(
        command=str(COMMAND), args=["mcp", "--library", str(settings.library), "--collection", "nowhere"]
    )

    async def call():
        async with Client(server) as client:
            return await client.call_tool("ask", {"question": EN})

    result = asyncio.run(call())
    assert result.is_error and "collection-not-found" in result.content[0].text


def test_keys_open_the_collections_that_they_are_for(begin):
    settings = begin()
    Collections(settings).create("moss")
    _, secret = keys_of(settings).create("notes", collections=["moss"])

    async def call(url, key):
        headers = {"Authorization": f"Bearer {key}"}
        async with (
            httpx2.AsyncClient(headers=headers) as http,
            Client(streamable_http_client(url, http_client=http)) as c,
        ):
            return await c.call_tool("ask", {"question": EN}), await c.call_tool("list_documents", {})

    with serving(settings) as served:
        answered, listed = asyncio.run(call(f"{served.url}/mcp?collection=moss", secret))
        assert answered.structured_content["status"] == "abstained" and not listed.structured_content["documents"]
        for result in asyncio.run(call(f"{served.url}/mcp", secret)):
            assert result.is_error and "forbidden" in result.content[0].text
        with pytest.raises(ExceptionGroup) as refused:
            asyncio.run(call(f"{served.url}/mcp", "wrong"))
        assert refused.group_contains(MCPError)
        assert httpx.post(f"{served.url}/mcp", json={}).status_code == 401
