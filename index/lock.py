"""Storing step of the flow: one writer at a time, across threads and processes."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from index.errors import LibraryBusy


@contextmanager
def write_lock(folder: Path, *, timeout_s: float) -> Iterator[None]:
    """Holds the library's only right to write; a lock whose process dies is free again.

    Raises:
        LibraryBusy: another writer still held it after ``timeout_s`` seconds; the message says who.
    """
    from filelock import FileLock, Timeout

    holder = folder / "writer.txt"  # beside the lock: whoever waits for a lock file truncates it
    lock = FileLock(folder / "writer.lock", timeout=timeout_s, is_singleton=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusy(
            f"the library {folder} is being written by {_read_holder(holder)} and was still after {timeout_s:g} s: "
            "wait for it to finish, then try again"
        ) from error
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {now}", "utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _read_holder(holder: Path) -> str:
    try:
        return holder.read_text("utf-8") or "another process"
    except OSError:
        return "another process"
