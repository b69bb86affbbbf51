"""Storing step of the flow: one SQLite file is the only truth, and its generation counts every change."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakSet

from index.errors import LibraryDamaged, LibraryFormatMismatch, LibraryNotFound, LibraryReadOnly
from index.lock import write_lock
from ingest.passage import SPLITTER_VERSION

STORE_FORMAT = 3
UPGRADABLE = 2  # lacks statements and fronts, which can be made from its passages and texts
APPLICATION_ID = 0x534E4B51
_BUSY_S = 30.0
_MOST_VARIABLES = 30_000  # SQLite takes 32 766 in one statement

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
    "row" INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: the derived indexes speak of rows
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
    if path.is_file():
        return
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)  # what a killed process left
    connection = sqlite3.connect(aside, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN; {_SCHEMA} {STATEMENTS} PRAGMA application_id = {APPLICATION_ID}; "
            f"PRAGMA user_version = {STORE_FORMAT}; COMMIT"
        )
        settings = {"generation": "0", "splitter": SPLITTER_VERSION, "encoder": encoder}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", settings.items())
    finally:
        connection.close()
    aside.rename(path)


def begin_store(path: Path, *, encoder: str, lock_timeout_s: float) -> None:
    """:func:`create_store` in a folder that need not be there, alone at it.

    Raises:
        LibraryReadOnly: nothing can be written there.
        LibraryBusy: another process is writing there.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with write_lock(path.parent, timeout_s=lock_timeout_s):
            create_store(path, encoder=encoder)
    except OSError as error:
        raise LibraryReadOnly(f"cannot begin a library in {path.parent}: {error}; name another folder") from error


class _Held:
    """A connection that is closed when the thread that holds it ends: servers outlive their threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        weakref.finalize(self, connection.close).atexit = False


class Store:
    """Connections to one SQLite file: each thread has its own, so that reads never wait for each other.

    Raises:
        LibraryNotFound: there is no such file.
        LibraryFormatMismatch: the file has another format, or is no library.
        LibraryDamaged: SQLite cannot read it.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        if not path.is_file():
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
        except sqlite3.DatabaseError as error:
            self.close()
            raise LibraryDamaged(
                f"cannot read {path}: {error}; restore it from a copy, or move it away and add the documents again"
            ) from error
        except LibraryFormatMismatch:
            self.close()
            raise

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit mode."""
        held: _Held | None = getattr(self._local, "held", None)
        if held is None:
            held = self._local.held = _Held(self._connect())
            with self._lock:
                self._held.add(held)
        return held.connection

    @property
    def generation(self) -> int:
        """Number of changes ever committed."""
        return int(self.meta("generation"))

    def meta(self, name: str) -> str:
        """One value of the table of settings; KeyError where it is not set."""
        found = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        if found is None:
            raise KeyError(name)
        return str(found[0])

    def set_meta(self, name: str, value: str) -> None:
        """Sets one value, inside the caller's transaction where there is one."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One unchanging view of the store for all statements inside; within another one, the same view."""
        connection = self.connection
        if connection.in_transaction:
            yield connection
            return
        connection.execute("BEGIN")
        try:
            connection.execute("SELECT 1 FROM meta").fetchone()  # the view is that of the first read
            yield connection
        finally:
            connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, durable when it is left without an error; the generation grows in it if anything changed."""
        connection = self.connection
        connection.execute("BEGIN IMMEDIATE")
        before = connection.total_changes
        try:
            yield connection
            if connection.total_changes > before:
                self.set_meta("generation", str(self.generation + 1))
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """Closes the connections of all threads."""
        with self._lock:
            for held in self._held:
                held.connection.close()
        self._local = threading.local()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address(), uri=True, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # in WAL mode a commit is durable only so
        connection.execute("PRAGMA secure_delete = ON")  # deleted text does not linger in free pages
        return connection

    def _address(self) -> str:
        address = self.path.resolve().as_uri()
        if not self.read_only:
            return address
        # without write permission SQLite cannot keep its shared-memory file; nobody else can write there either
        has_log = self.path.with_name(self.path.name + "-wal").exists()
        return f"{address}?mode=ro" if has_log else f"{address}?mode=ro&immutable=1"

    def _check_format(self) -> None:
        (application,) = self.connection.execute("PRAGMA application_id").fetchone()
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if application != APPLICATION_ID:
            raise LibraryFormatMismatch(f"{self.path} is not a SinkQA library; name another folder")
        if version != STORE_FORMAT:
            renewable = "open it once where it can be written to, " if version == UPGRADABLE else ""
            raise LibraryFormatMismatch(
                f"the library {self.path} has format {version}, this SinkQA reads format {STORE_FORMAT}: "
                f"{renewable}use the version that wrote it, or add its documents to a new library"
            )
        if self.meta("splitter") != SPLITTER_VERSION:
            raise LibraryFormatMismatch(
                f"the passages in {self.path} were cut by splitter {self.meta('splitter')}, this SinkQA cuts by "
                f"{SPLITTER_VERSION}: add its documents to a new library"
            )


def batches(rows: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    """Parts of ``rows`` that fit one statement, each with its ``(?, ?, …)``."""
    for start in range(0, len(rows), _MOST_VARIABLES):
        part = rows[start : start + _MOST_VARIABLES]
        yield f"({','.join('?' * len(part))})", part
