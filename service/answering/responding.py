"""The flow of one question: each thing that it asks is looked for and judged, and all of it is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.encoder import Encoder
from index.hit import Hit
from service.answering.answerer import Answered, Drafted, Outcome, candidates, decide, draft
from service.answering.judging import Judge
from service.answering.parts import Part, asks_of_each, clauses, sides
from service.answering.selecting import WHOLE, Selection
from service.answering.understanding import Asked, understand
from service.evidence.analysis import Analysis
from service.evidence.citations import Sources
from service.evidence.pieces import Candidate, Pieces

_OF_A_PART = Selection(keep=0.97, beside=0.85, most=2)
_AS_GOOD = 0.85  # of the best one's likelihood: what is shown serves a clause as well

_CHOOSING = frozenset({"who", "which"})  # one of the sides is asked for, and not something of each


class Response(NamedTuple):
    """The drafted answer to ``asked``, with the hits and candidates that it comes from, best first."""

    asked: Asked
    drafted: Drafted
    hits: tuple[Hit, ...]
    judged: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers questions over a library; ``search`` gives the hits of a text, best first."""

    search: Callable[[str], list[Hit]]
    judge: Judge
    pieces: Pieces
    sources: Sources
    bar: float

    @property
    def encoder(self) -> Encoder:
        """Of the library."""
        return self.pieces.encoder

    def respond(self, question: str) -> Response:
        """Answers a question of one part or several."""
        asked = understand(question)
        whole = self._one(asked)
        answered, missing = self._by_side(asked, whole) or self._by_clause(asked, whole) or ([Answered("", whole)], [])
        hits, judged = _together([whole, *(each.outcome for each in answered)])
        return Response(asked, draft(answered, self.sources, missing=missing), hits, judged)

    def _one(self, asked: Asked, params: Selection = WHOLE) -> Outcome:
        hits = self.search(asked.text)
        judged = candidates(asked, hits, self.judge, self.pieces)
        return decide(asked, hits, judged, self.encoder, bar=self.bar, params=params)

    def _by_side(self, asked: Asked, whole: Outcome) -> tuple[list[Answered], list[str]] | None:
        """Each side by itself, and those of which nothing is found; None where all of it together answers better."""
        if asked.kind in _CHOOSING and not whole.why:
            return None
        parts = sides(asked)
        found = [Answered(part.label, self._one(part.asked, _OF_A_PART)) for part in parts]
        answered = [each for each in found if not each.outcome.why]
        together = 0.0 if whole.why else whole.confidence * sum(_speaks_of(part, whole) for part in parts)
        is_asked = asks_of_each(asked) and len(answered) == len(parts)
        if not answered or (not is_asked and sum(each.outcome.confidence for each in answered) <= together):
            return None
        return answered, [each.label for each in found if each.outcome.why]

    def _by_clause(self, asked: Asked, whole: Outcome) -> tuple[list[Answered], list[str]] | None:
        """The whole with what it lacks of each clause, and the clauses of which nothing is found; None: it has all."""
        added, missing = list[Answered](), list[str]()
        shown = {each.passage.passage_id for each in whole.evidence}
        for part in clauses(asked):
            own = self._one(part.asked, _OF_A_PART)
            if _serves(shown, own):
                continue
            if own.why:
                missing.append(part.label)
            else:
                added.append(Answered(part.label, own))
                shown |= {each.passage.passage_id for each in own.evidence}
        if not added and (whole.why or not missing):
            return None
        return [*([] if whole.why else [Answered("", whole)]), *added], missing


def _speaks_of(part: Part, whole: Outcome) -> bool:
    """Whether the first evidence itself names the side."""
    label = Analysis(part.label)
    said = Analysis(whole.evidence[0].text if whole.evidence else "")
    return all(said.holds(name) for name in label.entities) if label.entities else label.folded in said.folded


def _serves(shown: set[str], own: Outcome) -> bool:
    """Whether a passage that is shown already answers about as well as the best one."""
    best = own.judged[0].likely if own.judged else 0.0
    return any(each.hit.passage.passage_id in shown and each.likely >= _AS_GOOD * best for each in own.judged)


def _together(outcomes: Sequence[Outcome]) -> tuple[tuple[Hit, ...], tuple[Candidate, ...]]:
    """The hits of all, each passage once, those of the first before those that only others have; and the candidates."""
    hits = {hit.passage.passage_id: hit for outcome in reversed(outcomes) for hit in outcome.hits}
    judged = sorted((each for outcome in outcomes for each in outcome.judged), key=lambda each: -each.likely)
    return tuple(hits.values()), tuple(judged)
