"""Finds the answer to one part of a question: by the structure of the named documents, else by judging passages."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from sinkqa.index.hit import Filters, Hit, Why
from sinkqa.index.library import Library
from sinkqa.index.naming.codes import codes
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.guide import Guide
from sinkqa.service.answering.judging.answerer import READ, Outcome, candidates, decide
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.answering.judging.selecting import WHOLE, Selection
from sinkqa.service.answering.listing import with_whole_lists
from sinkqa.service.answering.provisions.cited import asks_for_the_provision, passages_beneath, provisions_asked
from sinkqa.service.answering.provisions.enumerating import enumerated
from sinkqa.service.answering.provisions.sanctions import preferred
from sinkqa.service.answering.provisions.settling import SETTLED, Settled
from sinkqa.service.answering.provisions.stating import definitions_asked, effect_asked, kinds_wanted
from sinkqa.service.answering.standing.asking import standing_asked
from sinkqa.service.answering.standing.ending import ended_by, ended_elsewhere
from sinkqa.service.answering.standing.preferring import versions_in_force, weighing
from sinkqa.service.answering.standing.settling import standing_of_one, standing_settled, unnamed_settled
from sinkqa.service.answering.standing.telling import StandingOf
from sinkqa.service.answering.tables import whole_table
from sinkqa.service.answering.understanding.labelling import table_asked
from sinkqa.service.answering.understanding.naming import Meant
from sinkqa.service.answering.understanding.question import Asked, understand
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.pieces import Candidate, Pieces

_KINDS = frozenset({"penalty", "prohibition", "authority"})  # of provision, that a search can be narrowed to
_NATIONAL = late(r"全国(?!人大|人民代表)|国家级|\bnational(?:ly)? (?!determined)|\bnationwide\b", re.IGNORECASE)
_NAMED = 0.75  # of the bar, for a sanction that has the words for what is done, as measured (docs/quality.md)
_UNKNOWN = ""  # the jurisdiction of documents of which it is not known
_OF_WHICH = {
    "zh": "请写明条款所在的文件，例如：《…法》第…条。",
    "en": "Name the document that the provision is in, for example: Article 5 of the …",
}
_NOT_HELD = {"zh": "资料库中没有“{}”。", "en": "The library does not hold “{}”."}

Search = Callable[[str, Filters], Sequence[Hit]]


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds answers in a library, within ``filters``. ``search`` returns the hits for a text, best first.

    ``documents`` are the library's documents, which quotes are read from. ``standing`` tells whether a document is in
    force on the date that is asked about.
    """

    library: Library
    documents: Sources
    search: Search
    judge: Judge
    pieces: Pieces
    guide: Guide
    bar: float
    filters: Filters
    standing: StandingOf
    _meant: dict[str, Meant] = field(default_factory=dict, compare=False)  # by text: parts repeat the whole

    def find(
        self, asked: Asked, params: Selection = WHOLE, *, meant: Meant | None = None, besides: Meant | None = None
    ) -> Outcome:
        """Answers a question as a whole: by a document's structure, else by judging passages.

        ``meant``: the documents that the question is about, if the caller knows them better than its words say.
        ``besides``: the documents of the surrounding question. They count only if this part names no document itself.
        """
        meant = meant or self.meant(asked)
        if besides and besides.sure and not meant.sure:
            meant = besides
        current, meant = versions_in_force(asked.text, meant, self.standing)
        outcome = self._found(asked, params, current)
        if not outcome.why or current == meant:
            return outcome
        before = self._found(asked, params, meant)  # what only a version before says is cited with its standing
        return outcome if before.why else before

    def _found(self, asked: Asked, params: Selection, meant: Meant) -> Outcome:
        """The answer by the structure of the documents that are meant, else by judging passages."""
        settled = self._settled(asked, meant)
        if settled is None:
            judged = with_whole_lists(self._judged(asked, meant, params), self.documents)
            return whole_table(judged, meant.documents if meant.sure else (), self.library)
        hits = self.search(asked.text, self._within(meant))
        if not settled.evidence:
            return Outcome(asked, (), 0.0, "unsupported", tuple(hits), notes=settled.notes)
        shown = _as_hits(settled, hits, self.library)
        return Outcome(asked, settled.evidence, SETTLED, None, shown, notes=settled.notes, missing=settled.missing)

    def meant(self, asked: Asked) -> Meant:
        """The documents that the question names, limited to those that the filters allow. Cached for each question."""
        if asked.text not in self._meant:
            self._meant[asked.text] = self._inside(self.guide.names.meant(asked.text))
        return self._meant[asked.text]

    def _inside(self, meant: Meant) -> Meant:
        """Limits what the question names to the documents that the filters allow."""
        if not self.filters.doc_ids:
            return meant
        let = {self.library.document(each).doc_id for each in self.filters.doc_ids}
        inside = tuple(each for each in meant.documents if each in let)
        if inside or len(let) > 1:
            return replace(meant, documents=inside, sure=meant.sure and bool(inside))
        return replace(meant, documents=tuple(let), sure=True)

    def _within(self, meant: Meant) -> Filters:
        """The documents that are meant, else those of the jurisdiction and those without one."""
        if meant.sure and meant.documents:
            return replace(self.filters, doc_ids=meant.documents)
        if meant.jurisdictions and not self.filters.jurisdictions:
            return replace(self.filters, jurisdictions=(*meant.jurisdictions, _UNKNOWN))
        return self.filters

    def _only(self) -> tuple[str, ...]:
        """The only document of the library; none where it holds several."""
        held = self.library.documents(most=2)
        return (held[0].doc_id,) if len(held) == 1 else ()

    def _settled(self, asked: Asked, meant: Meant) -> Settled | None:
        """A provision, definition or date of effect, of the documents that are meant."""
        documents = (meant.documents if meant.sure or meant.within else ()) or self._only()
        if not documents and not meant.absent and not table_asked(asked.text) and asks_for_the_provision(asked):
            return Settled((), (_OF_WHICH.get(asked.language, _OF_WHICH["en"]),))
        return (
            self._in_force(asked, meant)
            or self.guide.sanctions.of_provision(asked, documents, self.pieces)
            or provisions_asked(asked, documents, self.guide.outlines, self.library, meant.within)
            or self._takes_effect(asked, documents, meant)
            or self._defined(asked, documents, meant)
            or enumerated(asked, documents, meant, self.library)
        )

    def _in_force(self, asked: Asked, meant: Meant) -> Settled | None:
        """Whether the document that the question names is in force, or what ended it, where only this is asked."""
        names = meant.mentions or _places_of(meant.absent, asked.text)
        titles = " ".join(self.library.document(each).title for each in meant.documents)
        of = standing_asked(asked, names, titles)
        if of is None or (of.kind == "unnamed" and meant.documents):
            return None
        if of.kind == "unnamed":
            return unnamed_settled(asked.language)
        words = asked.text[of.start : of.end]
        named = self._inside(self.guide.names.meant(words)) if len(names) > 1 else meant
        if not named.documents or not named.sure:
            hits = self.search(asked.text, replace(self.filters, kinds=("repeal",)))
            passages = [hit.passage for hit in hits]
            return ended_elsewhere(words.rstrip("》"), asked.language, passages, self.library, self.standing.on)
        if of.kind == "ends":
            return ended_by(named.documents[0], asked.language, self.library)
        whole = [each for each in named.documents if each not in named.within]
        if whole:
            doc_id, known = standing_of_one(whole, self.standing)
            return standing_settled(of.kind, asked, doc_id, known, self.library)
        among = self._passages(named.documents[0], named)  # how a whole stands says nothing of what it reprints
        return standing_settled(of.kind, asked, named.documents[0], None, self.library, words, among)

    def _takes_effect(self, asked: Asked, documents: Sequence[str], meant: Meant) -> Settled | None:
        """When the first of the documents that says it takes effect: the others are copies, or hold the named one."""
        if "effect" not in asked.provisions:
            return None
        found = (
            effect_asked(asked, self.library, doc_ids=(each,), among=self._passages(each, meant)) for each in documents
        )
        return next((settled for settled in found if settled is not None), None)

    def _defined(self, asked: Asked, documents: Sequence[str], meant: Meant) -> Settled | None:
        """The definition of a term. Named texts inside the ``documents`` come first.

        Then come the whole documents, or all documents of the library if none are given.
        """
        found = (
            definitions_asked(asked, self.library, doc_ids=(each,), among=self._passages(each, meant))
            for each in documents
            if asked.terms and each in meant.within
        )
        whole = documents or self.filters.doc_ids
        return next((settled for settled in found if settled is not None), None) or definitions_asked(
            asked, self.library, doc_ids=whole, jurisdictions=meant.jurisdictions
        )

    def _passages(self, doc_id: str, meant: Meant) -> frozenset[str]:
        """What of a document the question is about, where that is not all of it."""
        if doc_id not in meant.within:
            return frozenset()
        return passages_beneath(meant.within[doc_id], doc_id, self.guide.outlines, self.library)

    def _judged(self, asked: Asked, meant: Meant, params: Selection) -> Outcome:
        """Judges passages of the documents that are meant. If they give no answer, judges passages of all documents.

        If the question asks for a kind of provision, statements of that kind come first.
        """
        if "repeal" in asked.provisions:
            return self._repealed(asked, meant, params)
        presumes = bool(Analysis(asked.presumed).amounts)  # another amount than the presumed one may stand anywhere
        held = self._candidates(understand(asked.presumed), self._within(meant), Meant())[1] if presumes else []
        tried: list[Outcome] = []
        for scope in self._scopes(meant, [] if presumes else kinds_wanted(asked)):
            hits, judged = self._candidates(asked, scope, meant)
            bar = self.bar
            if scope.kinds == ("penalty",):
                judged, named = preferred(asked, judged, meant)
                bar *= _NAMED if named else 1
            outcome = decide(asked, hits, judged, self.pieces.encoder, held=held, bar=bar, params=params)
            tried.append(outcome)
            if _is_of(outcome, meant) and (not outcome.why or (scope == self.filters and not meant.sure)):
                break
        else:
            outcome = tried[-2:][0] if meant.sure else next((each for each in tried if not each.why), outcome)
        return _without(meant.absent, outcome) if meant.absent and not meant.sure else outcome

    def _repealed(self, asked: Asked, meant: Meant, params: Selection) -> Outcome:
        """What is said of repeals of that which the question names; of other things nothing answers."""
        hits = self.search(asked.text, replace(self.filters, kinds=("repeal",)))
        name = fold(meant.named or meant.absent)
        numbers = re.findall(r"\d{3,}", name) or [name]
        hits = [
            hit
            for hit in hits
            if hit.passage.doc_id in meant.documents
            or (name and all(each in fold(hit.passage.text) for each in numbers))
        ]
        judged = candidates(asked, hits, self.judge, self.pieces)
        return decide(asked, hits, judged, self.pieces.encoder, bar=self.bar, params=params)

    def _scopes(self, meant: Meant, wanted: Sequence[str]) -> list[Filters]:
        """Where to look, one after the other: statements of the kind that is asked for, and all.

        In the documents that are meant, before anywhere; in those of the jurisdiction, where anywhere gives others.
        """
        narrow = self._within(meant)
        kinds = [kind for kind in wanted if kind in _KINDS]
        wide = [self.filters, narrow] if not meant.sure else [narrow, self.filters]
        return list(dict.fromkeys([*(replace(narrow, kinds=(kind,)) for kind in kinds[:1]), *wide]))

    def _candidates(self, asked: Asked, scope: Filters, meant: Meant) -> tuple[Sequence[Hit], list[Candidate]]:
        hits = self._hits(asked, scope, meant.places)
        judged = candidates(asked, hits, self.judge, self.pieces, weighing(meant, self.standing))
        if scope.kinds != ("penalty",):
            return hits, judged
        conduct = self.pieces.of(self._hits(asked, replace(scope, kinds=()), meant.places)[:READ])
        punished = self.guide.sanctions.of_conduct(asked, conduct, self.judge, self.pieces)
        return hits, sorted([*punished, *judged], key=lambda each: -each.likely)

    def _hits(self, asked: Asked, scope: Filters, places: Sequence[str]) -> Sequence[Hit]:
        """What is found; the rule of one province is none of another, nor of the nation."""
        hits = self.search(asked.text, scope)
        if places or _NATIONAL.search(asked.text):
            hits = [hit for hit in hits if hit.about.place is None or hit.about.place in places] or hits
        return hits


def _places_of(name: str, text: str) -> tuple[tuple[int, int], ...]:
    """Where a name stands in a question; without one, where codes of documents stand."""
    if name:
        start = text.find(name)
        return ((start, start + len(name)),) if start >= 0 else ()
    return tuple((start, end) for start, end, _ in codes(text))


def _is_of(outcome: Outcome, meant: Meant) -> bool:
    """Whether the best piece belongs to what the question means: a named document, or else the jurisdiction.

    A piece of another document counts too if it holds all the names that the question gives.
    """
    if not outcome.judged:
        return False
    best = outcome.judged[0]
    if meant.sure:
        names = Analysis(meant.named).entities
        of_kin = bool(names) and all(best.piece.whole.holds(each) for each in names)
        return of_kin or best.piece.passage.doc_id in meant.documents
    home = best.hit.about.jurisdiction
    return not meant.jurisdictions or home is None or home in meant.jurisdictions


def _without(absent: str, outcome: Outcome) -> Outcome:
    """The outcome when the library lacks the document that the question names by ``absent``.

    The answer is withheld if the best piece does not use that name either.
    """
    name, piece = Analysis(absent), outcome.judged[0].piece if outcome.judged else None
    note = _NOT_HELD.get(outcome.asked.language, _NOT_HELD["en"]).format(absent)
    is_named = piece is not None and (
        any(name.folded in text.folded for text in (piece.whole, piece.place.headings, piece.place.origin.title))
        or (bool(name.entities) and all(piece.whole.holds(each) for each in name.entities))
    )
    if outcome.why or is_named:
        return replace(outcome, notes=(*outcome.notes, note)) if outcome.why and not is_named else outcome
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
