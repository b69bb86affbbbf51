"""Files into documents, passages and vectors: in worker processes, so that no file can take the library down."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType

from index.encoder import Encoder, load_encoder
from index.packed import Packed, pack_document
from ingest.errors import DocumentTooLarge, IngestError, UnreadableDocument
from ingest.readers import FORMATS, read
from ingest.splitting import split

_MEMORY_PER_WORKER = 4 << 30  # bytes a reader may allocate: a hostile file must not take the machine down
_AHEAD = 2  # files in flight for each worker: keeps every core busy and memory bounded
_GARBAGE = 100_000  # records hold no cycles: looking for some every 700 of them costs a tenth of the time
_PRELOADED = ("rjieba", "sentencex", "tantivy", "tokenizers")
_IN_PLACE_BYTES = 1_000_000  # below this, reading here is faster than starting processes


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file ready to be stored, and what its reader has to say."""

    name: str
    warnings: tuple[str, ...]
    packed: Packed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: either ``prepared`` or the ``error`` that kept it out."""

    path: Path
    prepared: Prepared | None = None
    error: IngestError | None = None


def prepare_all(
    paths: Sequence[Path], *, encoder: Encoder, encoder_name: str | None, workers: int | None
) -> Iterator[Outcome]:
    """Prepares files, largest first, and yields each as it is done.

    Text files of little weight are read in this process. All others are read in workers with bounded memory; a worker
    that dies takes its file with it, named as the error, and the others go on.
    """
    if not any(_needs_worker(path) for path in paths) and sum(map(_size, paths)) < _IN_PLACE_BYTES:
        yield from (_prepare(path, encoder) for path in paths)
        return
    queue = sorted(paths, key=lambda path: (-_size(path), path))
    yield from _in_pool(queue, encoder_name, min(workers or os.cpu_count() or 1, len(queue)))


def _needs_worker(path: Path) -> bool:
    """PDF and DOCX go through native code that damaged files can crash."""
    return path.suffix.lower() not in {".txt", ".md", ".markdown", ".text"}


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _prepare(path: Path, encoder: Encoder) -> Outcome:
    try:
        document = read(path)
        packed = pack_document(document, split(document), encoder, source=str(path.resolve()))
        return Outcome(path, Prepared(document.name, document.warnings, packed))
    except IngestError as error:
        return Outcome(path, error=error)
    except MemoryError:
        limit = _MEMORY_PER_WORKER >> 30
        message = f"{path.name}: reading it takes more than {limit} GiB of memory; split the file and add the parts"
        return Outcome(path, error=DocumentTooLarge(message))


def _in_pool(queue: list[Path], encoder_name: str | None, workers: int) -> Iterator[Outcome]:
    """Runs ``queue`` through a pool; after a crash, each file then in flight is tried once more, alone."""
    suspects: list[Path] = []
    waiting = list(reversed(queue))
    while waiting:
        running: dict[Future[Outcome], Path] = {}
        with _pool(encoder_name, workers) as pool:
            try:
                while waiting or running:
                    while waiting and len(running) < workers * _AHEAD:
                        path = waiting.pop()
                        running[_submit(pool, path)] = path
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        outcome = future.result()
                        del running[future]
                        yield outcome
            except BrokenProcessPool:
                suspects.extend(running.values())
    for path in suspects:
        with _pool(encoder_name, 1) as pool:
            try:
                yield _submit(pool, path).result()
            except BrokenProcessPool:
                message = f"{path.name}: reading it crashed the reader; the file is damaged, open and save it anew"
                yield Outcome(path, error=UnreadableDocument(message))


def _submit(pool: ProcessPoolExecutor, path: Path) -> Future[Outcome]:
    with _nameless_main():
        return pool.submit(_work, path)


@contextmanager
def _pool(encoder_name: str | None, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Workers forked from a clean process that has imported all they need once; an interruption waits for none."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, *_PRELOADED, *(known.module for known in FORMATS.values())])
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(encoder_name,))
    interrupted = False
    try:
        yield pool
    except (KeyboardInterrupt, GeneratorExit):
        interrupted = True
        for worker in multiprocessing.active_children():  # one that just starts has not learnt of Ctrl-C yet
            worker.kill()
        raise
    finally:
        pool.shutdown(wait=not interrupted, cancel_futures=interrupted)


@contextmanager
def _nameless_main() -> Iterator[None]:
    """Inside, workers that start run nothing of the program that started them: they would import all of it again."""
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
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY_PER_WORKER, _MEMORY_PER_WORKER))
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # each worker has a core of its own
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    _encoder = load_encoder(encoder_name)


def _end_with(parent: BaseProcess | None) -> None:
    """Ends this worker when the process that asked for it has ended, however it did, instead of waiting for work."""
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(path: Path) -> Outcome:
    assert _encoder is not None  # set by _start, before any work
    return _prepare(path, _encoder)
