"""Files into documents, passages and vectors: in worker processes, so that no file can take the library down."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Self

from index.encoder import Encoder, load_encoder
from index.packed import Packed, pack_document
from ingest.document import Metadata
from ingest.errors import DocumentTooLarge, IngestError, ReaderFailed, UnreadableDocument
from ingest.metadata import overridden
from ingest.readers import FORMATS, read
from ingest.splitting import split

_MEMORY_PER_WORKER = 4 << 30  # bytes a reader may allocate: a hostile file must not take the machine down
_AHEAD = 2  # files in flight for each worker: keeps every core busy and memory bounded
_GARBAGE = 100_000  # records hold no cycles: looking for some every 700 of them costs a tenth of the time
_PRELOADED = ("rjieba", "sentencex", "tantivy", "tokenizers")
_GLANCE_S = 0.2  # how soon work ends that nobody wants any longer
_TEXTUAL = {".txt", ".md", ".markdown", ".text"}

_NOTHING_KNOWN = Metadata()

Stop = Callable[[], bool]
"""Asked now and then by whoever does long work: whether to end it."""


@dataclass(frozen=True, slots=True)
class File:
    """A file to take in: where its bytes are, what it is called, its ``source`` as in :class:`index.packed.Packed`.

    ``about`` is known of it beforehand, and goes before what its reader finds.
    """

    path: Path
    name: str
    source: str
    about: Metadata = _NOTHING_KNOWN

    @classmethod
    def at(cls, path: Path, *, about: Metadata | None = None) -> Self:
        """The file that a user named by its path."""
        return cls(path, path.name, str(path.resolve()), about or _NOTHING_KNOWN)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file ready to be stored, and what its reader has to say."""

    name: str
    warnings: tuple[str, ...]
    packed: Packed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: either ``prepared`` or the ``error`` that kept it out."""

    file: File
    prepared: Prepared | None = None
    error: IngestError | None = None


def prepare_all(
    files: Sequence[File],
    *,
    encoder: Encoder,
    encoder_name: str | None,
    workers: int | None,
    in_place_bytes: int,
    stop: Stop = lambda: False,
) -> Iterator[Outcome]:
    """Prepares files, largest first, and yields each as it is done; ends early when told to ``stop``.

    Text files that weigh less than ``in_place_bytes`` together are read in this process. All others are read in workers
    with bounded memory; a worker that dies takes its file with it, named as the error, and the others go on.
    """
    sizes = {file: _size(file.path) for file in files}
    if sum(sizes.values()) < in_place_bytes and not any(map(_needs_worker, files)):
        yield from (_prepare(file, encoder) for file in files if not stop())
        return
    queue = sorted(files, key=lambda file: (-sizes[file], file.path))
    yield from _in_pool(queue, encoder_name, min(workers or os.cpu_count() or 1, len(queue)), stop)


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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _prepare(file: File, encoder: Encoder) -> Outcome:
    try:
        document = read(file.path, name=file.name)
        document = replace(document, metadata=overridden(document.metadata, file.about))
        packed = pack_document(document, split(document), encoder, source=file.source)
        return Outcome(file, Prepared(document.name, document.warnings, packed))
    except IngestError as error:
        return Outcome(file, error=error)
    except MemoryError:
        limit = _MEMORY_PER_WORKER >> 30
        message = f"{file.name}: reading it takes more than {limit} GiB of memory; split the file and add the parts"
        return Outcome(file, error=DocumentTooLarge(message))
    except Exception as error:  # noqa: BLE001  # whatever a reader did not foresee is this file's failure alone
        place = traceback.extract_tb(error.__traceback__)[-1]
        cause = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
        message = f"{file.name}: its reader failed ({cause}), which is a fault of SinkQA; save it in another format"
        return Outcome(file, error=ReaderFailed(message))


def _in_pool(queue: list[File], encoder_name: str | None, workers: int, stop: Stop) -> Iterator[Outcome]:
    """Runs ``queue`` through a pool; after a crash, each file then in flight is tried once more, alone."""
    suspects: list[File] = []
    waiting = list(reversed(queue))
    while waiting:
        running: dict[Future[Outcome], File] = {}
        with _pool(encoder_name, workers) as pool:
            try:
                while waiting or running:
                    while waiting and len(running) < workers * _AHEAD:
                        file = waiting.pop()
                        running[_submit(pool, file)] = file
                    for future in _first_done(pool, running, stop):
                        outcome = future.result()
                        del running[future]
                        yield outcome
                    if stop():
                        return
            except BrokenProcessPool:
                suspects.extend(running.values())
    for file in suspects:
        with _pool(encoder_name, 1) as pool:
            try:
                yield from (future.result() for future in _first_done(pool, [_submit(pool, file)], stop))
            except BrokenProcessPool:
                message = f"{file.name}: reading it crashed the reader; the file is damaged, open and save it anew"
                yield Outcome(file, error=UnreadableDocument(message))


def _first_done(pool: ProcessPoolExecutor, running: Collection[Future[Outcome]], stop: Stop) -> set[Future[Outcome]]:
    """Whatever is done first; nothing when told to stop, which ends the workers."""
    while not stop():
        if done := wait(running, timeout=_GLANCE_S, return_when=FIRST_COMPLETED).done:
            return done
    kill(pool)
    return set()


def kill(pool: ProcessPoolExecutor) -> None:
    """Ends the workers of a pool, whatever they do just now; what was asked of them breaks."""
    for worker in [*(pool._processes or {}).values()]:  # Python 3.14 has a public way
        worker.kill()


def _submit(pool: ProcessPoolExecutor, file: File) -> Future[Outcome]:
    with nameless_main():
        return pool.submit(_work, file)


def nursery() -> ForkServerContext:
    """Where worker processes come from: forked from a clean one that has imported all they need once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_PRELOADED, *(known.module for known in FORMATS.values())])
    return context


@contextmanager
def _pool(encoder_name: str | None, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Workers; an interruption waits for none."""
    pool = ProcessPoolExecutor(workers, mp_context=nursery(), initializer=_start, initargs=(encoder_name,))
    interrupted = False
    try:
        yield pool
    except GeneratorExit:
        interrupted = True
        kill(pool)
        raise
    except KeyboardInterrupt:
        interrupted = True
        for worker in multiprocessing.active_children():  # one that just starts has not learnt of Ctrl-C yet
            worker.kill()
        raise
    finally:
        pool.shutdown(wait=not interrupted, cancel_futures=interrupted)


_starting = threading.Lock()


@contextmanager
def nameless_main() -> Iterator[None]:
    """Inside, workers that start run nothing of the program that started them: they would import all of it again."""
    with _starting:
        main = sys.modules["__main__"]
        sys.modules["__main__"] = ModuleType("__main__")
        try:
            yield
        finally:
            sys.modules["__main__"] = main


_encoder: Encoder | None = None  # one for each worker process, loaded when it starts


def _start(encoder_name: str | None) -> None:
    global _encoder
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches every process: end at once and without a traceback
    threading.Thread(target=end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_PER_WORKER, _MEMORY_PER_WORKER))
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # each worker has a core of its own
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    _encoder = load_encoder(encoder_name)


def end_with(parent: BaseProcess | None) -> None:
    """Ends this worker when the process that asked for it has ended, however it did, instead of waiting for work."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(file: File) -> Outcome:
    assert _encoder is not None  # set by _start, before any work
    return _prepare(file, _encoder)
