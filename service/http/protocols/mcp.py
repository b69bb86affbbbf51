"""The Model Context Protocol over streamable HTTP, at /mcp."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from sinkqa.service.http.engines import collections_of, settings_of
from sinkqa.service.http.guards.problems import wrong_type
from sinkqa.service.interfaces.links import base_of

if TYPE_CHECKING:
    from sinkqa.service.mcp import Place


def install(app: FastAPI) -> None:
    """Adds the route, which works inside :func:`connected`."""
    app.router.routes.append(Route("/mcp", endpoint=_Endpoint(), methods=["POST"]))


@asynccontextmanager
async def connected(app: FastAPI) -> AsyncIterator[None]:
    """Inside, the MCP server answers messages. It keeps no sessions, so a restart loses none."""
    from mcp.server.transport_security import TransportSecuritySettings  # half a second, with the next

    from sinkqa.service.mcp import Server

    server = Server(_place_of)
    elsewhere = TransportSecuritySettings(enable_dns_rebinding_protection=False)  # hosts and origins: see access.py
    server.streamable_http_app(stateless_http=True, json_response=True, transport_security=elsewhere)
    app.state.mcp = server.session_manager
    async with server.session_manager.run():
        yield


class _Endpoint:
    """Hands a message on; an object, since a function would be one of a request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = Headers(scope=scope).get("content-type", "none")
        if kind.partition(";")[0].strip().lower() != "application/json":
            await wrong_type(scope["path"], "application/json", kind)(scope, receive, send)
            return
        await scope["app"].state.mcp.handle_request(scope, receive, send)


def _place_of(request: Request) -> Place:
    from sinkqa.service.mcp import Place

    named = request.headers.get("X-SinkQA-Collection") or request.query_params.get("collection")
    collection = named or settings_of(request).collection
    return Place(collection, partial(collections_of(request).engine, collection), base_of(request))
