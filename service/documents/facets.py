"""A part of the engine's shelf: documents chosen by what is known of them, with counts of what may be chosen beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.text.normalised_text import fold

FacetName = Literal["jurisdiction", "type", "year", "language"]
Order = Literal["title", "-title", "year", "-year", "added", "-added", "size", "-size"]
UNKNOWN = "none"
"""The value of a document of which a facet is not known."""

_READ: Mapping[FacetName, Callable[[DocumentRecord], object]] = {
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
    """How many documents have a value, where all that is chosen by the other facets holds."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents that were chosen, in order, and the values of each facet, the commonest first, years downwards."""

    documents: tuple[DocumentRecord, ...]
    facets: Mapping[FacetName, tuple[FacetCount, ...]]


def listing(
    documents: Iterable[DocumentRecord],
    *,
    chosen: Mapping[FacetName, Sequence[str]],
    words: str = "",
    order: Order = "title",
) -> Listing:
    """The documents with one of the ``chosen`` values of each facet and all ``words`` in title, name, issuer or place.

    A facet without chosen values lets all through. ``-`` before an order turns it round.
    """
    wanted = fold(words).split()
    named = [record for record in documents if not wanted or _holds(record, wanted)]
    kept = [record for record in named if _fits(record, chosen)]
    facets = {
        name: _counted(name, [r for r in named if _fits(r, {other: v for other, v in chosen.items() if other != name})])
        for name in get_args(FacetName)
    }
    by = _BY[order.lstrip("-")]
    kept.sort(key=lambda record: (record.title, record.doc_id))
    kept.sort(key=by, reverse=order.startswith("-"))
    return Listing(tuple(kept), facets)


def _fits(record: DocumentRecord, chosen: Mapping[FacetName, Sequence[str]]) -> bool:
    return all(not values or _value(name, record) in values for name, values in chosen.items())


def _value(name: FacetName, record: DocumentRecord) -> str:
    return str(_READ[name](record) or UNKNOWN)


def _holds(record: DocumentRecord, words: Sequence[str]) -> bool:
    about = record.metadata
    said = fold(" ".join(filter(None, (record.title, record.name, about.issuer, about.place))))
    return all(word in said for word in words)


def _counted(name: FacetName, records: Sequence[DocumentRecord]) -> tuple[FacetCount, ...]:
    counts = Counter(_value(name, record) for record in records)

    def place(each: tuple[str, int]) -> tuple[bool, int, str]:
        value, count = each
        rank = -int(value) if name == "year" and value != UNKNOWN else -count
        return value == UNKNOWN, rank, value

    return tuple(FacetCount(value, count) for value, count in sorted(counts.items(), key=place))
