"""Retrieval step of the flow: what scoring needs of the store's rows, read from it and kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from index.arrays import Floats, Rows, Tokens
from index.search.lexical import Ranking
from index.store.columns import unpack_tokens, unpack_vectors
from index.store.store import Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_KNOWN = 100_000  # rows whose tokens are kept, half a kilobyte each


class Found(NamedTuple):
    """Rows that the store has, with what is kept of each."""

    rows: Rows
    passage_ids: list[str]
    languages: list[str]
    tokens: list[Tokens]


class KnownRows:
    """What scoring needs of the store's rows, kept once read: a row never changes, and no row number is used twice."""

    def __init__(self) -> None:
        self._spoken = [""]  # languages by their number
        self._languages = np.zeros(0, np.int16)  # the number of each row's; 0 where it was never read
        self._tokens: dict[int, tuple[str, Tokens]] = {}
        self._lock = threading.Lock()

    def languages(self, store: Store, rows: Rows) -> NDArray[np.int16]:
        """The number of each row's language; 0 for one that was deleted before it was ever read."""
        if len(rows) and (rows.max() >= len(self._languages) or not self._languages[rows].all()):
            self._read_languages(store, rows)
        return self._languages[rows]

    def _read_languages(self, store: Store, rows: Rows) -> None:
        with self._lock:
            known = np.zeros(max(len(self._languages), 2 * int(rows.max()) + 1), np.int16)
            known[: len(self._languages)] = self._languages
            for each in store.features(rows[known[rows] == 0]):
                if each.language not in self._spoken:
                    self._spoken.append(each.language)
                known[each.row] = self._spoken.index(each.language)
            self._languages = known

    def candidates(self, store: Store, rows: Rows) -> Found:
        """What is needed to score the rows; a row that was deleted meanwhile is left out."""
        held = store.held(rows)
        there = held.tolist()
        if len(self._tokens) > _MOST_KNOWN:
            self._tokens = {}
        known = self._tokens  # this very one: another thread may begin anew
        unread = np.array([row for row in there if row not in known], np.int64)
        known.update((each.row, (each.passage_id, unpack_tokens(each.tokens))) for each in store.features(unread))
        return Found(
            held,
            [known[row][0] for row in there],
            [self._spoken[number] or "und" for number in self.languages(store, held).tolist()],
            [known[row][1] for row in there],
        )


def cosines_of(store: Store, rows: Rows, dense: Ranking, vector: Floats) -> Floats:
    """Cosines of the rows; from the store for those that the dense leg did not hand over."""
    known: dict[int, float] = dict(zip(dense.rows.tolist(), dense.scores.tolist(), strict=True))
    found = [*store.features(np.array([row for row in rows.tolist() if row not in known], np.int64))]
    cosines = unpack_vectors([each.vector for each in found], len(vector)) @ vector
    known.update(zip([each.row for each in found], cosines.tolist(), strict=True))
    return np.array([known.get(row, 0.0) for row in rows.tolist()], np.float32)
