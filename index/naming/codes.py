"""Normalises the numbers by which documents are cited."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sinkqa.ingest.text.numerals import read_numeral
from sinkqa.ingest.text.patterns import late

_BODIES = "GB|HJ|DB\\d{0,2}|LY|NY|DL|QX|SL|JJG|JJF|TD|HY|ISO|IEC|JIS|EN|BS"  # of standards: number after a space, too
_MONEY = "USD|RMB|CNY|EUR|GBP|NZD|AUD|JPY|CAD"
_FORMS = {
    "EO": late(
        r"(?:\b(?i:executive\s+orders?)|\bE\.?O\.?)[\s-]*(?:No\.?\s*|第)?(\d{4,5})\b"
        r"|(\d{4,5})\s*号?(?:总统)?(?:行政命?令|总统令)|(?:行政命?令|总统令)第?\s*(\d{4,5})"
    ),
    "COM": late(r"\bCOM\s?\(?(\d{4})\)?\s?[/ ]?\s?(\d{1,4})\b|\b5(\d{4})(?:PC|DC)0*(\d{1,4})\b"),
    "EU": late(
        r"(?:\((?:EU|EC|EEC)\)\s?(?:No\s)?|\b(?i:Regulation|Directive)\s)(\d{4}[/ ]\d{1,4})\b"
        r"|\b3(\d{4})[RLD]0*(\d{1,4})\b"
    ),
    "DEC": late(r"(?<![\d/])(\d{1,3}/(?:CP|CMA|CMP)\.\d{1,2})(?!\d)"),
    "FCCC": late(r"\bFCCC(/[A-Za-z\d/.]{1,60}\d)"),
    "令": late(
        r"令\s?[（(]?第?\s?(\d{1,4})\s?号|第\s?(\d{1,4})\s?号(?:国务院|主席|省政府|部)?令"
        r"|\b(?:Decree|Order)\s+(?:of the [\w ]{1,60} )?No\.?\s?(\d{1,4})\b"
    ),
    "文": late(r"([\u4e00-\u9fff]{2,6}\s?[〔\[【（(]?\d{4}[〕\]】）)]\s?第?\d{1,4})\s?号"),
    "": late(
        rf"(?<![A-Za-z\d/-])((?:{_BODIES})(?:/[TZ])?[\s/-]?\d{{2,}}(?:\.\d+)?(?:\s?[-—–]\s?\d{{4}})?"
        rf"|(?!{_MONEY})[A-Z]{{2,6}}(?:[-/][A-Z]{{1,6}})*-?\d{{4}}(?!\d)"
        r"|[A-Z]{2,8}(?:-[A-Z]{1,6})*-\d{2,3}-\d{2,4}|AMS-[IVX]+\.[A-Z]+)"
    ),
}
_MARKS = late(r"[\s./—–〔〕\[\]【】（）()-]+")
_VERSION = late(
    r"(?:\b(?i:version|ver\.?)|(?<![A-Za-z])[vV])[\s.]?0*(\d{1,2})(?:\.\d+)*(?![\d%])|第\s?0*(\d{1,2}|[一二三四五六])\s?版"
)


def codes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yields the place and normalised form of each code: ``EO14072``, ``COM2021554``, ``DEC1CP21``, ``ARAM0014``."""
    for family, pattern in _FORMS.items():
        for found in pattern.finditer(text):
            number = "".join(part for part in found.groups() if part)
            yield found.start(), found.end(), family + _MARKS.sub("", number).upper()


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
