"""Storing step of the flow: the search indexes, derived from the store, checksummed and swapped in as a whole.

Layout: ``derived/CURRENT`` names one folder ``derived/<generation>-<nonce>/`` and the size and CRC-32 of every file in
it. A folder never changes once it is named; a new one is built aside and named by replacing ``CURRENT``. Nothing here
is worth keeping: what is missing, damaged or behind is made anew from the store.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from index.arrays import Floats, Rows
from index.errors import DiskFull, LibraryError, LibraryReadOnly, SearchIndexDamaged
from index.search.backend import Recall
from index.search.dense import Added, DenseIndex, Places, write_dense
from index.search.lexical import LexicalEntry, LexicalIndex, Ranking, write_lexical
from index.search.query import Group
from index.store.columns import to_json
from index.store.connection import is_full

DERIVED_FORMAT = 5
_CURRENT = "CURRENT"
_MUTABLE = {"meta.json", ".managed.json"}  # of tantivy's files only these are ever rewritten
_LOCKS = {".tantivy-meta.lock", ".tantivy-writer.lock"}
_CHUNK_BYTES = 1 << 22


@dataclass(frozen=True, slots=True)
class Manifest:
    """What ``CURRENT`` holds. ``files``: path within the folder to (bytes, CRC-32).

    ``stale``: rows taken out since the last build from nothing; tantivy's statistics still count some of them.
    """

    format: int
    generation: int
    encoder: str
    stale: int
    folder: str
    files: dict[str, tuple[int, int]]


class Snapshot:
    """The indexes of one generation, verified and opened for searching.

    ``rows`` are those of the store that are indexed, int64, ascending.

    Raises:
        SearchIndexDamaged: a file is missing or differs from its checksum; when searching, one was changed later.
    """

    def __init__(self, derived: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = derived / manifest.folder, manifest
        self.is_damaged = False
        verify(self.folder, manifest)
        try:
            self.rows: Rows = np.load(self.folder / "rows.npy")
            self._lexical = LexicalIndex(self.folder / "lexical")
            self.dense_index = DenseIndex(self.folder / "dense", self.rows) if len(self.rows) else None
        except (OSError, ValueError, RuntimeError) as error:
            raise SearchIndexDamaged(f"{self.folder}: {error}") from error

    @property
    def generation(self) -> int:
        """The store's generation that is indexed."""
        return self.manifest.generation

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """The index terms that begin with this, and how many passages have each."""
        with self._used():
            return self._lexical.terms(prefix)

    def lexical(self, groups: Sequence[Group], *, depth: int, allowed: Rows | None = None) -> Ranking:
        """The best ``depth`` passages by BM25, as shares of a perfect match."""
        with self._used():
            return self._lexical.search(groups, depth=depth, allowed=allowed)

    def lexical_scores(self, groups: Sequence[Group], rows: Rows) -> Floats:
        """What :meth:`lexical` gives these rows, float32 (len(rows),)."""
        with self._used():
            return self._lexical.scores(groups, rows)

    def dense(self, vector: Floats, *, depth: int, allowed: Rows | None = None, by_language: bool = False) -> Ranking:
        """The best ``depth`` passages by cosine, or of each language its share of so many."""
        if self.dense_index is None:
            return Ranking.nothing()
        with self._used():
            return self.dense_index.search(vector, depth=depth, allowed=allowed, by_language=by_language)

    def recall(self) -> Recall | None:
        """See :meth:`index.search.dense.DenseIndex.recall`; None where nothing is indexed."""
        with self._used():
            return self.dense_index.recall() if self.dense_index else None

    @contextmanager
    def _used(self) -> Iterator[None]:
        """The files are mapped, not read: who writes into one changes what is searched here and now."""
        try:
            yield
        except BaseException as error:  # a panic of tantivy is no Exception
            if not isinstance(error, (OSError, ValueError, RuntimeError)) and type(error).__name__ != "PanicException":
                raise
            self.is_damaged = True
            raise SearchIndexDamaged(
                f"the search index {self.folder} was changed while it was in use: {error}; ask again, it is made anew"
            ) from error


@dataclass(frozen=True, slots=True)
class Changes:
    """What a new generation takes out and puts in.

    ``rows`` are the new ones, ascending; ``entries`` and what is ``added`` to the dense leg are in their order.
    """

    generation: int
    encoder: str
    removed: Rows
    rows: Rows
    entries: Iterable[LexicalEntry]
    added: Added


def read_manifest(derived: Path) -> Manifest:
    """What ``CURRENT`` names now. SearchIndexDamaged where it is missing or makes no sense."""
    try:
        values = json.loads((derived / _CURRENT).read_text("utf-8"))
        manifest = Manifest(**values | {"files": {name: tuple(pair) for name, pair in values["files"].items()}})
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SearchIndexDamaged(f"{derived / _CURRENT}: {error}") from error
    if manifest.format != DERIVED_FORMAT:
        raise SearchIndexDamaged(f"{derived / _CURRENT}: format {manifest.format}, expected {DERIVED_FORMAT}")
    return manifest


def verify(folder: Path, manifest: Manifest) -> None:
    """Compares every file with its checksum. SearchIndexDamaged names the first that differs."""
    for name, (size, checksum) in manifest.files.items():
        try:
            found = _checksum(folder / name)
        except OSError as error:
            raise SearchIndexDamaged(f"{folder / name}: {error}") from error
        if found != (size, checksum):
            raise SearchIndexDamaged(f"{folder / name}: expected {size} bytes with CRC {checksum}, got {found}")


def publish(derived: Path, changes: Changes, *, base: Snapshot | None) -> Manifest:
    """Builds the next generation beside ``base`` (from nothing where that is None) and makes it current.

    Raises:
        SearchIndexDamaged: it cannot be built upon ``base``.
        DiskFull, LibraryReadOnly: it cannot be written; what is current stays so.
    """
    folder = derived / f"{changes.generation}-{secrets.token_hex(4)}"
    try:
        manifest = _build(folder, changes, base)
        aside = derived / f"{_CURRENT}.{folder.name}"
        aside.write_text(to_json(asdict(manifest)), "utf-8")
        aside.replace(derived / _CURRENT)
    except (OSError, ValueError, RuntimeError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        if is_full(error, derived):
            raise DiskFull(
                f"no space left for the search index {derived}: make room; documents are kept, and indexed then"
            ) from error
        if base is not None:
            raise SearchIndexDamaged(f"{base.folder}: {error}") from error
        raise LibraryReadOnly(
            f"cannot write the search index {derived}: {error}; move away what stands there, or mend its permissions"
        ) from error
    except LibraryError:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    _clear(derived, keep=folder.name)
    return manifest


def _build(folder: Path, changes: Changes, base: Snapshot | None) -> Manifest:
    (folder / "lexical").mkdir(parents=True)
    _write_rows(folder, changes, base)
    _write_lexical(folder / "lexical", changes, base)
    _write_dense(folder / "dense", changes, base)
    files = {
        str(path.relative_to(folder).as_posix()): _checksum(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in _LOCKS
    }
    stale = 0 if base is None else base.manifest.stale + len(changes.removed)
    return Manifest(DERIVED_FORMAT, changes.generation, changes.encoder, stale, folder.name, files)


def _write_rows(folder: Path, changes: Changes, base: Snapshot | None) -> None:
    kept = np.zeros(0, np.int64) if base is None else base.rows[_kept(changes, base)]
    if len(kept) and len(changes.rows) and changes.rows[0] < kept[-1]:
        raise SearchIndexDamaged(f"{folder}: row {changes.rows[0]} is new to an index that ends with {kept[-1]}")
    np.save(folder / "rows.npy", np.concatenate((kept, changes.rows)))


def _kept(changes: Changes, base: Snapshot) -> Places:
    """Which lines of its files stay."""
    return np.flatnonzero(~np.isin(base.rows, changes.removed))


def _write_lexical(folder: Path, changes: Changes, base: Snapshot | None) -> None:
    if base is not None:
        for path in (base.folder / "lexical").iterdir():
            if path.name in _LOCKS:
                continue
            if path.name in _MUTABLE:
                shutil.copyfile(path, folder / path.name)
            else:
                _link(path, folder / path.name)
    write_lexical(folder, changes.entries, removed=changes.removed.tolist())
    for name in _MUTABLE:  # tantivy makes them private to the user, unlike every other file of the library
        (folder / name).chmod((folder.stat().st_mode & 0o666) | 0o200)


def _write_dense(folder: Path, changes: Changes, base: Snapshot | None) -> None:
    if base is None or base.dense_index is None:
        write_dense(folder, changes.added)
    else:
        write_dense(folder, changes.added, base=base.dense_index, kept=_kept(changes, base))


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError:  # a file system without hard links
        shutil.copyfile(old, new)


def _checksum(path: Path) -> tuple[int, int]:
    size = checksum = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            size, checksum = size + len(chunk), zlib.crc32(chunk, checksum)
    return size, checksum


def _clear(derived: Path, *, keep: str) -> None:
    """Removes what is no longer named; where a reader still holds a file open (Windows), the next time does it."""
    for path in derived.iterdir():
        if path.is_dir() and path.name != keep:
            shutil.rmtree(path, ignore_errors=True)
        elif path.is_file() and path.name != _CURRENT:
            path.unlink(missing_ok=True)
