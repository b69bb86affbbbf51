"""Lexical step of the flow: a text's index terms, for Chinese and English in one stream."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ingest.view import fold

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

# Folded text: Han and kana run together without spaces, everything else is made of words and numbers.
_CJK = "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(
    f"(?P<cjk>[{_CJK}]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<word>(?:(?![{_CJK}])[^\W_])(?:(?![{_CJK}])[^\W_]|['’](?=[a-z]))*)"
)
_LONGEST_TERM = 60  # characters; longer ones are encoded data, not words


def analyze(text: str) -> list[str]:
    """Index terms in text order; a text without a letter or digit has none.

    Chinese and Japanese: the words of three characters and more that a search would use, and every pair of
    neighbours (a pair is also the commonest word). Numbers lose their thousands separators; English words are
    stemmed (Snowball); other words stay as they are.
    """
    terms: list[str] = []
    for match in _PIECE.finditer(fold(text)):
        piece = match.group()
        if match.lastgroup == "cjk":
            terms += _cjk_terms(piece)
        elif len(piece) > _LONGEST_TERM:
            continue
        elif match.lastgroup == "number":
            terms.append(_plain_number(piece))
        else:
            terms.append(_stem(piece))
    return terms


def _cjk_terms(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    pairs = [run[i : i + 2] for i in range(len(run) - 1)]
    if len(run) == 2:
        return pairs
    import rjieba  # its dictionary costs 0.1 s, which an English question need not pay

    return pairs + [word for word in rjieba.cut_for_search(run) if 2 < len(word) <= _LONGEST_TERM]


def _plain_number(number: str) -> str:
    """``1,234.50`` as ``1234.50``; a comma that separates no thousands parts two numbers, and stays."""
    groups = number.split(",")
    return "".join(groups) if all(len(group.split(".")[0]) == 3 for group in groups[1:]) else number


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    stem: str = _stemmer().stemWord(word.replace("’", "'"))
    return stem


@cache
def _stemmer() -> EnglishStemmer:
    from snowballstemmer.english_stemmer import EnglishStemmer

    return EnglishStemmer()
