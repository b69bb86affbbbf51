"""Stores as former versions wrote them: the rows of today's in the tables of then."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    doc INTEGER PRIMARY KEY AUTOINCREMENT, doc_id TEXT NOT NULL UNIQUE, reading TEXT NOT NULL, name TEXT NOT NULL,
    media_type TEXT NOT NULL, type TEXT NOT NULL, language TEXT, jurisdiction TEXT, year INTEGER,
    metadata TEXT NOT NULL, warnings TEXT NOT NULL, n_pages INTEGER NOT NULL, n_bytes INTEGER NOT NULL,
    text_sha256 TEXT NOT NULL, added_at TEXT NOT NULL, generation INTEGER NOT NULL, pages TEXT NOT NULL,
    text BLOB NOT NULL, boxes BLOB, content BLOB NOT NULL
);
CREATE TABLE sources (
    source TEXT PRIMARY KEY, doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX sources_of_document ON sources (doc);
CREATE TABLE passages (
    "row" INTEGER PRIMARY KEY AUTOINCREMENT, passage_id TEXT NOT NULL UNIQUE,
    doc INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE, position INTEGER NOT NULL, language TEXT NOT NULL,
    page_start INTEGER NOT NULL, page_end INTEGER NOT NULL, body BLOB NOT NULL
);
CREATE INDEX passages_of_document ON passages (doc, position);
CREATE INDEX passages_by_language ON passages (doc, language);
CREATE TABLE features (
    "row" INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE,
    terms BLOB NOT NULL, vector BLOB NOT NULL, tokens BLOB NOT NULL
);
"""
_SINCE = {
    3: """
CREATE TABLE statements (
    kind TEXT NOT NULL, term TEXT NOT NULL, "row" INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    unit INTEGER NOT NULL, PRIMARY KEY (kind, term, "row")
) WITHOUT ROWID;
CREATE INDEX statements_of_passage ON statements ("row");
""",
    4: """ALTER TABLE documents ADD COLUMN front TEXT NOT NULL DEFAULT '["",[]]';""",
    5: "ALTER TABLE documents ADD COLUMN edited TEXT NOT NULL DEFAULT '{}';",
}


def make_former(path: Path, version: int, *, but: str = "") -> None:
    """Writes the store at ``path`` anew as the format ``version`` had it, 2 to 5; then runs the statements ``but``."""
    aside = path.with_suffix(".former")
    with closing(sqlite3.connect(aside, isolation_level=None)) as former:
        former.executescript("PRAGMA journal_mode = WAL;" + _TABLES)
        for since, statements in _SINCE.items():
            if since <= version:
                former.executescript(statements)
        former.execute("ATTACH ? AS today", (str(path),))
        for (table,) in former.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            columns = ", ".join(f'"{each[1]}"' for each in former.execute(f"PRAGMA main.table_info({table})"))
            if not table.startswith("sqlite_"):
                former.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM today.{table}")
        former.execute("DETACH today")
        former.executescript(f"PRAGMA application_id = {0x534E4B51}; PRAGMA user_version = {version}; {but}")
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    aside.rename(path)
