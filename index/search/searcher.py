"""Retrieval step of the flow: one generation of the embedded indexes, with what the store knows of their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from index.arrays import Floats, Rows, distinct
from index.hit import Filters, SearchMode
from index.search.backend import Candidates
from index.search.derived import Snapshot
from index.search.lexical import Ranking
from index.search.query import Group, Query
from index.search.rows import KnownRows, cosines_of
from index.store.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray


class LocalSearcher:
    """A snapshot, and the store for what it does not hold; see :class:`index.search.backend.Searcher`."""

    def __init__(self, snapshot: Snapshot, store: Store, known: KnownRows) -> None:
        self.snapshot, self._store, self._known = snapshot, store, known

    @property
    def generation(self) -> int:
        """The store's generation that is indexed."""
        return self.snapshot.generation

    def candidates(
        self, query: Query, *, depth: int, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> Candidates:
        """The best of each leg, among the passages that meet the filters and that the store still has."""
        legs, lexical, dense = self.snapshot, Ranking.nothing(), Ranking.nothing()
        with self._store.reading():
            allowed = self._store.rows(filters) if filters else None
            if mode != "dense":
                lexical = legs.lexical(query.groups, depth=depth, allowed=allowed)
            if mode != "lexical":
                dense = legs.dense(query.vector, depth=depth, allowed=allowed, by_language=True)
            found = self._known.candidates(self._store, distinct(np.concatenate((lexical.rows, dense.rows))))
            nothing = np.zeros(len(found.rows), np.float32)
            return Candidates(
                found.rows,
                found.passage_ids,
                found.languages,
                found.tokens,
                nothing if mode == "dense" else self._shares(found.rows, lexical, query.groups),
                nothing if mode == "lexical" else cosines_of(self._store, found.rows, dense, query.vector),
                _ranks(found.rows, lexical),
                _ranks(found.rows, dense),
            )

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """The index terms that begin with this, and how many passages have each."""
        return self.snapshot.terms(prefix)

    def _shares(self, rows: Rows, lexical: Ranking, groups: Sequence[Group]) -> Floats:
        """BM25 shares of the rows; those beyond the lexical leg's depth are asked for."""
        known = dict(zip(lexical.rows.tolist(), lexical.scores.tolist(), strict=True))
        missing = np.array([row for row in rows.tolist() if row not in known], np.int64)
        if len(missing):
            scores = self.snapshot.lexical_scores(groups, missing)
            known |= zip(missing.tolist(), scores.tolist(), strict=True)
        return np.array([known.get(row, 0.0) for row in rows.tolist()], np.float32)


def _ranks(rows: Rows, ranking: Ranking) -> NDArray[np.int32]:
    """1-based rank of each row in a ranking, 0 where it does not stand there."""
    known = {row: rank for rank, row in enumerate(ranking.rows.tolist(), 1)}
    return np.array([known.get(row, 0) for row in rows.tolist()], np.int32)
