"""Counts what passages and documents are about. A document is counted once, and again when it changes."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage
from sinkqa.service.budget import checkpoint
from sinkqa.service.overview.kept import DocumentTally, TallyFile
from sinkqa.service.overview.kinds import kinds_of
from sinkqa.service.overview.topics import places, vocabulary

_SHARE = 0.1  # of a document's passages: with fewer, it only touches a topic
_LEAST, _SHORT = 2, 5  # passages that a document of more than so many must have of a topic
_MARKS = str.maketrans("《》", "  ")  # a title names what it is about, also where it is that of another document
_TITLE = 0.5  # of the passages: a heading above more of them names the document, and not its parts


class Counted(Protocol):
    """The documents of a library, as far as they are counted."""

    def passages(self, doc_id: str, *, most: int = -1) -> list[Passage]:
        """The passages of a document in reading order."""

    def text(self, doc_id: str) -> str:
        """The source text of a document."""

    def headings(self, doc_ids: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """The highest headings of documents."""


class Tallies:
    """Counts documents, and keeps the counts until a document changes, also in a file. Safe for threads."""

    def __init__(self, library: Counted, folder: Path) -> None:
        self._library = library
        self._file = TallyFile(folder)
        self._kept: dict[str, DocumentTally] | None = None
        self._lock = threading.Lock()

    def of(self, records: Sequence[DocumentRecord]) -> dict[str, DocumentTally]:
        """The tallies of all documents of the library, by doc_id. The tallies of others are forgotten.

        Raises:
            DeadlineExceeded: nobody waits for it any longer.
        """
        with self._lock:
            if self._kept is None:
                self._kept = self._file.read()
            keys = {record.doc_id: _version(record) for record in records}
            missing = [record for record in records if keys[record.doc_id] not in self._kept]
            made: dict[str, DocumentTally] = {}
            try:
                for record in missing:
                    checkpoint()
                    made[keys[record.doc_id]] = self._made(record)
            finally:  # what was counted before nobody waited any longer is kept
                if made or len(keys) < len(self._kept):
                    held = self._kept | made
                    self._kept = {key: held[key] for key in keys.values() if key in held}
                    self._file.write(self._kept)
            return {doc_id: self._kept[key] for doc_id, key in keys.items()}

    def _made(self, record: DocumentRecord) -> DocumentTally:
        passages = self._library.passages(record.doc_id)
        bits = tuple(passage_topics(passages))
        return DocumentTally(bits, document_topics(record.title, bits), kinds_of(self._library, record))


def _version(record: DocumentRecord) -> str:
    """Changes whenever the passages or the title of a document may have changed."""
    return f"{record.doc_id} {record.generation} {record.added_at}"


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
    """The topics that the title names, and those of a tenth of the passages; of a longer document at least of two."""
    known = vocabulary()
    found = known.bits(title.translate(_MARKS))
    counts = Counter(place for bits in passages for place in places(bits))
    for place, number in counts.items():
        if number >= max(_LEAST if len(passages) > _SHORT else 1, _SHARE * len(passages)):
            found |= 1 << place
    return found
