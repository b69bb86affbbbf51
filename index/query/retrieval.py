"""Retrieval step of the flow: query to ranked rows, by both legs, their union, and one fused score."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from index.errors import LibraryDamaged
from index.hit import Hit, SearchMode, Stated, Why
from index.models.encoder import Encoder
from index.query.expansion import expand, matched_terms
from index.query.fusion import Weights, fuse
from index.query.spelling import Terms, respelled
from index.search.backend import Candidates
from index.search.query import Group, Query
from index.store.columns import (
    PASSAGE_COLUMNS,
    read_metadata,
    read_passage,
    unpack_terms,
)
from index.store.rows import batches
from ingest.document import Metadata
from ingest.passage import Passage
from ingest.text.language import detect

if TYPE_CHECKING:
    pass

_T = TypeVar("_T")

LONGEST_QUERY = 2_000  # code points; what follows is not looked at
DEPTH = 100  # candidates from each leg, of the dense one for each language: a translation comes late in any ranking
_MOST_KNOWN = 100_000  # rows whose tokens are kept, half a kilobyte each
_MOST_READ = 2_000  # passages, some 20 MB


class Ranked(NamedTuple):
    """A row of the store with its score; ``why`` still lacks the matched terms."""

    row: int
    score: float
    why: Why


def prepare(text: str, encoder: Encoder, terms: Terms) -> Query:
    """Analyses and encodes a question, or the first 2,000 code points of it; ``terms``: of the index."""
    text = text[:LONGEST_QUERY]
    (vector,), (tokens,) = encoder.read([text])
    return Query(text, detect(text), respelled(expand(text), terms), vector, tokens)


def ranked(
    query: Query, found: Candidates, *, k: int, mode: SearchMode, encoder: Encoder, weights: Weights
) -> list[Ranked]:
    """The best ``k`` of the candidates, by score descending, ties by passage_id.

    ``lexical`` scores by BM25 alone, ``dense`` by what the encoder says (cosine and, as far as it counts, late
    interaction), ``hybrid`` by all of it.
    """
    if not found.passage_ids:
        return []
    late = encoder.maxsim(query.tokens, found.tokens) if mode != "lexical" else np.zeros_like(found.shares)
    scores = (
        found.shares
        if mode == "lexical"
        else fuse(
            dense=found.cosines,
            lexical=found.shares,
            late=late,
            words=[len(tokens) for tokens in found.tokens],
            languages=found.languages,
            asked_in=query.language,
            weights=replace(weights, late=weights.late * encoder.late),
        )
    )
    best = sorted(range(len(scores)), key=lambda i: (-scores[i], found.passage_ids[i]))[:k]
    return [
        Ranked(
            int(found.rows[i]),
            float(scores[i]),
            Why(
                lexical_rank=int(found.lexical_ranks[i]) or None,
                lexical=float(found.shares[i]),
                dense_rank=int(found.dense_ranks[i]) or None,
                dense=float(found.cosines[i]),
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
