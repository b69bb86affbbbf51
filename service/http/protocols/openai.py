"""OpenAI's interfaces: chat completions, responses and vector-store search, answered from the library."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response

from sinkqa.index.errors import DocumentNotFound
from sinkqa.service.answer import Answer, RankedPassage
from sinkqa.service.conversation import ask_in_turn
from sinkqa.service.engine import Engine
from sinkqa.service.errors import CollectionNotFound, InvalidCollection, ModelNotFound
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.http.encoding import Json, dumps
from sinkqa.service.http.engines import CollectionOf, collections_of
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.protocols.filters import filters_of, flattened
from sinkqa.service.http.protocols.openai_schemas import (
    MODEL,
    Asking,
    ChatRequest,
    Refused,
    ResponseRequest,
    Turn,
    VectorSearchRequest,
    asked,
    tokens,
)
from sinkqa.service.interfaces.links import base_of, passage_link
from sinkqa.service.interfaces.schemas import NAMED
from sinkqa.service.interfaces.scores import share
from sinkqa.service.markdown import CitationLink, PassageLink, TextChunk, pieces

_STREAMED = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
REFUSED: dict[int | str, dict[str, Any]] = {
    status: {"model": Refused, "description": why}
    for status, why in (
        (400, "Something in the request does not fit."),
        (404, "There is no such model or collection."),
        (503, "The library cannot be read."),
    )
}
"""The ``responses`` of a route for OpenAI's clients."""
_OBJECT = {"application/json": {"schema": {"type": "object"}}}
_EVENT = {"type": "object", "properties": {"data": {"type": "string"}}, "required": ["data"]}
_EVENTS = {**_OBJECT, "text/event-stream": {"itemSchema": _EVENT}}

router = APIRouter(tags=["openai"], dependencies=[READS], responses=REFUSED)


@dataclass(frozen=True, slots=True)
class _Library:
    """One collection as a request means it: its engine, and where its passages are found."""

    engine: Engine
    link: PassageLink

    def filename(self, hit: RankedPassage) -> str:
        """The name of the file that a passage stands in, or its title where it was deleted just now."""
        try:
            return self.engine.document(hit.doc_id).name
        except DocumentNotFound:
            return hit.title


class Libraries:
    """The collections that a request may name as a model or a vector store. "sinkqa" is the request's own one."""

    def __init__(
        self, request: Request, meant: CollectionOf, collections: Annotated[Collections, Depends(collections_of)]
    ) -> None:
        self._collections, self._meant, self._base = collections, meant, base_of(request)

    def models(self) -> list[str]:
        """The names of models: ``sinkqa``, and ``sinkqa/NAME`` for each collection."""
        return [MODEL, *(f"{MODEL}/{name}" for name in self._collections.names())]

    def model(self, name: str) -> _Library:
        """The collection offered as a model of this name.

        Raises:
            ModelNotFound: no model has this name.
        """
        prefix, _, collection = name.partition("/")
        try:
            if prefix == MODEL and (collection or name == MODEL):
                return self.named(collection or self._meant)
        except (CollectionNotFound, InvalidCollection):
            pass
        raise self._absent(name, self.models())

    def encoding(self, name: str) -> _Library:
        """The collection whose encoder is named: by a model's name, or by the name of the own collection's encoder.

        Raises:
            ModelNotFound: no model or encoder has this name.
        """
        if name.partition("/")[0] == MODEL:
            return self.model(name)
        library = self.named(self._meant)
        if name != library.engine.encoder_name:
            raise self._absent(name, [*self.models(), library.engine.encoder_name])
        return library

    def named(self, collection: str) -> _Library:
        """The collection of this name."""
        engine = self._collections.opened(collection) or self._collections.engine(collection)
        return _Library(engine, partial(passage_link, self._base, collection=collection))

    @staticmethod
    def _absent(name: str, there: Sequence[str]) -> ModelNotFound:
        return ModelNotFound(f"model: there is no {name[:80]!r}; name one of {', '.join(there)[:400]}")


LibrariesOf = Annotated[Libraries, Depends()]


@router.get("/v1/models", operation_id="list_models", summary="List the collections, each as a model")
def list_models(libraries: LibrariesOf) -> dict[str, Any]:
    """`sinkqa` is the collection of the request. `sinkqa/NAME` is the collection of that name."""
    return {"object": "list", "data": [_model(name) for name in libraries.models()]}


@router.get("/v1/models/{model:path}", operation_id="retrieve_model", summary="Tell of one model")
def retrieve_model(model: Annotated[str, Path()], libraries: LibrariesOf) -> dict[str, Any]:
    """Shows whether the model exists. Models have no further data."""
    libraries.model(model)
    return _model(model)


@router.post(
    "/v1/chat/completions",
    operation_id="create_chat_completion",
    summary="Answer the last question of a conversation, with links to the passages",
    responses={200: {"content": _EVENTS, "description": "A chat completion, or its chunks as server-sent events."}},
)
def create_chat_completion(body: ChatRequest, libraries: LibrariesOf) -> Response:
    """The text cites as `[1](address)`, and `annotations` give the place of each link, in code points.

    A question that depends on earlier turns ("And in Japan?") is completed, and the text says so. If it is unclear what
    it refers to, the text asks for the whole question. An abstention is a normal answer. Token counts are an estimate:
    four bytes for each token.
    """
    told = _told(body, body.messages, libraries.model(body.model))
    read = tokens(*(turn.text for turn in body.messages))
    head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": body.model}
    if body.stream:
        counts = bool(body.stream_options and body.stream_options.include_usage)
        return EventSourceResponse(_chunks(head, told, read=read, counts=counts), headers=_STREAMED)
    parts = list(told)
    text = "".join(part.text for part in parts)
    message = {"role": "assistant", "content": text, "refusal": None, "annotations": _nested(parts)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return Json(head | {"object": "chat.completion", "choices": [choice], "usage": _usage(read, tokens(text))})


@router.post(
    "/v1/responses",
    operation_id="create_response",
    summary="The same by OpenAI's newer interface",
    responses={200: {"content": _EVENTS, "description": "A response, or server-sent events that end with it."}},
)
def create_response(body: ResponseRequest, libraries: LibrariesOf) -> Response:
    """Works like chat completions. Nothing is stored, so send earlier turns in `input`."""
    parts = _told(body, body.turns, libraries.model(body.model))
    response = _response(body, read=tokens(*(turn.text for turn in body.turns)))
    if body.stream:
        return EventSourceResponse(_events(response, parts), headers=_STREAMED)
    return Json(_completed(response, list(parts)))


@router.post(
    "/v1/vector_stores/{vector_store_id}/search",
    operation_id="search_vector_store",
    summary="List the passages of a collection that fit a query best",
    responses={200: {"content": _OBJECT, "description": "A page of results, best first; there is no other page."}},
)
def search_vector_store(
    vector_store_id: Annotated[
        str, Path(description="The name of a collection, such as `default`.", json_schema_extra=NAMED)
    ],
    body: VectorSearchRequest,
    libraries: LibrariesOf,
) -> Response:
    """Each result is a passage. Its file is the document that contains it."""
    library = libraries.named(vector_store_id)
    filters = filters_of(flattened(body.filters)) if body.filters else None
    hits = library.engine.search(body.words, k=body.max_num_results, filters=filters).hits
    least = (body.ranking_options and body.ranking_options.score_threshold) or 0.0
    return Json(
        {
            "object": "vector_store.search_results.page",
            "search_query": [body.words],
            "data": [_result(hit, library) for hit in hits if share_of(hit) >= least],
            "has_more": False,
            "next_page": None,
        }
    )


def share_of(hit: RankedPassage) -> float:
    """The score of a passage on the scale that other programs expect, 0..1."""
    return share(hit.score, rerank=hit.why["rerank"])


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": MODEL}


def _result(hit: RankedPassage, library: _Library) -> dict[str, Any]:
    known: dict[str, str | int] = {
        "title": hit.title[:512],
        "section": " · ".join(hit.section)[:512],
        "language": hit.language,
        "passage_id": hit.passage_id,
        "url": library.link(hit.passage_id),
    }
    if hit.page_label:
        known["page"] = hit.page_start
    if hit.warnings:
        known["warnings"] = "; ".join(hit.warnings)[:512]
    return {
        "file_id": hit.doc_id,
        "filename": library.filename(hit),
        "score": share_of(hit),
        "attributes": known,
        "content": [{"type": "text", "text": hit.text}],
    }


def _told(body: Asking, turns: Sequence[Turn], library: _Library) -> Iterator[TextChunk]:
    """The text of the answer to the last question, or what is not clear about it.

    Raises:
        InvalidQuestion: at once, so that the status can tell it before anything is sent.
    """
    said = asked(turns)
    answers = ask_in_turn(library.engine, said, k=body.k, generate=body.generate, as_of=body.as_of)
    return _text(next(answers), answers, asked=said[-1].strip(), link=library.link)


def _text(first: Answer, later: Iterable[Answer], *, asked: str, link: PassageLink) -> Iterator[TextChunk]:
    """The text of the last answer. The earlier answers are the same without the language model's part."""
    *_, last = first, *later
    yield from pieces(last, link, asked=asked)


def _usage(read: int, written: int) -> dict[str, int]:
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _annotation(mark: CitationLink) -> dict[str, Any]:
    return {"url": mark.url, "title": mark.citation.title, "start_index": mark.start, "end_index": mark.end}


def _nested(parts: Iterable[TextChunk]) -> list[dict[str, Any]]:
    return [{"type": "url_citation", "url_citation": _annotation(mark)} for part in parts for mark in part.marks]


def _flat(parts: Iterable[TextChunk]) -> list[dict[str, Any]]:
    return [{"type": "url_citation", **_annotation(mark)} for part in parts for mark in part.marks]


def _chunks(head: dict[str, Any], parts: Iterator[TextChunk], *, read: int, counts: bool) -> Iterator[bytes]:
    """The role, each part with its annotations, the end, the counts where they are wanted, and the sign-off."""

    def chunk(delta: dict[str, Any] | None, finish_reason: str | None = None, **more: Any) -> bytes:
        choices = [{"index": 0, "delta": delta, "finish_reason": finish_reason}] if delta is not None else []
        usage = {"usage": None} if counts else {}
        whole = head | {"object": "chat.completion.chunk", "choices": choices} | usage | more
        return format_sse_event(data_str=dumps(whole))

    written = []
    yield chunk({"role": "assistant", "content": ""})
    for part in parts:
        written.append(part.text)
        yield chunk({"content": part.text} | ({"annotations": _nested([part])} if part.marks else {}))
    yield chunk({}, "stop")
    if counts:
        yield chunk(None, usage=_usage(read, tokens("".join(written))))
    yield format_sse_event(data_str="[DONE]")


def _response(body: ResponseRequest, *, read: int) -> dict[str, Any]:
    """A response before anything of it is written."""
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "model": body.model,
        "output": [],
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "parallel_tool_calls": False,
        "previous_response_id": None,
        "store": False,
        "temperature": None,
        "tool_choice": "none",
        "tools": [],
        "top_p": None,
        "usage": {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
            "output_tokens": 0,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read,
        },
    }


def _content(parts: Sequence[TextChunk]) -> dict[str, Any]:
    text = "".join(part.text for part in parts)
    return {"type": "output_text", "text": text, "annotations": _flat(parts), "logprobs": []}


def _message(response: dict[str, Any], parts: Sequence[TextChunk] | None) -> dict[str, Any]:
    status, content = ("in_progress", []) if parts is None else ("completed", [_content(parts)])
    message_id = response["id"].replace("resp_", "msg_")
    return {"id": message_id, "type": "message", "role": "assistant", "status": status, "content": content}


def _completed(response: dict[str, Any], parts: Sequence[TextChunk]) -> dict[str, Any]:
    written = tokens("".join(part.text for part in parts))
    counted = {"output_tokens": written, "total_tokens": response["usage"]["input_tokens"] + written}
    told = {"status": "completed", "output": [_message(response, parts)], "usage": response["usage"] | counted}
    return response | told


def _events(response: dict[str, Any], parts: Iterator[TextChunk]) -> Iterator[bytes]:
    """In the order of OpenAI's own: a link's annotation follows the text that it stands in."""
    numbers = iter(range(1_000_000))

    def event(name: str, **data: Any) -> bytes:
        told = {"type": f"response.{name}", "sequence_number": next(numbers), **data}
        return format_sse_event(event=told["type"], data_str=dumps(told))

    item = {"item_id": _message(response, None)["id"], "output_index": 0}
    here = item | {"content_index": 0}
    yield event("created", response=response)
    yield event("in_progress", response=response)
    yield event("output_item.added", output_index=0, item=_message(response, None))
    yield event("content_part.added", **here, part=_content([]))
    done: list[TextChunk] = []
    count = 0
    for part in parts:
        done.append(part)
        yield event("output_text.delta", **here, delta=part.text, logprobs=[])
        for annotation in _flat([part]):
            yield event("output_text.annotation.added", **here, annotation_index=count, annotation=annotation)
            count += 1
    whole = _content(done)
    yield event("output_text.done", **here, text=whole["text"], logprobs=[])
    yield event("content_part.done", **here, part=whole)
    yield event("output_item.done", output_index=0, item=_message(response, done))
    yield event("completed", response=_completed(response, done))
