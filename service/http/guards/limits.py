"""Limits each request: the size of its body, the time to send it, the time to answer it, and its place in the queue."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sinkqa.service.budget import WorkBudget, allowing
from sinkqa.service.errors import DeadlineExceeded
from sinkqa.service.http.guards.clients import Clients, places
from sinkqa.service.http.guards.problems import refuse
from sinkqa.service.http.guards.rates import network
from sinkqa.service.settings import Settings

_UPLOADS = re.compile(r"/v1/documents/?")
_WATCHED = {"/healthz", "/readyz", "/metrics"}  # an operator sees in even when there is too much to do
_FILES = re.compile(r"/|/page/.*|/docs(?:/.*)?|/favicon\.ico")
_SLOWEST = 32 * 1024  # bytes a second, once a client's patience is used up
_LINGER_S, _LINGER_BYTES = 2.0, 16 * 2**20
_log = logging.getLogger(__name__)


class Limits:
    """Prevents one request from harming the others.

    The whole body is read before the request takes a place, so that slow clients hold no place. Uploads are an
    exception: they are passed on as they arrive.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._body_bytes = int(settings.body_max_mb * 2**20)
        self._upload_bytes = int(settings.upload_max_mb * 2**20)
        self._client_s, self._request_s = settings.client_timeout_s, settings.request_timeout_s
        self._places = places(settings)
        self._clients = Clients(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["method"] == "POST" and _UPLOADS.fullmatch(scope["path"]) is not None
        body = _Body(scope, receive, self._upload_bytes if is_upload else self._body_bytes, self._client_s)
        if not is_upload:
            await body.read()
        if body.gone:
            return
        if body.refusal:
            await answer_early(body.refusal, scope, receive, send)
        elif scope["path"] in _WATCHED:
            await self._app(scope, body.receive, send)
        elif not self._places or self._clients.is_full(_client(scope)):
            detail = "the server has too much to do: come back in a second"
            busy = refuse(scope["path"], 503, "overloaded", detail, headers={"Retry-After": "1"})
            await answer_early(busy, scope, body.receive, send)
        else:
            await self._run(scope, body, send, is_shared=not (is_upload or _FILES.fullmatch(scope["path"])))

    async def _run(self, scope: Scope, body: _Body, send: Send, *, is_shared: bool) -> None:
        """Answers in time, or says that it does not; the work ends at its next check, and keeps its place till then."""
        loop = asyncio.get_running_loop()
        budget = WorkBudget()
        clock = asyncio.timeout(None)
        sender = _Sender(body, send, clock)
        self._places -= 1
        share = self._clients.enter(client := _client(scope))
        with allowing(budget):  # this task and its threads
            working = asyncio.create_task(self._work(scope, body, sender, share if is_shared else asyncio.Semaphore()))
        working.add_done_callback(lambda _: self._leave(client))
        try:
            async with clock:
                body.on_end(lambda: clock.reschedule(loop.time() + self._request_s))
                await asyncio.shield(working)
        except TimeoutError:
            if not clock.expired():
                raise
            budget.cancel()
            detail = f"no answer within {self._request_s:g} s (setting request_timeout_s): ask for less, or later"
            late = refuse(scope["path"], 503, DeadlineExceeded.code, detail, headers={"Retry-After": "5"})
            await late(scope, body.source, send)
        except asyncio.CancelledError:  # the server ends
            budget.cancel()
            working.cancel()
            raise
        else:
            if body.refusal and not sender.has_started:
                await answer_early(body.refusal, scope, body.source, send)

    async def _work(self, scope: Scope, body: _Body, sender: _Sender, share: asyncio.Semaphore) -> None:
        try:
            async with share:
                if not sender.is_late:
                    await self._app(scope, body.receive, sender)
        except ClientDisconnect:
            _log.info("a client left before its request was complete")
        except Exception:
            if not sender.is_late:
                raise
            _log.exception("a request failed after it was given up")

    def _leave(self, client: str) -> None:
        self._places += 1
        self._clients.leave(client)


def _client(scope: Scope) -> str:
    """Who asks: a key, or an address."""
    return network(scope["state"]["caller"].who)


class _Sender:
    """Passes on what the application says, but for what comes after a refusal, or too late."""

    def __init__(self, body: _Body, send: Send, clock: asyncio.Timeout) -> None:
        self._body, self._send, self._clock = body, send, clock
        self.has_started = False

    @property
    def is_late(self) -> bool:
        """Whether the client has been sent an error in place of the answer."""
        return self._clock.expired()

    async def __call__(self, message: Message) -> None:
        if self.is_late or (self._body.refusal and not self.has_started):
            return
        if not self.has_started:
            self.has_started = True
            self._clock.reschedule(None)
            if not self._body.is_complete:
                MutableHeaders(scope=message)["Connection"] = "close"
        is_last = message["type"] == "http.response.body" and not message.get("more_body", False)
        if is_last and not self._body.is_complete:
            await self._send({**message, "more_body": True})
            await _drop(self._body.source)
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)


class _Body:
    """A request's body with a limit in bytes and in time. Past one, it ends, and ``refusal`` says why."""

    def __init__(self, scope: Scope, receive: Receive, most: int, patience_s: float) -> None:
        self.source = receive
        self.refusal: Response | None = None
        self.gone = False
        self._path, self._most, self._patience_s = scope["path"], most, patience_s
        self._got, self._waited_s = 0, 0.0
        self._read: bytes | None = None
        self._on_end: Callable[[], None] | None = None
        self.is_complete = False
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isascii() or not declared.isdigit():
            self.refusal = refuse(self._path, 400, "bad-request", "Content-Length: expected a number of bytes")
        elif len(declared) > 15 or int(declared) > most:
            self._refuse_size(f"{declared[:15]} bytes")

    def on_end(self, act: Callable[[], None]) -> None:
        """Calls ``act`` when all of the body has come, at once where it has."""
        self._on_end = act
        if self.is_complete:
            act()

    async def read(self) -> None:
        """Reads all of it, to be received later."""
        parts: list[bytes] = []
        while not self.refusal and not self.gone and not self.is_complete:
            parts.append((await self._next()).get("body", b""))
        self._read = b"".join(parts)

    async def receive(self) -> Message:
        """The next message, as ASGI has it."""
        if self.refusal:
            return {"type": "http.disconnect"}
        if self._read is not None:
            body, self._read = self._read, None
            return {"type": "http.request", "body": body, "more_body": False}
        return await (self.source() if self.is_complete else self._next())

    async def _next(self) -> Message:
        loop = asyncio.get_running_loop()
        began = loop.time()
        left_s = self._patience_s + self._got / _SLOWEST - self._waited_s
        try:
            async with asyncio.timeout(left_s):
                message = await self.source()
        except TimeoutError:
            detail = f"the body came too slowly: {self._got} bytes in {self._waited_s + left_s:.0f} s; send it faster"
            self.refusal = refuse(self._path, 408, "body-too-slow", detail)
            return {"type": "http.disconnect"}
        self._waited_s += loop.time() - began
        self.gone = message["type"] == "http.disconnect"
        self._got += len(message.get("body", b""))
        if self._got > self._most:
            self._refuse_size("more")
            return {"type": "http.disconnect"}
        self.is_complete = not self.gone and not message.get("more_body", False)
        if self.is_complete and self._on_end:
            self._on_end()
        return message

    def _refuse_size(self, got: str) -> None:
        detail = f"the body: expected at most {self._most} bytes, got {got}; send less at once"
        self.refusal = refuse(self._path, 413, "body-too-large", detail)


async def answer_early(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answers a request whose body may still be arriving. If it is, the connection is closed."""
    headers = Headers(scope=scope)
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        await response(scope, receive, send)
        return
    response.headers["Connection"] = "close"
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": response.body, "more_body": True})
    await _drop(receive)
    await send({"type": "http.response.body", "body": b""})


async def _drop(receive: Receive) -> None:
    """Reads what comes for a moment: a connection that is closed at once takes the answer before it along."""
    left = _LINGER_BYTES
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LINGER_S):
            while left > 0:
                message = await receive()
                if message["type"] == "http.disconnect" or not message.get("more_body", False):
                    break
                left -= len(message.get("body", b""))
