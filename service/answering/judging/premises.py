"""Checks a question's premises: finds evidence against them, and the reason why a question is not answered."""

from __future__ import annotations

from collections.abc import Sequence

from sinkqa.index.hit import Hit
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.expansion import is_telling
from sinkqa.ingest.text.amounts import REFERENCES, Amount, matches
from sinkqa.service.answer import AbstainReason
from sinkqa.service.answering.judging.confidence import PLACES, SCOPE, nearness
from sinkqa.service.answering.understanding.question import Asked, says_alone
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Candidate, Piece
from sinkqa.service.evidence.relevance import relevance
from sinkqa.service.grounding.polarity import marks

_EXCLUSIVE = PLACES | {"market"}  # what is said of one of them is seldom meant of another
_RATIOS = {"times": "share"}  # a fifth is a share, five times none, and either can stand in the other's place
_ON_PREMISE, _CLOSE_TO_PREMISE = 0.45, 0.55  # how well a piece fits that speaks of what is presumed; where it agrees
_TURNING = frozenset({("negation", "not"), ("duty", "forbid"), ("member", "out"), ("extent", "only")})
_AS_NEAR = 0.93  # of the best fit: among these, what turns comes before what agrees
_APART = 0.7  # of the best one's likelihood: with less another document speaks of another matter
_CLOSE = 0.8  # of the best one's likelihood: so near it may tell otherwise in its stead


def on_premise(asked: Asked, judged: Sequence[Candidate], encoder: Encoder) -> Candidate | None:
    """The candidate that is evidence about the question's premise, or None if there is none."""
    if not asked.presumed or not judged:
        return None
    claim = Analysis(asked.presumed)
    fit = relevance(claim, [each.piece for each in judged], encoder)
    near = [i for i in (-fit).argsort(kind="stable") if fit[i] >= _AS_NEAR * fit.max()]
    best = next((i for i in near if _turns(claim, judged[i].piece)), near[0])
    enough = _ON_PREMISE if _turns(claim, judged[best].piece) else _CLOSE_TO_PREMISE
    is_elsewhere = judged[best].piece.passage.doc_id != judged[0].piece.passage.doc_id
    is_apart = is_elsewhere and judged[best].likely < _APART * judged[0].likely
    return judged[best] if fit[best] >= enough and not is_apart else None


def contrary(asked: Asked, judged: Sequence[Candidate]) -> Candidate | None:
    """Evidence that contradicts the question's premise, or None.

    A piece about the question's own places and markets contradicts it if it states another amount of the presumed kind.
    The best piece contradicts it in one more case: the question says that one place or market is the only or the first
    one, and the piece says so of another. Words that reverse meaning prove nothing alone, because questions use them
    too.
    """
    if not asked.presumed or not judged:
        return None
    known = [each for each in asked.entities if each.kind in _EXCLUSIVE]
    presumed = Analysis(asked.presumed).amounts
    own = [each for each in presumed if each.kind == "number" and each.dimension and each.dimension not in REFERENCES]
    best = judged[0]
    for each in judged if own else ():
        is_close = each.likely >= _CLOSE * best.likely and all(each.piece.names(name) for name in known)
        if is_close and _replaces(each.piece.said.amounts, own):
            return each
    lost = {name.kind for name in known if not best.piece.names(name)}
    others = {each.kind for each in best.piece.said.entities if each.name not in asked.said.names}
    return best if lost & others and says_alone(asked.said) and says_alone(best.piece.said) else None


def _turns(claim: Analysis, piece: Piece) -> bool:
    """Whether a piece denies, forbids, leaves out or limits something, and the claim does nothing of the kind."""
    said, there = ({mark[:2] for mark in marks(text.folded)} for text in (claim, piece.said))
    return bool(there & _TURNING) and not said & _TURNING


def _replaces(here: Sequence[Amount], own: Sequence[Amount]) -> bool:
    """Whether an amount of one's ``own`` does not stand ``here``, and another of its kind does."""
    kinds = {_RATIOS.get(each.dimension, each.dimension) for each in here if each.kind == "number"}
    return any(
        _RATIOS.get(each.dimension, each.dimension) in kinds and not any(matches(other, each) for other in here)
        for each in own
    )


def reason(
    asked: Asked, hits: Sequence[Hit], judged: Sequence[Candidate], otherwise: Candidate | None
) -> AbstainReason:
    """Why the question is not answered: the first rule that fits. ``otherwise`` is the result of :func:`contrary`.

    The rules, in order: nothing was found; evidence contradicts the premise; the library is about something else and
    holds none of the countries, markets and other known names of the question; the library does not give the answer.
    """
    if not judged or not is_telling(asked.said.terms):
        return "no_evidence" if not judged else "unsupported"
    if nearness(hits) >= SCOPE:
        return "premise_contradicted" if otherwise else "unsupported"
    known = [each for each in asked.entities if each.kind != "name"]
    said = (Analysis(text) for hit in hits for text in (hit.title, *hit.passage.section, hit.passage.text))
    return "unsupported" if known and any(each.holds(name) for each in said for name in known) else "out_of_scope"
