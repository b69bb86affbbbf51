"""Questions, searches and texts to verify: each body is the engine's own object as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.sse import EventSourceResponse, format_sse_event
from starlette.responses import Response

from sinkqa.service.answer import Answer
from sinkqa.service.conversation import ask_in_turn, next_questions
from sinkqa.service.http.encoding import Json, dumps
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.interfaces.schemas import (
    AnswerOut,
    AnswerRequest,
    NextOut,
    NextRequest,
    OpeningOut,
    QuoteOut,
    QuoteRequest,
    SearchOut,
    SearchRequest,
    VerifyOut,
    VerifyRequest,
    ok,
)

_EVENTS = """The answer as server-sent events, nothing of it twice, each with one JSON object:

1. `evidence`: `question`, `language`, `generation`, `encoder` and the ranked `passages`, before any model writes;
2. `citations`: the `citations` that the segments refer to;
3. `abstention`, where it abstains: `abstain_reason` and the `text` that says so, or that replies to a greeting;
4. `table`, where there is one: the `table` that the segments marked as `tabled` tell row by row;
5. `segment`, for each: its `text`, `citations`, the numbers, `part` and `tabled`;
6. `done`: `status`, `confidence`, `generated`, `notes`, `removed`, `missing`, `suggestions` and `timings_ms`."""
_EVENT = {
    "description": _EVENTS,
    "type": "object",
    "properties": {
        "event": {"enum": ["evidence", "citations", "abstention", "table", "segment", "done"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
    "required": ["event", "data"],
}
_EXAMPLE = """event: evidence
data: {"question": "…", "language": "zh", "generation": 7, "encoder": "…", "passages": []}

event: done
data: {"status": "abstained", "confidence": 0.1, "generated": false, "notes": [], "removed": [], \
"missing": [], "suggestions": [], "timings_ms": {}}

"""

_LAST = ("status", "confidence", "generated", "notes", "removed", "missing", "suggestions", "timings_ms")

router = APIRouter(tags=["answers"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))


@router.post(
    "/v1/answer",
    operation_id="answer",
    summary="Answer a question with checked quotes, or say why the library cannot",
    responses=ok(
        AnswerOut,
        "The answer; an abstention is one too.",
        content={"text/event-stream": {"itemSchema": _EVENT, "example": _EXAMPLE}},
    ),
)
def answer(body: AnswerRequest, engine: EngineOf) -> Response:
    """Every statement carries the numbers of its citations, and every citation quotes its document word for word."""
    filters = body.filters.as_filters() if body.filters else None
    if body.history:
        turns = [*body.history, body.question]
        steps = ask_in_turn(engine, turns, k=body.k, filters=filters, generate=body.generate)
    else:
        steps = engine.stream(body.question, k=body.k, filters=filters, generate=body.generate)
    if not body.stream:
        *_, last = steps
        return Json(last.as_dict())
    first = next(steps)  # what is wrong with the question is told by the status, before anything is sent
    return EventSourceResponse(_events(first, steps), headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})


@router.post(
    "/v1/next",
    operation_id="next_questions",
    summary="Offer questions beside one that was asked",
    responses=ok(NextOut, "Questions to offer; none where nothing is near."),
)
def next_up(body: NextRequest, engine: EngineOf) -> Response:
    """They are of the sections beside those that were found, of another country, or of another document found."""
    filters = body.filters.as_filters() if body.filters else None
    return Json({"suggestions": next_questions(engine, body.question, body.passage_ids, filters=filters)})


@router.get(
    "/v1/opening",
    operation_id="opening",
    summary="Tell what the library holds, with questions that it answers",
    responses=ok(OpeningOut, "Lines to show, and questions to offer."),
)
def opening(
    engine: EngineOf, language: Annotated[Literal["zh", "en"], Query(description="Of lines and questions.")] = "en"
) -> Response:
    """The questions are made of the documents' own headings and definitions, and each was tried just now."""
    return Json(asdict(engine.opening(language)))


@router.post(
    "/v1/search",
    operation_id="search",
    summary="List the passages that fit a query best, and why",
    responses=ok(SearchOut, "Passages, best first."),
)
def search(body: SearchRequest, engine: EngineOf) -> Response:
    """Passages are units of evidence: whole sentences, a list with its lead-in, or a table row with its headers."""
    filters = body.filters.as_filters() if body.filters else None
    return Json(engine.search(body.query, k=body.k, mode=body.mode, filters=filters).as_dict())


@router.post(
    "/v1/verify",
    operation_id="verify",
    summary="Say of each statement in a text whether the library supports or contradicts it",
    responses=ok(VerifyOut, "A label, findings and quotes for each statement."),
)
def verify(body: VerifyRequest, engine: EngineOf) -> Response:
    """A statement is supported, partly supported, contradicted, or unknown to the library."""
    return Json(engine.verify(body.text).as_dict())


@router.post(
    "/v1/verify/quote",
    operation_id="verify_quote",
    summary="Say whether a document holds a quote exactly, altered or not at all",
    responses=ok(QuoteOut, "The place of the quote, or of the text that comes nearest."),
)
def verify_quote(body: QuoteRequest, engine: EngineOf) -> Response:
    """Spacing, width and variants of characters do not count as differences."""
    return Json(engine.verify_quote(body.quote, doc_id=body.doc_id).as_dict())


def _events(answer: Answer, steps: Iterator[Answer]) -> Iterator[bytes]:
    """The evidence at once; the rest when the last step is done."""
    yield _event("evidence", answer.as_dict(), "question", "language", "generation", "encoder", "passages")
    for later in steps:
        answer = later
    said = answer.as_dict()
    told = [_event("citations", said, "citations")]
    if answer.status == "abstained":
        told.append(_event("abstention", said | {"text": answer.lead}, "abstain_reason", "text"))
    if answer.table:
        told.append(_event("table", said, "table"))
    told += [_event("segment", segment, *segment) for segment in said["segments"]]
    told.append(_event("done", said, *_LAST))
    yield b"".join(told)


def _event(name: str, data: Mapping[str, Any], *fields: str) -> bytes:
    return format_sse_event(event=name, data_str=dumps({field: data[field] for field in fields}))
