"""Timeouts for slow clients below ASGI: slow headers and stalled reads, which the application never sees."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from sinkqa.service.http.guards.headers import headers_for
from sinkqa.service.http.guards.problems import refuse


class Patient(H11Protocol):
    """An HTTP/1.1 protocol with a timeout of ``patience_s`` for request headers, and for a client that does not read.

    The first byte of the headers sets the deadline once. A client that sends them byte by byte cannot move it.
    """

    patience_s: ClassVar[float] = 15.0
    on_gone: ClassVar[Callable[[], None]] = staticmethod(lambda: None)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Handles a new connection. The client has sent nothing yet."""
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._expect()

    def data_received(self, data: bytes) -> None:
        """Handles a part of a request, which may or may not complete its headers."""
        super().data_received(data)
        self._expect()

    def on_response_complete(self) -> None:
        """Handles the end of a response. Uvicorn's own timeout begins. A closing connection waits for its reader."""
        super().on_response_complete()
        if self.transport.is_closing() and self.transport.get_write_buffer_size():
            self._give_up_later()

    def timeout_keep_alive_handler(self) -> None:
        """Handles the timeout for a next request."""
        super().timeout_keep_alive_handler()
        if self.transport.get_write_buffer_size():
            self._give_up_later()

    def pause_writing(self) -> None:
        """Handles a client that reads more slowly than the server writes."""
        super().pause_writing()
        self._give_up_later()

    def resume_writing(self) -> None:
        """Handles a client that has read enough for the server to write on."""
        super().resume_writing()
        if self._stalled and not self.transport.is_closing():
            self._stalled.cancel()
            self._stalled = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Handles the end of the connection."""
        for timer in (self._deadline, self._stalled):
            if timer:
                timer.cancel()
        super().connection_lost(exc)
        type(self).on_gone()

    def send_400_response(self, msg: str) -> None:
        """Answers data that is no valid request, or has headers over 64 KiB, in the format of all other errors."""
        detail = "this is no HTTP/1.1, or its headers are longer than 64 KiB: send fewer, and see /openapi.json"
        refused = refuse("/", 400, "bad-request", detail, headers=headers_for("/v1/") | {"Connection": "close"})
        events = (
            h11.Response(status_code=400, headers=refused.raw_headers, reason=b"Bad Request"),
            h11.Data(data=bytes(refused.body)),
            h11.EndOfMessage(),
        )
        for event in events:
            self.transport.write(self.conn.send(event))
        self.transport.close()

    def _expect(self) -> None:
        """Sets the deadline where a request is waited for, and lifts it where one is being answered."""
        is_waiting = self.cycle is None or self.cycle.response_complete
        if is_waiting and self._deadline is None:
            self._deadline = self.loop.call_later(self.patience_s, self.transport.abort)
        elif not is_waiting and self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _give_up_later(self) -> None:
        self._stalled = self._stalled or self.loop.call_later(self.patience_s, self.transport.abort)


def most_connections() -> int:
    """The number of connections to hold at once: half of the files this process may open. Libraries need some too."""
    if sys.platform == "win32":
        return 512
    import resource

    return min(4096, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)


def patient(patience_s: float, *, on_gone: Callable[[], None] = lambda: None) -> type[Patient]:
    """The protocol with this timeout in seconds. ``on_gone`` is called for each connection that has ended."""
    return type("Patient", (Patient,), {"patience_s": patience_s, "on_gone": staticmethod(on_gone)})
