"""Finds titles in marks, 《…》, and Japanese laws with the year and number beside them."""

from __future__ import annotations

from collections.abc import Iterator

from sinkqa.index.naming.codes import codes
from sinkqa.index.references.mention import Mention
from sinkqa.ingest.text.numerals import read_numeral
from sinkqa.ingest.text.patterns import late

_MARKS = late("[《》]")
_LONGEST = 160  # code points of a title
_BESIDE = late(r"\s*[（(]\s*([^（()）《》]{4,60}?)\s*[)）]")
_YEAR = late(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_OF_YEAR = late(r"(?:19|20)\d\d\s*(?:年.{0,12}|修[正订]|版|revised)?")
_SPACES = late(r"\s+")
_BETWEEN_HAN = late(r"(?<=[\u3001-\u9fff\uff00-\uffef])\s+|\s+(?=[\u3001-\u9fff\uff00-\uffef])")
_SHORT_FORM = late(
    r"\s*[（(](?:以下|下称|下文)?(?:统?简称|称)?(?:为|作)?\s*[《“\"‘]([^《》“”\"’]{2,40})[》”\"’]\s*[）)]"
)
_ERA = late(
    r"[（(](明治|大正|昭和|平成|令和)([元〇一二三四五六七八九十百\d]{1,4})年"
    r"(?:[一二三四五六七八九十\d]+月[一二三四五六七八九十\d]+日)?(?:法律|政令|勅令|条約)第[〇一二三四五六七八九十百千\d]+号[）)]"
)
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_WORDS = "[一-鿿々ァ-ヶー・]+"
_JOINING = "の|に関する|に係る|のための|による|における|との|に対する|に伴う|を|に|への|する|等の"
_BEFORE_ERA = late(
    rf"(?:{_WORDS}(?:及び|{_JOINING})){{0,9}}{_WORDS}(?:に関する|に伴う)(?:{_WORDS}の)?{_WORDS}\Z"
    rf"|(?:{_WORDS}(?:{_JOINING})){{0,9}}{_WORDS}\Z"
)
_PLACE_BEFORE = late(r"^.*?第[一二三四五六七八九十百\d]+[条項号]中")
_FARTHEST = 100  # code points of a law's name


def titled(text: str) -> Iterator[Mention]:
    """Yields every title in marks, in text order, with the year or number in brackets behind it.

    A title inside a title is part of it. A short form that the text gives to a title stands for that title.
    """
    meant: dict[str, tuple[str, int | None, str]] = {}
    for start, end in _pairs(text):
        name = plain(text[start + 1 : end - 1])
        if len(name) < 2 or not any(each.isalnum() for each in name):
            continue
        behind, year, code = _beside(text, end)
        if not (year or code) and name in meant:
            name, year, code = meant[name]
        if short := _SHORT_FORM.match(text, behind):
            meant.setdefault(plain(short[1]), (name, year, code))
        yield Mention(start, behind, "title", name, year, code)


def japanese_laws(text: str) -> Iterator[Mention]:
    """Yields laws such as 森林法（昭和二十六年法律第二百四十九号）, in text order."""
    for found in _ERA.finditer(text):
        before = text[max(0, found.start() - _FARTHEST) : found.start()]
        if (name := _BEFORE_ERA.search(before)) is None:
            continue
        word = _PLACE_BEFORE.sub("", name[0])
        number = 1 if found[2] == "元" else read_numeral(found[2])
        year = _ERAS[found[1]] + number if number else None
        if len(word) > 1 and word.endswith(("法", "法律", "令", "条約")):
            yield Mention(found.start() - len(word), found.end(), "name", word, year)


def plain(name: str) -> str:
    """Returns a name on one line, without spaces beside Chinese characters."""
    return _BETWEEN_HAN.sub("", _SPACES.sub(" ", name)).strip()


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Yields where the outermost pairs of marks stand. A mark without its counterpart is passed over."""
    opened: list[int] = []
    kept: list[tuple[int, int]] = []
    for mark in _MARKS.finditer(text):
        at = mark.start()
        if mark[0] == "《":
            opened.append(at)
            continue
        opened = [start for start in opened[-8:] if at - start <= _LONGEST]
        if not opened:
            continue
        start = opened.pop()
        while kept and kept[-1][0] > start:  # inside this one
            kept.pop()
        kept.append((start, at + 1))
        if not opened:
            yield from kept
            kept = []
    yield from kept


def _beside(text: str, end: int) -> tuple[int, int | None, str]:
    """The year and number in the brackets behind a title, and where these end."""
    found = _BESIDE.match(text, end)
    if found is None:
        return end, None, ""
    said = found[1]
    code = next((code for *_, code in codes(said)), "")
    if not code and not _OF_YEAR.fullmatch(said):
        return end, None, ""
    year = _YEAR.search(said)
    return found.end(), int(year[1]) if year else None, code
