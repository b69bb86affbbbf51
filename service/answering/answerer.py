"""A question and its hits into an answer of checked quotes, or an abstention with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.encoder import Encoder
from index.hit import Hit
from service.answer import AbstainReason, Citation, Segment, Status
from service.answering.confidence import BAR, trust
from service.answering.glossing import gloss
from service.answering.judging import Judge
from service.answering.premises import contrary, on_premise, reason
from service.answering.selecting import comes_into_question, gather
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
class Drafted:
    """An answer before it is told when and from which library: ``why`` is None where there is one.

    ``confidence``, 0..1: the share of answers as sure as this one that are complete. ``missing``: sides of a comparison
    of which nothing is shown.
    """

    segments: tuple[Segment, ...]
    citations: tuple[Citation, ...]
    confidence: float
    why: AbstainReason | None
    text: str
    missing: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Whether it answers, and all of the question."""
        return "abstained" if self.why else "partial" if self.missing else "answered"


def answer(
    asked: Asked,
    hits: Sequence[Hit],
    judged: Sequence[Candidate],
    encoder: Encoder,
    sources: Sources,
    *,
    bar: float | None = None,
) -> Drafted:
    """What the candidates, the likeliest first, answer to the question.

    ``bar``: the confidence below which nothing is answered, 0..1, in place of the shipped one.
    """
    otherwise, confidence = contrary(asked, judged), confidence_in(asked, hits, judged)
    why = None if judged and confidence >= (BAR if bar is None else bar) else reason(asked, hits, judged)
    shown = judged if not why else [otherwise] if otherwise and why == "premise_contradicted" else []
    premise = on_premise(asked, judged, encoder) if shown else None
    segments, citations = _cited(gather(asked, shown, premise), sources, asked.language)
    why = why or (None if segments else "unsupported")
    text = _said(segments, why, asked.language)
    return Drafted(tuple(segments), tuple(citations), confidence, why, text, _missing(asked, judged, citations))


def confidence_in(asked: Asked, hits: Sequence[Hit], judged: Sequence[Candidate]) -> float:
    """How sure the likeliest candidate makes us, 0..1; half as sure where evidence contradicts what is presumed."""
    if not judged:
        return 0.0
    return judged[0].likely * trust(asked, hits) * (_DOUBT if contrary(asked, judged) else 1)


def _missing(asked: Asked, judged: Sequence[Candidate], citations: Sequence[Citation]) -> tuple[str, ...]:
    """The sides of a comparison that no cited passage is about."""
    if asked.kind != "compare":
        return ()
    cited = {citation.passage_id for citation in citations}
    pieces = [each.piece for each in judged if each.hit.passage.passage_id in cited]
    return tuple(
        side.said
        for side in asked.sides
        if not any(piece.place.names(side) or piece.whole.holds(side) for piece in pieces)
    )


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


def _cited(evidence: Sequence[Evidence], sources: Sources, language: str) -> tuple[list[Segment], list[Citation]]:
    """Segments in order of relevance, numbered from 1; evidence whose quote fails the check is withdrawn."""
    segments: list[Segment] = []
    citations: list[Citation] = []
    for piece in evidence:
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
    return segments, citations


def _said(segments: Sequence[Segment], why: AbstainReason | None, language: str) -> str:
    """The whole answer in one string: why there is none, if so, and what is quoted."""
    lead = [_ABSTENTIONS[why].get(language, _ABSTENTIONS[why]["en"])] if why else []
    return " ".join(lead + [f"{s.text} " + "".join(f"[{n}]" for n in s.citations) for s in segments])
