"""Retrieval step of the flow: the embedded search indexes, in files beside the store."""

from __future__ import annotations

import shutil
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.arrays import Rows
from index.errors import DiskFull, LibraryBusy, LibraryReadOnly, SearchIndexDamaged
from index.search.backend import Recall
from index.search.dense import Added
from index.search.derived import Changes, Snapshot, publish, read_manifest, verify
from index.search.lexical import LexicalEntry
from index.search.rows import KnownRows
from index.search.searcher import LocalSearcher
from index.store.columns import unpack_halves, unpack_terms
from index.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

REBUILD_BELOW = 20_000  # passages; a removal from a smaller library builds anew, so scores are exact at once
_STALE_SHARE = 0.1  # of a larger one: rows that may be gone but still count in BM25's statistics
_FIRST_BUILD_WAIT_S = 60.0
_PUBLISH_WAIT_S, _POLL_S = 2.0, 0.02
_VECTORS_AT_ONCE = 4_000


class LocalBackend:
    """Tantivy and FAISS in files beside the store (see :mod:`index.search.derived`)."""

    def __init__(self, store: SqliteStore, *, encoder: str, dim: int) -> None:
        self._store, self._encoder, self._dim = store, encoder, dim
        self._library = store.path.parent
        self._derived = self._library / "derived"
        self._scratch: Path | None = None
        self._is_aside = store.read_only
        self._snapshot: Snapshot | None = None
        self._lock = threading.RLock()
        self._known = KnownRows()

    def searcher(self) -> LocalSearcher:
        """The newest generation that can be searched; builds it where no writer is at work to do so.

        An older one serves meanwhile, but where passages that it holds were replaced, a hit would be lost: then the
        writer has a moment to publish.
        """
        return LocalSearcher(self._current(), self._store, self._known)

    def _current(self) -> Snapshot:
        generation = self._store.generation
        snapshot = self._snapshot
        if snapshot is not None and snapshot.generation == generation and not snapshot.is_damaged:
            return snapshot
        until = time.monotonic() + _PUBLISH_WAIT_S
        while True:
            with self._lock:  # never held while waiting: the writer needs it to publish
                snapshot = self._newest()
                if snapshot is None or snapshot.generation != generation:
                    snapshot = self._replayed(snapshot)
            if snapshot.generation >= generation or time.monotonic() > until or not self._is_holed(snapshot):
                return snapshot
            time.sleep(_POLL_S)

    def sync(self, *, anew: bool = False) -> None:
        """Brings the indexes to the store's generation, from nothing if ``anew``; the caller holds the write lock."""
        with self._lock:
            base = None if anew else self._newest()
            with self._store.reading():
                generation = self._store.generation
                if base is not None and base.generation == generation:
                    return
                stored = self._stored()
                base = self._usable(base, stored, generation)
                known = np.zeros(0, np.int64) if base is None else base.rows
                rows = np.setdiff1d(stored, known, assume_unique=True)
                removed = np.setdiff1d(known, stored, assume_unique=True)
                added = Added(self._dim, self._languages(rows), self._vectors(rows))
                changes = Changes(generation, self._encoder, removed, rows, self._entries(rows), added)
                try:
                    manifest = publish(self._folder(), changes, base=base)
                except SearchIndexDamaged:
                    return self.sync(anew=True)
            self._snapshot = Snapshot(self._folder(), manifest)
            return None

    def problems(self) -> list[str]:
        """What is missing, damaged or behind, one line each; empty when all is well."""
        generation = self._store.generation
        if generation == 0:  # nothing was ever stored, so there is nothing to index
            return []
        try:
            manifest = read_manifest(self._folder())
            verify(self._folder() / manifest.folder, manifest)
        except SearchIndexDamaged as error:
            return [f"search index: {error}"]
        if (manifest.generation, manifest.encoder) != (generation, self._encoder):
            return [
                f"search index: generation {manifest.generation} by encoder {manifest.encoder}, "
                f"expected {generation} by {self._encoder}"
            ]
        stored = self._stored().tolist()
        try:
            indexed = np.load(self._folder() / manifest.folder / "rows.npy").tolist()
        except (OSError, ValueError) as error:
            return [f"search index: {error}"]
        return [] if stored == indexed else [f"search index: {len(indexed)} passages, the store has {len(stored)}"]

    def recall(self) -> Recall | None:
        """As in :class:`SearchBackend`, of what is published; nothing is made anew for it."""
        with self._lock:
            snapshot = self._newest()
        return snapshot.recall() if snapshot else None

    def _newest(self) -> Snapshot | None:
        """The published snapshot, opened; None where it cannot be trusted. A writer may swap it meanwhile."""
        for _ in range(3):
            try:
                manifest = read_manifest(self._folder())
                if self._snapshot is None or self._snapshot.manifest != manifest or self._snapshot.is_damaged:
                    self._snapshot = Snapshot(self._folder(), manifest)
                return self._snapshot
            except SearchIndexDamaged:
                continue
        return None

    def _replayed(self, snapshot: Snapshot | None) -> Snapshot:
        """Does what a killed writer left undone, unless one is at work; then the older snapshot serves on."""
        try:
            if self._is_aside:
                self.sync()
            else:
                with self._store.alone(timeout_s=0.0 if snapshot else _FIRST_BUILD_WAIT_S):
                    self.sync()
        except LibraryBusy:
            if snapshot is None:
                raise
        except (DiskFull, LibraryReadOnly):
            if self._is_aside:
                raise
            self._is_aside = True
            self.sync()
        current = self._snapshot or snapshot
        if current is None:  # sync publishes a snapshot or raises
            raise RuntimeError("the search indexes were not built")
        return current

    def _is_holed(self, snapshot: Snapshot) -> bool:
        """Whether the store has no longer all that a snapshot holds."""
        changes = self._store.changes(snapshot.generation)
        return changes is None or bool(len(changes.removed))

    def _stored(self) -> Rows:
        """All rows of the store, ascending."""
        changes = self._store.changes(None)
        return np.zeros(0, np.int64) if changes is None else changes.added

    def _usable(self, base: Snapshot | None, stored: Rows, generation: int) -> Snapshot | None:
        """The snapshot to build upon, or None where building from nothing is right or better."""
        if base is None or base.manifest.encoder != self._encoder or base.generation > generation:
            return None
        gone = base.manifest.stale + np.count_nonzero(~np.isin(base.rows, stored))
        few = 0 if len(stored) <= REBUILD_BELOW else _STALE_SHARE * len(stored)
        return None if gone > few else base

    def _folder(self) -> Path:
        """Where derived files are; for a library that cannot be written to, or not now, a copy that can."""
        if not self._is_aside:
            return self._derived
        if self._scratch is None:
            try:
                scratch = Path(tempfile.mkdtemp(prefix="sinkqa-"))
                weakref.finalize(self, shutil.rmtree, scratch, ignore_errors=True)
                if self._derived.is_dir():
                    shutil.copytree(self._derived, scratch, dirs_exist_ok=True)
                    for path in (scratch, *scratch.rglob("*")):
                        path.chmod(0o700)  # the copy has the permissions of what could not be written to
            except OSError as error:
                raise DiskFull(
                    f"no room for a search index, neither in {self._library} nor in {tempfile.gettempdir()}: {error}; "
                    "make some, or set TMPDIR to a folder that has it"
                ) from error
            self._scratch = scratch
        return self._scratch

    def _entries(self, rows: Rows) -> Iterator[LexicalEntry]:
        return (LexicalEntry(each.row, unpack_terms(each.terms)) for each in self._store.features(rows))

    def _languages(self, rows: Rows) -> list[str]:
        return [sys.intern(each.language) for each in self._store.features(rows)]

    def _vectors(self, rows: Rows) -> Iterator[NDArray[np.float16]]:
        for start in range(0, len(rows), _VECTORS_AT_ONCE):
            part = self._store.features(rows[start : start + _VECTORS_AT_ONCE])
            yield unpack_halves([each.vector for each in part], self._dim)
