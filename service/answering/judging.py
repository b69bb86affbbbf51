"""The seam for judges: whether a piece answers a question, and whether quotes support a claim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from index.encoder import Encoder
from index.static import Floats
from service.answering.confidence import OFFSET, SIGNS, WEIGHTS, signs
from service.answering.understanding import Asked
from service.evidence.pieces import Candidate
from service.evidence.relevance import relevance
from service.grounding.guard import Verdict, check, supported
from service.grounding.quote import Quote

LOOKED_AT = 40  # candidates, those that fit best: the rest cannot answer
_CONTEXT = 0.3  # what the rank of a passage counts beside the fit of the piece, 0..1


class Judge(Protocol):
    """Anything that reads a question with evidence, and a claim with quotes."""

    def answers(self, asked: Asked, found: Sequence[Candidate]) -> Floats:
        """How likely each candidate answers the question whole, float32, (len(found),), 0..1."""
        ...

    def entails(self, claim: str, quotes: Sequence[Quote]) -> Verdict:
        """What the quotes say of the claim."""
        ...

    def supports(self, claim: str, quotes: Sequence[Quote]) -> bool:
        """Whether :meth:`entails` labels the claim supported; cheaper, where only that is asked."""
        ...


class RuleJudge:
    """Stated signs, weighed by a logistic regression; rules on amounts, names, polarity and words for claims."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    def answers(self, asked: Asked, found: Sequence[Candidate]) -> Floats:
        """As in :class:`Judge`; 0 for those that are not looked at."""
        scores = np.zeros(len(found), np.float32)
        if not found:
            return scores
        chosen, fit = shortlist(asked, found, self._encoder)
        weighed = signs(asked, [found[i] for i in chosen], fit, [each.hit for each in found], self._encoder)
        logits = weighed @ np.array([WEIGHTS[name] for name in SIGNS], np.float32) + OFFSET
        scores[chosen] = 1 / (1 + np.exp(-logits))
        return scores

    def entails(self, claim: str, quotes: Sequence[Quote]) -> Verdict:
        """As in :class:`Judge`."""
        return check(claim, quotes, self._encoder)

    def supports(self, claim: str, quotes: Sequence[Quote]) -> bool:
        """As in :class:`Judge`."""
        return supported(claim, quotes)


def shortlist(asked: Asked, found: Sequence[Candidate], encoder: Encoder) -> tuple[list[int], Floats]:
    """The places of the candidates that fit best, best first, and how well each fits, 0..1."""
    fit = relevance(asked.said, [each.piece for each in found], encoder)
    best = max(each.hit.score for each in found)
    ranks = np.array([max(each.hit.score, 0) / best if best > 0 else 0 for each in found])
    order = np.argsort(-((1 - _CONTEXT) * fit + _CONTEXT * ranks * fit.max()), kind="stable")
    chosen = [int(i) for i in order if fit[i] > 0][:LOOKED_AT]
    return chosen, fit[chosen]
