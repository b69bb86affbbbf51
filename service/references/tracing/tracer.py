"""Follows claims, passages and documents to the policies that they rest on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from sinkqa.index.hit import Hit, Why
from sinkqa.index.references.mention import Mention
from sinkqa.index.references.mentions import mentions
from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.grounding.verifying import MOST_MARKS, is_too_long
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.tracing.attribution import without_source
from sinkqa.service.references.tracing.following import NamedPolicy, follow, opened
from sinkqa.service.references.tracing.governing import (
    BY_NAME,
    NamedThere,
    governing,
    is_body,
    is_taken_from,
    units_at,
)
from sinkqa.service.references.tracing.steps import TrailSteps
from sinkqa.service.references.tracing.weighing import Near, Weighed
from sinkqa.service.references.trail import ClaimTrail, PolicyLabel, PolicyTrail, StatingPassage, TrailEnd

MOST_POLICIES = 8  # that are followed for one claim
_MOST_LISTED = 24  # documents that are listed for one that names them
_MOST_STATING = 5  # passages that are shown because they state a claim
_MOST_OF_ONE = 3  # of these, from one document
_MOST_NEAREST = 2  # passages that lead on where none states it
_NEAREST = 0.15  # of likelihood: below it a passage leads nowhere
_SURE = 0.95  # of likelihood: a policy that says it so surely counts beside those that a paper names
_WIDE = 24  # pieces that are looked at for it
_ENDS: tuple[PolicyLabel, ...] = ("supported", "likely", "contradicted", "partly", "untested", "silent", "missing")
_SPOKEN = 0.7  # share of a text that names take up: beyond it it states nothing
_SHORTEST = 4  # letters of a cell that states something


class Stated(NamedTuple):
    """A passage that states the claim, with the units that do and what they say of it."""

    passage: Passage
    units: tuple[Unit, ...]
    weighed: Weighed

    @property
    def states(self) -> bool:
        """Whether it states the claim, at least very likely."""
        return self.weighed.label in ("supported", "likely")


class Tracer:
    """Makes trails of one library with one set of steps."""

    def __init__(self, steps: TrailSteps) -> None:
        self._steps = steps

    def claim(self, claim: str, stated: Stated | None = None) -> ClaimTrail:
        """The trail of one statement: who states it, which policies it rests on, and what these say.

        ``stated``: the passage that it is a statement of; by default all are searched.
        """
        if is_too_long(claim):
            self._steps.note("note.length", MOST_MARKS)
            return ClaimTrail(claim, "untested", self._steps.say("end.length"))
        named = [mention for mention in mentions(claim) if mention.by in BY_NAME]
        stating = [stated] if stated else self._stating(without_source(claim, named))
        return self._traced(claim, named, stating)

    def passage(self, passage: Passage) -> Iterator[tuple[str, Stated]]:
        """The statements of a passage, each with the units that make it."""
        record = self._steps.document(passage.doc_id)
        hit = Hit(passage, record.title, 1.0, Why(), record.metadata)
        for text, units in _statements(hit, self._steps):
            yield text, Stated(passage, units, Weighed("supported", 1.0, (), ()))

    def named_by(self, doc_id: str) -> tuple[PolicyTrail, ...]:
        """The documents that a document names, those of the library first."""
        outlined = self._steps.outlined(doc_id)
        found: dict[str, NamedPolicy] = {}
        seen: set[tuple[str, int | None, str]] = set()
        for mention in outlined.mentions:
            if (said := (mention.name, mention.year, mention.code)) not in seen:
                seen.add(said)
                if (place := outlined.passage_at(mention)) and (policy := self._policy(place)):
                    found.setdefault(policy.key, policy)
        ordered = sorted(found.values(), key=lambda policy: not policy.resolution.doc_ids)
        if len(ordered) > _MOST_LISTED:
            self._steps.note("note.policies", _MOST_LISTED, len(ordered) - _MOST_LISTED)
        return tuple(opened(policy, self._steps) for policy in ordered[:_MOST_LISTED])

    def _stating(self, statement: str) -> list[Stated]:
        """The passages that state it, best first, a few of each document; where none does, the nearest of papers."""
        steps = self._steps
        passages: dict[tuple[str, tuple[Span, ...]], list[Near]] = {}
        for near in steps.weigher.near(statement, steps.search(statement, None), most=_WIDE):
            passage = near.candidate.piece.passage
            passages.setdefault((passage.doc_id, passage.spans), []).append(near)
        found = [_stated(steps.weigher.weigh(statement, nears), nears) for nears in passages.values()]
        found.sort(key=lambda each: each.weighed.rank)
        told = [each for each in found if each.states or each.weighed.label == "contradicted"]
        best = told or [each for each in found if each.weighed.label != "silent"]
        rest = [each for each in found if each not in best and each.weighed.support >= _NEAREST]
        papers = [] if any(map(self._is_paper, best)) else [each for each in rest if self._is_paper(each)]
        return [*_few_of_each(best), *papers[:_MOST_NEAREST]]

    def _traced(self, claim: str, named: Sequence[Mention], stated: Sequence[Stated]) -> ClaimTrail:
        steps = self._steps
        governs, further = self._rests_on(claim, list(self._named_by_claim(claim, named)), stated)
        policies = _distinct([*governs, *further])
        shown = tuple(self._shown(stated))
        followed = tuple(follow(policy, claim, named, steps) for policy in policies[:MOST_POLICIES])
        end = _end(followed[: len(governs)])
        if left_out := max(0, len(policies) - MOST_POLICIES):
            steps.note("note.policies", MOST_POLICIES, left_out)
        says = "end.unstated" if end == "unnamed" and not any(each.states for each in stated) else f"end.{end}"
        return ClaimTrail(claim, end, steps.say(says), shown, followed, left_out)

    def _rests_on(
        self, claim: str, own: Sequence[NamedPolicy], stated: Sequence[Stated]
    ) -> tuple[list[NamedPolicy], list[NamedPolicy]]:
        """The policies that a claim rests on, and further ones that are worth a look.

        It rests on those that it names itself; else on those that are named nearest to what a paper says, or from which
        a policy takes what it says; else on those that state it themselves.
        """
        named = {doc_id for policy in own for doc_id in policy.resolution.doc_ids}
        stated = [each for each in stated if each.passage.doc_id not in named]
        papers = [each for each in stated if self._is_paper(each)]
        policies = [each for each in stated if each.states and not self._is_paper(each)]
        beside = self._nearest_named(claim, [each for each in papers if each.states])
        if own:
            return _distinct(own), beside
        themselves = [self._itself(each) for each in policies]
        if beside:
            best = max(each.weighed.support for each in papers if each.states)
            surer = [self._itself(each) for each in policies if each.weighed.support > max(best, _SURE)]
            return _distinct([*beside, *surer]), themselves[:_MOST_NEAREST]
        if taken := [policy for each in policies[:1] for policy in self._taken_from(each)]:
            return _distinct(taken), themselves[:_MOST_NEAREST]
        return _distinct([*themselves, *self._nearest_named(claim, [e for e in papers if not e.states])]), []

    def _nearest_named(self, claim: str, stated: Sequence[Stated]) -> list[NamedPolicy]:
        """The policies that govern statements, those of a whole section only where none is named nearer."""
        found = [policy for each in stated for policy in self._governing(each, claim)]
        return [policy for policy in found if policy.nearness != "section"] or found

    def _is_paper(self, stated: Stated) -> bool:
        """Whether a passage is of a work about policies, and not of a policy."""
        return not self._steps.is_policy(stated.passage.doc_id)

    def _named_by_claim(self, claim: str, named: Sequence[Mention]) -> Iterator[NamedPolicy]:
        """The policies that the claim names, by their titles and numbers, else in passing."""
        for mention in named:
            yield NamedPolicy(mention.name, "claim", self._steps.resolver.resolve(mention))
        if not named:
            for doc_id in self._steps.named(claim):
                title = self._steps.document(doc_id).title
                yield NamedPolicy(title, "claim", Resolution("alias", (doc_id,), title))

    def _governing(self, stated: Stated, claim: str) -> Iterator[NamedPolicy]:
        """The policies that are named nearest to the passage that states the claim."""
        outlined = self._steps.outlined(stated.passage.doc_id)
        said = " ".join([claim, *(unit.text for unit in stated.units)])
        for place in governing(stated.passage, stated.units, said, outlined):
            if policy := self._policy(place):
                yield policy

    def _taken_from(self, stated: Stated) -> Iterator[NamedPolicy]:
        """The policies of which the sentence itself says that they say so."""
        text = self._steps.sources.text(stated.passage.doc_id)
        spans = [span for unit in stated.units for span in unit.spans]
        for mention in self._steps.outlined(stated.passage.doc_id).within(spans):
            place = NamedThere(mention, "sentence", stated.passage, units_at(stated.passage, mention))
            if is_taken_from(text, mention) and (policy := self._policy(place)):
                yield policy

    def _policy(self, place: NamedThere) -> NamedPolicy | None:
        """What a mention means; None for the document itself, and for works and addresses that nothing is known of."""
        home = place.passage.doc_id
        if is_body(self._steps.sources.text(home), place.mention):
            return None
        meant = self._steps.resolver.resolve(place.mention, doc_id=home)
        if meant.how == "itself" or (meant.how == "missing" and place.mention.by not in BY_NAME and not meant.address):
            return None
        if home in meant.doc_ids:
            others = tuple(each for each in meant.doc_ids if each != home)
            if not others:
                return None
            meant = replace(meant, doc_ids=others, title=self._steps.document(others[0]).title)
        return NamedPolicy(place.mention.name, place.nearness, meant, place.passage, place.units)

    def _itself(self, stated: Stated) -> NamedPolicy:
        """The policy that states the claim itself."""
        title = self._steps.document(stated.passage.doc_id).title
        meant = Resolution("exact", (stated.passage.doc_id,), title)
        return NamedPolicy(title, "itself", meant, stated.passage, stated.units)

    def _shown(self, stated: Sequence[Stated]) -> Iterator[StatingPassage]:
        """The passages that state the claim, with their quotes."""
        for passage, units, weighed in stated:
            if numbers := self._steps.quote(passage, units):
                label = "near" if weighed.label == "silent" else weighed.label
                title = self._steps.document(passage.doc_id).title
                yield StatingPassage(numbers[0], passage.doc_id, title, label, weighed.support, weighed.findings)


def _stated(weighed: Weighed, nears: Sequence[Near]) -> Stated:
    piece = (weighed.evidence[0][0] if weighed.evidence else nears[0].candidate).piece
    return Stated(piece.passage, piece.units, weighed)


def _few_of_each(found: Sequence[Stated]) -> list[Stated]:
    """The first passages, a few of each document."""
    counts: Counter[str] = Counter()
    kept = []
    for each in found:
        counts[each.passage.doc_id] += 1
        if counts[each.passage.doc_id] <= _MOST_OF_ONE:
            kept.append(each)
    return kept[:_MOST_STATING]


def _distinct(policies: Iterable[NamedPolicy]) -> list[NamedPolicy]:
    """Each policy once, where it is named first."""
    found: dict[str, NamedPolicy] = {}
    for policy in policies:
        found.setdefault(policy.key, policy)
    return list(found.values())


def _end(followed: Sequence[PolicyTrail]) -> TrailEnd:
    """The label that tells most of the policies that govern the claim."""
    labels = {each.label for each in followed}
    best = next((label for label in _ENDS if label in labels), None)
    return best if best is not None and best != "named" else "unnamed"


def _statements(hit: Hit, steps: TrailSteps) -> Iterator[tuple[str, tuple[Unit, ...]]]:
    """The statements of a passage with their units: its sentences, or the cells of a row with the row's label."""
    if hit.passage.kind == "row":
        head, *cells = hit.passage.units
        for cell in cells:
            if not _is_name(cell.text) and sum(map(str.isalnum, cell.text)) >= _SHORTEST:
                yield f"{head.text}：{cell.text}", (head, cell)
        return
    for piece in steps.weigher.pieces_of(hit):
        if piece.asserts and not _is_name(piece.said.text):
            yield piece.said.text, piece.units


def _is_name(text: str) -> bool:
    """Whether a text is hardly more than the names of documents."""
    return sum(mention.end - mention.start for mention in mentions(text)) > _SPOKEN * len(text)
