"""Checks whether an answer states the points of a reference answer, by the rules of the gold set.

A point (the field also says *nugget*) is a few words in several variants, in Chinese and English. One variant is
enough. A mere substring does not count: "25%" does not state "5%", and "Europe" does not state "EU". Long English
variants are stems: "methodolog".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

Point = Mapping[str, Sequence[str]]
"""Variants by language, "zh" and "en"."""

_ACRONYM = 4  # capitals: so short, and case counts
_WHOLE_WORD = 3  # letters: so short, and only a plural s may follow
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
_DASHES = re.compile("[\u2010-\u2015-]")


def says(text: str, point: Point, language: str) -> bool:
    """Whether ``text`` contains a variant of the point in this language."""
    said = _plain(text, language)
    return any(_pattern(variant, language).search(said) for variant in point.get(language, ()) if variant.strip())


def unsaid(texts: Mapping[str, str], points: Sequence[Point]) -> list[Point]:
    """Returns the points that none of ``texts`` states. The keys of ``texts`` are languages."""
    return [point for point in points if not any(says(text, point, language) for language, text in texts.items())]


def share_said(texts: Mapping[str, str], points: Sequence[Point]) -> float:
    """Returns the share of the points that ``texts`` state together, 0..1. The keys of ``texts`` are languages."""
    return 1 - len(unsaid(texts, points)) / len(points) if points else 0.0


@lru_cache(maxsize=4096)
def _pattern(variant: str, language: str) -> re.Pattern[str]:
    word = _plain(variant, language)
    before = r"(?<![\d.])" if word[0].isdigit() else r"(?<![A-Za-z])" if word[0].isascii() and word[0].isalpha() else ""
    after = ""
    if word[-1].isdigit():
        after = r"(?!\d|\.\d)"
    elif word.isascii() and word.isalpha() and len(word) <= _WHOLE_WORD:
        after = r"s?(?![A-Za-z])"
    is_acronym = word.isascii() and word.isalpha() and word.isupper() and len(word) <= _ACRONYM
    return re.compile(before + re.escape(word) + after, 0 if is_acronym else re.IGNORECASE)


def _plain(text: str, language: str) -> str:
    """Without thousands separators and forms that print the same; in English single spaces, in Chinese none."""
    text = _THOUSANDS.sub("", text.replace("\u2019", "'").replace("％", "%"))
    return " ".join(_DASHES.sub(" ", text).split()) if language == "en" else "".join(text.split())
