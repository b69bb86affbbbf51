"""Limits uploads over HTTP for each collection, and for each key and day. Refuses before anything is stored."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sinkqa.index.store.sqlite.connection import as_named
from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.errors import DayQuotaExceeded, QuotaExceeded
from sinkqa.service.hosting.jobs import Jobs
from sinkqa.service.settings import Settings

USAGE_FILE = "usage.sqlite"
_BUSY_S = 30.0
_COMING_S = 600.0  # a process that is killed while it takes an upload in leaves its note behind
_TABLES = (
    """
CREATE TABLE IF NOT EXISTS usage (
    day TEXT NOT NULL,
    key TEXT NOT NULL,
    documents INTEGER NOT NULL,
    n_bytes INTEGER NOT NULL,
    PRIMARY KEY (day, key)
) WITHOUT ROWID
""",
    """
CREATE TABLE IF NOT EXISTS coming (
    number INTEGER PRIMARY KEY,
    folder TEXT NOT NULL,
    until REAL NOT NULL,
    documents INTEGER NOT NULL,
    n_bytes INTEGER NOT NULL
)
""",
)


@dataclass(frozen=True, slots=True)
class Use:
    """A number of files and of bytes, and the limit of each. None means no limit."""

    documents: int
    n_bytes: int
    max_documents: int | None
    max_bytes: int | None

    def plus(self, documents: int, n_bytes: int) -> Use:
        """The use after adding these."""
        return Use(self.documents + documents, self.n_bytes + n_bytes, self.max_documents, self.max_bytes)

    @property
    def excess(self) -> str:
        """The limit that is exceeded, in words; empty if none is."""
        if self.max_documents is not None and self.documents > self.max_documents:
            return f"expected at most {self.max_documents} documents, got {self.documents}"
        if self.max_bytes is not None and self.n_bytes > self.max_bytes:
            return f"expected at most {self.max_bytes / 2**20:g} MiB, got {self.n_bytes / 2**20:.1f}"
        return ""


class Quotas:
    """The quotas of one installation. The use of each key today is on disk. Safe for several processes and threads."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.library / USAGE_FILE
        self._collection = _most(settings.collection_max_documents), _bytes(settings.collection_max_mb)
        self._day = _most(settings.key_day_documents), _bytes(settings.key_day_mb)

    def of_collection(self, jobs: Jobs) -> Use:
        """The use of a collection, including waiting uploads."""
        size = jobs.engine.size()
        waiting = [file.n_bytes for job in jobs.jobs() for file in job.files if file.state == "waiting"]
        return Use(size.documents, size.n_bytes, *self._collection).plus(len(waiting), sum(waiting))

    def of_key(self, key: str) -> Use:
        """The use of a key since midnight, UTC."""
        with self._usage() as usage:
            found = usage.execute(
                "SELECT documents, n_bytes FROM usage WHERE day = ? AND key = ?", (_today(), key)
            ).fetchone()
        return self._used(found or (0, 0))

    def _used(self, row: tuple[int, int]) -> Use:
        documents, n_bytes = row
        return Use(documents, n_bytes, *self._day)

    @contextmanager
    def admitting(self, jobs: Jobs, key: str | None, sizes: Sequence[int]) -> Iterator[None]:
        """Inside, files of these sizes may be queued. An error inside gives their share back.

        ``key`` None: a user of this machine, who needs no key.

        Raises:
            QuotaExceeded: the collection would exceed its limit.
            DayQuotaExceeded: the key would exceed its limit for today.
        """
        more = len(sizes), sum(sizes)
        coming = self._enter(jobs, *more)
        try:
            self._spend(key, *more)
            try:
                yield
            except BaseException:
                self._give_back(key, *more)
                raise
        finally:
            self._leave(coming)

    def _enter(self, jobs: Jobs, documents: int, n_bytes: int) -> int | None:
        """Reserves room for what is about to be queued, so that no other process or thread grants the same room."""
        if self._collection == (None, None):
            return None
        folder = str(jobs.engine.folder)
        with self._usage() as usage:
            usage.execute("BEGIN IMMEDIATE")
            usage.execute("DELETE FROM coming WHERE until < ?", (time.time(),))
            before = usage.execute(
                "SELECT coalesce(sum(documents), 0), coalesce(sum(n_bytes), 0) FROM coming WHERE folder = ?", (folder,)
            ).fetchone()
            if why := self.of_collection(jobs).plus(*before).plus(documents, n_bytes).excess:
                raise QuotaExceeded(f"the collection would be too large: {why}; delete documents, or send fewer")
            (number,) = usage.execute(
                "INSERT INTO coming (folder, until, documents, n_bytes) VALUES (?, ?, ?, ?) RETURNING number",
                (folder, time.time() + _COMING_S, documents, n_bytes),
            ).fetchone()
            usage.execute("COMMIT")
        return int(number)

    def _leave(self, coming: int | None) -> None:
        """Releases the reservation; one that cannot be released expires by itself."""
        if coming is not None:
            with suppress(SinkQAError, sqlite3.Error), self._usage() as usage:
                usage.execute("DELETE FROM coming WHERE number = ?", (coming,))

    def _spend(self, key: str | None, documents: int, n_bytes: int) -> None:
        if key is None or self._day == (None, None):
            return
        with self._usage() as usage:
            usage.execute("BEGIN IMMEDIATE")
            usage.execute("DELETE FROM usage WHERE day < ?", (_today(),))
            usage.execute(
                "INSERT INTO usage VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
                "documents = documents + excluded.documents, n_bytes = n_bytes + excluded.n_bytes",
                (_today(), key, documents, n_bytes),
            )
            used = usage.execute(
                "SELECT documents, n_bytes FROM usage WHERE day = ? AND key = ?", (_today(), key)
            ).fetchone()
            if why := self._used(used).excess:
                usage.execute("ROLLBACK")
                raise DayQuotaExceeded(
                    f"the key would have sent too much today: {why}; continue after midnight UTC",
                    retry_s=_until_midnight(),
                )
            usage.execute("COMMIT")

    def _give_back(self, key: str | None, documents: int, n_bytes: int) -> None:
        if key is not None and self._day != (None, None):
            with self._usage() as usage:
                usage.execute(
                    "UPDATE usage SET documents = documents - ?, n_bytes = n_bytes - ? WHERE day = ? AND key = ?",
                    (documents, n_bytes, _today(), key),
                )

    @contextmanager
    def _usage(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None)) as connection:
                for table in _TABLES:
                    connection.execute(table)
                yield connection
        except sqlite3.DatabaseError as error:
            raise as_named(error, self._path) or error from error


def _most(setting: int) -> int | None:
    return setting or None


def _bytes(setting_mb: float) -> int | None:
    return int(setting_mb * 2**20) or None


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _until_midnight() -> int:
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return max(1, int((midnight - now).total_seconds()))
