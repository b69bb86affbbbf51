"""Restates the amounts and dates of a quote in the asker's notation. Each is checked to mean the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

from sinkqa.ingest.text.amounts import Amount, amounts, matches
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import View, cased, fold, search_view
from sinkqa.ingest.text.numerals import ERAS, HAN, MONTHS, era_year, read_number, write_numeral
from sinkqa.ingest.text.patterns import late
from sinkqa.ingest.text.units import read_unit
from sinkqa.service.answer import Gloss

# How Chinese writes a unit, and how English does.
_UNITS: tuple[tuple[str, str], ...] = (
    ("吨", "t"), ("公斤", "kg"), ("公顷", "ha"), ("平方公里", "km²"), ("平方米", "m²"), ("英亩", "acres"), ("亩", "mu"),
    ("立方米", "m³"), ("公里", "km"), ("厘米", "cm"), ("米", "m"), ("摄氏度", "°C"), ("个百分点", "percentage points"),
    ("‰", "‰"), ("%", "%"), ("倍", "times"), ("美元", "US$"), ("新西兰元", "NZ$"), ("欧元", "EUR"), ("日元", "JPY"),
    ("元", "CNY"), ("年", "years"), ("个月", "months"), ("个工作日", "working days"), ("日", "days"), ("小时", "hours"),
    ("千瓦时", "kWh"), ("兆瓦时", "MWh"), ("千瓦", "kW"), ("兆瓦", "MW"), ("人", "people"),
)  # fmt: skip
_PER = late(r"\s?(?:/|per |每)\s?(\S+)\Z")
_COUNTED = frozenset(("acres", "percentage points", "years", "months", "working days", "days", "hours"))
_MONEY = frozenset(("US$", "NZ$", "EUR", "JPY", "CNY"))
_CODES = {"US$": "USD", "NZ$": "NZD"}  # behind the number the sign is a code
_DURATIONS = frozenset(("year", "month", "day", "working day", "hour"))
_SCALES = {
    "zh": ((10**12, "万亿"), (10**8, "亿"), (10**4, "万")),
    "en": ((10**12, " trillion"), (10**9, " billion"), (10**6, " million")),
}
_DIGITS = 5  # that a number with a scale word may have; with more it is written out
_SUBSTANCES = {
    "co2": ("二氧化碳", " CO2"), "co2e": ("二氧化碳当量", " CO2e"), "c": ("碳", " C"), "ch4": ("甲烷", " CH4"),
    "ce": ("标准煤", " ce"),
}  # fmt: skip
_LEVELS = {"article": "Article {}", "chapter": "Chapter {}", "section": "Section {}", "paragraph": "paragraph {}"}
_TOPS = ("", "one", "two", "three", "four", "five", "", "seven")
_BOTTOMS = ("", "", "", "third", "quarter", "fifth", "sixth", "", "eighth", "", "tenth")

_LISTED = late(rf"[{HAN}]\s")  # 四 円 is the fourth of a list
_THINGS = late(rf"[{HAN}]+[^{HAN}\d\s]")  # 四种
_PERCENT = late("[%‰]|百分之|千分之|per ?cent")
_IDLE = late(r"[\s,]|(?<=\d)\.0+(?!\d)|(?<=\.\d)0+(?!\d)")

_ERA = late(
    rf"(?P<era>{'|'.join(ERAS)})(?P<year>元|[{HAN}]+|\d+)年(?:(?P<fiscal>度)|(?P<month>[{HAN}]+|\d+)月"
    rf"(?:(?P<day>[{HAN}]+|\d+)日)?)?"
)
# A lone 一 may be part of a word; before a unit and a bound it counts: 一倍以上, 一年内.
_ONE = late(
    rf"(?<![{HAN}万第])一(?=(?:个?(?:工作)?[月日年]|天|倍|元|公顷|亩|吨|米|小时)"
    r"(?:以[上下内]|内|之内|后))"
)
_SUFFIX = late(rf"(?:-\d|[のノ之][{HAN}\d])")  # 第十六条の二 is another article than 第十六条
_ABOUT = (("大约|约", "about|approximately|around|roughly"), ("近", "nearly|almost"))
_IS_ABOUT = tuple((late(rf"(?:{zh}|\b(?:{en}) )\Z"), zh.split("|")[-1], en.split("|")[0]) for zh, en in _ABOUT)
_ABOUT_BEHIND = late("左右|上下")
_WITHIN = late(r"(?:之内|以内|内)")
_WITHIN_BEFORE = late(r"\bwithin (?:a period of )?\Z")
_LATEST = late(r"\b(?:no|not) later than \Z|(?:不迟于|不晚于)\Z")


_BLANK = late(r"(?:https?://|www\.)\S+|\s")


class Placed(NamedTuple):
    """A range of a quote's search view, and its wording for the asker. ``refers``: it names a provision."""

    start: int
    end: int
    rendering: str
    refers: bool = False


def readable(quote: str, *, keep_case: bool = False) -> View:
    """The search view of a quote on one line, with its links blanked. ``keep_case``: capitals stay."""
    view = search_view(quote, keep_case=keep_case)
    return replace(view, text=_BLANK.sub(lambda blank: " " * len(blank[0]), view.text))


def written(quote: str, view: View, start: int, end: int) -> str:
    """The words of the quote at a range of its view, on one line."""
    return " ".join(quote[view.starts[start] : view.ends[end - 1]].split())


def restated(quote: str, *, language: str, dollar: str = "") -> tuple[Gloss, ...]:
    """The amounts and dates of ``quote`` as written in ``language`` ("zh" or "en"), in order, each wording once.

    Nothing is converted: units, currencies and bounds stay. Amounts without an equivalent wording are left out, and so
    are those that need no restating, such as a year in digits. ``dollar``: the currency of a bare $, such as 美元. If
    it is unknown, $ stays.
    """
    view, said = readable(quote), detect(quote)
    found = {
        written(quote, view, each.start, each.end): each.rendering
        for each in placed(quote, said=said, asked=language, dollar=dollar)
    }
    return tuple(Gloss(term, rendering) for term, rendering in found.items())


def placed(quote: str, *, said: str, asked: str, dollar: str = "") -> Iterator[Placed]:
    """The results of :func:`restated`, with their places in the search view of the quote, in order; none overlap."""
    if said not in ("zh", "en", "ja") or asked not in ("zh", "en") or said == asked:
        return
    text = counted(readable(quote, keep_case=True).text)
    eras = [match for match in _ERA.finditer(text) if said == "ja"]
    for match in eras:
        text = text[: match.start()] + "\0" * len(match[0]) + text[match.end() :]
    folded = text.lower()
    found = [Placed(match.start(), match.end(), _era(match, asked)) for match in eras]
    each = (_restated(amount, folded, asked, said, dollar) for amount in joined(amounts(text), folded))
    yield from sorted([*found, *filter(None, each)])


def counted(folded: str) -> str:
    """A folded text in which 1 replaces each 一 that counts something. Offsets stay the same."""
    return _ONE.sub("1", folded)


def joined(found: Sequence[Amount], text: str) -> Iterator[Amount]:
    """The amounts, with the parts of a range such as 二万元以上十万元以下 joined to one amount."""
    skip = False
    for amount, after in zip_longest(found, found[1:]):
        if skip:
            skip = False
            continue
        ends = after is not None and (amount.bound, after.bound) == ("least", "most") and after.bounded.endswith("以下")
        if after and ends and text[amount.end : after.start].strip() == "以上" and amount.dimension == after.dimension:
            said = text[amount.start : after.end]
            bounded = text[amount.start : after.end + len("以下")]
            skip = True
            yield replace(amount, high=after.high, of=after.of, said=said, end=after.end, bound="", bounded=bounded)
        else:
            yield amount


def _restated(amount: Amount, text: str, asked: str, said: str, dollar: str) -> Placed | None:
    """The amount in the asker's notation; None where that says another thing, or nothing new."""
    if amount.dimension in _LEVELS and _SUFFIX.match(text, amount.end):
        return None
    amount = replace(amount, said=amount.said.lower(), bounded=amount.bounded.lower())
    core = _date(amount, asked) if amount.kind == "date" else _year(amount, asked, said)
    if amount.kind == "number":
        core = _number(amount, asked, said)
    if not core:
        return None
    start, end, rendering = _bounded(amount, core, text, asked)
    if _bare(rendering) in _bare(text[start:end]) or not _says(amount, rendering, text[end - 2 : end + 1]):
        return None
    note = " (1 mu = 1/15 ha)" if re.search(r"\d mu\b", rendering) else ""
    if dollar and asked == "zh":
        rendering = re.sub(r"(?<!S)(?<!Z)\$([\d.至万亿]+)", rf"\1{dollar}", rendering)
    return Placed(start, end, rendering + note, refers=amount.dimension in _LEVELS)


def _bare(said: str) -> str:
    """A wording without insignificant marks: 55 % is 55%, $5,000 is $5000, 34.0% is 34%."""
    return _IDLE.sub("", fold(said))


def _says(amount: Amount, rendering: str, ending: str) -> bool:
    """Whether the rendering holds one amount, and it says what the original says."""
    parsed = amounts(cased(rendering))
    if len(parsed) != 1:
        return False
    if _WITHIN.search(ending) or "within" in rendering:  # 以内 bounds in the one language only
        amount, parsed = replace(amount, bound=""), [replace(parsed[0], bound="")]
    elif amount.dimension in _LEVELS:  # under Article 6
        amount = replace(amount, bound="")
    elif parsed[0].bound != amount.bound:
        return False
    return matches(parsed[0], amount) and matches(amount, parsed[0])


def _bounded(amount: Amount, core: str, text: str, asked: str) -> tuple[int, int, str]:
    """Where the amount stands with the words that bound it, and ``core`` with those words in the other language."""
    start, end = amount.start, amount.end
    before = text[max(0, start - 25) : start]
    within = _WITHIN.match(text, end) if asked == "en" else _WITHIN_BEFORE.search(before)
    if within and (amount.dimension in _DURATIONS):
        limits = f"within {core}" if asked == "en" else f"{core}内"
        return start - (len(within[0]) if asked == "zh" else 0), max(end, within.end() if asked == "en" else 0), limits
    if amount.kind == "date" and (latest := _LATEST.search(before)):
        return start - len(latest[0]), end, f"no later than {core}" if asked == "en" else f"不迟于{core}"
    if amount.dimension in _LEVELS:
        return start, end, core
    if not amount.bound:
        return _approximate(amount, core, text, asked)
    behind = amount.bounded.startswith(amount.said)
    extra = len(amount.bounded) - len(amount.said)
    words = {
        "least": ("{} or more", "{}以上") if behind else ("at least {}", "至少{}"),
        "most": ("{} or less", "{}以下") if behind else ("not more than {}", "不超过{}"),
        "less": ("less than {}", "低于{}"),
        "more": ("more than {}", "超过{}"),
    }[amount.bound]
    rendering = words[asked == "zh"].format(core)
    return (start, end + extra, rendering) if behind else (start - extra, end, rendering)


def _approximate(amount: Amount, core: str, text: str, asked: str) -> tuple[int, int, str]:
    start, end = amount.start, amount.end
    if amount.bounded.endswith("以下"):  # a range
        return start, start + len(amount.bounded), core
    if amount.about:
        if behind := _ABOUT_BEHIND.match(text, end):
            return start, behind.end(), f"about {core}" if asked == "en" else f"约{core}"
        for pattern, zh, en in _IS_ABOUT:
            if match := pattern.search(text[:start]):
                return match.start(), end, f"{en} {core}" if asked == "en" else f"{zh}{core}"
    return start, end, core


def _date(amount: Amount, asked: str) -> str:
    number = int(amount.low)
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    if asked == "zh":
        return f"{year}年" * bool(year) + f"{month}月" + f"{day}日" * bool(day)
    if not year:
        return f"{MONTHS[month - 1]} {day}"
    return f"{day} " * bool(day) + f"{MONTHS[month - 1]} {year}"


def _year(amount: Amount, asked: str, said: str) -> str:
    """A decade, or a year in Chinese numerals: digits need no other notation."""
    if re.search("s\\Z|年代", amount.said):
        return f"{amount.low:.0f}s" if asked == "en" else f"{amount.low:.0f}年代"
    in_numerals = said != "en" and amount.low == amount.high and not re.search(r"\d", amount.said)
    return f"{amount.low:.0f}" if in_numerals else ""


def _era(match: re.Match[str], asked: str) -> str:
    def read(written: str) -> int:
        return int(read_number(written) or 0)

    year = era_year(match["era"], match["year"])
    if match["fiscal"]:
        return f"fiscal year {year} (FY{year})" if asked == "en" else f"{year}财政年度"
    if not match["month"]:
        return str(year) if asked == "en" else f"{year}年"
    month, day = read(match["month"]), read(match["day"] or "零")
    if asked == "zh":
        return f"{year}年{month}月" + f"{day}日" * bool(day)
    return f"{day} " * bool(day) + f"{MONTHS[month - 1]} {year}"


def _number(amount: Amount, asked: str, said: str) -> str:
    if amount.low < 0 or _LISTED.search(amount.said):
        return ""
    if amount.dimension in _LEVELS:
        return _reference(amount, asked)
    stem, _, per = amount.dimension.partition("/")
    if stem == "share" and not _PERCENT.search(amount.said):
        return _part(amount, asked)
    if not stem and not _counts(amount.said, said):
        return ""
    unit, own_per = _unit_of(amount)
    if (stem and not unit) or (per and not own_per):
        return f"${_numeral(amount, Decimal(1), asked)}" if stem == "dollar" and not per else ""
    return _with_unit(amount, unit, own_per, asked)


def _counts(written: str, said: str) -> bool:
    """Whether a bare number is worth restating: one with a scale, or of things that Chinese counts: 四种."""
    if re.search("[万亿]|[mbr]illion", written):
        return True
    return said == "zh" and _THINGS.fullmatch(written) is not None


def _with_unit(amount: Amount, unit: tuple[str, str] | None, per: tuple[str, str] | None, asked: str) -> str:
    """The number with its unit, the thing measured, and the unit that it is counted per."""
    if unit is None:
        return _numeral(amount, Decimal(1), asked)
    zh, en = unit
    mark = en if en in ("%", "‰") else ""
    number = _numeral(amount, _factor(en), asked, mark)
    if mark:
        return number
    if amount.of and amount.of not in _SUBSTANCES:
        return ""  # of what one language has no word here for
    of = _SUBSTANCES[amount.of][asked == "en"] if amount.of else ""
    behind = f"/{(per[0] if asked == 'zh' else per[1])}" if per else ""
    if asked == "zh":
        return f"{number}{zh}{of}{behind}"
    if en in _MONEY and not per:
        return f"{en}{number}" if en.endswith("$") else f"{en} {number}"
    counted = en[:-1] if en in _COUNTED and number == "1" else _CODES.get(en, en)
    return f"{number} {counted}{of}{behind}"


def _reference(amount: Amount, asked: str) -> str:
    if asked == "en":
        return _LEVELS[amount.dimension].format(f"{amount.low:.0f}")
    suffix = {"article": "条", "chapter": "章"}.get(amount.dimension)  # a section or paragraph may be one of several
    return f"第{amount.low:.0f}{suffix}" if suffix else ""


def _part(amount: Amount, asked: str) -> str:
    """Two thirds, a quarter; a half is 一半 and needs no figures."""
    share = Fraction(amount.low).limit_denominator(10)
    top, bottom = share.numerator, share.denominator
    if amount.low != amount.high or top >= len(_TOPS) or not _TOPS[top] or not _BOTTOMS[bottom]:
        return ""
    if asked == "zh":
        return f"{write_numeral(bottom)}分之{write_numeral(top)}"
    return f"{_TOPS[top]} {_BOTTOMS[bottom]}{'s' * (top > 1)}"


def _numeral(amount: Amount, factor: Decimal, asked: str, mark: str = "") -> str:
    """The value or range in units of ``factor``, with a scale word where it makes the number short.

    ``mark``, a % or ‰, stands at either end of a range, and so does a Chinese scale word.
    """
    ends, word = [_plain(each / factor) for each in (amount.low, amount.high)], ""
    for scale, name in _SCALES[asked]:
        scaled = [_plain(end / scale) for end in ends]
        if scaled[0] >= 1 and all(len(each.as_tuple().digits) <= _DIGITS for each in scaled):
            ends, word = scaled, name
            break
    low, high = (f"{end:,f}" if asked == "en" else f"{end:f}" for end in ends)
    if low == high:
        return f"{low}{word}{mark}"
    return f"{low}{mark} to {high}{word}{mark}" if asked == "en" else f"{low}{word}{mark}至{high}{word}{mark}"


def _plain(value: Decimal) -> Decimal:
    """Without what division left: 500 亩 are 33.333… ha and 500 亩 again."""
    return Decimal(f"{value:.10g}").normalize() + 0


@cache
def _factor(unit: str) -> Decimal:
    """How many of the base unit of its dimension a unit is."""
    return amounts(cased(f"1 {_CODES.get(unit, unit)}"))[0].low


def _unit_of(amount: Amount) -> tuple[tuple[str, str] | None, tuple[str, str] | None]:
    """The units, in Chinese and English, that an amount is written in, and is counted per."""
    per = _PER.search(amount.said) if "/" in amount.dimension else None
    if part := re.match("([百千])分之", amount.said):
        return ("%", "%") if part[1] == "百" else ("‰", "‰"), None
    if amount.unit == "$":
        return None, None  # whose, its document says
    return _named(amount.unit), _named(per[1]) if per else None


def _named(written: str) -> tuple[str, str] | None:
    """How Chinese and English write a unit; a mass is written in tonnes where it is in thousands of them or more."""
    if not (found := read_unit(written.lower(), written, 0, len(written))) or found[1] < len(written):
        return None
    dimension, factor = found[0].dimension, found[0].factor
    return _known().get((dimension, min(factor, Fraction(1)) if dimension == "tonne" else factor))


@cache
def _known() -> dict[tuple[str, Fraction], tuple[str, str]]:
    known: dict[tuple[str, Fraction], tuple[str, str]] = {}
    for chinese, english in _UNITS:
        if found := read_unit(chinese, chinese, 0, len(chinese)):
            known[found[0].dimension, found[0].factor] = (chinese, english)
    return known
