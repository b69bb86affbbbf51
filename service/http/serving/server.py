"""Runs the HTTP server: either a server that listens by itself, or a worker that receives its connections."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sinkqa.service.http.guards.slow_clients import most_connections, patient
from sinkqa.service.http.serving.handover import GONE, LEAVING, READY, Taker
from sinkqa.service.settings import Settings

IDLE_S = 75  # longer than clients and proxies keep a connection: whoever closes first may cut off a request on its way
GRACE_S = 30  # for requests that run when the server is asked to stop
LINGER_S = 2.0  # for connections without a request when a worker leaves: one may be on its way
_AT_ONCE = 16  # connections, before requests have their turn
_GLANCE_S = 0.05


def configured(app: ASGIApp, settings: Settings, *, port: int, protocol: type[asyncio.Protocol]) -> uvicorn.Config:
    """The uvicorn configuration, the same for one process and several."""
    return uvicorn.Config(
        app,
        host=settings.host,
        port=port,
        http=protocol,
        ws="none",
        limit_concurrency=most_connections(),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
    )


def serve_alone(app: FastAPI, settings: Settings, *, port: int, on_listening: Callable[[str], None]) -> None:
    """Listens and answers until it is asked to stop. When it is ready, calls ``on_listening`` with the address."""
    server = _Alone(configured(app, settings, port=port, protocol=patient(settings.client_timeout_s)), on_listening)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(3)  # as uvicorn has it: something was said in the log


class _Alone(uvicorn.Server):
    """Says where it listens: that is another port than asked for where this was 0."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens once the application can answer."""
        await super().startup(sockets)
        if self.started:
            host = self.config.host
            port = self.servers[0].sockets[0].getsockname()[1]
            self._on_listening(f"http://{f'[{host}]' if ':' in host else host}:{port}")


class Worker(uvicorn.Server):
    """Answers the connections that it receives over a link. Ends when the link ends.

    A worker never listens. When it ends, every response says that its connection closes. The client then opens another
    connection, and another worker answers it. A connection without a request is kept open for a moment.
    """

    def __init__(self, app: FastAPI, settings: Settings, link: Taker) -> None:
        self._link = link
        self._parting = _Parting(app)
        self._opening: set[asyncio.Task[None]] = set()
        protocol = patient(settings.client_timeout_s, on_gone=lambda: link.tell(GONE))
        super().__init__(configured(self._parting, settings, port=0, protocol=protocol))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to take connections when the application can answer."""
        await super().startup(sockets=[])
        asyncio.get_running_loop().add_reader(self._link, self._take)
        self._link.tell(READY)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Asks to be replaced, and continues until then. Ignores Ctrl-C, which the listening process handles."""
        if sig == signal.SIGTERM:
            self._link.tell(LEAVING)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Waits for connections that may still send a request, then for the running requests."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LINGER_S
        while (self._opening or self.server_state.connections) and loop.time() < until:
            await asyncio.sleep(_GLANCE_S)
        await super().shutdown()

    def _take(self) -> None:
        for connection in self._link.taken(_AT_ONCE):
            if connection is None:
                asyncio.get_running_loop().remove_reader(self._link)
                self._parting.is_leaving = self.should_exit = True
            else:
                opening = asyncio.get_running_loop().create_task(self._open(connection))
                self._opening.add(opening)
                opening.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        except OSError:  # its client is gone already
            connection.close()
            self._link.tell(GONE)

    def _protocol(self) -> asyncio.Protocol:
        protocol: asyncio.Protocol = self.config.http_protocol_class(  # type: ignore[call-arg]
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        return protocol


class _Parting:
    """The application, whose responses say that their connection closes once the process ``is_leaving``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.is_leaving = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""

        async def send_last(message: Message) -> None:
            if self.is_leaving and message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self._app(scope, receive, send_last)
