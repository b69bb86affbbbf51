"""Searches one generation of the embedded indexes, and leaves out rows that the store no longer holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sinkqa.index.arrays import Floats, distinct
from sinkqa.index.hit import Filters, SearchMode
from sinkqa.index.search.backend import Candidates
from sinkqa.index.search.embedded.lexical import Ranking, best_of
from sinkqa.index.search.embedded.segment import wide
from sinkqa.index.search.embedded.snapshot import Snapshot
from sinkqa.index.search.query import Query
from sinkqa.index.store.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sinkqa.index.search.embedded.lexical import Mask
    from sinkqa.index.search.embedded.segment import Places


class LocalSearcher:
    """A snapshot, and the store in which later deletions are checked; see :class:`Searcher`."""

    def __init__(self, snapshot: Snapshot, store: Store) -> None:
        self.snapshot, self._store = snapshot, store

    @property
    def generation(self) -> int:
        """The store's generation that the index covers."""
        return self.snapshot.generation

    def candidates(
        self, query: Query, *, depth: int, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> Candidates:
        """Returns the best passages of each retriever that meet the filters and are still in the store."""
        with self._store.reading():
            within = self._within(filters) if filters else None
            with self.snapshot.used():
                found = self._candidates(query, depth, mode, within)
            if self._store.generation == self.generation:
                return found
            there = np.isin(found.rows, self._store.held(found.rows))
        return _only(found, np.flatnonzero(there))

    def _within(self, filters: Filters) -> Mask | None:
        """Marks the places that meet the filters. The result is cached until the store changes."""
        is_current = self._store.generation == self.generation
        if is_current and filters in self.snapshot.masks:
            return self.snapshot.masks[filters]
        allowed = self._store.rows(filters)
        with self.snapshot.used():
            within = None if allowed is None else self.snapshot.mask(allowed)
        if is_current:
            self.snapshot.keep_mask(filters, within)
        return within

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """Returns the index terms that begin with ``prefix``, and how many passages contain each."""
        with self.snapshot.used():
            return self.snapshot.lexical.terms(prefix) if self.snapshot.pieces else []

    def _candidates(self, query: Query, depth: int, mode: SearchMode, within: Mask | None) -> Candidates:
        legs, lexical, dense = self.snapshot, Ranking.nothing(), Ranking.nothing()
        shares = np.zeros(0, np.float32)
        if mode != "dense" and legs.pieces:
            shares = legs.lexical.shares(query.groups)
            lexical = best_of(shares, depth, within)
        if mode != "lexical" and legs.pieces:
            dense = legs.dense.search(query.vector, depth=depth, within=within, by_language=True)
        places = distinct(np.concatenate((lexical.rows, dense.rows)))
        found, nothing = legs.found(places), np.zeros(len(places), np.float32)
        return Candidates(
            found.rows,
            found.passage_ids,
            found.languages,
            found.tokens,
            shares[places] if len(shares) else nothing,
            nothing if mode == "lexical" or not len(places) else self._cosines(places, query.vector),
            _ranks(places, lexical),
            _ranks(places, dense),
        )

    def _cosines(self, places: Places, vector: Floats) -> Floats:
        cosines: Floats = wide(self.snapshot.dense.vectors(places)) @ vector
        return cosines


def _ranks(places: Places, ranking: Ranking) -> NDArray[np.int32]:
    """The 1-based rank of each place in a ranking; 0 if it is not ranked."""
    ranks = np.zeros(len(places), np.int32)
    ranks[np.searchsorted(places, ranking.rows)] = np.arange(1, len(ranking.rows) + 1)
    return ranks


def _only(found: Candidates, kept: Places) -> Candidates:
    """The candidates at these places of the arrays."""
    which = kept.tolist()
    return Candidates(
        found.rows[kept],
        [found.passage_ids[each] for each in which],
        [found.languages[each] for each in which],
        [found.tokens[each] for each in which],
        found.shares[kept],
        found.cosines[kept],
        found.lexical_ranks[kept],
        found.dense_ranks[kept],
    )
