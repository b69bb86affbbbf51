"""The interface of search backends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from sinkqa.index.arrays import Floats, Rows, Tokens
from sinkqa.index.hit import Filters, SearchMode
from sinkqa.index.search.query import Query

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Candidates(NamedTuple):
    """The n passages that either retriever found, by ascending row, with all values that scoring needs.

    ``shares``, float32, (n,), are BM25 as a share of a perfect match, 0..1. ``cosines`` are float32, (n,), -1..1. Both
    are given for every passage, whichever retriever found it. They are 0 for a retriever that the mode leaves out. The
    ranks are int32, (n,), from 1, ties by row; 0 if that retriever did not find the passage.
    """

    rows: Rows
    passage_ids: Sequence[str]
    languages: Sequence[str]
    tokens: Sequence[Tokens]
    shares: Floats
    cosines: Floats
    lexical_ranks: NDArray[np.int32]
    dense_ranks: NDArray[np.int32]


NOTHING = Candidates(np.zeros(0, np.int64), (), (), (), *np.zeros((2, 0), np.float32), *np.zeros((2, 0), np.int32))


class Recall(NamedTuple):
    """Found share of each language's exact best 10 and 100 rows, 0..1, over ``queries`` stored vectors."""

    at_10: float
    at_100: float
    queries: int


class Searcher(Protocol):
    """One generation of a library, open for searching. Safe to use from several threads."""

    @property
    def generation(self) -> int:
        """The store's generation that the index covers."""
        ...

    def candidates(
        self, query: Query, *, depth: int, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> Candidates:
        """Returns the best passages of each retriever that meet the filters and are still in the store.

        Lexical: the best ``depth`` by BM25. Dense: the best ``depth`` by cosine of every language. For a language with
        less than a tenth of the passages, the number is smaller: as many as the best ``10 * depth`` would contain if
        languages were evenly spread. A query without terms finds nothing lexically, a zero vector nothing densely.

        Raises:
            DocumentNotFound, AmbiguousDocument: a filter names no document, or several.
        """
        ...

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """Returns the index terms that begin with ``prefix``, and how many passages contain each."""
        ...


class SearchBackend(Protocol):
    """Keeps search indexes in step with the store."""

    def searcher(self) -> Searcher:
        """Returns a searcher of the newest searchable generation. A reader waits for a writer only a moment."""
        ...

    def sync(self, *, anew: bool = False) -> None:
        """Updates the indexes to the store's generation; with ``anew``, from scratch. The caller may write."""
        ...

    def problems(self) -> list[str]:
        """Returns files that are missing, damaged or out of date, one line each; empty if all is well."""
        ...

    def recall(self) -> Recall | None:
        """Measures the recall of the dense retriever against exact search; None if nothing is indexed."""
        ...
