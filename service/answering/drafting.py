"""Drafts one answer with checked quotes from the evidence that was found for each part of the question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sinkqa.service.answer import AbstainReason, AnswerCell, AnswerRow, AnswerTable, Citation, Segment, Status
from sinkqa.service.answering.judging.answerer import Outcome
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.answering.writing.glossing import gloss
from sinkqa.service.evidence.citations import Sources, cite
from sinkqa.service.evidence.pieces import Evidence, share_of_answer
from sinkqa.service.progress import begun

_ROOM_OF_A_CELL = 0.6  # of an answer: what is longer is no cell of a table
_ABSTENTIONS: dict[AbstainReason, dict[str, str]] = {
    "no_evidence": {
        "zh": "资料库中没有找到足以回答这个问题的依据。",
        "en": "The library holds no evidence that answers this question.",
    },
    "out_of_scope": {
        "zh": "资料库中没有与这个问题的主题有关的内容。",
        "en": "The library has nothing on the subject of this question.",
    },
    "unsupported": {
        "zh": "资料库涉及这个话题，但没有能回答这个问题的内容。",
        "en": "The library covers this subject but does not answer this question.",
    },
    "no_question": {"zh": "", "en": ""},
    "premise_contradicted": {
        "zh": "资料库中的文件不支持这个问题的前提，原文如下：",
        "en": "The library does not support the premise of this question. It says:",
    },
}
_FOUND = {"zh": "所载内容", "en": "What is said"}  # of each side
_NOT_FOUND = {"zh": "未找到", "en": "not found"}


class Answered(NamedTuple):
    """One part of the question and its outcome. ``label`` is "" if the part is the whole question."""

    label: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Drafted:
    """An answer without its library and timings. ``why``: the reason to abstain, or None if there is an answer.

    ``confidence``, 0..1: the share of complete answers among answers with the same confidence. ``missing``: the parts
    of the question that were not found, in the question's own words. ``notes``: one line for each thing that the answer
    leaves open.
    """

    segments: tuple[Segment, ...]
    citations: tuple[Citation, ...]
    confidence: float
    why: AbstainReason | None
    text: str
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    table: AnswerTable | None = None
    suggestions: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Whether the answer covers all, a part or nothing of the question."""
        return "abstained" if self.why else "partial" if self.missing else "answered"


def draft(answered: Sequence[Answered], sources: Sources) -> Drafted:
    """Drafts the answer to all parts of the question, in their order.

    It abstains only if no part is answered. The reason is then the reason of the first part. If some parts are
    answered, ``missing`` lists the others. Short answers to several sides become a table with one row for each side.
    """
    begun("checking")
    language = answered[0].outcome.asked.language
    cited = _AnswerCitations(sources, answered[0].outcome.asked)
    withheld = all(outcome.why for _, outcome in answered)  # then what stands against a premise is shown
    said = [
        (label, outcome, cited.segments(label, outcome) if withheld or not outcome.why else [])
        for label, outcome in answered
    ]
    found = [each for each in said if each[2] and not each[1].why]
    why = None if found else answered[0].outcome.why or "unsupported"
    segments = tuple(_each_once(found or said))
    table = cited.table or _side_by_side(said, language)
    if table and not cited.table:
        segments = table.flattened()
    return Drafted(
        segments,
        tuple(cited.citations),
        min(outcome.confidence for _, outcome, _ in found or said),
        why,
        _said(segments, why, language),
        _missing(said) if found else (),
        tuple(dict.fromkeys(note for _, outcome, _ in said for note in outcome.notes)),
        table,
    )


def _missing(said: Sequence[tuple[str, Outcome, list[Segment]]]) -> tuple[str, ...]:
    """The parts without an answer by their labels, and what is missing of the others."""
    parts = ((label,) if label and not own else outcome.missing for label, outcome, own in said)
    return tuple(dict.fromkeys(each for part in parts for each in part))


def _each_once(said: Sequence[tuple[str, Outcome, list[Segment]]]) -> Iterator[Segment]:
    """The segments in order; what answers two clauses is said once, what holds of two sides for each."""
    shown: set[tuple[str, tuple[int, ...]]] = set()
    for _, outcome, own in said:
        for segment in own:
            if outcome.is_side or (segment.text, segment.citations) not in shown:
                shown.add((segment.text, segment.citations))
                yield segment


@dataclass(slots=True)
class _AnswerCitations:
    """Makes and numbers citations from 1; drops evidence whose quote fails the check."""

    sources: Sources
    asked: Asked
    citations: list[Citation] = field(default_factory=list)
    table: AnswerTable | None = None

    def segments(self, label: str, outcome: Outcome) -> list[Segment]:
        """A segment for each evidence, in its order; of a table one for each row, and what stands beside it."""
        if outcome.table is None or self.table is not None:
            numbered = [(each, self._cite(each)) for each in outcome.evidence]
            return [Segment(each.text, (number,), part=label) for each, number in numbered if number]
        numbers = {each.passage.passage_id: self._cite(each) for each in outcome.table.evidence()}
        self.table = outcome.table.answer({k: n for k, n in numbers.items() if n}, self.asked.language)
        beside = ((each, self._cite(each)) for each in outcome.table.beside)
        return [*self.table.flattened(), *(Segment(each.text, (number,)) for each, number in beside if number)]

    def _cite(self, piece: Evidence) -> int:
        """The number of the citation; 0 where its quote is withdrawn."""
        number = len(self.citations) + 1
        citation = cite(self.sources, piece.passage, piece.units, number=number, score=piece.relevance)
        if citation is None:
            return 0
        for known in self.citations:
            if (known.passage_id, known.quote) == (citation.passage_id, citation.quote):
                return known.number
        foreign = citation.language != self.asked.language
        self.citations.append(
            replace(
                citation,
                also_supported_by=tuple(dict.fromkeys(passage.passage_id for passage in piece.also)),
                glosses=gloss(piece.text, language=self.asked.language, asked=self.asked) if foreign else (),
            )
        )
        return number


def _side_by_side(said: Sequence[tuple[str, Outcome, list[Segment]]], language: str) -> AnswerTable | None:
    """A row for each side, where all of them share what is asked and each answer is short; None elsewhere."""
    texts = ["\n".join(segment.text for segment in own) for *_, own in said]
    are_sides = len(said) > 1 and all(outcome.is_side for _, outcome, _ in said)
    if not are_sides or not any(texts) or any(share_of_answer(text) > _ROOM_OF_A_CELL for text in texts):
        return None
    missing = _NOT_FOUND.get(language, _NOT_FOUND["en"])
    rows = tuple(
        AnswerRow(label, (AnswerCell(text, _numbers(own)) if text else AnswerCell(missing=missing),))
        for (label, _, own), text in zip(said, texts, strict=True)
    )
    return AnswerTable("", "", (_FOUND.get(language, _FOUND["en"]),), rows)


def _numbers(segments: Sequence[Segment]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for segment in segments for number in segment.citations))


def _said(segments: Sequence[Segment], why: AbstainReason | None, language: str) -> str:
    """The whole answer in one string: why there is none, if so, and what is quoted."""
    lead = [_ABSTENTIONS[why].get(language, _ABSTENTIONS[why]["en"])] if why else []
    return " ".join(lead + [f"{_headed(s)}{s.text} " + "".join(f"[{n}]" for n in s.citations) for s in segments])


def _headed(segment: Segment) -> str:
    return f"{segment.part}: " if segment.part else ""
