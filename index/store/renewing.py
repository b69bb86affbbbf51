"""Storing step of the flow: what an older version wrote, raised to the format of today."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from index.errors import LibraryError
from index.store.columns import PASSAGE_COLUMNS, read_passage, unpack_text
from index.store.connection import connect
from index.store.features import passage_terms
from index.store.history import HISTORY, last_row
from index.store.packed import front, pack_statements, upload_source
from index.store.rows import stored_passages
from index.store.schema import APPLICATION_ID, EDITED, FRONT, STATEMENTS, STORE_FORMAT, UPGRADABLE
from index.store.sql import Connection
from index.store.statements import insert_statements

_AT_ONCE = 500  # passages
_WITHOUT_STATEMENTS = 2  # the last format that had none
_OF_OTHER_TERMS = 4  # the last one before the search form of today
_UPLOAD = re.compile("upload:[0-9a-f]{64}")  # how uploads were told apart: by their bytes


def is_upgradable(path: Path) -> bool:
    """Whether the file is a store of an older format that :func:`upgrade` can raise; False where it is none."""
    try:
        with closing(connect(path)) as connection:
            return _is_old(connection)
    except LibraryError:
        return False


def upgrade(path: Path) -> None:
    """Gives a store of an older format what it lacks, in one transaction; the caller holds the lock.

    Terms are made anew; the search indexes of that format are none of this one's. Any other file is left alone.
    """
    if not is_upgradable(path):
        return
    with closing(connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _is_old(connection):  # nobody else has done it meanwhile
                version = _version(connection)
                if version <= _WITHOUT_STATEMENTS:
                    _add_statements(connection)
                if version <= _OF_OTHER_TERMS:
                    _add_edited(connection)
                    _analyse_anew(connection)
                    _name_uploads(connection)
                _add_history(connection)
                connection.execute(f"PRAGMA user_version = {STORE_FORMAT}")
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _is_old(connection: Connection) -> bool:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    return bool(application == APPLICATION_ID and _version(connection) in UPGRADABLE)


def _version(connection: Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _analyse_anew(connection: Connection) -> None:
    rows = [row for (row,) in connection.execute('SELECT "row" FROM passages')]
    for start in range(0, len(rows), _AT_ONCE):
        read = stored_passages(connection, rows[start : start + _AT_ONCE])
        terms = ((passage_terms(each.title, each.passage), row) for row, each in read.items())
        connection.executemany('UPDATE features SET terms = ? WHERE "row" = ?', terms)


def _add_statements(connection: Connection) -> None:
    for statement in filter(str.strip, STATEMENTS.split(";")):
        connection.execute(statement)
    connection.execute(FRONT)
    for (doc,) in connection.execute("SELECT doc FROM documents").fetchall():
        _fill(connection, doc)


def _add_edited(connection: Connection) -> None:
    if "edited" not in {column[1] for column in connection.execute("PRAGMA table_info(documents)")}:
        connection.execute(EDITED)


def _add_history(connection: Connection) -> None:
    """From now on: what changed before is not known."""
    for statement in filter(str.strip, HISTORY.split(";")):
        connection.execute(statement)
    (generation,) = connection.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
    issued = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    last = max(last_row(connection), *(issued or (0,)))
    connection.execute("INSERT INTO generations VALUES (?, ?)", (int(generation), last))


def _name_uploads(connection: Connection) -> None:
    """The source of an upload is its name, so that the next of that name supersedes it; of several, the newest."""
    found = connection.execute("SELECT source, name FROM sources JOIN documents USING (doc) ORDER BY doc DESC")
    for source, name in found.fetchall():
        if _UPLOAD.fullmatch(source):
            connection.execute(
                "UPDATE OR IGNORE sources SET source = ? WHERE source = ?", (upload_source(name), source)
            )


def _fill(connection: Connection, doc: int) -> None:
    found = connection.execute(
        f'SELECT "row", {PASSAGE_COLUMNS} FROM passages JOIN documents USING (doc) WHERE doc = ? ORDER BY position',
        (doc,),
    ).fetchall()
    passages = [read_passage(columns) for _, *columns in found]
    insert_statements(connection, pack_statements(passages), [row for row, *_ in found])
    (text,) = connection.execute("SELECT text FROM documents WHERE doc = ?", (doc,)).fetchone()
    connection.execute("UPDATE documents SET front = ? WHERE doc = ?", (front(unpack_text(text), passages), doc))
