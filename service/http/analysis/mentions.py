"""The route that lists the documents that a document names, and those that name it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from sinkqa.service.http.caching import unless_known
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.http.routes.documents import UNCHANGED, DocId, Limit, Offset
from sinkqa.service.interfaces.references_schemas import DocumentReferencesOut
from sinkqa.service.interfaces.schemas import ok

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))


@router.get(
    "/v1/documents/{doc_id}/mentions",
    operation_id="list_document_mentions",
    summary="List the documents that a document names, and those that name it",
    responses=ok(DocumentReferencesOut, "What it names, and what names it.") | UNCHANGED,
)
def list_document_mentions(
    request: Request, doc_id: DocId, engine: EngineOf, limit: Limit = 100, offset: Offset = 0
) -> Response:
    """Each document once, with the places where it is named and what that comes to in this library."""
    with engine.reading():
        record = engine.document(doc_id)
        what = ("mentions", record.doc_id, engine.generation, limit, offset)
        return unless_known(
            request, lambda: Json(engine.references_of(record.doc_id, offset=offset, limit=limit).as_dict()), *what
        )
