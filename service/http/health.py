"""Whether the server lives, and whether it can answer."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from service.errors import LibraryEmpty
from service.http.engines import EngineOf
from service.http.problems import documented

router = APIRouter(tags=["health"])
_PROBE = "climate 气候"


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(BaseModel):
    """The library answers."""

    status: Literal["ready"] = "ready"
    generation: int


@router.get("/healthz", operation_id="healthz", summary="Whether the server lives")
async def healthz() -> Alive:
    """Says nothing of the library: see `/readyz`."""
    return Alive()


@router.get(
    "/readyz",
    operation_id="readyz",
    summary="Whether questions can be answered now",
    responses=documented(404, 422, 503),
)
def readyz(engine: EngineOf) -> Ready:
    """Asks the library: its search indexes and its store take part, and an empty one answers nothing."""
    found = engine.search(_PROBE, k=1)
    if not found.hits:
        raise LibraryEmpty("the library holds nothing that could be found: add a document")
    return Ready(generation=found.generation)
