"""A web site on the loopback address that answers as each test tells it, and keeps what it was asked."""

from __future__ import annotations

import hashlib
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = Callable[["Exchange"], None]


@dataclass(frozen=True)
class Asked:
    """One request: when it began and when its reply was out."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float


@dataclass
class Site:
    """Where it listens, what stands at each path (the last reply again when they run out), and the requests so far."""

    port: int = 0
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def has(self, path: str, *replies: Reply) -> str:
        """Puts replies at a path; returns its address."""
        self.replies[path] = list(replies)
        return self.at(path)

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [each.path for each in self.asked if each.path != "/robots.txt"]

    def last(self) -> dict[str, str]:
        """Headers of the last request."""
        return self.asked[-1].headers


class Exchange(BaseHTTPRequestHandler):
    """One request and the reply to it."""

    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        began = time.monotonic()
        replies = self.site.replies.get(self.path, [status(404)])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        number = len(self.site.asked)
        self.site.asked.append(Asked(self.path, dict(self.headers), began, 0.0))
        try:
            reply(self)
        finally:
            self.site.asked[number] = Asked(self.path, dict(self.headers), began, time.monotonic())

    def log_message(self, *args: object) -> None:
        """Nothing: tests read what counts from the site."""

    def head(self, code: int, length: int | None, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def hang_up(self) -> None:
        self.close_connection = True


def status(code: int, body: bytes = b"", **headers: str) -> Reply:
    """A whole reply; headers with underscores for hyphens."""

    def reply(exchange: Exchange) -> None:
        exchange.head(code, len(body), {name.replace("_", "-"): value for name, value in headers.items()})
        exchange.wfile.write(body)

    return reply


def page(body: bytes, **headers: str) -> Reply:
    return status(200, body, **headers)


def redirect(to: str, code: int = 302) -> Reply:
    return status(code, b"", Location=to)


def tag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()[:12]}"'


def stored(
    body: bytes, *, broken_after: int | None = None, ranges: bool = True, heeds: bool = True, etag: str | None = ""
) -> Reply:
    """A file as a good server serves it: with conditions and ranges; ``broken_after`` so many bytes it hangs up.

    Without ``heeds``, a part is given out whatever If-Range says.
    """
    mark = tag(body) if etag == "" else etag

    def reply(exchange: Exchange) -> None:
        headers = {"Content-Type": "application/pdf"} | ({"ETag": mark} if mark else {})
        if mark and exchange.headers.get("If-None-Match") == mark:
            return exchange.head(304, None, headers)
        start = 0
        found = re.fullmatch(r"bytes=(\d+)-", exchange.headers.get("Range", ""))
        if ranges and found and (not heeds or exchange.headers.get("If-Range", mark) == mark):
            start = int(found[1])
            if start >= len(body):
                return exchange.head(416, 0, {"Content-Range": f"bytes */{len(body)}"})
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        exchange.head(206 if start else 200, len(body) - start, headers)
        exchange.wfile.write(body[start:] if broken_after is None else body[start : start + broken_after])
        if broken_after is not None:
            exchange.hang_up()
        return None

    return reply


def endless(*, total: int, length: int | None = None, each: bytes = b"x" * 65_536, pause_s: float = 0.0) -> Reply:
    """Sends ``total`` bytes in pieces, or until the test is over; without a length it just hangs up in the end."""

    def reply(exchange: Exchange) -> None:
        exchange.head(200, length, {} if length is not None else {"Connection": "close"})
        sent = 0
        while sent < total and not exchange.site.over.wait(pause_s):
            exchange.wfile.write(each)
            sent += len(each)
        exchange.hang_up()

    return reply


@contextmanager
def site(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Listens on a free port of the loopback address until left; over TLS with a ``context``."""
    script = Site()
    handler = type("Scripted", (Exchange,), {"site": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]  # clients that hang up
    server.daemon_threads = True  # one that waits for its client must not hold the test
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    script.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
