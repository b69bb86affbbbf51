"""Finds other ways to write the amounts and articles in a question."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from sinkqa.ingest.text.amounts import Amount, amounts
from sinkqa.ingest.text.analyzer import terms_of, units
from sinkqa.ingest.text.numerals import HAN, write_numeral
from sinkqa.ingest.text.units import SCALES, UnitOfMeasure, name_of, read_unit

_CHINESE_SCALES = ("万亿", "亿", "万")
_ENGLISH_SCALES = ("trillion", "billion", "million")
_LEVELS = {"article": "条", "chapter": "章", "paragraph": "款"}
_TONNES = (("Mt", 10**6), ("Gt", 10**9))  # symbols that a mass is also written with
_TELLING_DIGITS = 3  # so many significant digits and a number is looked for by itself
_NO_SCALES = ("千", "hundred")  # parts of a numeral: 一千二百
_LARGE = 10**4  # from here on numbers are written with a scale, in one language or the other


class Wording(NamedTuple):
    """Another way to write an amount.

    ``sought``: the part to search for, because units are written in too many ways.
    """

    text: str
    sought: str


class Variants(NamedTuple):
    """A stretch of a text, its other wordings, and their index terms. All terms of a wording must occur."""

    said: str
    wordings: list[Wording]

    @property
    def otherwise(self) -> list[tuple[str, ...]]:
        """Returns the terms of each wording."""
        return [tuple(dict.fromkeys(terms_of(units(wording.sought)))) for wording in self.wordings]


def variants(text: str) -> Iterator[Variants]:
    """Yields amounts with a scale or unit, Chinese numerals and numbered articles, with the other ways to write them.

    ``12.57亿吨`` is also ``1.257 billion``, ``1257 million``, ``125700万吨`` and ``1257 Mt``. Years, plain numbers, and
    Chinese numerals that may be part of a word are skipped. The text has the form that :func:`amounts` reads. If that
    function reads a wording, it finds the same amount.
    """
    for amount in amounts(text):
        if wordings := list(_wordings(amount)):
            yield Variants(amount.said, wordings)


def _wordings(amount: Amount) -> Iterator[Wording]:
    if amount.kind == "year":
        if amount.said[0] in HAN:
            yield Wording(f"{amount.low}年", str(amount.low))
    elif amount.dimension in _LEVELS:
        yield from map(Wording._make, zip(*[_other_ordinal(amount)] * 2, strict=True))
    elif amount.dimension == "share" and amount.said.startswith("百分之"):
        number = f"{_plain(amount.low * 100)}"
        yield Wording(f"{number}%", number)
    elif amount.kind == "number" and not amount.unsure and not amount.spread:
        yield from _other_numbers(amount)


def _other_ordinal(amount: Amount) -> list[str]:
    number = int(amount.low)
    if amount.said.startswith("第"):
        return [f"{amount.dimension} {number}"]
    return [f"第{write_numeral(number)}{_LEVELS[amount.dimension]}"] if 0 < number < 1000 else []


def _other_numbers(amount: Amount) -> Iterator[Wording]:
    unit = _unit(amount)
    if unit is None:
        return
    number, scale_and_unit, rest = _parts(amount)
    ends = [end * unit.factor.denominator / unit.factor.numerator for end in (amount.low, amount.high)]
    has_scale = any(scale in number.lower() for scale in SCALES if scale not in _NO_SCALES)
    if unit.dimension == "tonne" and unit.factor > 1:
        unit, has_scale = UnitOfMeasure("tonne"), True
        ends = [amount.low, amount.high]
    if max(map(abs, ends)) < _LARGE and not has_scale:
        if number[:1] in HAN and len(number) > 1 and amount.low == amount.high:
            digits = _plain(ends[0])
            yield Wording(f"{digits}{scale_and_unit}{rest}", digits)
        return
    yield from _scaled(ends, unit, rest)
    if unit.dimension == "tonne":
        for symbol, size in _TONNES:
            if mantissa := _mantissa(ends, size, " to "):
                yield Wording(f"{mantissa} {symbol}{rest}", f"{mantissa} {symbol}")


def _scaled(ends: list[Decimal], unit: UnitOfMeasure, rest: str) -> Iterator[Wording]:
    english, chinese = (name_of(unit, in_chinese=in_chinese) for in_chinese in (False, True))
    chinese = unit.counter or chinese
    for scale in _ENGLISH_SCALES:
        if mantissa := _mantissa(ends, SCALES[scale], " to "):
            yield Wording(f"{mantissa} {scale} {english}".strip() + rest, f"{mantissa} {scale}")
    for scale in (*_CHINESE_SCALES, ""):
        if mantissa := _mantissa(ends, SCALES.get(scale, 1), "至"):
            whole = f"{mantissa}{scale}{chinese}{rest}"
            if chinese and scale:
                yield Wording(whole, f"{mantissa}{scale}{chinese}")
            if any(len(part.replace(".", "").strip("-0")) >= _TELLING_DIGITS for part in mantissa.split("至")):
                yield Wording(whole, mantissa)


def _unit(amount: Amount) -> UnitOfMeasure | None:
    """The unit that the amount is written in; None for one composed of several units."""
    if not amount.unit:
        return UnitOfMeasure("") if not amount.dimension else None
    found = read_unit(amount.unit.lower(), amount.unit, 0, len(amount.unit))
    return found[0] if found and amount.dimension == found[0].dimension else None


def _parts(amount: Amount) -> tuple[str, str, str]:
    """The text before the unit, the unit, and the text after it (of what)."""
    number, unit, rest = amount.said.partition(amount.unit) if amount.unit else (amount.said, "", "")
    return (number, unit, rest) if number else (rest, "", "")  # $50


def _mantissa(ends: list[Decimal], scale: int, to: str) -> str:
    """The number or range as written before a scale word; empty if nobody would write it so."""
    written = [_plain(end / scale) for end in dict.fromkeys(ends)]
    usual = all(Decimal("0.01") <= abs(end / scale) < 10**7 for end in ends)
    return to.join(written) if usual and all(len(each.lstrip("-")) <= 8 for each in written) else ""


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
