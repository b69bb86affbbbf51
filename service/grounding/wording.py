"""Grounding step of the flow: a text as it is compared, with spacing, width, line breaks and variants made alike."""

from __future__ import annotations

import re
from typing import NamedTuple

from ingest.document import Span
from ingest.text.view import fold, reading_view

# "paragraph 10. 11 Parties" holds no 10.11: that space stays
_SPACE = re.compile(r"(?<![a-z0-9])(?<!\d[.,])\s+|(?<=\d[.,])\s+(?!\d)|\s+(?![a-z0-9])")
_HYPHEN = re.compile("(?<=[a-z])-(?=[a-z])")
_ALIKE = str.maketrans({"。": ".", "《": '"', "》": '"', "〈": '"', "〉": '"', "[": "(", "]": ")"})
_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|\S")
_UNCUT = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*|[零〇一二两三四五六七八九十百千万亿]+")


class Token(NamedTuple):
    """A Latin word, a number, or any other character by itself, and where it stands in the wording."""

    text: str
    start: int
    end: int


def wording(text: str) -> str:
    """The reading and search form, with spaces left only between Latin words and numbers."""
    folded = fold(reading_view(text, [Span(0, len(text))]).text).translate(_ALIKE)
    return _HYPHEN.sub("", _SPACE.sub("", folded)).strip()


def tokens(wording: str) -> list[Token]:
    """The tokens of a wording, in its order."""
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(wording)]


def occurrences(part: str, whole: str) -> list[int]:
    """Where one wording stands in another without cutting a word or number of it."""
    found: list[int] = []
    start = whole.find(part) if part else -1
    while start >= 0:
        if not _cuts(whole, start) and not _cuts(whole, start + len(part)):
            found.append(start)
        start = whole.find(part, start + 1)
    return found


def _cuts(whole: str, place: int) -> bool:
    """Whether a word or number goes on across this place, as in wood|land, 1|5, 1|.5, 二|十."""
    return any(match.start() < place < match.end() for match in _UNCUT.finditer(whole, max(0, place - 30), place + 30))
