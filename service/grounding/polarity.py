"""Finds the small words of a clause that reverse its meaning, such as negations, and compares two clauses by them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

Turn = Literal["negation", "direction", "modality"]

WORDS = "data/polarity.txt"
_ELEMENTS: dict[str, Turn] = {"negation": "negation", "duty": "modality", "extent": "modality"}
_FORBIDDEN = ("duty", "forbid")
# Left unsaid by the claim, these of the quote's make it say more than the quote does.
_RESTRICTING = frozenset({_FORBIDDEN, ("duty", "permit"), ("extent", "only"), ("extent", "some")})


class PolarityWord(NamedTuple):
    """A word that reverses meaning. ``sense`` is its meaning, with the same name in both languages.

    Senses of one ``family`` exclude each other, such as "up" and "down" of "change". ``start`` is the word's offset.
    """

    family: str
    sense: str
    said: str
    start: int


class Turned(NamedTuple):
    """A polarity word that only one of two clauses has. ``found``: the other clause's word of the same family, or None.

    ``opposed``: the other clause states the contrary, and does not only lack the word.
    """

    element: Turn
    said: str
    found: str | None
    opposed: bool


def marks(folded: str) -> list[PolarityWord]:
    """The polarity words of a folded text, in its order; none overlap."""
    pattern, senses = _words()
    found = [PolarityWord(*senses[_form(match, senses)], match[0], match.start()) for match in pattern.finditer(folded)]
    return [mark for mark in found if mark.family != "plain"]


def turned(claim: str, quote: str) -> Iterator[Turned]:
    """How the polarity words of a claim's clause differ from those of the matching clause in a quote; both folded."""
    said, found = marks(claim), marks(quote)
    banned = [_FORBIDDEN in {mark[:2] for mark in each} for each in (said, found)]
    for family in dict.fromkeys(mark.family for mark in (*said, *found)):
        ours, theirs = ([mark for mark in each if mark.family == family] for each in (said, found))
        if family == "negation":
            if len(ours) % 2 != len(theirs) % 2 and not any(banned):  # the family of bans covers bans
                yield Turned("negation", _said(ours), _said(theirs) or None, True)
        elif difference := _difference(ours, theirs):
            yield Turned(_ELEMENTS.get(family, "direction"), *difference)


def _difference(ours: list[PolarityWord], theirs: list[PolarityWord]) -> tuple[str, str | None, bool] | None:
    senses, standing = ({mark.sense for mark in each} for each in (ours, theirs))
    if missing := [mark for mark in ours if mark.sense not in standing]:
        return _said(missing), _said(theirs) or None, bool(theirs) and not standing <= senses
    if not ours and any(mark[:2] in _RESTRICTING for mark in theirs):
        return "", _said(theirs), _FORBIDDEN in {mark[:2] for mark in theirs}
    return None


def _said(found: list[PolarityWord]) -> str:
    return " ".join(mark.said for mark in found)


def _form(match: re.Match[str], senses: dict[str, tuple[str, str]]) -> str:
    """The entry of the data file that a match stands for."""
    said = match[0]
    if said in senses:
        return said
    stems = (f"{said[:length]}*" for length in range(len(said), 2, -1))
    return next((stem for stem in stems if stem in senses), "n't")


@cache
def _words() -> tuple[re.Pattern[str], dict[str, tuple[str, str]]]:
    """All turning words as one pattern, and the family and sense of each entry."""
    senses: dict[str, tuple[str, str]] = {}
    for line in files("sinkqa.service").joinpath(WORDS).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, _, words = line.partition("=")
            family, _, sense = name.partition(".")
            senses |= dict.fromkeys(words.split("|"), (family, sense))
    forms = sorted(senses, key=len, reverse=True)
    latin = "|".join(re.escape(form).replace(r"\*", "[a-z]*") for form in forms if form.isascii() and form != "n't")
    chinese = "|".join(form for form in forms if not form.isascii())
    return re.compile(rf"(?<![a-z])(?:{latin})(?![a-z'])|(?<![a-z])[a-z]+n't(?![a-z])|{chinese}"), senses
