"""Scores how well quotes support a claim, by their common words, amounts and meaning."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.text.amounts import unsupported
from sinkqa.ingest.text.analyzer import analyze, units
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.sentences import sentence_spans
from sinkqa.service.evidence.entities import missing
from sinkqa.service.grounding.clauses import Clauses
from sinkqa.service.grounding.polarity import marks, turned
from sinkqa.service.grounding.wording import wording

WEIGHTS = "data/support.json"  # written by sinkqa-eval ground --fit
FEATURES = (
    "terms", "terms of the best sentence", "late interaction", "cosine", "neighbours", "amounts not borne out",
    "names not held", "turned round", "negations", "length", "sentences",
)  # fmt: skip


def support(claim: Clauses, quotes: Sequence[Clauses], encoder: Encoder) -> float:
    """How likely it is that the quotes support the claim, 0..1. It is 0 if either is empty.

    It is a logistic regression on :func:`features`, with one set of weights for Chinese claims and one for others. The
    score ranks claims; it is not a reliable probability (docs/decisions/0009-grounding-guard.md).
    """
    if not claim.tokens or not any(quote.tokens for quote in quotes):
        return 0.0
    *weights, bias = _weights()["zh" if detect(claim.text) == "zh" else "en"]
    return float(1 / (1 + np.exp(-(features(claim, quotes, encoder) @ np.array(weights) + bias))))


def features(claim: Clauses, quotes: Sequence[Clauses], encoder: Encoder) -> Floats:
    """The features that :func:`support` weighs, float32, (23,).

    They are :data:`FEATURES`, then the same features if the evidence is one sentence (else 0), then 1 for one sentence
    or else 0. Shares are shares of the claim's distinct terms and of its pairs of neighbours. Lengths are logarithms.
    """
    sentences = [sentence for quote in quotes for sentence in _sentences(quote.text)]
    held = [set(analyze(sentence)) for sentence in sentences]
    terms = set(analyze(claim.text)) or {""}
    shares = np.array([len(terms & each) / len(terms) for each in held])
    late, cosines = _meanings(claim.text, sentences, encoder)
    best = sentences[int((shares + late + cosines).argmax())]
    said, there = units(claim.text), [unit for sentence in sentences for unit in units(sentence)]
    pairs = set(pairwise(said))
    amounts = list(unsupported(claim.amounts, [quote.amounts for quote in quotes]))
    found = [
        len(terms & set().union(*held)) / len(terms),
        shares.max(),
        late.max(),
        cosines.max(),
        len(pairs & set(pairwise(there))) / max(1, len(pairs)),
        len(amounts) / max(1, len(claim.amounts)),
        len(list(missing(claim.text, [quote.text for quote in quotes]))),
        sum(turn.opposed for turn in turned(claim.wording, wording(best))),
        sum(mark.family == "negation" for mark in marks(claim.wording)),
        np.log1p(len(there)),
        np.log(len(sentences)),
    ]
    alone = len(sentences) == 1
    return np.array([*found, *(value * alone for value in found), alone], np.float32)


def _sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, detect(text))]


def _meanings(claim: str, sentences: Sequence[str], encoder: Encoder) -> tuple[Floats, Floats]:
    """Late interaction with each sentence and the cosine, both 0..1."""
    vectors, tokens = encoder.read([claim, *sentences])
    return encoder.maxsim(tokens[0], tokens[1:]), np.clip(vectors[1:] @ vectors[0], 0, 1)


@cache
def _weights() -> dict[str, list[float]]:
    """Weights of the features and the bias, by language."""
    weights: dict[str, list[float]] = json.loads(files("sinkqa.service").joinpath(WEIGHTS).read_text("utf-8"))
    return weights
