"""Marks each library for which API keys were made. The mark remains if the key file is lost."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sinkqa.index.errors import LibraryError
from sinkqa.index.opening import within_address
from sinkqa.index.store.meta import erase_meta, find_meta, set_meta
from sinkqa.index.store.sql import Connection
from sinkqa.index.store.sqlite.connection import has_table, opened, opened_to_copy
from sinkqa.index.store.sqlite.store import STORE_FILE
from sinkqa.service.settings import SCHEMA

_NAME = "keyed"
_LOOK_EVERY_S = 5.0  # at a database, which tells nobody that it has changed
_log = logging.getLogger(__name__)


class KeyedNote:
    """The mark in the libraries below one folder. Safe for many processes; each sees the changes of the others."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[object, ...], bool] | None = None

    def stands(self) -> bool:
        """Whether any library has the mark. The libraries are read again only when one has changed.

        Raises:
            LibraryError: a library cannot be read, so that the answer is unknown.
        """
        stores = [*self._stores()]
        stamp = tuple(_stamp(store) for store in stores)
        if self._seen is None or self._seen[0] != stamp:
            self._seen = stamp, any(map(_is_noted, stores))
        return self._seen[1]

    def write(self) -> None:
        """Writes the mark into each library without it. A library that is not writable now gets it the next time."""
        value = datetime.now(UTC).isoformat(timespec="seconds")
        self._change(lambda connection: set_meta(connection, _NAME, value), where=False)

    def erase(self) -> None:
        """Removes the mark."""
        self._change(lambda connection: erase_meta(connection, _NAME), where=True)

    def _change(self, change: Callable[[Connection], None], *, where: bool) -> None:
        for store in self._stores():
            try:
                if _is_noted(store) is where:
                    with closing(opened(store, "mode=rw")) as connection:
                        change(connection)
            except (LibraryError, sqlite3.Error) as error:
                _log.warning("not noted in %s whether keys were made: %s", store, error)

    def _stores(self) -> Iterator[Path]:
        """Those of all collections, the default one's first."""
        for store in (self._folder / STORE_FILE, *sorted(self._folder.glob(f"collections/*/{STORE_FILE}"))):
            if store.is_file():
                yield store


class KeyedDatabase:
    """The mark in the libraries of one database, whichever machine made the keys. Safe for many processes."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._seen: tuple[float, bool] | None = None

    def stands(self) -> bool:
        """Whether any library has the mark, now or a moment ago. Raises as :meth:`KeyedNote.stands` does."""
        if self._seen is None or time.monotonic() - self._seen[0] > _LOOK_EVERY_S:
            noted = any(find_meta(connection, _NAME) is not None for connection in self._libraries())
            self._seen = time.monotonic(), noted
        return self._seen[1]

    def write(self) -> None:
        """Writes the mark into each library without it. A database that is not writable now gets it the next time."""
        value = datetime.now(UTC).isoformat(timespec="seconds")
        self._change(lambda connection: set_meta(connection, _NAME, value))

    def erase(self) -> None:
        """Removes the mark."""
        self._change(lambda connection: erase_meta(connection, _NAME))

    def _change(self, change: Callable[[Connection], None]) -> None:
        self._seen = None
        try:
            for connection in self._libraries():
                change(connection)
        except LibraryError as error:
            _log.warning("not noted in the database whether keys were made: %s", error)

    def _libraries(self) -> Iterator[Connection]:
        """A connection to each library of the database, the default one's first."""
        from sinkqa.index.store.postgres.store import schemas_of
        from sinkqa.index.store.postgres.tables import has_tables
        from sinkqa.index.store.postgres.wire import PostgresConnection

        schemas = schemas_of(self._address, prefix=SCHEMA)
        for address in (self._address, *(within_address(self._address, schema) for schema in schemas)):
            with closing(PostgresConnection(address)) as connection:
                if has_tables(connection):
                    yield connection


def _is_noted(store: Path) -> bool:
    with closing(opened_to_copy(store)) as connection:
        return has_table(connection, "meta") and find_meta(connection, _NAME) is not None


def _stamp(store: Path) -> tuple[object, ...]:
    """What differs once anybody has written to the store: what is new stands in its log first."""
    stamp: list[object] = [store]
    for path in (store, store.with_name(f"{store.name}-wal")):
        try:
            status = path.stat()
        except OSError:
            continue
        stamp += status.st_ino, status.st_size, status.st_mtime_ns
    return tuple(stamp)
