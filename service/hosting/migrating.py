"""Copies all collections of an installation from a folder into a database, or back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from sinkqa.index.models.encoder import load_encoder
from sinkqa.index.moving import Moved, OnProgress, move_library
from sinkqa.index.opening import is_address
from sinkqa.service.engine import Engine
from sinkqa.service.errors import InvalidSetting
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.settings import Secret, Settings


def migrate(settings: Settings, to: str, *, on_progress: OnProgress) -> dict[str, Moved]:
    """Copies the documents of every collection to a folder or to a database. Returns a result for each collection.

    ``to``: the folder, or the address of the database. Waiting uploads, deleted documents and keys stay in the
    library's folder. :func:`move_library` describes the guarantees and the errors.

    Raises:
        InvalidSetting: ``to`` is where the documents already are.
    """
    moved_to: dict[str, Any] = {"store": Secret(to)} if is_address(to) else {"store": None, "library": Path(to)}
    collections, encoder = Collections(settings), load_encoder(settings.encoder)
    target = Collections(replace(settings, **moved_to))
    moved = {}
    for name in collections.names():
        here, there = collections.settings(name), target.settings(name)
        if here.place == there.place:
            raise InvalidSetting("migrate: expected another place than that of the library, got the same; name another")
        if Engine.exists(here):
            moved[name] = move_library(
                here.place, there.place, encoder, lock_timeout_s=settings.lock_timeout_s, on_progress=on_progress
            )
    return moved
