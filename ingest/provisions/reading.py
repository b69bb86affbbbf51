"""The extent and nesting of a document's provisions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sinkqa.ingest.passage import Passage
from sinkqa.ingest.provisions.references import RANKS, Step, StepKind, heading_step
from sinkqa.ingest.provisions.wording import shared_depth
from sinkqa.ingest.text.numerals import HAN
from sinkqa.ingest.text.patterns import late

LAW: tuple[StepKind, ...] = ("article", "section", "number")
"""The kinds of provision that laws consist of and by which they are cited."""

Position = tuple[int, int]
"""A passage and a unit in it, both counted from 0."""

_UNNUMBERED = 5.0  # the rank of a heading without a number
_DEEPEST_FLAT = 5.0  # what encloses headings that its document sets at its own level: up to a section
_NEXT = 3  # a number this far on may still be the next article: some are missed
_SKIPPED = 60  # sections that an extract may leave out between two that it numbers: no sentence begins "Section 9."
_INLINE = late(
    rf"(?P<han>第\s?(?:[{HAN}]+|\d{{1,3}})\s?[条條](?:[之の][{HAN}]+)*)[\s\u3000]"
    r"|(?P<word>(?:Section|SECTION|Sec\.|SEC\.|Article|ARTICLE|Art\.|§)\s?\d{1,3}[A-Z]{0,2}\.)(?:\s+(?=[A-Z(])|\Z)"
)
_CAPTION = late(r"[（(][^（）()\d]{1,60}[）)]")


@dataclass(frozen=True, slots=True)
class Provision:
    """A stretch of a document under one heading, ``[start, end)``, or the part of it that a citation selects.

    ``outer`` are the numbered headings around it, outermost first. ``within`` are the cited steps found in it,
    ``missing`` the cited steps that do not exist. ``kept`` numbers the selected paragraphs, None for all.
    """

    kind: StepKind
    number: str
    heading: str
    path: tuple[str, ...]
    start: Position
    end: Position
    outer: tuple[Step, ...] = ()
    within: tuple[Step, ...] = ()
    missing: tuple[Step, ...] = ()
    kept: frozenset[int] | None = None

    @property
    def first(self) -> int:
        """The first passage."""
        return self.start[0]

    @property
    def last(self) -> int:
        """The end of the passages ``[first, last)``."""
        return self.end[0] + (1 if self.end[1] else 0)


@dataclass(slots=True)
class _Open:
    """A heading whose end is not reached yet."""

    depth: int
    rank: float
    step: Step | None
    heading: str
    path: tuple[str, ...]
    start: Position
    outer: tuple[Step, ...]
    place: int  # among the provisions
    inline: bool = False


def read_provisions(passages: Sequence[Passage]) -> tuple[Provision, ...]:
    """Returns all headings of a document with their content, and articles that are not headings, in document order."""
    return tuple(_OutlineWalk(passages).provisions())


@dataclass(slots=True)
class _OutlineWalk:
    """One walk over the passages' heading paths. Headings nest by their paths, and by kind if paths are flat."""

    passages: Sequence[Passage]
    open: list[_Open] = field(default_factory=list)
    done: list[Provision | None] = field(default_factory=list)
    steps: dict[str, Step | None] = field(default_factory=dict)
    numbers: dict[StepKind, tuple[int, str]] = field(default_factory=dict)  # the last one of each kind

    def provisions(self) -> Iterator[Provision]:
        path: tuple[str, ...] = ()
        for place, passage in enumerate(self.passages):
            if passage.section != path:
                self.turn(path, passage.section, place)
                path = passage.section
            if passage.kind in ("text", "list"):
                self.look_within(passage, place)
        while self.open:
            self.close((len(self.passages), 0))
        return (each for each in self.done if each is not None)

    def turn(self, before: tuple[str, ...], path: tuple[str, ...], place: int) -> None:
        """Opens the new headings of a path."""
        shared = shared_depth(before, path)
        for heading in path[shared:]:
            if heading not in self.steps:
                self.steps[heading] = heading_step(heading)
        is_article = any((step := self.steps[heading]) and step.kind == "article" for heading in path[shared:])
        start = self.captioned(place, 0) if is_article else (place, 0)
        while self.open and (self.open[-1].inline or (shared == len(path) and self.leaves(before, shared))):
            self.close(start)
        for depth in range(shared, len(path)):
            self.enter(path[: depth + 1], self.steps[path[depth]], start)

    def leaves(self, before: tuple[str, ...], shared: int) -> bool:
        """Whether the path returns to a heading above the innermost one."""
        top = self.open[-1]
        return top.depth >= shared and top.path == before[: top.depth + 1]

    def enter(self, path: tuple[str, ...], step: Step | None, start: Position, *, inline: bool = False) -> None:
        rank = RANKS[step.kind] if step else _UNNUMBERED
        if step and step.kind == "number":
            rank += step.number.count(".") / 10
        elif step and step.kind == "annex" and not path[-1].lower().startswith("schedule"):
            rank += 0.5  # an agreement in a schedule has annexes of its own
        while self.open and not self.encloses(self.open[-1], path, rank, inline):
            self.close(start)
        outer = tuple(each.step for each in self.open if each.step)
        self.open.append(_Open(len(path) - 1, rank, step, path[-1], path, start, outer, len(self.done), inline))
        self.done.append(None)
        if step and step.kind in LAW:
            self.numbers[step.kind] = order(step.number)
        elif step and step.kind in ("annex", "decision"):
            self.numbers = {}

    def encloses(self, top: _Open, path: tuple[str, ...], rank: float, inline: bool) -> bool:
        """Whether a new path is inside an open heading: by the path, otherwise by their kinds."""
        if top.inline:
            return False
        if top.path == path[: top.depth + 1] and top.depth < len(path) - 1:
            return not inline or top.rank < rank
        deepest = _DEEPEST_FLAT + (rank > _DEEPEST_FLAT)
        return top.step is not None and top.rank < min(rank, deepest) and top.depth < len(path)

    def close(self, end: Position) -> None:
        top = self.open.pop()
        kind, number = top.step or Step("heading", "")
        heading = "" if top.inline else top.heading
        self.done[top.place] = Provision(kind, number, heading, top.path, top.start, end, top.outer)

    def look_within(self, passage: Passage, place: int) -> None:
        """Opens articles that are not headings, each with the caption before it."""
        for number, unit in enumerate(passage.units):
            if unit.text[0] not in "第SA§":
                continue
            match = _INLINE.match(unit.text)
            step = heading_step(match[0].strip()) if match else None
            if match and step and self.follows(step, match["han"]):
                start = self.captioned(place, number)
                self.enter((*passage.section, match[0].strip()), step, start, inline=True)

    def captioned(self, place: int, number: int) -> Position:
        """The beginning of an article: in Japanese laws the caption in brackets before it, if there is one."""
        if self.passages[place].language != "ja":
            return place, number
        if number:
            unit, start = self.passages[place].units[number - 1], (place, number - 1)
        elif place and self.passages[place - 1].units and self.passages[place - 1].kind in ("text", "list"):
            unit, start = self.passages[place - 1].units[-1], (place - 1, len(self.passages[place - 1].units) - 1)
        else:
            return place, number
        return start if _CAPTION.fullmatch(unit.text) else (place, number)

    def follows(self, step: Step, is_han: str | None) -> bool:
        """Whether a number is about the next of its kind; otherwise it is only a mention of an article."""
        main, rest = order(step.number)
        last, last_rest = self.numbers.get(step.kind, (0, ""))
        if is_han and main == last:
            return rest > last_rest or len(rest) > len(last_rest)
        return last < main <= last + ((_NEXT if is_han else _SKIPPED) if last else 1)


def order(number: str) -> tuple[int, str]:
    """Returns the sort key of a number: 5, 5A, 5ZA, 6."""
    digits = re.match(r"\d+", number)
    return (int(digits[0]) if digits else 0, number[digits.end() :] if digits else number)
