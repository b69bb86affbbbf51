"""Consistent copies of SQLite files that others may be writing to."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sinkqa.index.errors import LibraryDamaged
from sinkqa.index.store.documents.catalogue import size
from sinkqa.index.store.sqlite.connection import connect, opened_to_copy


def copy_file(path: Path, to: Path) -> None:
    """Copies one consistent state of the file at ``path`` into a new file at ``to``."""
    with closing(opened_to_copy(path)) as held, closing(sqlite3.connect(to)) as copy:
        held.backup(copy)


def documents_of_copy(path: Path, *, of: Path) -> int:
    """The number of documents in the copy of the store ``of``.

    Raises:
        LibraryDamaged: that store is damaged, and so is its copy.
    """
    with closing(connect(path)) as copy:
        for (found,) in copy.execute("PRAGMA quick_check(1)"):
            if found != "ok":
                raise LibraryDamaged(
                    f"{of} is damaged ({found}), and so would be its copy: see what sinkqa doctor says"
                )
        return size(copy).documents
