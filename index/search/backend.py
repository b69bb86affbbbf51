"""Retrieval step of the flow: the seam behind which search indexes stand."""

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
    """The n passages that either leg found, with all that scoring needs of them, by row ascending.

    ``shares``, float32, (n,), are BM25 as a share of a perfect match, 0..1; ``cosines``, float32, (n,), -1..1; both of
    every passage, whichever leg found it, and 0 where the mode asks for the other leg alone. The ranks, int32, (n,),
    begin with 1, ties by row; 0 where that leg did not find the passage.
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
    """What share of each language's exactly best 10 and 100 rows is found, 0..1, by ``queries`` stored vectors."""

    at_10: float
    at_100: float
    queries: int


class Searcher(Protocol):
    """One generation of a library, open for searching; safe to use from several threads."""

    @property
    def generation(self) -> int:
        """The store's generation that is indexed."""
        ...

    def candidates(
        self, query: Query, *, depth: int, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> Candidates:
        """The best of each leg, among the passages that meet the filters and that the store still has.

        These are the best ``depth`` by BM25, and by cosine so many of every language; of one that less than a tenth
        of the passages are in, as many as would be among the best ``10 * depth`` if languages lay evenly. A query
        without terms finds nothing by the one, a zero vector nothing by the other.

        Raises:
            DocumentNotFound, AmbiguousDocument: a filter names no document, or several.
        """
        ...

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """The index terms that begin with this, and how many passages have each."""
        ...


class SearchBackend(Protocol):
    """Keeps search indexes in step with the store."""

    def searcher(self) -> Searcher:
        """The newest generation that can be searched. A reader waits for a writer at most a moment."""
        ...

    def sync(self, *, anew: bool = False) -> None:
        """Brings the indexes to the store's generation, from nothing if ``anew``; the caller alone writes."""
        ...

    def problems(self) -> list[str]:
        """What is missing, damaged or behind, one line each; empty when all is well."""
        ...

    def recall(self) -> Recall | None:
        """What share of the exactly best the dense leg finds, measured; None where nothing is indexed."""
        ...
