"""Reads the dates of legal texts in their source: with spaces and line breaks inside, Chinese numerals and eras."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence

from sinkqa.ingest.text.numerals import ERAS, MONTHS, era_year, read_numeral
from sinkqa.ingest.text.patterns import late

_MONTH = f"({'|'.join(MONTHS)})"
_DIGITS = "〇一二三四五六七八九"
_HAN_YEAR = "[〇零○一二三四五六七八九]{4}"
_NUMBER = r"(\d{1,2}|[〇一二三四五六七八九十]{1,3})"
_MONTH_AND_DAY = rf"年(?:\s{{0,2}}{_NUMBER}\s{{0,2}}月(?:\s{{0,2}}{_NUMBER}\s{{0,2}}[日号])?)?"
DATE = (
    rf"(?:(?:\d{{4}}|{_HAN_YEAR}|(?:{'|'.join(ERAS)})(?:元|\d{{1,2}}|[一二三四五六七八九十]{{1,3}}))\s{{0,2}}"
    r"年\s{0,2}[\d一二三四五六七八九十]{1,3}\s{0,2}月\s{0,2}[\d一二三四五六七八九十]{1,3}\s{0,2}[日号])"
)
"""Matches a date in Chinese or Japanese down to its day, in a text with half-width digits."""

_Read = Callable[[re.Match[str]], tuple[int, int, int]]


def _eastern(found: re.Match[str]) -> tuple[int, int, int]:
    year = int(found[1]) if found[1].isdecimal() else read_numeral(found[1].replace("○", "〇")) or 0
    return year, _number(found[2]), _number(found[3])


def _of_era(found: re.Match[str]) -> tuple[int, int, int]:
    return era_year(found[1], found[2]), _number(found[3]), _number(found[4])


def _number(written: str | None) -> int:
    if not written:
        return 0
    if written.isdecimal():
        return int(written)
    return read_numeral(written) or int(
        "".join(str("〇一二三四五六七八九".find(each) % 100) for each in written)
    )  # 一七


def _month(name: str) -> int:
    return MONTHS.index(name.capitalize()) + 1


_FORMS: Sequence[tuple[re.Pattern[str], _Read]] = (
    (late(rf"(?<!\d)(\d{{4}}|{_HAN_YEAR})\s{{0,2}}{_MONTH_AND_DAY}"), _eastern),
    (late(rf"({'|'.join(ERAS)})\s?(元|\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?{_MONTH_AND_DAY}"), _of_era),
    (
        late(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+day)?(?:\s+of)?\s+{_MONTH},?\s+(\d{{4}})\b", re.IGNORECASE),
        lambda found: (int(found[3]), _month(found[2]), int(found[1])),
    ),
    (
        late(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE),
        lambda found: (int(found[3]), _month(found[1]), int(found[2])),
    ),
    (late(rf"\b{_MONTH},?\s+(\d{{4}})\b", re.IGNORECASE), lambda found: (int(found[2]), _month(found[1]), 0)),
    (
        late(r"(?<![\d.])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)"),
        lambda found: (int(found[1]), int(found[3]), int(found[4])),
    ),
    (
        late(r"(?<![\d.])(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})(?!\.?\d)"),
        lambda found: (int(found[3]), int(found[2]), int(found[1])),
    ),
)


def first_date(words: str, *, to_the_day: bool = False) -> str:
    """Returns the first date in a short text as YYYY-MM-DD, YYYY-MM or YYYY; empty if there is none.

    ``to_the_day``: only dates that name a day count.
    """
    folded = unicodedata.normalize("NFKC", words)
    found = sorted(
        (match.start(), -match.end(), read(match)) for pattern, read in _FORMS for match in pattern.finditer(folded)
    )
    dates = (_iso(*date) for _, _, date in found)
    return next((date for date in dates if len(date) == 10 or (date and not to_the_day)), "")


def later(date: str, *, years: int = 0, months: int = 0, days: int = 0) -> str:
    """Returns the date so much later; a partial date unchanged by what it does not name."""
    if len(date) < 10:
        return str(int(date[:4]) + years) + date[4:] if date and not months else ""
    day = datetime.date.fromisoformat(date)
    month = day.month - 1 + months + 12 * years
    year = day.year + month // 12
    if not 1 <= year <= 9_000:
        return ""
    last = min(day.day, _days(year, month % 12 + 1))
    return (datetime.date(year, month % 12 + 1, last) + datetime.timedelta(days=days)).isoformat()


def _days(year: int, month: int) -> int:
    """The number of days of a month."""
    begins = datetime.date(year + month // 12, month % 12 + 1, 1)
    return (begins - datetime.timedelta(days=1)).day


def _iso(year: int, month: int, day: int) -> str:
    if not 1800 <= year < 2200:
        return ""
    try:
        datetime.date(year, month or 1, day or 1)
    except ValueError:
        return ""
    return f"{year}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if month and day else "")
