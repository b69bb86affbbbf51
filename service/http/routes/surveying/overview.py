"""Routes for what a library holds: the overview, the passages behind its counts, and the map of references."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from sinkqa.service.documents.facets import FacetName
from sinkqa.service.http.caching import unless_known
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import CollectionOf, EngineOf
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.http.routes.documents import UNCHANGED, Limit, Offset, Values
from sinkqa.service.interfaces.links import base_of, passage_link
from sinkqa.service.interfaces.overview_schemas import LibraryOverviewOut, TopicPassagesOut
from sinkqa.service.interfaces.schemas import ok
from sinkqa.service.overview.drawing.arcs import draw_references
from sinkqa.service.overview.library_overview import MapNode, ReferenceMap

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 404, 409, 422, 503))

_RULE = "1"  # what is sent depends on it beside the library: to be raised when the routes send something else


def chosen_of(
    subject: Values = [],  # noqa: B006  # FastAPI copies it, as those below
    topic: Values = [],  # noqa: B006
    side: Values = [],  # noqa: B006
    means: Values = [],  # noqa: B006
    kind: Values = [],  # noqa: B006
    jurisdiction: Values = [],  # noqa: B006
    type: Values = [],  # noqa: A002, B006  # the name in the address
    year: Values = [],  # noqa: B006
    language: Values = [],  # noqa: B006
) -> dict[FacetName, Sequence[str]]:
    """The values of facets in a request."""
    return {
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


ChosenOf = Annotated[dict[FacetName, Sequence[str]], Depends(chosen_of)]


@router.get(
    "/v1/overview",
    operation_id="get_overview",
    summary="Tell what the library holds",
    responses=ok(LibraryOverviewOut, "Counts, a timeline, topics by country and year, and references.") | UNCHANGED,
)
def get_overview(
    request: Request,
    engine: EngineOf,
    chosen: ChosenOf,
    references: Annotated[bool, Query(description="Tell who names whom, too; in a great library, slowly.")] = True,
) -> Response:
    """Only documents with one of the given values for each facet count. Topics are told by terms of the text."""
    with engine.reading():
        return unless_known(
            request,
            lambda: Json(engine.overview_of_library(chosen, references=references).as_dict()),
            "overview",
            _RULE,
            date.today(),
            engine.generation,
            chosen,
            references,
        )


@router.get(
    "/v1/overview/passages",
    operation_id="list_topic_passages",
    summary="List the passages that a count of the overview stands for",
    responses=ok(TopicPassagesOut, "Passages in the order of titles and reading.") | UNCHANGED,
)
def list_topic_passages(
    request: Request,
    engine: EngineOf,
    chosen: ChosenOf,
    of: Annotated[
        list[str],
        Query(min_length=1, max_length=11, description="topic:forest, side:supply: a passage must have all of them."),
    ],
    limit: Limit = 100,
    offset: Offset = 0,
) -> Response:
    """`of` tells what passages are about. All other values choose documents, as for the overview."""
    with engine.reading():
        return unless_known(
            request,
            lambda: Json(asdict(engine.passages_of_topics(of, chosen, most=limit, skip=offset))),
            "passages of topics",
            _RULE,
            engine.generation,
            of,
            chosen,
            limit,
            offset,
        )


@router.get(
    "/v1/overview/references.svg",
    operation_id="draw_references",
    summary="Draw which documents name which",
    response_class=Response,
    responses=UNCHANGED
    | {
        200: {
            "description": "The map of references. Each document is a link to its first passage in the page.",
            "content": {"image/svg+xml": {"schema": {"type": "string"}}},
        }
    },
)
def draw(
    request: Request,
    engine: EngineOf,
    collection: CollectionOf,
    chosen: ChosenOf,
    words: Annotated[Literal["en", "zh"], Query(description="Language of the picture's own words.")] = "en",
) -> Response:
    """Documents stand by country and year; an arc leads from a document to one that it names or repeals."""
    base = base_of(request)

    def link(node: MapNode) -> str | None:
        return passage_link(base, node.passage_id, collection=collection) if node.passage_id else None

    def make() -> Response:
        found = engine.overview_of_library(chosen).references or ReferenceMap((), (), 0)
        drawn = draw_references(found, language=words, link=link)
        return Response(drawn, media_type="image/svg+xml")

    with engine.reading():
        about = (_RULE, engine.generation, chosen, words, base, collection)
        return unless_known(request, make, "map of references", *about)
