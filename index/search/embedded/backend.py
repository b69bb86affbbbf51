"""The embedded search indexes, in files beside the store."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import weakref
from pathlib import Path

import numpy as np

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.errors import DiskFull, LibraryBusy, LibraryReadOnly, SearchIndexDamaged
from sinkqa.index.search.backend import Recall
from sinkqa.index.search.embedded.derived import Update, publish
from sinkqa.index.search.embedded.manifest import read_manifest
from sinkqa.index.search.embedded.searcher import LocalSearcher
from sinkqa.index.search.embedded.snapshot import Snapshot
from sinkqa.index.store.documents.serialization import unpack_vectors
from sinkqa.index.store.sqlite.store import SqliteStore

_FIRST_BUILD_WAIT_S = 60.0
_PUBLISH_WAIT_S, _POLL_S = 2.0, 0.02
_SAMPLE = 10_000  # vectors that say where the centre of all is


class LocalBackend:
    """Segments in files beside the store (see ``index.search.embedded.derived``)."""

    def __init__(self, store: SqliteStore, *, encoder: str, dim: int) -> None:
        self._store, self._encoder, self._dim = store, encoder, dim
        self._library = store.path.parent
        self._derived = self._library / "derived"
        self._scratch: Path | None = None
        self._is_aside = store.read_only
        self._snapshot: Snapshot | None = None
        self._lock = threading.RLock()

    def searcher(self) -> LocalSearcher:
        """Returns a searcher of the newest searchable generation. Builds it unless a writer is at work.

        While a writer is at work, an older generation serves. If passages of that generation were replaced, hits would
        be lost; then the writer gets a moment to publish.
        """
        return LocalSearcher(self._current(), self._store)

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
        """Updates the indexes to the store's generation; with ``anew``, from scratch.

        The caller holds the write lock.
        """
        with self._lock:
            base = None if anew else self._newest()
            with self._store.reading():
                generation = self._store.generation
                if base and (base.manifest.encoder != self._encoder or base.generation > generation):
                    base = None
                if base and base.generation == generation:
                    return
                changes = self._store.changes(base.generation) if base else None
                if changes is None:
                    base, changes = None, self._store.changes(None)
                if changes is None:  # a store can always list its changes since nothing
                    raise RuntimeError("the store cannot say what it holds")
                added = changes.added
                update = Update(
                    changes.generation,
                    self._encoder,
                    self._dim,
                    changes.removed,
                    len(added),
                    self._store.features(added),
                    lambda: self._sample(added if base is None else np.concatenate((base.rows(), added))),
                )
                try:
                    manifest = publish(self._folder(), update, base=base)
                except SearchIndexDamaged:
                    if base is None:
                        raise
                    return self.sync(anew=True)
            self._snapshot = Snapshot(self._folder(), manifest, before=base)

    def problems(self) -> list[str]:
        """Returns files that are missing, damaged or out of date, one line each; empty if all is well."""
        with self._store.reading():
            generation = self._store.generation
            if generation == 0:  # nothing was ever stored, so there is nothing to index
                return []
            try:
                snapshot = self._verified()
            except SearchIndexDamaged as error:
                return [f"search index: {error}"]
            manifest = snapshot.manifest
            if (manifest.generation, manifest.encoder) != (generation, self._encoder):
                return [
                    f"search index: generation {manifest.generation} by encoder {manifest.encoder}, "
                    f"expected {generation} by {self._encoder}"
                ]
            changes, indexed = self._store.changes(None), snapshot.rows()
        if changes is None or np.array_equal(changes.added, indexed):
            return []
        return [f"search index: {len(indexed)} passages, the store has {len(changes.added)}"]

    def _verified(self) -> Snapshot:
        """The published snapshot, after comparing every byte with its checksum."""
        snapshot = Snapshot(self._folder(), read_manifest(self._folder()))
        for piece in snapshot.pieces:
            piece.segment.verify(piece.entry.crc)
        return snapshot

    def _sample(self, rows: Rows) -> Floats:
        """Vectors of some of the rows, float32, (n, dim)."""
        some = self._store.features(rows[:: -(-len(rows) // _SAMPLE)])
        return unpack_vectors([each.vector for each in some], self._dim)

    def recall(self) -> Recall | None:
        """Measures recall as in :class:`SearchBackend`, for the published generation. Rebuilds nothing for it."""
        with self._lock:
            snapshot = self._newest()
        if snapshot is None or not snapshot.n_alive:
            return None
        with snapshot.used():
            return snapshot.dense.recall()

    def _newest(self) -> Snapshot | None:
        """The published snapshot, opened; None if it cannot be trusted. A writer may swap it meanwhile."""
        for _ in range(3):
            try:
                manifest = read_manifest(self._folder())
                if self._snapshot is None or self._snapshot.manifest != manifest or self._snapshot.is_damaged:
                    self._snapshot = Snapshot(self._folder(), manifest, before=self._snapshot)
                return self._snapshot
            except SearchIndexDamaged:
                continue
        return None

    def _replayed(self, snapshot: Snapshot | None) -> Snapshot:
        """Finishes what a killed writer left undone. If another writer is at work, the older snapshot serves on."""
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
        """Whether the snapshot holds rows that the store no longer has."""
        changes = self._store.changes(snapshot.generation)
        return changes is None or bool(len(changes.removed))

    def _folder(self) -> Path:
        """The folder of derived files. If the library cannot be written to, or not now, a copy that can be."""
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
