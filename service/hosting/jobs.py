"""Adds uploads in the background. Each upload is on disk before it is acknowledged, and none is lost."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import shutil
import sqlite3
import threading
import time
import unicodedata
import uuid
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from sinkqa.index.errors import DiskFull, LibraryBusy, LibraryReadOnly
from sinkqa.index.store.documents.document_rows import upload_source
from sinkqa.index.store.sqlite.connection import is_full
from sinkqa.index.store.sqlite.trash import TRASH_FILE
from sinkqa.ingest.errors import DocumentTooLarge, SinkQAError
from sinkqa.ingest.readers import MAX_BYTES
from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidUpload, JobInterrupted, StorageFull
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.job_store import LEDGER_FILE, Job, JobFile, Ledger
from sinkqa.service.intake.file_result import FileResult
from sinkqa.service.intake.reader_pool import Readers
from sinkqa.service.intake.turns import Share
from sinkqa.service.intake.workers import File
from sinkqa.service.settings import Settings

MOST_FILES = 100
KEPT_S = 86_400.0  # for which a job that has ended can be asked for
_ATTEMPTS = 4  # a file that ends the server does so at every start; jobs beside it count too, by chance
_GLANCE_S = 1.0  # how soon jobs are seen that another process queued
_AT_ONCE = 16  # jobs of a collection, which take turns file by file
_LEAST_READERS = 2  # one for long files, one for quick ones
_TIDY_S = 60.0
_BUSY_S = 5.0
_ORPHAN_S = 3600.0  # longer than an upload takes to be written
_COPIED = 1 << 20
_NAME_CHARS, _NAMELESS = 200, "unnamed"

_log = logging.getLogger(__name__)


class Jobs:
    """The jobs of one collection. If several processes serve it, one of them runs the jobs, each in its own thread.

    A process without ``run`` only queues jobs.
    """

    def __init__(self, engine: Engine, readers: Readers, *, run: bool = True) -> None:
        self.engine = engine
        self._readers = readers
        self._folder, self._spool = engine.folder, engine.folder / "uploads"
        self._ledger = Ledger(engine.folder)
        self._wake, self._closing = threading.Event(), threading.Event()
        self._working: dict[str, threading.Thread] = {}
        self._faults: dict[str, str] = {}  # of jobs that are tried again: what happened last
        self._tidied = 0.0
        self._worker = threading.Thread(target=self._run, name="sinkqa-jobs", daemon=True) if run else None
        if self._worker:
            self._worker.start()

    def submit(self, uploads: Sequence[tuple[str, BinaryIO]]) -> Job:
        """Queues files, each with the name its sender gave it. On return they are on disk and will be added.

        Raises:
            InvalidUpload: there is no file, or there are more than 100.
            DocumentTooLarge: a file is larger than any file that is read.
            StorageFull, LibraryReadOnly: the files cannot be written to disk.
        """
        if not 1 <= len(uploads) <= MOST_FILES:
            raise InvalidUpload(f"upload: expected 1 to {MOST_FILES} files, got {len(uploads)}; send them in parts")
        job_id = uuid.uuid4().hex
        folder = self._spool / job_id
        try:
            folder.mkdir(parents=True)
            files = [_save(content, folder / str(n), display_name(name)) for n, (name, content) in enumerate(uploads)]
            for each in (folder, self._spool, self._folder):
                _sync(each)
            self._ledger.begin(job_id, files)
        except (OSError, sqlite3.OperationalError, SinkQAError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise _unwritten(self._folder, error) from error
        self._wake.set()
        return self.job(job_id)

    def jobs(self) -> list[Job]:
        """The newest jobs of the last day, at most a hundred, newest first."""
        return self._ledger.jobs()

    def job(self, job_id: str) -> Job:
        """The job with this id. Raises JobNotFound if there is none, or if it ended more than a day ago."""
        return self._ledger.job(job_id)

    def cancel(self, job_id: str) -> Job:
        """Ends a job that has not ended. Files already added stay; the rest is dropped. Raises as :meth:`job` does."""
        self.job(job_id)
        self._ledger.end(job_id, "cancelled")
        self._wake.set()
        return self.job(job_id)

    def close(self, *, wait_s: float = 10.0) -> None:
        """Stops the work. Unfinished jobs continue at the next start."""
        self._closing.set()
        self._wake.set()
        if self._worker:
            self._worker.join(wait_s)

    def _run(self) -> None:
        lock = FileLock(self._folder / "jobs.lock", is_singleton=False)
        try:
            while not self._closing.is_set() and os.access(self._folder, os.W_OK):  # else deleted, or only to be read
                self._wake.clear()
                if not self._turn(lock):
                    self._wake.wait(_GLANCE_S)
        finally:
            for thread in [*self._working.values()]:
                thread.join()
            lock.release()

    def _turn(self, lock: FileLock) -> bool:
        """Begins the next job unless another process runs jobs. Returns whether to look for another at once."""
        try:
            if not lock.is_locked:
                lock.acquire(blocking=False)
            self._tidy()
            self._working = {begun: thread for begun, thread in self._working.items() if thread.is_alive()}
            if len(self._working) >= _AT_ONCE or not self._ledger.exists:
                return False
            job_id = self._ledger.next(besides=self._working)
            if job_id is None:
                return False
            self._working[job_id] = threading.Thread(target=self._attempt, args=(job_id,), daemon=True)
            self._working[job_id].start()
            return True
        except Timeout:
            return False
        except Exception:  # noqa: BLE001  # whatever it was, jobs go on
            _log.exception("jobs of %s left off for a while", self._folder)
            self._closing.wait(_BUSY_S)
            return False

    def _attempt(self, job_id: str) -> None:
        """Works on a job; an unexpected error leaves it to the next attempt."""
        try:
            self._work(job_id)
        except Exception as error:  # noqa: BLE001  # whatever it was, other jobs go on
            _log.exception("job %s left off for a while", job_id)
            self._faults[job_id] = type(error).__name__
            self._closing.wait(_BUSY_S)
        self._wake.set()

    def _work(self, job_id: str) -> None:
        """Works on a job until it is done or interrupted."""
        try:
            if self._ledger.start(job_id) > _ATTEMPTS:
                raise JobInterrupted(self._why(job_id))
            self._take_in(job_id)
        except (LibraryBusy, DiskFull) as error:  # neither is the files' fault, and both pass
            _log.warning("job %s waits: %s", job_id, error.message)
            self._ledger.pause(job_id)
            self._closing.wait(_BUSY_S)
            return
        except SinkQAError as error:
            self._ledger.end(job_id, "failed", code=error.code, message=error.message)
        except (OSError, sqlite3.Error, MemoryError) as error:
            _log.exception("job %s failed", job_id)
            self._ledger.end(job_id, "failed", code=JobInterrupted.code, message=f"{type(error).__name__}; see the log")
        if self._closing.is_set() and not self.job(job_id).is_over:
            self._ledger.pause(job_id)
            return
        self._ledger.end(job_id, "done")
        shutil.rmtree(self._spool / job_id, ignore_errors=True)

    def _why(self, job_id: str) -> str:
        """Why a job was started so often without ending."""
        if fault := self._faults.pop(job_id, None):
            return f"taking these files in failed {_ATTEMPTS} times, last by {fault}; the server's log says where"
        return f"the server ended {_ATTEMPTS} times while it took these files in; send them singly"

    def _take_in(self, job_id: str) -> None:
        job, folder = self.job(job_id), self._spool / job_id
        sources = sources_of(job.files)
        waiting = {
            File(folder / str(position), file.name, sources[position]): position
            for position, file in enumerate(job.files)
            if file.state == "waiting"
        }

        def note(file: File, result: FileResult) -> None:
            self._ledger.note(job_id, waiting[file], result)

        def is_over() -> bool:
            return self._closing.is_set() or self.job(job_id).is_over

        share = Share(str(self._folder), job_id)
        self.engine.bring_in(list(waiting), readers=self._readers, share=share, on_done=note, stop=is_over)

    def _tidy(self) -> None:
        """Removes what has expired: deleted documents, ended jobs, and files without a job."""
        if time.monotonic() - self._tidied < _TIDY_S and self._tidied:
            return
        self._tidied = time.monotonic()
        self.engine.forget_discarded()
        if self._ledger.exists:
            self._ledger.forget(ended_before_s=KEPT_S)
        alive = {job.job_id: job.is_over for job in self._ledger.jobs(limit=-1)}
        for folder in self._spool.iterdir() if self._spool.is_dir() else ():
            is_old = time.time() - folder.stat().st_mtime > _ORPHAN_S
            if alive.get(folder.name, is_old):
                shutil.rmtree(folder, ignore_errors=True)


class AllJobs:
    """The jobs of every collection of one server. The same few processes read their files in turn.

    If several processes serve, the one that ``runs`` jobs runs all of them, including those that others queue.
    """

    def __init__(self, settings: Settings, *, runs: bool = True) -> None:
        self._readers, self._runs = readers_beside(settings), runs
        self._is_one_of_several = settings.processes > 1
        self._open: dict[Path, Jobs] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._told: set[tuple[str, str]] = set()
        self._watcher: threading.Thread | None = None

    def of(self, engine: Engine) -> Jobs:
        """The jobs of the collection of an engine. Their worker is running."""
        with self._lock:
            known = self._open.get(engine.folder)
            if known is not None and known.engine is not engine:  # one of its name was deleted and begun anew
                known.close(wait_s=0)
                known = None
            if known is None:
                known = self._open[engine.folder] = Jobs(engine, self._readers, run=self._runs)
            return known

    def resume(self, collections: Collections) -> None:
        """Continues the jobs that an earlier server left unfinished. Then also runs jobs that other processes queue."""
        if not self._runs:
            return
        self._take_up(collections)
        if self._is_one_of_several and not self._watcher:
            self._watcher = threading.Thread(target=self._watch, args=(collections,), name="sinkqa-queued", daemon=True)
            self._watcher.start()

    def _watch(self, collections: Collections) -> None:
        """Looks for collections in which another process is the first to queue or delete something."""
        while not self._closing.wait(_GLANCE_S):
            try:
                self._take_up(collections)
            except Exception:  # noqa: BLE001  # whatever it was, the next glance may see more
                _log.exception("collections could not be looked through")

    def _take_up(self, collections: Collections) -> None:
        for name in collections.names():
            folder = collections.settings(name).library
            if (folder / LEDGER_FILE).is_file() or (folder / TRASH_FILE).is_file():
                try:
                    self.of(collections.engine(name))
                except SinkQAError as error:
                    if (name, error.message) not in self._told:
                        _log.warning("jobs of %s not taken up: %s", name, error.message)
                    self._told.add((name, error.message))

    def close(self) -> None:
        """Stops all jobs."""
        self._closing.set()
        if self._watcher:
            self._watcher.join()
        with self._lock:
            for jobs in self._open.values():
                jobs.close()
            self._open.clear()


def readers_beside(settings: Settings) -> Readers:
    """The readers for a server. They leave half of the cores to questions."""
    wanted = settings.workers or max(_LEAST_READERS, (os.cpu_count() or 1) // 2)
    return Readers(settings.encoder, wanted=wanted, cpu_s=settings.file_timeout_s, quick=True)


def display_name(given: str) -> str:
    """A name that is safe to show: the part after the last slash, without control characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    shown = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip().lstrip(".")
    stem, dot, suffix = shown.rpartition(".")
    return (stem[: _NAME_CHARS - len(suffix)] + dot + suffix if len(suffix) < 16 else shown[:_NAME_CHARS]) or _NAMELESS


def sources_of(files: Sequence[JobFile]) -> list[str]:
    """The source of each file of an upload. It is the file's name, so that a later upload of that name replaces it.

    Files of one name in one upload come from different folders and are distinguished by their order. A file without a
    name replaces nothing.
    """
    seen: Counter[str] = Counter()
    sources = []
    for file in files:
        known = file.name if file.name != _NAMELESS else file.sha256
        seen[known] += 1
        sources.append(upload_source(known, nth=seen[known]))
    return sources


def _save(content: BinaryIO, path: Path, name: str) -> JobFile:
    """Copies an upload to disk, durably, under a name of our own."""
    digest, size = hashlib.sha256(), 0
    with path.open("xb") as file:
        while part := content.read(_COPIED):
            digest.update(part)
            size += file.write(part)
            if size > MAX_BYTES:
                raise DocumentTooLarge(
                    f"{name}: too large: at most {MAX_BYTES >> 20} MiB are read; split it into parts"
                )
        file.flush()
        os.fsync(file.fileno())
    return JobFile(name, n_bytes=size, sha256=digest.hexdigest())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritten(folder: Path, error: OSError | sqlite3.OperationalError | SinkQAError) -> SinkQAError:
    if isinstance(error, DiskFull) or (not isinstance(error, SinkQAError) and is_full(error, folder / LEDGER_FILE)):
        return StorageFull(
            "upload: no room on the server's disk; nothing was taken in; tell its operator, then try again"
        )
    if isinstance(error, SinkQAError):
        return error
    return LibraryReadOnly(f"cannot write to {folder}: {error}; change its permissions")
