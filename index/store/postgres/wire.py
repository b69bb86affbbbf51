"""Connections to a PostgreSQL server that raise errors of the library."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from sinkqa.index.errors import (
    DiskFull,
    LibraryBusy,
    LibraryDamaged,
    LibraryError,
    LibraryNotFound,
    LibraryReadOnly,
    LibraryUnreadable,
)
from sinkqa.ingest.extras import missing

if TYPE_CHECKING:
    from asyncpg import Connection as Session

_T = TypeVar("_T")

CONNECT_S = 10.0
_SETTINGS = {
    "application_name": "sinkqa",
    "jit": "off",  # compiling costs more than any of our statements
    "plan_cache_mode": "force_custom_plan",  # partial indexes are seen only where values are known
    "hnsw.ef_search": "1000",  # pgvector's most: recall is worth more than the milliseconds
    "hnsw.iterative_scan": "relaxed_order",  # a filter goes on until it has as many as were asked for
    "lock_timeout": "0",
}
_MEANINGS: dict[str, tuple[type[LibraryError], str]] = {
    "28": (LibraryUnreadable, "check the user and the password in the address"),
    "3D": (LibraryNotFound, "create that database, or name another one"),
    "42501": (LibraryReadOnly, "grant this user the right to write there, or use another one"),
    "25006": (LibraryReadOnly, "it is a replica or set to read only: name the server that is written to"),
    "3F": (LibraryNotFound, "its tables are gone; name another library, or add a document to create one"),
    "42P01": (LibraryNotFound, "its tables are gone; name another library, or add a document to create one"),
    "53100": (DiskFull, "make room on the server's disk, then try again; nothing stored is lost"),
    "53": (LibraryBusy, "raise the server's limits, or use fewer processes and threads"),
    "55P03": (LibraryBusy, "another process is writing; wait for it to finish, then try again"),
    "40": (LibraryBusy, "two writers collided; try again"),
    "57": (LibraryUnreadable, "the server is stopping or starting; try again in a moment"),
    "08": (LibraryUnreadable, "check that the server runs and can be reached from here"),
    "XX": (LibraryDamaged, "restore the database from a copy"),
    "58": (LibraryUnreadable, "check the server's disk"),
    "23": (LibraryDamaged, "its tables contradict each other; restore the database from a copy"),
}


class Reply(Sequence[tuple[Any, ...]]):
    """All rows of a statement, fetched one after another as from a cursor of sqlite3."""

    def __init__(self, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        self.description = [(name,) for name in names]
        self._rows, self._next = rows, 0

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: Any) -> Any:
        return self._rows[place]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._rows)

    def fetchone(self) -> Any:
        """The next row, or None."""
        if self._next >= len(self._rows):
            return None
        self._next += 1
        return self._rows[self._next - 1]

    def fetchall(self) -> list[Any]:
        """The remaining rows."""
        left, self._next = list(self._rows[self._next :]), len(self._rows)
        return left


class PostgresConnection:
    """One session of a server, used by one thread at a time. Statements have ``?`` for each value.

    Raises:
        LibraryUnreadable: no server answers, or it refuses this user.
        LibraryNotFound: the server has no such database.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._session: Session = self._wait(_connected(address))

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has begun and not ended."""
        return not self.is_closed and bool(self._session.is_in_transaction())

    @property
    def is_closed(self) -> bool:
        """Whether the session has ended, on either side."""
        return bool(self._session.is_closed())

    def execute(self, statement: str, values: Sequence[Any] = (), /) -> Reply:
        """Runs one statement and returns all its rows. Raises as :func:`as_named` says."""
        rows = self._wait(self._session.fetch(_numbered(statement), *map(_storable, values)))
        return Reply(list(rows[0].keys()) if rows else (), [tuple(row) for row in rows])

    def script(self, statements: str, /) -> None:
        """Runs several statements without values."""
        self._wait(self._session.execute(statements))

    def executemany(self, statement: str, values: Iterable[Sequence[Any]], /) -> None:
        """Runs a statement for each of these values, all or nothing."""
        given = [tuple(map(_storable, each)) for each in values]
        if given:
            self._wait(self._session.executemany(_numbered(statement), given))

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Writes many rows into a table by COPY."""
        given = [tuple(map(_storable, each)) for each in rows]
        self._wait(self._session.copy_records_to_table(table, columns=list(columns), records=given))

    def close(self) -> None:
        """Ends the session and rolls back what it has not committed. Safe at any time and from any thread."""
        if not self.is_closed:
            _loop().call_soon_threadsafe(self._session.terminate)

    def _wait(self, work: Coroutine[Any, Any, _T]) -> _T:
        try:
            return asyncio.run_coroutine_threadsafe(work, _loop()).result()
        except Exception as error:
            if (named := as_named(error, self.address)) is None:
                raise
            raise named from error


def shown(address: str) -> str:
    """Returns an address without its password, for messages."""
    parts = urlsplit(address)
    user = f"{parts.username}@" if parts.username else ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{user}{parts.hostname or ''}{port}{parts.path}"


def as_named(error: Exception, address: str) -> LibraryError | None:
    """Returns the library error for a failure of the server or the connection; None for a programming error."""
    if isinstance(error, LibraryError):
        return error
    state = str(getattr(error, "sqlstate", None) or "")
    if isinstance(error, OSError | TimeoutError) or _is_lost(error):
        state = "08000"
    for length in (5, 2):
        if found := _MEANINGS.get(state[:length]):
            kind, remedy = found
            why = " ".join(str(error).split()) or type(error).__name__
            return kind(f"cannot use {shown(address)}: {why[:200]}; {remedy}")
    return None


def _is_lost(error: Exception) -> bool:
    """Whether the session is over. If it ends before a reply, asyncpg reports an internal error of its own."""
    return type(error).__name__ == "InternalClientError" or (
        type(error).__name__ in ("InterfaceError", "ConnectionDoesNotExistError") and "clos" in str(error)
    )


async def _connected(address: str) -> Session:
    try:
        import asyncpg
    except ImportError as error:
        raise LibraryUnreadable(missing("postgres", f"a library in {shown(address)}")) from error
    try:
        session = await asyncpg.connect(address, timeout=CONNECT_S, server_settings=_SETTINGS)
    except (ValueError, asyncpg.exceptions.ClientConfigurationError) as error:
        raise LibraryUnreadable(
            f"cannot use {shown(address)}: {error}; expected postgresql://user:password@host:port/database"
        ) from error
    await session.set_type_codec("numeric", schema="pg_catalog", encoder=str, decoder=_number, format="text")
    return session


def _number(text: str) -> int | float:
    """Converts a number: sums of integers arrive as decimals."""
    return float(text) if "." in text else int(text)


@lru_cache(maxsize=1_000)
def _numbered(statement: str) -> str:
    """The statement with $1, $2, … in place of question marks outside quotes."""
    parts, number = statement.split("'"), 0
    for place in range(0, len(parts), 2):
        pieces = parts[place].split("?")
        parts[place] = pieces[0]
        for piece in pieces[1:]:
            number += 1
            parts[place] += f"${number}{piece}"
    return "'".join(parts)


def _storable(value: Any) -> Any:
    """Replaces the code point 0, which a text in PostgreSQL cannot hold."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _loop() -> asyncio.AbstractEventLoop:
    """The event loop of all sessions of this process: asyncpg needs one thread for its work."""
    return _loop_of(os.getpid())


@cache
def _loop_of(process: int) -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="postgresql", daemon=True).start()
    return loop
