"""Backs up a whole installation while it is in use. A copy is a library that can be opened directly."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path

from sinkqa.index.errors import DiskFull, LibraryError
from sinkqa.index.store.sqlite.connection import is_full
from sinkqa.index.store.sqlite.copying import copy_file, documents_of_copy
from sinkqa.index.store.sqlite.store import STORE_FILE
from sinkqa.index.store.sqlite.trash import TRASH_FILE
from sinkqa.service.errors import BackupFailed
from sinkqa.service.hosting.collections import Collections
from sinkqa.service.hosting.job_store import LEDGER_FILE
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.settings import Settings

# In this order, what moves on meanwhile is in the copy twice rather than not at all: an upload that lands, a deleted
# document that is put back. Only what is deleted meanwhile cannot be put back in the copy.
_STORES = (TRASH_FILE, STORE_FILE)
_UPLOADS = "uploads"


def back_up(settings: Settings, to: Path) -> dict[str, int]:
    """Copies every collection with its waiting uploads, its restorable deleted documents, and the keys.

    Search indexes are left out. They are built anew when the copy is first opened. ``to`` appears only when all of the
    copy is on disk. Returns the number of documents in each collection of the copy.

    Raises:
        BackupFailed: there is no library, ``to`` exists already, or it cannot be written.
        LibraryDamaged: a collection or another part of the installation is damaged.
        DiskFull: there is no room for a copy.
    """
    if settings.store is not None:
        raise BackupFailed(
            "backup: the documents are in a database, expected a library in a folder; use pg_dump (docs/postgresql.md)"
        )
    collections = Collections(settings)
    folders = {name: collections.settings(name).library for name in collections.names()}
    kept = {name: folder for name, folder in folders.items() if (folder / STORE_FILE).is_file()}
    if not kept:
        raise BackupFailed(f"backup: expected a library in {settings.library}, found none; name it with --library")
    if to.exists():
        raise BackupFailed(f"backup: expected a folder that is not there yet, got {to}; name another")
    aside = to.with_name(f".{to.name}.partial")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True, mode=0o700)
        copied = {}
        for name, folder in kept.items():
            copied[name] = _copy(folder, aside / folder.relative_to(settings.library))
        if keys_of(settings).exist():
            shutil.copy2(keys_of(settings).path, aside)
        for path in (*aside.rglob("*"), aside):
            _sync(path)
        aside.rename(to)
        _sync(to.parent)
    except LibraryError:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(aside, ignore_errors=True)
        if is_full(error, aside):
            raise DiskFull(f"no space left on the disk of {to}: make room, then back up again") from error
        raise BackupFailed(
            f"backup: cannot copy {settings.library} to {to}: {error}; correct this, then try again"
        ) from error
    return copied


def _copy(folder: Path, to: Path) -> int:
    """Copies one collection; the number of its documents in the copy."""
    to.mkdir(parents=True, exist_ok=True)
    if (folder / LEDGER_FILE).is_file():
        copy_file(folder / LEDGER_FILE, to / LEDGER_FILE)
    for upload in (folder / _UPLOADS).glob("*"):
        with suppress(FileNotFoundError):  # it has landed
            for path in upload.iterdir():
                (to / path.relative_to(folder)).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, to / path.relative_to(folder))
    for name in _STORES:
        if (folder / name).is_file():
            copy_file(folder / name, to / name)
    return documents_of_copy(to / STORE_FILE, of=folder / STORE_FILE)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
