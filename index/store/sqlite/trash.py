"""Recently deleted documents, which are kept completely until their time is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sinkqa.index.errors import DocumentNotFound, LibraryDamaged, LibraryFormatMismatch
from sinkqa.index.store.documents.catalogue import DocumentRecord, records
from sinkqa.index.store.documents.kept import Kept
from sinkqa.index.store.sqlite.connection import opened_to_copy
from sinkqa.index.store.sqlite.renewing import upgrade
from sinkqa.index.store.sqlite.schema import create_store
from sinkqa.index.store.sqlite.store import SqliteStore

TRASH_FILE = "trash.sqlite"


class Trash:
    """A store beside the library's that holds the rows of deleted documents. There "added" means deleted.

    It keeps rows, not only the file, so that restoring needs no reading, cannot fail because of the file, and gives the
    same passages. To delete or restore, the caller holds the library's write lock.
    """

    def __init__(self, folder: Path, *, encoder: str) -> None:
        self._path, self._encoder = folder / TRASH_FILE, encoder

    def keep(self, kept: Kept) -> None:
        """Stores a document of the library; durable on return."""
        with self._opened() as store, store.writing():
            store.put_kept(kept)

    def held(self, doc_id: str) -> Kept:
        """Returns a document in its state at deletion.

        Raises:
            DocumentNotFound: it was never deleted here, or its time is over.
        """
        if self._path.is_file():
            with self._opened() as store, store.reading():
                if any(record.doc_id == doc_id for record in store.records()):
                    return store.kept(doc_id)
        raise DocumentNotFound(f"no deleted document {doc_id[:80]!r}: its time is over, or it is back; add it again")

    def empty(self, *, older_than_s: float, doc_id: str | None = None) -> None:
        """Erases documents that were deleted longer ago than this, or one document. No data of them stays on disk."""
        if not self._path.is_file():
            return
        before = (datetime.now(UTC) - timedelta(seconds=older_than_s)).isoformat(timespec="seconds")
        with self._opened() as store:
            with store.writing():
                for record in store.records():
                    if record.added_at <= before and doc_id in (None, record.doc_id):
                        store.remove(record.doc_id)
            store.truncate_log()

    @contextmanager
    def _opened(self) -> Iterator[SqliteStore]:
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

    def _open(self) -> SqliteStore:
        create_store(self._path, encoder=self._encoder)
        upgrade(self._path)
        store = SqliteStore(self._path, lock_timeout_s=None)
        if store.meta("encoder") != self._encoder:
            store.close()
            raise LibraryFormatMismatch(f"{self._path} holds vectors of another encoder")
        return store


def trashed(folder: Path) -> list[DocumentRecord]:
    """Returns the deleted documents of the library in a folder that are still kept.

    ``added_at`` is the time of deletion. Writes nothing.
    """
    if not (folder / TRASH_FILE).is_file():
        return []
    with closing(opened_to_copy(folder / TRASH_FILE)) as connection:
        return records(connection)
