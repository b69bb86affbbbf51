"""The flow of one question: what is meant, what a document's structure settles, what is judged, and all its parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from index.encoder import Encoder
from index.hit import Filters, Hit, Why
from index.library import Library
from service.answering.answerer import Outcome, candidates, decide
from service.answering.conversing import SmallTalk, small_talk, summary_asked, vague
from service.answering.drafting import Answered, Drafted, draft
from service.answering.guide import Guide
from service.answering.judging import Judge
from service.answering.naming import Meant
from service.answering.opening import suggestions
from service.answering.parts import Part, asks_of_each, clauses, measure, sides
from service.answering.provisions import provisions_asked
from service.answering.selecting import WHOLE, Selection
from service.answering.settling import Settled
from service.answering.stating import definitions_asked, effect_asked, kinds_wanted
from service.answering.summarising import summary
from service.answering.tables import rows_of_one_table, whole_table
from service.answering.understanding import Asked, understand
from service.evidence.analysis import Analysis
from service.evidence.pieces import Candidate, Pieces

_OF_A_PART = Selection(keep=0.97, beside=0.85, most=2)
_AS_GOOD = 0.85  # of the best one's likelihood: what is shown serves a clause as well
_CHOOSING = frozenset({"who", "which"})  # one of the sides is asked for, and not something of each
_CLEAR = 0.75  # the confidence that must be reached where nothing in particular is asked: 碳汇怎么样？
_KINDS = frozenset({"penalty", "prohibition", "authority"})  # of provision, that a search can be narrowed to
_NOT_HELD = {"zh": "资料库中没有“{}”。", "en": "The library does not hold “{}”."}
_SETTLED = 0.97  # how sure what a document's structure settles is, as measured (docs/quality.md)

Search = Callable[[str, Filters], list[Hit]]


class Response(NamedTuple):
    """The drafted answer to ``asked``, with the hits and candidates that it comes from, best first."""

    asked: Asked
    drafted: Drafted
    hits: tuple[Hit, ...]
    judged: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Responder:
    """Answers questions over a library, within ``filters``; ``search`` gives the hits of a text, best first."""

    library: Library
    search: Search
    judge: Judge
    pieces: Pieces
    guide: Guide
    bar: float
    filters: Filters

    @property
    def encoder(self) -> Encoder:
        """Of the library."""
        return self.pieces.encoder

    def respond(self, question: str) -> Response:
        """Answers a question of one part or several; tells who asks for nothing what there is to ask."""
        asked = understand(question)
        if kind := small_talk(question):
            return Response(asked, self._welcome(kind, asked.language), (), ())
        answered = self._summary(asked)
        if not answered:
            whole = self._one(asked)
            if asked.kind != "topic" and vague(question) and whole.confidence < _CLEAR:
                whole = replace(whole, evidence=(), why=whole.why or "unsupported")
            answered = self._by_side(asked, whole) or self._by_clause(asked, whole) or [Answered("", whole)]
        hits, judged = _together([each.outcome for each in answered])
        drafted = draft(answered, self.library)
        if vague(question):
            drafted = replace(drafted, suggestions=suggestions(question, hits, asked.language))
        return Response(asked, drafted, hits, judged)

    def _welcome(self, kind: SmallTalk, language: str) -> Drafted:
        """What the library holds, with questions that it does answer."""
        opening = self.guide.openings.answer(kind, language)
        answered = (each for each in opening.suggestions if not self.respond(each).drafted.why)
        return Drafted((), (), 0.0, "no_question", "\n".join(opening.lines), suggestions=tuple(answered))

    def _summary(self, asked: Asked) -> list[Answered]:
        """A document section by section, where a summary of one that is named is asked for."""
        if not summary_asked(asked.text) or not (meant := self._meant(asked)).sure:
            return []
        passages = self.library.passages(meant.documents[0])
        found = summary(passages, asked.language, title=self.library.document(meant.documents[0]).title)
        outcomes = (
            Answered(heading, Outcome(asked, (evidence,), _SETTLED, None, notes=found.notes))
            for heading, evidence in found.parts
        )
        return list(outcomes)

    def _one(self, asked: Asked, params: Selection = WHOLE) -> Outcome:
        """What comes of a question taken as one: settled by a document's structure, else judged."""
        meant = self._meant(asked)
        settled = self._settled(asked, meant)
        if settled is None:
            judged = self._judged(asked, meant, params)
            return whole_table(judged, meant.documents if meant.sure else (), self.library)
        hits = self.search(asked.text, self._within(meant))
        if not settled.evidence:
            return Outcome(asked, (), 0.0, "unsupported", tuple(hits), notes=settled.notes)
        shown = _as_hits(settled, hits, self.library)
        return Outcome(asked, settled.evidence, _SETTLED, None, shown, notes=settled.notes)

    def _meant(self, asked: Asked) -> Meant:
        """What the question names, of the documents that the filters let through."""
        meant = self.guide.names.meant(asked.text)
        if not self.filters.doc_ids:
            return meant
        let = {self.library.document(each).doc_id for each in self.filters.doc_ids}
        inside = tuple(each for each in meant.documents if each in let)
        if inside or len(let) > 1:
            return replace(meant, documents=inside, sure=meant.sure and bool(inside))
        return replace(meant, documents=tuple(let), sure=True)

    def _within(self, meant: Meant, *, kinds: Sequence[str] = ()) -> Filters:
        documents = meant.documents if meant.sure else ()
        return replace(self.filters, doc_ids=documents or self.filters.doc_ids, kinds=tuple(kinds))

    def _settled(self, asked: Asked, meant: Meant) -> Settled | None:
        """A provision, definition or date of effect, of the documents that are meant."""
        documents = meant.documents if meant.sure else ()
        return (
            provisions_asked(asked, documents, self.guide.outlines, self.library)
            or self._takes_effect(asked, documents)
            or definitions_asked(
                asked, self.library, doc_ids=documents or self.filters.doc_ids, jurisdictions=meant.jurisdictions
            )
        )

    def _takes_effect(self, asked: Asked, documents: Sequence[str]) -> Settled | None:
        """When the first of the documents that says it takes effect: the others are copies, or hold the named one."""
        found = (effect_asked(asked, self.library, doc_ids=(each,)) for each in documents)
        return next((settled for settled in found if settled is not None), None)

    def _judged(self, asked: Asked, meant: Meant, params: Selection) -> Outcome:
        """What is judged likeliest, in the documents that are meant before all others.

        Where the question asks for a kind of provision, statements of the kind come first.
        """
        scopes = [self._within(meant)]
        if kinds := [kind for kind in kinds_wanted(asked) if kind in _KINDS]:
            scopes.insert(0, self._within(meant, kinds=kinds[:1]))
        for scope in scopes:
            hits = self.search(asked.text, scope)
            outcome = decide(
                asked, hits, candidates(asked, hits, self.judge, self.pieces), self.encoder, bar=self.bar, params=params
            )
            if not outcome.why:
                break
        return _without(meant.absent, outcome) if meant.absent and not meant.sure else outcome

    def _by_side(self, asked: Asked, whole: Outcome) -> list[Answered] | None:
        """Each side by itself; None where there is one, or all of it together answers better."""
        if asked.kind in _CHOOSING and not whole.why:
            return None
        parts = sides(asked)
        shares = measure(asked, parts)
        found = [Answered(part.label, replace(self._one(part.asked, _OF_A_PART), shares=shares)) for part in parts]
        sure = [each.outcome.confidence for each in found if not each.outcome.why]
        together = 0.0 if whole.why else whole.confidence * sum(_speaks_of(part, whole) for part in parts)
        is_asked = asks_of_each(asked) and len(sure) == len(parts)
        if not sure or not (is_asked or sum(sure) > together):
            return None
        return rows_of_one_table(asked, found, self.library) or found

    def _by_clause(self, asked: Asked, whole: Outcome) -> list[Answered] | None:
        """The whole with what it lacks of each clause; None where there is one clause or it lacks nothing."""
        added: list[Answered] = []
        shown = {each.passage.passage_id for each in whole.evidence}
        for part in clauses(asked):
            own = self._one(part.asked, _OF_A_PART)
            if own.why or not _serves(shown, own):
                added.append(Answered(part.label, own))
                shown |= {each.passage.passage_id for each in own.evidence if not own.why}
        if not added or (whole.why and all(each.outcome.why for each in added)):
            return None
        return [*([] if whole.why else [Answered("", whole)]), *added]


def _without(absent: str, outcome: Outcome) -> Outcome:
    """The same, or withheld: what is named is not held, and the likeliest piece does not speak of it by that name."""
    name, piece = Analysis(absent), outcome.judged[0].piece if outcome.judged else None
    note = _NOT_HELD.get(outcome.asked.language, _NOT_HELD["en"]).format(absent)
    across = piece is not None and piece.passage.language != name.language and not re.search(r"\d", absent)
    told = piece is not None and any(
        name.folded in text.folded for text in (piece.whole, piece.place.headings, piece.place.origin.title)
    )
    if outcome.why or across or told:
        return replace(outcome, notes=(*outcome.notes, note)) if outcome.why and not told else outcome
    return replace(outcome, evidence=(), why="unsupported", confidence=min(outcome.confidence, 0.5), notes=(note,))


def _as_hits(settled: Settled, hits: Sequence[Hit], library: Library) -> tuple[Hit, ...]:
    """The passages that settle a question before all others that were found for it."""
    best = max((hit.score for hit in hits), default=0.0)
    known = {hit.passage.passage_id: hit for hit in hits}
    first: dict[str, Hit] = {}
    for place, each in enumerate(settled.evidence):
        passage = each.passage
        record = library.document(passage.doc_id)
        hit = known.pop(passage.passage_id, None) or Hit(passage, record.title, 0.0, Why(), record.metadata)
        first.setdefault(passage.passage_id, replace(hit, score=best + 1 / (1 + place)))
    return (*first.values(), *known.values())


def _speaks_of(part: Part, whole: Outcome) -> bool:
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
