"""Conditional requests: if the client already has a response, it is not sent again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from fastapi import Request
from starlette.responses import Response

_HEADERS = {"Cache-Control": "private, no-cache", "Vary": "Accept, X-SinkQA-Collection"}
"""Only the client may cache a response, and it must ask each time, so that no cache keeps a deleted document."""


def unless_known(request: Request, make: Callable[[], Response], *what: object) -> Response:
    """The response, or 304 if the client has it already. ``what``: everything that the response depends on."""
    etag = f'"{hashlib.sha256(repr(what).encode("utf-8", "replace")).hexdigest()[:32]}"'
    known = {each.strip().removeprefix("W/") for each in request.headers.get("If-None-Match", "").split(",")}
    response = Response(status_code=304) if known & {etag, "*"} else make()
    response.headers.update(_HEADERS | {"ETag": etag})
    return response
