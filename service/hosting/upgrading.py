"""Upgrades libraries of older formats, with their search indexes, to the current format."""

from __future__ import annotations

from dataclasses import dataclass

from sinkqa.index.store.sqlite.renewing import format_of
from sinkqa.index.store.sqlite.schema import STORE_FORMAT
from sinkqa.index.store.sqlite.store import STORE_FILE
from sinkqa.service.engine import Engine
from sinkqa.service.hosting.collections import DEFAULT, Collections
from sinkqa.service.settings import Settings


@dataclass(frozen=True, slots=True)
class Upgraded:
    """The result for a collection: its formats ``before`` and ``after``. They are equal if it needed no upgrade."""

    collection: str
    before: int
    after: int
    documents: int


def upgrade(settings: Settings) -> list[Upgraded]:
    """Upgrades every collection and updates its search indexes. A second call changes nothing.

    Raises:
        LibraryNotFound: there is no library.
        LibraryFormatMismatch: a collection has a format that cannot be upgraded, or is not writable.
        EncoderMismatch: another encoder made the vectors of a collection.
        LibraryBusy, LibraryDamaged, DiskFull: see their names.
    """
    collections = Collections(settings)
    upgraded = []
    for name in collections.names():
        if name != DEFAULT and not Engine.exists(collections.settings(name)):
            continue
        before = format_of(collections.settings(name).library / STORE_FILE)
        engine = collections.engine(name)  # which raises the store
        engine.refresh()
        upgraded.append(Upgraded(name, before or STORE_FORMAT, STORE_FORMAT, engine.size().documents))
    return upgraded
