"""Manages several libraries side by side. Each has a folder of its own, and is opened once for all callers."""

from __future__ import annotations

import shutil
import threading
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from sinkqa.index.store.sqlite.store import STORE_FILE
from sinkqa.ingest.text.patterns import late
from sinkqa.service.engine import Engine
from sinkqa.service.errors import CollectionExists, CollectionNotFound, InvalidCollection
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.settings import SCHEMA, Settings

DEFAULT = "default"
_NAME = late(r"[a-z0-9][a-z0-9_-]{0,62}")
_FOLDER = "collections"
_Stamp = tuple[int, int]


class Opens(Protocol):
    """The signature of :meth:`Engine.open`."""

    def __call__(self, settings: Settings, /, *, create: bool, reencode: bool) -> Engine:
        """As :meth:`Engine.open`."""


class Collections:
    """The collections of one installation. Safe to use from several threads.

    "default" is the library of the settings themselves. Any other collection is in ``collections/NAME`` inside its
    folder, or in a schema of its own in the database.
    """

    def __init__(self, settings: Settings, *, opens: Opens = Engine.open) -> None:
        self._settings, self._opens = settings, opens
        self._open: dict[str, tuple[Engine, _Stamp | None]] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """The name "default", even if that library does not exist yet, then the names of all others in order."""
        if self._settings.store is not None:
            found = iter(_in_database(self._settings.store.value))
        else:
            folder = self._settings.library / _FOLDER
            found = (path.name for path in folder.iterdir()) if folder.is_dir() else iter(())
        return [DEFAULT, *sorted(name for name in found if _NAME.fullmatch(name) and name != DEFAULT)]

    def settings(self, name: str) -> Settings:
        """The settings with the folder of this collection as their library.

        Raises:
            InvalidCollection: no collection can have this name.
        """
        if not _NAME.fullmatch(name):
            raise InvalidCollection(
                "collection: expected 1-63 lower-case letters, digits, - or _, beginning with a letter or digit, "
                f"got {name[:80]!r}; choose such a name"
            )
        return replace(self._settings, library=self._folder(name), collection=name)

    def engine(self, name: str = DEFAULT, *, create: bool = False, reencode: bool = False) -> Engine:
        """The engine of a collection, the same at each call. ``create`` makes it if it does not exist.

        Raises:
            InvalidCollection: as :meth:`settings`.
            CollectionNotFound: no collection has this name. For "default": LibraryNotFound.
            LibraryError: see :meth:`Engine.open`.
        """
        settings = self.settings(name)
        with self._lock:
            engine = self.opened(name)
            if engine is None:
                if name != DEFAULT and not create and not Engine.exists(settings):
                    raise CollectionNotFound(f"no collection {name!r}: there are {', '.join(self.names())}; name one")
                engine = self._opens(settings, create=create, reencode=reencode)
                self._open[name] = engine, _stamp(settings.library)
                keys_of(self._settings).note()
            return engine

    def opened(self, name: str) -> Engine | None:
        """The engine of a collection that is open already, else None. Never waits.

        The result is also None if another process has deleted the collection or created it anew since it was opened.
        """
        engine, stamp = self._open.get(name, (None, None))
        return engine if engine and stamp == _stamp(self._folder(name)) else None

    def create(self, name: str) -> Engine:
        """Creates an empty collection and returns its engine.

        Raises:
            InvalidCollection: as :meth:`settings`.
            CollectionExists: a collection has this name already.
        """
        if Engine.exists(self.settings(name)):
            raise CollectionExists(f"a collection {name!r} is there already: use it, or choose another name")
        return self.engine(name, create=True)

    def remove(self, name: str) -> None:
        """Deletes a collection and all its documents. Requests that are reading it can finish.

        Raises:
            InvalidCollection: as :meth:`settings`, or "default", which cannot be deleted as a whole.
            CollectionNotFound: no collection has this name.
        """
        if name == DEFAULT:
            raise InvalidCollection(f"collection: {DEFAULT!r} cannot be deleted as a whole; delete its documents")
        if not Engine.exists(self.settings(name)):
            raise CollectionNotFound(f"no collection {name!r}: there are {', '.join(self.names())}; name one")
        with self._lock:
            self._open.pop(name, None)
            if self._settings.store is not None:
                _drop(self._settings.store.value, name)
                if not self._folder(name).is_dir():
                    return
            gone = self._folder(name).with_name(f".{uuid.uuid4().hex}")  # at once, and no name of a collection
            self._folder(name).rename(gone)
        shutil.rmtree(gone)

    def _folder(self, name: str) -> Path:
        return self._settings.library if name == DEFAULT else self._settings.library / _FOLDER / name


def _in_database(address: str) -> list[str]:
    from sinkqa.index.store.postgres.store import schemas_of

    return [schema.removeprefix(SCHEMA) for schema in schemas_of(address, prefix=SCHEMA)]


def _drop(address: str, name: str) -> None:
    from sinkqa.index.store.postgres.store import drop_schema

    drop_schema(address, SCHEMA + name)


def _stamp(folder: Path) -> _Stamp | None:
    """Which file holds a library now; None where none does."""
    try:
        status = (folder / STORE_FILE).stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
