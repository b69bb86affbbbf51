"""Answers a question: finds the answer to each part of it, and drafts one answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import NamedTuple

from sinkqa.index.hit import Hit
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.answering.dialogue.conversing import SmallTalk, small_talk, summary_asked, vague
from sinkqa.service.answering.dialogue.opening import suggestions
from sinkqa.service.answering.drafting import Answered, Drafted, draft
from sinkqa.service.answering.finding import Finder
from sinkqa.service.answering.judging.answerer import Outcome, withheld
from sinkqa.service.answering.judging.selecting import Selection
from sinkqa.service.answering.provisions.settling import SETTLED
from sinkqa.service.answering.provisions.summarising import summary
from sinkqa.service.answering.tables import rows_of_one_table
from sinkqa.service.answering.understanding.parts import QuestionPart, asks_of_each, clauses, sides
from sinkqa.service.answering.understanding.question import Asked, understand
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Candidate

_OF_A_PART = Selection(keep=0.97, beside=0.85, most=2)
_AS_GOOD = 0.85  # of the best one's likelihood: what is shown serves a clause as well
_CHOOSING = frozenset({"who", "which"})  # one of the sides is asked for, and not something of each
_CLEAR = 0.75  # the confidence that must be reached where nothing in particular is asked: 碳汇怎么样？


class Response(NamedTuple):
    """The drafted answer to ``asked``, with the hits and candidates that it was made from, best first."""

    asked: Asked
    drafted: Drafted
    hits: tuple[Hit, ...]
    judged: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers questions with one part or several. The ``finder`` finds the answer to each part."""

    finder: Finder

    def respond(self, question: str) -> Response:
        """Answers a question with one part or several. If the text asks nothing, the response suggests questions."""
        asked = understand(question)
        if kind := small_talk(question):
            return Response(asked, self._welcome(kind, asked.language), (), ())
        answered, is_vague = self._summary(asked), vague(question)
        if not answered:
            whole = self.finder.find(asked)
            if asked.kind != "topic" and is_vague and whole.confidence < _CLEAR:
                whole = withheld(whole)
            answered = self._by_side(asked, whole) or self._by_clause(asked, whole) or [Answered("", whole)]
        hits, judged = _together([each.outcome for each in answered])
        drafted = draft(answered, self.finder.documents)
        if is_vague:
            drafted = replace(drafted, suggestions=suggestions(question, hits, asked.language))
        return Response(asked, drafted, hits, judged)

    def _welcome(self, kind: SmallTalk, language: str) -> Drafted:
        """What the library holds, with questions that it answers."""
        opening = self.finder.guide.openings.answer(kind, language)
        answered = (each for each in opening.suggestions if not self.respond(each).drafted.why)
        return Drafted((), (), 0.0, "no_question", "\n".join(opening.lines), suggestions=tuple(answered))

    def _summary(self, asked: Asked) -> list[Answered]:
        """A document section by section, where a summary of one that is named is asked for."""
        if not summary_asked(asked.text) or not (meant := self.finder.meant(asked)).sure:
            return []
        passages = self.finder.library.passages(meant.documents[0])
        found = summary(passages, asked.language, title=self.finder.library.document(meant.documents[0]).title)
        outcomes = (
            Answered(heading, Outcome(asked, (evidence,), SETTLED, None, notes=found.notes))
            for heading, evidence in found.parts
        )
        return list(outcomes)

    def _by_side(self, asked: Asked, whole: Outcome) -> list[Answered] | None:
        """Each side by itself; None where there is one, or all of it together answers better."""
        if asked.kind in _CHOOSING and not whole.why:
            return None
        parts = sides(asked, self.finder.meant(asked).mentions)
        outcomes = (replace(self._side(part), is_side=True) for part in parts)
        found = [
            Answered(part.label, outcome if _is_about(part, outcome) else withheld(outcome))
            for part, outcome in zip(parts, outcomes, strict=True)
        ]
        sure = [each.outcome.confidence for each in found if not each.outcome.why]
        together = 0.0 if whole.why else whole.confidence * sum(_speaks_of(part, whole) for part in parts)
        is_asked = asks_of_each(asked) and len(sure) == len(parts)
        if not sure or not (is_asked or sum(sure) > together):
            return None
        return rows_of_one_table(asked, found, self.finder.library) or found

    def _side(self, part: QuestionPart) -> Outcome:
        """What comes of one side; of a year or version of a document in the one that fits it, not in the others."""
        meant = self.finder.meant(part.asked)
        if part.kind in ("year", "version") and meant.sure:
            return self.finder.find(part.asked, _OF_A_PART, meant=replace(meant, documents=meant.documents[:1]))
        return self.finder.find(part.asked, _OF_A_PART)

    def _by_clause(self, asked: Asked, whole: Outcome) -> list[Answered] | None:
        """The clauses one after the other; None where there is one clause, or what answers the whole serves them all.

        What answers the whole stands for the clauses that it serves.
        """
        shown = {each.passage.passage_id for each in whole.evidence}
        whole_meant, answered = self.finder.meant(asked), list[Answered]()
        for label, readings in groupby(clauses(asked), key=lambda part: part.label):
            tried = (self.finder.find(part.asked, _OF_A_PART, besides=whole_meant) for part in readings)
            own = _first_answered(tried)
            if not whole.why and _serves(shown, own):
                answered = [*answered, *([] if any(not each.label for each in answered) else [Answered("", whole)])]
            else:
                answered.append(Answered(label, own))
        return answered if any(each.label and not each.outcome.why for each in answered) else None


def _first_answered(tried: Iterable[Outcome]) -> Outcome:
    """The first that is answered; where none is, the last."""
    outcome = None
    for outcome in tried:
        if not outcome.why:
            break
    if outcome is None:
        raise ValueError("expected at least one outcome, got none")
    return outcome


def _is_about(part: QuestionPart, outcome: Outcome) -> bool:
    """Whether the best piece, its headings or its document uses the names of this side of a comparison."""
    names = Analysis(part.label).entities
    if outcome.why or not outcome.judged or part.kind in ("document", "year", "version"):
        return True
    piece = outcome.judged[0].piece
    if not names:
        return fold(part.label) in f"{piece.whole.folded} {piece.place.headings.folded}"
    is_national = outcome.judged[0].hit.about.place is None
    others = [each for each in names if not (each.kind == "market" and is_national)]
    return all(piece.names(each) or piece.whole.holds(each) for each in others)


def _speaks_of(part: QuestionPart, whole: Outcome) -> bool:
    """Whether the first evidence itself names the side."""
    label = Analysis(part.label)
    said = Analysis(whole.evidence[0].text if whole.evidence else "")
    return all(said.holds(name) for name in label.entities) if label.entities else label.folded in said.folded


def _serves(shown: set[str], own: Outcome) -> bool:
    """Whether a passage that is shown already answers about as well as the best one."""
    best = own.judged[0].likely if own.judged else 0.0
    judged = {each.hit.passage.passage_id for each in own.judged if each.likely >= _AS_GOOD * best}
    return bool(shown & (judged or {each.passage.passage_id for each in own.evidence}))


def _together(outcomes: Sequence[Outcome]) -> tuple[tuple[Hit, ...], tuple[Candidate, ...]]:
    """The hits of all, each passage once, those of the first before those that only others have; and the candidates."""
    hits = {hit.passage.passage_id: hit for outcome in reversed(outcomes) for hit in outcome.hits}
    judged = sorted((each for outcome in outcomes for each in outcome.judged), key=lambda each: -each.likely)
    return tuple(hits.values()), tuple(judged)
