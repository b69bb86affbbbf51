"""What every step of a trail needs: the library, its searches, its quotes, and the time that is left."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from sinkqa.index.hit import Filters, Hit
from sinkqa.index.library import Library
from sinkqa.index.naming.lexicon import heads, tokens
from sinkqa.index.references.mention import Mention, References
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.answer import Standing
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.grounding.verifying import CitationList
from sinkqa.service.references.resolution import Resolution
from sinkqa.service.references.tracing.governing import Outlined
from sinkqa.service.references.tracing.weighing import Weigher
from sinkqa.service.references.tracing.words import say

_ABOUT = frozenset(["factsheet", "remarks", "briefing", "report", "communication", "paper"])
"""Kinds of documents that may be about a policy."""


class FindsMeant(Protocol):
    """Finds the documents that mentions mean."""

    def resolve(self, mention: Mention, *, doc_id: str = "") -> Resolution:
        """What a mention means. ``doc_id``: the document that it stands in."""

    def cited_by(self, doc_id: str) -> Iterator[tuple[str, Mention]]:
        """The mentions in other documents that mean this one."""


class Dates(Protocol):
    """Tells whether documents are in force."""

    def of(self, doc_id: str, on: datetime.date) -> Standing:
        """The standing of a document on a date."""


class TrailSteps:
    """The means of one trail. ``named``: the documents that a text surely names without marks, as doc_ids."""

    def __init__(
        self,
        library: Library,
        sources: Sources,
        *,
        search: Callable[[str, Filters | None], Sequence[Hit]],
        weigher: Weigher,
        resolver: FindsMeant,
        standings: Dates,
        named: Callable[[str], Sequence[str]],
        on: datetime.date,
        language: str,
        cpu_s: float,
    ) -> None:
        self.library, self.sources, self.search, self.weigher = library, sources, search, weigher
        self.resolver, self.standings, self.named = resolver, standings, named
        self.on, self.language = on, language
        self.cited = CitationList(sources)
        self.notes: dict[str, None] = {}
        self._ends = time.thread_time() + cpu_s
        self._outlined: dict[str, Outlined] = {}
        self._policies: dict[str, bool] = {}
        self._standings: dict[str, Standing] = {}

    @property
    def is_late(self) -> bool:
        """Whether the time for further comparisons is over."""
        return time.thread_time() > self._ends

    def say(self, name: str, *args: object) -> str:
        """What a name means, in the trail's language."""
        return say(self.language, name, *args)

    def note(self, name: str, *args: object) -> None:
        """Adds a note, once."""
        self.notes[self.say(name, *args)] = None

    def document(self, doc_id: str) -> DocumentRecord:
        """The record of a document."""
        return self.sources.document(doc_id)

    def references(self, doc_id: str) -> References:
        """What a document says of documents."""
        return self.library.references(doc_id)

    def outlined(self, doc_id: str) -> Outlined:
        """The passages of a document with its mentions, read once."""
        if doc_id not in self._outlined:
            self._outlined[doc_id] = Outlined(self.library.passages(doc_id), self.references(doc_id).mentions)
        return self._outlined[doc_id]

    def is_policy(self, doc_id: str) -> bool:
        """Whether a document is a policy, and not a work about some: by its title, or as that of a country alone."""
        if doc_id not in self._policies:
            record = self.document(doc_id)
            kinds = {head.kind for head in heads(tokens(record.title))}
            official = bool(record.metadata.jurisdiction) and not record.metadata.authors
            self._policies[doc_id] = official or bool(kinds - _ABOUT)
        return self._policies[doc_id]

    def standing(self, doc_id: str) -> Standing:
        """The standing of a document on the trail's date."""
        if doc_id not in self._standings:
            self._standings[doc_id] = self.standings.of(doc_id, self.on)
        return self._standings[doc_id]

    def quote(self, passage: Passage, units: tuple[Unit, ...]) -> tuple[int, ...]:
        """The number of a quote; none, with a note, if the stored text differs."""
        numbers = self.cited.numbered([(passage, units, 0.0)])
        if numbers is None:
            self.note("note.withdrawn")
        return numbers or ()
