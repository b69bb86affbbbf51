"""Judges one answer by the points and the evidence of its question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sinkqa.eval.answering.losses import stage
from sinkqa.eval.data.evidence import Stretch, stretches
from sinkqa.eval.data.gold import Evidence, Judgement, Question
from sinkqa.eval.data.points import Point, says, share_said, unsaid
from sinkqa.eval.ranking.running import excerpt
from sinkqa.eval.results.saved import Loss, Wanted
from sinkqa.index.hit import Hit
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.text.language import detect
from sinkqa.service.answer import Answer, Citation
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import cut_to_length, share_of_answer

WRONG = "wrong-document citations"
"""The measure that counts citations instead of questions."""

_BY_CHANCE = 0.5  # of a point: so much of it where other words than the evidence say it
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the places of its evidence, and the ids of the documents that may be cited.

    A place is a tuple of spans of source text, each with the id of its document.
    """

    question: Question
    places: tuple[tuple[tuple[str, Stretch], ...], ...]
    documents: frozenset[str]

    @property
    def hops(self) -> set[int]:
        """The hops of the question. A complete answer has evidence for all of them."""
        return {place.hop for place in self.question.evidence}


def locate(
    question: Question, named: Mapping[str, Sequence[str]], about: Sequence[str], sources: Mapping[str, str]
) -> Asked:
    """Finds the places of the evidence: the spans it gives, or else every place of its words in its document."""
    places = []
    for place in question.evidence:
        holding = named[place.document] if place.document else about
        found = ((doc_id, place.span) for doc_id in holding) if place.span else _standing(place, holding, sources)
        places.append(tuple(found))
    right = {doc_id for name in question.documents for doc_id in named[name]} if question.documents else about
    return Asked(question, tuple(places), frozenset(right))


def _standing(place: Evidence, holding: Sequence[str], sources: Mapping[str, str]) -> Iterator[tuple[str, Stretch]]:
    for doc_id in holding:
        yield from ((doc_id, span) for span in stretches(place.must_contain, sources[doc_id]))


def unlocated(asked: Asked) -> Iterator[str]:
    """Yields warnings for evidence that cannot be cited because no document contains its words."""
    for place, spans in zip(asked.question.evidence, asked.places, strict=True):
        if not spans:
            where = place.document or "the documents"
            yield f"{asked.question.query_id}: evidence stands nowhere in {where}: {' … '.join(place.must_contain)}"


def answer_scores(asked: Asked, answer: Answer, sources: Mapping[str, str]) -> dict[str, float]:
    """Returns every measure that fits the question, 0..1. ``sources``: the source texts of cited documents by id.

    For an answerable question:

    - whether it was answered
    - the share of points stated within an answer's length
    - whether all points are stated and a right document is cited
    - the share of points stated, or 0 if no citation is right
    - the share of hops whose evidence is cited
    - the share of citations of a wrong document

    For a false premise: whether evidence against it is quoted, in an answer or an abstention.

    For any answer: the share of citations that touch evidence or contain a point, the share of quotes that stand in the
    source, the share of numbers that are quoted, and its length, in which 1 is the most that is shown.
    """
    question = asked.question
    scores = {"confidence": answer.confidence}
    given = float(answer.status != "abstained")
    if question.expects == "answer":
        scores |= {"answered": given, **_points(asked, answer)}
    elif question.expects == "nothing":
        scores |= {"withheld": 1 - given, "unanswerable answered": given}
    else:
        shown = any(_touches(asked, citation) for citation in answer.citations)
        scores |= {"withheld": 1 - given, "contradiction shown": float(shown)}
    if answer.citations:
        quotes = " ".join(citation.quote for citation in answer.citations)
        said = numbers(" ".join(segment.text for segment in answer.segments))
        scores["quote validity"] = _share(_is_valid(citation, sources) for citation in answer.citations)
        scores["number fidelity"] = _share(number in numbers(quotes) for number in said) if said else 1.0
    return scores


def text_worth(asked: Asked, passage: Passage, said: Analysis) -> float:
    """Returns the share of the points that a text of a passage states, 0..1.

    The share is halved if the passage contains no evidence. It is 0 if the passage belongs to a wrong document.
    """
    if passage.doc_id not in asked.documents:
        return 0.0
    share = share_said({_language(said.text): said.text}, asked.question.points)
    places = [span for place in asked.places for doc_id, span in place if doc_id == passage.doc_id]
    touches = any(start < span[1] and span[0] < end for span in places for start, end in passage.spans)
    return share if touches else _BY_CHANCE * share


def wanted(asked: Asked, answer: Answer) -> Iterator[Wanted]:
    """Yields each place of evidence. Its rank is the number of the first citation that touches it."""
    for place, spans in zip(asked.question.evidence, asked.places, strict=True):
        touching = [each.number for each in answer.citations if any(_meets(each, *where) for where in spans)]
        yield Wanted(" … ".join(place.must_contain), min(touching, default=None), place.hop)


def loss(asked: Asked, answer: Answer, judgement: Judgement, hits: Sequence[Hit], names: Mapping[str, str]) -> Loss:
    """Returns the stage at which an incomplete answer was lost. ``names``: the documents' file names by doc_id.

    The right passage counts as quoted if a citation touches evidence, or cites the first of ``hits`` that contains it.
    """
    given, cited = answer.status != "abstained", {citation.passage_id for citation in answer.citations}
    quoted = {
        want.hop
        for want, rank in zip(wanted(asked, answer), judgement.ranks, strict=True)
        if want.rank or (rank and hits[rank - 1].passage.passage_id in cited)
    }
    first = hits[0].passage.doc_id if hits else ""
    return Loss(
        stage=stage(rank=judgement.reach, given=given, quoted=quoted == asked.hops),
        rank=judgement.reach,
        given=given,
        first=names.get(first, ""),
        astray=first not in asked.documents,
        right=tuple(sorted({names[doc_id] for doc_id in asked.documents})),
        quoted=tuple((names[each.doc_id], excerpt(each.quote)) for each in answer.citations) if given else (),
        missing=tuple(
            _spoken(point, asked.question.language) for point in unsaid(_said(answer), asked.question.points)
        ),
    )


def _points(asked: Asked, answer: Answer) -> dict[str, float]:
    given = answer.status != "abstained"
    points = share_said(_said(answer), asked.question.points)
    cited = answer.citations if given else ()
    right = [citation for citation in cited if is_right(asked, citation)]
    wrong = [citation for citation in cited if citation.doc_id not in asked.documents]
    hops = {want.hop for want in wanted(asked, answer) if given and want.rank}
    scores = {
        "answer points": points,
        "complete": float(points == 1 and len(wrong) < len(cited)),
        "supported points": points if right else 0.0,
        "evidence cited": len(hops) / len(asked.hops),
    }
    if cited:
        scores[WRONG] = len(wrong) / len(cited)
    if given:
        scores["citation precision"] = len(right) / len(cited) if cited else 0.0
        scores["length"] = sum(share_of_answer(segment.text) for segment in answer.segments)
    return scores


def _said(answer: Answer) -> dict[str, str]:
    """What an answer says within its length, by the language in which points are looked for."""
    shown = [] if answer.status == "abstained" else cut_to_length([segment.text for segment in answer.segments])
    return {language: "\n".join(each for each in shown if _language(each) == language) for language in ("zh", "en")}


def is_right(asked: Asked, citation: Citation) -> bool:
    """Whether a citation touches evidence or contains a point."""
    quote, language = citation.quote, _language(citation.quote)
    return _touches(asked, citation) or any(says(quote, point, language) for point in asked.question.points)


def _touches(asked: Asked, citation: Citation) -> bool:
    return any(_meets(citation, *where) for spans in asked.places for where in spans)


def _meets(citation: Citation, doc_id: str, span: Stretch) -> bool:
    return citation.doc_id == doc_id and any(each.start < span[1] and span[0] < each.end for each in citation.spans)


def _is_valid(citation: Citation, sources: Mapping[str, str]) -> bool:
    text = sources.get(citation.doc_id, "")
    return citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)


def _language(text: str) -> str:
    """Variants of Japanese stand among the Chinese ones."""
    return "zh" if detect(text) in ("zh", "ja") else "en"


def numbers(text: str) -> set[str]:
    """Returns the numbers of a text, without thousands separators."""
    return {number.replace(",", "") for number in _NUMBER.findall(unicodedata.normalize("NFKC", text))}


def _share(held: Iterator[bool]) -> float:
    found = list(held)
    return sum(found) / len(found)


def _spoken(point: Point, language: str) -> str:
    """A point in one variant, in the question's language where it has one."""
    return next((variants[0] for variants in (point.get(language, ()), *point.values()) if variants), "")
