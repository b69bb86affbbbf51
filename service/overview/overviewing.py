"""Makes overviews of a library, and keeps the newest. A part of the engine."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from operator import or_
from pathlib import Path

from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage
from sinkqa.service.documents.facets import UNKNOWN, FacetName, Listing, Tags, listing
from sinkqa.service.documents.subjects import Subjects
from sinkqa.service.errors import InvalidFilter
from sinkqa.service.overview.heat import heat_map
from sinkqa.service.overview.kept import DocumentTally
from sinkqa.service.overview.kinds import KINDS
from sinkqa.service.overview.library_overview import (
    LibraryOverview,
    TimedDocument,
    TopicPassage,
    TopicPassages,
)
from sinkqa.service.overview.reference_map import reference_map
from sinkqa.service.overview.tally import Tallies
from sinkqa.service.overview.topics import vocabulary
from sinkqa.service.references.resolving import Resolver
from sinkqa.service.references.standings import Standings

Chosen = Mapping[FacetName, Sequence[str]]
_TOPICAL: tuple[FacetName, ...] = ("topic", "side", "means")
_NO_YEAR = 1, 0  # bounds that no year meets
_MOST_KEPT = 32  # overviews of one generation


class Overviews:
    """Overviews of one library. Each is made once for each generation and day. Safe for threads."""

    def __init__(self, library: Library, folder: Path, *, subjects: Subjects, standings: Standings) -> None:
        self._library, self._subjects, self._standings = library, subjects, standings
        self._resolver = Resolver(library)
        self._tallies = Tallies(library, folder)
        self._kept: dict[tuple[object, ...], LibraryOverview] = {}
        self._lock = threading.Lock()

    def tags(self, records: Sequence[DocumentRecord]) -> Tags:
        """Topics, sides, means and kinds of the documents, by doc_id."""
        tallies = self._tallies.of(self._library.documents())
        return {record.doc_id: tallies[record.doc_id].tags() for record in records if record.doc_id in tallies}

    def narrowed(self, filters: Filters, chosen: Chosen) -> Filters:
        """The filters, and only documents with the chosen values.

        Raises:
            InvalidFilter: no topic, side, means or kind has a chosen value.
            DocumentNotFound, AmbiguousDocument: the filters name no document, or several.
        """
        _check(chosen)
        if not any(chosen.values()):
            return filters
        with self._library.reading():
            found = {record.doc_id for record in self._listing(chosen)[0].documents}
            named = {self._library.document(doc_id).doc_id for doc_id in filters.doc_ids} or found
        if not found & named:
            first, last = _NO_YEAR
            return replace(filters, year_from=first, year_to=last)
        return replace(filters, doc_ids=tuple(sorted(found & named)))

    def overview(self, chosen: Chosen, *, references: bool = True) -> LibraryOverview:
        """What the documents with the chosen values are about, and which names which.

        Raises:
            InvalidFilter: no topic, side, means or kind has a chosen value.
        """
        _check(chosen)
        with self._library.reading():
            key = (
                self._library.generation,
                date.today(),
                references,
                *((name, *values) for name, values in sorted(chosen.items()) if values),
            )
            with self._lock:
                if found := self._kept.get(key):
                    return found
            made = self._made(chosen, references=references)
        with self._lock:
            newest = {known: each for known, each in self._kept.items() if known[:2] == key[:2]}
            self._kept = dict(list(newest.items())[1 - _MOST_KEPT :]) | {key: made}
        return made

    def passages(self, of: Sequence[str], chosen: Chosen, *, most: int, skip: int) -> TopicPassages:
        """The passages with all topics ``of``, each as "topic:forest", in the documents with the chosen values.

        Raises:
            InvalidFilter: ``of`` is empty, or there is no such topic, or no kind that is chosen.
        """
        wanted = _wanted(of)
        _check(chosen)
        with self._library.reading():
            listed, tallies = self._listing(chosen)
            found: list[tuple[DocumentRecord, list[int]]] = []
            for record in listed.documents:
                bits = tallies[record.doc_id].passages
                found.append((record, [at for at, own in enumerate(bits) if own & wanted == wanted]))
            total = sum(len(places) for _, places in found)
            shown: list[TopicPassage] = []
            left = skip
            for record, places in found:
                part, left = places[left : left + most - len(shown)], max(0, left - len(places))
                if part:
                    own = self._library.passages(record.doc_id)
                    bits = tallies[record.doc_id].passages
                    shown += [_listed(record, own[at], bits[at]) for at in part]
            following = skip + len(shown)
            return TopicPassages(
                tuple(shown), total, following if following < total else None, self._library.generation
            )

    def _listing(self, chosen: Chosen) -> tuple[Listing, Mapping[str, DocumentTally]]:
        documents = self._library.documents()
        tallies = self._tallies.of(documents)
        tags = {doc_id: tally.tags() for doc_id, tally in tallies.items()}
        return listing(documents, chosen=chosen, subjects=self._subjects.of(documents), tags=tags), tallies

    def _made(self, chosen: Chosen, *, references: bool) -> LibraryOverview:
        found, tallies = self._listing(chosen)
        records = found.documents
        bits = [each for record in records for each in tallies[record.doc_id].passages]
        return LibraryOverview(
            len(records),
            len(bits),
            sum(map(bool, bits)),
            self._library.generation,
            found.facets,
            tuple(self._timed(record, tallies[record.doc_id]) for record in sorted(records, key=_date)),
            heat_map("jurisdiction", records, tallies),
            heat_map("year", records, tallies),
            reference_map(self._library, self._resolver, records) if references else None,
        )

    def _timed(self, record: DocumentRecord, tally: DocumentTally) -> TimedDocument:
        about = record.metadata
        topics = tuple(each.topic_id for each in vocabulary().named(tally.about) if each.group == "topic")
        standing = self._standings.of(record.doc_id, date.today())
        return TimedDocument(
            record.doc_id, record.title, about.year, about.jurisdiction, about.language, tally.kinds, topics, standing
        )


def _wanted(of: Sequence[str]) -> int:
    """The bits of topics."""
    bits = {f"{topic.group}:{topic.topic_id}": 1 << place for place, topic in enumerate(vocabulary().topics)}
    unknown = [each for each in of if each not in bits]
    if unknown or not of:
        got = repr(unknown[0][:40]) if unknown else "none"
        raise InvalidFilter(f"of: expected a topic, a side or a means, got {got}; known are: {', '.join(bits)}")
    return reduce(or_, (bits[each] for each in of))


def _check(chosen: Chosen) -> None:
    known = {(name, value) for name, values in _known().items() for value in (*values, UNKNOWN)}
    for name in _known():
        for value in chosen.get(name, ()):
            if (name, value) not in known:
                raise InvalidFilter(f"expected a {name} that is known, got {value[:40]!r}; {_told()}")


def _known() -> dict[FacetName, list[str]]:
    """The values that topical facets and the kind can have."""
    topics = vocabulary().topics
    found: dict[FacetName, list[str]] = {
        name: [topic.topic_id for topic in topics if topic.group == name] for name in _TOPICAL
    }
    return {**found, "kind": list(KINDS)}


def _told() -> str:
    return "known are: " + "; ".join(f"{name} {', '.join(values)}" for name, values in _known().items())


def _date(record: DocumentRecord) -> tuple[object, ...]:
    about = record.metadata
    return about.year is None, about.year or 0, about.jurisdiction or "", record.title, record.doc_id


def _listed(record: DocumentRecord, passage: Passage, bits: int) -> TopicPassage:
    return TopicPassage(
        passage.passage_id,
        passage.doc_id,
        record.title,
        passage.section,
        passage.page_start,
        passage.page_end,
        passage.language,
        passage.text,
        tuple(topic.topic_id for topic in vocabulary().named(bits)),
    )
