"""Upgrades stores of older formats to the present one."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from sinkqa.index.errors import LibraryError
from sinkqa.index.naming.version import names_version
from sinkqa.index.store.documents.document_rows import front, pack_statements, upload_source
from sinkqa.index.store.documents.features import passage_terms
from sinkqa.index.store.documents.names import NAMES_VERSION
from sinkqa.index.store.documents.serialization import PASSAGE_COLUMNS, read_passage, unpack_text
from sinkqa.index.store.history import HISTORY, last_row
from sinkqa.index.store.meta import find_meta
from sinkqa.index.store.rows import stored_passages
from sinkqa.index.store.sql import Connection
from sinkqa.index.store.sqlite.connection import SqliteConnection, connect, has_table
from sinkqa.index.store.sqlite.schema import (
    APPLICATION_ID,
    EDITED,
    FRONT,
    MENTIONS,
    NAMES,
    SORTS,
    STATEMENTS,
    STORE_FORMAT,
    UPGRADABLE,
)
from sinkqa.index.store.statements import insert_statements
from sinkqa.index.store.writing import name_anew

_AT_ONCE = 500  # passages
_WITHOUT_FRONTS = 3  # the last format of which some had none
_OF_OTHER_TERMS = 4  # the last one before the search form of today
_UPLOAD = re.compile("upload:[0-9a-f]{64}")  # the former identity of an upload: the hash of its bytes


def format_of(path: Path) -> int | None:
    """Returns the format of the store in a file; None if it is not a store or cannot be opened."""
    try:
        with closing(connect(path)) as connection:
            return _format(connection)
    except LibraryError:
        return None


def is_upgradable(path: Path) -> bool:
    """Whether :func:`upgrade` can upgrade the file: its format is older, or other rules made its names."""
    try:
        with closing(connect(path)) as connection:
            return _lacks(connection)
    except LibraryError:
        return False


def upgrade(path: Path) -> None:
    """Adds the missing parts to an older store, in one transaction. The caller holds the lock.

    Terms are computed again. Search indexes of the old format are not used. Any other file is left unchanged.
    """
    if not is_upgradable(path):
        return
    with closing(connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _lacks(connection):  # nobody else has done it meanwhile
                _raise(connection)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")


def _lacks(connection: SqliteConnection) -> bool:
    version = _format(connection)
    is_named = version == STORE_FORMAT and find_meta(connection, NAMES_VERSION) == names_version()
    return version in (*UPGRADABLE, STORE_FORMAT) and not is_named


def _raise(connection: SqliteConnection) -> None:
    version = _format(connection) or 0
    if version <= _WITHOUT_FRONTS:
        _add_statements_and_fronts(connection)
    if version <= _OF_OTHER_TERMS:
        _add_edited(connection)
        _analyse_anew(connection)
        _name_uploads(connection)
    if version < STORE_FORMAT:
        _add_history(connection)
    _create(connection, SORTS)
    if not has_table(connection, "known"):
        _create(connection, NAMES)
    _create(connection, MENTIONS)
    name_anew(connection)
    connection.execute(f"PRAGMA user_version = {STORE_FORMAT}")


def _format(connection: Connection) -> int | None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version) if application == APPLICATION_ID else None


def _create(connection: Connection, tables: str) -> None:
    """Creates tables one by one: a script would end the transaction."""
    for statement in filter(str.strip, tables.split(";")):
        connection.execute(statement)


def _columns(connection: Connection) -> set[str]:
    return {column[1] for column in connection.execute("PRAGMA table_info(documents)")}


def _analyse_anew(connection: Connection) -> None:
    rows = [row for (row,) in connection.execute('SELECT "row" FROM passages')]
    for start in range(0, len(rows), _AT_ONCE):
        read = stored_passages(connection, rows[start : start + _AT_ONCE])
        terms = ((passage_terms(each.title, each.passage), row) for row, each in read.items())
        connection.executemany('UPDATE features SET terms = ? WHERE "row" = ?', terms)


def _add_statements_and_fronts(connection: Connection) -> None:
    connection.execute("DROP TABLE IF EXISTS statements")
    _create(connection, STATEMENTS)
    if "front" not in _columns(connection):
        connection.execute(FRONT)
    for (doc,) in connection.execute("SELECT doc FROM documents").fetchall():
        _fill(connection, doc)


def _add_edited(connection: Connection) -> None:
    if "edited" not in _columns(connection):
        connection.execute(EDITED)


def _add_history(connection: Connection) -> None:
    """Starts the history now: earlier changes are unknown."""
    _create(connection, HISTORY)
    (generation,) = connection.execute("SELECT value FROM meta WHERE name = 'generation'").fetchone()
    issued = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    last = max(last_row(connection), *(issued or (0,)))
    connection.execute("INSERT INTO generations VALUES (?, ?)", (int(generation), last))


def _name_uploads(connection: Connection) -> None:
    """Makes an upload's name its source, so that the next upload of that name supersedes it.

    If several have one name, the newest keeps it.
    """
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
