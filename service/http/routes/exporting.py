"""Routes that export memos as files, and documents as references."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from sinkqa.ingest.document import Span
from sinkqa.service.exporting.exporter import FORMATS
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import CollectionOf, EngineOf
from sinkqa.service.http.export_schemas import ExportRequest, ReferencesOut
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.http.routes.documents import DocId
from sinkqa.service.interfaces.links import base_of, passage_link
from sinkqa.service.interfaces.schemas import ok

_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f-\x9f\s]+')
_LONGEST_NAME = 60
_LEFT_OUT = (
    "How many quotes were left out because the library does not hold them any more; the file names their sources."
)
_BINARY = {"type": "string", "contentMediaType": "application/octet-stream"}
_LARGEST = 2**31

router = APIRouter(tags=["exports"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))
Page = Annotated[int | None, Query(ge=1, le=_LARGEST, description="Page that is cited, from 1.")]


@router.post(
    "/v1/export",
    operation_id="export",
    summary="Make a file of answers, quotes and notes, each quote with a note that cites it",
    response_class=Response,
    responses={
        200: {
            "description": "The file.",
            "content": {each.media_type.partition(";")[0]: {"schema": _BINARY} for each in FORMATS.values()},
            "headers": {"SinkQA-Left-Out": {"description": _LEFT_OUT, "schema": {"type": "integer"}}},
        }
    },
)
def export(body: ExportRequest, request: Request, engine: EngineOf, collection: CollectionOf) -> Response:
    """Every quote is read again and compared first. A quote that the library no longer contains is left out."""
    base = base_of(request)

    def link(passage_id: str, *, spans: Sequence[Span] = ()) -> str:
        return passage_link(base, passage_id, spans=spans, collection=collection)

    made = engine.export(body.as_memo(), body.format, link=link)
    headers = {"Content-Disposition": _attached(body.title, made.format.suffix), "SinkQA-Left-Out": str(made.withheld)}
    return Response(made.content, media_type=made.format.media_type, headers=headers)


@router.get(
    "/v1/documents/{doc_id}/references",
    operation_id="get_document_references",
    summary="Name a document as GB/T 7714, APA, BibTeX and RIS do",
    responses=ok(ReferencesOut, "The document in each style."),
)
def get_document_references(
    doc_id: DocId, engine: EngineOf, first_page: Page = None, last_page: Page = None
) -> Response:
    """The references name pages if the document has pages. Without `last_page` they name only `first_page`."""
    pages = (first_page, max(first_page, last_page or first_page)) if first_page else None
    return Json(engine.references(doc_id, pages=pages))


def _attached(title: str, suffix: str) -> str:
    """The header that has a browser save the file under the memo's title."""
    name = _NO_NAME.sub(" ", title).strip(". ")[:_LONGEST_NAME].strip(". ") or "memo"
    return f"attachment; filename=\"memo{suffix}\"; filename*=UTF-8''{quote(name + suffix, safe='')}"
