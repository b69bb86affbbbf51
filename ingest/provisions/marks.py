"""Numbering of the paragraphs of one provision, and their nesting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sinkqa.ingest.provisions.references import Step
from sinkqa.ingest.text.numerals import HAN, normalised
from sinkqa.ingest.text.patterns import late

_MARK = late(
    r"(?P<paren>[(（]\s?(?P<p>\d{1,3}[A-Z]{0,2}|[a-z]{1,4}|[A-Z]{1,2}|" + rf"[{HAN}]{{1,3}})\s?[)）])"
    r"|(?P<dot>(?P<d>\d{1,3}[A-Z]{0,2}|[a-z])[.．、](?![\d])(?=\s|[^\x00-\x7f]))"
    r"|(?P<half>(?P<h>\d{1,2}|[a-z])[)）])"
    r"|(?P<wide>(?P<w>[０-９]{1,2}|\d{1,2}|" + rf"[{HAN}]{{1,3}}(?:の[{HAN}]+)?|[イロハニホヘトチリヌルヲワカ])[\s　])"
)
_ROMAN = late("[ivx]+")


class Mark(NamedTuple):
    """The number of a paragraph. ``style`` distinguishes ``(1)`` from ``1.`` and ``(a)``.

    ``number`` is without signs.
    """

    style: str
    number: str


HEADING = Mark("heading", "")
"""Stands for a heading among the marks of paragraphs."""


def mark_of(paragraph: str) -> Mark | None:
    """Returns the mark that begins a paragraph: ``（三）``, ``(2)``, ``4.``, ``(b)``, ``ハ``; None without one."""
    found = _MARK.match(paragraph.lstrip())
    if not found:
        return None
    form = next(name for name in ("paren", "dot", "half", "wide") if found[name])
    number = found["p"] or found["d"] or found["h"] or found["w"]
    if number.isascii():
        kind = "0" if number[0].isdigit() else "a" if number.islower() else "A"
        return Mark(form + kind, number if kind == "a" else normalised(number))
    if number[0] in HAN:
        return Mark(form + "一", normalised(number))
    return Mark(form + ("0" if number[0].isdigit() else "イ"), normalised(number))


def nesting(marks: Sequence[Mark | None]) -> list[int]:
    """Returns the depth of each paragraph; 0 is outermost.

    A new style opens a level; a known style returns to its level. A paragraph without a mark is outermost, or inside
    the numbered paragraph that is open. Between an item and the next item of its list it belongs to the first item,
    because a page break or a quotation separates them.
    """
    stack: list[str] = []
    letter = ""
    depths: list[int] = []
    numbered = is_numbered(marks)
    last: dict[str, str] = {}
    for place, mark in enumerate(marks):
        following = next(filter(None, marks[place:]), None)
        if mark is None and following and following.style in stack and _succeeds(following, last[following.style]):
            depths.append(stack.index(following.style) + 1 + _within_text(numbered, marks[:place]))
            continue
        if mark is None:
            del stack[1 if numbered else 0 :]
            depths.append(len(stack) if numbered else 0)
            continue
        style = _told_from_roman(mark, letter, stack)
        letter = mark.number if style.endswith("a") else letter
        last[style] = mark.number
        if style in stack:
            del stack[stack.index(style) + 1 :]
        else:
            stack.append(style)
        depths.append(len(stack) - 1 + _within_text(numbered, marks[:place]))
    return depths


def _within_text(numbered: bool, before: Sequence[Mark | None]) -> int:
    """1 if items are inside a paragraph that has no number."""
    return int(not numbered and any(each is None for each in before))


def _succeeds(mark: Mark, last: str) -> bool:
    """Whether a mark follows directly on a number or letter: (b) after (a)."""
    if last.isdecimal() and mark.number.isdecimal():
        return int(mark.number) == int(last) + 1
    return len(last) == len(mark.number) == 1 and ord(mark.number) == ord(last) + 1


def is_numbered(marks: Sequence[Mark | None]) -> bool:
    """Whether the paragraphs themselves carry numbers, ``1.``, ``(1)`` or ``２``, and not only the items in them."""
    first = next((mark for mark in marks if mark), None)
    digits = [mark for mark in marks if mark and mark.style.endswith("0")]
    if first is None or not digits:
        return False
    return first is digits[0] or (digits[0].style == "wide0" and digits[0].number == "2")


def _told_from_roman(mark: Mark, letter: str, stack: Sequence[str]) -> str:
    """Decides whether ``(i)`` is a letter or Roman: it is Roman unless it follows ``(h)``."""
    style, number = mark
    if not style.endswith("a") or not _ROMAN.fullmatch(number):
        return style
    due = len(number) == 1 and letter == chr(ord(number) - 1) and style + "i" not in stack
    return style if due else style + "i"


class Paragraphs:
    """The paragraphs of one provision by their marks, including headings."""

    def __init__(self, marks: Sequence[Mark | None]) -> None:
        self.marks = marks
        self.texts = [place for place, mark in enumerate(marks) if mark is not HEADING]
        depths = nesting([marks[place] for place in self.texts])
        self.depths = dict(zip(self.texts, depths, strict=True))

    @property
    def outermost(self) -> int:
        """The number of paragraphs that are inside no other."""
        return sum(depth == 0 for depth in self.depths.values())

    def reached(self, steps: Sequence[Step]) -> tuple[int, set[int]]:
        """Returns how many of the steps exist, and the cited paragraphs, with the lead-ins that govern them first.

        ``第二款第三项``: the paragraph's lead-in, then the item with everything inside it.
        """
        kept: set[int] = set()
        scope = self.texts
        for number, step in enumerate(steps):
            spot = self.nth(step, scope) if step.kind == "paragraph" else None
            spot = self.item(step, scope) if spot is None else spot
            if spot is None:
                return number, kept | set(scope) if number else set()
            kept |= set(self.leads(spot, scope))
            scope = self.under(spot, scope)
        return len(steps), kept | set(scope)

    def item(self, step: Step, scope: Sequence[int]) -> int | None:
        """Returns the item with this mark; of several the outermost, but never the searched paragraph itself."""
        numbers = (step.number, normalised(step.number))  # (ii) may be cited of a law that writes 二
        marked = [place for place in scope if self.marks[place] and not self.opens(place, scope)]
        named = [place for place in marked if (mark := self.marks[place]) and mark.number in numbers]
        if step.kind == "paragraph":  # no 款 is an item （三）, but "Article 2(3)" may be one
            named = [place for place in named if (mark := self.marks[place]) and not mark.style.endswith("一")]
        return min(named, key=lambda place: (self.depths[place], place), default=None)

    def opens(self, place: int, scope: Sequence[int]) -> bool:
        """Whether a paragraph is the numbered one that contains all of the scope."""
        mark = self.marks[place]
        is_outer = self.depths[place] == 0 and mark is not None and mark.style.endswith("0")
        return is_outer and place == scope[0] and len(scope) > 1

    def nth(self, step: Step, scope: Sequence[int]) -> int | None:
        """Returns the paragraph with this number or, if paragraphs are not numbered, the one at this position."""
        outermost = [place for place in scope if self.depths[place] == 0]
        if is_numbered([self.marks[place] for place in scope]):
            named = [place for place in outermost if (mark := self.marks[place]) and mark.number == step.number]
            if named or step.number != "1":
                return named[0] if named else None
            return outermost[0] if self.marks[outermost[0]] is None else None
        place = int(step.number) if step.number.isdecimal() else 0
        return outermost[place - 1] if 0 < place <= len(outermost) else None

    def under(self, spot: int, scope: Sequence[int]) -> list[int]:
        """Returns a paragraph with everything inside it."""
        later = [place for place in scope if place > spot]
        end = next((n for n, place in enumerate(later) if self.depths[place] <= self.depths[spot]), len(later))
        return [spot, *later[:end]]

    def leads(self, spot: int, scope: Sequence[int]) -> Iterator[int]:
        """Yields the lead-ins of a paragraph: for each level above it, the last paragraph before it."""
        depth = self.depths[spot]
        for place in reversed(scope):
            if place < spot and self.depths[place] < depth:
                depth = self.depths[place]
                yield place
