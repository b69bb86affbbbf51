"""A store in one SQLite file, whose generation counts every change."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

from sinkqa.index.errors import (
    DiskFull,
    LibraryBusy,
    LibraryError,
    LibraryFormatMismatch,
    LibraryNotFound,
    LibraryReadOnly,
    LibraryUnreadable,
)
from sinkqa.index.store.history import last_row, note_generation
from sinkqa.index.store.sql_store import SqlStore
from sinkqa.index.store.sqlite.connection import ALONE, SqliteConnection, log_size, opened, stands
from sinkqa.index.store.sqlite.lock import write_lock
from sinkqa.index.store.sqlite.renewing import is_upgradable, upgrade
from sinkqa.index.store.sqlite.schema import APPLICATION_ID, STORE_FORMAT, UPGRADABLE, begin_store
from sinkqa.index.store.writing import Transaction

STORE_FILE = "library.sqlite"

_Stamp = tuple[int, ...]


class _ThreadConnection:
    """A connection that is closed when the thread that holds it ends: servers outlive their threads.

    ``stamp`` is that of a file opened as immutable; None for any other.
    """

    def __init__(self, connection: SqliteConnection, stamp: _Stamp | None) -> None:
        self.connection, self.stamp = connection, stamp
        weakref.finalize(self, connection.close).atexit = False


class SqliteStore(SqlStore):
    """Connections to one SQLite file. Each thread has its own, so reads never wait for each other.

    One writer at a time, across processes, holds a lock in the file's folder. ``lock_timeout_s``: how long to wait for
    it; None for a file that another lock protects.

    Raises:
        LibraryNotFound: there is no such file.
        LibraryFormatMismatch: the file has another format, or is not a library.
        LibraryDamaged: SQLite cannot read it.
        LibraryUnreadable, DiskFull: the system does not let it be opened; it may be undamaged.
    """

    def __init__(self, path: Path, *, read_only: bool = False, lock_timeout_s: float | None = 30.0) -> None:
        super().__init__()
        if not stands(path):
            raise LibraryNotFound(
                f"no library in {path.parent}: expected {path.name} there; "
                "name another folder or add a document to begin one"
            )
        self.path, self.read_only = path, read_only
        self._lock_timeout_s = lock_timeout_s
        self._local = threading.local()
        self._held: WeakSet[_ThreadConnection] = WeakSet()
        self._lock = threading.Lock()
        try:
            self._check_format()
        except LibraryError:
            self.close()
            raise

    @classmethod
    def open(cls, folder: Path, *, create: bool, encoder: str, lock_timeout_s: float) -> SqliteStore:
        """Opens the store in a folder and upgrades it to today's format if it can be written to.

        ``create`` makes one for vectors of ``encoder`` if there is none.

        Raises:
            LibraryReadOnly, DiskFull: a store that must be created or upgraded cannot be written.
            LibraryBusy: another process is writing there.
        """
        path = folder / STORE_FILE
        if create and not stands(path):
            begin_store(path, encoder=encoder, lock_timeout_s=lock_timeout_s)
        writable = os.access(folder, os.W_OK) and os.access(path, os.W_OK)
        if writable and is_upgradable(path):
            with write_lock(folder, timeout_s=lock_timeout_s):
                upgrade(path)
        return cls(path, read_only=stands(path) and not writable, lock_timeout_s=lock_timeout_s)

    @property
    def where(self) -> str:
        """The path of the folder."""
        return str(self.path.parent)

    @property
    def connection(self) -> SqliteConnection:
        """This thread's connection, in autocommit mode."""
        held: _ThreadConnection | None = getattr(self._local, "held", None)
        if held is None or (held.stamp and held.stamp != self._stamp() and not held.connection.in_transaction):
            before, held = held, self._connect()
            if before:
                before.connection.close()
            self._local.held = held
            with self._lock:
                self._held.add(held)
        return held.connection

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One unchanging view of the store for all statements inside. Within another reading, the same view."""
        connection = self.connection
        if connection.in_transaction:
            yield
            return
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT 1 FROM meta").fetchone()  # the view is that of the first read
            yield
            if self._local.held.stamp not in (None, self._stamp()):
                raise LibraryBusy(f"{self.path} was changed while it was read: do it again")
        finally:
            _leave(connection)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, durable when left without an error. The generation rises if anything changed."""
        with self.alone():
            connection = self._writable()
            connection.execute("BEGIN IMMEDIATE")
            try:
                before, after = connection.total_changes, self.generation + 1
                self._open.transaction = Transaction(connection, after, lambda count: last_row(connection) + 1)
                yield
                if connection.total_changes > before:
                    self.set_meta("generation", str(after))
                    note_generation(connection, after)
                connection.execute("COMMIT")
            finally:
                self._open.transaction = None
                _leave(connection)

    @contextmanager
    def alone(self, *, timeout_s: float | None = None) -> Iterator[None]:
        """The lock in the folder. Within another one of this thread, the same.

        Raises:
            LibraryBusy, LibraryReadOnly, DiskFull: see their names.
        """
        if self.read_only:
            raise LibraryReadOnly(f"cannot write to {self.where}: change its permissions, or copy it")
        if self._lock_timeout_s is None or getattr(self._open, "is_alone", False):
            yield
            return
        with write_lock(self.path.parent, timeout_s=self._lock_timeout_s if timeout_s is None else timeout_s):
            self._open.is_alone = True
            try:
                yield
            finally:
                self._open.is_alone = False

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for held in self._held:
                held.connection.close()
        self._local = threading.local()

    def truncate_log(self) -> None:
        """Writes the log beside the file into it and empties it, so that no deleted data stays there."""
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def database_damages(self) -> Iterator[str]:
        """Damage that SQLite finds in the file, and rows whose counterparts are missing."""
        for (message,) in self.connection.execute("PRAGMA integrity_check(20)"):
            if message != "ok":
                yield str(message)
        for row in self.connection.execute("PRAGMA foreign_key_check"):
            yield f"row without its owner in {row[0]}"

    def _writable(self) -> SqliteConnection:
        """This thread's connection, opened again if it had opened the file as immutable."""
        connection = self.connection
        if self._local.held.stamp is None:
            return connection
        held = _ThreadConnection(opened(self.path, "mode=rw"), None)  # where that fails, this thread reads on
        connection.close()
        self._local.held = held
        with self._lock:
            self._held.add(held)
        return held.connection

    def _connect(self) -> _ThreadConnection:
        """Opens a connection. If SQLite cannot keep the log's index beside the file, only the file itself is read.

        That happens on read-only media and full disks. A writer begins a log first, so the stamp shows whether the file
        is still the same.
        """
        try:
            if not self.read_only or log_size(self.path):
                return _ThreadConnection(opened(self.path, "mode=ro" if self.read_only else "mode=rw"), None)
        except (DiskFull, LibraryReadOnly, LibraryUnreadable):
            if log_size(self.path):  # what was committed last is in there
                raise
        stamp = self._stamp()
        return _ThreadConnection(opened(self.path, ALONE), stamp)

    def _stamp(self) -> _Stamp:
        """Changes whenever anybody has written to the file or begins to."""
        try:
            status = self.path.stat()
        except OSError:
            return (0,)
        return status.st_ino, status.st_size, status.st_mtime_ns, log_size(self.path)

    def _check_format(self) -> None:
        (application,) = self.connection.execute("PRAGMA application_id").fetchone()
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise LibraryFormatMismatch(f"{self.path} is not a SinkQA library; name another folder")
        if version != STORE_FORMAT:
            renewable = "open it once where it can be written to, " if version in UPGRADABLE else ""
            raise LibraryFormatMismatch(
                f"the library {self.path} has format {version}, this SinkQA reads format {STORE_FORMAT}: "
                f"{renewable}use the version that wrote it, or add its documents to a new library"
            )
        self.check_made_by()


def _leave(connection: SqliteConnection) -> None:
    """Ends a transaction that has not ended. Damage and a full disk end it themselves."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
