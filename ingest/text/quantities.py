"""Finds numbers with sign, currency, power, scale and unit, their ranges, and values after ±."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from sinkqa.ingest.text.amount import Amount, exact
from sinkqa.ingest.text.numerals import HAN, HAN_DIGITS, NUMBER_WORD, read_number
from sinkqa.ingest.text.patterns import late
from sinkqa.ingest.text.units import (
    MONEY,
    MONEY_SCALES,
    SCALE,
    SCALES,
    UnitOfMeasure,
    centigrade,
    money_before,
    read_unit,
)

_MOST_POWER = 30  # of ten, and of another base: what is larger is no amount of this world
_LONGEST_BASE = 5  # digits of a base whose power is worked out

_DIGITS = r"(?:\d{1,30}+(?:,\d{3}(?!\d))*+(?:\.\d{1,30}+)?+|(?<![^\s(<>=~-])\.\d{1,30}+)"
_POWER = r"(?:\s?[x×*·∙∗]\s?10\^(?P<times>[-+]?\d{1,3}+)|\^(?P<power>[-+]?\d{1,3}+))?+"
_HAN = rf"(?<![{HAN}第])[{HAN}]{{1,16}}+(?![{HAN}])(?:点[{HAN_DIGITS}]{{1,16}}+)?+"
_NUMBER = late(
    rf"(?<![a-z\d_^])(?<!\d\.)(?:(?P<digits>{_DIGITS}){_POWER}(?![\d^_])|(?<![a-z\d][-'])(?P<word>{NUMBER_WORD}))"
    rf"|(?P<han>{_HAN})"
)
_SCALE_AT = late(rf"\s?(?P<scale>{SCALE})")
_MONEY_SCALE_AT = late(r"\s?(?P<scale>tn|trn|[mkb])(?![a-z\d])")
_MORE = late(rf"(?P<number>\d{{1,4}}(?:\.\d{{1,9}})?(?![\d.,^_])|[{HAN}]{{1,9}}+)(?P<scale>[万千]?)")
_TAIL = late(rf"\d{{3,4}}|[{HAN}]*[十百千零][{HAN}]*")  # 三万五 is 35,000 in speech
_OF = late(
    r"\s?(?:of )?(co2(?:-?e|[- ]?eq|[- ]equivalent)?|carbon dioxide(?:[- ]equivalent)?|二氧化碳(?:当量)?"
    r"|碳(?!汇|排|当量|配额)|标准煤|标煤|甲烷|ch4|n2o|ce?)(?![a-z\d])"
)
_SUBSTANCES = {
    "二氧化碳": "co2", "carbondioxide": "co2", "二氧化碳当量": "co2e", "co2eq": "co2e", "co2equivalent": "co2e",
    "carbondioxideequivalent": "co2e", "碳": "c", "标准煤": "ce", "标煤": "ce", "甲烷": "ch4",
}  # fmt: skip
_PER = late(r"\s?(?:/|per |每)\s?")
_PER_NAME = late("(?:annum|a|head)(?![a-z\\d])")
_PER_NAMES = {"annum": "year", "a": "year", "head": "person"}
_INVERSE = late(r"\^?-1(?![\d.])")  # t ha-1

_TO = late(r"\s?[~至到]\s?|\s?(?:to|through)\s|\s-\s|-\s?")
_AND = late(r"\s?(?:and\s|和|与)\s?")
_PLUS_MINUS = late(r"\s?(?:±|\+/-|\+-)\s?")
_ENDS_PLUS_MINUS = late(r"(?:±|\+/-|\+-|正负)\s?\Z")
_BETWEEN = late(r"(?<![a-z])between \Z|介于\Z|在\Z")
_MINUS = late(r"(?:负|零下|(?<![a-z])(?:minus|negative) )\Z")
_MINUS_AT = late(r"-(?=[\d.$€£¥])|负|零下|(?:minus|negative) ")
_CURRENCY = "$€£¥₹₩₽"
_TIED = late(r"[a-z\d)\]%‰'’-]")  # behind one of these a hyphen joins
_IS_HAN = late("[\u3400-\u9fff]")
_SAYS_SO = frozenset("为是达至到约近于从由计值率量")  # 排放量为-2: behind other characters a hyphen may join 附件-2


class Text(NamedTuple):
    """A text in two forms with the same positions: without capitals and with them."""

    folded: str
    cased: str


@dataclass(frozen=True, slots=True)
class Measure:
    """The unit of a number, and its end. ``unit`` includes all units after "per".

    ``written``: the unit as written; ``of``: the substance.
    """

    unit: UnitOfMeasure
    end: int
    written: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class _Number:
    """A number as written at ``start``..``end``, with its scale and unit, before conversion.

    ``is_plain``: digits only. ``is_complete``: a scale or unit follows it.
    """

    start: int
    end: int
    written: str
    value: Decimal
    scale: int
    measure: Measure | None
    is_plain: bool
    is_complete: bool
    is_negative: bool = False


def quantities(source: Text, low: int, high: int) -> Iterator[Amount]:
    """Yields the numbers between two places of a text, in order. Years, dates and ordinals were read before."""
    end = low
    for match in _NUMBER.finditer(source.folded, low, high):
        if match.start() < end or not (first := _number(source, match, end, high)):
            continue
        amount = _spread(source, first, high) or _range(source, first, end, high) or _single(source, first, end)
        if amount:
            yield amount
            end = amount.end


def measure(source: Text, place: int, end: int, *, attached: bool = True) -> Measure | None:
    """Returns the unit after a number that ends at ``place``, with its substance and "per"."""
    folded, cased = source
    found = centigrade(folded, cased, place, end) if attached else None
    start = place + (folded[place : place + 1] in (" ", "-", "\u00a0") and place < end)
    found = found or read_unit(folded, cased, start, end)
    if not found or _belongs_ahead(folded, found, start):
        return None
    unit, stop = found
    written, of = cased[start:stop].strip(), ""
    if not unit.counter and (substance := _OF.match(folded, stop, end)):
        named = re.sub("[- ]", "", substance[1])
        of, stop = _SUBSTANCES.get(named, named), substance.end()
    while per := _per(source, stop, end):
        each, stop = per
        name = each.dimension or each.counter
        unit = unit._replace(dimension=f"{unit.dimension}/{name}", factor=unit.factor / each.factor)
        unit = unit._replace(unsure=unit.unsure or each.unsure)
    return Measure(unit, stop, written, of)


def _belongs_ahead(folded: str, found: tuple[UnitOfMeasure, int], start: int) -> bool:
    """Whether a currency sign belongs to the next amount: 3 $5."""
    unit, stop = found
    return unit.dimension in MONEY and not folded[start].isalpha() and folded[stop : stop + 2].strip()[:1].isdecimal()


def _per(source: Text, place: int, end: int) -> tuple[UnitOfMeasure, int] | None:
    folded, cased = source
    if match := _PER.match(folded, place, end):
        if name := _PER_NAME.match(folded, match.end(), end):
            return UnitOfMeasure(_PER_NAMES[name[0]]), name.end()
        found = read_unit(folded, cased, match.end(), end)
        return found if found and (found[0].dimension or found[0].counter) else None
    start = place + (folded[place : place + 1] in (" ", "·"))
    found = (
        (UnitOfMeasure("year"), start + 1) if folded.startswith("a-1", start) else read_unit(folded, cased, start, end)
    )
    if found and (inverse := _INVERSE.match(folded, found[1], end)):
        return found[0], inverse.end()
    return None


def _number(source: Text, match: re.Match[str], low: int, high: int) -> _Number | None:
    """The number of a match with its scale, sign, currency and unit; None if it is not one."""
    folded = source.folded
    written = match["digits"] or match["word"] or match["han"]
    value = read_number(written)
    if value is None or (value := _raised(match, value)) is None:
        return None
    money = money_before(folded, low, match.start()) if match["digits"] else None
    owed = match["digits"] and not money and folded[match.start() - 1 : match.start()] == "-"  # $-5
    money = money_before(folded, low, match.start() - 1) if owed else money
    start, end = money[1] if money else match.start(), match.end()
    value, scale, end = _scaled(folded, value, end, high, has_money=money is not None, is_han=match["han"] is not None)
    counted = measure(source, end, high, attached=match["digits"] is not None and scale == 1)
    if money and (not counted or counted.unit.dimension.partition("/")[0] not in MONEY):
        counted = _paid(source, money, match.start(), end, high)
    is_measured = counted is not None or scale > 1 or "." in written
    sign = start if owed and money else _sign_before(folded, low, start, is_measured=is_measured)
    is_plain = match["digits"] is not None and written.isdecimal() and end == match.end() and not match["power"]
    return _Number(
        start=start if sign is None else sign,
        end=counted.end if counted else end,
        written=written,
        value=value,
        scale=scale,
        measure=counted,
        is_plain=is_plain and counted is None,
        is_complete=scale > 1 or (counted is not None and counted.end > end),
        is_negative=sign is not None,
    )


def _paid(source: Text, money: tuple[UnitOfMeasure, int], start: int, end: int, high: int) -> Measure:
    """A currency before the number, with anything it is counted per after the number."""
    unit = money[0]
    while per := _per(source, end, high):
        each, end = per
        name = each.dimension or each.counter
        unit = unit._replace(dimension=f"{unit.dimension}/{name}", factor=unit.factor / each.factor)
    return Measure(unit, end, source.cased[money[1] : start].strip())


def _raised(match: re.Match[str], value: Decimal) -> Decimal | None:
    """The value with its power; None if the power is absurdly large."""
    if times := match["times"]:
        return value.scaleb(int(times)) if abs(int(times)) <= _MOST_POWER else None
    if power := match["power"]:
        exponent = int(power)
        if abs(exponent) > _MOST_POWER or len(match["digits"]) > _LONGEST_BASE or not value:
            return None
        return Decimal(value) ** exponent
    return value


def _scaled(
    folded: str, value: Decimal, end: int, high: int, *, has_money: bool, is_han: bool
) -> tuple[Decimal, int, int]:
    """The value, its scale and the end of both: 1亿2000万 is 12000 × 10,000."""
    if has_money and (letter := _MONEY_SCALE_AT.match(folded, end, high)):
        return value, MONEY_SCALES[letter["scale"]], letter.end()
    if not (match := _SCALE_AT.match(folded, end, high)):
        return value, 1, end
    scale, end = SCALES[match["scale"]], match.end()
    if match["scale"].isascii():
        while scale < 10**12 and (further := _SCALE_AT.match(folded, end, high)) and further["scale"].isascii():
            scale, end = scale * SCALES[further["scale"]], further.end()
        return value, scale, end
    for _ in range(2):
        more = _MORE.match(folded, end, high)
        if not more or more["number"][0].isdecimal() == is_han:
            break
        part, below = read_number(more["number"]), SCALES.get(more["scale"], 1)
        if part is None or part * below >= scale or not (below > 1 or _TAIL.fullmatch(more["number"])):
            break
        value, scale, end = value * scale / below + part, below, more.end()
    return value, scale, end


def _sign_before(folded: str, low: int, start: int, *, is_measured: bool) -> int | None:
    """The start of a minus sign before a number, or None. A hyphen that joins words or a range is not a sign."""
    if word := _MINUS.search(folded, max(low, start - 9), start):
        is_plus_minus = word[0] == "负" and folded[word.start() - 1 : word.start()] == "正"
        return None if is_plus_minus else word.start()
    if start <= low or folded[start - 1] != "-":
        return None
    before = folded[start - 2 : start - 1] if start - 2 >= 0 else ""
    if _TIED.match(before) or (_IS_HAN.match(before) and not is_measured and before not in _SAYS_SO):
        return None
    return start - 1


def _next(source: Text, place: int, high: int) -> _Number | None:
    """The number that begins at a place, with sign and currency before it."""
    folded = source.folded
    sign = _MINUS_AT.match(folded, place, high)
    start = sign.end() if sign else place
    digits = start
    while digits < min(high, start + 6) and not folded[digits].isdecimal() and folded[digits] not in HAN:
        digits += 1
    match = _NUMBER.match(folded, start, high)
    if not match and digits < high and (money := money_before(folded, start, digits)) and money[1] == start:
        match = _NUMBER.match(folded, digits, high)
    if not match or not (number := _number(source, match, place, high)):
        return None
    is_negative = sign is not None
    return (
        number
        if number.start == place and number.is_negative == is_negative
        else replace(number, start=place, is_negative=is_negative)
    )


def _range(source: Text, first: _Number, low: int, high: int) -> Amount | None:
    """The range that a number begins, or None."""
    folded = source.folded
    between = _BETWEEN.search(folded, max(low, first.start - 9), first.start)
    link = _TO.match(folded, first.end, high) or (between and _AND.match(folded, first.end, high))
    if not link or (link[0] == "-" and _goes_on_before(folded, first.start)):
        return None
    if not (last := _next(source, link.end(), high)):
        return None
    if "-" in link[0] and (last.is_negative or _goes_on(folded, last.end)):
        return None
    ours, theirs = first.measure, last.measure
    if theirs is None and first.measure and source.folded[first.start] in f"{_CURRENCY}abcdefghijklmnopqrstuvwxyz":
        theirs = first.measure  # $5 to 10 million
    if ours and (not theirs or ours.unit.dimension != theirs.unit.dimension or ours.unit.unsure != theirs.unit.unsure):
        return None
    top = _value(last, theirs)
    bottom = _value(first if first.is_complete else replace(first, scale=last.scale), ours or theirs)
    if bottom > top and not first.is_complete:
        bottom = _value(first, ours or theirs)
    if not _counts(last, theirs) or ("-" in link[0] and bottom > top):
        return None
    begin = between.start() if between and "between" in between[0] else first.start
    end = theirs.end if theirs and theirs is last.measure else last.end
    return _amount(source, replace(last, start=begin, end=end), theirs, bottom, top)


def _goes_on(folded: str, end: int) -> bool:
    """Whether digits follow a range: 1-2-3 is an identifier."""
    return folded[end : end + 1] == "-" and folded[end + 1 : end + 2].isdecimal()


def _goes_on_before(folded: str, start: int) -> bool:
    return folded[start - 1 : start] == "-" and folded[max(0, start - 2) : start - 1].isdecimal()


def _spread(source: Text, first: _Number, high: int) -> Amount | None:
    """The amount with its value after ±."""
    sign = _PLUS_MINUS.match(source.folded, first.end, high)
    if not sign or not (last := _next(source, sign.end(), high)):
        return None
    ours = first.measure or last.measure
    scale = first.scale if first.is_complete else last.scale
    value = _value(replace(first, scale=scale), ours)
    around = exact(_value(last, last.measure or ours))
    if last.measure and ours and last.measure.unit.dimension != ours.unit.dimension:
        around = f"{around} {last.measure.unit.dimension}"
    number = replace(first, end=last.end, scale=scale)
    return replace(_amount(source, number, ours, value, value), spread=around)


def _single(source: Text, number: _Number, low: int) -> Amount | None:
    if not _counts(number, number.measure):
        return None
    value = _value(number, number.measure)
    if around := _ENDS_PLUS_MINUS.search(source.folded, max(low, number.start - 4), number.start):
        return _amount(source, replace(number, start=around.start()), number.measure, -value, value)
    amount = _amount(source, number, number.measure, value, value)
    is_year = number.is_plain and not number.is_negative and len(number.written) == 4 and 1500 <= value < 2200
    return replace(amount, kind="year") if is_year else amount


def _counts(number: _Number, counted: Measure | None) -> bool:
    """Whether a Chinese numeral counts. It may be part of a word, so it needs a scale or unit, or two characters."""
    if number.written[0] not in HAN:
        return True
    return number.scale > 1 or (number.written != "一" and (len(number.written) > 1 or counted is not None))


def _value(number: _Number, counted: Measure | None) -> Decimal:
    """The value of a number in base units."""
    factor = counted.unit.factor if counted else Fraction(1)
    value = number.value * number.scale * factor.numerator / factor.denominator
    return -value if number.is_negative else value


def _amount(source: Text, number: _Number, counted: Measure | None, low: Decimal, high: Decimal) -> Amount:
    unit = counted.unit if counted else UnitOfMeasure("")
    return Amount(
        kind="number",
        low=low,
        high=high,
        dimension=unit.dimension,
        said=source.cased[number.start : number.end].strip(),
        start=number.start,
        end=number.end,
        of=counted.of if counted else "",
        step=abs(_step(number.written) * number.scale * unit.factor.numerator / unit.factor.denominator),
        counter=unit.counter,
        unsure=unit.unsure,
        unit=counted.written if counted else "",
    )


def _step(written: str) -> Decimal:
    """The value of the last significant digit: 0.1 for 12.5, 100 for 1,200."""
    digits = written.replace(",", "")
    if not digits[0].isdecimal() and digits[0] != ".":
        return Decimal(1)
    if "." in digits:
        return Decimal(1).scaleb(-len(digits.partition(".")[2]))
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0") or "0"))
