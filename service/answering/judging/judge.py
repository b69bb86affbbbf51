"""The interface for judges, which say whether a piece answers a question and whether quotes support a claim."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.models.cross_encoder import BUNDLED, CrossEncoder
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.models.passage_text import spoken
from sinkqa.index.models.reranker import Reranker
from sinkqa.service.answering.judging.confidence import (
    OFFSET,
    READING_OFFSET,
    READING_SIGNS,
    READING_WEIGHTS,
    SIGNS,
    WEIGHTS,
    signs,
)
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.evidence.pieces import Candidate, Piece
from sinkqa.service.evidence.relevance import relevance
from sinkqa.service.grounding.guard import Verdict, check, supported
from sinkqa.service.grounding.quote import Quote

RULES = "rules"
"""The name of the judge that needs no model."""

LOOKED_AT = 40  # candidates, those that fit best: the rest cannot answer
READ = 24  # of these, the ones that a model reads: each costs some 10 ms
_UNSURE, _SURE = -8.0, 4.0  # logits of the model between which its sign rises
_LEAST = 1e-6
_CONTEXT = 0.3  # what the rank of a passage counts beside the fit of the piece, 0..1


class Judge(Protocol):
    """Judges whether evidence answers a question, and whether quotes support a claim."""

    def answers(self, asked: Asked, found: Sequence[Candidate]) -> Floats:
        """How likely each candidate is to answer the whole question, float32, (len(found),), 0..1."""
        ...

    def entails(self, claim: str, quotes: Sequence[Quote]) -> Verdict:
        """The verdict on the claim by the quotes: supported, contradicted, partly or unknown."""
        ...

    def supports(self, claim: str, quotes: Sequence[Quote]) -> bool:
        """Whether :meth:`entails` would label the claim supported. It is cheaper if only that is needed."""
        ...


class RuleJudge:
    """Weighs features by a logistic regression. Checks claims by rules on amounts, names, polarity and words."""

    signs: tuple[str, ...] = SIGNS
    """The names of the features that :meth:`look` computes for each candidate."""

    weights: Mapping[str, float] = WEIGHTS
    offset = OFFSET
    reranker: Reranker | None = None
    """Orders the hits before they are cut into pieces, if it is set."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder

    def answers(self, asked: Asked, found: Sequence[Candidate]) -> Floats:
        """As in :class:`Judge`. Candidates that :meth:`look` does not choose get 0."""
        scores = np.zeros(len(found), np.float32)
        if found:
            chosen, seen = self.look(asked, found)
            logits = seen @ np.array([self.weights[name] for name in self.signs], np.float32) + self.offset
            scores[chosen] = 1 / (1 + np.exp(-logits))
        return scores

    def look(self, asked: Asked, found: Sequence[Candidate]) -> tuple[list[int], Floats]:
        """The indexes of the candidates that fit best, best first, and their features.

        The features are float32, (m, len(signs)), each 0..1; higher is better.
        """
        chosen, fit = shortlist(asked, found, self.encoder)
        best = [found[place] for place in chosen]
        return chosen, signs(asked, best, fit, [each.hit for each in found], self.encoder)

    def entails(self, claim: str, quotes: Sequence[Quote]) -> Verdict:
        """As in :class:`Judge`."""
        return check(claim, quotes, self.encoder)

    def supports(self, claim: str, quotes: Sequence[Quote]) -> bool:
        """As in :class:`Judge`."""
        return supported(claim, quotes)


class ModelJudge(RuleJudge):
    """Adds one feature to those of the rules: the score of a cross-encoder, which reads question and piece together."""

    signs = READING_SIGNS
    weights = READING_WEIGHTS
    offset = READING_OFFSET

    def __init__(self, encoder: Encoder, model: CrossEncoder) -> None:
        super().__init__(encoder)
        self._model = self.reranker = model

    def look(self, asked: Asked, found: Sequence[Candidate]) -> tuple[list[int], Floats]:
        """As in :class:`RuleJudge`. The model reads only the first candidates. The others get its lowest score."""
        chosen, seen = super().look(asked, found)
        texts = [_model_text(found[place].piece) for place in chosen[:READ]]
        read = np.clip(self._model.answers(asked.text, texts), _LEAST, 1 - _LEAST)
        sure = np.clip((np.log(read) - np.log1p(-read) - _UNSURE) / (_SURE - _UNSURE), 0, 1)
        rest = np.full(len(chosen) - len(sure), sure.min(initial=1.0), np.float32)
        return chosen, np.column_stack([seen, np.concatenate([sure, rest])])


def load_judge(name: str, encoder: Encoder) -> RuleJudge:
    """The :class:`RuleJudge` if ``name`` is ``rules``, else a :class:`ModelJudge` with a cross-encoder.

    ``bundled`` is the cross-encoder that comes with SinkQA; any other ``name`` is the folder of one.

    Raises:
        RerankerMissing: there is no such folder, or ``onnxruntime`` is not installed.
    """
    if name == RULES:
        return RuleJudge(encoder)
    return ModelJudge(encoder, CrossEncoder() if name == BUNDLED else CrossEncoder(Path(name)))


def _model_text(piece: Piece) -> str:
    """The text by which the model reads a piece, with title and headings as the encoder reads a passage."""
    return spoken(piece.place.origin.title.text, piece.passage.section, piece.statement)


def shortlist(asked: Asked, found: Sequence[Candidate], encoder: Encoder) -> tuple[list[int], Floats]:
    """The indexes of the candidates that fit best, best first, and how well each fits, 0..1."""
    fit = relevance(asked.said, [each.piece for each in found], encoder)
    best = max(each.hit.score for each in found)
    ranks = np.array([max(each.hit.score, 0) / best if best > 0 else 0 for each in found])
    order = np.argsort(-((1 - _CONTEXT) * fit + _CONTEXT * ranks * fit.max()), kind="stable")
    chosen = [int(i) for i in order if fit[i] > 0][:LOOKED_AT]
    return chosen, fit[chosen]
