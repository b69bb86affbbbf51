"""Finds the documents that govern a statement: those that are named nearest to the passage that makes it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from sinkqa.index.references.mention import Mention
from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.references.trail import Nearness

_MOST_BESIDE = 3  # passages of a section that are looked at for the nearest names


class NamedThere(NamedTuple):
    """A mention, how near it stands to the statement, and the units of the passage that name it."""

    mention: Mention
    nearness: Nearness
    passage: Passage
    units: tuple[Unit, ...]


class Outlined:
    """The passages of a document in reading order, and the mentions in it.

    Tables are left out: their rows say the same.
    """

    def __init__(self, passages: Sequence[Passage], mentions: Sequence[Mention]) -> None:
        self.passages = sorted((each for each in passages if each.kind != "table"), key=lambda each: each.spans[0])
        self.mentions = mentions
        self._starts = [mention.start for mention in mentions]

    def within(self, spans: Sequence[Span]) -> list[Mention]:
        """The mentions that begin inside one of the spans."""
        found = []
        for start, end in spans:
            place = bisect_right(self._starts, start - 1)
            while place < len(self.mentions) and self._starts[place] < end:
                found.append(self.mentions[place])
                place += 1
        return found

    def named_in(self, passage: Passage, nearness: Nearness) -> list[NamedThere]:
        """What a passage names, each with the units that name it."""
        return [
            NamedThere(mention, nearness, passage, units)
            for mention in self.within(passage.spans)
            if (units := units_at(passage, mention))
        ]

    def passage_at(self, mention: Mention) -> NamedThere | None:
        """The passage that names a document at this place; None for what is in no passage, such as a page's head."""
        place = bisect_right(self.passages, mention.start, key=lambda each: each.spans[0].start) - 1
        for passage in self.passages[max(0, place - 2) : place + 1][::-1]:
            if units := units_at(passage, mention):
                return NamedThere(mention, "document", passage, units)
        return None


def units_at(passage: Passage, mention: Mention) -> tuple[Unit, ...]:
    """The unit of a passage in which a mention begins, with the labels of a row; none where it is not in it."""
    held = [unit for unit in passage.units if any(start <= mention.start < end for start, end in unit.spans)]
    if not held or passage.kind != "row":
        return tuple(held[:1])
    heads = [unit for unit in passage.units if unit is passage.units[0] or unit is held[0]]
    return tuple(heads)


def governing(passage: Passage, units: Sequence[Unit], outlined: Outlined) -> list[NamedThere]:
    """The mentions nearest to a statement, from the nearest place that names any document.

    A row of a table is one place. For running text the sentence comes first, then its paragraph, then the passages of
    its section, the nearest first, those before it first.
    """
    if passage.kind == "row":
        near = outlined.named_in(passage, "row")
    else:
        spans = [span for unit in units for span in unit.spans]
        near = [
            NamedThere(mention, "sentence", passage, units_at(passage, mention)) for mention in outlined.within(spans)
        ]
        near = near or outlined.named_in(passage, "paragraph")
    if near:
        return near
    for beside in _beside(passage, outlined.passages):
        if found := outlined.named_in(beside, "section"):
            return found
    return []


def _beside(passage: Passage, passages: Sequence[Passage]) -> Iterator[Passage]:
    """The nearest passages of running text in the same section, first before it and then behind it."""
    place = next((n for n, each in enumerate(passages) if each.spans == passage.spans), len(passages))
    for others in (passages[:place][::-1], passages[place + 1 :]):
        of_section = takewhile(lambda each: each.section == passage.section, others)
        yield from islice((each for each in of_section if each.kind != "row"), _MOST_BESIDE)
