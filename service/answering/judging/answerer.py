"""Decides which evidence among a question's hits answers it, or why none does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sinkqa.index.hit import Hit
from sinkqa.index.models.encoder import Encoder
from sinkqa.service.answer import AbstainReason
from sinkqa.service.answering.judging.confidence import BAR, trust
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.answering.judging.premises import contrary, on_premise, reason
from sinkqa.service.answering.judging.selecting import WHOLE, Selection, comes_into_question, gather
from sinkqa.service.answering.judging.tabulating import SourceTable
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.evidence.pieces import Candidate, Evidence, Pieces

_UNMEASURED = 0.9  # what is left of a confidence where no likely piece holds an amount of the kind that is asked for
_FOREIGN = 0.95
_NEARLY = (
    0.92  # of the best candidate's likelihood: a whole list this near wins if the question asks for several things
)
_NEAR = 0.9  # of the best candidate's likelihood
_DOUBT = 0.5  # what is left of a confidence where evidence contradicts what the question presumes
_RAISE, _UNLIKELY = 0.6, 0.4  # of the best score, for each point that a passage is likelier to answer than this
READ = 12  # passages that an answer is looked for in


def _alike(doc_id: str) -> float:
    """All documents count the same."""
    return 1.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one part of a question: the ``evidence`` to show, or the reason (``why``) if there is none.

    ``confidence``, 0..1: the share of complete answers among answers with the same confidence. ``hits`` and ``judged``:
    the hits and candidates examined, best first. ``notes``: lines for the asker, one for each thing that the evidence
    leaves open. ``table``: the source's table, if the question asks for one. It is shown instead of the evidence.
    ``is_side``: the part is one side of a comparison. ``missing``: what is asked for besides and was not found.
    """

    asked: Asked
    evidence: tuple[Evidence, ...]
    confidence: float
    why: AbstainReason | None
    hits: tuple[Hit, ...] = ()
    judged: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()
    table: SourceTable | None = None
    is_side: bool = False
    missing: tuple[str, ...] = ()


def decide(
    asked: Asked,
    hits: Sequence[Hit],
    judged: Sequence[Candidate],
    encoder: Encoder,
    *,
    held: Sequence[Candidate] = (),
    bar: float = BAR,
    params: Selection = WHOLE,
) -> Outcome:
    """Decides which of the candidates answer one question. ``judged`` comes best first.

    ``held``: candidates found for the question's premise. ``bar``: the confidence, 0..1, below which the outcome is an
    abstention.
    """
    otherwise = contrary(asked, judged) or contrary(asked, held)
    confidence = _confidence(asked, hits, judged, otherwise)
    why = None if judged and confidence >= bar else reason(asked, hits, judged, otherwise)
    shown = judged if not why else [otherwise] if otherwise and why == "premise_contradicted" else []
    premise = on_premise(asked, [*judged, *held], encoder) if shown else None
    evidence = gather(asked, shown, premise, params)
    return Outcome(asked, tuple(evidence), confidence, why, tuple(hits), tuple(judged))


def withheld(outcome: Outcome) -> Outcome:
    """The same outcome, without an answer."""
    return replace(outcome, evidence=(), table=None, why=outcome.why or "unsupported")


def confidence_in(asked: Asked, hits: Sequence[Hit], judged: Sequence[Candidate]) -> float:
    """Confidence in the best candidate, 0..1. It is halved if evidence contradicts the premise."""
    return _confidence(asked, hits, judged, contrary(asked, judged))


def _confidence(asked: Asked, hits: Sequence[Hit], judged: Sequence[Candidate], otherwise: Candidate | None) -> float:
    if not judged:
        return 0.0
    measured = 1.0 if _holds_the_measure(asked, judged) else _UNMEASURED
    return judged[0].likely * trust(asked, hits) * measured * (_DOUBT if otherwise else 1)


def _holds_the_measure(asked: Asked, judged: Sequence[Candidate]) -> bool:
    """Whether a likely piece holds an amount of the dimension that is asked for: money, where it is the price."""
    given = {each.dimension for each in asked.stated}
    if asked.target != "number" or given & set(asked.dimensions):
        return True  # with a given amount a share answers too: so much of it
    near = (each.piece for each in judged if each.likely >= _NEAR * judged[0].likely)
    return any(asked.answers(piece.said)[0] == 1 for piece in near)


def candidates(
    asked: Asked, hits: Sequence[Hit], judge: Judge, pieces: Pieces, weight: Callable[[str], float] = _alike
) -> list[Candidate]:
    """The pieces of the first hits that may answer, best first. Of near equals, the asker's language comes first.

    ``weight``: what the likelihood of a piece counts beside others by its document's id, 0..1.
    """
    found = [each for each in pieces.of(hits[:READ]) if comes_into_question(asked, each.piece)]
    likely = judge.answers(asked, found).tolist()
    judged = [each._replace(likely=share) for each, share in zip(found, likely, strict=True) if share > 0]
    ranked = sorted(
        judged, key=lambda each: -each.likely * _in_language(asked, each) * weight(each.piece.passage.doc_id)
    )
    return _list_first(ranked) if asked.several else ranked


def _in_language(asked: Asked, candidate: Candidate) -> float:
    """What a piece's likelihood counts beside others: a little less in another language than the asker's."""
    return 1.0 if candidate.piece.passage.language == asked.language else _FOREIGN


def _list_first(ranked: list[Candidate]) -> list[Candidate]:
    """Moves the best whole list to the front, if it is nearly as likely as the best candidate."""
    lists = (each for each in ranked if each.piece.is_list and each.likely >= _NEARLY * ranked[0].likely)
    if (first := next(lists, None)) is None:
        return ranked
    return [first._replace(likely=ranked[0].likely), *(each for each in ranked if each is not first)]


def reordered(hits: Sequence[Hit], judged: Sequence[Candidate]) -> list[Hit]:
    """The hits by score, descending, ties by passage_id. A hit rises if a piece of it is likely to answer.

    The rise is a part of the best score.
    """
    best = max((abs(hit.score) for hit in hits), default=0.0)
    likely: dict[str, float] = {}
    for each in judged:
        likely.setdefault(each.piece.passage_id, each.likely)
    known = {hit.passage.passage_id: hit for hit in hits}
    raised = [
        (hit.score + best * (_RAISE * max(0.0, likely.get(passage_id, 0.0) - _UNLIKELY)), passage_id)
        for passage_id, hit in known.items()
    ]
    raised.sort(key=lambda each: (-each[0], each[1]))
    return [replace(known[passage_id], score=score) for score, passage_id in raised]
