"""Computes the form in which texts are compared: spacing, width, line breaks and variants are made alike."""

from __future__ import annotations

import re
from typing import NamedTuple

from sinkqa.ingest.document import Span
from sinkqa.ingest.text.normalised_text import cased, reading_view
from sinkqa.ingest.text.patterns import late
from sinkqa.ingest.text.units import is_case_sensitive

# Spaces stay between words and numbers ("paragraph 10. 11 Parties" holds no 10.11), and before a sign or currency,
# which without one would join what stands before it.
_SPACE = late(  # those that go
    r"(?<![A-Za-z0-9.,%‰)\]])\s|\s(?![A-Za-z0-9$€£¥₹₩₽±-])|(?<=[.,])(?<!\d[.,])\s|(?<=\d[.,])\s(?!\d)"
    r"|(?<=[%‰)\]])\s(?=[A-Za-z0-9])|\s(?=-)(?!-[\d.$€£¥])"
)
_ALIKE = str.maketrans({"。": ".", "《": '"', "》": '"', "〈": '"', "〉": '"', "[": "(", "]": ")"})
_TOKEN = late(r"[A-Za-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|\S")
_UNCUT = late(r"[A-Za-z]+|\d+(?:[.,]\d+)*|[零〇一二两三四五六七八九十百千万亿]+")

_WORD = late("(?<![A-Za-z])(?=[a-z]*[A-Z])[A-Za-z]+")
_COUNTED = late(r"(?:\d[ -]?|\d\^?-?\d|[万亿千百每/] ?|illion |ousand |per )\Z")  # a unit's symbol stands here
_NUMBERED = late(r"(?:annex|article|chapter|phase|stage|part|section) \Z", re.IGNORECASE)
_ROMAN = late("[IVXLC]+")
_HEADING = late("[A-Z]{4,}")  # beside such a word capitals are those of a heading
# Ordinary words that in capitals are the abbreviation of something else. Words that are put in capitals for stress
# (NOT, ALL, MUST) are none of them.
_ABBREVIATIONS = frozenset(
    """act aid aids aim air am app arc arm art asset bat bee bit cap car care cat champ clean clear cod cop core cost
    crest cub cue dare deal den doe dot ear earth ease east edge eve fair far fast fed fee fern fit flag flow foam gain
    gap gas gear gem glass goal great green grid grip heat help hip hope hot ice ids imp iron it jet key lab lap law
    lead leaf leap lid life lime link links lot mac map mars mast me mean met mode nest net oar oil orb ore pace pact
    pal pan park past path paw pen pet pie pin pine plan pot prime race raise ramp rap ray read red reds rest rice ring
    rip rise road rod root rose safe sage sail salt sap save sea seed ship side sign sip smart soil solar sole spot star
    steam stem step stop storm strand sun tab tan tap tar tee tide tip top trace track train trust tug unit us use vat
    vast war was wash wave west who win wind wing wise wood""".split()  # noqa: SIM905  # a list of them reads worse
)


class Token(NamedTuple):
    """A Latin word, a number, or any other single character, and its place in the wording."""

    text: str
    start: int
    end: int


def wording(text: str) -> str:
    """The reading and search form. Spaces stay only where they separate words, numbers and signs.

    Capitals stay if they change the meaning: in abbreviations that are other words in small letters (WHO), in symbols
    of units that are other units in small letters (MW), and in Roman numbers. Visible marks, signs, emoji and controls
    stay.
    """
    form = cased(reading_view(text, [Span(0, len(text))]).text).translate(_ALIKE)
    form = _WORD.sub(_with_telling_capitals, form)
    return _SPACE.sub("", form).strip()


def _with_telling_capitals(match: re.Match[str]) -> str:
    word, text, start, end = match[0], match.string, match.start(), match.end()
    if word.isupper() and word.lower() in _ABBREVIATIONS:
        before = re.search(r"([A-Za-z]*)[^A-Za-z]*\Z", text[max(0, start - 12) : start])
        after = re.match(r"[^A-Za-z]*([A-Za-z]*)", text[end : end + 12])
        beside = [each[1] for each in (before, after) if each]
        return word.lower() if any(map(_HEADING.fullmatch, beside)) else word
    before_it = text[max(0, start - 9) : start]
    if is_case_sensitive(word) and (len(word) > 1 or _COUNTED.search(before_it)):
        return word
    return word if _ROMAN.fullmatch(word) and _NUMBERED.search(before_it) else word.lower()


def tokens(wording: str) -> list[Token]:
    """The tokens of a wording, in its order."""
    return [Token(match[0], match.start(), match.end()) for match in _TOKEN.finditer(wording)]


def occurrences(part: str, whole: str) -> list[int]:
    """The places of one wording in another. A match may not split a word or a number."""
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
