"""Evaluation step: what processes cost: processor seconds, wall seconds, and memory, with all that they start."""

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
    """``cpu_s``: user and system seconds of all processes; ``peak_bytes``: the largest sum of their memory.

    Memory that processes share counts once (PSS; where the system cannot tell, what each has for itself).
    """

    cpu_s: float
    wall_s: float
    peak_bytes: int

    @property
    def cores(self) -> float:
        """Processor seconds in a second."""
        return self.cpu_s / self.wall_s


def measure(*commands: Sequence[str], allowed: Sequence[int] = (0,)) -> Usage:
    """Runs Python with each list of arguments, all at once, and watches them until the last has ended.

    Raises:
        RuntimeError: a command ended with a status that is not ``allowed``; the message is what it said.
    """
    # measured as installed, where code is compiled once, not as under a test runner that keeps no byte code
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    spent: dict[psutil.Process, float] = {}
    peak = 0
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        running = [
            psutil.Popen([sys.executable, *command], stdout=subprocess.DEVNULL, stderr=said, env=environment)
            for command in commands
        ]
        while any(not _has_ended(process) for process in running):
            peak = max(peak, _look(running, spent))
            time.sleep(_INTERVAL_S)
        wall = time.perf_counter() - began
        _look(running, spent)
        statuses = [process.wait() for process in running]
        if not set(statuses) <= set(allowed):
            said.seek(0)
            raise RuntimeError(f"expected exit status {allowed}, got {statuses}: {said.read().decode()}")
    return Usage(sum(spent.values()), wall, peak)


def _has_ended(process: psutil.Popen) -> bool:
    """An ended process is kept as a zombie until it is waited for, and with it the exact time that it took."""
    return bool(process.status() == psutil.STATUS_ZOMBIE)


def _look(running: Sequence[psutil.Popen], spent: dict[psutil.Process, float]) -> int:
    """Notes the time that each process has taken so far; gives the memory of all in bytes."""
    memory = 0
    for root in running:
        for process in (psutil.Process(root.pid), *_descendants(root)):
            try:
                times = process.cpu_times()
                spent[process] = times.user + times.system
                about = process.memory_full_info()
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
            memory += getattr(about, "pss", about.uss)
    return memory


def _descendants(process: psutil.Popen) -> list[psutil.Process]:
    try:
        return list(process.children(recursive=True))
    except psutil.NoSuchProcess:
        return []
