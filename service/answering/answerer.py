"""A question and its hits into an answer of checked quotes, or an abstention with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.encoder import Encoder
from index.hit import Hit
from service.answer import AbstainReason, Citation, Segment, Status
from service.answering.confidence import BAR, trust
from service.answering.glossing import gloss
from service.answering.judging import Judge
from service.answering.premises import contrary, on_premise, reason
from service.answering.selecting import WHOLE, Selection, comes_into_question, gather
from service.answering.understanding import Asked
from service.evidence.citations import Sources, cite
from service.evidence.pieces import Candidate, Evidence, Pieces

_DOUBT = 0.5  # what is left of a confidence where evidence contradicts what the question presumes
_RAISE, _UNLIKELY = 0.6, 0.4  # of the best score, for each point that a passage is likelier to answer than this
READ = 12  # passages that an answer is looked for in

_ABSTENTIONS: dict[AbstainReason, dict[str, str]] = {
    "no_evidence": {
        "zh": "资料库中没有找到足以回答这个问题的依据。",
        "en": "The library holds no evidence that answers this question.",
    },
    "out_of_scope": {
        "zh": "资料库没有涉及这个问题所问的内容。",
        "en": "The library does not deal with what this question is about.",
    },
    "unsupported": {
        "zh": "资料库涉及这个话题，但没有给出所问的内容。",
        "en": "The library deals with this subject but does not say what is asked.",
    },
    "premise_contradicted": {
        "zh": "资料库不支持这个问题的前提，所载如下：",
        "en": "The library does not bear out what the question presumes. It says:",
    },
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one thing asked: the ``evidence`` to be shown, or ``why`` there is none, and how sure that is.

    ``confidence``, 0..1: the share of answers as sure as this one that are complete. ``hits`` and ``judged`` are what
    was looked at, best first; ``notes`` tell the asker, one line each, what the evidence leaves open.
    """

    asked: Asked
    evidence: tuple[Evidence, ...]
    confidence: float
    why: AbstainReason | None
    hits: tuple[Hit, ...] = ()
    judged: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()


class Answered(NamedTuple):
    """One of the things asked, by its ``label`` ("" where it is all that is asked), and what came of it."""

    label: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Drafted:
    """An answer before it is told when and from which library: ``why`` is None where there is one.

    ``confidence`` as in :class:`Outcome`. ``missing``: what is asked and not found, in the question's own words.
    """

    segments: tuple[Segment, ...]
    citations: tuple[Citation, ...]
    confidence: float
    why: AbstainReason | None
    text: str
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Whether it answers, and all of the question."""
        return "abstained" if self.why else "partial" if self.missing else "answered"


def decide(
    asked: Asked,
    hits: Sequence[Hit],
    judged: Sequence[Candidate],
    encoder: Encoder,
    *,
    bar: float = BAR,
    params: Selection = WHOLE,
) -> Outcome:
    """What the candidates, the likeliest first, answer to one question.

    ``bar``: the confidence below which nothing is answered, 0..1.
    """
    otherwise = contrary(asked, judged)
    confidence = _confidence(asked, hits, judged, otherwise)
    why = None if judged and confidence >= bar else reason(asked, hits, judged, otherwise)
    shown = judged if not why else [otherwise] if otherwise and why == "premise_contradicted" else []
    premise = on_premise(asked, judged, encoder) if shown else None
    evidence = gather(asked, shown, premise, params)
    return Outcome(asked, tuple(evidence), confidence, why, tuple(hits), tuple(judged))


def draft(answered: Sequence[Answered], sources: Sources, *, missing: Sequence[str] = ()) -> Drafted:
    """The answer to everything asked, in that order; what could not be found of it is ``missing``.

    All of it abstains only where no part is answered; then the first says why.
    """
    first = answered[0].outcome
    segments, citations = list[Segment](), list[Citation]()
    for label, outcome in answered:
        _cite_all(outcome, label, sources, segments, citations)
    why = first.why if len(answered) == 1 else None
    why = why or (None if segments else "unsupported")
    return Drafted(
        tuple(segments),
        tuple(citations),
        min(each.outcome.confidence for each in answered),
        why,
        _said(segments, why, first.asked.language),
        tuple(missing),
        tuple(dict.fromkeys(note for each in answered for note in each.outcome.notes)),
    )


def confidence_in(asked: Asked, hits: Sequence[Hit], judged: Sequence[Candidate]) -> float:
    """How sure the likeliest candidate makes us, 0..1; half as sure where evidence contradicts what is presumed."""
    return _confidence(asked, hits, judged, contrary(asked, judged))


def _confidence(asked: Asked, hits: Sequence[Hit], judged: Sequence[Candidate], otherwise: Candidate | None) -> float:
    return judged[0].likely * trust(asked, hits) * (_DOUBT if otherwise else 1) if judged else 0.0


def candidates(asked: Asked, hits: Sequence[Hit], judge: Judge, pieces: Pieces) -> list[Candidate]:
    """The pieces of the first hits that may answer, the likeliest first."""
    found = [each for each in pieces.of(hits[:READ]) if comes_into_question(asked, each.piece)]
    likely = judge.answers(asked, found).tolist()
    judged = [each._replace(likely=share) for each, share in zip(found, likely, strict=True) if share > 0]
    return sorted(judged, key=lambda each: -each.likely)


def reordered(hits: Sequence[Hit], judged: Sequence[Candidate]) -> list[Hit]:
    """The hits by score, descending, where one with a piece that is likely to answer is raised by a part of the best.

    Ties by passage_id.
    """
    best = max((abs(hit.score) for hit in hits), default=0.0)
    likely: dict[str, float] = {}
    for each in judged:
        likely.setdefault(each.hit.passage.passage_id, each.likely)
    gains = (_RAISE * max(0.0, likely.get(hit.passage.passage_id, 0.0) - _UNLIKELY) for hit in hits)
    raised = [replace(hit, score=hit.score + best * gain) for hit, gain in zip(hits, gains, strict=True)]
    return sorted(raised, key=lambda hit: (-hit.score, hit.passage.passage_id))


def _cite_all(
    outcome: Outcome, label: str, sources: Sources, segments: list[Segment], citations: list[Citation]
) -> None:
    """Adds a segment for each evidence, in order of relevance; one whose quote fails the check is withdrawn."""
    language = outcome.asked.language
    for piece in outcome.evidence:
        number = len(citations) + 1
        citation = cite(sources, piece.passage, piece.units, number=number, score=piece.relevance)
        if citation is not None:
            foreign = citation.language != language
            citations.append(
                replace(
                    citation,
                    also_supported_by=tuple(dict.fromkeys(passage.passage_id for passage in piece.also)),
                    glosses=gloss(piece.text, language=language) if foreign else (),
                )
            )
            segments.append(Segment(piece.text, (number,)))


def _said(segments: Sequence[Segment], why: AbstainReason | None, language: str) -> str:
    """The whole answer in one string: why there is none, if so, and what is quoted."""
    lead = [_ABSTENTIONS[why].get(language, _ABSTENTIONS[why]["en"])] if why else []
    return " ".join(lead + [f"{s.text} " + "".join(f"[{n}]" for n in s.citations) for s in segments])
