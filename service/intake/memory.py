"""Finds the memory limit of the service unit, the container or the machine, and divides it among processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_LEAST = 1 << 30  # bytes for a process that reads: large honest files need it, so fewer are read at once
_MOST = 4 << 30  # bytes: what needs more is not a document
_OWN_PART = 4  # one in so many is for the process that answers and for what the system keeps beside
_DATA = 1 << 30  # bytes, where the system does not tell
_CGROUPS = Path("/sys/fs/cgroup")
_OURS = Path("/proc/self/cgroup")


def allowed() -> int:
    """The bytes that this process and its workers may use together: the control group's limit, else the machine's."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min([machine, *_limits()])


def shares(wanted: int, total: int) -> tuple[int, int]:
    """How many of the ``wanted`` processes may run at once, at least 1, and the bytes that each may use.

    Together with this process and one that draws pages, they stay within ``total`` bytes.
    """
    left = total - total // _OWN_PART
    count = max(1, min(wanted, left // _LEAST - 1))
    return count, min(_MOST, left // (count + 1))


def resident(pid: int) -> int:
    """The bytes of memory that a process does not share with others. 0 if the system does not report it."""
    try:
        fields = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGE_SIZE")


def data_held() -> int:
    """The bytes of data memory that the system has granted to this process so far, used or not."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return _DATA


def _limits() -> Iterator[int]:
    """The limits of the control groups around this process, of either version."""
    try:
        groups = [line.split(":", 2) for line in _OURS.read_text().splitlines()]
    except OSError:
        return
    for _, controllers, path in groups:
        if controllers in ("", "memory"):
            root = _CGROUPS / controllers
            folder = root / path.lstrip("/")
            for each in (folder, *folder.parents):
                if each.is_relative_to(root):
                    yield from _read(each / ("memory.limit_in_bytes" if controllers else "memory.max"))


def _read(file: Path) -> Iterator[int]:
    try:
        yield int(file.read_text())
    except (OSError, ValueError):  # none there, or "max"
        return
