"""Routes that report whether the server runs, and whether it can answer."""

from __future__ import annotations

from typing import Literal

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Request
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel
from starlette.responses import Response

from sinkqa.service.engine import Engine
from sinkqa.service.errors import LibraryEmpty
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS, UNLIMITED
from sinkqa.service.http.guards.problems import documented

router = APIRouter(tags=["health"])
_PROBE = "climate 气候"
_watching: RunVar[CapacityLimiter] = RunVar("watching")


class Alive(BaseModel):
    """The process runs."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """The library can answer."""

    status: Literal["ready"] = "ready"
    generation: int


@router.get("/healthz", operation_id="healthz", summary="Whether the server lives")
async def healthz() -> Alive:
    """Does not check the library: see `/readyz`."""
    return Alive()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Whether questions can be answered now",
    responses=documented(401, 403, 404, 422, 503),  # a named collection is not public
)
async def readyz(engine: EngineOf) -> Ready:
    """Checks the library's search indexes and its store. An empty library is not ready."""
    return Ready(generation=await to_thread.run_sync(probe, engine, limiter=_limiter()))


def probe(engine: Engine) -> int:
    """The generation of a library that can answer.

    Raises:
        LibraryError: the library cannot be read.
        LibraryEmpty: the library is empty.
    """
    found = engine.search(_PROBE, k=1)
    if not found.hits:
        raise LibraryEmpty("the library holds nothing that could be found: add a document")
    return found.generation


@router.get(
    "/metrics",
    dependencies=[READS, UNLIMITED],
    operation_id="metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={200: {"description": "All numbers.", "content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request) -> Response:
    """Requests, stages of answers, abstentions, withdrawn quotes, and the collections that are open."""
    page: bytes = await to_thread.run_sync(request.app.state.metrics.page, limiter=_limiter())
    return Response(page, media_type=CONTENT_TYPE_LATEST)


def _limiter() -> CapacityLimiter:
    """Who watches has a thread of its own: the others may all be taken by long questions."""
    try:
        return _watching.get()
    except LookupError:
        _watching.set(CapacityLimiter(1))
        return _watching.get()
