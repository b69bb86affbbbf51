"""The route that compares countries, documents or markets."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.interfaces.comparison_schemas import CompareRequest, ComparisonOut
from sinkqa.service.interfaces.schemas import ok

router = APIRouter(tags=["answers"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))


@router.post(
    "/v1/compare",
    operation_id="compare",
    summary="Compare countries, documents or carbon markets in a table of checked quotes",
    responses=ok(ComparisonOut, "The table, its citations, and how another document's cells stand to it."),
)
def compare(body: CompareRequest, engine: EngineOf) -> Response:
    """Each cell is the best judged piece of the row's documents, or says in how many documents nothing was found."""
    filters = body.filters.of(engine) if body.filters else None
    made = engine.compare(body.on, by=body.by, rows=body.rows, filters=filters, beside=body.beside, as_of=body.as_of)
    return Json(made.as_dict())
