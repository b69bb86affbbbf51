"""Finds the collection that a request names, and the engine of this collection."""

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
    """The settings of the application."""
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
    """The name in the request: the header, else the query parameter, else the name in the settings.

    Raises:
        InvalidCollection: no collection can have the name. This also holds on routes that then name another collection.
    """
    for name in filter(None, (header, collection)):
        request.app.state.collections.settings(name)
    return header or collection or settings_of(request).collection


CollectionOf = Annotated[str, Depends(collection_of)]


async def engine_of(request: Request, collection: CollectionOf) -> Engine:
    """The engine of the collection that the request names.

    Raises:
        CollectionNotFound, InvalidCollection, LibraryError: see :meth:`Collections.engine`.
    """
    collections = collections_of(request)
    if engine := collections.opened(collection):
        return engine
    return await run_in_threadpool(collections.engine, collection)


EngineOf = Annotated[Engine, Depends(engine_of)]
