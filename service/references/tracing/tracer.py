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
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.tracing.attribution import without_source
from sinkqa.service.references.tracing.following import NamedPolicy, follow, opened
from sinkqa.service.references.tracing.governing import BY_NAME, NamedThere, governing
from sinkqa.service.references.tracing.steps import TrailSteps
from sinkqa.service.references.tracing.weighing import ORDER, Near, Weighed
from sinkqa.service.references.trail import ClaimTrail, PolicyLabel, PolicyTrail, StatingPassage, TrailEnd

MOST_POLICIES = 8  # that are followed for one claim
_MOST_LISTED = 24  # documents that are listed for one that names them
_MOST_STATING = 5  # passages that are shown because they state a claim
_MOST_OF_ONE = 3  # of these, from one document
_MOST_READ = 12  # passages that are looked at for it
_WIDE = 24  # pieces of these
_STATES = ORDER.index("likely")  # what says less governs a claim only where nothing says more
_ENDS: tuple[PolicyLabel, ...] = ("supported", "likely", "contradicted", "partly", "untested", "silent", "missing")
_SPOKEN = 0.5  # share of a cell that names take up: beyond it the cell states nothing


class Stated(NamedTuple):
    """A passage that states the claim, with the units that do and what they say of it."""

    passage: Passage
    units: tuple[Unit, ...]
    weighed: Weighed


class Tracer:
    """Makes trails of one library with one set of steps."""

    def __init__(self, steps: TrailSteps) -> None:
        self._steps = steps

    def claim(self, claim: str) -> ClaimTrail:
        """The trail of one statement: who states it, which policies it rests on, and what these say."""
        named = [mention for mention in mentions(claim) if mention.by in BY_NAME]
        statement = without_source(claim, named)
        stated = self._stating(statement)
        return self._traced(claim, named, stated)

    def passage(self, passage: Passage) -> Iterator[tuple[str, Stated]]:
        """The statements of a passage, each with the units that make it."""
        record = self._steps.document(passage.doc_id)
        hit = Hit(passage, record.title, 1.0, Why(), record.metadata)
        for text, units in _statements(hit, self._steps):
            yield text, Stated(passage, units, Weighed("supported", 1.0, (), ()))

    def statement(self, claim: str, stated: Stated) -> ClaimTrail:
        """The trail of a statement of a passage that is known."""
        named = [mention for mention in mentions(claim) if mention.by in BY_NAME]
        return self._traced(claim, named, [stated])

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
        """The passages that state it, best first, a few of each document."""
        steps = self._steps
        passages: dict[tuple[str, tuple[Span, ...]], list[Near]] = {}
        for near in steps.weigher.near(statement, steps.search(statement, None), most=_WIDE):
            passage = near.candidate.piece.passage
            passages.setdefault((passage.doc_id, passage.spans), []).append(near)
        found = []
        for nears in list(passages.values())[:_MOST_READ]:
            weighed = steps.weigher.weigh(statement, nears)
            if weighed.label != "silent":
                piece = weighed.evidence[0][0].piece
                found.append(Stated(piece.passage, piece.units, weighed))
        found.sort(key=lambda each: each.weighed.rank)
        counts: Counter[str] = Counter()
        kept = []
        for each in found:
            counts[each.passage.doc_id] += 1
            if counts[each.passage.doc_id] <= _MOST_OF_ONE:
                kept.append(each)
        return kept[:_MOST_STATING]

    def _traced(self, claim: str, named: Sequence[Mention], stated: Sequence[Stated]) -> ClaimTrail:
        steps = self._steps
        own = list(self._named_by_claim(claim, named))
        policies = _distinct([*own, *self._named_beside(stated, own)]) or _distinct(self._themselves(stated))
        followed = tuple(follow(policy, claim, named, steps) for policy in policies[:MOST_POLICIES])
        governs = [each for each in followed if each.nearness == "claim"] or followed
        end = _end(governs)
        if left_out := max(0, len(policies) - MOST_POLICIES):
            steps.note("note.policies", MOST_POLICIES, left_out)
        says = "end.unstated" if end == "unnamed" and not stated else f"end.{end}"
        return ClaimTrail(claim, end, steps.say(says), tuple(self._shown(stated)), followed, left_out)

    def _named_beside(self, stated: Sequence[Stated], own: Sequence[NamedPolicy]) -> list[NamedPolicy]:
        """The policies named nearest to the passages that state the claim best.

        What stands in a policy itself rests on no other, unless its own sentence names one.
        """
        named_by_claim = {doc_id for policy in own for doc_id in policy.resolution.doc_ids}
        found: list[NamedPolicy] = []
        best = min((ORDER.index(each.weighed.label) for each in stated), default=0)
        for each in stated:
            if each.passage.doc_id in named_by_claim or ORDER.index(each.weighed.label) > max(best, _STATES):
                continue
            is_policy = self._is_of_an_authority(each.passage.doc_id)
            found += [p for p in self._governing(each) if not is_policy or p.nearness in ("row", "sentence")]
        near = [policy for policy in found if policy.nearness != "section"]
        return near or found

    def _is_of_an_authority(self, doc_id: str) -> bool:
        """Whether a document is a policy itself: of a country or a union, and of no named authors."""
        about = self._steps.document(doc_id).metadata
        return bool(about.jurisdiction) and not about.authors

    def _named_by_claim(self, claim: str, named: Sequence[Mention]) -> Iterator[NamedPolicy]:
        """The policies that the claim names, by their titles and numbers, else in passing."""
        for mention in named:
            yield NamedPolicy(mention.name, "claim", self._steps.resolver.resolve(mention))
        if not named:
            for doc_id in self._steps.named(claim):
                title = self._steps.document(doc_id).title
                yield NamedPolicy(title, "claim", Resolution("alias", (doc_id,), title))

    def _governing(self, stated: Stated, statement: str) -> Iterator[NamedPolicy]:
        """The policies that are named nearest to the passage that states the claim."""
        outlined = self._steps.outlined(stated.passage.doc_id)
        for place in governing(stated.passage, stated.units, statement, outlined):
            if policy := self._policy(place):
                yield policy

    def _policy(self, place: NamedThere) -> NamedPolicy | None:
        """What a mention means; None for the document itself, and for works and addresses that nothing is known of."""
        home = place.passage.doc_id
        meant = self._steps.resolver.resolve(place.mention, doc_id=home)
        if meant.how == "itself" or (meant.how == "missing" and place.mention.by not in BY_NAME and not meant.address):
            return None
        if home in meant.doc_ids:
            others = tuple(each for each in meant.doc_ids if each != home)
            if not others:
                return None
            meant = replace(meant, doc_ids=others, title=self._steps.document(others[0]).title)
        return NamedPolicy(place.mention.name, place.nearness, meant, place.passage, place.units)

    def _themselves(self, stated: Sequence[Stated]) -> Iterator[NamedPolicy]:
        """The policies that state the claim themselves."""
        for each in stated:
            if each.weighed.label in ("supported", "likely") and self._is_of_an_authority(each.passage.doc_id):
                title = self._steps.document(each.passage.doc_id).title
                meant = Resolution("exact", (each.passage.doc_id,), title)
                yield NamedPolicy(title, "itself", meant, each.passage, each.units)

    def _shown(self, stated: Sequence[Stated]) -> Iterator[StatingPassage]:
        """The passages that state the claim, with their quotes."""
        for passage, units, weighed in stated:
            if weighed.label != "silent" and (numbers := self._steps.quote(passage, units)):
                title = self._steps.document(passage.doc_id).title
                yield StatingPassage(
                    numbers[0], passage.doc_id, title, weighed.label, weighed.support, weighed.findings
                )


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
    passage = hit.passage
    for piece in steps.weigher.pieces_of(hit):
        is_whole_row = passage.kind == "row" and len(piece.units) == len(passage.units) > 2
        named = sum(mention.end - mention.start for mention in mentions(piece.units[-1].text))
        is_name = named > _SPOKEN * len(piece.units[-1].text)
        if not (is_whole_row or is_name) and (piece.asserts or passage.kind == "row"):
            yield piece.said.text, piece.units
