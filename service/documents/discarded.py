"""Lists recently deleted documents that can be restored. A part of the engine's shelf."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.index.store.sqlite.trash import trashed


@dataclass(frozen=True, slots=True)
class Discarded:
    """A deleted document. Times are UTC, ISO 8601. ``restorable_until`` is None if it cannot be restored."""

    record: DocumentRecord
    deleted_at: str
    restorable_until: str | None


def discarded(folder: Path, *, kept_s: float) -> list[Discarded]:
    """The documents in the trash of the library in ``folder``, the last deleted first, kept for ``kept_s`` seconds."""
    found = [until_of(record, record.added_at, kept_s) for record in trashed(folder)]
    return sorted(found, key=lambda each: (each.deleted_at, each.record.title), reverse=True)


def until_of(record: DocumentRecord, deleted_at: str, kept_s: float) -> Discarded:
    """The record of a deleted document with the time until which it is kept."""
    until = datetime.fromisoformat(deleted_at) + timedelta(seconds=kept_s)
    return Discarded(record, deleted_at, until.isoformat(timespec="seconds"))
