"""Tracks the lifetime of each document under load, and finds answers that contradict it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class DocumentLifetime:
    """A document from its upload to its deletion. Times are monotonic seconds; generations are the library's.

    ``since``: the first generation with the document. ``until``: the first one without it. ``there_s`` and ``gone_s``:
    when the server confirmed the upload and the deletion. ``leaving_s``: when the deletion was requested. ``text`` is
    empty if it is not known.
    """

    doc_id: str
    name: str = ""
    question: str = ""
    text: str = ""
    since: int | None = None
    until: int | None = None
    there_s: float = math.inf
    leaving_s: float = math.inf
    gone_s: float = math.inf

    def holds(self, quote: str, spans: Sequence[tuple[int, int]]) -> bool:
        """Whether the document's text contains the quote at these spans."""
        return quote == " … ".join(self.text[start:end] for start, end in spans)


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """The documents that one answer cited or one search found, with the generation of the library.

    ``sent_s`` and ``got_s``: times of the request and of the response. ``sought``: the document whose own name was
    searched.
    """

    sent_s: float
    got_s: float
    generation: int
    docs: tuple[str, ...]
    sought: str | None = None


def contradictions(seen: SeenDocument, lives: Mapping[str, DocumentLifetime]) -> Iterator[str]:
    """Yields the contradictions in one response. Requests overlap, so it reports only certain errors."""
    for doc_id in dict.fromkeys(seen.docs):
        life = lives.get(doc_id)
        if life is None:
            yield "a document that nobody added"
        elif life.gone_s <= seen.sent_s:
            yield "a document whose deletion was acknowledged before"
        elif life.until is not None and seen.generation >= life.until:
            yield "a document that its generation no longer has"
        elif life.since is not None and seen.generation < life.since:
            yield "a document that its generation does not have yet"
    if seen.sought and seen.sought not in seen.docs:
        sought = lives[seen.sought]
        if sought.there_s <= seen.sent_s and seen.got_s <= sought.leaving_s:
            yield "without a document that was there, under its own name"
