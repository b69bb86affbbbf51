"""Routes for the content of a document besides its pages: the file, its tables, an overview, and a word search."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from sinkqa.ingest.document import Span
from sinkqa.service.answer import plain
from sinkqa.service.documents.drawn_tables import DrawnCell, DrawnTable
from sinkqa.service.engine import Engine
from sinkqa.service.http.caching import unless_known
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import EngineOf
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.http.routes.documents import UNCHANGED, DocId, version
from sinkqa.service.interfaces.inside_schemas import OccurrencesOut, OverviewOut, TablesOut
from sinkqa.service.interfaces.schemas import ok

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))

_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, byte for byte as it came.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get(
    "/v1/documents/{doc_id}/original",
    operation_id="get_document_original",
    summary="Give the file of a document",
    responses=_FILE | UNCHANGED,
)
def get_document_original(request: Request, doc_id: DocId, engine: EngineOf) -> Response:
    """The file is for saving, not for display, because a browser must run nothing that a document contains."""

    def make() -> Response:
        name = quote(record.name.encode("utf-8", "replace"), safe="")
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return Response(engine.content(record.doc_id), media_type="application/octet-stream", headers=headers)

    with engine.reading():
        record = engine.document(doc_id)
        return unless_known(request, make, "original", record.doc_id, record.name)


@router.get(
    "/v1/documents/{doc_id}/tables",
    operation_id="list_document_tables",
    summary="List the tables of a document",
    responses=ok(TablesOut, "Tables in reading order, of each at most 500 rows.") | UNCHANGED,
)
def list_document_tables(
    request: Request,
    doc_id: DocId,
    engine: EngineOf,
    page: Annotated[int | None, Query(ge=1, le=2**31, description="Only those with something on it.")] = None,
) -> Response:
    """The tables as rows and columns. A table is left out if it is uncertain which cell is in which column."""

    def make() -> Response:
        tables = [_table(engine, record.doc_id, table) for table in engine.tables(record.doc_id, page=page)]
        return Json({"doc_id": record.doc_id, "tables": tables, "text_sha256": record.text_sha256})

    with engine.reading():
        record = engine.document(doc_id)
        return unless_known(request, make, "tables", *version(record), page)


@router.get(
    "/v1/documents/{doc_id}/overview",
    operation_id="get_document_overview",
    summary="Give an overview of a document: its sections, each by its first sentence",
    responses=ok(OverviewOut, "Sections in reading order, each with its quote.") | UNCHANGED,
)
def get_document_overview(
    request: Request,
    doc_id: DocId,
    engine: EngineOf,
    language: Annotated[Literal["zh", "en"], Query(description="Of the notes.")] = "en",
) -> Response:
    """The overview is in the document's own words. Notes say how the sections were chosen."""

    def make() -> Response:
        told = asdict(engine.overview(record.doc_id, language), dict_factory=plain)
        return Json(told | {"doc_id": record.doc_id, "title": record.title})

    with engine.reading():
        record = engine.document(doc_id)
        return unless_known(request, make, "overview", *version(record), language)


@router.get(
    "/v1/documents/{doc_id}/find",
    operation_id="find_in_document",
    summary="Find words in a document",
    responses=ok(OccurrencesOut, "Places in reading order.") | UNCHANGED,
)
def find_in_document(
    request: Request,
    doc_id: DocId,
    engine: EngineOf,
    words: Annotated[str, Query(min_length=1, max_length=200, description="To stand there as they are.")],
    limit: Annotated[int, Query(ge=1, le=500, description="Most places to list.")] = 100,
) -> Response:
    """Line ends, capitals, width and variants of characters do not count as differences."""

    def make() -> Response:
        places, total = engine.find(record.doc_id, words, most=limit)
        told = {"doc_id": record.doc_id, "places": [asdict(place) for place in places], "total": total}
        return Json(told | {"text_sha256": record.text_sha256})

    with engine.reading():
        record = engine.document(doc_id)
        return unless_known(request, make, "find", *version(record), words, limit)


def _table(engine: Engine, doc_id: str, table: DrawnTable) -> dict[str, Any]:
    def placed(spans: tuple[Span, ...]) -> list[dict[str, int]]:
        return [asdict(span) for span in engine.placed(doc_id, spans)]

    def cell(drawn: DrawnCell) -> dict[str, Any]:
        return {"text": drawn.text, "spans": placed(drawn.spans)}

    rows = [{"label": cell(row.label), "cells": [cell(each) for each in row.cells]} for row in table.rows]
    told = {name: getattr(table, name) for name in ("caption", "label", "corner", "columns", "n_rows", "is_alone")}
    pages = {"page_start": table.page_start, "page_end": table.page_end}
    return told | pages | {"rows": rows, "place": placed((table.place,))[0]}
