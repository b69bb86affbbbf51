"""Finds the documents that govern a statement: those that are named nearest to the passage that makes it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import NamedTuple

from sinkqa.index.references.mention import Mention
from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.references.trail import Nearness

BY_NAME = frozenset({"title", "name", "code"})
"""How a mention names a document itself, and not by its authors or its address."""


# What follows or precedes a name that stands for a body, and for no document.
_BODY_BEHIND = late(
    r"\s*[》”\"]?\s*(?:的)?(?:秘书处|缔约方|缔约国|理事会|执行机构|secretariat\b|parties\b)", re.IGNORECASE
)
_BODY_BEFORE = late(
    r"\b(?:part(?:y|ies) to|secretariat (?:of|to)|member states? (?:of|to))\s+(?:the\s+)?\Z", re.IGNORECASE
)
# What a sentence that takes its statement from another document puts before that document's name.
_TAKEN_FROM = late(
    r"(?:依照|按照|根据|依据|遵照)[^，。；]{0,6}\Z"
    r"|\b(?:as (?:described|set out|stated|provided|outlined|required) (?:in|by)|according to)\s+(?:the\s+)?\Z",
    re.IGNORECASE,
)
_AROUND = 40  # code points beside a name that are read for this


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
        self._all = sorted(passages, key=lambda each: each.spans[0])
        self.passages = [each for each in self._all if each.kind != "table"]
        self.mentions = mentions
        self._starts = [mention.start for mention in mentions]

    def within(self, spans: Sequence[Span]) -> list[Mention]:
        """The mentions that begin inside one of the spans."""
        places = [range(bisect_left(self._starts, start), bisect_left(self._starts, end)) for start, end in spans]
        return [self.mentions[place] for each in places for place in each]

    def named_in(self, passage: Passage, nearness: Nearness) -> list[NamedThere]:
        """What a passage names, each with the units that name it."""
        return [
            NamedThere(mention, nearness, passage, units)
            for mention in self.within(passage.spans)
            if (units := units_at(passage, mention))
        ]

    def noted(self, row: Passage) -> list[NamedThere]:
        """What a note below a row's table names: notes are in no passage, so that nothing can be quoted of them."""
        table = [each for each in self._all if each.table and (each.table, each.section) == (row.table, row.section)]
        end = max((span.end for each in table for span in each.spans), default=0)
        behind = next((each.spans[0].start for each in self._all if each.spans[0].start >= end), end)
        return [NamedThere(mention, "row", row, ()) for mention in self.within([Span(end, behind)])]

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


def is_body(text: str, mention: Mention) -> bool:
    """Whether a name stands for a body, such as the secretariat of a convention."""
    before = text[max(0, mention.start - _AROUND) : mention.start]
    return bool(_BODY_BEHIND.match(text, mention.end) or _BODY_BEFORE.search(before))


def is_taken_from(text: str, mention: Mention) -> bool:
    """Whether a sentence says what the named document says: "as described in the Plan", 依照《…》."""
    return _TAKEN_FROM.search(text[max(0, mention.start - _AROUND) : mention.start]) is not None


def governing(passage: Passage, units: Sequence[Unit], statement: str, outlined: Outlined) -> list[NamedThere]:
    """The mentions nearest to a statement, from the nearest place that names any document.

    A row of a table is one place. For running text the sentence comes first, then its paragraph, then a row in its
    section whose label the statement has; in the end all running text of the section.
    """
    if passage.kind == "row":
        near = outlined.named_in(passage, "row") or outlined.noted(passage)
    else:
        spans = [span for unit in units for span in unit.spans]
        near = [
            NamedThere(mention, "sentence", passage, units_at(passage, mention)) for mention in outlined.within(spans)
        ]
        near = near or outlined.named_in(passage, "paragraph")
    if any(each.mention.by in BY_NAME for each in near):
        return near
    beside = list(_beside(passage, outlined.passages))
    rows = [each for each in beside if each.kind == "row" and passage.kind != "row" and _is_labelled(each, statement)]
    found = [name for each in rows for name in outlined.named_in(each, "section")]
    if not any(each.mention.by in BY_NAME for each in found):
        found += [name for each in beside if each.kind != "row" for name in outlined.named_in(each, "section")]
    return [*near, *found]


def _beside(passage: Passage, passages: Sequence[Passage]) -> Iterator[Passage]:
    """The other passages of the section, the nearest first, those before it first."""
    place = next((n for n, each in enumerate(passages) if each.spans == passage.spans), len(passages))
    for others in (passages[:place][::-1], passages[place + 1 :]):
        yield from takewhile(lambda each: each.section == passage.section, others)


def _is_labelled(row: Passage, statement: str) -> bool:
    """Whether the statement has the label of a row, or the name that the label is under another alias."""
    label, said = Analysis(row.units[0].text), Analysis(statement)
    return label.folded in said.folded or bool(label.names and label.names <= said.names)
