"""The same questions by every way in give the same citations."""

from __future__ import annotations

import asyncio
import json

import httpx
import openai
import pytest
from mcp import Client, StdioServerParameters

from service.http.links import passage_link
from tests.conftest import COMMAND
from tests.service.http.conftest import EN, OUTSIDE, ZH

QUESTIONS = [
    ZH,
    EN,
    OUTSIDE,
    "林场碳汇项目的计入期是多久？",
    "When do woodland credits expire?",
    "样地多久复查一次？",
    "What does the scheme pay per hectare?",
    "欧盟的碳价是多少？",
]


@pytest.fixture(scope="module")
def by_mcp(address, settings):
    """The answers over HTTP and over stdio, each by its question."""

    async def ask(where):
        async with Client(where) as client:
            return {q: (await client.call_tool("ask", {"question": q})).structured_content for q in QUESTIONS}

    stdio = StdioServerParameters(command=str(COMMAND), args=["mcp", "-l", str(settings.library)])
    return [asyncio.run(ask(where)) for where in (f"{address}/mcp", stdio)]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_way_in_gives_the_same_citations(sinkqa, settings, address, engine, by_mcp, question):
    expected = json.loads(json.dumps(engine.ask(question).as_dict()))
    whole = {
        "command line": by_command(sinkqa, settings, question),
        "HTTP": by_http(address, question),
        "MCP, HTTP": by_mcp[0][question],
        "MCP, stdio": by_mcp[1][question],
    }
    for way, answer in whole.items():
        told = {name: answer[name] for name in ("status", "abstain_reason", "answer", "segments", "citations")}
        assert told == {name: expected[name] for name in told}, way
    cited = {each["number"]: each for each in expected["citations"]}
    marks = [(cited[n], n) for segment in expected["segments"] for n in segment["citations"]]
    links = [(f"[{n}]({link(address, each)})", each["title"]) for each, n in marks]
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        assert by_chat(client, question) == links, "chat completions"
        assert by_chat_stream(client, question) == links, "chat completions, streamed"
        assert by_response(client, question) == links, "responses"
        assert by_response_stream(client, question) == links, "responses, streamed"


def link(address, citation):
    class Span:
        def __init__(self, start, end, **_):
            self.start, self.end = start, end

    return passage_link(address, citation["passage_id"], spans=[Span(**span) for span in citation["spans"]])


def by_command(sinkqa, settings, question):
    ran = sinkqa("ask", "-l", settings.library, "--json", question)
    assert ran.status == 0, ran.err
    return json.loads(ran.out)


def by_http(address, question):
    response = httpx.post(f"{address}/v1/answer", json={"question": question})
    assert response.status_code == 200, response.text
    return response.json()


def covered(content, annotations):
    return [(content[each["start_index"] : each["end_index"]], each["title"]) for each in annotations]


def by_chat(client, question):
    completion = client.chat.completions.create(model="sinkqa", messages=[{"role": "user", "content": question}])
    message = completion.choices[0].message
    return covered(message.content, [each.url_citation.model_dump() for each in message.annotations or []])


def by_chat_stream(client, question):
    messages = [{"role": "user", "content": question}]
    deltas = [
        chunk.choices[0].delta
        for chunk in client.chat.completions.create(model="sinkqa", messages=messages, stream=True)
    ]
    annotations = [each["url_citation"] for delta in deltas for each in getattr(delta, "annotations", None) or []]
    return covered("".join(delta.content or "" for delta in deltas), annotations)


def by_response(client, question):
    response = client.responses.create(model="sinkqa", input=question)
    return covered(response.output_text, [each.model_dump() for each in response.output[0].content[0].annotations])


def by_response_stream(client, question):
    events = list(client.responses.create(model="sinkqa", input=question, stream=True))
    annotations = [dict(each.annotation) for each in events if each.type == "response.output_text.annotation.added"]
    return covered(events[-1].response.output_text, annotations)
