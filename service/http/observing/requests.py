"""Observes each request for the operator: its id, one JSON line in the log, and metrics."""

from __future__ import annotations

import logging
import re
import time
import uuid

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sinkqa.service.http.observing.lines import ID_OF_REQUEST
from sinkqa.service.http.observing.metrics import Metrics

ID_HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._:-]{1,128}")  # nothing that could forge a line of a log or a header
_KNOWN = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}

_log = logging.getLogger(__name__)


class Observed:
    """Gives every request an id, and logs it when it has ended, never with its words, query or headers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID_HEADER, "")
        known = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        ID_OF_REQUEST.set(known)
        status = 500  # where nothing was sent, the server's own refusal follows

        async def send_known(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[ID_HEADER] = known
            await send(message)

        began = time.perf_counter()
        try:
            await self._app(scope, receive, send_known)
        finally:
            self._tell(scope, status, time.perf_counter() - began)

    def _tell(self, scope: Scope, status: int, taken_s: float) -> None:
        method = scope["method"] if scope["method"] in _KNOWN else "other"
        route = getattr(scope.get("route"), "path", "unmatched")
        self._metrics.requested(method, route, status, taken_s)
        extra = {"method": method, "route": route, "status": status, "taken_ms": round(1000 * taken_s, 1)}
        _log.info("%s %s %s", method, route, status, extra=extra)


def install(app: FastAPI, metrics: Metrics) -> None:
    """Observes every request to the application. Call it last, so that it is outermost."""
    app.add_middleware(Observed, metrics=metrics)
