"""The share of a page's extracted text that reads as language."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

_LATIN_WORD = re.compile(r"[A-Za-z]+")
_MIN_LETTERS = 200  # below, word statistics say nothing
_LEAST_VOWELS = 0.2  # English prose has 0.38; text shifted by a lost encoding under 0.15
_MOST_ACCENTS = 0.35  # French has 0.04; Chinese bytes read as Latin-1 over 0.6
_MOST_SINGLE = 0.3  # share of one-letter words; English has 0.03
_LONGEST_MEAN = 15.0  # letters a word, where the spaces are lost; German statutes have 7


def page_quality(text: str) -> float:
    """Returns the share of characters that belong to a language, 0..1, times penalties for lost spacing or encoding."""
    counts = Counter(text)
    total = sum(number for char, number in counts.items() if not char.isspace())
    if not total:
        return 0.0
    sound = sum(number for char, number in counts.items() if _is_sound(char))
    return sound / total * _spacing(text) * _encoding(counts)


def _is_sound(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LNPSM" and char != "\ufffd"


def _spacing(text: str) -> float:
    words = _LATIN_WORD.findall(text)
    letters = sum(map(len, words))
    if letters < _MIN_LETTERS:
        return 1.0
    single = sum(len(word) == 1 for word in words) / len(words)
    return 0.5 if single > _MOST_SINGLE or letters / len(words) > _LONGEST_MEAN else 1.0


def _encoding(counts: Counter[str]) -> float:
    letters = sum(number for char, number in counts.items() if char.isalpha())
    plain = sum(number for char, number in counts.items() if char.isascii() and char.isalpha())
    accents = sum(number for char, number in counts.items() if "\xa0" <= char <= "\xff")
    if accents > _MOST_ACCENTS * (letters + 1) and accents > 20:
        return 0.3
    vowels = sum(counts[char] for char in "aeiouyAEIOUY")
    return 0.4 if plain > _MIN_LETTERS and vowels < _LEAST_VOWELS * plain else 1.0
