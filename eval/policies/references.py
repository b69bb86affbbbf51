"""Measures the mentions of documents that are found in documents, against a list made by reading.

A found mention is the listed one that it overlaps best. It is right if it comes to a document that is meant and to no
other one, or to none where the list says that the document is not at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.policies.listed import ListedMention, MentionList, ReadPart
from sinkqa.index.library import Library
from sinkqa.index.references.mention import Mention
from sinkqa.service.references.resolution import Resolution

Truth = Literal["right", "wrong", "unresolved", "missed"]
"""``wrong``: it comes to a document that is not meant. ``unresolved``: it is called missing, and is at hand."""

Mentions = Callable[[str], Sequence[Mention]]
"""The mentions that were found in the document of this id."""

Resolve = Callable[[Mention, str], Resolution]
"""What a mention comes to that stands in the document of this id."""


@dataclass(frozen=True, slots=True)
class JudgedMention:
    """A listed mention, and what became of it. ``found``: the name that was found; ``given``: what it came to."""

    listed: ListedMention
    truth: Truth
    found: str = ""
    given: Resolution | None = None

    @property
    def addressed(self) -> bool | None:
        """Whether a missing document is given with its address; None if the list has no address."""
        if self.listed.address is None:
            return None
        return self.given is not None and self.given.address == self.listed.address


@dataclass(frozen=True, slots=True)
class DocumentMentions:
    """The mentions of one document. ``beyond``: names found in what was read that the list does not have."""

    document: str
    judged: tuple[JudgedMention, ...]
    beyond: tuple[tuple[str, Resolution], ...]


@dataclass(frozen=True, slots=True)
class MentionCounts:
    """How many mentions are listed, what became of them, and how many were found beyond the list."""

    name: str
    listed: int
    right: int
    wrong: int
    unresolved: int
    missed: int
    beyond: int

    @property
    def found(self) -> int:
        """The listed mentions that were found."""
        return self.listed - self.missed


def judge_mentions(
    library: Library, listed: MentionList, mentions: Mentions, resolve: Resolve
) -> list[DocumentMentions]:
    """Judges what was found in each listed document that ``library`` has.

    Raises:
        NothingToMeasure: it has none of the documents.
        MalformedData: words of the list do not stand in a document.
    """
    held: dict[str, list[str]] = {}
    for record in library.documents():
        held.setdefault(record.name, []).append(record.doc_id)
    measured = [name for name in listed.documents if name in held]
    if not measured:
        raise NothingToMeasure(f"expected one of {', '.join(listed.documents)}, got a library without any")
    judged = []
    for name in measured:
        (doc_id, *_) = held[name]
        found = [(one, resolve(one, doc_id)) for one in mentions(doc_id)]
        judged.append(_document(SquashedText(library.text(doc_id), name), listed, held, found))
    return judged


def count(name: str, documents: Iterable[DocumentMentions], *, tables: bool | None = None) -> MentionCounts:
    """Counts what became of required mentions. ``tables``: only those in printed tables, or only the others."""
    documents = list(documents)
    judged = [
        each
        for document in documents
        for each in document.judged
        if tables is None or tables == (each.listed.table is not None)
    ]
    of = {truth: sum(each.truth == truth for each in judged) for truth in ("right", "wrong", "unresolved", "missed")}
    return MentionCounts(name, len(judged), **of, beyond=sum(len(document.beyond) for document in documents))


def _document(
    text: SquashedText, listed: MentionList, held: dict[str, list[str]], found: Sequence[tuple[Mention, Resolution]]
) -> DocumentMentions:
    parts = [text.part(part) for part in listed.parts if part.document == text.name]
    mine = [(each, text.place(each)) for each in listed.mentions if each.document == text.name]
    judged: list[JudgedMention] = []
    for each, place in mine:
        one, given = max(found, key=lambda pair: _overlap(pair[0], place), default=(None, None))
        if one is None or given is None or not _overlap(one, place):
            judged.append(JudgedMention(each, "missed"))
        else:
            meant = {doc_id for file in each.means for doc_id in held.get(file, ())}
            judged.append(JudgedMention(each, _truth(given, meant), one.name, given))
    beyond = tuple(
        (one.name, given)
        for one, given in found
        if any(start <= one.start and one.end <= end for start, end in parts)
        and not any(_overlap(one, place) for _, place in mine)
    )
    return DocumentMentions(text.name, tuple(each for each in judged if not each.listed.optional), beyond)


def _truth(given: Resolution, meant: set[str]) -> Truth:
    if given.doc_ids:
        return "right" if set(given.doc_ids) <= meant else "wrong"
    return "unresolved" if meant else "right"


def _overlap(found: Mention, place: tuple[int, int]) -> float:
    """The share of the characters of both that are common to both."""
    common = min(found.end, place[1]) - max(found.start, place[0])
    return common / (max(found.end, place[1]) - min(found.start, place[0])) if common > 0 else 0.0


class SquashedText:
    """The source text of a document without its white space, with the way back to source offsets."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self._offsets = [offset for offset, char in enumerate(text) if not char.isspace()]
        self._letters = "".join(text[offset] for offset in self._offsets)

    def place(self, mention: ListedMention) -> tuple[int, int]:
        """The span of a listed mention. Raises MalformedData if it does not stand there."""
        start = -1
        for _ in range(mention.nth):
            start = self._find(mention.name, start + 1)
        return self._span(start, len(_squashed(mention.name)))

    def part(self, part: ReadPart) -> tuple[int, int]:
        """The span of a part that was read. Raises MalformedData if its words do not stand there."""
        start = self._find(part.opens, 0) if part.opens else 0
        end = self._find(part.closes, start) if part.closes else len(self._letters)
        return self._span(start, end - start)

    def _find(self, words: str, begin: int) -> int:
        if (place := self._letters.find(_squashed(words), begin)) < 0:
            raise MalformedData(f"{self.name}: the list names words that do not stand in it (again): {words}")
        return place

    def _span(self, start: int, length: int) -> tuple[int, int]:
        return self._offsets[start], self._offsets[start + length - 1] + 1


def _squashed(text: str) -> str:
    return "".join(text.split())
