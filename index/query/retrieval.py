"""Retrieval step of the flow: query to ranked rows, by both legs, their union, and one fused score."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from index.arrays import Floats, Rows, Tokens, distinct
from index.errors import LibraryDamaged
from index.hit import Hit, SearchMode, Stated, Why
from index.models.encoder import Encoder
from index.query.expansion import Group, expand, matched_terms
from index.query.fusion import Weights, fuse, ranks
from index.search.lexical import Ranking
from index.search.local import Legs
from index.store.columns import (
    PASSAGE_COLUMNS,
    read_metadata,
    read_passage,
    unpack_terms,
    unpack_tokens,
    unpack_vectors,
)
from index.store.sqlite import batches
from ingest.document import Metadata
from ingest.passage import Passage
from ingest.text.language import detect

if TYPE_CHECKING:
    from numpy.typing import NDArray

_T = TypeVar("_T")

LONGEST_QUERY = 2_000  # code points; what follows is not looked at
DEPTH = 100  # candidates from each leg, of the dense one for each language: a translation comes late in any ranking
_MOST_KNOWN = 100_000  # rows whose tokens are kept, half a kilobyte each
_MOST_READ = 2_000  # passages, some 20 MB


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the legs see it."""

    text: str
    language: str
    groups: tuple[Group, ...]
    vector: Floats
    tokens: Tokens


class Ranked(NamedTuple):
    """A row of the store with its score; ``why`` still lacks the matched terms."""

    row: int
    score: float
    why: Why


class _Candidates(NamedTuple):
    rows: Rows
    passage_ids: list[str]
    languages: list[str]
    tokens: list[Tokens]


def prepare(text: str, encoder: Encoder) -> Query:
    """Analyses and encodes a question, or the first 2,000 code points of it."""
    text = text[:LONGEST_QUERY]
    groups = tuple(expand(text))
    (vector,), (tokens,) = encoder.read([text])
    return Query(text, detect(text), groups, vector, tokens)


def respelled(query: Query, legs: Legs) -> Query:
    """The query with words of the index beside those that look misspelt."""
    return replace(query, groups=tuple(legs.respelled(query.groups)))


def retrieve(
    query: Query,
    legs: Legs,
    connection: sqlite3.Connection,
    *,
    k: int,
    mode: SearchMode,
    allowed: Rows | None,
    encoder: Encoder,
    weights: Weights,
    known: KnownRows,
) -> list[Ranked]:
    """The best ``k`` rows that the store still has, by score descending, ties by passage_id.

    ``lexical`` scores by BM25 alone, ``dense`` by what the encoder says (cosine and, as far as it counts, late
    interaction), ``hybrid`` by all of it. A row that one leg did not find is scored by that leg too.
    """
    depth = max(DEPTH, 2 * k)
    nothing = Ranking.nothing()
    lexical = nothing if mode == "dense" else legs.lexical(query.groups, depth=depth, allowed=allowed)
    dense = nothing if mode == "lexical" else legs.dense(query.vector, depth=depth, allowed=allowed, by_language=True)
    found = known.candidates(connection, distinct(np.concatenate((lexical.rows, dense.rows))))
    if not found.passage_ids:
        return []
    shares = _shares(found.rows, lexical, query.groups, legs if mode == "hybrid" else None)
    cosines = _cosines(connection, found.rows, dense, query.vector) if mode != "lexical" else np.zeros_like(shares)
    late = encoder.maxsim(query.tokens, found.tokens) if mode != "lexical" else np.zeros_like(shares)
    scores = (
        shares
        if mode == "lexical"
        else fuse(
            dense=cosines,
            lexical=shares,
            late=late,
            words=[len(tokens) for tokens in found.tokens],
            languages=found.languages,
            asked_in=query.language,
            weights=replace(weights, late=weights.late * encoder.late),
        )
    )
    lexical_ranks, dense_ranks = ranks(lexical.rows), ranks(dense.rows)
    best = sorted(range(len(scores)), key=lambda i: (-scores[i], found.passage_ids[i]))[:k]
    return [
        Ranked(
            row := int(found.rows[i]),
            float(scores[i]),
            Why(
                lexical_rank=lexical_ranks.get(row),
                lexical=float(shares[i]),
                dense_rank=dense_ranks.get(row),
                dense=float(cosines[i]),
                late=float(late[i]),
            ),
        )
        for i in best
    ]


def read_hits(connection: sqlite3.Connection, ranked: Sequence[Ranked], groups: Sequence[Group]) -> list[Hit]:
    """The passages of ranked rows, with those of the query's terms and of their alternatives that stand in each."""
    read = _read_rows(connection, [each.row for each in ranked])
    standing: dict[int, frozenset[str]] = {}
    for places, part in batches([each.row for each in ranked]):
        found = connection.execute(f'SELECT "row", terms FROM features WHERE "row" IN {places}', part)
        standing.update((row, _standing(packed)) for row, packed in found)
    hits: list[Hit] = []
    for each in ranked:
        title, about, passage = _of(each.row, read)
        why = replace(each.why, matched_terms=matched_terms(groups, _of(each.row, standing)))
        hits.append(Hit(passage, title, each.score, why, about))
    return hits


@lru_cache(maxsize=_MOST_READ)
def _standing(packed: bytes) -> frozenset[str]:
    """The terms of a passage without those of its headings."""
    return frozenset(unpack_terms(packed)[-1].split())


def read_stated(connection: sqlite3.Connection, row: int, unit: int, term: str) -> Stated:
    """The statement that this unit of the passage in this row makes."""
    title, about, passage = _read_row(connection, row)
    return Stated(Hit(passage, title, 0.0, Why(), about), unit, term)


def titled_passage(connection: sqlite3.Connection, row: int) -> tuple[str, Passage]:
    """The title, or else the name, of the document whose passage is in this row of the store, and the passage."""
    title, _, passage = _read_row(connection, row)
    return title, passage


def _read_row(connection: sqlite3.Connection, row: int) -> tuple[str, Metadata, Passage]:
    return _of(row, _read_rows(connection, [row]))


def _of(row: int, read: Mapping[int, _T]) -> _T:
    """What was read of a row that the same view of the store has."""
    if row not in read:
        raise LibraryDamaged(f"the store has a passage in row {row} and not all that belongs to it; see sinkqa doctor")
    return read[row]


def _read_rows(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, tuple[str, Metadata, Passage]]:
    """Title, or else name, of the document, what is known of it, and the passage, by row."""
    read: dict[int, tuple[str, Metadata, Passage]] = {}
    for places, part in batches(rows):
        found = connection.execute(
            f'SELECT "row", name, metadata, {PASSAGE_COLUMNS} FROM passages JOIN documents USING (doc) '
            f'WHERE "row" IN {places}',
            part,
        )
        for row, name, metadata, *columns in found:
            about = _metadata(metadata)
            read[row] = about.title or str(name), about, _passage(*columns)
    return read


@lru_cache(maxsize=_MOST_READ)
def _metadata(column: str) -> Metadata:
    return read_metadata(column)


@lru_cache(maxsize=_MOST_READ)
def _passage(*columns: Any) -> Passage:
    """By what stands in the store now: questions meet the same passages again, and unpacking is most of reading."""
    return read_passage(columns)


class KnownRows:
    """What scoring needs of the store's rows, kept once read: a row never changes, and no row number is used twice."""

    def __init__(self) -> None:
        self._spoken = [""]  # languages by their number
        self._languages = np.zeros(0, np.int16)  # the number of each row's; 0 where it was never read
        self._tokens: dict[int, tuple[str, Tokens]] = {}
        self._lock = threading.Lock()

    def languages(self, connection: sqlite3.Connection, rows: Rows) -> NDArray[np.int16]:
        """The number of each row's language; 0 for one that was deleted before it was ever read."""
        if len(rows) and (rows.max() >= len(self._languages) or not self._languages[rows].all()):
            self._read_languages(connection, rows)
        return self._languages[rows]

    def _read_languages(self, connection: sqlite3.Connection, rows: Rows) -> None:
        with self._lock:
            known = np.zeros(max(len(self._languages), 2 * int(rows.max()) + 1), np.int16)
            known[: len(self._languages)] = self._languages
            for places, part in batches(rows[known[rows] == 0].tolist()):
                found = connection.execute(f'SELECT "row", language FROM passages WHERE "row" IN {places}', part)
                for row, language in found:
                    if language not in self._spoken:
                        self._spoken.append(language)
                    known[row] = self._spoken.index(language)
            self._languages = known

    def candidates(self, connection: sqlite3.Connection, rows: Rows) -> _Candidates:
        """What is needed to score the rows; a row that was deleted meanwhile is left out."""
        there: list[int] = []
        for places, part in batches(rows.tolist()):
            there += [row for (row,) in connection.execute(f'SELECT "row" FROM passages WHERE "row" IN {places}', part)]
        if len(self._tokens) > _MOST_KNOWN:
            self._tokens = {}
        known = self._tokens  # this very one: another thread may begin anew
        for places, part in batches([row for row in there if row not in known]):
            found = connection.execute(
                f'SELECT "row", passage_id, tokens FROM passages JOIN features USING ("row") WHERE "row" IN {places}',
                part,
            )
            known.update((row, (passage_id, unpack_tokens(tokens))) for row, passage_id, tokens in found)
        return _Candidates(
            np.array(there, np.int64),
            [_of(row, known)[0] for row in there],
            [
                self._spoken[number] or "und"
                for number in self.languages(connection, np.array(there, np.int64)).tolist()
            ],
            [known[row][1] for row in there],
        )


def _cosines(connection: sqlite3.Connection, rows: Rows, dense: Ranking, vector: Floats) -> Floats:
    """Cosines of the rows; from the store for those that the dense leg did not hand over."""
    known: dict[int, float] = dict(zip(dense.rows.tolist(), dense.scores.tolist(), strict=True))
    for places, part in batches([row for row in rows.tolist() if row not in known]):
        found = connection.execute(f'SELECT "row", vector FROM features WHERE "row" IN {places}', part).fetchall()
        cosines = unpack_vectors([packed for _, packed in found], len(vector)) @ vector
        known.update(zip([row for row, _ in found], cosines.tolist(), strict=True))
    return np.array([known.get(row, 0.0) for row in rows.tolist()], np.float32)


def _shares(rows: Rows, lexical: Ranking, groups: Sequence[Group], legs: Legs | None) -> Floats:
    """BM25 shares of the rows; those beyond the lexical leg's depth are asked for where ``legs`` is given."""
    known = dict(zip(lexical.rows.tolist(), lexical.scores.tolist(), strict=True))
    missing = np.array([row for row in rows.tolist() if row not in known], np.int64)
    if legs is not None and len(missing):
        known |= zip(missing.tolist(), legs.lexical_scores(groups, missing).tolist(), strict=True)
    return np.array([known.get(row, 0.0) for row in rows.tolist()], np.float32)
