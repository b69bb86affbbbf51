"""Measures processes with all their children: processor seconds, wall seconds, memory and bytes written."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

_INTERVAL_S = 0.05


@dataclass(frozen=True, slots=True)
class Usage:
    """The resources that processes used.

    ``cpu_s``: user and system seconds of all processes. ``peak_bytes``: the largest sum of their memory. Shared memory
    counts once (PSS); if the system does not report PSS, only the memory private to each process counts.
    ``written_bytes``: bytes written to files on a disk, in whole pages; 0 if the system does not count them.
    """

    cpu_s: float
    wall_s: float
    peak_bytes: int
    written_bytes: int = 0

    @property
    def cores(self) -> float:
        """Mean number of busy cores: processor seconds per second."""
        return self.cpu_s / self.wall_s


def measure(*commands: Sequence[str], allowed: Sequence[int] = (0,), python: str = sys.executable) -> Usage:
    """Runs Python with each list of arguments, all at once, and measures until the last process has ended.

    ``python``: the interpreter, by default this one.

    Raises:
        RuntimeError: a command ended with a status that is not ``allowed``. The message holds its output.
    """
    # measured as installed, where code is compiled once, not as under a test runner that keeps no byte code
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    spent: dict[psutil.Process, float] = {}
    written: dict[psutil.Process, int] = {}
    peak = 0
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        running = [
            psutil.Popen([python, *command], stdout=subprocess.DEVNULL, stderr=said, env=environment)
            for command in commands
        ]
        while any(not _has_ended(process) for process in running):
            peak = max(peak, _look(running, spent, written))
            time.sleep(_INTERVAL_S)
        wall = time.perf_counter() - began
        _look(running, spent, written)
        statuses = [process.wait() for process in running]
        if not set(statuses) <= set(allowed):
            said.seek(0)
            raise RuntimeError(f"expected exit status {allowed}, got {statuses}: {said.read().decode()}")
    return Usage(sum(spent.values()), wall, peak, sum(written.values()))


def _has_ended(process: psutil.Popen) -> bool:
    """An ended process is kept as a zombie until it is waited for, and with it the exact time that it took."""
    return bool(process.status() == psutil.STATUS_ZOMBIE)


def memory_of(process: psutil.Process) -> int:
    """Returns the memory of a process in bytes. Memory shared with others counts in part.

    Raises the errors of psutil.
    """
    about = process.memory_full_info()
    return int(getattr(about, "pss", about.uss))


def written_by(process: psutil.Process) -> int:
    """Returns the bytes that a process wrote to files on a disk. Raises the errors of psutil."""
    return int(process.io_counters().write_bytes) if hasattr(process, "io_counters") else 0


def _look(
    running: Sequence[psutil.Popen], spent: dict[psutil.Process, float], written: dict[psutil.Process, int]
) -> int:
    """Notes what each process has taken and written so far; gives the memory of all in bytes."""
    memory = 0
    for root in running:
        for process in (psutil.Process(root.pid), *_descendants(root)):
            try:
                times = process.cpu_times()
                spent[process] = times.user + times.system
                written[process] = written_by(process)
                memory += memory_of(process)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
    return memory


def _descendants(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []
