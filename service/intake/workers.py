"""Prepares a file (document, passages, vectors) in a separate process, so that no file can crash the library."""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Self

from sinkqa.index.models.encoder import Encoder, load_encoder
from sinkqa.index.store.documents.document_rows import Packed, pack_document
from sinkqa.ingest.about.metadata import overridden
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.errors import DocumentTooLarge, IngestError, ReaderFailed
from sinkqa.ingest.readers import FORMATS, read
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.intake.memory import data_held

_GARBAGE = 100_000  # records hold no cycles: looking for some every 700 of them costs a tenth of the time
_UNTOUCHED = 1 << 30  # bytes that libraries reserve and do not use; what is used is watched from outside
_PRELOADED = ("rjieba", "sentencex", "tantivy", "tokenizers")

_NOTHING_KNOWN = Metadata()


@dataclass(frozen=True, slots=True)
class File:
    """A file to add: the path of its bytes, its name, and its ``source`` (:class:`Packed`).

    ``about``: metadata known beforehand. It overrides the metadata that the reader finds.
    """

    path: Path
    name: str
    source: str
    about: Metadata = _NOTHING_KNOWN

    @classmethod
    def at(cls, path: Path, *, about: Metadata | None = None) -> Self:
        """The file at a path that a user named."""
        return cls(path, path.name, str(path.resolve()), about or _NOTHING_KNOWN)

    @property
    def n_bytes(self) -> int:
        """Its size in bytes; 0 if it is unknown."""
        try:
            return self.path.stat().st_size
        except OSError:
            return 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file ``packed`` for the library, with its reader's ``warnings``; or the ``error`` why it cannot be added."""

    file: File
    packed: Packed | None = None
    warnings: tuple[str, ...] = ()
    error: IngestError | None = None


def prepare(file: File, encoder: Encoder, *, memory: int | None = None) -> Prepared:
    """Reads one file in this process, which may use ``memory`` bytes. Any failure is returned as the file's error."""
    try:
        document = read(file.path, name=file.name)
        document = replace(document, metadata=overridden(document.metadata, file.about))
        packed = pack_document(document, split(document), encoder, source=file.source)
        return Prepared(file, packed, document.warnings)
    except IngestError as error:
        return Prepared(file, error=error)
    except MemoryError:
        return Prepared(file, error=too_large(file, memory))
    except Exception as error:  # noqa: BLE001  # whatever a reader did not foresee is this file's failure alone
        place = traceback.extract_tb(error.__traceback__)[-1]
        cause = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
        message = f"{file.name}: its reader failed ({cause}), which is a fault of SinkQA; save it in another format"
        return Prepared(file, error=ReaderFailed(message))


def too_large(file: File, memory: int | None) -> DocumentTooLarge:
    """The error for a file that needs more memory to read than is allowed."""
    most = f"the {memory / 2**30:.1f} GiB of memory that a reader has" if memory else "the memory that there is"
    return DocumentTooLarge(f"{file.name}: reading it takes more than {most}; split the file and add the parts")


def kill(pool: ProcessPoolExecutor) -> None:
    """Kills the workers of a pool; their current work fails."""
    for worker in [*(pool._processes or {}).values()]:  # Python 3.14 has a public way
        worker.kill()


def forkserver_context() -> ForkServerContext:
    """The context of worker processes. They are forked from a clean process that has imported all their modules."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_PRELOADED, *(known.module for known in FORMATS.values())])
    return context


_starting = threading.Lock()


@contextmanager
def without_main_module() -> Iterator[None]:
    """Inside, workers that start do not import the parent's ``__main__`` again."""
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


def work_off(link: Connection, encoder_name: str | None, memory: int) -> None:
    """The loop of a worker process: it receives files and prepares them.

    Each file comes with a limit in seconds of processor time. A file that needs more time, or more than ``memory``
    bytes at once, ends the process.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches every process: end at once and without a traceback
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=exit_with_parent, args=(multiprocessing.parent_process(),), daemon=True).start()
    _limit(resource.RLIMIT_CORE, 0)
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # each worker has a core of its own
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    encoder = load_encoder(encoder_name)
    _limit(resource.RLIMIT_DATA, data_held() + memory + _UNTOUCHED)
    with suppress(EOFError):
        while True:
            file, cpu_s = link.recv()
            spent = resource.getrusage(resource.RUSAGE_SELF)
            if math.isfinite(cpu_s):
                _limit(resource.RLIMIT_CPU, math.ceil(spent.ru_utime + spent.ru_stime + cpu_s))
            link.send(prepare(file, encoder, memory=memory))


def _limit(what: int, most: int) -> None:
    """Bounds what this process may take; it may be bounded more narrowly already."""
    _, hard = resource.getrlimit(what)
    resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def exit_with_parent(parent: BaseProcess | None) -> None:
    """Ends this worker when its parent process has ended in any way, so that it does not wait for work forever."""
    if parent is not None:
        parent.join()
        os._exit(1)
