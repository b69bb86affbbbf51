"""Scales, units, currencies and measure words, with all their spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from sinkqa.ingest.text.patterns import late


class UnitOfMeasure(NamedTuple):
    """The unit of a number: ``factor`` base units of ``dimension``. A measure word has the dimension "".

    ``counter``: the measure word of a Chinese count. ``unsure``: the symbol as written, if its case leaves open which
    of two units it means (mw: milliwatt or megawatt).
    """

    dimension: str
    factor: Fraction = Fraction(1)
    counter: str = ""
    unsure: str = ""


SCALES = {
    "万亿": 10**12, "十亿": 10**9, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3,
    "trillion": 10**12, "billion": 10**9, "bn": 10**9, "million": 10**6, "mn": 10**6, "mln": 10**6, "crore": 10**7,
    "lakh": 10**5, "thousand": 10**3, "hundred": 10**2,
}  # fmt: skip
"""Words after a number that multiply it, in folded text."""

MONEY_SCALES = {"m": 10**6, "k": 10**3, "b": 10**9, "tn": 10**12, "trn": 10**12}
"""Letters that multiply a number only after a currency: €5m is not a length."""

# Words, in folded text, the commonest first; (…) may be left out, of (…/…) one stands.
_WORDS: tuple[tuple[str, str, str], ...] = (
    ("tonne", "1e9", "gigaton(ne)(s)"), ("tonne", "1e6", "megaton(ne)(s)|兆吨|teragram(s)"),
    ("tonne", "1e3", "kiloton(ne)(s)|gigagram(s)"), ("tonne", "1", "吨|公吨|(metric )ton(ne)(s)|megagram(s)"),
    ("tonne", "1e-3", "公斤|kilogram(s)|kilogramme(s)"), ("tonne", "1e-6", "克|gram(s)|gramme(s)"),
    ("tonne", "1e-9", "毫克|milligram(s)"),
    ("tonne", "1e-12", "微克|microgram(s)"), ("tonne", "5e-4", "市斤"),
    ("hectare", "1", "公顷|hectare(s)|平方百米"), ("hectare", "1e2", "平方公里|sq(.) km"),
    ("hectare", "1e2", "平方千米|square kilomet(er/re)(s)|sq(.) kilomet(er/re)(s)"),
    ("hectare", "1e-4", "平方米|square met(er/re)(s)|sq(.) m"), ("hectare", "0.40468564224", "英亩|acre(s)"),
    ("hectare", "1/15", "亩|mu"),
    ("cubic metre", "1", "立方米|cubic met(er/re)(s)"), ("cubic metre", "1e9", "立方千米|cubic kilomet(er/re)(s)"),
    ("cubic metre", "1e-3", "升|公升|lit(er/re)(s)"), ("cubic metre", "1e-6", "毫升|millilit(er/re)(s)"),
    ("metre", "1e3", "公里|千米|kilomet(er/re)(s)"), ("metre", "1", "米|met(er/re)(s)"),
    ("metre", "1e-2", "厘米|centimet(er/re)(s)"), ("metre", "1e-3", "毫米|millimet(er/re)(s)"),
    ("metre", "1e-6", "微米|micromet(er/re)(s)"), ("metre", "1852", "海里|nautical mile(s)"),
    ("metre", "1609.344", "英里|mile(s)"),
    ("degree", "1", "摄氏度|度|degree(s)( celsius)|degree(s) c"),
    ("point", "1", "(个)百分点|percentage point(s)|percent point(s)|pp"), ("point", "0.01", "(个)基点|basis point(s)"),
    ("share", "1e-2", "percent|per cent"), ("share", "1e-3", "per mille|per mil|permille"),
    ("times", "1", "倍|times|fold"),
    ("year", "1", "年|year(s)|yr(s)"), ("month", "1", "个月|month(s)"),
    ("working day", "1", "(个)工作日|working day(s)"), ("week", "1", "周|星期|week(s)"),
    ("day", "1", "日|天|day(s)"), ("hour", "1", "小时|hour(s)|hr(s)"), ("minute", "1", "分钟|minute(s)"),
    ("watt hour", "1", "瓦时|watt hour(s)|watt-hour(s)"),
    ("watt hour", "1e3", "千瓦时|千瓦·时|千瓦小时|度电|kilowatt hour(s)|kilowatt-hour(s)"),
    ("watt hour", "1e6", "兆瓦时|megawatt hour(s)|megawatt-hour(s)"),
    ("watt hour", "1e9", "吉瓦时|gigawatt hour(s)|gigawatt-hour(s)"),
    ("watt hour", "1e12", "太瓦时|terawatt hour(s)|terawatt-hour(s)"),
    ("watt", "1", "瓦|watt(s)"), ("watt", "1e-3", "毫瓦|milliwatt(s)"), ("watt", "1e3", "千瓦|kilowatt(s)"),
    ("watt", "1e6", "兆瓦|megawatt(s)"), ("watt", "1e9", "吉瓦|gigawatt(s)"), ("watt", "1e12", "太瓦|terawatt(s)"),
    ("joule", "1", "焦耳|joule(s)"), ("joule", "1e3", "千焦|kilojoule(s)"), ("joule", "1e6", "兆焦|megajoule(s)"),
    ("joule", "1e9", "吉焦|gigajoule(s)"), ("joule", "1e15", "petajoule(s)"), ("joule", "1e18", "exajoule(s)"),
    ("pascal", "1", "帕|pascal(s)"), ("pascal", "1e2", "百帕"), ("pascal", "1e3", "千帕"), ("pascal", "1e6", "兆帕"),
    ("person", "1", "人|people|person(s)|capita"),
)  # fmt: skip
_SYMBOLS: tuple[tuple[str, str, str], ...] = (
    ("hectare", "1", "ha hm2"), ("hectare", "1e3", "kha"), ("hectare", "1e6", "Mha"), ("hectare", "1e9", "Gha"),
    ("hectare", "1e2", "km2"), ("hectare", "1e-4", "m2"), ("hectare", "1e-8", "cm2"), ("hectare", "1e-6", "dm2"),
    ("hectare", "1e-10", "mm2"), ("hectare", "1e8", "Mm2"),
    ("cubic metre", "1", "m3"), ("cubic metre", "1e9", "km3"), ("cubic metre", "1e6", "hm3"),
    ("cubic metre", "1e-3", "dm3 L l"), ("cubic metre", "1e-6", "cm3 mL ml"), ("cubic metre", "1e-9", "mm3"),
    ("cubic metre", "1e3", "ML"), ("cubic metre", "1", "kL kl"), ("cubic metre", "1e6", "GL"),
    ("cubic metre", "1e18", "Mm3"), ("degree", "1", "°C"), ("fahrenheit", "1", "°F"),
    ("share", "1e-2", "%"), ("share", "1e-3", "‰"), ("share", "1e-4", "‱"),
    ("share", "1e-6", "ppm"), ("share", "1e-9", "ppb"), ("volume share", "1e-6", "ppmv"),
    ("hour", "1", "h"),
)  # fmt: skip
# Base symbol, dimension, how many base units it is, and the prefixes it is written with.
_PREFIXED: tuple[tuple[str, str, str, str], ...] = (
    ("t", "tonne", "1", " k M G"), ("g", "tonne", "1e-6", " k M G T P m µ n"), ("m", "metre", "1", " k M c m d µ n"),
    ("W", "watt", "1", " m k M G T"), ("Wh", "watt hour", "1", " m k M G T P"),
    ("W·h", "watt hour", "1", " m k M G T P"),
    ("J", "joule", "1", " m k M G T P E"), ("Pa", "pascal", "1", " h k M G m"),
    ("Hz", "hertz", "1", " k M G"), ("V", "volt", "1", "m k M"), ("A", "ampere", "1", "m k P"),
)  # fmt: skip
_POWERS = {
    "": 0, "P": 15, "E": 18, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "d": -1, "c": -2, "m": -3, "μ": -6, "n": -9
}  # fmt: skip
# Currency: signs and codes, which stand before or behind a number; words, which stand behind.
_CURRENCIES: tuple[tuple[str, str, str], ...] = (
    ("dollar", "$ US$ U.S.$ USD", "美元|美金|(us )dollar(s)|u.s. dollar(s)|united states dollar(s)"),
    ("nz dollar", "NZ$ NZD", "新西兰元|纽元|nz dollar(s)|new zealand dollar(s)"),
    ("australian dollar", "A$ AU$ AUD", "澳元|澳大利亚元|australian dollar(s)"),
    ("canadian dollar", "C$ CA$ CAN$ CAD", "加元|加拿大元|canadian dollar(s)"),
    ("hong kong dollar", "HK$ HKD", "港元|港币|hong kong dollar(s)"),
    ("singapore dollar", "S$ SGD", "新加坡元|singapore dollar(s)"),
    ("taiwan dollar", "NT$ TWD", "新台币|新台币元|台币|new taiwan dollar(s)"),
    ("real", "R$ BRL", "雷亚尔|reais"), ("euro", "€ EUR", "欧元|euro(s)"),
    ("pound sterling", "£ GBP", "英镑|pound(s) sterling|british pound(s)"), ("pound", "", "pound(s)"),
    ("yuan", "CN¥ RMB RMB¥ CNY", "元|圆|yuan|人民币|元人民币|renminbi"), ("yen", "JP¥ JPY", "日元|日圆|円|yen"),
    ("yuan or yen", "¥", ""), ("rupee", "₹ INR", "印度卢比|indian rupee(s)"), ("some rupee", "Rs Rs.", "卢比|rupee(s)"),
    ("krone", "kr kr.", "克朗|krone|kroner|krona|kronor"), ("swedish krona", "SEK", "瑞典克朗|swedish kronor"),
    ("norwegian krone", "NOK", "挪威克朗|norwegian kroner"), ("danish krone", "DKK", "丹麦克朗|danish kroner"),
    ("swiss franc", "CHF", "瑞士法郎|swiss franc(s)"), ("korean won", "₩ KRW", "韩元|korean won"),
    ("rouble", "₽ RUB", "卢布|ro(u)ble(s)|ruble(s)"), ("rand", "ZAR", "兰特|rand"), ("naira", "₦ NGN", "奈拉|naira"),
    ("rupiah", "IDR", "印尼盾|rupiah"), ("ringgit", "MYR", "林吉特|ringgit"), ("baht", "฿ THB", "泰铢|baht"),
    ("dong", "₫ VND", "越南盾"), ("philippine peso", "₱ PHP", ""), ("mexican peso", "MXN", "墨西哥比索"),
    ("lira", "₺", "里拉"), ("shekel", "₪ ILS", ""), ("zloty", "PLN", "兹罗提|zloty"),
)  # fmt: skip
MONEY = frozenset(dimension for dimension, _, _ in _CURRENCIES)
"""The dimensions that are currencies; "yuan or yen" (¥) and the like equal only themselves."""

# Measure words. 个, 项, 种, 类 and 次 say nothing of what is counted; of the others each group is of one kind.
_COUNTERS = ("个项种类次", "家所", "名位", "座处", "批", "只", "株棵")


def _expanded(written: str) -> Iterator[str]:
    """``ton(ne)(s)`` as ton, tons, tonne, tonnes."""
    parts = re.split(r"\(([^)]*)\)", written)
    options = [part.split("/") if place % 2 == 0 or "/" in part else ["", part] for place, part in enumerate(parts)]
    yield from map("".join, product(*options))


def _words() -> dict[str, UnitOfMeasure]:
    """Spelled-out units, currencies and measure words, by their folded form."""
    found: dict[str, UnitOfMeasure] = {}
    for dimension, factor, words in _WORDS:
        unit = UnitOfMeasure(dimension, Fraction(factor))
        found |= dict.fromkeys((form for word in words.split("|") for form in _expanded(word)), unit)
    for dimension, _, words in _CURRENCIES:
        unit = UnitOfMeasure(dimension)
        found |= dict.fromkeys((form for word in words.split("|") if word for form in _expanded(word)), unit)
    for group in _COUNTERS:
        counter = "" if group[0] == "个" else group[0]
        found |= dict.fromkeys(group, UnitOfMeasure("", counter=counter))
    return found


def name_of(unit: UnitOfMeasure, *, in_chinese: bool) -> str:
    """Returns a word for the unit, currency or measure word; "" if there is none."""
    return _NAMES[in_chinese].get((unit.dimension, unit.factor, unit.counter), "")


def _names(*, in_chinese: bool) -> dict[tuple[str, Fraction, str], str]:
    names: dict[tuple[str, Fraction, str], str] = {}
    for word, (dimension, factor, counter, _) in _BY_WORD.items():
        if word.isascii() != in_chinese and (dimension or counter):
            names.setdefault((dimension, factor, counter), word)
    return names


def _symbols() -> dict[str, UnitOfMeasure]:
    """Symbols of units and currencies, by their spelling."""
    found: dict[str, UnitOfMeasure] = {}
    for dimension, factor, symbols in _SYMBOLS:
        found |= dict.fromkeys(symbols.split(), UnitOfMeasure(dimension, Fraction(factor)))
    for base, dimension, factor, prefixes in _PREFIXED:
        for prefix in prefixes.replace("µ", "μ").split(" "):
            symbol = f"{prefix}{base}"
            found.setdefault(symbol, UnitOfMeasure(dimension, Fraction(factor) * Fraction(10) ** _POWERS[prefix]))
    return found | {sign: unit for sign, unit in _signs().items() if len(sign) > 1 or not sign.isalpha()}


def _signs() -> dict[str, UnitOfMeasure]:
    return {sign: UnitOfMeasure(dimension) for dimension, signs, _ in _CURRENCIES for sign in signs.split()}


_BY_WORD = _words()
_BY_SYMBOL = _symbols()
_NAMES = (_names(in_chinese=False), _names(in_chinese=True))
_BY_FOLDED_SYMBOL: dict[str, list[UnitOfMeasure]] = {}
for _symbol, _unit in _BY_SYMBOL.items():
    if len(_symbol) > 1 or not _symbol.isalpha():  # "5M" is no length
        _BY_FOLDED_SYMBOL.setdefault(_symbol.lower(), []).append(_unit)
_MAGNITUDES = ("m", "p")  # prefixes that in the other case stand for another power of ten


def _forms(written: set[str]) -> str:
    """The spellings as alternatives, longest first. An exponent may have a caret."""
    escaped = (re.escape(form) for form in sorted(written, key=lambda form: (-len(form), form)))
    return "|".join(re.sub(r"(?<=[a-z])([23])$", r"\\^?\1", form) for form in escaped)


_WHOLE = r"(?!(?!co2|ce?(?![a-z\d]))[a-z\d])"  # "t" begins no other word than tCO2 and tC
_GOES_ON = "(?<!升)(?<!周)|(?<=升)(?![至到高级温降])|(?<=周)(?![年边岁])"  # 由3升至5, 5周年: no litres, no weeks


def _by_first_letter() -> dict[str, re.Pattern[str]]:
    """Spellings of units in folded text, by their first character."""
    forms: dict[str, set[str]] = {}
    for form in (*_BY_WORD, *map(str.lower, _BY_SYMBOL)):
        forms.setdefault(form[0], set()).add(form)
    found: dict[str, re.Pattern[str]] = {}
    for first, each in forms.items():
        latin = {form for form in each if form[-1].isascii() and form[-1].isalnum()}
        parts = ([f"(?:{_forms(latin)}){_WHOLE}"] if latin else []) + (
            [f"(?:{_forms(each - latin)})(?:{_GOES_ON})"] if each - latin else []
        )
        found[first] = late("|".join(parts))
    return found


_UNIT_AT = _by_first_letter()
SCALE = f"(?:{'|'.join(sorted(SCALES, key=len, reverse=True))})(?![a-z])"
"""Matches the spellings of scales in folded text."""

_CENTIGRADE = late("c(?![a-z\\d])")
_SIGNS = [re.escape(sign.lower()) for sign in sorted(_signs(), key=len, reverse=True)]
_LETTERED = "|".join(sign for sign in _SIGNS if sign[0].isalpha())
_MONEY_BEFORE = late(
    rf"(?:(?<![a-z])(?:{_LETTERED})|{'|'.join(sign for sign in _SIGNS if not sign[0].isalpha())}|人民币)\s?\Z"
)
_CAN_END_MONEY = frozenset(sign[-1].lower() for sign in _signs()) | {"币"}


def read_unit(folded: str, cased: str, place: int, end: int) -> tuple[UnitOfMeasure, int] | None:
    """Returns the unit that begins at ``place``, and its end. The two texts differ only in capitals."""
    pattern = _UNIT_AT.get(folded[place : place + 1]) if place < end else None
    if not pattern or not (match := pattern.match(folded, place, end)):
        return None
    said = cased[place : match.end()].replace("^", "")
    unit = _BY_SYMBOL.get(said) or _BY_WORD.get(said.lower()) or _loosely(said.lower())
    return (unit, match.end()) if unit else None


def is_case_sensitive(symbol: str) -> bool:
    """Whether the symbol in another case would be no unit, or another: MW, Mt, C, but not kWh."""
    if len(symbol) == 1:
        return symbol in _BY_SYMBOL or symbol == "C"
    folded = symbol.lower()
    unit = None if folded in _BY_WORD else _loosely(folded)
    return unit is not None and bool(unit.unsure)


def _loosely(folded: str) -> UnitOfMeasure | None:
    """The unit of a symbol in another case than its own."""
    if not (units := _BY_FOLDED_SYMBOL.get(folded)):
        return None
    open_case = len(units) > 1 or (folded.startswith(_MAGNITUDES) and not folded.startswith("pp"))
    return max(units, key=lambda unit: unit.factor)._replace(unsure=folded if open_case else "")


def centigrade(folded: str, cased: str, place: int, end: int) -> tuple[UnitOfMeasure, int] | None:
    """The C of ``1.5C``, directly after the number."""
    is_degree = cased[place : place + 1] == "C" and _CENTIGRADE.match(folded, place, end)
    return (_BY_SYMBOL["°C"], place + 1) if is_degree else None


def money_before(folded: str, low: int, place: int) -> tuple[UnitOfMeasure, int] | None:
    """The currency whose sign or code ends at ``place``, with or without a space, and its start."""
    before = folded[max(low, place - 6) : place]
    if not before or before.rstrip()[-1:] not in _CAN_END_MONEY or not (match := _MONEY_BEFORE.search(before)):
        return None
    sign = match[0].strip()
    unit = UnitOfMeasure("yuan") if sign == "人民币" else _BY_FOLDED_SIGN[sign]
    return unit, place - len(match[0])


_BY_FOLDED_SIGN = {sign.lower(): unit for sign, unit in _signs().items()}
