"""Storing step of the flow: one SQLite file is the only truth, and its generation counts every change."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from weakref import WeakSet

from index.arrays import Rows
from index.errors import (
    DiskFull,
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryFormatMismatch,
    LibraryNotFound,
    LibraryReadOnly,
    LibraryUnreadable,
)
from index.hit import Filters
from index.store.catalogue import allowed_rows
from index.store.connection import ALONE, Connection, as_named, connect, log_size, opened, stands
from index.store.history import HISTORY, changes_since, note_generation
from index.store.lock import write_lock
from index.store.rows import features_of, held_rows
from index.store.store import Changes, Features
from ingest.passage import SPLITTER_VERSION

STORE_FORMAT = 6
UPGRADABLE = (2, 3, 4, 5)  # what they lack, and terms in the search form of today, can be made from their texts
APPLICATION_ID = 0x534E4B51

_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc INTEGER PRIMARY KEY AUTOINCREMENT,
    doc_id TEXT NOT NULL UNIQUE,
    reading TEXT NOT NULL,       -- hash of what was read from the bytes: a better reader changes it
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    type TEXT NOT NULL,
    language TEXT,
    jurisdiction TEXT,
    year INTEGER,
    metadata TEXT NOT NULL,
    warnings TEXT NOT NULL,
    n_pages INTEGER NOT NULL,
    n_bytes INTEGER NOT NULL,
    text_sha256 TEXT NOT NULL,
    added_at TEXT NOT NULL,
    generation INTEGER NOT NULL,
    pages TEXT NOT NULL,
    front TEXT NOT NULL DEFAULT '["",[]]',  -- how its text opens, and its highest headings: what it goes by
    edited TEXT NOT NULL DEFAULT '{}',  -- the fields of metadata that were corrected, with what was read there
    text BLOB NOT NULL,
    boxes BLOB,
    content BLOB NOT NULL
);
CREATE TABLE sources (
    source TEXT PRIMARY KEY,
    doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX sources_of_document ON sources (doc);
CREATE TABLE passages (
    "row" INTEGER PRIMARY KEY,   -- never used twice: the derived indexes speak of rows
    passage_id TEXT NOT NULL UNIQUE,
    doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    position INTEGER NOT NULL,
    language TEXT NOT NULL,
    page_start INTEGER NOT NULL,
    page_end INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX passages_of_document ON passages (doc, position);
CREATE INDEX passages_by_language ON passages (doc, language);  -- filters need no more than this
CREATE TABLE features (
    "row" INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    terms BLOB NOT NULL,
    vector BLOB NOT NULL,
    tokens BLOB NOT NULL
);
"""
FRONT = """ALTER TABLE documents ADD COLUMN front TEXT NOT NULL DEFAULT '["",[]]'"""
EDITED = "ALTER TABLE documents ADD COLUMN edited TEXT NOT NULL DEFAULT '{}'"
STATEMENTS = """
CREATE TABLE statements (      -- what provisions state, by their kind, and of which term a definition is
    kind TEXT NOT NULL,
    term TEXT NOT NULL,        -- as ingest.provisions.defining.term_key gives it, or empty
    "row" INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    unit INTEGER NOT NULL,     -- its place in the passage
    PRIMARY KEY (kind, term, "row")
) WITHOUT ROWID;
CREATE INDEX statements_of_passage ON statements ("row");
"""


def create_store(path: Path, *, encoder: str) -> None:
    """Writes an empty store beside ``path`` and moves it there, unless one stands there; the caller holds the lock."""
    if stands(path):
        return
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)  # what a killed process left
    try:
        with closing(connect(aside, options="mode=rwc")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(
                f"BEGIN; {_SCHEMA} {STATEMENTS} {HISTORY} PRAGMA application_id = {APPLICATION_ID}; "
                f"PRAGMA user_version = {STORE_FORMAT}; COMMIT"
            )
            settings = {"generation": "0", "splitter": SPLITTER_VERSION, "encoder": encoder}
            connection.executemany("INSERT INTO meta VALUES (?, ?)", settings.items())
            note_generation(connection, 0)
        aside.rename(path)
    except sqlite3.DatabaseError as error:
        aside.unlink(missing_ok=True)
        raise as_named(error, path) or error from error
    except LibraryError:
        aside.unlink(missing_ok=True)
        raise


def begin_store(path: Path, *, encoder: str, lock_timeout_s: float) -> None:
    """:func:`create_store` in a folder that need not be there, alone at it.

    Raises:
        LibraryReadOnly, DiskFull: nothing can be written there.
        LibraryBusy: another process is writing there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_lock(path.parent, timeout_s=lock_timeout_s):
            create_store(path, encoder=encoder)
    except OSError as error:
        if isinstance(named := as_named(error, path), DiskFull):
            raise named from error
        raise LibraryReadOnly(f"cannot begin a library in {path.parent}: {error}; name another folder") from error


_Stamp = tuple[int, ...]


class _Held:
    """A connection that is closed when the thread that holds it ends: servers outlive their threads.

    ``stamp`` is that of a file which is read as one that nobody changes; None of any other.
    """

    def __init__(self, connection: Connection, stamp: _Stamp | None) -> None:
        self.connection, self.stamp = connection, stamp
        weakref.finalize(self, connection.close).atexit = False


class Store:
    """Connections to one SQLite file: each thread has its own, so that reads never wait for each other.

    Raises:
        LibraryNotFound: there is no such file.
        LibraryFormatMismatch: the file has another format, or is no library.
        LibraryDamaged: SQLite cannot read it.
        LibraryUnreadable, DiskFull: it may be well, but the system does not let it be opened.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if not stands(path):
            raise LibraryNotFound(
                f"no library in {path.parent}: expected {path.name} there; "
                "name another folder or add a document to begin one"
            )
        self.path, self.read_only = path, read_only
        self._local = threading.local()
        self._held: WeakSet[_Held] = WeakSet()
        self._lock = threading.Lock()
        try:
            self._check_format()
        except LibraryError:
            self.close()
            raise

    @property
    def connection(self) -> Connection:
        """This thread's connection, in autocommit mode."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is None or (held.stamp and held.stamp != self._stamp() and not held.connection.in_transaction):
            before, held = held, self._connect()
            if before:
                before.connection.close()
            self._local.held = held
            with self._lock:
                self._held.add(held)
        return held.connection

    @property
    def generation(self) -> int:
        """Number of changes ever committed."""
        found = self.meta("generation")
        if not found.isdecimal():
            raise LibraryDamaged(f"cannot read {self.path}: its generation is {found[:40]!r}; restore it from a copy")
        return int(found)

    def meta(self, name: str) -> str:
        """One value of the table of settings; LibraryDamaged where it is not there."""
        if (found := self.find_meta(name)) is None:
            raise LibraryDamaged(f"cannot read {self.path}: it has no {name}; restore it from a copy")
        return found

    def find_meta(self, name: str) -> str | None:
        """As :meth:`meta`; None where it was never set."""
        found = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])

    def set_meta(self, name: str, value: str) -> None:
        """Sets one value, inside the caller's transaction where there is one."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def rows(self, filters: Filters) -> Rows | None:
        """Rows of the passages that meet every condition, ascending; None where there is no condition."""
        return allowed_rows(self.connection, filters)

    def held(self, rows: Rows) -> Rows:
        """Those of the rows that are there, ascending."""
        return held_rows(self.connection, rows)

    def changes(self, since: int | None) -> Changes | None:
        """What changed after the generation ``since``; with None for it, everything is added.

        None where that generation is too long ago, or never was: then begin anew.
        """
        with self.reading() as connection:
            return changes_since(connection, since, generation=self.generation)

    def features(self, rows: Rows) -> Iterator[Features]:
        """What search needs of the rows, by row, ascending; rows that are gone are left out."""
        return features_of(self.connection, rows)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One unchanging view of the store for all statements inside; within another one, the same view."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT 1 FROM meta").fetchone()  # the view is that of the first read
            yield connection
            if self._local.held.stamp not in (None, self._stamp()):
                raise LibraryBusy(f"{self.path} was changed while it was read: do it again")
        finally:
            _leave(connection)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction, durable when it is left without an error; the generation grows in it if anything changed."""
        connection = self._writable()
        connection.execute("BEGIN IMMEDIATE")
        before = connection.total_changes
        try:
            yield connection
            if connection.total_changes > before:
                after = self.generation + 1
                self.set_meta("generation", str(after))
                note_generation(connection, after)
            connection.execute("COMMIT")
        finally:
            _leave(connection)

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for held in self._held:
                held.connection.close()
        self._local = threading.local()

    def _writable(self) -> Connection:
        """This thread's connection, opened anew where it took the file for one that nobody changes."""
        connection = self.connection
        if self._local.held.stamp is None:
            return connection
        held = _Held(opened(self.path, "mode=rw"), None)  # where that fails, this thread reads on
        connection.close()
        self._local.held = held
        with self._lock:
            self._held.add(held)
        return held.connection

    def _connect(self) -> _Held:
        """Where SQLite cannot keep its index of the log beside the file, nothing is read but the file itself.

        That is so on media that can only be read, and on full disks. Whoever writes begins a log first, so that the
        stamp tells whether the file is what it was.
        """
        try:
            if not self.read_only or log_size(self.path):
                return _Held(opened(self.path, "mode=ro" if self.read_only else "mode=rw"), None)
        except (DiskFull, LibraryReadOnly, LibraryUnreadable):
            if log_size(self.path):  # what was committed last is in there
                raise
        stamp = self._stamp()
        return _Held(opened(self.path, ALONE), stamp)

    def _stamp(self) -> _Stamp:
        """What differs once anybody has written to the file, or begins to."""
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
        if self.meta("splitter") != SPLITTER_VERSION:
            raise LibraryFormatMismatch(
                f"the passages in {self.path} were cut by splitter {self.meta('splitter')}, this SinkQA cuts by "
                f"{SPLITTER_VERSION}: add its documents to a new library"
            )


def _leave(connection: Connection) -> None:
    """Ends a transaction that has not ended; damage and a full disk end it themselves."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
