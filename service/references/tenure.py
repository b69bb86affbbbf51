"""Finds when a document is in force, from what it and other documents of the library say."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from sinkqa.index.library import Library
from sinkqa.index.references.mention import Change, Mention
from sinkqa.service.answer import StandingStatus
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.successors import Family, is_earlier

_WHOLE = 600  # code points of a statement that is quoted in one piece; longer ones are lists
_SURE = ("exact", "alias")


class Resolves(Protocol):
    """Says which document of the library a mention means."""

    def resolve(self, mention: Mention, *, doc_id: str = "") -> Resolution:
        """What a mention in the document ``doc_id`` means."""


@dataclass(frozen=True, slots=True)
class SourcePlace:
    """Words of a document: ``[start, end)`` in code points of its source text."""

    doc_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Ending:
    """An end of a document's time in force.

    ``until``: the date as texts give it. ``over``: the first day on which the document is surely no longer in force, as
    YYYY-MM-DD. ``newer``: the document that ended it.
    """

    status: StandingStatus
    until: str | None
    over: str
    newer: str | None = None
    places: tuple[SourcePlace, ...] = ()


@dataclass(frozen=True, slots=True)
class Tenure:
    """A document's time in force. ``since`` is empty if a text says that it took effect, but not when.

    ``begins`` is None if no text says that it took effect. ``endings`` stand in the order of their days.
    """

    proposed: SourcePlace | None
    begins: SourcePlace | None
    since: str
    endings: tuple[Ending, ...]


def tenure_of(library: Library, resolver: Resolves, family: Family, doc_id: str) -> Tenure:
    """Collects what the document, those that repeal it and its newer versions say."""
    own = library.references(doc_id).changes
    proposed = next((_place(doc_id, change) for change in own if change.kind == "proposed"), None)
    began = next((change for change in own if change.kind == "effective"), None)
    endings = [
        Ending("expired", change.on, _after(change.on), None, (_place(doc_id, change),))
        for change in own
        if change.kind == "expires" and change.on
    ]
    if proposed is None:
        endings += _repeals(library, resolver, family, doc_id)
        endings += _newer(family, doc_id)
    return Tenure(
        proposed,
        _place(doc_id, began) if began else None,
        family.dates(doc_id).since,
        tuple(sorted(endings, key=lambda ending: ending.over)),
    )


def _repeals(library: Library, resolver: Resolves, family: Family, doc_id: str) -> Iterator[Ending]:
    """The statements of other documents that repeal this one as a whole."""
    for other in family.repealing(doc_id):
        changes = library.references(other).changes
        if other == doc_id or any(change.kind == "proposed" for change in changes):
            continue
        for change in changes:
            if change.kind != "repeals":
                continue
            for target in change.targets:
                found = resolver.resolve(target, doc_id=other)
                is_sure = found.how in _SURE or (found.how == "itself" and family.are_namesakes(doc_id, other))
                if is_sure and doc_id in found.doc_ids:
                    yield from _repeal(family, doc_id, other, change, target)


def _repeal(family: Family, doc_id: str, other: str, change: Change, target: Mention) -> Iterator[Ending]:
    """The end that a statement of another document makes, if this one is of an earlier day."""
    dates = family.dates(other)
    until = change.on or dates.since or dates.issued
    if not is_earlier(family.dates(doc_id), dates, is_namesake=family.are_namesakes(doc_id, other)):
        return
    if target.year and family.dates(doc_id).years and target.year not in family.dates(doc_id).years:
        return
    places = [SourcePlace(other, change.start, change.end if change.end - change.start <= _WHOLE else change.start + 1)]
    if target.start >= places[0].end:
        places.append(SourcePlace(other, target.start, target.end))
    yield Ending("repealed", until or None, _first_day_after(until) if until else dates.added, other, tuple(places))


def _newer(family: Family, doc_id: str) -> Iterator[Ending]:
    """The days on which newer versions took effect. Where it is unsure whether one replaces the document: unknown."""
    for successor in family.successors(doc_id):
        over = _first_day_after(successor.since) if successor.since else family.dates(successor.doc_id).added
        status: StandingStatus = "superseded" if successor.is_sure else "unknown"
        yield Ending(
            status,
            successor.since or None if successor.is_sure else None,
            over,
            successor.doc_id if successor.is_sure else None,
            tuple(_place(successor.doc_id, change) for change in successor.said),
        )


def _place(doc_id: str, change: Change) -> SourcePlace:
    return SourcePlace(doc_id, change.start, change.end)


def _after(day: str) -> str:
    """The day after the last day of a date."""
    if len(day) < 10:
        return _first_day_after(day)
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()


def _first_day_after(date: str) -> str:
    """The date itself if it names a day, else the first day after its month or year: by then it has surely come."""
    if len(date) >= 10:
        return date
    year, _, month = date.partition("-")
    if month and int(month) < 12:
        return f"{year}-{int(month) + 1:02}-01"
    return f"{int(year) + 1}-01-01"
