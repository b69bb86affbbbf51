"""The same questions by every way in give the same citations."""

from __future__ import annotations

import asyncio
import json
import re
from functools import partial

import httpx
import openai
import pytest
from markdown_it import MarkdownIt
from mcp import Client, StdioServerParameters
from rich.console import Console

from sinkqa.service.commands import terminal
from sinkqa.service.commands.showing.answers import show_answer
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.interfaces.links import passage_link
from sinkqa.service.mcp import Place, Server
from tests.conftest import COMMAND
from tests.service.http.conftest import EN, OUTSIDE, ZH
from tests.service.http.tabling import ASKED, FENS, MISSING, SUGGESTED, TRANSLATED, Tabling, tabling

QUESTIONS = [
    ZH,
    EN,
    OUTSIDE,
    "林场碳汇项目的计入期是多久？",
    "When do woodland credits expire?",
    "样地多久复查一次？",
    "What does the scheme pay per hectare?",
    "欧盟的碳价是多少？",
    "你好",
    "What can you do?",
    "carbon",
]
TOLD = ("status", "abstain_reason", "answer", "segments", "citations", "table", "missing", "suggestions")


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
        told = {name: answer[name] for name in TOLD}
        assert told == {name: expected[name] for name in told}, way
    cited = {each["number"]: each for each in expected["citations"]}
    marks = [(cited[n], n) for segment in expected["segments"] for n in segment["citations"]]
    links = [(f"[{n}]({link(address, each)})", each["title"]) for each, n in marks]
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        assert by_chat(client, question) == links, "chat completions"
        assert by_chat_stream(client, question) == links, "chat completions, streamed"
        assert by_response(client, question) == links, "responses"
        assert by_response_stream(client, question) == links, "responses, streamed"


@pytest.fixture(scope="module")
def fens(begin):
    return begin(FENS)


@pytest.fixture(scope="module")
def tabled(fens):
    with tabling(fens) as url:
        yield url


@pytest.fixture(scope="module")
def expected(fens):
    """An answer with a table, parts, something missing, a translation and suggestions."""
    return json.loads(json.dumps(next(Tabling.open(fens).stream(ASKED)).as_dict()))


def test_a_table_says_what_segments_say_and_each_cell_its_sources_or_its_reason(expected):
    numbers = {each["number"] for each in expected["citations"]}
    said = [(segment["text"], segment["citations"]) for segment in expected["segments"] if segment["tabled"]]
    cells = [cell for row in expected["table"]["rows"] for cell in row["cells"]]
    assert {bool(cell["missing"]) for cell in cells} == {True, False}
    for row in expected["table"]["rows"]:
        assert len(row["cells"]) == len(expected["table"]["columns"])
    for cell in cells:
        if cell["missing"] is not None:
            assert cell["missing"] and not cell["text"] and not cell["citations"]
        else:
            assert cell["citations"] and set(cell["citations"]) <= numbers
            assert any(cell["text"] in text and cell["citations"] == cited for text, cited in said)


def test_every_way_in_gives_the_same_table_parts_missing_translation_and_suggestions(
    sinkqa, monkeypatch, fens, tabled, expected
):
    monkeypatch.setattr("sinkqa.service.hosting.collections.Collections", partial(Collections, opens=Tabling.open))
    whole = {"command line": by_command(sinkqa, fens, ASKED), "HTTP": by_http(tabled, ASKED)}
    engine = Tabling.open(fens)

    async def ask(where):
        async with Client(where) as client:
            return await client.call_tool("ask", {"question": ASKED})

    for way, where in (("MCP, HTTP", f"{tabled}/mcp"), ("MCP", Server(lambda _: Place("default", lambda: engine)))):
        result = asyncio.run(ask(where))
        whole[way] = result.structured_content
        assert_markdown(result.content[0].text, expected)
    for way, answer in whole.items():
        assert {name: answer[name] for name in TOLD} == {name: expected[name] for name in TOLD}, way
    with openai.OpenAI(base_url=f"{tabled}/v1", api_key="none", max_retries=0) as client:
        chat = client.chat.completions.create(model="sinkqa", messages=[{"role": "user", "content": ASKED}])
        assert_markdown(chat.choices[0].message.content, expected)
        cited = {each["number"]: each for each in expected["citations"]}
        links = [(f"[{n}]({link(tabled, cited[n])})", cited[n]["title"]) for n in marks(expected)]
        for way in (by_chat, by_chat_stream, by_response, by_response_stream):
            assert way(client, ASKED) == links, way


def marks(answer):
    """The citations as they are marked where the table is shown: at the label where all cells of a row share them."""
    for row in answer["table"]["rows"]:
        cited = [cell["citations"] for cell in row["cells"] if cell["missing"] is None]
        shared = len(cited) > 1 and all(each == cited[0] for each in cited)
        yield from (n for each in (cited[:1] if shared else cited) for n in each)
    yield from (n for segment in answer["segments"] if not segment["tabled"] for n in segment["citations"])


def assert_markdown(text, answer):
    """The table is a table that says each cell as it stands; parts and what is missing are said in the text."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert not {"html_inline", "html_block", "image"} & {each.type for block in tokens for each in block.children or ()}
    cells = [shown(tokens[at + 1]) for at, token in enumerate(tokens) if token.type in ("th_open", "td_open")]
    table = answer["table"]
    said = [table["corner"], *table["columns"]]
    for row in table["rows"]:
        said += [row["label"], *(cell["missing"] or cell["text"] for cell in row["cells"])]
    assert [re.sub(r"( \d+)+$", "", cell) for cell in cells] == said
    paragraphs = [shown(token) for token in tokens if token.type == "inline"]
    parts = [segment["part"] for segment in answer["segments"]]
    missing = f"Not found: {'; '.join(answer['missing'])}"
    assert {*parts, table["caption"], missing, *answer["suggestions"]} <= {*paragraphs}
    assert f"{TRANSLATED} (machine translation, amounts and names checked)" in paragraphs
    for line in answer["segments"][-1]["text"].split("\n"):
        assert any(paragraph.startswith(line) for paragraph in paragraphs), "each paragraph is one"


def shown(inline):
    return "".join(each.content for each in inline.children if each.type in ("text", "text_special"))


@pytest.mark.parametrize("columns", [None, 30, 100])
def test_the_terminal_shows_the_same_table(monkeypatch, fens, capsys, columns, expected):
    answer = next(Tabling.open(fens).stream(ASKED))
    screen = Console(force_terminal=True, width=columns, no_color=True, highlight=False) if columns else Console()
    monkeypatch.setattr(terminal, "_out", screen)
    show_answer(answer, as_json=False)
    printed = capsys.readouterr().out
    text = re.sub(r"\x1b\[[0-9;]*m", "", printed)
    letters = "".join(filter(str.isalnum, text))
    table = expected["table"]
    said = [table["caption"], *table["columns"], *(segment["part"] for segment in expected["segments"]), *MISSING]
    said += [row["label"] for row in table["rows"]]
    said += [cell["missing"] or cell["text"] for row in table["rows"] for cell in row["cells"]]
    said += [*SUGGESTED, TRANSLATED, "machine translation, amounts and names checked"]
    if columns == 100:  # in drawn columns the words of a folded cell do not follow each other
        said = [word for each in said for word in each.split()]
    for each in said:
        assert "".join(filter(str.isalnum, each)) in letters, each
    if columns:
        assert all(len(line) <= columns for line in text.splitlines())
    shown = [int(n) for n in re.findall(r"\[(\d)\]", text.partition("Not found")[0])]
    assert [*dict.fromkeys(shown)] == [*marks(expected)]  # a table in parts has its labels, with their marks, in each


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
