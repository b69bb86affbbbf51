"""The outline of a document: its provisions, found by their citations."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product, takewhile

from sinkqa.ingest.passage import Passage
from sinkqa.ingest.provisions.marks import HEADING, Mark, Paragraphs, mark_of
from sinkqa.ingest.provisions.reading import LAW, Position, Provision, order, read_provisions
from sinkqa.ingest.provisions.references import Reference, Step, StepKind
from sinkqa.ingest.provisions.wording import Said, Wording

__all__ = ["OMITTED", "Outline", "Provision", "Said"]

_SAME: dict[StepKind, tuple[StepKind, ...]] = {
    "article": ("article", "section", "number"),
    "section": ("section", "number", "article", "heading"),
    "number": ("number", "section", "article"),
    "chapter": ("chapter", "number", "heading", "part"),
    "part": ("part", "heading", "chapter", "number"),
    "heading": ("heading", "part"),
}
"""The kinds to try if a document has no provision of the cited kind and number."""

OMITTED = "\n…\n"
"""Marks omitted paragraphs."""


class Outline:
    """The provisions of one document in reading order, built from the headings of its passages.

    It also finds articles that open a paragraph without being headings, if their numbers are consecutive. With the
    ``source`` text, headings can be quoted, and paragraphs split over passages are joined. Immutable except for caches;
    safe to use from several threads.
    """

    def __init__(self, passages: Sequence[Passage], source: str = "") -> None:
        self.passages = passages
        self.provisions = read_provisions(passages)
        self._wording = Wording(passages, source)
        self._said: dict[tuple[Position, Position], tuple[Said, ...]] = {}
        self._places: dict[Step, list[int]] = {}
        for place, each in enumerate(self.provisions):
            self._places.setdefault(Step(each.kind, each.number), []).append(place)
        self._tables: dict[str, list[Passage]] = {}
        for passage in passages:
            if passage.table:
                self._tables.setdefault(_label(passage.table), []).append(passage)

    def beneath(self, heading: str) -> Provision | None:
        """Returns the longest stretch under a heading: a treaty in a schedule, or a text of a collection."""
        found = [each for each in self.provisions if each.heading == heading]
        return max(found, key=lambda each: each.last - each.first, default=None)

    def find(self, reference: Reference, scope: Provision | None = None) -> Provision | None:
        """Finds the cited provision, with the cited paragraph or item. None if ``scope`` has none.

        If a number occurs more than once, the law's own provision wins over an annex's, and one with its neighbours
        wins over a quoted one. Paragraphs and items that do not exist are listed in ``missing``.
        """
        *outer, step = reference.place
        if step.kind == "table":
            return None
        found = self._candidates(step, outer, scope)
        within = reference.within
        if not found and step.kind == "number" and step.number.count(".") == 1 and not outer:
            head, _, paragraph = step.number.partition(".")
            found, within = self._candidates(Step("section", head), [], scope), (Step("paragraph", paragraph), *within)
        best = min(found, key=self._doubt, default=None)
        if best is None:
            return None
        return self._part(self.provisions[best], within)

    def table(self, reference: Reference) -> list[Passage]:
        """Returns the passages of the table with the cited label: those of rows and of the whole.

        Empty if there is none.
        """
        step = reference.place[-1]
        return list(self._tables.get(step.number, ())) if step.kind == "table" else []

    def last(self, kind: StepKind, scope: Provision | None = None) -> Provision | None:
        """Returns the provision of this kind, or of its substitute kind, with the highest number in the law itself.

        Annexes count only if there is nothing else. None if the document, or ``scope``, has none.
        """
        kinds = _SAME.get(kind, (kind,))
        own = [each for each in self.provisions if each.number and each.kind in kinds and _lies_in(each, scope)]
        for annexes, like in product(sorted({_annexes(each) for each in own}), kinds):
            if found := [each for each in own if each.kind == like and _annexes(each) == annexes]:
                return max(found, key=lambda each: order(each.number))
        return None

    def said(self, provision: Provision) -> tuple[Said, ...]:
        """Returns the text of a provision in source order, each unit once, headings first.

        Only ``kept`` paragraphs count. Repeated lead-ins, notes on amendments, and the lines after a law's end
        (signature, address) are left out.
        """
        key = (provision.start, provision.end)
        if key not in self._said:
            is_law = provision.kind in LAW
            ends = provision.end[0] >= len(self.passages) or self._leaves_law(provision)
            self._said[key] = tuple(self._wording.of(*key, depth=len(provision.path) - 1, ends=is_law and ends))
        said = self._said[key]
        return said if provision.kept is None else tuple(_kept(_lines(said), provision.kept))

    def paragraphs(self, provision: Provision) -> int:
        """Returns the number of its paragraphs that are cited by number or order."""
        return Paragraphs([_mark(line) for line in _lines(self.said(replace(provision, kept=None)))]).outermost

    def _candidates(self, step: Step, outer: Sequence[Step], scope: Provision | None) -> list[int]:
        """Provisions of the cited kind, or of its substitute kinds; the law's own before those of its annexes."""
        several: list[list[int]] = []
        for kind in _SAME.get(step.kind, (step.kind,)):
            places = self._places.get(Step(kind, step.number), [])
            if step == ("annex", "") and not places:
                places = [place for place, each in enumerate(self.provisions) if each.kind == "annex"][:1]
            within = [place for place in places if _lies_in(self.provisions[place], scope)]
            several.append([place for place in within if self._stands_in(self.provisions[place], outer)])
        least = [min((_annexes(self.provisions[place]) for place in found), default=99) for found in several]
        return several[least.index(min(least))]

    def _stands_in(self, provision: Provision, outer: Sequence[Step]) -> bool:
        """Whether it is inside all of these. A decision is not required if the document has none."""
        for step in outer:
            if step.kind == "decision" and not any(each.kind == "decision" for each in self.provisions):
                continue
            kinds = _SAME.get(step.kind, (step.kind,))
            if not any(o.kind in kinds and (o.number == step.number or step == ("annex", "")) for o in provision.outer):
                return False
        return True

    def _doubt(self, place: int) -> tuple[float, ...]:
        """How unlikely it is that this provision is meant: in an annex, without its neighbours, short."""
        each = self.provisions[place]
        neighbours = 0
        if each.number.isdecimal():
            before = self._places.get(Step(each.kind, str(int(each.number) - 1)), [])
            after = self._places.get(Step(each.kind, str(int(each.number) + 1)), [])
            spot = bisect_left(before, place)
            neighbours = (each.number == "1" or spot > 0) + (bool(after) and after[-1] > place)
        size = sum(len(passage.text) for passage in self.passages[each.first : each.last])
        return (_annexes(each), -neighbours, -size)

    def _leaves_law(self, provision: Provision) -> bool:
        """Whether an annex or another text begins after it."""
        after = next((each for each in self.provisions if each.start >= provision.end), None)
        return after is None or after.kind in ("annex", "decision")

    def _part(self, provision: Provision, within: Sequence[Step]) -> Provision:
        """The provision with only the paragraphs that the steps select, under its heading and after its lead-ins."""
        if not within:
            return provision
        lines = _lines(self.said(provision))
        found, kept = Paragraphs([_mark(line) for line in lines]).reached(within)
        headings = set(_headings_over(min(kept, default=0), lines))
        return replace(
            provision,
            within=tuple(within[:found]),
            missing=tuple(within[found:]),
            kept=frozenset(kept | headings) if found else None,
        )


def _lines(said: Sequence[Said]) -> list[list[Said]]:
    """The paragraphs."""
    lines: list[list[Said]] = []
    for each in said:
        if each.begins or not lines:
            lines.append([])
        lines[-1].append(each)
    return lines


def _kept(lines: Sequence[Sequence[Said]], kept: frozenset[int]) -> Iterator[Said]:
    """The kept paragraphs. The first one after a gap begins with a mark of omission."""
    last = None
    for place in sorted(kept):
        first, *rest = lines[place]
        before = "" if last is None else first.before if place == last + 1 else OMITTED
        yield first._replace(before=before)
        yield from rest
        last = place


def _headings_over(place: int, lines: Sequence[Sequence[Said]]) -> Iterator[int]:
    """The headings at the beginning of a provision, and the nearest ones before one of its paragraphs."""
    yield from takewhile(lambda spot: lines[spot][0].is_heading, range(place))
    last = next((spot for spot in reversed(range(place)) if lines[spot][0].is_heading), -1)
    yield from takewhile(lambda spot: lines[spot][0].is_heading, range(last, -1, -1))


def _mark(line: Sequence[Said]) -> Mark | None:
    """The mark of a paragraph. A heading has a mark that no citation matches."""
    return HEADING if line[0].is_heading else mark_of(line[0].text)


def _label(label: str) -> str:
    found = re.search(r"[A-Z]?\.?\d[\d.-]*\Z|[A-Z]\Z", label.strip())
    return found[0] if found else label


def _annexes(provision: Provision) -> int:
    """The number of nested annexes around it."""
    return sum(step.kind == "annex" for step in provision.outer)


def _lies_in(provision: Provision, scope: Provision | None) -> bool:
    return scope is None or (scope.start <= provision.start and provision.end <= scope.end)
