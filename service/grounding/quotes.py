"""Compares a quote with a text: the text contains it word for word, almost, or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from sinkqa.ingest.text.patterns import late
from sinkqa.service.grounding.polarity import marks
from sinkqa.service.grounding.wording import Token, occurrences, tokens, wording

_ALTERED = 0.6  # of a quote's tokens that stand in one stretch, in order: below this it is another statement
_MOST_PAIRS = 500_000  # of equal tokens, some three times those of the longest quote in running text: 0.1 s
_FEW = late(r"(?<=\ba )(?:few|little)\b")  # a few are some, few are hardly any
_SLACK = 1.5  # how much longer than the quote the stretch may be


class Difference(NamedTuple):
    """One place where a quote differs from the text.

    Both sides are in compared form. A side is empty if it has no words there.
    """

    said: str
    found: str


@dataclass(frozen=True, slots=True)
class QuoteComparison:
    """``exact``: the text contains the quote; spacing, width, line breaks and variants of characters do not count.

    ``altered``: the text contains most of it in order. ``differences`` are the places that differ, in the quote's
    order.
    """

    result: Literal["exact", "altered", "absent"]
    differences: tuple[Difference, ...] = ()


def compare_quote(quote: str, text: str) -> QuoteComparison:
    """Looks for a quote in a text.

    A quote is altered if a word that reverses its meaning was cut off before it (得使用 of 不得使用).
    """
    said, whole = wording(quote).strip('"'), wording(text)
    if not any(map(str.isalnum, said)):
        return QuoteComparison("absent")
    cut = [turn for start in occurrences(said, whole) if (turn := _turn_before(whole, start)) or turn == ""]
    if "" in cut:
        return QuoteComparison("exact")
    if cut:
        return QuoteComparison("altered", (Difference("", cut[0]),))
    ours, theirs = tokens(said), tokens(whole)
    stretch = nearest_stretch([token.text for token in ours], [token.text for token in theirs])
    if not _may_agree(ours, theirs[slice(*stretch)]):
        return QuoteComparison("absent")
    differences, share = _compared(ours, theirs[slice(*stretch)])
    return QuoteComparison("altered", differences) if share >= _ALTERED else QuoteComparison("absent")


def _turn_before(whole: str, start: int) -> str:
    """The negation or ban that ends where the quote begins, or that the beginning cuts in two; else empty."""
    if _FEW.match(whole, start):
        return "a"
    before = whole[max(0, start - 16) : start + 4]
    place = min(start, 16)
    for mark in marks(before):
        end = mark.start + len(mark.said)
        if mark.family in ("negation", "duty", "bound") and mark.start < place and place <= end + 1:
            return mark.said if end >= place or before[end:place] == " " else ""
    return ""


def nearest_stretch(part: Sequence[str], whole: Sequence[str]) -> tuple[int, int]:
    """The range of ``whole`` that contains most pairs of neighbours of ``part``; (0, 0) if none does."""
    size = min(2, len(part))
    pairs = {tuple(part[place : place + size]) for place in range(len(part) - size + 1)}
    places = [place for place in range(len(whole) - size + 1) if tuple(whole[place : place + size]) in pairs]
    width, best, first = int(_SLACK * len(part)) + size, (0, 0, 0), 0
    for last, place in enumerate(places):
        while place - places[first] > width:
            first += 1
        best = max(best, (last - first + 1, -places[first], place))
    if not best[0]:
        return 0, 0
    margin = len(part) // 2 + 1
    return max(0, -best[1] - margin), min(len(whole), best[2] + size + margin)


def _may_agree(ours: Sequence[Token], theirs: Sequence[Token]) -> bool:
    """Whether enough tokens are the same in any order, and few enough again and again for these to be compared."""
    said, found = (Counter(token.text for token in each) for each in (ours, theirs))
    shared = said & found
    repeated = sum(said[token] * found[token] for token in shared)
    return shared.total() >= _ALTERED * len(ours) and repeated <= _MOST_PAIRS


def _compared(ours: Sequence[Token], theirs: Sequence[Token]) -> tuple[tuple[Difference, ...], float]:
    """Where the two differ between the first and the last agreement, and the share of ours that agrees."""
    matcher = SequenceMatcher(None, [t.text for t in ours], [t.text for t in theirs], autojunk=False)
    steps = matcher.get_opcodes()
    same = sum(right - left for kind, left, right, _, _ in steps if kind == "equal")
    if steps and steps[0][0] in ("insert", "replace"):
        kind, left, right, first, last = steps[0]
        steps[0] = (kind, left, right, max(first, last - (right - left)), last)  # what stands before is not missing
    if steps and steps[-1][0] in ("insert", "replace"):
        kind, left, right, first, last = steps[-1]
        steps[-1] = (kind, left, right, first, min(last, first + right - left))
    found = [
        Difference(_joined(ours[left:right]), _joined(theirs[first:last]))
        for kind, left, right, first, last in steps
        if kind != "equal" and (left < right or first < last)
    ]
    return tuple(found), same / len(ours)


def _joined(part: Sequence[Token]) -> str:
    text = ""
    for before, token in zip([None, *part], part, strict=False):
        text += " " * (before is not None and token.start > before.end) + token.text
    return text
