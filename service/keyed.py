"""A note inside each library of an installation that keys were made for it: it stays when the file of keys is gone."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from index.errors import LibraryError
from index.store.connection import opened, opened_to_copy
from index.store.sqlite import STORE_FILE

_NAME = "keyed"
_log = logging.getLogger(__name__)


class KeyedNote:
    """The note of the libraries below one folder. Safe for many processes; what one changes, the others see."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[object, ...], bool] | None = None

    def stands(self) -> bool:
        """Whether any library has it; read again only when one has changed.

        Raises:
            LibraryError: a library cannot be read, so that nobody can tell.
        """
        stores = [*self._stores()]
        stamp = tuple(_stamp(store) for store in stores)
        if self._seen is None or self._seen[0] != stamp:
            self._seen = stamp, any(map(_is_noted, stores))
        return self._seen[1]

    def write(self) -> None:
        """Makes it where it lacks. A library that cannot be written to now is left for the next time."""
        value = datetime.now(UTC).isoformat(timespec="seconds")
        self._change("INSERT OR IGNORE INTO meta VALUES (?, ?)", (_NAME, value), where=False)

    def erase(self) -> None:
        """Takes it away."""
        self._change("DELETE FROM meta WHERE name = ?", (_NAME,), where=True)

    def _change(self, statement: str, values: tuple[str, ...], *, where: bool) -> None:
        for store in self._stores():
            try:
                if _is_noted(store) is where:
                    with closing(opened(store, "mode=rw")) as connection:
                        connection.execute(statement, values)
            except (LibraryError, sqlite3.Error) as error:
                _log.warning("not noted in %s whether keys were made: %s", store, error)

    def _stores(self) -> Iterator[Path]:
        """Those of all collections, the default one's first."""
        for store in (self._folder / STORE_FILE, *sorted(self._folder.glob(f"collections/*/{STORE_FILE}"))):
            if store.is_file():
                yield store


def _is_noted(store: Path) -> bool:
    with closing(opened_to_copy(store)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
            return False  # no library of ours
        return connection.execute("SELECT 1 FROM meta WHERE name = ?", (_NAME,)).fetchone() is not None


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
