"""OpenAI's own client, against a real server, gets answers with citations, and the errors that it knows."""

from __future__ import annotations

import json
import socket
import struct

import httpx
import openai
import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from openai.types.responses import Response

from sinkqa.service.answering.dialogue.rewriting import follow, remark
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.http.app import create_app
from sinkqa.service.interfaces.links import passage_link
from sinkqa.service.markdown import escaped
from tests.service.endpoint import endpoint, text
from tests.service.http.conftest import EN, OUTSIDE, ZH, Client, serving

CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def assistant(address):
    with openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0) as client:
        yield client


def said(*turns):
    """Messages of a user and, between, of an assistant."""
    return [{"role": "user" if n % 2 == 0 else "assistant", "content": turn} for n, turn in enumerate(turns)]


def links(content, annotations):
    """The text that each annotation covers, and its address."""
    return [(content[each["start_index"] : each["end_index"]], each["url"]) for each in annotations]


def cited(engine, address, question):
    """What the links of an answer should be."""
    answer = engine.ask(question)
    where = {each.number: passage_link(address, each.passage_id, spans=each.spans) for each in answer.citations}
    numbers = [number for segment in answer.segments for number in segment.citations]
    urls = [where[number] for number in numbers]
    return [(f"[{number}]({url})", url) for number, url in zip(numbers, urls, strict=True)]


@pytest.mark.parametrize("question", [ZH, EN])
def test_a_chat_completion_cites_in_its_text_and_beside_it(assistant, engine, address, question):
    completion = assistant.chat.completions.create(model="sinkqa", messages=said(question), temperature=0.2, tools=[])
    ChatCompletion.model_validate(completion.to_dict(), strict=True)
    choice = completion.choices[0]
    assert (choice.finish_reason, completion.model) == ("stop", "sinkqa")
    content = choice.message.content
    annotations = [each.url_citation.model_dump() for each in choice.message.annotations]
    assert links(content, annotations) == cited(engine, address, question) != []
    assert content.startswith(engine.ask(question).segments[0].text)
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens
    assert completion.usage.prompt_tokens == -(-len(question.encode()) // 4)


def test_a_streamed_completion_says_the_same_once(assistant, engine, address):
    whole = assistant.chat.completions.create(model="sinkqa", messages=said(EN))
    chunks = list(
        assistant.chat.completions.create(
            model="sinkqa", messages=said(EN), stream=True, stream_options={"include_usage": True}
        )
    )
    for chunk in chunks:
        ChatCompletionChunk.model_validate(chunk.to_dict())
    assert len({chunk.id for chunk in chunks}) == 1
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    content = "".join(delta.content or "" for delta in deltas)
    assert content == whole.choices[0].message.content
    annotations = [each["url_citation"] for delta in deltas for each in getattr(delta, "annotations", None) or []]
    assert links(content, annotations) == cited(engine, address, EN)
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices] == [
        *[None] * (len(deltas) - 1),
        "stop",
    ]
    assert chunks[-1].choices == [] and chunks[-1].usage == whole.usage
    assert all(chunk.usage is None for chunk in chunks[:-1])


def test_the_clients_own_stream_helper_puts_a_completion_together(assistant):
    with assistant.chat.completions.stream(model="sinkqa", messages=said(ZH)) as stream:
        final = stream.get_final_completion()
    assert "6%" in final.choices[0].message.content and final.choices[0].finish_reason == "stop"


@pytest.mark.parametrize("question", [ZH, EN])
def test_a_response_cites_in_its_text_and_beside_it(assistant, engine, address, question):
    response = assistant.responses.create(model="sinkqa", input=question, instructions="Sing.", max_output_tokens=16)
    Response.model_validate(response.to_dict())
    (message,) = response.output
    (part,) = message.content
    assert (response.status, message.status, response.error) == ("completed", "completed", None)
    annotations = [each.model_dump() for each in part.annotations]
    assert links(response.output_text, annotations) == cited(engine, address, question) != []


def test_a_streamed_response_comes_in_the_known_order(assistant, engine, address):
    events = list(assistant.responses.create(model="sinkqa", input=EN, stream=True))
    names = [event.type.removeprefix("response.") for event in events]
    order = ["created", "in_progress", "output_item.added", "content_part.added", "output_text.delta"]
    order += ["output_text.annotation.added", "output_text.delta", "output_text.done", "content_part.done"]
    assert names == [*order, "output_item.done", "completed"]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    content = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    added = [dict(event.annotation) for event in events if event.type == "response.output_text.annotation.added"]
    final = events[-1].response
    assert content == final.output_text and final.status == "completed"
    assert links(content, added) == cited(engine, address, EN)
    assert [dict(each) for each in final.output[0].content[0].annotations] == added


def test_an_abstention_is_a_normal_result_that_says_why(assistant, engine):
    why = engine.ask(OUTSIDE).answer
    completion = assistant.chat.completions.create(model="sinkqa", messages=said(OUTSIDE))
    assert completion.choices[0].finish_reason == "stop"
    assert completion.choices[0].message.content == why and not completion.choices[0].message.annotations
    response = assistant.responses.create(model="sinkqa", input=OUTSIDE)
    assert (response.status, response.output_text) == ("completed", why)


def test_a_question_that_leans_on_its_thread_is_understood_and_says_how(assistant):
    thread = said(ZH, "不得超过6%。", "它的计入期是多久？")
    content = assistant.chat.completions.create(model="sinkqa", messages=thread).choices[0].message.content
    assert content.startswith("*理解为：林场碳汇的计入期是多久？*\n\n") and "二十年" in content
    response = assistant.responses.create(model="sinkqa", input=thread)
    assert response.output_text == content
    alone = said(ZH, "不得超过6%。", EN)
    content = assistant.chat.completions.create(model="sinkqa", messages=alone).choices[0].message.content
    assert content.startswith("An operator may cover")


@pytest.mark.parametrize(("greeting", "offer"), [("你好", "可以这样问："), ("What can you do?", "You could ask:")])
def test_a_greeting_is_replied_to_wherever_it_stands(assistant, engine, greeting, offer):
    greeted = engine.ask(greeting)
    for thread in (said(greeting), said(ZH, "不得超过6%。", greeting)):
        content = assistant.chat.completions.create(model="sinkqa", messages=thread).choices[0].message.content
        assert content.startswith(escaped(greeted.answer.split("\n")[0]))
        assert f"{offer}\n\n- {escaped(greeted.suggestions[0])}" in content
        assert "没有" not in content and "no evidence" not in content


@pytest.mark.parametrize("thread", [said("Why?"), said("And in Japan?"), said("那日本呢？")])
def test_a_question_that_leans_on_nothing_is_asked_back_and_not_answered(assistant, thread):
    expected = remark(follow([thread[-1]["content"]]))
    completion = assistant.chat.completions.create(model="sinkqa", messages=thread)
    assert completion.choices[0].message.content == expected != ""
    assert completion.choices[0].finish_reason == "stop" and not completion.choices[0].message.annotations
    assert assistant.responses.create(model="sinkqa", input=thread).output_text == expected
    chunks = assistant.chat.completions.create(model="sinkqa", messages=thread, stream=True)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks) == expected


@pytest.mark.parametrize(
    ("wish", "noted"),
    [
        ("shorter please", "*Answers quote their sources and cannot be shortened.*"),
        ("请用中文回答", "*答案引用原文，用文件自身的语言。*"),
        ("tell me more", ""),
    ],
)
def test_a_wish_gives_the_answer_again_and_says_what_cannot_be_done(assistant, wish, noted):
    thread = said(EN, "At most 8 percent.", wish)
    content = assistant.chat.completions.create(model="sinkqa", messages=thread).choices[0].message.content
    assert content.startswith(f"*Understood as: {EN}*\n\nAn operator may cover")
    assert content.endswith(noted) and content.count("\n\n*") == bool(noted)


def test_only_the_users_words_count_and_only_text_is_read(assistant):
    parts = [
        {"type": "text", "text": EN},
        {"type": "image_url", "image_url": {"url": "http://evil.test/x.png"}},
    ]
    turns = [{"role": "system", "content": OUTSIDE}, {"role": "user", "content": parts}]
    content = assistant.chat.completions.create(model="sinkqa", messages=turns).choices[0].message.content
    assert content.startswith("An operator may cover")
    listed = [{"role": "user", "content": [{"type": "input_text", "text": EN}]}]
    assert assistant.responses.create(model="sinkqa", input=listed).output_text == content


def test_a_thread_of_thousands_of_turns_is_answered(assistant):
    thread = said(*["What keeps carbon in the ground?", "Peat."] * 3000, EN)
    content = assistant.chat.completions.create(model="sinkqa", messages=thread).choices[0].message.content
    assert content.startswith("An operator may cover")


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"n": 2}, "n"),
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "hello"}]}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "messages"),
        ({"messages": [{"role": "user", "content": "碳" * 4001}]}, None),
        ({"messages": [{"role": "user", "content": "?!"}]}, None),
        ({"extra_body": {"k": 0}}, "k"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_what_does_not_fit_is_a_bad_request(assistant, asked, param, stream):
    with pytest.raises(openai.BadRequestError) as refused:
        assistant.chat.completions.create(**{"model": "sinkqa", "messages": said(EN), "stream": stream} | asked)
    assert (refused.value.type, refused.value.param) == ("invalid_request_error", param)
    assert refused.value.body["message"]


@pytest.mark.parametrize("asked", [{"input": " "}, {"input": []}, {"previous_response_id": "resp_1"}])
def test_the_same_holds_for_responses(assistant, asked):
    with pytest.raises(openai.BadRequestError):
        assistant.responses.create(**{"model": "sinkqa", "input": EN} | asked)


@pytest.mark.parametrize("name", ["gpt-4o", "sinkqa/nowhere", "sinkqa/", "sinkqa/../x", "Sinkqa", "sinkqax"])
def test_a_model_that_is_not_there_is_not_found(assistant, name):
    with pytest.raises(openai.NotFoundError) as refused:
        assistant.chat.completions.create(model=name, messages=said(EN))
    assert refused.value.code == "model-not-found" and "sinkqa/default" in refused.value.message
    with pytest.raises(openai.NotFoundError):
        assistant.models.retrieve(name)


def test_collections_are_models_and_vector_stores(begin):
    settings = begin()
    app = create_app(settings)
    app.state.collections.create("moss")
    client = Client(app)
    listed = [model["id"] for model in client.get("/v1/models").json()["data"]]
    assert listed == ["sinkqa", "sinkqa/default", "sinkqa/moss"]
    answers = {}
    for model in listed:
        assert client.get(f"/v1/models/{model}").json()["id"] == model
        answers[model] = client.post(CHAT, {"model": model, "messages": said(EN)}).json()["choices"][0]["message"]
    assert answers["sinkqa"] == answers["sinkqa/default"] and answers["sinkqa"]["annotations"]
    assert not answers["sinkqa/moss"]["annotations"]
    named = client.post(CHAT, {"model": "sinkqa", "messages": said(EN)}, headers={"X-SinkQA-Collection": "moss"})
    assert named.json()["choices"][0]["message"] == answers["sinkqa/moss"]
    assert client.post("/v1/vector_stores/moss/search", {"query": "credits"}).json()["data"] == []


def test_a_vector_store_is_searched(assistant, engine):
    page = assistant.vector_stores.search("default", query="林场碳汇 抵销", max_num_results=2)
    hits = engine.search("林场碳汇 抵销", k=2).hits
    assert [(each.file_id, each.content[0].text) for each in page] == [(hit.doc_id, hit.text) for hit in hits]
    scores = [each.score for each in page]
    assert scores == sorted(scores, reverse=True) and all(0 <= score <= 1 for score in scores)
    assert page.data[0].filename == "sinks.md" and "page" not in page.data[0].attributes
    joined = assistant.vector_stores.search("default", query=["林场碳汇", "抵销"], max_num_results=2)
    assert [each.file_id for each in joined] == [each.file_id for each in page]


def test_a_vector_search_is_held_to_its_conditions(assistant):
    def found(**filters):
        return list(assistant.vector_stores.search("default", query="credits carbon 碳汇", filters=filters))

    assert {each.attributes["language"] for each in found(type="eq", key="language", value="zh")} == {"zh"}
    both = {"type": "in", "key": "type", "value": ["html", "text"]}
    assert {each.filename for each in found(**both)} == {"forest.html", "peat.txt"}
    html = {"type": "eq", "key": "type", "value": "html"}
    year = {"type": "gte", "key": "year", "value": 2020}
    assert {each.filename for each in found(type="and", filters=[html])} == {"forest.html"}
    assert found(type="and", filters=[html, year]) == []
    few = assistant.vector_stores.search("default", query="peat", ranking_options={"score_threshold": 0.6})
    assert [each.filename for each in few] == ["peat.txt"]


@pytest.mark.parametrize(
    "filters",
    [
        {"type": "or", "filters": []},
        {"type": "eq", "key": "city", "value": "x"},
        {"type": "ne", "key": "language", "value": "zh"},
        {"type": "eq", "key": "year", "value": "soon"},
        {"type": "and", "filters": [{"type": "eq", "key": "type", "value": "pdf"}] * 2},
        {"type": "and", "filters": ["x"]},
        {},
    ],
)
def test_a_condition_that_cannot_be_set_is_refused(assistant, filters):
    if not filters:
        assert list(assistant.vector_stores.search("default", query="peat", filters=filters))
        return
    with pytest.raises(openai.BadRequestError) as refused:
        assistant.vector_stores.search("default", query="peat", filters=filters)
    assert refused.value.code == "invalid-filter"


def test_a_vector_store_that_is_not_there(assistant):
    with pytest.raises(openai.NotFoundError) as refused:
        assistant.vector_stores.search("nowhere", query="peat")
    assert refused.value.code == "collection-not-found"


def test_a_language_model_that_is_set_writes_in_place_of_the_quotes(settings):
    def written(passages):
        key = next(passage["key"] for passage in passages if "Credits expire" in passage["text"])
        return f"Credits expire after twelve years [{key}]."

    with endpoint() as scripted:
        scripted.says(text(written))
        with serving(settings, SINKQA_LLM_URL=scripted.url, SINKQA_LLM_MODEL="m") as served:
            asked = {"model": "sinkqa", "messages": said(EN), "extra_body": {"generate": True}}
            with (
                openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as client,
                client.chat.completions.create(**asked, stream=True) as chunks,
            ):
                content = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert content.startswith("Credits expire after twelve years. [1](") and "8 percent" not in content


def test_clients_that_leave_in_a_stream_take_nothing_along(settings):
    body = json.dumps({"model": "sinkqa", "messages": said(EN), "stream": True}).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    with serving(settings) as served:
        host, port = served.url.removeprefix("http://").split(":")
        for bytes_read in [0, 40] * 20:
            with socket.create_connection((host, int(port)), timeout=30) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # a reset
                connection.sendall(head.encode() + b"\r\n\r\n" + body)
                if bytes_read:
                    connection.recv(bytes_read)
        with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=5) as client:
            stays = client.chat.completions.create(model="sinkqa", messages=said(EN))
        assert "8 percent" in stays.choices[0].message.content
    assert not [line for line in served.log if "Traceback" in line or "unforeseen" in line]


def test_keys_open_the_collections_that_they_are_for(begin):
    settings = begin()
    Collections(settings).create("moss")
    keys = keys_of(settings)
    _, secret = keys.create("notes", collections=["moss"])
    with serving(settings) as served:

        def client(key):
            return openai.OpenAI(base_url=f"{served.url}/v1", api_key=key, max_retries=0)

        with client(secret) as ours, client("sk-wrong") as wrong:
            assert [model.id for model in ours.models.list()] == ["sinkqa", "sinkqa/moss"]
            asked = ours.chat.completions.create(model="sinkqa/moss", messages=said(EN))
            assert asked.choices[0].finish_reason == "stop" and not asked.choices[0].message.annotations
            for model in ("sinkqa", "sinkqa/default"):
                with pytest.raises(openai.PermissionDeniedError):
                    ours.chat.completions.create(model=model, messages=said(EN))
            with pytest.raises(openai.PermissionDeniedError):
                ours.vector_stores.search("default", query="credits")
            for call in (wrong.models.list, lambda: wrong.responses.create(model="sinkqa/moss", input=EN)):
                with pytest.raises(openai.AuthenticationError):
                    call()
        dify = {"knowledge_id": "default", "query": "x", "retrieval_setting": {"top_k": 1, "score_threshold": 0}}
        for key, code in ((secret, 403), ("wrong", 401)):
            refused = httpx.post(f"{served.url}/retrieval", json=dify, headers={"Authorization": f"Bearer {key}"})
            assert (refused.status_code, refused.json()["error_code"]) == (code, 1002)
