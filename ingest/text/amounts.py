"""Finds the numbers, years, dates and provisions of a text, with their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Context, Decimal, localcontext
from typing import NamedTuple, get_args

from sinkqa.ingest.text.amount import REFERENCES, Amount, Bound, Kind, Unsupported, matches, unsupported
from sinkqa.ingest.text.numerals import HAN, HAN_DIGITS, MONTHS, ORDINAL_WORDS, ordinal, read_number, read_numeral
from sinkqa.ingest.text.patterns import late
from sinkqa.ingest.text.quantities import Text, measure, quantities
from sinkqa.ingest.text.units import SCALE, money_before, read_unit

__all__ = ["REFERENCES", "Amount", "Unsupported", "amounts", "matches", "unsupported"]

_EXACT = Context(prec=60)  # digits: more than a number of 30 has with its scale and unit
_NUMERAL = f"(?<![{HAN}])[{HAN}]{{1,12}}+"
_YEAR = r"(?:1[5-9]|20|21)\d\d"
_HAN_YEAR = f"[一二][{HAN_DIGITS}]{{3}}"
_MONTH_OF = {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
_MONTH = "|".join([*(name.lower() for name in MONTHS), "sept", *(name[:3].lower() for name in MONTHS)])
_SCALED = late(rf"\s?{SCALE}|,\d|\.\d|\d|[\s-]?[$€£]")

_FROM, _TO = r"(?<![a-z\d])", r"(?![a-z\d])"  # borders of a Latin word or number; beside Han there is no \b
# What each pattern can begin with, asked first: most characters begin none.
_DATE_BEGINS = r"(?=[\d一二]|(?<![a-z])[jfmasond])"
_ORDINAL_BEGINS = rf"(?=[\d第附§{HAN}]|(?<![a-z])[acefnpqst])"
_FRACTION_BEGINS = rf"(?=[\d万半{HAN}]|(?<![a-z])[afhnost])"
_DAY = r"3[01]|[12]\d|0?[1-9]"
_FULL_DATE = late(
    f"{_DATE_BEGINS}(?:"
    rf"(?<!\d)(?P<y>{_YEAR})(?:年|[-/.])(?P<m>1[0-2]|0?[1-9])(?:月|[-/.])(?P<d>{_DAY})(?:日|号|(?![\d^]))"
    rf"|(?<!\d)(?P<y2>{_YEAR})年(?P<m2>1[0-2]|0?[1-9])月"
    rf"|(?P<y6>{_HAN_YEAR})年(?P<m6>[一二三四五六七八九十]{{1,2}})月(?:(?P<d6>[一二三四五六七八九十]{{1,3}})日)?"
    rf"|{_FROM}(?:(?P<d3>{_DAY})(?:st|nd|rd|th)? (?:of )?)?(?P<m3>{_MONTH})\.? (?P<y3>{_YEAR}){_TO}"
    rf"|{_FROM}(?P<m4>{_MONTH})\.? (?P<d4>{_DAY})(?:st|nd|rd|th)?(?:, ?(?P<y4>{_YEAR}))?{_TO}"
    r"|(?<!\d)(?P<m5>1[0-2]|0?[1-9])月(?P<d5>3[01]|[12]\d|0?[1-9])日"
    ")"
)
_BEFORE_YEAR = r"(?<![a-z\d.^_/])(?<!\d,)(?<!(?<![a-z\u4e00-\u9fff])-)"  # post-2020, and no -2020
_AFTER_YEAR = r"(?![\d%^_])"
_YEAR_RANGE = late(
    rf"(?P<between>(?:between |介于|在)?){_BEFORE_YEAR}(?P<a>{_YEAR})年?"
    rf"(?:\s?[-~]\s?(?P<b>{_YEAR}|\d\d)|\s?(?:至|到|to|through|(?P<and>and|和|与))\s?(?P<c>{_YEAR})){_AFTER_YEAR}年?"
)
_ONE_YEAR = late(
    r"(?P<century>\d\d)世纪(?P<tens>\d0)年代"
    rf"|(?P<han>{_HAN_YEAR})年|{_BEFORE_YEAR}(?P<year>{_YEAR})(?:年(?:代(?P<decade>))?|(?P<s>s)(?![a-z])|{_AFTER_YEAR})"
)
_LEVELS = {
    "阶段": "phase", "季度": "quarter", "世纪": "century", "部分": "part", "附件": "annex", "条": "article",
    "章": "chapter", "节": "section", "款": "paragraph", "项": "item", "号": "number", "编": "part",
    "stage": "phase", "art.": "article", "para.": "paragraph", "§": "section", "sec.": "section",
}  # fmt: skip
_NAMED = "article|section|chapter|paragraph|annex|phase|stage|part|quarter|century"
_ORDINAL = late(
    f"{_ORDINAL_BEGINS}(?:"
    rf"第\s?(?P<han>[{HAN}]{{1,12}}+|\d{{1,9}})\s?(?P<level>阶段|季度|世纪|部分|附件|[条章节款项号编])?"
    rf"|(?P<centuries>(?<!\d)\d\d|{_NUMERAL})世纪|附件\s?(?P<annex>\d{{1,3}}(?![\d.])|{_NUMERAL})"
    r"|(?P<sign>§|(?<![a-z])(?:art|para|sec)\.) ?(?P<signed>\d{1,3})(?![\d.]\d)"
    rf"|{_FROM}(?P<name>{_NAMED})s? (?:(?P<digits>\d{{1,3}})(?![a-z\d_]|\.\d)|(?P<roman>[ivxlc]{{1,7}}){_TO})"
    rf"|{_FROM}(?:(?P<word>{'|'.join(ORDINAL_WORDS)})|(?P<th>\d{{1,9}})(?:st|nd|rd|th)){_TO}"
    rf"(?: (?P<thing>{_NAMED}){_TO})?"
    ")"
)
_TOPS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7, "nine": 9}
_BOTTOMS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_WHOLES = {"百": "100", "千": "1000", "万": "10000"}
_HALF = r"一半|半数|(?<!first )(?<!second )\bhalf(?= (?:of|the|its|their|that)\b)"
_FRACTION = late(
    f"{_FRACTION_BEGINS}(?:"
    rf"(?:{_NUMERAL}又)?(?P<whole>{_NUMERAL}|万|\d{{1,6}})分之"
    rf"(?P<part>\d{{1,9}}(?:\.\d{{1,9}})?|[{HAN}]{{1,12}}+(?:点[{HAN_DIGITS}]{{1,9}})?)|(?P<half>{_HALF})"
    rf"|{_FROM}(?P<top>(?P<a>an?)|{'|'.join(_TOPS)})[ -](?P<bottom>{'|'.join(_BOTTOMS)})s?(?![a-z])"
    r"(?(a)(?= of\b)|(?![ -]part))"
    r"|(?<![a-z\d./^_-])(?<!\d,)(?:(?P<ones>\d{1,3}) )?(?P<over>\d{1,3})/(?P<under>[1-9]\d{0,2})(?![\d/^_]|\.\d|-\d)"
    ")"
)

_BEFORE = {
    "most": "不超过|不高于|不多于|不大于|不得超过|不得高于|不应超过|至多|最多|最高|上限为?"
    "|at most|up to|(?:no|not) more than|not (?:to )?exceed(?:ing)?|not higher than|maximum|<=|≤|⩽|≦",
    "least": "不低于|不少于|不小于|不得低于|不得少于|至少|最少|最低|下限为?"
    "|at least|(?:no|not) (?:less|fewer|lower) than|minimum|>=|≥|⩾|≧",
    "less": "低于|少于|不足|不到|小于|below|under|(?:less|fewer|lower) than|<",
    "more": "超过|高于|多于|大于|逾|over|above|(?:more|greater|higher) than|exceed(?:s|ed|ing)?|>",
    "about": "大约|约|近|about|approximately|around|nearly|roughly|almost|some|circa|ca\\.|~|≈",
}
_AFTER = {
    "most": "及?以内|及?以下|or (?:less|fewer)",
    "least": "及?以上|or more",
    "about": "左右|上下|or so",
}
_WHOLE = "(?:(?<![a-z])(?=[a-z])|(?![a-z]))"  # "over" is no part of moreover
_IS_BEFORE = late(
    f"{_WHOLE}(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _BEFORE.items())})(?: of| 为|为)?\\s?"
)
_IS_AFTER = late(f"\\s?(?:{'|'.join(f'(?P<{name}>{words})' for name, words in _AFTER.items())})")
_CAN_END_BOUND = frozenset("过于多大得少高低为限足到逾约近tondgmwresyfa.=≤⩽≦≥⩾≧<>~≈")  # the last letters of these words
_REACH = 24  # characters before an amount that its bound begins within


def amounts(text: str) -> list[Amount]:
    """Returns the amounts of a text in order, without overlaps.

    The text has the form of :func:`cased`, in which case distinguishes symbols, or of :func:`fold`, in which mw may be
    milliwatt or megawatt. The work grows with the text's length.
    """
    folded = text.lower()
    source = Text(folded, text if len(text) == len(folded) else folded)
    taken: list[Amount] = []
    with localcontext(_EXACT):
        for pattern, read in _READERS:
            gaps = _gaps(taken, len(folded))
            taken += [amount for low, high in gaps for amount in _found(pattern, read, source, low, high)]
            taken.sort(key=lambda amount: amount.start)
        for low, high in _gaps(taken, len(folded)):
            taken += quantities(source, low, high)
    return [_bounded(amount, folded) for amount in sorted(taken, key=lambda amount: amount.start)]


def _gaps(taken: list[Amount], length: int) -> list[tuple[int, int]]:
    """The ranges between amounts, in order, which may hold others."""
    ends = [0, *(amount.end for amount in taken)]
    starts = [*(amount.start for amount in taken), length]
    return [(low, high) for low, high in zip(ends, starts, strict=True) if low < high]


class _Match(NamedTuple):
    """A match of a pattern, and the gap between other amounts around it."""

    groups: re.Match[str]
    low: int
    high: int


_Reader = Callable[[Text, _Match], Amount | None]


def _found(pattern: re.Pattern[str], read: _Reader, source: Text, low: int, high: int) -> Iterator[Amount]:
    end = low
    for match in pattern.finditer(source.folded, low, high):
        if match.start() >= end and (amount := read(source, _Match(match, low, high))):
            yield amount
            end = amount.end


def _made(
    source: Text, match: re.Match[str], kind: Kind, low: Decimal | int, high: Decimal | int, dimension: str = ""
) -> Amount:
    start, end = match.span()
    said = source.cased[start:end].strip()
    return Amount(kind, Decimal(low), Decimal(high), dimension, said, start, end)


def _date(source: Text, found: _Match) -> Amount:
    match = found.groups
    parts = {name: value for name, value in match.groupdict().items() if value}

    def part(letter: str) -> int:
        value = next((value for name, value in parts.items() if name[0] == letter), "0")
        if value.isdecimal():
            return int(value)
        return _MONTH_OF.get(value[:3]) or read_numeral(value) or 0

    date = part("y") * 10_000 + part("m") * 100 + part("d")
    return _made(source, match, "date", date, date)


def _year_range(source: Text, found: _Match) -> Amount | None:
    match = found.groups
    if match["and"] and not match["between"]:
        return None
    first, last = int(match["a"]), int(match["b"] or match["c"])
    last += first // 100 * 100 * (last < 100)
    amount = _made(source, match, "year", first, last)
    start = match.start() if match["between"] == "between " else match.start("a")
    return replace(amount, start=start, said=source.cased[start : match.end()]) if first < last else None


def _one_year(source: Text, found: _Match) -> Amount | None:
    match = found.groups
    if match["century"]:
        decade = int(match["century"]) * 100 - 100 + int(match["tens"])
        return _made(source, match, "year", decade, decade + 9)
    if match["han"]:
        year = read_numeral(match["han"])
        return _made(source, match, "year", year, year) if year else None
    span = 9 if match["s"] or match["decade"] is not None else 0
    year = int(match["year"])
    return _made(source, match, "year", year, year + span) if span or not _is_count(source, found) else None


def _is_count(source: Text, found: _Match) -> bool:
    """Whether four digits are a count and not a year: 1500 t, 2000人, EUR 2000."""
    folded, (match, low, high) = source.folded, found
    if match.end() > match.end("year"):
        return False  # 2030年
    if _SCALED.match(folded, match.end(), high) or money_before(folded, low, match.start()):
        return True
    start = match.end() + (folded[match.end() : match.end() + 1] in (" ", "-"))
    return read_unit(*source, start, high) is not None


def _ordinal(source: Text, found: _Match) -> Amount | None:
    match = found.groups
    if match["roman"]:
        if not source.cased[match.start("roman") : match.end("roman")].isupper():
            return None
        number: Decimal | int | None = ordinal(match["roman"].upper())
    elif match["word"]:
        number = ORDINAL_WORDS[match["word"]]
    else:
        written = (match[name] for name in ("han", "centuries", "annex", "signed", "digits", "th"))
        number = read_number(next(filter(None, written)))
    name = match["level"] or match["sign"] or match["name"] or match["thing"] or "ordinal"
    name = "century" if match["centuries"] else "annex" if match["annex"] else name
    return _made(source, match, "number", number, number, _LEVELS.get(name, name)) if number else None


def _fraction(source: Text, found: _Match) -> Amount | None:
    match = found.groups
    if match["half"]:
        return _made(source, match, "number", Decimal("0.5"), Decimal("0.5"), "share")
    if match["bottom"]:
        share = Decimal(_TOPS.get(match["top"], 1)) / _BOTTOMS[match["bottom"]]
    elif match["over"]:
        return _slashed(source, found)
    else:
        whole, part = read_number(_WHOLES.get(match["whole"], match["whole"])), read_number(match["part"])
        if not whole or part is None:
            return None
        share = part / whole
    return replace(_made(source, match, "number", share, share, "share"), step=Decimal("0.01"))


def _slashed(source: Text, found: _Match) -> Amount | None:
    """A fraction: ½, 3 1/2 ha, 44/12. Below one and without a unit it is a share."""
    match = found.groups
    over, under = int(match["over"]), int(match["under"])
    if match["ones"] and over >= under:
        return None
    top = int(match["ones"] or 0) * under + over
    counted = measure(source, match.end(), found.high)
    unit, end = (counted.unit, counted.end) if counted else (None, match.end())
    factor = unit.factor if unit else 1
    value = Decimal(top * factor.numerator) / (under * factor.denominator)
    amount = _made(source, match, "number", value, value, unit.dimension if unit else "share" if top < under else "")
    said = source.cased[match.start() : end]
    amount = replace(amount, end=end, said=said, of=counted.of if counted else "", step=Decimal("0.01"))
    return replace(amount, counter=unit.counter, unsure=unit.unsure) if unit else amount


_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_FULL_DATE, _date), (_YEAR_RANGE, _year_range), (_ONE_YEAR, _one_year), (_FRACTION, _fraction),
    (_ORDINAL, _ordinal),
)  # fmt: skip


def _bounded(amount: Amount, folded: str) -> Amount:
    """The amount with the words beside it that bound it or make it approximate."""
    around = list(_words_before(folded, amount.start))
    around += filter(None, [_IS_AFTER.match(folded, amount.end)])
    about = any(match.lastgroup == "about" for match in around)
    bounding = [match for match in around if match.lastgroup != "about"]
    if not bounding:
        return replace(amount, about=about) if about else amount
    word = max(bounding, key=lambda match: len(match[0]))
    bound = next(each for each in get_args(Bound) if each == word.lastgroup)
    before = folded[word.start() : amount.start] if word.start() < amount.start else ""
    bounded = f"{before}{amount.said}" if before else f"{amount.said}{word[0]}"
    return replace(amount, about=about, bound=bound, bounded=bounded)


def _words_before(folded: str, start: int) -> Iterator[re.Match[str]]:
    """The bounding word that ends at the amount, and the one before it: 不超过约."""
    if folded[max(0, start - 2) : start].rstrip()[-1:] not in _CAN_END_BOUND:
        return
    found = list(_IS_BEFORE.finditer(folded, max(0, start - _REACH), start))
    for match in reversed(found):
        if match.end() != start:
            return
        yield match
        start = match.start()
