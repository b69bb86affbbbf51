"""Holds a library open and runs the steps that it reads. It is a program of its own.

``python -m sinkqa.eval.speed.resident LIBRARY`` reads lines of JSON, ``[step, argument…]``. It answers each line with
an object of measured numbers. Starting and opening do not count toward the cost of a step.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from sinkqa.eval.speed.calls import nearest, stored_vectors, time_calls
from sinkqa.eval.speed.processes import memory_of, written_by
from sinkqa.index.hit import SearchMode
from sinkqa.index.library import Library
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

Measured = dict[str, float]
Tell = Callable[..., Measured]
"""Makes a process run a step with arguments, and returns the measured numbers."""

_PEAK = re.compile(r"^VmHWM:\s*(\d+) kB", re.M)


@contextmanager
def resident(library: Path) -> Iterator[Tell]:
    """Starts the program over a library. It runs steps until the block ends.

    Raises:
        RuntimeError: a step failed. Its output went to standard error.
    """
    command = [sys.executable, "-m", "sinkqa.eval.speed.resident", str(library)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    reading, writing = process.stdout, process.stdin
    assert reading and writing

    def tell(step: str, *arguments: object) -> Measured:
        writing.write(json.dumps([step, *arguments]) + "\n")
        writing.flush()
        line = reading.readline()
        if not line:
            raise RuntimeError(f"the process that was told {step!r} ended with exit status {process.wait()}")
        measured: Measured = json.loads(line)
        return measured

    try:
        yield tell
    finally:
        writing.close()
        process.wait()
        reading.close()


class _Steps:
    """Every method without an underscore is a step."""

    def __init__(self, library: Path) -> None:
        self._folder, self._self = library, psutil.Process()
        self._engine = Engine.open(Settings.load(library=library))

    def add(self, path: str) -> Measured:
        """Adds one file."""
        return self._cost(lambda: self._engine.add([Path(path)]))

    def remove(self, path: str) -> Measured:
        """Deletes the document that a file is."""
        doc_id = hashlib.sha256(Path(path).read_bytes()).hexdigest()
        return self._cost(lambda: self._engine.remove(doc_id))

    def rebuild(self) -> Measured:
        """Makes the search indexes anew; ``peak_mb`` is the most memory that this process ever had."""
        return self._cost(self._engine.rebuild) | {"peak_mb": self._peak_mb()}

    def search(self, question: str) -> Measured:
        """One search."""
        return self._cost(lambda: self._engine.search(question))

    def searches(self, questions: Sequence[str], mode: SearchMode) -> Measured:
        """A search for each question."""
        return _again(lambda i: self._engine.search(questions[i], mode=mode), len(questions))

    def asks(self, questions: Sequence[str]) -> Measured:
        """An answer to each question."""
        return _again(lambda i: self._engine.ask(questions[i]), len(questions))

    def products(self, questions: Sequence[str]) -> Measured:
        """The baseline of a search for each question: a dot product with every vector."""
        with Library.open(self._folder) as library:
            vectors, asked = stored_vectors(self._folder, library.encoder.dim), library.encoder.encode(questions)
        return time_calls(lambda i: nearest(vectors, asked[i]), len(questions))._asdict()

    def recall(self) -> Measured:
        """How exact the dense leg is."""
        with Library.open(self._folder) as library:
            found = library.recall()
        return {"at_10": found.at_10, "at_100": found.at_100} if found else {}

    def memory(self) -> Measured:
        """What this process has in memory: for itself, and with its part of what is shared."""
        return {"private_mb": self._self.memory_full_info().uss / 1e6, "mb": memory_of(self._self) / 1e6}

    def _cost(self, act: Callable[[], object]) -> Measured:
        """Seconds, and megabytes that were asked of files, cached or not, and that were sent to a disk."""
        began, spent, read, written = time.perf_counter(), time.process_time(), self._read(), written_by(self._self)
        act()
        return {
            "cpu_s": time.process_time() - spent,
            "wall_s": time.perf_counter() - began,
            "read_mb": (self._read() - read) / 1e6,
            "written_mb": (written_by(self._self) - written) / 1e6,
        }

    def _read(self) -> int:
        return int(getattr(self._self.io_counters(), "read_chars", 0)) if hasattr(self._self, "io_counters") else 0

    def _peak_mb(self) -> float:
        status = Path("/proc/self/status")
        found = _PEAK.search(status.read_text()) if status.exists() else None
        return int(found[1]) * 1024 / 1e6 if found else self._self.memory_info().rss / 1e6


def _again(act: Callable[[int], object], n: int) -> Measured:
    """Times of calls made a second time, as in a process that has been asked for long."""
    for i in range(n):
        act(i)
    return time_calls(act, n)._asdict()


def main(arguments: Sequence[str]) -> None:
    """Runs the step in each line of standard input, until the input ends."""
    steps = _Steps(Path(arguments[0]))
    for line in sys.stdin:
        step, *given = json.loads(line)
        act: Callable[..., Any] = getattr(steps, step)
        sys.stdout.write(json.dumps(act(*given)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
