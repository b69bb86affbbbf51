"""Filters documents by their metadata, with counts for every further choice. A part of the engine's shelf."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.documents.subjects import Subject

FacetName = Literal["subject", "topic", "side", "means", "kind", "jurisdiction", "type", "year", "language"]
Order = Literal["title", "-title", "year", "-year", "added", "-added", "size", "-size"]
UNKNOWN = "none"
"""The value of a facet for a document whose value is not known."""

Subjects = Mapping[str, Sequence[Subject]]
"""The subjects of documents, by doc_id."""
Tags = Mapping[str, Mapping[FacetName, Mapping[str, Subject]]]
"""Further values of documents with their names, by doc_id, facet and value: a document may have several of each."""

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
    """How many documents have a value, among those that match the other facets.

    ``subject``: the names of a value that is known by names; None for all other values.
    """

    value: str
    count: int
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The chosen documents in order, and the values of each facet.

    Values are sorted by frequency, descending, but years by year, descending. A document may have any number of
    subjects and tags; of all other facets it has one value.
    """

    documents: tuple[DocumentRecord, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]


def listing(
    documents: Sequence[DocumentRecord],
    *,
    chosen: Mapping[FacetName, Sequence[str]],
    subjects: Subjects,
    tags: Tags = MappingProxyType({}),
    words: str = "",
    order: Order = "title",
) -> Listing:
    """The documents with a ``chosen`` value of each facet and with all ``words`` in title, name, issuer or place.

    A facet without chosen values admits all documents. ``-`` before an order reverses it.
    """
    tagged = {
        doc_id: {**tags.get(doc_id, {}), "subject": {each.name: each for each in subjects.get(doc_id, ())}}
        for doc_id in (record.doc_id for record in documents)
    }
    wanted = fold(words).split()
    named = [record for record in documents if not wanted or _holds(record, wanted)]
    kept = [record for record in named if _fits(record, chosen, tagged)]
    facets: dict[FacetName, tuple[FacetCount, ...]] = {}
    for name in get_args(FacetName):
        others = {other: values for other, values in chosen.items() if other != name}
        facets[name] = _counted(name, [record for record in named if _fits(record, others, tagged)], tagged)
    by = _BY[order.lstrip("-")]
    kept.sort(key=lambda record: (record.title, record.doc_id))
    kept.sort(key=by, reverse=order.startswith("-"))
    return Listing(tuple(kept), facets)


def _fits(record: DocumentRecord, chosen: Mapping[FacetName, Sequence[str]], tags: Tags) -> bool:
    return all(not wanted or not _values(name, record, tags).isdisjoint(wanted) for name, wanted in chosen.items())


def _values(name: FacetName, record: DocumentRecord, tags: Tags) -> set[str]:
    """At least one: what is not known is a value too."""
    if name in _READ:
        return {str(_READ[name](record) or UNKNOWN)}
    return set(tags[record.doc_id].get(name, ())) or {UNKNOWN}


def _holds(record: DocumentRecord, words: Sequence[str]) -> bool:
    about = record.metadata
    said = fold(" ".join(filter(None, (record.title, record.name, about.issuer, about.place))))
    return all(word in said for word in words)


def _counted(name: FacetName, records: Sequence[DocumentRecord], tags: Tags) -> tuple[FacetCount, ...]:
    counts = Counter(value for record in records for value in _values(name, record, tags))
    called = {value: each for r in records for value, each in tags[r.doc_id].get(name, {}).items()}

    def place(each: tuple[str, int]) -> tuple[bool, int, str]:
        value, count = each
        rank = -int(value) if name == "year" and value != UNKNOWN else -count
        return value == UNKNOWN, rank, value

    return tuple(FacetCount(value, count, called.get(value)) for value, count in sorted(counts.items(), key=place))
