"""Hands connections from the process that accepts them to the workers that answer, and reports events back.

The link is a pair of Unix sockets. In one direction it carries open connections, each with one byte. The end of this
stream means that no more connections will come and that the worker must leave. In the other direction it carries single
bytes, one for each event. If one side dies, the other side sees the end of the link.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress

OPENED = b"O"
"""The library can be opened, so the other workers may begin."""
READY = b"R"
"""The worker is ready to receive connections."""
GONE = b"-"
"""A connection was closed."""
LEAVING = b"L"
"""The worker was asked to end. It waits for the end of the link, which follows the last connection."""

_AT_ONCE = 4096


def pair() -> tuple[Giver, Taker]:
    """Both ends of a link."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    return Giver(ours), Taker(theirs)


class Giver:
    """The end of the link in the accepting process. Nothing here waits."""

    def __init__(self, link: socket.socket) -> None:
        link.setblocking(False)
        self._link = link

    def fileno(self) -> int:
        """The file descriptor, to watch for events."""
        return self._link.fileno()

    def give(self, connection: socket.socket) -> bool:
        """Hands over a connection, which this process may then close. Returns False if the worker takes none now."""
        try:
            socket.send_fds(self._link, [b"+"], [connection.fileno()])
        except OSError:  # it has too many already, or is gone
            return False
        return True

    def end(self) -> None:
        """Ends the link. The worker still takes the connections already handed over, then leaves."""
        with suppress(OSError):  # it is gone
            self._link.shutdown(socket.SHUT_WR)

    def heard(self) -> bytes | None:
        """The worker's events since the last call; None if the worker is gone."""
        try:
            return self._link.recv(_AT_ONCE) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    def close(self) -> None:
        """Closes the link."""
        self._link.close()


class Taker:
    """The end of the link in a worker. Nothing here waits."""

    def __init__(self, link: socket.socket) -> None:
        link.setblocking(False)
        self._link = link
        self._untold = b""

    @classmethod
    def of(cls, descriptor: int) -> Taker:
        """The end of the link that this process got at its start."""
        return cls(socket.socket(fileno=descriptor))

    def fileno(self) -> int:
        """The file descriptor, to watch for events."""
        return self._link.fileno()

    def taken(self, most: int) -> Iterator[socket.socket | None]:
        """Yields the connections that have arrived, at most ``most``, and None at the end of the link."""
        for _ in range(most):
            try:
                word, descriptors, _, _ = socket.recv_fds(self._link, 1, 1)
            except BlockingIOError:
                return
            except OSError:
                word, descriptors = b"", []
            if not word:
                yield None
                return
            yield from (socket.socket(fileno=descriptor) for descriptor in descriptors)

    def tell(self, word: bytes) -> None:
        """Sends an event. If it cannot be sent now, it is sent with the next event."""
        self._untold += word
        with suppress(OSError):
            self._untold = self._untold[self._link.send(self._untold) :]

    def close(self) -> None:
        """Closes the link."""
        self._link.close()
