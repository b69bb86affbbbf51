"""Finds the year in which a document was issued, in its own text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePath

from sinkqa.ingest.text.numerals import ERAS, MONTHS, era_year

_OPENING, _ENDING = 1_500, 800  # characters
_LAST_LINES = 15
_MAX_DATE_LINE = 90  # a date of issue stands in a short line; in prose a date may say anything
_YEAR = r"(1[89]\d\d|20\d\d)"
_MONTHS = f"(?:{'|'.join(MONTHS)})"
_DAY = rf"{_YEAR}年\s?\d{{1,2}}月\s?\d{{1,2}}日"
_ENGLISH_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTHS},?\s{_YEAR}|{_MONTHS}\s\d{{1,2}},\s{_YEAR})"
_ACT_YEAR = re.compile(rf"\b(?:Act|Law|Order|Code|Regulations?|Rules|Agreement|Protocol)\s{_YEAR}\b")
_BRACKETED_YEAR = re.compile(rf"[（(\[]\s*{_YEAR}(?!\d)")
# 令和六年 and 令和6年, but not the fiscal year 令和6年度: a report may cover that year long after it.
_JAPANESE_YEAR = re.compile(rf"({'|'.join(ERAS)})([元〇一二三四五六七八九十]{{1,3}}|\d{{1,2}})年(?!度)")
_ENACTED = re.compile(
    rf"{_YEAR}年\d{{1,2}}月\d{{1,2}}日[^。]{{0,60}}?(?:通过|公布|发布|印发|修订|修正|修改|令第)(?!了)"
)
# On the cover of a standard, digits often set apart: 2031 -08 -31 发布, GB 34330—2031.
_STANDARD = re.compile(
    rf"{_YEAR}\s?[-—.]\s?\d\d\s?[-—.]\s?\d\d\s*(?:发布|發布|批准)"
    rf"|\[법률 제\d+호, {_YEAR}\."
    rf"|^(?:GB|HJ|LY|NY|DL|DB\d*|JB|JIS|ISO|BS|EN)\S{{0,4}}\s?[A-Z]?\s?[\d.]+\s?[—–:-]\s?{_YEAR}$"
)
_DOCUMENT_NUMBER = re.compile(
    rf"[\u4e00-\u9fff]{{1,10}}\s?[〔\[【（(]\s?{_YEAR}\s?[〕\]】）)]\s?第?\s?\d+\s?号"
)  # 国发〔2031〕7号
# A journal's imprint carries its day, whatever else the line holds.
_IMPRINT = re.compile(rf"\bVol\.?\s?\d+\b.*?(?:{_ENGLISH_DAY}|\b{_YEAR}\b)")
_FIELD = re.compile(
    r"(?:发布(?:日期|时间)|公布日期|成文日期|印发日期|発行日|公開日"
    r"|[Pp]ublished(?: on)?|PUBLISHED|[Ii]ssued(?: on)?|ISSUED|Dated?)"
    rf"\s?[:：]?\s?(?:\w+,\s)?(?:\d{{1,2}}\s)?(?:{_MONTHS}\s)?(?:\d{{1,2}},\s)?{_YEAR}\b"
)
_ISSUED = re.compile(
    rf"(?:Date of assent|Brussels,|Done at|Signed)[^\n]{{0,40}}?\b{_YEAR}\b|\d{{1,2}}\s{_MONTHS},?\s{_YEAR}\b"
    rf"|{_MONTHS}\s\d{{1,2}},\s{_YEAR}\b|{_YEAR}年\d{{1,2}}月(?:\d{{1,2}}日)?[）)]?$"
)
_SIGNED = re.compile(rf"(?:[\w .,()]{{0,40}}[\s,])?{_ENGLISH_DAY}\.?|[\u4e00-\u9fff\s]{{0,30}}{_DAY}")
# 自公布之日（2031年10月20日）起施行
_ON_PUBLICATION = re.compile(rf"自(?:公布|发布|印发)之日\W{{0,4}}{_DAY}")
_COPYRIGHT = re.compile(rf"(?:©|\(c\)|Copyright)\s?(?:[A-Z][\w ]{{2,40}},?\s)?{_YEAR}\b", re.IGNORECASE)
# In force from January on means decided in the year before, as a rule: that says nothing certain.
_IN_FORCE = re.compile(rf"自{_YEAR}年(?:[3-9]|1[0-2])月\d{{1,2}}日起(?:施行|实施|执行)")


def enactment_year(title: str | None) -> int | None:
    """Returns the year that belongs to the title: ``… Act 2002``, ``…（2021年9月22日）``.

    Never a target or a period.
    """
    found = _ACT_YEAR.search(title or "") or _BRACKETED_YEAR.search(title or "")
    return int(found[1]) if found else None


def is_set_apart(line: str) -> bool:
    """Whether a line is set like a name, a heading or a date.

    A short line of prose is not; a date in it may be any date.
    """
    words = [word for word in re.findall(r"[A-Za-z][\w'’-]+", line) if len(word) > 3]
    named = sum(word[0].isupper() for word in words) >= 0.6 * len(words)
    return named and not re.search("[。；].|，.*，", line)


def revision_year(text: str) -> int | None:
    """Returns the last year of enactment, publication or revision in the text above the body."""
    years = [int(year) for line in text[:_OPENING].splitlines() for year in _ENACTED.findall(line.strip())]
    return max(years, default=None)


def issue_year(title: str, text: str, name: str) -> int | None:
    """Returns the year in which a document was issued, from its title, text or file name; None if none gives it.

    The opening has priority over the end. Of several enactments and revisions in the opening, the latest counts.
    """
    if (enacted := enactment_year(title)) is not None:
        return enacted
    if (opened := _year_of_opening(text[:_OPENING])) is not None:
        return opened
    ending = text[-_ENDING:]
    closing = [line.strip().strip("*_") for line in ending.splitlines() if line.strip()][-_LAST_LINES:]
    signed = _first(match for line in closing if (match := _SIGNED.fullmatch(line)))
    named = re.search(rf"(?<!\d){_YEAR}(?!\d)", PurePath(name).stem)
    return (
        _first(_ON_PUBLICATION.finditer(ending.replace("*", "")))
        or signed
        or _first(_COPYRIGHT.finditer(f"{text[:_OPENING]}\n{ending}"))
        or (int(named[1]) if named else None)
        or _first(_IN_FORCE.finditer(ending))
    )


def _year_of_opening(opening: str) -> int | None:
    if era := _JAPANESE_YEAR.search(opening[:200]):
        return era_year(era[1], era[2])
    lines = [line.strip() for line in opening.splitlines()]
    if (enacted := revision_year(opening)) is not None:
        return enacted
    short = [line for line in lines if len(line) <= _MAX_DATE_LINE and is_set_apart(line)]
    found = [pattern.search(line) for line in short for pattern in (_STANDARD, _FIELD)]
    found += map(_DOCUMENT_NUMBER.fullmatch, short)
    imprints = [_IMPRINT.search(line) for line in lines[:3]]
    return _first(filter(None, [*found, *imprints, *map(_ISSUED.search, short)]))


def _first(found: Iterable[re.Match[str]]) -> int | None:
    """The year in the first match. Patterns hold it in one of several groups."""
    match = next(iter(found), None)
    return int(next(filter(None, match.groups()))) if match else None
