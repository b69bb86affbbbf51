"""The route that says whether a document is in force."""

from __future__ import annotations

import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator
from starlette.responses import Response

from sinkqa.service.http.caching import unless_known
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.http.routes.documents import UNCHANGED, DocId
from sinkqa.service.interfaces.schemas import ok
from sinkqa.service.interfaces.standing_schemas import DocumentStandingOut, as_date

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))


@router.get(
    "/v1/documents/{doc_id}/standing",
    operation_id="get_document_standing",
    summary="Tell whether a document is in force",
    responses=ok(DocumentStandingOut, "The standing, with the words that say so.") | UNCHANGED,
)
def get_document_standing(
    request: Request,
    doc_id: DocId,
    engine: EngineOf,
    as_of: Annotated[
        datetime.date | None,
        BeforeValidator(as_date),
        Query(description="The day that is asked about, as YYYY-MM-DD; default: today."),
    ] = None,
) -> Response:
    """As far as texts of the library say so. `unknown` means that none does: the document may well be in force."""
    on = as_of or datetime.date.today()
    with engine.reading():
        record = engine.document(doc_id)
        what = ("standing", record.doc_id, engine.generation, on)
        return unless_known(request, lambda: Json(engine.standing(record.doc_id, on).as_dict()), *what)
