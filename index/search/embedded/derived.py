"""Publishes the search indexes: they are derived from the store, checksummed, and replaced as a whole.

Layout: ``derived/CURRENT`` names the segments and the removed rows of each (see ``manifest.py``). No file ever changes:
a new generation writes new files, merges small segments, and takes effect by replacing ``CURRENT``. Nothing here is
irreplaceable: any file that is missing, damaged or out of date is rebuilt from the store.
"""

from __future__ import annotations

import secrets
import shutil
import zlib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.errors import DiskFull, LibraryError, LibraryReadOnly, SearchIndexDamaged
from sinkqa.index.search.embedded.building import SegmentFile, merge_segments, write_segment
from sinkqa.index.search.embedded.coding import Coder
from sinkqa.index.search.embedded.dense import RESCORED
from sinkqa.index.search.embedded.manifest import (
    CURRENT,
    DERIVED_FORMAT,
    Entry,
    Manifest,
    Removed,
    packed_coder,
    write_manifest,
)
from sinkqa.index.search.embedded.segment import Segment
from sinkqa.index.search.embedded.snapshot import Piece, Snapshot
from sinkqa.index.store.sqlite.connection import is_full
from sinkqa.index.store.store import Features

if TYPE_CHECKING:
    from sinkqa.index.search.embedded.segment import Places

ROWS_AT_ONCE = 16_384  # of a segment as it is first written: some 100 MB while it is
SMALL = 4_096  # rows; merging so many takes a commit some 20 ms
_BATCHES = 8  # so many times what a commit brings it may merge: then a row costs less to merge than to read
_NEARLY = 4  # neighbours merge where the earlier one is at most so many times the later ones
_MOST_SEGMENTS, _FEWER = 16, 8  # past the first so many are merged that about so many are fewer


@dataclass(frozen=True, slots=True)
class Update:
    """The changes of a new generation.

    ``n_added`` rows are ``added``, by row. ``sample``: vectors, float32, (n, dim), a sample of the library's.
    """

    generation: int
    encoder: str
    dim: int
    removed: Rows
    n_added: int
    added: Iterable[Features]
    sample: Callable[[], Floats]


def publish(derived: Path, update: Update, *, base: Snapshot | None) -> Manifest:
    """Builds the next generation upon ``base`` (from scratch if None) and makes it current.

    Raises:
        SearchIndexDamaged: it cannot be built upon ``base``.
        DiskFull, LibraryReadOnly: it cannot be written. The current generation stays.
    """
    build = _Build(derived)
    try:
        derived.mkdir(parents=True, exist_ok=True)
        manifest = build.manifest(update, base)
        write_manifest(derived, manifest, aside=f"{CURRENT}.{secrets.token_hex(4)}")
    except (OSError, ValueError, LookupError, RuntimeError) as error:
        build.undo()
        if is_full(error, derived):
            raise DiskFull(
                f"no space left for the search index {derived}: make room; documents are kept, and indexed then"
            ) from error
        if base is not None:
            raise SearchIndexDamaged(f"{derived}: {error}") from error
        raise LibraryReadOnly(
            f"cannot write the search index {derived}: {error}; move away what stands there, or correct its permissions"
        ) from error
    except LibraryError:
        build.undo()
        raise
    _clear(derived, keep=manifest.files())
    return manifest


class _Build:
    """The files of one new generation while they are written."""

    def __init__(self, derived: Path) -> None:
        self._derived, self._made = derived, list[Path]()
        self._coder: Coder | None = None

    def undo(self) -> None:
        """Removes the files written so far."""
        for path in self._made:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def manifest(self, update: Update, base: Snapshot | None) -> Manifest:
        """Writes new files and returns the manifest of the generation."""
        pieces = self._kept(base, update.removed) if base else []
        self._coder = base.manifest.make_coder() if base else None
        if self._coder is None and sum(_alive(pieces)) + update.n_added > RESCORED:
            self._coder = Coder.of(update.sample())
        last = base.manifest.last if base else 0
        added = iter(update.added)
        while features := list(islice(added, ROWS_AT_ONCE)):
            if features[0].row <= last:
                raise SearchIndexDamaged(f"{self._derived}: row {features[0].row} is new to an index up to {last}")
            last = features[-1].row
            write = partial(write_segment, features=features, dim=update.dim, coder=self._coder)
            pieces.append(self._written(write))
        pieces = self._merged(pieces, max(SMALL, _BATCHES * update.n_added))
        return Manifest(
            DERIVED_FORMAT,
            update.generation,
            update.encoder,
            last,
            packed_coder(self._coder),
            tuple(each.entry for each in pieces),
        )

    def _kept(self, base: Snapshot, rows: Rows) -> list[Piece]:
        """The segments without these rows; segments that become empty are dropped."""
        removed, start, kept = base.places(rows), 0, []
        for piece in base.pieces:
            first, end = np.searchsorted(removed, (start, start + len(piece.segment)))
            left = self._without(piece, removed[first:end] - start)
            kept += [left] if left.entry.alive else []
            start += len(piece.segment)
        return kept

    def _without(self, piece: Piece, places: Places) -> Piece:
        """The segment without these of its places."""
        gone = np.union1d(piece.gone, places)
        if len(gone) == len(piece.gone):
            return piece
        content = gone.astype("<u4").tobytes()
        path = self._path("removed")
        path.write_bytes(content)
        removed = Removed(path.name, len(content), zlib.crc32(content), len(gone))
        return Piece(replace(piece.entry, removed=removed), piece.segment, gone)

    def _merged(self, pieces: list[Piece], limit: int) -> list[Piece]:
        """Merges the last segments while they are of similar size and within the limit, and until there are few enough.

        A small segment, or one that has lost half its rows, is rewritten without its removed rows.
        """
        if (start := tail(_alive(pieces), limit)) < len(pieces) - 1:
            pieces = self._joined(pieces, start, len(pieces))
        while len(pieces) > _MOST_SEGMENTS:
            pieces = self._joined(pieces, *cheapest(_alive(pieces), len(pieces) - _MOST_SEGMENTS + _FEWER))
        for at, piece in enumerate(pieces):
            if len(piece.gone) and (piece.entry.alive <= SMALL or 2 * piece.entry.alive <= piece.entry.rows):
                pieces = self._joined(pieces, at, at + 1)
        return pieces

    def _joined(self, pieces: list[Piece], start: int, end: int) -> list[Piece]:
        """Merges the segments from ``start`` to ``end`` into one."""
        parts = [(each.segment, each.staying) for each in pieces[start:end]]
        joined = self._written(partial(merge_segments, parts=parts, coder=self._coder))
        return [*pieces[:start], joined, *pieces[end:]]

    def _written(self, write: Callable[[Path], SegmentFile]) -> Piece:
        path = self._path("segment")
        size, crc, rows = write(path)
        segment = Segment(path, size=size, crc=crc)
        return Piece(Entry(path.name, size, crc, rows), segment, np.zeros(0, np.intp))

    def _path(self, kind: str) -> Path:
        path = self._derived / f"{secrets.token_hex(8)}.{kind}"
        self._made.append(path)
        return path


def tail(sizes: Sequence[int], limit: int) -> int:
    """Returns the first of the segments to merge; the last segment if none should be merged."""
    start, total = len(sizes) - 1, sum(sizes[-1:])
    while start > 0 and sizes[start - 1] <= _NEARLY * total and total + sizes[start - 1] <= limit:
        start -= 1
        total += sizes[start]
    return start


def cheapest(sizes: Sequence[int], n: int) -> tuple[int, int]:
    """Returns the range of ``n + 1`` neighbours with the fewest rows."""
    start = min(range(len(sizes) - n), key=lambda start: sum(sizes[start : start + n + 1]))
    return start, start + n + 1


def _alive(pieces: Sequence[Piece]) -> list[int]:
    return [each.entry.alive for each in pieces]


def _clear(derived: Path, *, keep: set[str]) -> None:
    """Removes files that are no longer named. If a reader holds a file open (Windows), the next call removes it."""
    for path in derived.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.name not in keep and path.name != CURRENT:
            with suppress(OSError):
                path.unlink(missing_ok=True)
