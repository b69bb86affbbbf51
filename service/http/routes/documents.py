"""Routes to list documents and passages, to open documents at a page, and to correct metadata."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

import anyio
from anyio.lowlevel import RunVar
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage
from sinkqa.service.documents.facets import FacetName, Order, listing
from sinkqa.service.documents.stored import OpenPage
from sinkqa.service.http.caching import unless_known
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import CollectionOf, EngineOf
from sinkqa.service.http.guards.access import READS, WRITES
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.interfaces.library_schemas import (
    DocumentOut,
    DocumentPatch,
    DocumentsOut,
    OutlineOut,
    PageOut,
    PassageInPlaceOut,
    PassagesOut,
    TextOut,
)
from sinkqa.service.interfaces.links import base_of, passage_link
from sinkqa.service.interfaces.schemas import ok

_LARGEST = 2**31
_SPAN = r"^\d{1,9}-\d{1,9}$"
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The client has it already."}}

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))

DocId = Annotated[str, Path(description="A document's id, or the first 6 or more digits of it.")]
Limit = Annotated[int, Query(ge=1, le=1000, description="Most to list.")]
Offset = Annotated[int, Query(ge=0, le=_LARGEST, description="How many to leave out before the first.")]

Values = Annotated[list[str], Query(max_length=100, description="Values of a facet, any of them.")]

_drawing: RunVar[anyio.CapacityLimiter] = RunVar("drawing")


@router.get(
    "/v1/documents",
    operation_id="list_documents",
    summary="List the documents",
    responses=ok(DocumentsOut, "Documents, with counts of what they can be chosen by.") | UNCHANGED,
)
def list_documents(
    request: Request,
    engine: EngineOf,
    limit: Limit = 100,
    offset: Offset = 0,
    subject: Values = [],  # noqa: B006  # FastAPI copies it, as those below
    topic: Values = [],  # noqa: B006
    side: Values = [],  # noqa: B006
    means: Values = [],  # noqa: B006
    kind: Values = [],  # noqa: B006
    jurisdiction: Values = [],  # noqa: B006
    type: Values = [],  # noqa: A002, B006  # the name in the address
    year: Values = [],  # noqa: B006
    language: Values = [],  # noqa: B006
    words: Annotated[str, Query(max_length=200, description="All in title, file name, issuer or place.")] = "",
    order: Annotated[Order, Query(description="`-` in front turns it round.")] = "title",
) -> Response:
    """The documents with one of the given values for each facet, a page at a time. `none` means an unknown value."""
    chosen: dict[FacetName, list[str]] = {
        "subject": subject,
        "topic": topic,
        "side": side,
        "means": means,
        "kind": kind,
        "jurisdiction": jurisdiction,
        "type": type,
        "year": year,
        "language": language,
    }

    def make() -> Response:
        documents = engine.documents()
        subjects, tags = engine.subjects(documents), engine.tags(documents)
        found = listing(documents, chosen=chosen, subjects=subjects, tags=tags, words=words, order=order)
        listed = [told_of(record) for record in found.documents[offset : offset + limit]]
        facets = {name: [asdict(each) for each in counts] for name, counts in found.facets.items()}
        told = {"documents": listed, **_paging(len(found.documents), offset, limit), "generation": generation}
        return Json(told | {"facets": facets})

    with engine.reading():
        generation = engine.generation
        return unless_known(request, make, "documents of topics", generation, limit, offset, chosen, words, order)


@router.get(
    "/v1/documents/{doc_id}",
    operation_id="get_document",
    summary="Tell what is known of a document",
    responses=ok(DocumentOut, "The document, without its text.") | UNCHANGED,
)
def get_document(request: Request, doc_id: DocId, engine: EngineOf) -> Response:
    """Its text, outline, pages and passages have their own addresses below this one."""
    record = engine.document(doc_id)
    return unless_known(request, lambda: Json(told_of(record)), "document", *version(record))


@router.patch(
    "/v1/documents/{doc_id}",
    operation_id="edit_document",
    dependencies=[WRITES],
    summary="Correct what is known of a document",
    responses=ok(DocumentOut, "The document, with what was read beside each correction."),
)
def edit_document(doc_id: DocId, corrections: DocumentPatch, engine: EngineOf) -> Response:
    """Filters, titles and answers use corrections at once. Newer versions keep them, except for the year."""
    return Json(told_of(engine.edit(doc_id, corrections.model_dump(exclude_unset=True))))


@router.get(
    "/v1/documents/{doc_id}/text",
    operation_id="get_document_text",
    summary="Give the source text of a document",
    responses=ok(TextOut, "The text that all offsets count in.") | UNCHANGED,
)
def get_document_text(request: Request, doc_id: DocId, engine: EngineOf) -> Response:
    """The text as it was extracted, unchanged."""

    def make() -> Response:
        told = {"doc_id": record.doc_id, "text": engine.text(record.doc_id), "text_sha256": record.text_sha256}
        return Json(told | {"n_pages": record.n_pages})

    with engine.reading():
        record = engine.document(doc_id)
        return unless_known(request, make, "text", *version(record))


@router.get(
    "/v1/documents/{doc_id}/outline",
    operation_id="get_document_outline",
    summary="List the headings of a document",
    responses=ok(OutlineOut, "Headings in reading order.") | UNCHANGED,
)
def get_document_outline(request: Request, doc_id: DocId, engine: EngineOf) -> Response:
    """The headings with text below them, each with its place and page."""

    def make() -> Response:
        headings = [asdict(heading) for heading in engine.outline(record.doc_id)]
        return Json({"doc_id": record.doc_id, "headings": headings, "text_sha256": record.text_sha256})

    with engine.reading():
        record = engine.document(doc_id)
        return unless_known(request, make, "outline", *version(record))


@router.get(
    "/v1/documents/{doc_id}/passages",
    operation_id="list_document_passages",
    summary="List the passages of a document",
    responses=ok(PassagesOut, "Passages in reading order.") | UNCHANGED,
)
def list_document_passages(
    request: Request,
    doc_id: DocId,
    engine: EngineOf,
    limit: Limit = 100,
    offset: Offset = 0,
    around: Annotated[str | None, Query(description="Begin so that the passage with this id is among them.")] = None,
    at: Annotated[int | None, Query(ge=0, le=_LARGEST, description="Or the one at this place in the text.")] = None,
) -> Response:
    """The passages in reading order, a page at a time."""

    def make() -> Response:
        passages = engine.passages(record.doc_id)
        begin = offset
        if around is not None or at is not None:
            found = (n for n, each in enumerate(passages) if each.passage_id == around or _holds(each, at))
            begin = max(0, next(found, offset) - limit // 2)
        shown = passages[begin : begin + limit]
        listed = [
            _passage(passage, [asdict(span) for span in engine.placed(record.doc_id, passage.spans)])
            for passage in shown
        ]
        told = {"doc_id": record.doc_id, "passages": listed, "offset": begin, "text_sha256": record.text_sha256}
        return Json(told | _paging(len(passages), begin, limit))

    with engine.reading():
        record = engine.document(doc_id)
        return unless_known(request, make, "passages", *version(record), limit, offset, around, at)


@router.get(
    "/v1/documents/{doc_id}/pages/{number}",
    operation_id="get_document_page",
    summary="Show a page as text, or as an image with quotes marked",
    responses=ok(
        PageOut,
        "The page, as JSON or, where it is asked for and the document is a PDF, as PNG.",
        content={"image/png": {"schema": {"type": "string", "contentMediaType": "image/png"}}},
    )
    | UNCHANGED
    | documented(406),
)
async def get_document_page(
    request: Request,
    doc_id: DocId,
    number: Annotated[int, Path(ge=1, le=_LARGEST, description="Page, from 1.")],
    engine: EngineOf,
    format: Annotated[  # noqa: A002  # the name in the address
        Literal["json", "png"] | None, Query(description="In place of the Accept header.")
    ] = None,
    highlight: Annotated[
        list[Annotated[str, Query(pattern=_SPAN)]],
        Query(max_length=100, description="start-end in the document's text, as in the spans of a citation."),
    ] = [],  # noqa: B006  # FastAPI copies it
    passage: Annotated[list[str], Query(max_length=100, description="Ids of passages to highlight.")] = [],  # noqa: B006
    width: Annotated[int, Query(ge=64, le=4096, description="Of the image, in pixels.")] = 1200,
) -> Response:
    """Offsets of the page's text and of highlights count in the document's source text."""
    spans = [Span(*map(int, each.split("-"))) for each in highlight]
    as_image = format == "png" or (format is None and _wants_image(request))
    opened = await anyio.to_thread.run_sync(
        lambda: engine.open_page(doc_id, number, highlight=spans, passage_ids=passage)
    )
    about = (*version(opened.record), number, opened.highlights)
    if not as_image:
        return unless_known(request, lambda: Json(_page(opened)), "page", *about)
    return await anyio.to_thread.run_sync(
        lambda: unless_known(
            request,
            lambda: Response(engine.page_image(opened, width=width), media_type="image/png"),
            "image",
            *about,
            opened.boxes,
            width,
        ),
        limiter=_limiter(),
    )


@router.get(
    "/v1/passages/{passage_id}",
    operation_id="get_passage",
    summary="Give a passage, word for word, with its neighbours",
    responses=ok(PassageInPlaceOut, "The passage.") | UNCHANGED,
)
def get_passage(request: Request, passage_id: str, engine: EngineOf, collection: CollectionOf) -> Response:
    """The passage comes with the address that opens it in the page."""
    opened = engine.open_passage(passage_id)
    url = passage_link(base_of(request), passage_id, collection=collection)

    def make() -> Response:
        told = _passage(opened.passage, [asdict(span) for span in opened.spans])
        return Json(
            told
            | {
                "title": opened.record.title,
                "quote": opened.quote,
                "text_sha256": opened.record.text_sha256,
                "url": url,
                "boxes": [box._asdict() for box in opened.boxes],
                "previous": opened.previous,
                "next": opened.next,
            }
        )

    return unless_known(request, make, "passage", *version(opened.record), passage_id, url)


def _limiter() -> anyio.CapacityLimiter:
    """Images are drawn one at a time, so that waiting requests hold no thread that others need."""
    try:
        return _drawing.get()
    except LookupError:
        _drawing.set(anyio.CapacityLimiter(2))
        return _drawing.get()


def _wants_image(request: Request) -> bool:
    accepted = request.headers.get("Accept", "")
    return "image/png" in accepted and "application/json" not in accepted


def version(record: DocumentRecord) -> tuple[object, ...]:
    """A key that changes whenever anything that the routes return about a document changes."""
    return record.doc_id, record.text_sha256, record.generation, record.added_at


def _paging(total: int, offset: int, limit: int) -> dict[str, int | None]:
    return {"total": total, "next_offset": offset + limit if offset + limit < total else None}


def told_of(record: DocumentRecord) -> dict[str, Any]:
    """The record without its sources, because clients must not learn paths on the server."""
    return {name: value for name, value in asdict(record).items() if name != "sources"}


def _holds(passage: Passage, at: int | None) -> bool:
    return at is not None and any(start <= at < end for start, end in passage.spans)


def _passage(passage: Passage, spans: list[dict[str, int]]) -> dict[str, Any]:
    told = {name: value for name, value in asdict(passage).items() if name != "units"}
    return told | {"passage_id": passage.passage_id, "spans": spans}


def _page(opened: OpenPage) -> dict[str, Any]:
    page = opened.page
    return {
        "doc_id": opened.record.doc_id,
        "number": page.number,
        "n_pages": opened.record.n_pages,
        "label": page.label,
        "width": page.width,
        "height": page.height,
        "quality": page.quality,
        "text": opened.text,
        "place": asdict(opened.place),
        "text_sha256": opened.record.text_sha256,
        "highlights": [asdict(span) for span in opened.highlights],
        "boxes": [box._asdict() for box in opened.boxes],
        "has_image": opened.record.type == "pdf",
    }
