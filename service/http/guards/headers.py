"""Adds security headers to every response: run only our own scripts, guess no types, send no referrer."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""For the page: it may load its own files, and pictures that it fetched itself."""

DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
"""For everything else: if a browser takes a document's text for a page, nothing in it runs."""

_DATA = re.compile(r"/(?:v1|mcp|retrieval)(?:/.*)?")
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SECURE = "max-age=31536000"


class SecureHeaders:
    """Gives every response the headers it does not have yet."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection, as ASGI has it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = headers_for(scope["path"], secure=scope.get("scheme") == "https")

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in given.items():
                    headers.setdefault(name, value)
                if _DATA.fullmatch(scope["path"]):
                    headers.setdefault("Cache-Control", "private, no-cache" if "etag" in headers else "no-store")
            await send(message)

        await self._app(scope, receive, send_secured)


def headers_for(path: str, *, secure: bool = False) -> dict[str, str]:
    """The headers of a response for this path. ``secure``: it is sent over TLS, so the client must keep using TLS."""
    policy = DATA_POLICY if _DATA.fullmatch(path) else PAGE_POLICY
    headers = _ALWAYS | {"Content-Security-Policy": policy}
    return headers | {"Strict-Transport-Security": _SECURE} if secure else headers
