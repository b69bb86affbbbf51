"""Query step of the flow: other ways to write the amounts and articles that a question names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from ingest.text.analyzer import terms_of, units
from ingest.text.numerals import read_numeral, write_numeral

_SCALES = {
    "万亿": 10**12, "亿": 10**8, "万": 10**4, "百万": 10**6, "千万": 10**7, "十亿": 10**9,
    "trillion": 10**12, "billion": 10**9, "bn": 10**9, "million": 10**6, "mn": 10**6, "thousand": 1000,
}  # fmt: skip
_CHINESE_SCALES = ("万亿", "亿", "万")
_ENGLISH_SCALES = ("trillion", "billion", "million")
_TONNE_PREFIXES = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**6, "p": 10**9}  # Tg and Pg count grams

# What is counted: its Chinese name, and how else it is written. Grams stand for tonnes in "Tg" and "Pg" alone.
_COUNTED = {
    "吨": r"吨|(?:metric )?ton(?:ne)?s?|t",
    "公顷": r"公顷|hectares?|ha",
    "亩": r"亩|mu",
    "平方公里": r"平方公里|平方千米|(?:square |sq )(?:kilomet(?:er|re)s?|km)|km2",
    "立方米": r"立方米|cubic met(?:er|re)s?|m3",
    "美元": r"美元|us dollars?|dollars?|usd",
    "欧元": r"欧元|euros?|eur",
    "元": r"元|yuan|rmb|cny",
}
_NUMERAL = "[零〇一二两三四五六七八九十百千]"
_AMOUNT = re.compile(
    rf"(?:(?<![\d.])(?P<digits>\d+(?:,\d\d\d)*(?:\.\d+)?)|(?P<han>{_NUMERAL}+))"
    rf"(?:\s?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})(?![a-z]))?"
    r"(?:\s?(?:(?P<prefix>[kmg])t|(?P<grams>[tp])g)(?:co2(?:-?eq?)?|ce?)?(?![a-z0-9])|\s?(?:"
    + "|".join(f"(?P<u{number}>{written})" for number, written in enumerate(_COUNTED.values()))
    + ")(?![a-z0-9]))?"
)
_SHARE = re.compile(rf"百分之(?P<whole>{_NUMERAL}+)(?:点(?P<part>[零〇一二三四五六七八九]+))?")
_ORDINAL = re.compile(
    rf"第(?P<han>{_NUMERAL}+)(?P<level>[条章款])|(?P<name>article|chapter|paragraph) (?P<digits>\d\d?\d?)\b"
)
_LEVELS = {"条": "article", "章": "chapter", "款": "paragraph"}
_TELLING_DIGITS = 3  # so many significant digits and a number is looked for by itself


class Variants(NamedTuple):
    """A stretch of a folded text, and other wordings of it: each is index terms that must all stand."""

    said: str
    otherwise: list[tuple[str, ...]]


def variants(folded: str) -> Iterator[Variants]:
    """Amounts with a scale or unit, Chinese numerals and numbered articles that can be written in another way.

    ``12.57亿吨`` is also ``1.257 billion``, ``1257 million``, ``125700万吨`` and ``1257 Mt``. Years and plain numbers
    are left alone; so is a Chinese numeral that may be part of a word.
    """
    for match in _SHARE.finditer(folded):
        if (whole := read_numeral(match["whole"])) is not None:
            part = "".join(str(read_numeral(char) or 0) for char in match["part"] or "")
            yield _variants(match, [f"{whole}.{part}" if part else str(whole)])
    for match in _ORDINAL.finditer(folded):
        yield _variants(match, _other_ordinal(match))
    for match in _AMOUNT.finditer(folded):
        if wordings := list(_other_amounts(match)):
            yield _variants(match, wordings)


def _variants(match: re.Match[str], wordings: list[str]) -> Variants:
    return Variants(match[0], [tuple(dict.fromkeys(terms_of(units(wording)))) for wording in wordings])


def _other_ordinal(match: re.Match[str]) -> list[str]:
    if match["han"]:
        number = read_numeral(match["han"])
        return [f"{_LEVELS[match['level']]} {number}"] if number else []
    level = next(han for han, name in _LEVELS.items() if name == match["name"])
    return [f"第{write_numeral(int(match['digits']))}{level}"] if int(match["digits"]) else []


def _other_amounts(match: re.Match[str]) -> Iterator[str]:
    number = Decimal(match["digits"].replace(",", "") if match["digits"] else read_numeral(match["han"]) or 0)
    if not number:
        return
    prefix = _TONNE_PREFIXES[match["prefix"] or match["grams"]] if match["prefix"] or match["grams"] else 1
    value = number * _SCALES.get(match["scale"], 1) * prefix
    if value < 10**4 and not match["scale"] and prefix == 1:
        if match["han"] and len(match["han"]) > 1:
            yield str(number)
        return
    counted = "吨" if prefix > 1 else next((c for n, c in enumerate(_COUNTED) if match[f"u{n}"]), "")
    for scale in (*_ENGLISH_SCALES, *_CHINESE_SCALES, ""):
        if mantissa := _mantissa(value / _SCALES.get(scale, 1)):
            telling = len(mantissa.replace(".", "").strip("0")) >= _TELLING_DIGITS
            if scale in _ENGLISH_SCALES:
                yield f"{mantissa} {scale}"
            elif counted and scale:
                yield f"{mantissa}{scale}{counted}"
            if telling and scale not in _ENGLISH_SCALES:
                yield mantissa
    if counted == "吨":
        for symbol, size in (("mt", 10**6), ("gt", 10**9)):
            if mantissa := _mantissa(value / size):
                yield f"{mantissa} {symbol}"


def _mantissa(value: Decimal) -> str:
    """The number as it would be written before a scale; empty where nobody would."""
    text = f"{value.normalize():f}"
    return text if Decimal("0.01") <= value < 10**7 and len(text) <= 8 else ""
