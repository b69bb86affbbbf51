"""Routes to delete documents, to list those that can be restored, and to restore them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS, WRITES
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.http.routes.documents import DocId, told_of
from sinkqa.service.http.routes.jobs import JobsOf
from sinkqa.service.interfaces.library_schemas import DeletedOut, DiscardedListOut, DocumentOut
from sinkqa.service.interfaces.schemas import ok

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))


@router.get(
    "/v1/deleted",
    operation_id="list_deleted",
    summary="List the deleted documents that can be put back",
    responses=ok(DiscardedListOut, "The last deleted first."),
)
def list_deleted(engine: EngineOf) -> Response:
    """The documents that were deleted over HTTP, or replaced by an upload, until they can no longer be restored."""
    listed = []
    for gone in engine.discarded():
        told = _gone(gone.record.doc_id, gone.record.title, gone.restorable_until)
        listed.append(told | {"name": gone.record.name, "type": gone.record.type, "deleted_at": gone.deleted_at})
    return Json({"documents": listed, "kept_s": engine.kept_s})


@router.delete(
    "/v1/documents/{doc_id}",
    operation_id="delete_document",
    dependencies=[WRITES],
    summary="Delete a document",
    responses=ok(DeletedOut, "It is deleted and can be found no more."),
)
def delete_document(
    doc_id: DocId,
    engine: EngineOf,
    jobs: JobsOf,  # what drops it for good when its time is over
    permanent: Annotated[bool, Query(description="Keep nothing of it: it cannot be put back.")] = False,
) -> Response:
    """Nothing finds the document any more. It can be restored for a while, unless it is deleted permanently."""
    if permanent:
        record, until = engine.remove(doc_id), None
    else:
        gone = engine.discard(doc_id)
        record, until = gone.record, gone.restorable_until
    return Json(_gone(record.doc_id, record.title, until))


@router.post(
    "/v1/documents/{doc_id}/restore",
    operation_id="restore_document",
    dependencies=[WRITES],
    summary="Put back a document that was deleted",
    responses=ok(DocumentOut, "The document, which is findable again with the same passages."),
)
def restore_document(doc_id: Annotated[str, Path(description="Its whole id.")], engine: EngineOf) -> Response:
    """Possible until the time `restorable_until` in the response to the deletion."""
    return Json(told_of(engine.restore(doc_id)))


def _gone(doc_id: str, title: str, until: str | None) -> dict[str, Any]:
    url = f"/v1/documents/{doc_id}/restore" if until else None
    return {"doc_id": doc_id, "title": title, "restorable_until": until, "restore_url": url}
