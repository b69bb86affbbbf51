"""Stores jobs durably: the files to add, and the result of each."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from sinkqa.index.errors import LibraryFormatMismatch
from sinkqa.index.store.sqlite.connection import SqliteConnection, opened, opened_to_copy
from sinkqa.service.errors import JobNotFound
from sinkqa.service.intake.file_result import FileResult

LEDGER_FILE = "jobs.sqlite"
_FORMAT = 2
_REPLACED = "ALTER TABLE files ADD COLUMN replaced TEXT"  # what the format before lacks
_SCHEMA = f"""
PRAGMA journal_mode = WAL;
CREATE TABLE jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL DEFAULT 'queued',
    created_at TEXT NOT NULL,
    started_at TEXT,
    finished_at TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    code TEXT,
    message TEXT
);
CREATE TABLE files (
    job_id TEXT NOT NULL REFERENCES jobs (job_id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    n_bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting',
    doc_id TEXT,
    n_passages INTEGER,
    warnings TEXT NOT NULL DEFAULT '[]',
    code TEXT,
    message TEXT,
    replaced TEXT,
    PRIMARY KEY (job_id, position)
);
PRAGMA user_version = {_FORMAT};
"""
_NEXT = """
WITH waiting AS (
    SELECT job_id, number, name FROM files JOIN jobs USING (job_id)
    WHERE files.state = 'waiting' AND jobs.state IN ('running', 'queued')
), first AS (SELECT name, min(number) AS number FROM waiting GROUP BY name)
SELECT job_id FROM jobs WHERE state IN ('running', 'queued') AND job_id NOT IN (
    SELECT job_id FROM waiting JOIN first USING (name) WHERE waiting.number > first.number
) ORDER BY (SELECT coalesce(sum(n_bytes), 0) FROM files WHERE files.job_id = jobs.job_id AND state = 'waiting')
    - 1048576.0 * (julianday('now') - julianday(created_at)) * 86400, number
"""
_COLUMNS = "job_id, state, created_at, started_at, finished_at, attempts, code, message"

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFile(FileResult):
    """A file of a job.

    ``name`` is the name that its sender gave it. It is only displayed.
    """

    n_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Job:
    """Files that are added in the background.

    The files keep the order in which they arrived. Times are UTC, ISO 8601.
    """

    job_id: str
    state: Annotated[
        JobState, "`done`: every file was tried; `failed`: the job could not go on, see `code` and `message`."
    ]
    created_at: str
    started_at: str | None
    finished_at: str | None
    attempts: int
    code: str | None
    message: str | None
    files: tuple[JobFile, ...]

    @property
    def is_over(self) -> bool:
        """Whether the job has ended."""
        return self.state not in ("queued", "running")


class Ledger:
    """The jobs in one SQLite file. Every method is one durable transaction. Safe for several processes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LEDGER_FILE

    @property
    def exists(self) -> bool:
        """Whether any job was ever stored here."""
        return self._path.is_file()

    def begin(self, job_id: str, files: Sequence[JobFile]) -> None:
        """Queues a job. When this returns, the job is durable and will be done."""
        if not self.exists:
            self._create()
        with self._writing() as connection:
            connection.execute("INSERT INTO jobs (job_id, created_at) VALUES (?, ?)", (job_id, now()))
            connection.executemany(
                "INSERT INTO files (job_id, position, name, n_bytes, sha256) VALUES (?, ?, ?, ?, ?)",
                ((job_id, position, file.name, file.n_bytes, file.sha256) for position, file in enumerate(files)),
            )

    def jobs(self, *, limit: int = 100) -> list[Job]:
        """The newest jobs, newest first."""
        if not self.exists:
            return []
        with self._reading() as connection:
            rows = connection.execute(f"SELECT {_COLUMNS} FROM jobs ORDER BY number DESC LIMIT ?", (limit,)).fetchall()
            return [_job(connection, row) for row in rows]

    def job(self, job_id: str) -> Job:
        """The job with this id. Raises JobNotFound if there is none."""
        if self.exists:
            with self._reading() as connection:
                if row := connection.execute(f"SELECT {_COLUMNS} FROM jobs WHERE job_id = ?", (job_id,)).fetchone():
                    return _job(connection, row)
        raise JobNotFound(f"no job {job_id[:80]!r}: it ended more than a day ago, or never was; list the jobs")

    def next(self, *, besides: Collection[str] = ()) -> str | None:
        """The id of the unfinished job to run next, except ``besides``: the smallest. Waiting reduces a job's size.

        A job's size is that of its waiting files, less one mebibyte for each second that it has waited. If an earlier
        job still has a waiting file of the same name, the later job comes after it, so that the later version stays.
        """
        with self._reading() as connection:
            rows = connection.execute(_NEXT).fetchall()
        return next((str(job_id) for (job_id,) in rows if job_id not in besides), None)

    def start(self, job_id: str) -> int:
        """Records that work on a job begins. Returns how many times it has begun, including this time."""
        with self._writing() as connection:
            (attempts,) = connection.execute(
                "UPDATE jobs SET state = 'running', attempts = attempts + 1, started_at = coalesce(started_at, ?) "
                "WHERE job_id = ? AND state IN ('queued', 'running') RETURNING attempts",
                (now(), job_id),
            ).fetchone() or (0,)
        return int(attempts)

    def pause(self, job_id: str) -> None:
        """Records that work was interrupted in good order, so that this attempt does not count."""
        with self._writing() as connection:
            connection.execute("UPDATE jobs SET attempts = attempts - 1 WHERE job_id = ?", (job_id,))

    def note(self, job_id: str, position: int, result: FileResult) -> None:
        """Records the result of a file that was waiting."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE files SET state = ?, doc_id = ?, n_passages = ?, warnings = ?, code = ?, message = ?, "
                "replaced = ? WHERE job_id = ? AND position = ? AND state IN ('waiting', 'cancelled')",
                (
                    result.state,
                    result.doc_id,
                    result.n_passages,
                    json.dumps(result.warnings),
                    result.code,
                    result.message,
                    result.replaced,
                    job_id,
                    position,
                ),
            )

    def end(self, job_id: str, state: JobState, *, code: str | None = None, message: str | None = None) -> None:
        """Ends a job that has not ended. Files that still wait are cancelled."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE jobs SET state = ?, finished_at = ?, code = ?, message = ? "
                "WHERE job_id = ? AND state IN ('queued', 'running')",
                (state, now(), code, message, job_id),
            )
            connection.execute(
                "UPDATE files SET state = 'cancelled' WHERE state = 'waiting' AND job_id = ? "
                "AND job_id IN (SELECT job_id FROM jobs WHERE finished_at IS NOT NULL)",
                (job_id,),
            )

    def forget(self, *, ended_before_s: float) -> None:
        """Deletes jobs that ended longer ago than this."""
        before = (datetime.now(UTC) - timedelta(seconds=ended_before_s)).isoformat(timespec="seconds")
        with self._writing() as connection:
            connection.execute("DELETE FROM jobs WHERE finished_at < ?", (before,))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._checked(opened_to_copy(self._path))) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._checked(opened(self._path, "mode=rw"))) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    def _checked(self, connection: SqliteConnection) -> SqliteConnection:
        connection.row_factory = sqlite3.Row
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == _FORMAT - 1:
            self._upgrade()
        elif version != _FORMAT:
            connection.close()
            raise LibraryFormatMismatch(
                f"{self._path} has format {version}, this SinkQA reads format {_FORMAT}: "
                "use the version that wrote it, or move the file away"
            )
        return connection

    def _upgrade(self) -> None:
        with closing(opened(self._path, "mode=rw")) as connection:
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version != _FORMAT:  # nobody else has done it meanwhile
                connection.execute(_REPLACED)
                connection.execute(f"PRAGMA user_version = {_FORMAT}")
            connection.execute("COMMIT")

    def _create(self) -> None:
        """Creates the file aside and links it into place whole; a second process finds the first one's file."""
        aside = self._path.with_name(f"{uuid.uuid4().hex}.new")
        try:
            with closing(sqlite3.connect(aside, isolation_level=None)) as connection:
                connection.executescript(_SCHEMA)
            with suppress(FileExistsError):
                self._path.hardlink_to(aside)
        finally:
            aside.unlink(missing_ok=True)


def now() -> str:
    """The current time, UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _job(connection: sqlite3.Connection, row: sqlite3.Row) -> Job:
    files = connection.execute(
        "SELECT name, n_bytes, sha256, state, doc_id, n_passages, warnings, code, message, replaced FROM files "
        "WHERE job_id = ? ORDER BY position",
        (row["job_id"],),
    )
    fields = (dict(file) | {"warnings": tuple(json.loads(file["warnings"]))} for file in files)
    return Job(**dict(row), files=tuple(JobFile(**each) for each in fields))
