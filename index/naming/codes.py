"""Normalises the numbers by which documents are cited."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sinkqa.ingest.text.numerals import read_numeral
from sinkqa.ingest.text.patterns import late

_BODIES = "GB|HJ|DB\\d{0,2}|LY|NY|DL|QX|SL|JJG|JJF|TD|HY|ISO|IEC|JIS|EN|BS"  # of standards: number after a space, too
_MONEY = "USD|RMB|CNY|EUR|GBP|NZD|AUD|JPY|CAD"
_FORMS: dict[str, tuple[re.Pattern[str], ...]] = {
    "EO": (
        late(r"[Ee](?<!\w.)(?:(?i:xecutive\s+orders?)|(?<=E)\.?O\.?)[\s-]*(?:No\.?\s*|第)?(\d{4,5})\b"),
        late(r"(\d{4,5})\s*号?(?:总统)?(?:行政命?令|总统令)|(?:行政命?令|总统令)第?\s*(\d{4,5})"),
    ),
    "COM": (
        late(r"COM(?<!\w...)\s?\(?(\d{4})\)?\s?[/ ]?\s?(\d{1,4})\b"),
        late(r"5(?<!\w.)(\d{4})(?:PC|DC)0*(\d{1,4})\b"),
    ),
    "EU": (
        late(r"\((?:EU|EC|EEC)\)\s?(?:(?:No\s)?(\d{4}[/ ]\d{1,4})\b|No\s(\d{1,4}/(?:19|20)\d\d)\b)"),
        late(r"[RrDd](?<!\w.)(?i:egulation|irective)\s(\d{4}[/ ]\d{1,4})\b"),
        late(r"3(?<!\w.)(\d{4})[RLD]0*(\d{1,4})\b"),
    ),
    "DEC": (late(r"(\d(?<![\d/].)\d{0,2}/(?:CP|CMA|CMP)\.?\d{1,2})(?!\d)"),),
    "FCCC": (late(r"FCCC(?<!\w....)(/[A-Za-z\d/.]{1,60}\d)"),),
    "RES": (late(r"A(?<!\w.)/RES/(\d{1,3}/\d{1,4})\b"),),
    "令": (
        late(r"令\s?[（(]?第?\s?(\d{1,4})\s?号|第\s?(\d{1,4})\s?号(?:国务院|主席|省政府|部)?令"),
        late(r"(?:Decree(?<!\w.{6})|Order(?<!\w.{5}))\s+(?:of the [\w ]{1,60} )?No\.?\s?(\d{1,4})\b"),
    ),
    "文": (late(r"([\u4e00-\u9fff]{2,6}\s?[〔\[【（(]?\d{4}[〕\]】）)]\s?第?\d{1,4})\s?号"),),
    "": (
        late(
            rf"(?<![A-Za-z\d/-])((?:{_BODIES})(?:/[TZ])?[\s/-]?\d{{2,}}(?:\.\d+)?(?:\s?[-—–]\s?\d{{4}})?"
            rf"|(?!{_MONEY})[A-Z]{{2,6}}(?:[-/][A-Z]{{1,6}})*-?\d{{4}}(?!\d)"
            r"|[A-Z]{2,8}(?:-[A-Z]{1,6})*-\d{2,3}-\d{2,4}|AMS-[IVX]+\.[A-Z]+)"
        ),
    ),
}
"""Most begin with a literal, which a long text is searched for at a third of the time. ``(?<!\\w.)`` is its ``\\b``."""
_MARKS = late(r"[\s./—–〔〕\[\]【】（）()-]+")
_VERSION = late(
    r"(?:\b(?i:version|ver\.?)|(?<![A-Za-z])[vV])[\s.]?0*(\d{1,2})(?:\.\d+)*(?![\d%])|第\s?0*(\d{1,2}|[一二三四五六])\s?版"
)


def codes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yields the place and normalised form of each code: ``EO14072``, ``COM2021554``, ``DEC1CP21``, ``ARAM0014``."""
    for family, patterns in _FORMS.items():
        found = [match for pattern in patterns if _may_match(pattern, text) for match in pattern.finditer(text)]
        if len(patterns) > 1:
            found.sort(key=lambda match: match.start())
        end = 0
        for match in found:
            if match.start() >= end:
                end = match.end()
                number = "".join(part for part in match.groups() if part)
                yield match.start(), end, family + _MARKS.sub("", number).upper()


def _may_match(pattern: re.Pattern[str], text: str) -> bool:
    """Whether the text has the Chinese character that a pattern needs. Few long texts have."""
    return next((each for each in "令号" if each in pattern.pattern), "") in text


def versions(text: str) -> tuple[int, ...]:
    """Returns the versions that a text names, in order: ``v2``, ``Version 02.0``, 第二版."""
    return tuple(
        int(number) if number.isdecimal() else read_numeral(number) or 0
        for found in _VERSION.finditer(text)
        for number in (found[1] or found[2],)
    )


def without_edition(code: str) -> Iterator[str]:
    """Yields shorter forms of a code: a standard's without its year, a methodology's without its version."""
    for ending in (r"(?:19|20)\d\d\Z", r"V\d+\Z"):
        if found := re.search(ending, code):
            yield code[: found.start()]


def is_citable(code: str) -> bool:
    """Whether a code belongs to one document only. A law may be cited by its number or by its name."""
    return not code.startswith(("EU", "令", "文"))
