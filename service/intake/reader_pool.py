"""Runs processes that read files, each one file at a time, with limits on memory and processor time."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from queue import Empty, Full, Queue

from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.errors import IngestError, ReaderFailed, ReadingTimeout, UnreadableDocument
from sinkqa.service.intake.memory import allowed, resident, shares
from sinkqa.service.intake.turns import Share, Turns
from sinkqa.service.intake.workers import (
    File,
    Prepared,
    forkserver_context,
    prepare,
    too_large,
    without_main_module,
    work_off,
)

Stop = Callable[[], bool]
"""Long work calls it from time to time; true means that the work shall end."""

OnBegin = Callable[[File], None]
"""Called with each file when a reader gets it; from any thread."""

_ALONE = Share()
_TEXTUAL = {".txt", ".md", ".markdown", ".text"}

_GLANCE_S = 0.05  # how often the memory of a reader is looked at
_ASKED_S = 0.5  # how soon work ends that nobody wants any longer
_QUICK_BYTES = 4 << 20  # a larger file has no turn among the quick ones
_QUICK_S = 5.0  # of processor time: what takes longer begins anew among the long ones
_EXTRA_MIB = 25  # of a file, for which it may take its time once more
_WALL = 10.0  # times its processor time that a file may take, whatever else the machine does
_TRIES = 2  # of a file whose reader is killed from outside: the cause may be gone
_MUCH = 0.5  # of its memory: with more a reader that crashes lacked the rest, and one that is done makes room


def prepare_all(
    files: Sequence[File],
    *,
    encoder: Encoder,
    readers: Readers,
    in_place_bytes: int,
    share: Share = _ALONE,
    stop: Stop = lambda: False,
    on_begin: OnBegin | None = None,
) -> Iterator[Prepared]:
    """Prepares files and yields each when it is done. Ends early when ``stop`` returns true.

    Text files with less than ``in_place_bytes`` in all are read in this process. ``readers`` read all others, the
    largest first if nobody else waits for the readers. If a file takes too much memory or time, only this file fails.
    """
    if sum(file.n_bytes for file in files) < in_place_bytes and not any(map(_needs_worker, files)):
        for file in files:
            if not stop():
                if on_begin:
                    on_begin(file)
                yield prepare(file, encoder)
        return
    order = -1 if share == _ALONE else 1  # of a job the small ones first, which then land early
    queue = deque(sorted(files, key=lambda file: (order * file.n_bytes, file.path)))
    with readers.in_use():
        yield from _at_once(queue, readers, share, stop, on_begin)


def _at_once(
    queue: deque[File], readers: Readers, share: Share, stop: Stop, on_begin: OnBegin | None
) -> Iterator[Prepared]:
    """A thread waits for each process; what is done waits till it is asked for, and not much of it."""
    done: Queue[Prepared | Exception | None] = Queue(maxsize=2 * readers.count)
    over = threading.Event()

    def put(what: Prepared | Exception | None) -> None:
        while not over.is_set():
            with suppress(Full):
                return done.put(what, timeout=_ASKED_S)

    def work() -> None:
        resource_tracker.ensure_running()  # which would let signals through again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited by processes until they work
        try:
            while not (over.is_set() or stop()):
                file = queue.popleft()
                if on_begin:
                    on_begin(file)
                if outcome := readers.read(file, share, lambda: over.is_set() or stop()):
                    put(outcome)
        except IndexError:
            pass  # none is left
        except Exception as error:  # noqa: BLE001  # to be raised where the outcomes are asked for
            put(error)
        finally:
            put(None)

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(readers.count, len(queue)))]
    for thread in threads:
        thread.start()
    try:
        running = len(threads)
        while running:
            with suppress(Empty):
                got = done.get(timeout=_ASKED_S)
                if isinstance(got, Exception):
                    raise got
                if got is None:
                    running -= 1
                else:
                    yield got
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _needs_worker(file: File) -> bool:
    """PDF and DOCX, whatever they are called, go through native code that damaged files can crash."""
    if Path(file.name).suffix.lower() not in _TEXTUAL:
        return True
    try:
        if not file.path.is_file():  # opening a pipe waits for whoever writes to it
            return False
        with file.path.open("rb") as content:
            head = content.read(1024)
    except OSError:
        return False  # reading it says what is wrong
    return b"%PDF-" in head or head.startswith(b"PK")


class Readers:
    """Reads files for several users in turn. Quick files do not wait for long ones."""

    def __init__(self, encoder: str | None, *, wanted: int, cpu_s: float, quick: bool = False) -> None:
        """``wanted`` files at once, as far as the memory reaches; ``cpu_s`` for each, and more where it is large.

        ``quick``: one of the places, where there are several, is for files that take little time.
        """
        self._encoder, self._cpu_s = encoder, cpu_s
        self.count, self.memory = shares(wanted, allowed())
        passing = 1 if quick and self.count > 1 else 0
        self._quick = Turns(passing) if passing else None
        self._long = Turns(self.count - passing)
        self._idle: list[_Reader] = []
        self._users = 0
        self._lock = threading.Lock()

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Inside, idle processes wait for more files. They end when the last user leaves."""
        with self._lock:
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                idle = [] if self._users else [*self._idle]
                self._idle = self._idle if self._users else []
            for reader in idle:
                reader.end()

    def read(self, file: File, share: Share, stop: Stop) -> Prepared | None:
        """The prepared file, or None if ``stop`` ended the work first."""
        n_bytes = file.n_bytes
        if self._quick and n_bytes <= _QUICK_BYTES and self._cpu_s > _QUICK_S:
            outcome = self._in_turn(self._quick, file, share, _QUICK_S, stop)
            if outcome is None or not isinstance(outcome.error, ReadingTimeout):
                return outcome
        return self._in_turn(self._long, file, share, self._cpu_s * (1 + n_bytes / (_EXTRA_MIB << 20)), stop)

    def _in_turn(self, turns: Turns, file: File, share: Share, cpu_s: float, stop: Stop) -> Prepared | None:
        with turns.turn(share, stop) as has_place:
            if not has_place:
                return None
            for _ in range(_TRIES):
                try:
                    return self._on_one(file, cpu_s, stop)
                except _KilledError:
                    continue
        message = (
            f"{file.name}: its reader was killed {_TRIES} times, by the system for want of memory or by another "
            "program; give the machine more memory, or split the file"
        )
        return Prepared(file, error=ReaderFailed(message))

    def _on_one(self, file: File, cpu_s: float, stop: Stop) -> Prepared | None:
        with self._lock:
            reader = self._idle.pop() if self._idle else None
        reader = reader or _Reader(self._encoder, self.memory)
        try:
            outcome = reader.read(file, cpu_s, stop)
        except BaseException:
            reader.end()
            raise
        if reader.is_fit:
            with self._lock:
                self._idle.append(reader)
        else:
            reader.end()
        return outcome


class _KilledError(Exception):
    """A reader was ended from outside; its file need not be the cause."""


class _Reader:
    """One process, used by one thread at a time."""

    def __init__(self, encoder: str | None, memory: int) -> None:
        context = forkserver_context()
        self._memory = memory
        self._link, theirs = context.Pipe()
        self._process = context.Process(target=work_off, args=(theirs, encoder, memory), daemon=True)
        with without_main_module():
            self._process.start()
        theirs.close()

    @property
    def is_fit(self) -> bool:
        """Whether it can read another file: it lives, and has memory left for that."""
        return not self._link.closed and resident(self._process.pid or 0) < _MUCH * self._memory

    def end(self) -> None:
        """Ends the process, whatever it does just now."""
        self._link.close()
        self._process.kill()
        self._process.join()

    def read(self, file: File, cpu_s: float, stop: Stop) -> Prepared | None:
        """The file as prepared; None where ``stop`` ended the work. Raises _KilledError."""
        peak, until = 0, time.monotonic() + _WALL * cpu_s
        asked = 0.0
        try:
            self._link.send((file, cpu_s))
            while not self._link.poll(_GLANCE_S):
                peak = max(peak, resident(self._process.pid or 0))
                now = time.monotonic()
                if now > asked + _ASKED_S:
                    asked = now
                    if stop():
                        self.end()
                        return None
                if peak > self._memory or now > until:
                    self.end()
                    return Prepared(
                        file, error=too_large(file, self._memory) if now <= until else _too_slow(file, cpu_s)
                    )
            outcome: Prepared = self._link.recv()
        except (EOFError, OSError):
            self._link.close()
            self._process.join()
            return Prepared(file, error=self._cause(file, cpu_s, peak))
        return outcome

    def _cause(self, file: File, cpu_s: float, peak: int) -> IngestError:
        """Why the process ended while it had the file. Raises _KilledError."""
        code = self._process.exitcode
        if code == -signal.SIGXCPU:
            return _too_slow(file, cpu_s)
        if code in (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT):
            raise _KilledError
        if peak > _MUCH * self._memory:
            return too_large(file, self._memory)
        return UnreadableDocument(
            f"{file.name}: reading it crashed the reader; the file is damaged, open and save it anew"
        )


def _too_slow(file: File, cpu_s: float) -> IngestError:
    return ReadingTimeout(
        f"{file.name}: reading it takes more than {cpu_s:.0f} s (setting file_timeout_s); split it and add the parts"
    )
