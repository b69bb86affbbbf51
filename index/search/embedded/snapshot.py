"""Snapshots: the segments of one generation, opened for searching, with rows numbered consecutively."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sinkqa.index.arrays import Rows, Tokens
from sinkqa.index.errors import SearchIndexDamaged
from sinkqa.index.hit import Filters
from sinkqa.index.search.embedded.building import ranges
from sinkqa.index.search.embedded.dense import DenseIndex
from sinkqa.index.search.embedded.lexical import LexicalIndex
from sinkqa.index.search.embedded.manifest import Entry, Manifest, Removed
from sinkqa.index.search.embedded.segment import Segment, passage_ids

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.index.search.embedded.lexical import Mask
    from sinkqa.index.search.embedded.segment import Places


_MASKS = 16  # of a byte for each row


class Piece(NamedTuple):
    """A segment with its removed places, ascending."""

    entry: Entry
    segment: Segment
    gone: Places

    @property
    def staying(self) -> Places:
        """The places that are not removed, ascending."""
        there = np.ones(len(self.segment), bool)
        there[self.gone] = False
        return np.flatnonzero(there)


class Found(NamedTuple):
    """Stored values of some places, in their order."""

    rows: Rows
    passage_ids: list[str]
    languages: list[str]
    tokens: list[Tokens]


class Snapshot:
    """The indexes of one generation. It takes over segments that another snapshot has opened.

    Raises:
        SearchIndexDamaged: a file is missing or differs from the written one. During a search: one changed later.
    """

    def __init__(self, derived: Path, manifest: Manifest, *, before: Snapshot | None = None) -> None:
        self.derived, self.manifest = derived, manifest
        self.is_damaged = False
        self.masks: dict[Filters, Mask | None] = {}
        known: Mapping[str, Piece] = (
            {each.entry.name: each for each in before.pieces} if before and not before.is_damaged else {}
        )
        self.pieces: list[Piece] = [_opened(derived, entry, known.get(entry.name)) for entry in manifest.segments]
        self._segments = [each.segment for each in self.pieces]
        self._bases: NDArray[np.intp] = np.cumsum([0, *map(len, self._segments)])
        self._last_rows = np.array([segment.rows[-1] for segment in self._segments], np.int64)

    @property
    def generation(self) -> int:
        """The store's generation that is indexed."""
        return self.manifest.generation

    @property
    def n_alive(self) -> int:
        """The number of rows that are indexed and not removed."""
        return sum(each.alive for each in self.manifest.segments)

    @cached_property
    def alive(self) -> Mask | None:
        """Marks the places that are not removed; None: all."""
        if not any(len(each.gone) for each in self.pieces):
            return None
        alive = np.ones(int(self._bases[-1]), bool)
        for base, piece in zip(self._bases.tolist(), self.pieces, strict=False):
            alive[piece.gone + base] = False
        return alive

    @cached_property
    def lexical(self) -> LexicalIndex:
        """The lexical retriever."""
        return LexicalIndex(self._segments, self.alive)

    @cached_property
    def dense(self) -> DenseIndex:
        """The dense retriever."""
        return DenseIndex(self._segments, self.manifest.make_coder(), self.alive)

    def rows(self) -> Rows:
        """Returns all indexed rows of the store, ascending."""
        rows = [piece.segment.rows[piece.staying] for piece in self.pieces]
        return np.concatenate([np.zeros(0, np.int64), *rows])

    def places(self, rows: Rows) -> Places:
        """Returns the places of those rows that are indexed, ascending."""
        rows = np.sort(rows, kind="stable")  # mostly sorted, which this takes at a glance
        cuts = np.searchsorted(rows, self._last_rows, "right").tolist()
        found = [np.zeros(0, np.intp)]
        for base, segment, (start, end) in zip(
            self._bases.tolist(), self._segments, pairwise([0, *cuts]), strict=False
        ):
            own = rows[start:end]
            at = np.searchsorted(segment.rows, own)
            found.append(at[segment.rows[at] == own] + base)
        return np.concatenate(found)

    def mask(self, rows: Rows) -> Mask:
        """Marks the places that hold one of these rows and are not removed."""
        within = np.zeros(int(self._bases[-1]), bool)
        within[self.places(rows)] = True
        return within if self.alive is None else within & self.alive

    def keep_mask(self, filters: Filters, within: Mask | None) -> None:
        """Caches the places that meet the filters at this generation, for the most recent filters."""
        self.masks = dict(list(self.masks.items())[1 - _MASKS :]) | {filters: within}

    def found(self, places: Places) -> Found:
        """Returns the stored values of these places, ascending."""
        found = Found(np.zeros(len(places), np.int64), [], [], [])
        cuts = np.searchsorted(places, self._bases).tolist()
        for number, (start, end) in enumerate(pairwise(cuts)):
            if start == end:
                continue
            segment, own = self._segments[number], places[start:end] - self._bases[number]
            found.rows[start:end] = segment.rows[own]
            found.passage_ids.extend(passage_ids(segment, own))
            found.languages.extend(segment.spoken[each] for each in segment["languages"][own].tolist())
            found.tokens.extend(_tokens(segment, own))
        return found

    @contextmanager
    def used(self) -> Iterator[None]:
        """Within this context, invalid data raises SearchIndexDamaged, because others can change mapped files."""
        try:
            yield
        except (OSError, ValueError, LookupError, RuntimeError) as error:
            self.is_damaged = True
            raise SearchIndexDamaged(
                f"the search index {self.derived} was changed while it was in use: {error}; ask again: it is rebuilt"
            ) from error


def read_removed(derived: Path, removed: Removed | None) -> Places:
    """Reads the removed places of a segment. Raises SearchIndexDamaged if the file differs from the written one."""
    if removed is None:
        return np.zeros(0, np.intp)
    try:
        content = (derived / removed.name).read_bytes()
    except OSError as error:
        raise SearchIndexDamaged(f"{derived / removed.name}: {error}") from error
    if (len(content), zlib.crc32(content)) != (removed.size, removed.crc):
        raise SearchIndexDamaged(f"{derived / removed.name}: it differs from its checksum")
    return np.frombuffer(content, "<u4").astype(np.intp)


def _opened(derived: Path, entry: Entry, known: Piece | None) -> Piece:
    if known and known.entry == entry:
        return known
    segment = known.segment if known else Segment(derived / entry.name, size=entry.size, crc=entry.crc)
    return Piece(entry, segment, read_removed(derived, entry.removed))


def _tokens(segment: Segment, places: Places) -> Iterator[Tokens]:
    """The tokens of each place."""
    starts = segment["token_starts"]
    first = starts[places].astype(np.int64)
    lengths = starts[places + 1].astype(np.int64) - first
    tokens = segment["tokens"][ranges(first, lengths)].astype(np.uint32)
    return (tokens[start:end] for start, end in pairwise(np.cumsum([0, *lengths]).tolist()))
