"""The write lock: one writer at a time, across threads and processes."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from sinkqa.index.errors import DiskFull, LibraryBusy, LibraryReadOnly
from sinkqa.index.store.sqlite.connection import is_full


@contextmanager
def write_lock(folder: Path, *, timeout_s: float) -> Iterator[None]:
    """Holds the library's only right to write. If a process dies, its lock is free again.

    Raises:
        LibraryBusy: another writer still held it after ``timeout_s`` seconds. The message names the writer.
        LibraryReadOnly: no file can be made there, or the lock's path is not a file.
        DiskFull: there is no room even for the lock file.
    """
    from filelock import FileLock, Timeout

    holder = folder / "writer.txt"  # beside the lock: whoever waits for a lock file truncates it
    lock = FileLock(folder / "writer.lock", timeout=timeout_s, is_singleton=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LibraryBusy(
            f"the library {folder} was still being written by {_read_holder(holder)} after {timeout_s:g} s: "
            "wait for it to finish, then try again"
        ) from error
    except (OSError, RuntimeError) as error:  # the latter from filelock, where links or file systems forbid locks
        if isinstance(error, OSError) and is_full(error, folder):
            raise DiskFull(f"no space left on the disk of {folder}: make room, then try again") from error
        raise LibraryReadOnly(
            f"cannot lock {folder}: {error}; give permission to write there, or move away what stands in its place"
        ) from error
    try:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with suppress(OSError):  # a note for others who wait; the lock works without it
            holder.write_text(f"process {os.getpid()} on {socket.gethostname()} since {now}", "utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _read_holder(holder: Path) -> str:
    try:
        return holder.read_text("utf-8") or "another process"
    except OSError:
        return "another process"
