"""Opens a store and its search by place: a folder or a database address."""

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
    """Whether this is the address of a PostgreSQL database instead of a folder."""
    return isinstance(place, str) and place.startswith(_SCHEMES)


def within_address(address: str, name: str) -> str:
    """Returns the address of another library in the same database. Its tables are in the schema ``name``."""
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}{urlencode({'search_path': f'{_quoted(name)},public'})}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def library_stands(place: Path | str) -> bool:
    """Whether the folder or database holds a library. Raises LibraryUnreadable if this cannot be determined."""
    if not is_address(place):
        return stands(Path(place) / STORE_FILE)
    from sinkqa.index.store.postgres.store import database_stands

    return database_stands(str(place))


def open_store(
    place: Path | str, encoder: Encoder, *, create: bool, lock_timeout_s: float
) -> tuple[Store, SearchBackend]:
    """Opens the store in a folder or database, and its search. ``create`` makes one if there is none.

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
