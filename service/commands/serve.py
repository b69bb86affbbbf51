"""The command that serves: one process, every interface over HTTP."""

from __future__ import annotations

import gc
import logging
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from service.commands.options import Collection, Library, open_engine

if TYPE_CHECKING:
    from service.engine import Engine

_log = logging.getLogger(__name__)
_IDLE_S = 75  # longer than clients and proxies keep a connection: whoever closes first may cut off a request on its way
_GRACE_S = 30  # for requests that run when the server is told to stop


def serve(
    library: Library = None,
    collection: Collection = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on; default: 127.0.0.1, this machine.")] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0: any that is free.")] = 8000,
) -> None:
    """Serve the page and the API until stopped; requests that run are finished first.

    On another address than this machine's own, or with a public one set, requests need a key: sinkqa key create.
    """
    import uvicorn  # with FastAPI behind it, half a second that no other command waits for

    from service.http.access import standing
    from service.http.app import create_app
    from service.http.clients import SLICE_S
    from service.http.connections import most_connections, patient
    from service.http.observing import log_as_json
    from service.settings import Settings

    gc.enable()
    open_engine(library, collection).ready()
    log_as_json()
    sys.setswitchinterval(SLICE_S)
    settings = Settings.load(library=library, collection=collection, host=host)
    _log.warning(standing(settings))
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=port,
        http=patient(settings.client_timeout_s),
        ws="none",
        limit_concurrency=most_connections(),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_GRACE_S,
    )


def mcp(library: Library = None, collection: Collection = None) -> None:
    """Serve an assistant over standard input and output (Model Context Protocol)."""
    from concurrent.futures import ThreadPoolExecutor

    from service.mcp import Place, Server
    from service.settings import Settings

    def opened() -> Engine:
        engine = open_engine(library, collection)
        engine.ready()
        return engine

    gc.enable()
    settings = Settings.load(library=library, collection=collection)
    opening = ThreadPoolExecutor(1).submit(opened)  # the assistant need not wait for it
    place = Place(settings.collection, opening.result, settings.public_url)
    Server(lambda _: place).run()
