"""Questions, searches and texts to verify: each body is the engine's own object as JSON."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from service.http.engines import EngineOf
from service.http.problems import documented
from service.http.schemas import (
    AnswerOut,
    AnswerRequest,
    QuoteOut,
    QuoteRequest,
    SearchOut,
    SearchRequest,
    VerifyOut,
    VerifyRequest,
    ok,
)

router = APIRouter(tags=["answers"], responses=documented(400, 404, 409, 422, 503))


@router.post(
    "/v1/answer",
    operation_id="answer",
    summary="Answer a question with checked quotes, or say why the library cannot",
    responses=ok(AnswerOut, "The answer; an abstention is one too."),
)
def answer(body: AnswerRequest, engine: EngineOf) -> Response:
    """Every statement carries the numbers of its citations, and every citation quotes its document word for word."""
    filters = body.filters.as_filters() if body.filters else None
    return JSONResponse(engine.ask(body.question, k=body.k, filters=filters, generate=body.generate).as_dict())


@router.post(
    "/v1/search",
    operation_id="search",
    summary="List the passages that fit a query best, and why",
    responses=ok(SearchOut, "Passages, best first."),
)
def search(body: SearchRequest, engine: EngineOf) -> Response:
    """Passages are units of evidence: whole sentences, a list with its lead-in, or a table row with its headers."""
    filters = body.filters.as_filters() if body.filters else None
    return JSONResponse(engine.search(body.query, k=body.k, mode=body.mode, filters=filters).as_dict())


@router.post(
    "/v1/verify",
    operation_id="verify",
    summary="Say of each statement in a text whether the library supports or contradicts it",
    responses=ok(VerifyOut, "A label, findings and quotes for each statement."),
)
def verify(body: VerifyRequest, engine: EngineOf) -> Response:
    """A statement is supported, partly supported, contradicted, or unknown to the library."""
    return JSONResponse(engine.verify(body.text).as_dict())


@router.post(
    "/v1/verify/quote",
    operation_id="verify_quote",
    summary="Say whether a document holds a quote exactly, altered or not at all",
    responses=ok(QuoteOut, "The place of the quote, or of the text that comes nearest."),
)
def verify_quote(body: QuoteRequest, engine: EngineOf) -> Response:
    """Spacing, width and variants of characters do not count as differences."""
    return JSONResponse(engine.verify_quote(body.quote, doc_id=body.doc_id).as_dict())
