"""Storing step of the flow: documents deleted of late, kept whole until their time is over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from index.errors import DocumentNotFound, LibraryDamaged, LibraryFormatMismatch
from index.store import catalogue
from index.store.kept import Kept, read_kept
from index.store.renewing import upgrade
from index.store.sqlite import Store, create_store

TRASH_FILE = "trash.sqlite"


class Trash:
    """A store beside the library's that holds the rows of what was deleted; there, "added" means deleted.

    Rows and not only the file, so that putting it back takes no reading, cannot fail for the file's sake, and gives
    the same passages. Whoever deletes or puts back holds the library's write lock.
    """

    def __init__(self, folder: Path, *, encoder: str) -> None:
        self._path, self._encoder = folder / TRASH_FILE, encoder

    def keep(self, connection: sqlite3.Connection, doc_id: str) -> None:
        """Copies a document of the library; durable on return."""
        with self._opened() as store, store.writing() as trash:
            catalogue.delete_named(trash, doc_id, generation=store.generation + 1)
            kept = read_kept(connection, doc_id, self._encoder)
            doc = catalogue.insert_document(trash, kept.packed, generation=store.generation)
            trash.executemany("INSERT INTO sources VALUES (?, ?)", [(source, doc) for source in kept.sources])

    def held(self, doc_id: str) -> Kept:
        """A document as it was.

        Raises:
            DocumentNotFound: it was never deleted here, or its time is over.
        """
        if self._path.is_file():
            with self._opened() as store, store.reading() as trash:
                if trash.execute("SELECT 1 FROM documents WHERE doc_id = ?", (doc_id,)).fetchone():
                    return read_kept(trash, doc_id, self._encoder)
        raise DocumentNotFound(f"no deleted document {doc_id[:80]!r}: its time is over, or it is back; add it again")

    def empty(self, *, older_than_s: float, doc_id: str | None = None) -> None:
        """Drops what was deleted longer ago than this, or one document of it; nothing of it stays on disk."""
        if not self._path.is_file():
            return
        before = (datetime.now(UTC) - timedelta(seconds=older_than_s)).isoformat(timespec="seconds")
        with self._opened() as store:
            with store.writing() as trash:
                trash.execute(
                    "DELETE FROM documents WHERE added_at <= ? AND doc_id = coalesce(?, doc_id)", (before, doc_id)
                )
            store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _opened(self) -> Iterator[Store]:
        try:
            store = self._open()
        except (LibraryFormatMismatch, LibraryDamaged):  # by another version or encoder: it could not be put back
            for ending in ("", "-wal", "-shm"):
                self._path.with_name(self._path.name + ending).unlink(missing_ok=True)
            store = self._open()
        try:
            yield store
        finally:
            store.close()

    def _open(self) -> Store:
        create_store(self._path, encoder=self._encoder)
        upgrade(self._path)
        store = Store(self._path)
        if store.meta("encoder") != self._encoder:
            store.close()
            raise LibraryFormatMismatch(f"{self._path} holds vectors of another encoder")
        return store
