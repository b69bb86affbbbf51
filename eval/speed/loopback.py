"""Starts a server in a process of its own on a free port of this machine."""

from __future__ import annotations

import re
import sys
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

import psutil

from sinkqa.eval.errors import ServerFailed

_ADDRESS = re.compile(r"http://[\d.]+:[1-9]\d*")
_STOP_S = 60.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens at ``url``. ``log`` holds the last lines of its output."""

    url: str
    process: psutil.Popen
    log: deque[str]

    def memory_mb(self) -> float:
        """The memory of the server and its child processes, in MiB. Pages that they share count for each."""
        root = psutil.Process(self.process.pid)
        return sum(map(_resident, [root, *root.children(recursive=True)])) / 2**20

    def cpu_s(self) -> float:
        """The server's processor seconds so far, without its child processes."""
        return _spent(self.process)

    def cpu_s_of_all(self) -> float:
        """The processor seconds so far of the server and of its child processes that still run."""
        return self.cpu_s() + sum(map(_spent, self.process.children(recursive=True)))


@contextmanager
def serving(library: Path, *options: str) -> Iterator[Server]:
    """Runs ``sinkqa serve`` over a library until the block ends. A new library gets the starter corpus.

    Raises:
        ServerFailed: it ended before it listened, or did not end on request.
    """
    command = [sys.executable, "-m", "sinkqa.service.cli", "serve", "--library", str(library), "--port", "0", *options]
    process = psutil.Popen(command, stdout=DEVNULL, stderr=PIPE, text=True)
    log: deque[str] = deque(maxlen=200)
    try:
        yield Server(_address(process, log), process, log)
    finally:
        if process.poll() is None:
            _end(process)
        process.stderr.close()


def _end(process: psutil.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=_STOP_S)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()
        raise ServerFailed(f"the server did not end within {_STOP_S:g} s of SIGTERM") from None


def _address(process: psutil.Popen, log: deque[str]) -> str:
    for line in process.stderr:
        log.append(line)
        if found := _ADDRESS.search(line):
            # a pipe that nobody reads would fill, and stop the server
            threading.Thread(target=log.extend, args=(process.stderr,), daemon=True).start()
            return found.group()
    raise ServerFailed(f"the server ended before it listened: {''.join(log)[-500:].strip() or 'it said nothing'}")


def _spent(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
