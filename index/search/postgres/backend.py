"""Both retrievers in PostgreSQL, always at the stored generation.

The server keeps postings and statistics and orders vectors (pgvector); BM25 is computed here, in numpy. If rare terms
decide the ranking, the postings of common terms are not read; common terms are scored from each passage's term counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats, Rows, distinct
from sinkqa.index.hit import Filters, SearchMode
from sinkqa.index.search.backend import NOTHING, Candidates, Recall
from sinkqa.index.search.embedded.dense import share_of
from sinkqa.index.search.embedded.lexical import Ranking
from sinkqa.index.search.postgres.bm25 import (
    Plan,
    Postings,
    ScoredGroup,
    Statistics,
    best_of,
    read_counts,
    read_postings,
    storable_lengths,
)
from sinkqa.index.search.postgres.graphs import build_graphs, measured_recall
from sinkqa.index.search.postgres.vectors import nearest
from sinkqa.index.search.postgres.writer import index_changes
from sinkqa.index.search.query import Group, Query
from sinkqa.index.store.documents.serialization import unpack_halves, unpack_tokens
from sinkqa.index.store.postgres.store import PostgresStore
from sinkqa.index.store.postgres.wire import PostgresConnection

if TYPE_CHECKING:
    from numpy.typing import NDArray

_READ_AT_ONCE = 200_000  # postings, 1.2 MB
_MOST_SCORED = 3_000  # passages whose counts are read to score them
_SPARE = 20  # the server orders by the query at half precision: so many more, ordered anew here

_FREQUENCIES = """
SELECT word, term, sum(n), 0 FROM words JOIN postings USING (term) WHERE word = ANY(?::text[]) GROUP BY word, term
UNION ALL SELECT language, 0, sum(passages), sum(length) FROM buckets GROUP BY language
"""
_POSTINGS = "SELECT term, entries FROM postings WHERE term = ANY(?::int[])"
_TERMS = """
SELECT word, sum(n) FROM words JOIN postings USING (term) WHERE word >= ? AND word < ? GROUP BY word
"""
_COUNTS = 'SELECT "row", length, counted FROM counts WHERE "row" = ANY(?::bigint[])'
_DETAILS = """
SELECT "row", passage_id, passages.language, tokens, vector, length, counted
FROM passages JOIN features USING ("row") JOIN counts USING ("row")
WHERE "row" = ANY(?::bigint[]) ORDER BY "row"
"""


class Frequencies(NamedTuple):
    """``numbers`` of the query's words, 0 for an unknown word; ``spoken``: number of passages by language."""

    numbers: Mapping[str, int]
    spoken: Mapping[str, int]
    statistics: Statistics


class PostgresBackend:
    """Keeps the search tables in the same database and the same transactions as the store."""

    def __init__(self, store: PostgresStore, *, encoder: str, dim: int) -> None:
        self._store, self._encoder, self._dim = store, encoder, dim
        store.on_change = lambda connection: index_changes(connection, dim)

    def searcher(self) -> PostgresSearcher:
        """Returns a searcher. Each search uses the newest stored generation, or that of the enclosing reading."""
        return PostgresSearcher(self._store, self._dim)

    def sync(self, *, anew: bool = False) -> None:
        """With ``anew``, rebuilds postings and vectors, and starts graphs for grown languages.

        Otherwise does nothing.
        """
        if anew:
            with self._store.writing():
                connection = self._store.connection
                connection.script("TRUNCATE words, postings, counts, vectors, buckets, fresh, gone")
                connection.execute('INSERT INTO fresh SELECT "row" FROM features')
        build_graphs(self._store.connection)

    def problems(self) -> list[str]:
        """Returns tables that are missing or out of date, one line each; empty if all is well."""
        with self._store.reading():
            connection = self._store.connection
            stored, counted, vectors = (
                connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("passages", "counts", "vectors")
            )
            (known,) = connection.execute("SELECT coalesce(sum(passages), 0) FROM buckets").fetchone()
        found = {"counts of": counted, "vectors of": vectors, "statistics of": int(known)}
        return [
            f"search index: {name} {n} passages, the store has {stored}" for name, n in found.items() if n != stored
        ]

    def recall(self) -> Recall | None:
        """Measures recall against comparing every vector. Some stored vectors serve as queries."""
        with self._store.reading():
            return measured_recall(self._store.connection, self._dim)


class PostgresSearcher:
    """See :class:`Searcher`. A search takes three statements."""

    def __init__(self, store: PostgresStore, dim: int) -> None:
        self._store, self._dim = store, dim

    @property
    def generation(self) -> int:
        """The store's generation."""
        return self._store.generation

    def terms(self, prefix: str) -> list[tuple[str, int]]:
        """The index terms that begin with ``prefix``, and how many passages contain each."""
        found = self._store.connection.execute(_TERMS, (prefix, prefix + "\U0010ffff"))
        return [(word, int(n)) for word, n in found]

    def known(self, connection: PostgresConnection, groups: Sequence[Group]) -> Frequencies:
        """Returns statistics for ranking. If several databases form one library, these are their sums."""
        return _frequencies(connection, groups)

    def candidates(
        self, query: Query, *, depth: int, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> Candidates:
        """Returns the best passages of each retriever that meet the filters."""
        with self._store.reading():
            connection, allowed = self._store.connection, self._store.rows(filters) if filters else None
            known = self.known(connection, () if mode == "dense" else query.groups)
            plan, likely = Plan(() if mode == "dense" else query.groups, known.statistics), np.zeros(0, np.int64)
            lexical, open_to = Ranking.nothing(), known.spoken
            if allowed is None or len(allowed):
                lexical = _lexical(connection, plan, known, depth, allowed)
                if mode != "lexical" and query.vector.any():
                    open_to = _spoken(connection, allowed) if allowed is not None else known.spoken
                    likely = nearest(connection, query.vector, _depths(open_to, depth), allowed)
            rows = distinct(np.concatenate((lexical.rows, likely)))
            found = connection.execute(_DETAILS, (rows.tolist(),)).fetchall()
        if not found:
            return NOTHING
        details = _Details(*zip(*found, strict=True))
        cosines = unpack_halves(details.vectors, self._dim).astype(np.float32) @ query.vector
        dense = _best_of_each(cosines, details.languages, np.isin(rows, likely), _depths(open_to, depth))
        postings = _counted(details.lengths, details.counted, known.numbers)
        shares = plan.shares(plan.scores(postings, len(rows), plan.parts))
        kept = np.flatnonzero(np.isin(rows, lexical.rows) | (dense > 0)).tolist()
        return Candidates(
            rows[kept],
            [details.passage_ids[place] for place in kept],
            [details.languages[place] for place in kept],
            [unpack_tokens(details.tokens[place]) for place in kept],
            shares[kept],
            cosines[kept] if mode != "lexical" else np.zeros(len(kept), np.float32),
            _ranks(rows[kept], lexical.rows),
            dense[kept],
        )


class _Details(NamedTuple):
    """The values needed to score passages, one column each, by row."""

    rows: Sequence[int]
    passage_ids: Sequence[str]
    languages: Sequence[str]
    tokens: Sequence[bytes]
    vectors: Sequence[bytes]
    lengths: Sequence[int]
    counted: Sequence[bytes]


def _frequencies(connection: PostgresConnection, groups: Sequence[Group]) -> Frequencies:
    words = sorted({term for group in groups for terms in (group.terms, *_others(group)) for term in terms})
    numbers, having, spoken, total = {}, {}, {}, 0
    for word, number, n, length in connection.execute(_FREQUENCIES, (words,)):
        if number:
            numbers[word], having[word] = number, int(n)
        else:
            spoken[word], total = int(n), total + int(length)
    return Frequencies(numbers, spoken, Statistics(sum(spoken.values()), total, having))


def _others(group: Group) -> list[tuple[str, ...]]:
    return [each.terms for each in group.alternatives]


def _lexical(
    connection: PostgresConnection, plan: Plan, known: Frequencies, depth: int, allowed: Rows | None
) -> Ranking:
    """The best ``depth`` by BM25, exactly.

    Groups are read by cost until the remaining ones can no longer bring in a passage that has none of the terms read.
    Then the remaining groups score only passages that can still be among the best (MaxScore: Turtle and Flood, 1995).
    """
    read: dict[str, tuple[Rows, Any, Any]] = {}
    most, at = _READ_AT_ONCE, 0
    while at < len(plan.parts):
        begun, cost = at, 0
        while at < len(plan.parts) and (at == begun or cost + plan.parts[at].cost <= most):
            cost += plan.parts[at].cost
            at += 1
        read |= _read(connection, plan.parts[begun:at], known.numbers)
        rows, scores = _score_read(plan, read, plan.parts[:at])
        if allowed is not None:
            scores[~np.isin(rows, allowed)] = 0
        best = best_of(scores, rows, depth)
        left = sum(part.most for part in plan.parts[at:])
        if not left:
            return Ranking(best.rows, plan.shares(best.scores))
        if len(best.scores) == depth and left < best.scores[-1]:
            likely = rows[scores > best.scores[-1] - left]
            if len(likely) <= _MOST_SCORED:
                return _score_likely(connection, plan, known, likely, depth)
        most *= 2
    return Ranking.nothing()


def _read(
    connection: PostgresConnection, parts: Sequence[ScoredGroup], numbers: Mapping[str, int]
) -> dict[str, tuple[Rows, Any, Any]]:
    """The postings of all terms of these groups: rows, frequencies, lengths."""
    blobs: dict[str, list[bytes]] = {term: [] for part in parts for term in part.asked()}
    wanted = {numbers[term]: term for term in blobs}
    for number, entries in connection.execute(_POSTINGS, (list(wanted),)):
        blobs[wanted[number]].append(entries)
    return {term: read_postings(each) for term, each in blobs.items()}


def _score_read(
    plan: Plan, read: Mapping[str, tuple[Rows, Any, Any]], parts: Sequence[ScoredGroup]
) -> tuple[Rows, Floats]:
    """Scores of all rows from the first to the last that were read."""
    ends = [end for rows, *_ in read.values() if len(rows) for end in (int(rows.min()), int(rows.max()))]
    if not ends:
        return np.zeros(0, np.int64), np.zeros(0, np.float32)
    low, size = min(ends), max(ends) + 1 - min(ends)
    postings = {term: Postings(rows - low, times, sizes) for term, (rows, times, sizes) in read.items()}
    return np.arange(low, low + size), plan.scores(postings, size, parts)


def _score_likely(connection: PostgresConnection, plan: Plan, known: Frequencies, likely: Rows, depth: int) -> Ranking:
    rows, lengths, counted = zip(*connection.execute(_COUNTS, (likely.tolist(),)), strict=True)
    scores = plan.scores(_counted(lengths, counted, known.numbers), len(rows), plan.parts)
    best = best_of(scores, np.array(rows, np.int64), depth)
    return Ranking(best.rows, plan.shares(best.scores))


def _counted(lengths: Sequence[int], counted: Sequence[bytes], numbers: Mapping[str, int]) -> dict[str, Postings]:
    """Postings of the words, computed from the passages' term counts; places are those in the lists."""
    places, terms, times = read_counts(counted)
    sizes = storable_lengths(lengths)
    asked = np.isin(terms, np.array(list(numbers.values()), np.uint32))
    places, terms, times = places[asked], terms[asked], times[asked]
    found = {}
    for word, number in numbers.items():
        there = terms == number
        found[word] = Postings(places[there], times[there], sizes[places[there]])
    return found


def _spoken(connection: PostgresConnection, allowed: Rows) -> dict[str, int]:
    """The number of these passages in each language."""
    counting = 'SELECT language, count(*) FROM vectors WHERE "row" = ANY(?::bigint[]) GROUP BY language'
    return dict(connection.execute(counting, (allowed.tolist(),)))


def _depths(spoken: Mapping[str, int], depth: int) -> dict[str, int]:
    """The number of passages wanted of each language."""
    return {language: share_of(depth, n, sum(spoken.values())) for language, n in spoken.items()}


def _best_of_each(
    cosines: Floats, languages: Sequence[str], likely: NDArray[np.bool_], depths: Mapping[str, int]
) -> NDArray[np.int32]:
    """The rank of each place among the best of its language, ties by place; 0 if it is not among them."""
    left, ranks, rank = dict(depths), np.zeros(len(cosines), np.int32), 0
    for place in np.argsort(-cosines, kind="stable").tolist():
        if likely[place] and left[languages[place]]:
            left[languages[place]] -= 1
            ranks[place] = rank = rank + 1
    return ranks


def _ranks(rows: Rows, ranked: Rows) -> NDArray[np.int32]:
    """The 1-based rank of each row in a ranking; 0 if it is not ranked."""
    known = {row: rank for rank, row in enumerate(ranked.tolist(), 1)}
    return np.array([known.get(row, 0) for row in rows.tolist()], np.int32)
