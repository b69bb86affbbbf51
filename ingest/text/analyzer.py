"""Index terms of Chinese and English text, in one stream."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from operator import add
from typing import TYPE_CHECKING

from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late

if TYPE_CHECKING:
    from tantivy import TextAnalyzer

# Folded text: Han and kana run together without spaces, everything else is made of words and numbers.
_CJK = "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = late(f"([{_CJK}]+)|([^{_CJK}]+)")
_IS_CJK = late(f"[{_CJK}]").match
_PIECE = late(r"\d+(?:[.,]\d+)*|[^\W_]+(?:'[a-z][^\W_]*)*")
_LONGEST_TERM = 60  # characters; longer ones are encoded data, not words


def analyze(text: str) -> list[str]:
    """Returns the index terms in text order. A text without a letter or digit has none.

    Chinese and Japanese give words of three or more characters, cut as for search, and every pair of neighbouring
    characters (the commonest words are pairs). Numbers lose their thousands separators. English words are stemmed
    (Snowball). Other words stay unchanged.
    """
    terms: list[str] = []
    for cjk, other in _RUN.findall(fold(text)):
        terms += _cjk_terms(cjk) if cjk else _words(other)
    return terms


def units(text: str) -> list[str]:
    """Returns the units of terms, in text order: each Chinese or Japanese character by itself, and each other term."""
    found: list[str] = []
    for cjk, other in _RUN.findall(fold(text)):
        found += cjk or _words(other)
    return found


def terms_of(units: Iterable[str]) -> list[str]:
    """Returns the index terms of any text that contains these units in a row, except the longer words."""
    terms: list[str] = []
    for is_cjk, stretch in groupby(units, lambda unit: _IS_CJK(unit) is not None):
        run = list(stretch)
        terms += _pairs("".join(run)) if is_cjk else run
    return terms


def _pairs(run: str) -> list[str]:
    return list(map(add, run, run[1:])) or [run]


def _cjk_terms(run: str) -> list[str]:
    pairs = _pairs(run)
    if len(run) <= 2:
        return pairs
    import rjieba  # its dictionary costs 0.1 s, which an English question need not pay

    return pairs + [word for word in rjieba.cut_for_search(run) if 2 < len(word) <= _LONGEST_TERM]


def _words(text: str) -> list[str]:
    pieces = [_plain_number(p) if "," in p else p for p in _PIECE.findall(text) if len(p) <= _LONGEST_TERM]
    return _stemmer().analyze(" ".join(pieces)) if pieces else []


def _plain_number(number: str) -> str:
    """``1,234.50`` as ``1234.50``. A comma that does not separate thousands separates two numbers and stays."""
    groups = number.split(",")
    return "".join(groups) if all(len(group.split(".")[0]) == 3 for group in groups[1:]) else number


@cache
def _stemmer() -> TextAnalyzer:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return TextAnalyzerBuilder(Tokenizer.whitespace()).filter(Filter.stemmer("english")).build()
