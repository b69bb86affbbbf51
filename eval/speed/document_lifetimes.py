"""Tracks the lifetime of each document under load, and finds answers that contradict it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class DocumentLifetime:
    """A document between its upload and its deletion. Times are monotonic seconds, generations the library's.

    ``since`` is the generation that brought it; it is not in generation ``until`` nor in any later one. ``there_s`` and
    ``gone_s`` are when its owner was told so, ``leaving_s`` when its deletion was asked for. ``text`` is empty where it
    is not known.
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
        """Whether the quote is what stands at these places of its text."""
        return quote == " … ".join(self.text[start:end] for start, end in spans)


@dataclass(frozen=True, slots=True)
class SeenDocument:
    """What an answer cited or a search found, of which generation, and when it was asked for and got.

    ``sought`` is the document whose own name was searched for.
    """

    sent_s: float
    got_s: float
    generation: int
    docs: tuple[str, ...]
    sought: str | None = None


def contradictions(seen: SeenDocument, lives: Mapping[str, DocumentLifetime]) -> Iterator[str]:
    """What of it cannot be so. Nothing is said against what merely may be wrong: requests overlap."""
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
