"""Libraries of older formats, raised to the format of today with their search indexes."""

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
    """What became of a collection: the formats ``before`` and ``after``, the same where it was well already."""

    collection: str
    before: int
    after: int
    documents: int


def upgrade(settings: Settings) -> list[Upgraded]:
    """Raises every collection, and brings its search indexes to its newest documents. Again, it changes nothing.

    Raises:
        LibraryNotFound: there is no library.
        LibraryFormatMismatch: one is of a format that cannot be raised, or cannot be written to.
        EncoderMismatch: the vectors of one are another encoder's.
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
