"""Which collection a request means, and the engine that answers for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.concurrency import run_in_threadpool

from sinkqa.service.engine import Engine
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.http.guards.access import Reachable
from sinkqa.service.interfaces.schemas import MAYBE_NAMED
from sinkqa.service.settings import Settings


def settings_of(request: Request) -> Settings:
    """The settings that the application was made with."""
    settings: Settings = request.app.state.settings
    return settings


def collections_of(request: Request) -> Collections:
    """The collections of the application that the request's key may use."""
    return Reachable(request.app.state.collections, request)


async def collection_of(
    request: Request,
    header: Annotated[
        str | None,
        Header(alias="X-SinkQA-Collection", description="Collection that is meant.", json_schema_extra=MAYBE_NAMED),
    ] = None,
    collection: Annotated[
        str | None, Query(description="The same, where a header cannot be set.", json_schema_extra=MAYBE_NAMED)
    ] = None,
) -> str:
    """The name a request gives: header, else query parameter, else that of the settings.

    Raises:
        InvalidCollection: no collection can have the name, on a route too that then names another.
    """
    for name in filter(None, (header, collection)):
        request.app.state.collections.settings(name)
    return header or collection or settings_of(request).collection


CollectionOf = Annotated[str, Depends(collection_of)]


async def engine_of(request: Request, collection: CollectionOf) -> Engine:
    """The engine of the collection that the request means.

    Raises:
        CollectionNotFound, InvalidCollection, LibraryError: see :meth:`Collections.engine`.
    """
    collections = collections_of(request)
    if engine := collections.opened(collection):
        return engine
    return await run_in_threadpool(collections.engine, collection)


EngineOf = Annotated[Engine, Depends(engine_of)]
