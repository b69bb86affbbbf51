"""Finds citations by author and year, and what the document's list of references says they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sinkqa.index.references.mention import Mention
from sinkqa.ingest.text.patterns import late

_DATED = late(r"[,，]\s?((?:19|20)\d\d)[a-z]?(?=\s*[;；)）,，])")
_INSIDE = late(r"[（(;；]")
_LONGEST = 140  # code points of one citation
_AUTHOR = late(
    r"(?:see |e\.g\. |e\.g\., |cf\. |参见|见|如)?"
    r"((?:[A-Z\u4e00-\u9fff][^\d（()）;；。]{1,130}?))\Z"
)
_HEADING = late(
    r"^[ \t#*]{0,20}(?:参\s?考\s?文\s?献|References?|REFERENCES|Bibliography|Works Cited)[ \t:：*]{0,20}$", re.MULTILINE
)
_ENTRY = late(r"^[ \t]{0,20}(?:\[(\d{1,3})\]|(\d{1,3})\.\s)?[ \t]{0,20}(\S[^\n]{15,600})$", re.MULTILINE)
_NUMBERS = late(r"\[(\d{1,3}(?:\s?[-–,，]\s?\d{1,3}){0,8})\]")
_YEAR = late(r"(?<!\d)((?:19|20)\d\d)[a-z]?(?!\d)")
_CHINESE_TITLE = late(r"[.．:：，,]\s*([^.．\[\]]{4,150}?)\s*\[[A-Z](?:/[A-Z]{2})?\]")
_QUOTED = late('[“"《]([^”"》]{6,200})[”"》]')
_AFTER_YEAR = late(r"[(（]?(?:19|20)\d\d[a-z]?[)）]?[.,:，：]?\s+([^.\n]{8,200})[.\n]")
_SPACES = late(r"\s+")
_MOST_ENTRIES = 2_000


def cited(text: str) -> Iterator[Mention]:
    """Yields citations such as （彭红军等，2023） and (Smith et al., 2019), in text order.

    Where the text has a list of references, numbers in square brackets are citations too, and the name is the title
    that the list gives.
    """
    listed, numbered, begin = _listed(text)
    found = [*_by_author(text, listed, begin)]
    if numbered:
        found += _by_number(text, numbered, begin)
        found.sort(key=lambda each: each.start)
    yield from found


def _by_author(text: str, listed: Mapping[tuple[str, int], str], stop: int) -> Iterator[Mention]:
    end = 0
    for dated in _DATED.finditer(text, 0, stop):
        low = max(end, dated.start() - _LONGEST)
        before = text[low : dated.start()]
        opening = max(before.rfind(mark) for mark in "（(;；")
        if opening < 0 or (before[opening] in ";；" and not _is_open(text, low + opening)):
            continue
        who = _AUTHOR.match(before[opening + 1 :].strip())
        if who is None or not _is_open(text, dated.start()):
            continue
        start = low + opening + 1 + before[opening + 1 :].index(who[1])
        end = dated.end()
        year = int(dated[1])
        said = _SPACES.sub(" ", text[start:end])
        yield Mention(start, end, "author", listed.get((_surname(who[1]), year), said), year)


def _by_number(text: str, numbered: Mapping[int, tuple[str, int | None]], stop: int) -> Iterator[Mention]:
    for found in _NUMBERS.finditer(text, 0, stop):
        for number in re.finditer(r"\d+", found[1]):
            if int(number[0]) in numbered:
                name, year = numbered[int(number[0])]
                start = found.start(1) + number.start()
                yield Mention(start, start + len(number[0]), "author", name, year)


def _is_open(text: str, at: int) -> bool:
    """Whether ``at`` stands inside brackets that opened a little before."""
    before = text[max(0, at - 4 * _LONGEST) : at]
    return max(before.rfind("("), before.rfind("（")) > max(before.rfind(")"), before.rfind("）"))


def _listed(text: str) -> tuple[dict[tuple[str, int], str], dict[int, tuple[str, int | None]], int]:
    """Titles in the list of references by surname and year, and by number, and where the list begins."""
    headings = [*_HEADING.finditer(text)]
    if not headings:
        return {}, {}, len(text)
    begin = headings[-1].start()
    by_author: dict[tuple[str, int], str] = {}
    by_number: dict[int, tuple[str, int | None]] = {}
    for number, entry in enumerate(_ENTRY.finditer(text, headings[-1].end())):
        if number == _MOST_ENTRIES:
            break
        year = _YEAR.search(entry[3])
        title = _title(entry[3])
        if title and year:
            by_author.setdefault((_surname(entry[3]), int(year[1])), title)
        if title and (said := entry[1] or entry[2]):
            by_number.setdefault(int(said), (title, int(year[1]) if year else None))
    return by_author, by_number, begin if by_author or by_number else len(text)


def _title(entry: str) -> str:
    """The title in an entry of the list; empty if it cannot be told."""
    for form in (_QUOTED, _CHINESE_TITLE, _AFTER_YEAR):
        if found := form.search(entry):
            return _SPACES.sub(" ", found[1]).strip()
    return ""


def _surname(authors: str) -> str:
    """The first author's surname, or a Chinese author's whole name."""
    first = re.split(r"[,，、;；.&]|\s+(?:and|et)\b|等|\s*[（(]", authors.strip(), maxsplit=1)[0].strip().lower()
    return first.split(" ")[0] if first.isascii() else first
