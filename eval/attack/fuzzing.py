"""Fuzzes every reader with broken files, in processes that may crash, hang or grow."""

from __future__ import annotations

import os
import resource
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

from sinkqa.eval.attack.mutating import mutated
from sinkqa.eval.attack.samples import Sample
from sinkqa.eval.outcome import MOST_SHOWN, Bar, Clock, Failure, Outcome
from sinkqa.ingest.errors import DocumentTooLarge, IngestError
from sinkqa.service.intake.workers import forkserver_context, without_main_module

HANG_S = 60.0  # wall; what is sound takes a tenth of a second
_MEMORY = 4 << 30  # bytes, so that a reader that grows without end does not take the machine
_MOST_GROWTH_MB = 512.0
_BAD = ("crash", "hang", "traceback", "stray")


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """The result of reading one file. ``name``: read, the code of its error, or one of crash, hang, traceback, stray.

    ``stray`` is a Python warning that a user would see. ``grown_mb`` is the peak memory above the memory before
    reading.
    """

    name: str
    detail: str = ""
    grown_mb: float = 0.0


def fuzz(
    samples: Sequence[Sample], seed: int, clock: Clock, *, most: int = 1_000_000, keep: Path | None = None
) -> Outcome:
    """Breaks samples and reads them until the time is up, but at most ``most``.

    ``keep``: a folder in which the files that failed are kept.
    """
    counts: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    failures: list[Failure] = []
    grown = 0.0
    for number, sample, content, verdict in _verdicts(samples, seed, clock, most):
        counts[verdict.name if verdict.name in ("read", *_BAD) else "refused"] += 1
        by_kind[f"{sample.kind} tried"] += 1
        by_kind[f"{sample.kind} read"] += verdict.name == "read"
        grown = max(grown, verdict.grown_mb)
        if (verdict.name in _BAD or verdict.grown_mb > _MOST_GROWTH_MB) and len(failures) < MOST_SHOWN:
            happened = f"{verdict.name} {verdict.detail}".strip() + f", {verdict.grown_mb:.0f} MiB above base"
            failures.append(Failure(f"fuzz {seed}/{number} of {sample.name}", happened))
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{number}-{sample.name}").write_bytes(content)
    figures = {name: float(counts[name]) for name in ("read", "refused", *_BAD)} | {"grown MiB": grown}
    bars = (*(Bar(name, counts[name], 0) for name in _BAD), Bar("MiB above base", grown, _MOST_GROWTH_MB))
    return Outcome("fuzz", counts.total(), clock.spent_s, figures | by_kind, bars, tuple(failures))


def _verdicts(
    samples: Sequence[Sample], seed: int, clock: Clock, most: int
) -> Iterator[tuple[int, Sample, bytes, ReadingResult]]:
    readers = [_Reader() for _ in range(os.cpu_count() or 1)]
    number = 0
    try:
        while (number < most and clock.left_s) or any(reader.job for reader in readers):
            for reader in readers:
                if reader.job is None and number < most and clock.left_s:
                    random = Random(f"{seed}/{number}")
                    kind = random.choice(sorted({sample.kind for sample in samples}))
                    sample = random.choice([each for each in samples if each.kind == kind])
                    reader.begin(number, sample, mutated(sample, random))
                    number += 1
            wait([reader.pipe for reader in readers if reader.job], timeout=1.0)
            for reader in readers:
                if reader.job and (verdict := reader.verdict()):
                    yield *reader.job, verdict
                    reader.job = None
    finally:
        for reader in readers:
            reader.end()


class _Reader:
    """A process that reads one file after the other, and a new one where it crashed or hung."""

    def __init__(self) -> None:
        self.job: tuple[int, Sample, bytes] | None = None
        self._began = 0.0
        self._process, self.pipe = self._start()

    @staticmethod
    def _start() -> tuple[BaseProcess, Connection]:
        context = forkserver_context()
        ours, theirs = context.Pipe()
        with without_main_module():
            process = context.Process(target=_read_on, args=(theirs,), daemon=True)
            process.start()
        theirs.close()
        return process, ours

    def begin(self, number: int, sample: Sample, content: bytes) -> None:
        self.job, self._began = (number, sample, content), time.monotonic()
        self.pipe.send((sample.name, content))

    def verdict(self) -> ReadingResult | None:
        """The result for the file, or None while it is unknown."""
        try:
            if self.pipe.poll():
                result: ReadingResult = self.pipe.recv()
                return result
        except (EOFError, ConnectionError):
            self.end()
            status = self._process.exitcode
            self._process, self.pipe = self._start()
            return ReadingResult("crash", f"exit status {status}")
        if time.monotonic() - self._began > HANG_S:
            self.end()
            self._process, self.pipe = self._start()
            return ReadingResult("hang", f"not read in {HANG_S:g} s")
        return None

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self.pipe.close()


def _read_on(pipe: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    while True:
        try:
            name, content = pipe.recv()
        except EOFError:
            return
        pipe.send(_read(name, content))


def _read(name: str, content: bytes) -> ReadingResult:
    from sinkqa.ingest.readers import read_bytes
    from sinkqa.ingest.splitting.splitter import split

    before = _memory_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    fate, detail = "read", ""
    try:
        with warnings.catch_warnings(record=True) as stray:
            warnings.simplefilter("default")
            split(read_bytes(content, name))
        if stray:
            fate, detail = "stray", f"{stray[0].message} in {Path(stray[0].filename).name}:{stray[0].lineno}"
    except IngestError as error:
        fate = error.code
    except MemoryError:
        fate = DocumentTooLarge.code  # as the product's own workers say; what was really taken is measured
    except Exception as error:  # noqa: BLE001  # what escapes a reader is what is looked for
        place = traceback.extract_tb(error.__traceback__)[-1]
        fate, detail = "traceback", f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
    return ReadingResult(fate, detail, max(0.0, _memory_mb("VmHWM") - before))


def _memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))
