"""Storing step of the flow: which kind of store and of search stands behind a place, and how it is opened."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

from sinkqa.index.models.encoder import Encoder
from sinkqa.index.search.backend import SearchBackend
from sinkqa.index.search.embedded.backend import LocalBackend
from sinkqa.index.store.sqlite.connection import stands
from sinkqa.index.store.sqlite.store import STORE_FILE, SqliteStore
from sinkqa.index.store.store import Store

_SCHEMES = ("postgresql://", "postgres://")


def is_address(place: Path | str) -> bool:
    """Whether this names a PostgreSQL database and no folder."""
    return isinstance(place, str) and place.startswith(_SCHEMES)


def within_address(address: str, name: str) -> str:
    """The address of another library in the same database: its tables are in a schema of this name."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({'search_path': f'{_quoted(name)},public'})}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def library_stands(place: Path | str) -> bool:
    """Whether a library is in the folder or database. Raises LibraryUnreadable where nobody can tell."""
    if not is_address(place):
        return stands(Path(place) / STORE_FILE)
    from sinkqa.index.store.postgres.store import database_stands

    return database_stands(str(place))


def open_store(
    place: Path | str, encoder: Encoder, *, create: bool, lock_timeout_s: float
) -> tuple[Store, SearchBackend]:
    """The store in a folder or database, and what searches it; ``create`` begins one where there is none.

    Raises:
        LibraryError: see :class:`SqliteStore` and :class:`PostgresStore`.
    """
    made_by, dim = encoder.fingerprint, encoder.dim
    if not is_address(place):
        local = SqliteStore.open(Path(place), create=create, encoder=made_by, lock_timeout_s=lock_timeout_s)
        return local, LocalBackend(local, encoder=made_by, dim=dim)
    from sinkqa.index.search.postgres.backend import PostgresBackend
    from sinkqa.index.store.postgres.store import PostgresStore

    store = PostgresStore.open(str(place), create=create, encoder=made_by, dim=dim, lock_timeout_s=lock_timeout_s)
    return store, PostgresBackend(store, encoder=made_by, dim=dim)
