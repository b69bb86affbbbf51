"""The route that lists the collections."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from sinkqa.service.hosting.collections import Collections
from sinkqa.service.http.encoding import Json
from sinkqa.service.http.engines import CollectionOf, collections_of
from sinkqa.service.http.guards.access import READS
from sinkqa.service.http.guards.problems import documented
from sinkqa.service.interfaces.inside_schemas import CollectionsOut
from sinkqa.service.interfaces.schemas import ok

router = APIRouter(tags=["documents"], dependencies=[READS], responses=documented(400, 422, 503))


@router.get(
    "/v1/collections",
    operation_id="list_collections",
    summary="List the collections that may be asked",
    responses=ok(CollectionsOut, "Their names."),
)
def list_collections(meant: CollectionOf, collections: Annotated[Collections, Depends(collections_of)]) -> Response:
    """Lists only the collections that the key may use."""
    return Json({"collections": collections.names(), "meant": meant})
