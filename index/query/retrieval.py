"""Ranks rows for a query: both retrievers, their union, and one fused score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from sinkqa.index.errors import LibraryDamaged
from sinkqa.index.hit import Hit, SearchMode, Stated, Why
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.expansion import expand, matched_terms
from sinkqa.index.query.fusion import Weights, fuse
from sinkqa.index.query.spelling import Terms, respelled
from sinkqa.index.search.backend import Candidates
from sinkqa.index.search.query import Group, Query
from sinkqa.index.store.documents.serialization import unpack_terms
from sinkqa.index.store.store import Store, StoredPassage
from sinkqa.ingest.text.language import detect

LONGEST_QUERY = 2_000  # code points; what follows is not looked at
DEPTH = 100  # candidates from each leg, of the dense one for each language: a translation comes late in any ranking
_MOST_READ = 2_000  # passages


class Ranked(NamedTuple):
    """A row of the store with its score. ``why`` does not yet have the matched terms."""

    row: int
    score: float
    why: Why


def prepare(text: str, encoder: Encoder, terms: Terms) -> Query:
    """Analyses and encodes the first 2,000 code points of a question. ``terms`` looks up terms of the index."""
    text = text[:LONGEST_QUERY]
    (vector,), (tokens,) = encoder.read([text])
    return Query(text, detect(text), respelled(expand(text), terms), vector, tokens)


def ranked(
    query: Query, found: Candidates, *, k: int, mode: SearchMode, encoder: Encoder, weights: Weights
) -> list[Ranked]:
    """Returns the best ``k`` of the candidates, by descending score, ties by passage_id.

    Mode ``lexical`` scores by BM25 alone, ``dense`` by the encoder (cosine and weighted late interaction), ``hybrid``
    by both.
    """
    if not found.passage_ids:
        return []
    maxsim = encoder.maxsim(query.tokens, found.tokens) if mode != "lexical" else np.zeros_like(found.shares)
    scores = (
        found.shares
        if mode == "lexical"
        else fuse(
            dense=found.cosines,
            lexical=found.shares,
            maxsim=maxsim,
            words=[len(tokens) for tokens in found.tokens],
            languages=found.languages,
            asked_in=query.language,
            weights=replace(weights, maxsim=weights.maxsim * encoder.maxsim_weight),
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
                late=float(maxsim[i]),
            ),
        )
        for i in best
    ]


def read_hits(store: Store, ranked: Sequence[Ranked], groups: Sequence[Group]) -> list[Hit]:
    """Reads the passages of ranked rows.

    Each comes with the terms of the query and of alternatives that it contains.
    """
    read = store.stored([each.row for each in ranked])
    hits: list[Hit] = []
    for each in ranked:
        found = _of(each.row, read)
        why = replace(each.why, matched_terms=matched_terms(groups, _standing(found.terms)))
        hits.append(Hit(found.passage, found.title, each.score, why, found.about))
    return hits


def read_stated(store: Store, found: Sequence[tuple[int, int, str]]) -> list[Stated]:
    """Reads the statements made by these units of the passages in these rows, with their terms."""
    read = store.stored([row for row, _, _ in found])
    hits = (Hit(each.passage, each.title, 0.0, Why(), each.about) for each in (_of(row, read) for row, _, _ in found))
    return [Stated(hit, unit, term) for hit, (_, unit, term) in zip(hits, found, strict=True)]


@lru_cache(maxsize=_MOST_READ)
def _standing(packed: bytes) -> frozenset[str]:
    """The terms of a passage without those of its headings."""
    return frozenset(unpack_terms(packed)[-1].split())


def _of(row: int, read: Mapping[int, StoredPassage]) -> StoredPassage:
    """The passage of a row, which the same view of the store must have."""
    if row not in read:
        raise LibraryDamaged(f"the store has a passage in row {row} and not all that belongs to it; see sinkqa doctor")
    return read[row]
