"""How well texts fit a question: by meaning, and by the words that they share with it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index.analyzer import analyze
from index.encoder import Encoder, TokenEncoder
from index.static import Floats


def relevance(question: str, texts: Sequence[str], encoder: Encoder) -> Floats:
    """How well each text fits the question, float32, (len(texts),), 0..1.

    The mean of the cosine and the better of two: late interaction, where the encoder compares tokens, and the share
    of the question's index terms that stand in the text. Terms count by how few of the texts hold them: "Beijing"
    tells the rows of a table apart, "ratio" does not.
    """
    shared = _shared(terms_of(question), texts)
    if not isinstance(encoder, TokenEncoder):
        cosine = _cosines(encoder.encode([question, *texts]))
        return np.asarray((cosine + np.maximum(cosine, shared)) / 2, np.float32)
    tokens = encoder.tokens([question, *texts])
    late = encoder.maxsim(tokens[0], tokens[1:])
    return np.asarray((_cosines(encoder.pool(tokens)) + np.maximum(late, shared)) / 2, np.float32)


def _cosines(vectors: Floats) -> Floats:
    """Of the first with each other, 0..1."""
    return np.asarray(np.clip(vectors[1:] @ vectors[0], 0, 1), np.float32)


def _shared(terms: frozenset[str], texts: Sequence[str]) -> Floats:
    """Share of the question's terms in each text, each term by its inverse frequency among the texts."""
    wanted = sorted(terms)
    holds = np.array([[term in held for term in wanted] for held in map(terms_of, texts)], np.float32)
    weight = np.log(1 + len(texts) / (0.5 + holds.sum(axis=0)))
    total = float(weight.sum())
    return np.asarray(holds @ weight / total if total else np.zeros(len(texts)), np.float32)


@lru_cache(maxsize=20_000)
def terms_of(text: str) -> frozenset[str]:
    """The distinct index terms of a text; kept, since questions meet the same sentences again."""
    return frozenset(analyze(text))
