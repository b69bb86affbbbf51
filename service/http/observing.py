"""What operators see of each request: its id, one line in the log as JSON, and numbers."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.http.metrics import Metrics
from service.keys import scrubbed

ID_HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._:-]{1,128}")  # nothing that could forge a line of a log or a header
_KNOWN = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_TOLD = {"method", "route", "status", "taken_ms", "collection", "who", "address", "path"}

_log = logging.getLogger(__name__)
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def request_id() -> str | None:
    """The id of the request that runs now, as its client gave it or as it was told it; None outside of any."""
    return _request_id.get()


class Observed:
    """Gives every request an id, and tells of it once it is done: never its words, its query or its headers."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(ID_HEADER, "")
        known = given if _GIVEN.fullmatch(given) else uuid.uuid4().hex
        _request_id.set(known)
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


class JsonLines(logging.Formatter):
    """One JSON object on a line for each record."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id(),
            **{name: value for name, value in vars(record).items() if name in _TOLD},
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        told = {name: value for name, value in line.items() if value is not None}
        return scrubbed(json.dumps(told, default=str))


def log_as_json() -> None:
    """All logging of this process goes to standard error as JSON lines, from the level of information on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell the addresses of language models


def install(app: FastAPI, metrics: Metrics) -> None:
    """Observes every request to the application; to be added last, around all else."""
    app.add_middleware(Observed, metrics=metrics)
