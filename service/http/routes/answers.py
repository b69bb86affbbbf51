"""Routes for questions, searches and texts to verify. Each body is the engine's own object as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from sinkqa.service.answer import Answer
from sinkqa.service.conversation import ask_in_turn, next_questions
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf, settings_of
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.http.routes.streaming import EVENT, EXAMPLE, streamed
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

router = APIRouter(tags=["answers"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))


@router.post(
    "/v1/answer",
    operation_id="answer",
    summary="Answer a question with checked quotes, or say why the library cannot",
    responses=ok(
        AnswerOut,
        "The answer; an abstention is one too.",
        content={"text/event-stream": {"itemSchema": EVENT, "example": EXAMPLE}},
    ),
)
async def answer(body: AnswerRequest, request: Request, engine: EngineOf) -> Response:
    """Every statement has the numbers of its citations, and every citation quotes its document word for word."""
    filters = await run_in_threadpool(body.filters.of, engine) if body.filters else None

    def ask() -> Iterator[Answer]:
        if not body.history:
            return engine.stream(body.question, k=body.k, filters=filters, generate=body.generate, as_of=body.as_of)
        turns = [*body.history, body.question]
        return ask_in_turn(engine, turns, k=body.k, filters=filters, generate=body.generate, as_of=body.as_of)

    def whole() -> Response:
        *_, last = ask()
        return Json(last.as_dict())

    if body.stream:
        return await streamed(ask, patience_s=settings_of(request).request_timeout_s)
    return await run_in_threadpool(whole)


@router.post(
    "/v1/next",
    operation_id="next_questions",
    summary="Offer questions beside one that was asked",
    responses=ok(NextOut, "Questions to offer; none where nothing is near."),
)
def next_up(body: NextRequest, engine: EngineOf) -> Response:
    """Each question is about a neighbouring section, about another country, or about another document found."""
    filters = body.filters.of(engine) if body.filters else None
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
    """The questions are made from the documents' own headings and definitions. Each was tried just now."""
    return Json(asdict(engine.opening(language)))


@router.post(
    "/v1/search",
    operation_id="search",
    summary="List the passages that fit a query best, and why",
    responses=ok(SearchOut, "Passages, best first."),
)
def search(body: SearchRequest, engine: EngineOf) -> Response:
    """Passages are units of evidence: whole sentences, a list with its lead-in, or a table row with its headers."""
    filters = body.filters.of(engine) if body.filters else None
    return Json(engine.search(body.query, k=body.k, mode=body.mode, filters=filters).as_dict())


@router.post(
    "/v1/verify",
    operation_id="verify",
    summary="Say of each statement in a text whether the library supports or contradicts it",
    responses=ok(VerifyOut, "A label, findings and quotes for each statement."),
)
def verify(body: VerifyRequest, engine: EngineOf) -> Response:
    """Each claim is supported, partly supported, contradicted, or unknown to the library."""
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
