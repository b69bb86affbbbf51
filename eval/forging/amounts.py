"""Kinds of forgery that change a figure, a year or a month of a true sentence."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from random import Random

from sinkqa.eval.forging.kinds import FIGURES, Forged, kind
from sinkqa.eval.forging.material import Sentence

_MONTHS = calendar.month_name[1:]
_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@kind("figure changed", "another amount")
def _other_figure(sentence: Sentence, random: Random) -> Forged | None:
    found = [*re.finditer(FIGURES[sentence.language], sentence.text)]
    if not found:
        return None
    return _with_last(sentence.text, random.choice(found), lambda n: str((n + random.randint(1, 9)) % 10))


@kind("last digit raised", "102 becomes the square of ten")
def _raised(sentence: Sentence, random: Random) -> Forged | None:
    found = [each for each in _long_figures(sentence) if each[0][-1] not in "01"]
    return _with_last(sentence.text, random.choice(found), lambda n: str(n).translate(_SUPERSCRIPT)) if found else None


@kind("exponent flattened", "the square of ten becomes 102")
def _flattened(sentence: Sentence, random: Random) -> Forged | None:
    raised = _raised(sentence, random)
    return Forged(sentence.text, raised.claim) if raised else None


@kind("figure changed and set full width", "another amount")
def _wide(sentence: Sentence, random: Random) -> Forged | None:
    changed = _other_figure(sentence, random)
    if changed is None:
        return None
    return Forged(re.sub(r"\d", lambda digit: chr(ord(digit[0]) + 0xFEE0), changed.claim))


@kind("two figures of a sentence exchanged", "each amount is of the other thing")
def _exchanged(sentence: Sentence, random: Random) -> Forged | None:
    found = [*re.finditer(FIGURES[sentence.language], sentence.text)]
    if len(found) < 2 or found[0][0] == found[1][0]:
        return None
    (one, two), text = found[:2], sentence.text
    return Forged(text[: one.start()] + two[0] + text[one.end() : two.start()] + one[0] + text[two.end() :])


@kind("year changed", "another time")
def _other_year(sentence: Sentence, random: Random) -> Forged | None:
    found = [*re.finditer(r"(?<![\d/.-])(?:19|20)\d\d(?![\d/.-])", sentence.text)]
    if not found:
        return None
    match, away = random.choice(found), random.choice([-10, -1, 1, 2, 5])
    return Forged(f"{sentence.text[: match.start()]}{int(match[0]) + away}{sentence.text[match.end() :]}")


@kind("month changed", "another time", "en")
def _other_month(sentence: Sentence, random: Random) -> Forged | None:
    found = [*re.finditer(rf"\b({'|'.join(_MONTHS)})\b(?= \d|,)|(?<=\d )({'|'.join(_MONTHS)})\b", sentence.text)]
    if not found:
        return None
    match = random.choice(found)
    new = random.choice([month for month in _MONTHS if month != match[0]])
    return Forged(sentence.text[: match.start()] + new + sentence.text[match.end() :])


def _long_figures(sentence: Sentence) -> list[re.Match[str]]:
    """Whole numbers of two digits and more that are no years."""
    found = re.finditer(r"(?<![\d.,A-Za-z-])\d{2,}(?![\d.,A-Za-z-]|[)\]])", sentence.text)
    return [each for each in found if not re.fullmatch(r"(?:19|20)\d\d", each[0])]


def _with_last(text: str, match: re.Match[str], change: Callable[[int], str]) -> Forged:
    """The text with the last digit of a figure in it changed."""
    return Forged(text[: match.end() - 1] + change(int(text[match.end() - 1])) + text[match.end() :])
