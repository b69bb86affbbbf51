"""A scripted chat endpoint on a real socket: it answers as each test tells it, and keeps what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[["Exchange"], None]


@dataclass
class Endpoint:
    """Where it listens, what it says next (the last reply again when they run out), and the requests so far."""

    url: str = ""
    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def says(self, *replies: Reply) -> None:
        self.replies = list(replies)

    def passages(self) -> list[dict[str, str]]:
        """The passages of the last request, as a model reads them."""
        user = self.requests[-1]["messages"][-1]["content"]
        found = [json.loads(line) for line in user.splitlines() if line.startswith("{")]
        return [each for each in found if "key" in each]


class Exchange(BaseHTTPRequestHandler):
    """One request and the reply to it."""

    protocol_version = "HTTP/1.1"
    endpoint: Endpoint

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.endpoint.requests.append(json.loads(body) | {"path": self.path})
        self.endpoint.headers.append(dict(self.headers))
        replies = self.endpoint.replies
        (replies.pop(0) if len(replies) > 1 else replies[0])(self)

    def log_message(self, *args: object) -> None:
        """Nothing: tests read what counts from the endpoint."""

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def raw(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def event(self, value: object) -> None:
        self.raw(b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n")

    def piece(self, text: str | None, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": finish}
        self.event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]})

    def end(self, finish: str = "stop") -> None:
        self.piece(None, finish)
        self.raw(b"data: [DONE]\n\n")
        self.raw(b"")


def text(said: str | Callable[[list[dict[str, str]]], str], *, finish: str = "stop", size: int = 3) -> Reply:
    """Streams a text in pieces of so many characters; a function makes it from the passages that were given."""

    def reply(exchange: Exchange) -> None:
        whole = said if isinstance(said, str) else said(exchange.endpoint.passages())
        exchange.begin()
        for start in range(0, len(whole), size):
            exchange.piece(whole[start : start + size])
        exchange.end(finish)

    return reply


def status(code: int, body: bytes = b'{"error": {"message": "no"}}', **headers: str) -> Reply:
    """Refuses, or with 200 answers with a whole body."""

    def reply(exchange: Exchange) -> None:
        exchange.send_response(code)
        exchange.send_header("Content-Length", str(len(body)))
        for name, value in ({"Content-Type": "application/json"} | headers).items():
            exchange.send_header(name.replace("_", "-"), value)
        exchange.end_headers()
        exchange.wfile.write(body)

    return reply


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Listens on a free port of the loopback address until left."""
    script = Endpoint()
    handler = type("Scripted", (Exchange,), {"endpoint": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda request, address: None  # type: ignore[method-assign]  # clients that hang up
    script.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
        thread.join()
