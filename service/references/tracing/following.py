"""Follows a named policy to its clauses, and to the documents that cite it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from sinkqa.index.hit import Filters, Hit
from sinkqa.index.references.mention import Mention
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.normalised_text import cased
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.tracing.attribution import without_source
from sinkqa.service.references.tracing.steps import TrailSteps
from sinkqa.service.references.tracing.weighing import Weighed
from sinkqa.service.references.trail import CitingDocument, Nearness, PolicyLabel, PolicyTrail

_MOST_VERSIONS = 3  # documents of one name that are searched, such as copies and versions
_MOST_CITING = 5  # documents that are shown for a policy
_EFFECTS = 3  # statements of effect that are looked at, where a claim gives a date


class NamedPolicy(NamedTuple):
    """A policy that is named, and where. ``passage`` and ``units`` are None and empty where the claim names it."""

    name: str
    nearness: Nearness
    resolution: Resolution
    passage: Passage | None = None
    units: tuple[Unit, ...] = ()

    @property
    def key(self) -> str:
        """The same for two mentions of one document."""
        return self.resolution.doc_ids[0] if self.resolution.doc_ids else self.resolution.title or self.name


class Compared(NamedTuple):
    """What a document says of a statement."""

    doc_id: str
    statement: str
    weighed: Weighed


def follow(policy: NamedPolicy, claim: str, named: Sequence[Mention], steps: TrailSteps) -> PolicyTrail:
    """The trail of one policy for a claim. ``named``: the documents that the claim itself names, in its order."""
    found = opened(policy, steps)
    if found.doc_id is None:
        return found
    if steps.is_late:
        steps.note("note.time")
        return _labelled(found, "untested", steps)
    doc_ids = policy.resolution.doc_ids[:_MOST_VERSIONS]
    best = min((compare(claim, named, doc_id, steps) for doc_id in doc_ids), key=lambda each: each.weighed.rank)
    if best.doc_id != found.doc_id:
        found = opened(policy, steps, doc_id=best.doc_id)
    return _compared(found, best, steps)


def opened(policy: NamedPolicy, steps: TrailSteps, *, doc_id: str | None = None) -> PolicyTrail:
    """A policy with its document, standing and those who cite it, before anything is compared with it.

    ``doc_id``: which of the documents that may be meant; by default the likeliest.
    """
    meant = policy.resolution
    named_in = steps.quote(policy.passage, policy.units) if policy.passage else ()
    doc_id = doc_id or (meant.doc_ids[0] if meant.doc_ids else None)
    if doc_id is None:
        return PolicyTrail(
            policy.name,
            policy.nearness,
            named_in,
            meant,
            label="missing",
            says=steps.say("policy.missing"),
            title=meant.title or policy.name,
            address=meant.address,
        )
    record = steps.document(doc_id)
    citing, n_citing = cited_by(doc_id, steps)
    return PolicyTrail(
        policy.name,
        policy.nearness,
        named_in,
        meant,
        label="named",
        says=_says("named", meant, steps),
        doc_id=doc_id,
        title=record.title,
        original=record.metadata.digest_of,
        address=record.metadata.url or meant.address,
        standing=steps.standing(doc_id),
        cited_by=citing,
        n_cited_by=n_citing,
    )


def compare(claim: str, named: Sequence[Mention], doc_id: str, steps: TrailSteps) -> Compared:
    """What a document says of a claim: without the words that only name it, and else as it stands."""
    record = steps.document(doc_id)
    about = record.metadata
    names = " ".join(filter(None, (record.title, about.issuer, about.place)))
    bare = without_source(claim, named, home=about.jurisdiction, names=names)
    results = []
    for statement in dict.fromkeys((bare, claim)):
        filters = Filters(doc_ids=(doc_id,))
        near = steps.weigher.near(statement, steps.search(statement, filters), _effects(statement, filters, steps))
        results.append(Compared(doc_id, statement, steps.weigher.weigh(statement, near)))
        if results[-1].weighed.label in ("supported", "likely"):
            break
    return min(results, key=lambda each: each.weighed.rank)


def cited_by(doc_id: str, steps: TrailSteps) -> tuple[tuple[CitingDocument, ...], int]:
    """The documents that name this one, the first of them with the quote that does, and how many there are."""
    first: dict[str, Mention] = {}
    for other, mention in steps.resolver.cited_by(doc_id):
        if other != doc_id:
            first.setdefault(other, mention)
    shown = []
    for other, mention in list(first.items())[:_MOST_CITING]:
        place = steps.outlined(other).passage_at(mention)
        if place and (numbers := steps.quote(place.passage, place.units)):
            shown.append(CitingDocument(other, steps.document(other).title, mention.name, numbers[0]))
    return tuple(shown), len(first)


def _effects(statement: str, filters: Filters, steps: TrailSteps) -> list[Hit]:
    """The statements of the date from which a document applies, where a date is claimed."""
    if not any(each.kind == "date" for each in amounts(cased(statement))):
        return []
    return [each.hit for each in steps.library.stating("effect", filters=filters, most=_EFFECTS)]


def _compared(found: PolicyTrail, best: Compared, steps: TrailSteps) -> PolicyTrail:
    weighed = best.weighed
    numbers = steps.cited.numbers(weighed.evidence)
    if numbers is None:  # fails closed: what cannot be quoted supports nothing
        steps.note("note.withdrawn")
        return _labelled(found, "untested", steps)
    is_silent = weighed.label == "silent"
    return replace(
        _labelled(found, weighed.label, steps),
        tested=best.statement,
        support=weighed.support,
        findings=weighed.findings,
        citations=() if is_silent else numbers,
        nearest=numbers if is_silent else (),
    )


def _labelled(found: PolicyTrail, label: PolicyLabel, steps: TrailSteps) -> PolicyTrail:
    return replace(found, label=label, says=_says(label, found.resolution, steps))


def _says(label: PolicyLabel, meant: Resolution, steps: TrailSteps) -> str:
    said = steps.say(f"policy.{label}")
    if meant.how != "probable":
        return said
    probably = steps.say("probable", meant.reason)
    return f"{probably}{said}" if steps.language == "zh" else f"{probably} {said}"
