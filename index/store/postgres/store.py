"""A library in a PostgreSQL database, for many servers at once."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from weakref import WeakSet

from sinkqa.index.errors import (
    LibraryError,
    LibraryFormatMismatch,
    LibraryNotFound,
    LibraryReadOnly,
    LibraryUnreadable,
)
from sinkqa.index.naming.version import names_version
from sinkqa.index.store.documents.names import NAMES_VERSION
from sinkqa.index.store.history import last_row, note_generation
from sinkqa.index.store.postgres.tables import DATABASE_FORMAT, WRITER, add_tables, create_database, has_tables
from sinkqa.index.store.postgres.wire import PostgresConnection, shown
from sinkqa.index.store.sql_store import SqlStore
from sinkqa.index.store.writing import Transaction, name_anew

OnChange = Callable[[PostgresConnection], None]


def database_stands(address: str) -> bool:
    """Whether the database holds a library. Raises as :class:`PostgresConnection` does."""
    with closing(PostgresConnection(address)) as connection:
        return has_tables(connection)


def schemas_of(address: str, *, prefix: str) -> list[str]:
    """Returns the database's schemas that begin with ``prefix`` and hold a library, by name."""
    with closing(PostgresConnection(address)) as connection:
        found = connection.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'meta' AND starts_with(schemaname, ?) ORDER BY 1",
            (prefix,),
        )
        return [str(schema) for (schema,) in found]


def drop_schema(address: str, schema: str) -> None:
    """Deletes the library in a schema, at once and for good."""
    with closing(PostgresConnection(address)) as connection:
        connection.script(f'DROP SCHEMA IF EXISTS "{schema}" CASCADE')


class _ThreadSession:
    """Closes its session when the thread that holds it ends: servers outlive their threads."""

    def __init__(self, connection: PostgresConnection) -> None:
        self.connection = connection
        weakref.finalize(self, connection.close)


class PostgresStore(SqlStore):
    """Sessions of one database. Each thread has its own, so reads never wait for each other.

    ``on_change`` is called at the end of each transaction that changed anything, inside the transaction, so that the
    search indexes change with the documents. Writers take turns. Reading and encoding, which are slow, are done before.

    Raises:
        LibraryNotFound: the database holds no library, or there is no such database.
        LibraryFormatMismatch: it has another format.
        LibraryUnreadable: no server answers, or it refuses this user and password.
    """

    def __init__(self, address: str, *, lock_timeout_s: float = 30.0) -> None:
        super().__init__()
        self.address, self._lock_timeout_s = address, lock_timeout_s
        self.on_change: OnChange | None = None
        self._local = threading.local()
        self._held: WeakSet[_ThreadSession] = WeakSet()
        self._lock = threading.Lock()
        try:
            self._check_is_library()
            (self.read_only,) = self.connection.execute(
                "SELECT pg_is_in_recovery() OR NOT has_table_privilege('documents', 'INSERT')"
            ).fetchone()
            if not self.read_only and self.find_meta(NAMES_VERSION) != names_version():
                with self.writing():
                    add_tables(self.connection)
                    name_anew(self.connection)
            self.check_made_by()
        except LibraryError:
            self.close()
            raise

    @classmethod
    def open(cls, address: str, *, create: bool, encoder: str, dim: int, lock_timeout_s: float) -> PostgresStore:
        """Opens the store in a database. ``create`` makes one for vectors of ``encoder`` if there is none."""
        if create:
            create_database(address, encoder=encoder, dim=dim)
        return cls(address, lock_timeout_s=lock_timeout_s)

    @property
    def where(self) -> str:
        """The address without its password."""
        return shown(self.address)

    @property
    def connection(self) -> PostgresConnection:
        """This thread's session, in autocommit mode; a new one if the server ended the last."""
        held: _ThreadSession | None = getattr(self._local, "held", None)
        if held is None or held.connection.is_closed:
            held = self._local.held = _ThreadSession(PostgresConnection(self.address))
            with self._lock:
                self._held.add(held)
        return held.connection

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One unchanging view of the store for all statements inside. Within another reading, the same view."""
        if self.connection.in_transaction:
            yield
            return
        connection = self._begun(
            "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT 1 FROM meta"
        )  # views begin so
        try:
            yield
        finally:
            _leave(connection)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, durable when left without an error. The generation rises if anything changed.

        Raises:
            LibraryBusy: another writer did not finish in time.
            LibraryReadOnly: the server is a replica, or the user may only read.
        """
        with self.alone():
            connection = self._begun("BEGIN")
            try:
                limit = f"{max(1, round(self._lock_timeout_s * 1000))}ms"
                connection.execute("SELECT set_config('lock_timeout', ?, true)", (limit,))
                connection.execute("SELECT pg_advisory_xact_lock(?)", (WRITER,))
                after = self.generation + 1
                self._open.transaction = Transaction(connection, after, lambda count: last_row(connection) + 1)
                yield
                if connection.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL").fetchone()[0]:
                    if self.on_change:
                        self.on_change(connection)
                    self.set_meta("generation", str(after))
                    note_generation(connection, after)
                connection.execute("COMMIT")
            finally:
                self._open.transaction = None
                _leave(connection)

    @contextmanager
    def alone(self, *, timeout_s: float | None = None) -> Iterator[None]:
        """Does not wait, because nothing is derived outside the database.

        Raises LibraryReadOnly if nothing may change.
        """
        if self.read_only:
            raise LibraryReadOnly(f"cannot write to {self.where}: it is a replica, or this user may only read there")
        yield

    def close(self) -> None:
        """Ends the sessions of all threads."""
        with self._lock:
            for held in self._held:
                held.connection.close()
        self._local = threading.local()

    def database_damages(self) -> Iterator[str]:
        """Yields nothing, because the server checks its own files."""
        yield from ()

    def _begun(self, statements: str) -> PostgresConnection:
        """A session in a new transaction; a second session if the first had died unnoticed."""
        connection = self.connection
        try:
            connection.script(statements)
        except LibraryUnreadable:  # the server ended the session meanwhile: one that is new says whether it answers
            connection.close()
            self._local.held = None
            connection = self.connection
            connection.script(statements)
        return connection

    def _check_is_library(self) -> None:
        if not has_tables(self.connection):
            raise LibraryNotFound(
                f"no library in {self.where}: expected its tables there; "
                "name another database or add a document to create one"
            )
        if (found := self.find_meta("format")) != str(DATABASE_FORMAT):
            raise LibraryFormatMismatch(
                f"the library {self.where} has format {found}, this SinkQA reads format {DATABASE_FORMAT}: "
                "use the version that wrote it, or add its documents to a new library"
            )


def _leave(connection: PostgresConnection) -> None:
    """Ends a transaction that has not ended. A lost session has ended its own."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")
