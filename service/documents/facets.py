"""Filters documents by their metadata, with counts for every further choice. A part of the engine's shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.documents.subjects import Subject

FacetName = Literal["subject", "jurisdiction", "type", "year", "language"]
Order = Literal["title", "-title", "year", "-year", "added", "-added", "size", "-size"]
UNKNOWN = "none"
"""The value of a facet for a document whose value is not known."""

Subjects = Mapping[str, Sequence[Subject]]
"""The subjects of documents, by doc_id."""

_READ: Mapping[str, Callable[[DocumentRecord], object]] = {
    "jurisdiction": lambda record: record.metadata.jurisdiction,
    "type": lambda record: record.type,
    "year": lambda record: record.metadata.year,
    "language": lambda record: record.metadata.language,
}
_BY: Mapping[str, Callable[[DocumentRecord], str | int]] = {
    "title": lambda record: record.title,
    "year": lambda record: record.metadata.year or 0,
    "added": lambda record: record.added_at,
    "size": lambda record: record.n_bytes,
}


@dataclass(frozen=True, slots=True)
class FacetCount:
    """How many documents have a value, among those that match the other facets. ``subject``: the subject's names."""

    value: str
    count: int
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The chosen documents in order, and the values of each facet.

    Values are sorted by frequency, descending, but years by year, descending. A document has one value of each facet,
    but any number of subjects.
    """

    documents: tuple[DocumentRecord, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]


def listing(
    documents: Iterable[DocumentRecord],
    *,
    chosen: Mapping[FacetName, Sequence[str]],
    subjects: Subjects,
    words: str = "",
    order: Order = "title",
) -> Listing:
    """The documents with a ``chosen`` value of each facet and with all ``words`` in title, name, issuer or place.

    A facet without chosen values admits all documents. ``-`` before an order reverses it.
    """
    wanted = fold(words).split()
    named = [record for record in documents if not wanted or _holds(record, wanted)]
    kept = [record for record in named if _fits(record, chosen, subjects)]
    facets: dict[FacetName, tuple[FacetCount, ...]] = {}
    for name in get_args(FacetName):
        others = {other: values for other, values in chosen.items() if other != name}
        facets[name] = _counted(name, [record for record in named if _fits(record, others, subjects)], subjects)
    by = _BY[order.lstrip("-")]
    kept.sort(key=lambda record: (record.title, record.doc_id))
    kept.sort(key=by, reverse=order.startswith("-"))
    return Listing(tuple(kept), facets)


def _fits(record: DocumentRecord, chosen: Mapping[FacetName, Sequence[str]], subjects: Subjects) -> bool:
    return all(not wanted or not _values(name, record, subjects).isdisjoint(wanted) for name, wanted in chosen.items())


def _values(name: FacetName, record: DocumentRecord, subjects: Subjects) -> set[str]:
    """At least one: what is not known is a value too."""
    if name == "subject":
        return {each.name for each in subjects.get(record.doc_id, ())} or {UNKNOWN}
    return {str(_READ[name](record) or UNKNOWN)}


def _holds(record: DocumentRecord, words: Sequence[str]) -> bool:
    about = record.metadata
    said = fold(" ".join(filter(None, (record.title, record.name, about.issuer, about.place))))
    return all(word in said for word in words)


def _counted(name: FacetName, records: Sequence[DocumentRecord], subjects: Subjects) -> tuple[FacetCount, ...]:
    counts = Counter(value for record in records for value in _values(name, record, subjects))
    called = {each.name: each for r in records for each in subjects.get(r.doc_id, ())} if name == "subject" else {}

    def place(each: tuple[str, int]) -> tuple[bool, int, str]:
        value, count = each
        rank = -int(value) if name == "year" and value != UNKNOWN else -count
        return value == UNKNOWN, rank, value

    return tuple(FacetCount(value, count, called.get(value)) for value, count in sorted(counts.items(), key=place))
