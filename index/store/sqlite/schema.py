"""The tables of a SQLite store, and how an empty one is created."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sinkqa.index.errors import DiskFull, LibraryError, LibraryReadOnly
from sinkqa.index.naming.version import names_version
from sinkqa.index.store.documents.names import NAMES_VERSION
from sinkqa.index.store.history import HISTORY, note_generation
from sinkqa.index.store.sqlite.connection import as_named, connect, stands
from sinkqa.index.store.sqlite.lock import write_lock
from sinkqa.ingest.passage import SPLITTER_VERSION

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
    term TEXT NOT NULL,        -- as sinkqa.ingest.provisions.defining.term_key gives it, or empty
    "row" INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    unit INTEGER NOT NULL,     -- its place in the passage
    PRIMARY KEY (kind, term, "row")
) WITHOUT ROWID;
CREATE INDEX statements_of_passage ON statements ("row");
"""


SORTS = """
CREATE INDEX IF NOT EXISTS documents_by_sort  -- all that filters and counts read, apart from the documents' bytes
ON documents (jurisdiction, language, type, year, n_bytes);
"""
NAMES = """
CREATE TABLE names (           -- under which keys of sinkqa.index.naming.known questions look for a document
    key TEXT NOT NULL,
    doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    PRIMARY KEY (key, doc)
) WITHOUT ROWID;
CREATE INDEX names_of_document ON names (doc);
CREATE TABLE known (           -- what a document is called
    doc INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    known BLOB NOT NULL
);
"""
MENTIONS = """
CREATE TABLE IF NOT EXISTS mentions (  -- where a document names others, and what it says of their being in force
    doc INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    found BLOB NOT NULL
);
"""


def create_store(path: Path, *, encoder: str) -> None:
    """Writes an empty store beside ``path`` and moves it there, unless one exists. The caller holds the lock."""
    if stands(path):
        return
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)  # what a killed process left
    try:
        with closing(connect(aside, options="mode=rwc")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(
                f"BEGIN; {_SCHEMA} {STATEMENTS} {SORTS} {NAMES} {MENTIONS} {HISTORY} "
                f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {STORE_FORMAT}; COMMIT"
            )
            settings = {"generation": "0", "splitter": SPLITTER_VERSION, "encoder": encoder}
            settings[NAMES_VERSION] = names_version()
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
    """Runs :func:`create_store` under the lock, and makes the folder if needed.

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
        raise LibraryReadOnly(f"cannot create a library in {path.parent}: {error}; name another folder") from error
