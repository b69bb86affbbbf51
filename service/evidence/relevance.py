"""Scores how well pieces fit a text: by meaning, and by the words that they share with it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.hit import Hit
from sinkqa.index.models.encoder import Encoder
from sinkqa.service.budget import checkpoint
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Candidate, Piece, Pieces


def relevance(text: Analysis, pieces: Sequence[Piece], encoder: Encoder) -> Floats:
    """How well each piece fits the text, float32, (len(pieces),), 0..1.

    It is the mean of the cosine and the higher of two scores: late interaction, and the share of the text's index terms
    that are in the piece or its heading. A term counts more if fewer pieces contain it: "Beijing" distinguishes the
    rows of a table, "ratio" does not.
    """
    checkpoint()
    if not pieces:
        return np.zeros(0, np.float32)
    (vector,), (tokens,) = encoder.read([text.text])
    cosine = np.clip(np.stack([piece.vector for piece in pieces]) @ vector, 0, 1)
    late = encoder.maxsim(tokens, [piece.tokens for piece in pieces])
    return np.asarray((cosine + np.maximum(late, _shared(text, pieces))) / 2, np.float32)


def nearest(text: Analysis, hits: Sequence[Hit], pieces: Pieces, *, most: int) -> list[tuple[Candidate, float]]:
    """The ``most`` pieces of the hits that fit the text best, best first, with their fit. No two have equal words."""
    found = list({each.piece.said.text: each for each in reversed(pieces.of(hits))}.values())[::-1]
    fit = relevance(text, [each.piece for each in found], pieces.encoder)
    order = np.argsort(-fit, kind="stable")[:most]
    return [(found[i], float(fit[i])) for i in order]


def _shared(text: Analysis, pieces: Sequence[Piece]) -> Floats:
    """Share of the text's terms in each piece, each term by its inverse frequency among the pieces."""
    column = {term: place for place, term in enumerate(sorted(text.terms))}
    holds = np.zeros((len(pieces), len(column)), np.float32)
    for row, piece in enumerate(pieces):
        said, heading = piece.said.terms & column.keys(), piece.place.heading.terms & column.keys()
        holds[row, [column[term] for term in (*said, *heading)]] = 1
    weight = np.log(1 + len(pieces) / (0.5 + holds.sum(axis=0)))
    total = float(weight.sum())
    return np.asarray(holds @ weight / total if total else np.zeros(len(pieces)), np.float32)
