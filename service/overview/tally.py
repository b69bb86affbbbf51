"""Counts what passages and documents are about. A document is counted once, and again when it changes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage
from sinkqa.service.overview.kinds import kinds_of
from sinkqa.service.overview.topics import Topic, TopicGroup, vocabulary

_SHARE = 0.1  # of a document's passages: with fewer, it only touches a topic
_LEAST = 2  # passages
_MARKS = str.maketrans("《》", "  ")  # a title names what it is about, also where it is that of another document
_TITLE = 0.5  # of the passages: a heading above more of them names the document, and not its parts


class Holdings(Protocol):
    """The documents of a library, as far as they are counted."""

    def passages(self, doc_id: str, *, most: int = -1) -> list[Passage]:
        """The passages of a document in reading order."""

    def text(self, doc_id: str) -> str:
        """The source text of a document."""

    def headings(self, doc_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The highest headings of documents."""


@dataclass(frozen=True, slots=True)
class DocumentTally:
    """What one document is about, by bits of :class:`Vocabulary`, and which kinds of document it is.

    ``passages``: the topics of each passage, in reading order. ``about``: the topics of the document.
    """

    passages: tuple[int, ...]
    about: int
    kinds: tuple[str, ...]

    def topics(self, group: TopicGroup) -> tuple[Topic, ...]:
        """The topics of the document in a group."""
        return tuple(topic for topic in vocabulary().named(self.about) if topic.group == group)


class Tallies:
    """Counts documents, and caches the counts until a document changes. Safe for threads."""

    def __init__(self, library: Holdings) -> None:
        self._library = library
        self._kept: dict[tuple[str, int, str], DocumentTally] = {}
        self._lock = threading.Lock()

    def of(self, records: Sequence[DocumentRecord], *, all_records: bool = False) -> dict[str, DocumentTally]:
        """The tallies of these documents, by doc_id. ``all_records``: forget the tallies of all other documents."""
        kept = self._kept
        now = {(each.doc_id, each.generation, each.added_at): each for each in records}
        found = {key: kept[key] if key in kept else self._made(record) for key, record in now.items()}
        with self._lock:
            self._kept = found if all_records else {**self._kept, **found}
        return {doc_id: tally for (doc_id, *_), tally in found.items()}

    def _made(self, record: DocumentRecord) -> DocumentTally:
        passages = self._library.passages(record.doc_id)
        bits = tuple(passage_topics(passages))
        return DocumentTally(bits, document_topics(record.title, bits), kinds_of(self._library, record))


def passage_topics(passages: Sequence[Passage]) -> Iterator[int]:
    """The topics of each passage of one document: those of its words and of the headings above it."""
    known = vocabulary()
    above = Counter(heading for passage in passages for heading in set(passage.section))
    titles = {heading for heading, number in above.items() if number > _TITLE * len(passages)}
    headings: dict[tuple[str, ...], int] = {}
    for passage in passages:
        if passage.section not in headings:
            own = [heading for heading in passage.section if heading not in titles]
            headings[passage.section] = known.bits("\n".join(own))
        yield known.bits(passage.text) | headings[passage.section]


def document_topics(title: str, passages: Sequence[int]) -> int:
    """The topics that the title names, and those of a tenth of the passages, at least of two."""
    known = vocabulary()
    found = known.bits(title.translate(_MARKS))
    counts = Counter(place for bits in passages for place in range(len(known.topics)) if bits >> place & 1)
    for place, number in counts.items():
        if number >= max(_LEAST, _SHARE * len(passages)):
            found |= 1 << place
    return found
