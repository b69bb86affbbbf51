"""Connections to SQLite files that raise errors of the library."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, Self, TypeVar

from sinkqa.index.errors import DiskFull, LibraryBusy, LibraryDamaged, LibraryError, LibraryReadOnly, LibraryUnreadable

_P = ParamSpec("_P")
_T = TypeVar("_T")

BUSY_S = 30.0
ALONE = "mode=ro&immutable=1"
"""Options for a file to which nobody writes meanwhile."""
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_WORDS = ("no space left", "os error 28", "quota exceeded", "os error 122", "database or disk is full")
_REMEDY = "restore it from a copy, or move it away and add the documents again; sinkqa doctor says what still reads"
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH}
_DISK = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL}


class SqliteConnection(sqlite3.Connection):
    """A connection whose methods and cursors raise errors of the library instead of SQLite's; see :func:`as_named`."""

    path = Path()

    def execute(self, statement: str, values: Any = (), /) -> sqlite3.Cursor:
        """Same as in sqlite3."""
        return self.cursor(_Cursor).execute(statement, values)

    def executemany(self, statement: str, values: Any, /) -> sqlite3.Cursor:
        """Same as in sqlite3."""
        return self.cursor(_Cursor).executemany(statement, values)


class _Cursor(sqlite3.Cursor):
    """A cursor that reads rows as they are fetched, and so meets damage there too."""

    connection: SqliteConnection

    def execute(self, statement: str, values: Any = (), /) -> Self:
        return self._named(super().execute, statement, values)

    def executemany(self, statement: str, values: Any, /) -> Self:
        return self._named(super().executemany, statement, values)

    def fetchone(self) -> Any:
        return self._named(super().fetchone)

    def fetchall(self) -> list[Any]:
        return self._named(super().fetchall)

    def __next__(self) -> Any:
        return self._named(super().__next__)

    def _named(self, act: Callable[_P, _T], *args: _P.args, **how: _P.kwargs) -> _T:
        try:
            return act(*args, **how)
        except sqlite3.DatabaseError as error:
            raise as_named(error, self.connection.path) or error from error


def connect(path: Path, *, options: str = "mode=rw") -> SqliteConnection:
    """Opens a connection in autocommit mode. ``options`` are those of SQLite URIs.

    Raises the errors of :func:`as_named`.
    """
    try:
        connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?{options}",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,
            check_same_thread=False,
            factory=SqliteConnection,
        )
    except sqlite3.DatabaseError as error:
        raise as_named(error, path) or error from error
    connection.path = path
    return connection


def opened(path: Path, options: str) -> SqliteConnection:
    """Opens a connection, reads the file, and applies our settings. Raises the errors of :func:`as_named`."""
    connection = connect(path, options=options)
    try:
        connection.execute("PRAGMA schema_version").fetchone()  # the first look at the file
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # in WAL mode a commit is durable only so
        connection.execute("PRAGMA secure_delete = ON")  # deleted text does not linger in free pages
    except LibraryError:
        connection.close()
        raise
    return connection


def opened_to_copy(path: Path) -> SqliteConnection:
    """Opens a read-only connection that works even if SQLite cannot keep the log's index beside the file."""
    try:
        return opened(path, "mode=ro")
    except (DiskFull, LibraryReadOnly, LibraryUnreadable):
        if log_size(path):
            raise
        return opened(path, ALONE)


def has_table(connection: SqliteConnection, name: str) -> bool:
    """Whether the file has a table of this name."""
    return connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None


def log_size(path: Path) -> int:
    """Returns the bytes of the write-ahead log beside a file; 0 if there is none.

    The log holds commits that are not yet in the file.
    """
    try:
        return path.with_name(path.name + "-wal").stat().st_size
    except OSError:
        return 0


def as_named(error: sqlite3.DatabaseError | OSError, path: Path) -> LibraryError | None:
    """Returns the library error for a failure of SQLite or the system with the file at ``path``.

    None for a programming error: a statement that makes no sense.
    """
    if is_full(error, path):
        return DiskFull(f"no space left on the disk of {path}: make room, then try again; nothing stored is lost")
    if isinstance(error, OSError):
        why = error.strerror or type(error).__name__
        return LibraryUnreadable(f"cannot open {path}: {why}; correct its permissions, or name another folder")
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF  # none: a text that is no UTF-8
    if code in _DAMAGED:
        return LibraryDamaged(f"cannot read {path}: {error}; {_REMEDY}")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LibraryBusy(f"{path} was still being written after {BUSY_S:g} s; wait, then try again")
    if code == sqlite3.SQLITE_READONLY:
        return LibraryReadOnly(f"cannot write to {path}: {error}; change its permissions, or copy the library")
    if code in _DISK:
        return LibraryUnreadable(f"cannot read or write {path}: {error}; check the disk and the permissions")
    return None


def is_full(error: Exception, path: Path) -> bool:
    """Whether the error means that the disk of ``path`` is full.

    SQLite reports an input error if it cannot keep the log's index. Other libraries report a full disk only in words.
    """
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    if any(words in str(error).lower() for words in _FULL_WORDS):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return code in _DISK and _room(path) < 1 << 16  # bytes: less than SQLite's index of the log takes


def stands(path: Path) -> bool:
    """Whether the file exists.

    Raises:
        LibraryUnreadable: this cannot be determined: a folder on the way is closed, or the path is not valid.
    """
    try:
        path.as_posix().encode()  # search libraries take no other
        return path.is_file()
    except UnicodeEncodeError as error:
        raise LibraryUnreadable(
            f"the name of the folder {path.parent} is no UTF-8: rename it, or name another"
        ) from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise LibraryUnreadable(
            f"cannot look into {path.parent}: {why}; correct its permissions, or name another folder"
        ) from error


def _room(path: Path) -> int:
    try:
        disk = os.statvfs(path.parent)
    except OSError:
        return 1 << 62
    return disk.f_bavail * disk.f_frsize
