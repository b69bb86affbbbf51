"""Grounding step of the flow: the numbers, years, dates and articles of a text, and whether another bears them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

from ingest.text.numerals import read_numeral

Bound = Literal["", "most", "less", "least", "more"]
Element = Literal["number", "unit", "year", "date", "direction"]
Kind = Literal["number", "year", "date"]

REFERENCES = frozenset({"ordinal", "article", "section", "chapter", "paragraph", "annex", "item", "number"})
"""Dimensions whose values tell things apart and measure nothing."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A value or range ``low``..``high`` in the base unit of its ``dimension``; a bare count has the dimension "".

    ``kind`` "year": calendar years. "date": ``low`` = ``high`` = yyyymmdd, 00 for what is not said. ``of`` is what a
    mass is counted in (c, co2, co2e). ``step`` is the value of the last digit written: approximations round to it.
    ``bounded``: as it is said with its bound. ``start``..``end``: its place in the folded text.
    """

    kind: Kind
    low: Decimal
    high: Decimal
    dimension: str
    said: str
    start: int
    end: int
    of: str = ""
    bound: Bound = ""
    bounded: str = ""
    about: bool = False
    step: Decimal = Decimal(1)

    @property
    def key(self) -> str:
        """Equal for amounts that say the same in another spelling."""
        return f"={self.kind}:{float(self.low):.7g}:{float(self.high):.7g}:{self.dimension}:{self.of}"


class Unsupported(NamedTuple):
    """An amount that no quote bears out, what fails of it, and the quotes' own in its place or None."""

    element: Element
    said: Amount
    found: Amount | None


_HAN = "零〇一二两三四五六七八九十百千"
_SCALES = {
    "万亿": 10**12, "十亿": 10**9, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4,
    "trillion": 10**12, "billion": 10**9, "bn": 10**9, "million": 10**6, "mn": 10**6, "thousand": 1000,
}  # fmt: skip
# dimension, how many of its base unit, how it is written in folded text
_UNITS: tuple[tuple[str, str, str], ...] = (
    ("tonne", "1e6", "tg"), ("tonne", "1e9", "gt|gigaton(?:ne)?s?|pg"), ("tonne", "1e6", "mt|megaton(?:ne)?s?"),
    ("tonne", "1e3", "千吨|kt|kiloton(?:ne)?s?"), ("tonne", "1e-3", "公斤|千克|kg|kilograms?"),
    ("tonne", "1", "吨|(?:metric )?ton(?:ne)?s?|t"),
    ("hectare", "1", "公顷|hectares?|ha"),
    ("hectare", "1e2", "平方公里|平方千米|(?:square |sq )kilomet(?:er|re)s?|km2"),
    ("hectare", "1e-4", "平方米|square met(?:er|re)s?|m2"), ("hectare", "0.4046856", "英亩|acres?"),
    ("hectare", "0.0666666667", "亩|mu"),
    ("cubic metre", "1", "立方米|cubic met(?:er|re)s?|m3"),
    ("metre", "1e3", "公里|千米|kilomet(?:er|re)s?|km"), ("metre", "1e-2", "厘米|centimet(?:er|re)s?|cm"),
    ("metre", "1", "米|met(?:er|re)s?|m"),
    ("degree", "1", "°c|摄氏度|度|degrees?(?: celsius)?"),
    ("point", "1", "(?:个)?百分点|percentage points?|pp"),
    ("share", "1e-3", "‰"), ("share", "1e-2", "%|percent|per cent"), ("times", "1", "倍|times|-?fold"),
    ("nz dollar", "1", "新西兰元|(?:nz|new zealand) dollars?|nzd"), ("yen", "1", "日元|円|yen|jpy"),
    ("dollar", "1", "美元|(?:us |u\\.s\\. )?dollars?|usd"), ("euro", "1", "欧元|euros?|eur"),
    ("yuan", "1", "元|yuan|rmb|cny|人民币"),
    ("year", "1", "年|years?|yrs?"), ("month", "1", "个月|months?"), ("working day", "1", "个?工作日|working days?"),
    ("day", "1", "日|天|days?"), ("hour", "1", "小时|hours?"),
    ("watt hour", "1e3", "千瓦时|度电|kwh"), ("watt hour", "1e6", "兆瓦时|mwh"), ("watt hour", "1e9", "gwh"),
    ("watt", "1e3", "千瓦|kw"), ("watt", "1e6", "兆瓦|mw|megawatts?"), ("watt", "1e9", "gw|gigawatts?"),
    ("person", "1", "人|people|persons"),
    ("", "1", "个|项|家|种|类|处|座|次|批|所|名|位|只|株|棵"),
)  # fmt: skip
_MONEY = {
    "us$": "dollar", "$": "dollar", "usd": "dollar", "nz$": "nz dollar", "nzd": "nz dollar", "€": "euro", "eur": "euro",
    "¥": "yuan", "rmb": "yuan", "cny": "yuan", "jpy": "yen",
}  # fmt: skip

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5,
    "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
}  # fmt: skip
_LEVELS = {"条": "article", "章": "chapter", "节": "section", "款": "paragraph", "项": "item", "号": "number"}

_MONTH = (
    "january|february|march|april|may|june|july|august|september|october|november|december|sept"
    "|jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec"
)
_SCALE = "|".join(sorted(_SCALES, key=len, reverse=True))
_WHOLE = r"(?!(?!co2|ce?(?![a-z\d]))[a-z])"  # "t" begins no other word than tCO2 and tC
_UNIT = "|".join(
    f"(?P<u{place}>{written})" + ("" if written[0] in "°%‰" else _WHOLE) for place, (_, _, written) in enumerate(_UNITS)
)
_COUNTED = re.sub(r"\?P<u\d+>", "?:", _UNIT)  # what makes four digits a count: 1500 t, 2000人
_NUMBER = rf"(?:\d+(?:,\d\d\d)*(?:\.\d+)?|(?:{'|'.join(_WORDS)})(?![a-z])|[{_HAN}]+)"
_YEAR = r"(?:1[5-9]|20|21)\d\d"
_HAN_YEAR = r"[一二][〇零一二三四五六七八九]{3}(?=年)"
_OF = re.compile(
    r"\s?(?:of )?(co2(?:-?e|[- ]?eq|[- ]equivalent)?|carbon dioxide(?:[- ]equivalent)?|二氧化碳(?:当量)?"
    r"|碳(?!汇|排|当量|配额)|ce?)(?![a-z\d])"
)
_SUBSTANCES = {
    "二氧化碳": "co2", "carbondioxide": "co2", "二氧化碳当量": "co2e", "co2eq": "co2e", "co2equivalent": "co2e",
    "carbondioxideequivalent": "co2e", "碳": "c",
}  # fmt: skip
_SAME = Decimal("1e-6")  # of a value: what converting 亩 may cost
_EDGE = r"(?<![a-z\d.])"  # CO2 and COP26 are names

_FULL_DATE = re.compile(
    rf"(?P<y>{_YEAR})(?:年|[-/.])(?P<m>1[0-2]|0?[1-9])(?:月|[-/.])(?P<d>3[01]|[12]\d|0?[1-9])(?:日|号|(?!\d))"
    rf"|(?P<y2>{_YEAR})年(?P<m2>1[0-2]|0?[1-9])月"
    rf"|\b(?:(?P<d3>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)? (?:of )?)?(?P<m3>{_MONTH})\.? (?P<y3>{_YEAR})\b"
    rf"|\b(?P<m4>{_MONTH})\.? (?P<d4>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:, ?(?P<y4>{_YEAR}))?\b"
    r"|(?<!\d)(?P<m5>1[0-2]|0?[1-9])月(?P<d5>3[01]|[12]\d|0?[1-9])日"
)
_YEARS = re.compile(
    rf"(?<![a-z\d-])(?<!\d[.,])(?:(?P<a>{_YEAR})年?\s?(?:-|~|至|到|to|and)\s?(?P<b>{_YEAR}|\d\d(?![\d%]))(?![\d%])年?"
    r"|(?P<century>\d\d)世纪(?P<tens>\d0)年代"
    rf"|(?P<c>{_HAN_YEAR})年|(?P<e>{_YEAR})(?:年(?:代(?P<decade>))?|(?P<s>s)\b|(?![\d,.]\d|\d|\s?(?:{_SCALE}|{_COUNTED}))))"
)
_ORDINAL = re.compile(
    rf"第\s?(?P<han>[{_HAN}]+|\d+)\s?(?P<level>[条章节款项号])?"
    r"|\b(?P<name>article|section|chapter|paragraph|annex|phase|stage)s? (?P<digits>\d{1,3})\b(?!\.\d)"
    rf"|\b(?:(?P<word>{'|'.join(_ORDINALS)})|(?P<th>\d+)(?:st|nd|rd|th))\b"
)
_TOPS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "nine": 9}
_BOTTOMS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_WHOLES = {"百": "100", "千": "1000"}
_HALF = r"一半|半数|(?<!first )(?<!second )\bhalf(?= (?:of|the|its|their|that)\b)"
_FRACTION = re.compile(
    rf"(?P<whole>[{_HAN}]+|\d+)分之(?P<part>\d+(?:\.\d+)?|[{_HAN}]+(?:点[零〇一二三四五六七八九]+)?)|(?P<half>{_HALF})"
    rf"|\b(?P<top>(?P<a>an?)|{'|'.join(_TOPS)})[ -](?P<bottom>{'|'.join(_BOTTOMS)})s?\b(?(a)(?= of\b)|(?![ -]part))"
)
_AMOUNT = re.compile(
    rf"(?P<both>between )?{_EDGE}(?P<sign>(?<![\w)] )(?<![\w)])-|负|零下|minus |negative )?"
    rf"(?P<money>us\$|nz\$|usd |nzd |eur |rmb |cny |jpy |[$€¥]\s?)?"
    rf"(?P<a>{_NUMBER})(?P<between>\s?(?:{_SCALE})?(?:\s?(?:%|吨|公顷|亩|元|年))?\s?(?:-|~|至|到|to|(?(both)and|to))\s?[$€¥]?(?P<b>{_NUMBER}))?"
    rf"(?:\s?(?P<scale>{_SCALE})(?![a-z]))?(?:[\s-]?(?P<unit>{_UNIT}))?"
)
_PER_UNIT = re.compile(rf"\s?(?:/|per |每)\s?(?:{_UNIT})")

_BEFORE = {
    "most": "不超过|不高于|不多于|不大于|不得超过|不得高于|不应超过|至多|最多|最高|上限为?"
    "|at most|up to|(?:no|not) more than|not (?:to )?exceed(?:ing)?|not higher than|maximum|<=|≤",
    "least": "不低于|不少于|不小于|不得低于|不得少于|至少|最少|最低|下限为?"
    "|at least|(?:no|not) (?:less|fewer|lower) than|minimum|>=|≥",
    "less": "低于|少于|不足|不到|小于|below|under|(?:less|fewer|lower) than|<",
    "more": "超过|高于|多于|大于|逾|over|above|(?:more|greater|higher) than|exceed(?:s|ed|ing)?|>",
    "about": "大约|约|近|about|approximately|around|nearly|roughly|almost|some|circa|ca\\.|~",
}
_AFTER = {
    "most": "及?以内|及?以下|or (?:less|fewer)",
    "least": "及?以上|or more",
    "about": "左右|上下|or so",
}
_IS_BEFORE = {name: re.compile(rf"(?:{words})(?: of| 为|为)?\s?\Z") for name, words in _BEFORE.items()}
_IS_AFTER = {name: re.compile(rf"\s?(?:{words})") for name, words in _AFTER.items()}


def amounts(folded: str) -> list[Amount]:
    """The amounts of a folded text in its order; none overlap."""
    rest, found = folded, list[Amount]()
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Amount | None]], ...] = (
        (_FULL_DATE, _date), (_YEARS, _years), (_FRACTION, _fraction), (_ORDINAL, _ordinal), (_AMOUNT, _amount),
    )  # fmt: skip
    for pattern, read in readers:
        taken = [amount for match in pattern.finditer(rest) if (amount := read(match))]
        for amount in taken:
            rest = rest[: amount.start] + "\0" * (amount.end - amount.start) + rest[amount.end :]
        found += taken
    return [_bounded(amount, folded) for amount in sorted(found, key=lambda each: each.start)]


def unsupported(claim: Iterable[Amount], quotes: Sequence[Sequence[Amount]]) -> Iterator[Unsupported]:
    """The claim's amounts that stand in none of the quotes with their value, unit and, where stated, bound."""
    every = [amount for quote in quotes for amount in quote]
    for said in claim:
        if any(matches(found, said) for found in every):
            continue
        for element, fits in _failures(said):
            if (found := next(filter(fits, every), None)) or element == said.kind:
                yield Unsupported(element, said, found)
                break


def matches(found: Amount, said: Amount) -> bool:
    """Whether ``found`` says what ``said`` does: an approximation may round, a calendar year may be part of a date."""
    return _same_value(found, said) and _same_unit(found, said) and said.bound in ("", found.bound)


def _failures(said: Amount) -> Iterator[tuple[Element, Callable[[Amount], bool]]]:
    """What may have gone wrong with an amount, the smallest difference first, and how such a find is known."""
    yield "direction", lambda found: _same_value(found, said) and _same_unit(found, said)
    yield "unit", lambda found: found.kind == said.kind == "number" and _written(found) == _written(said)
    yield said.kind, lambda found: found.kind == said.kind and _same_unit(found, said)
    yield said.kind, lambda _: False


def _written(amount: Amount) -> str:
    """The digits of an amount: what stays when its scale or unit is exchanged."""
    return "-".join(re.findall(r"(?<![a-z])\d[\d,.]*", amount.said) or re.findall(f"[{_HAN}]+", amount.said)).replace(
        ",", ""
    )


def _same_unit(found: Amount, said: Amount) -> bool:
    if found.kind != said.kind:
        return "number" not in (found.kind, said.kind) or (found.dimension == said.dimension == "")
    return found.dimension == said.dimension and (found.of == said.of or not (found.of and said.of))


def _same_value(found: Amount, said: Amount) -> bool:
    if said.kind == "date" or found.kind == "date":
        return _same_date(found, said)
    if said.kind == found.kind == "year" and said.low == said.high:
        return said.low in (found.low, found.high)
    slack = said.step / 2 if said.about else abs(said.high) * _SAME
    return abs(found.low - said.low) <= slack and abs(found.high - said.high) <= slack


def _same_date(found: Amount, said: Amount) -> bool:
    left, right = ([int(part) for part in _date_parts(each)] for each in (found, said))
    return all(stated in (0, standing) for standing, stated in zip(left, right, strict=True))


def _date_parts(amount: Amount) -> tuple[int, int, int]:
    number = int(amount.low)
    return (number // 10_000, number // 100 % 100, number % 100) if amount.kind == "date" else (number, 0, 0)


def _made(match: re.Match[str], kind: Kind, low: Decimal, high: Decimal | None = None, dimension: str = "") -> Amount:
    return Amount(kind, low, low if high is None else high, dimension, match[0].strip(), match.start(), match.end())


def _date(match: re.Match[str]) -> Amount:
    parts = {name: value for name, value in match.groupdict().items() if value}

    def part(letter: str) -> int:
        value = next((value for name, value in parts.items() if name[0] == letter), "0")
        return _MONTHS.get(value[:3]) or int(value)

    return _made(match, "date", Decimal(part("y") * 10_000 + part("m") * 100 + part("d")))


def _years(match: re.Match[str]) -> Amount | None:
    if match["a"]:
        first = int(match["a"])
        last = int(match["b"]) if len(match["b"]) == 4 else first // 100 * 100 + int(match["b"])
        return _made(match, "year", Decimal(first), Decimal(last)) if first < last else None
    if match["century"]:
        decade = Decimal(match["century"]) * 100 - 100 + Decimal(match["tens"])
        return _made(match, "year", decade, decade + 9)
    year = read_numeral(match["c"]) if match["c"] else int(match["e"])
    if year is None:
        return None
    span = 9 if match["s"] or match["decade"] is not None else 0
    return _made(match, "year", Decimal(year), Decimal(year + span))


def _ordinal(match: re.Match[str]) -> Amount | None:
    written = match["han"] or match["digits"] or match["th"]
    number = _ORDINALS[match["word"]] if match["word"] else _read(written)
    if number is None:
        return None
    name = match["name"] or _LEVELS.get(match["level"] or "", "ordinal")
    return _made(match, "number", Decimal(number), None, "ordinal" if name in ("phase", "stage") else name)


def _fraction(match: re.Match[str]) -> Amount | None:
    if match["half"]:
        return _made(match, "number", Decimal("0.5"), None, "share")
    if match["bottom"]:
        share = Decimal(_TOPS.get(match["top"], 1)) / _BOTTOMS[match["bottom"]]
        return replace(_made(match, "number", share, None, "share"), step=Decimal("0.01"))
    part, _, decimals = match["part"].partition("点")
    whole = _read(_WHOLES.get(match["whole"], match["whole"]))
    top = _read(part)
    if not whole or top is None:
        return None
    top += sum((Decimal(read_numeral(char) or 0).scaleb(-place) for place, char in enumerate(decimals, 1)), Decimal(0))
    return replace(_made(match, "number", top / whole, None, "share"), step=Decimal("0.01"))


def _amount(match: re.Match[str]) -> Amount | None:
    low, high = _read(match["a"]), _read(match["b"] or match["a"])
    if low is None or high is None or (match["a"][0] in _HAN and not _is_count(match)):
        return None
    scale = Decimal(_SCALES.get(match["scale"] or "", 1))
    dimension, factor = (_MONEY[match["money"].strip()], Decimal(1)) if match["money"] else _dimension(match)
    of, per, end = _suffix(match)
    own = re.search(_SCALE, match["between"] or "")  # 3000万至1亿吨
    sign = -1 if match["sign"] else 1
    return Amount(
        kind="number",
        low=sign * low * factor * (Decimal(_SCALES[own[0]]) if own else scale),
        high=sign * high * factor * scale,
        dimension=f"{dimension}/{per}" if per else dimension,
        said=match.string[match.start() : end].strip(),
        start=match.start(),
        end=end,
        of=of,
        step=_step(match["b"] or match["a"]) * scale * factor,
    )


def _is_count(match: re.Match[str]) -> bool:
    """Chinese numerals are also parts of words: only with a scale or unit, or two and more, are they counts."""
    return bool(match["scale"]) or (match["a"] != "一" and (len(match["a"]) > 1 or match["unit"] is not None))


def _suffix(match: re.Match[str]) -> tuple[str, str, int]:
    """What a mass is of ("co2e"), what the amount is counted per ("hectare"), and where that ends."""
    text, end, of, per = match.string, match.end(), "", ""
    if match["unit"]:
        if substance := _OF.match(text, end):
            named = re.sub("[- ]", "", substance[1])
            of, end = _SUBSTANCES.get(named, named), substance.end()
        if unit := _PER_UNIT.match(text, end):
            per, end = _dimension(unit)[0], unit.end()
    return of, per, end


def _dimension(match: re.Match[str]) -> tuple[str, Decimal]:
    """The dimension of the unit that a match holds, and how many of its base unit that is."""
    place = next((n for n in range(len(_UNITS)) if match[f"u{n}"] is not None), None)
    dimension, factor, _ = ("", "1", "") if place is None else _UNITS[place]
    return dimension, Decimal(factor)


def _read(written: str) -> Decimal | None:
    if written[0].isdecimal():
        return Decimal(written.replace(",", ""))
    number = _WORDS.get(written) or read_numeral(written)
    return None if number is None else Decimal(number)


def _step(written: str) -> Decimal:
    digits = written.replace(",", "")
    if not digits[0].isdecimal():
        return Decimal(1)
    if "." in digits:
        return Decimal(1).scaleb(-len(digits.partition(".")[2]))
    return Decimal(10) ** (len(digits) - len(digits.rstrip("0") or "0"))


def _bounded(amount: Amount, folded: str) -> Amount:
    before, after = folded[max(0, amount.start - 20) : amount.start], folded[amount.end : amount.end + 10]
    around = {name: match for name, words in _IS_BEFORE.items() if (match := words.search(before))}
    around |= {name: match for name, words in _IS_AFTER.items() if (match := words.match(after))}
    bounds = [bound for bound in get_args(Bound) if bound in around]
    if not bounds:
        return replace(amount, about="about" in around)
    bound = max(bounds, key=lambda each: len(around[each][0]))  # 不低于 holds 低于, and says the contrary
    word = around[bound]
    bounded = f"{word[0]}{amount.said}" if word.string is before else f"{amount.said}{word[0]}"
    return replace(amount, about="about" in around, bound=bound, bounded=bounded)
