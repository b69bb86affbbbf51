"""Scores how much of a question's subject each piece covers, by words and by their meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats, Tokens, distinct
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.expansion import wordings
from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.understanding.question import Asked, Form
from sinkqa.service.evidence.entities import Entity
from sinkqa.service.evidence.pieces import Candidate, Piece

_WORD = late("[a-z]+")
_WORST = 0.4  # of a question's weight


class Coverage(NamedTuple):
    """A question's number of ``words``. ``worst``, float32, (m,) for m pieces, 0..1: how near its worst words come."""

    words: int
    worst: Floats


def coverage(asked: Asked, found: Sequence[Candidate], encoder: Encoder) -> Coverage:
    """How near each candidate comes to the words of the question that it covers worst. Question words do not count.

    The worst words make up two fifths of the question by weight. A mean over all words would hide a single word that
    makes it a different question.

    A word is covered by a word of the same meaning in the piece, in its headings or in its document's name. It is also
    covered by another rendering of the term that the word belongs to, or by a name of its document. A word that asks
    for a form of statement is covered by any statement of that form.
    """
    (query,) = encoder.tokens([asked.matter])
    pieces = [each.piece for each in found]
    weights, covered = _nearness(query, pieces, encoder)
    for said, holds in _equivalents(asked):
        spoken = set(encoder.tokens([said])[0].tolist())
        words = [place for place, token in enumerate(distinct(query).tolist()) if token in spoken]
        if words:
            held = np.fromiter(map(holds, pieces), bool, len(pieces))
            covered[words] = np.where(held, np.float32(1), covered[words])
    return Coverage(len(weights), _mean_of_worst(weights, covered))


def _nearness(tokens: Tokens, pieces: Sequence[Piece], encoder: Encoder) -> tuple[Floats, Floats]:
    """Weights of the n distinct tokens, (n,), and how near each comes to each piece, (n, len(pieces)), 0..1.

    That is to a token of the piece, its headings or its document's name. As :meth:`Encoder.nearest` gives them.
    """
    places = {id(piece.place): n for n, piece in enumerate(pieces)}
    known = [pieces[n].known for n in places.values()]
    weights, near = encoder.nearest(tokens, [*(piece.tokens for piece in pieces), *known])
    column = {place: n for n, place in enumerate(places, len(pieces))}
    return weights, np.maximum(near[:, : len(pieces)], near[:, [column[id(piece.place)] for piece in pieces]])


def _mean_of_worst(weights: Floats, covered: Floats) -> Floats:
    """Of each column, the mean of its lowest values up to a share of the weight, float32, (m,)."""
    order = np.argsort(covered, axis=0)
    own = weights[order]
    taken = np.clip(_WORST - (np.cumsum(own, axis=0) - own), 0, own)
    lowest = (taken * np.take_along_axis(covered, order, axis=0)).sum(axis=0)
    return np.asarray(lowest / np.maximum(taken.sum(axis=0), 1e-9), np.float32)


def _equivalents(asked: Asked) -> Iterator[tuple[str, Callable[[Piece], bool]]]:
    """What the question says that can be said otherwise, and what tells whether a piece does."""
    for said, otherwise in _renderings(asked.matter):
        yield said, partial(_says_any, otherwise)
    for form in asked.forms:
        yield " ".join(form.words), partial(_says_form, form)
    for name in asked.entities:
        yield fold(name.said), partial(_names, name)


@lru_cache(maxsize=256)  # each scope that is searched meets the same question
def _renderings(matter: str) -> tuple[tuple[str, list[tuple[str, ...]]], ...]:
    """Stretches of a folded text with the terms of their other wordings."""
    stems = {stem: word for word in _WORD.findall(matter) for stem in units(word)}
    once = {tuple(said): otherwise for said, otherwise in wordings(matter)}
    return tuple(
        ("".join(said) if not said[0].isascii() else " ".join(stems.get(each, each) for each in said), otherwise)
        for said, otherwise in once.items()
    )


def _says_any(wordings: Sequence[tuple[str, ...]], piece: Piece) -> bool:
    said, beside = piece.said.terms, piece.place.terms
    return any(all(term in said or term in beside for term in terms) for terms in wordings)


def _says_form(form: Form, piece: Piece) -> bool:
    return piece.said.has(form.says)


def _names(name: Entity, piece: Piece) -> bool:
    return piece.place.names(name)
