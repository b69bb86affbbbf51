"""Reads the covers of standards and methodologies: their number, their series and their title.

A cover has separate lines, often spaced out, for a classification, the name of the series, the number, the replaced
standard, the title, the title in English, the dates of issue and of effect, and the issuer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from sinkqa.ingest.about.bodies import is_body

_COVER, _COVER_LINES, _MAX_LINE = 2_000, 45, 60  # characters, lines, characters of a line
_MAX_TITLE_LINES = 5
_SAMPLE = 60_000  # characters in which a title may be printed once more
# The name of a series stands alone in its line; one of its letters may have been lost.
_SERIES = re.compile(
    r"(?:中?华?人民共和国)?(?:[\u4e00-\u9fff]{1,8}?(?:省|市|自治区))?"
    r"(?:[\u4e00-\u9fff]{0,8}行业|国家(?:环境保护|生态环境|职业卫生|军用|能源|计量)?|地方|团体|企业|军用)"
    r"(?:推荐性|强制性)?(?:标准|计量技术规范|计量检定规程)(?:化?指导性技术文件)?"
    r"|[\u4e00-\u9fff]{2,16}(?:协会|学会|联合会)标准"
    r"|(?:INTERNATIONAL|NATIONAL|BRITISH|EUROPEAN|INDIAN|GROUP|INDUSTRY|LOCAL) STANDARDS?"
    r"(?: (?:OF|FOR) [A-Z’' ]{4,50})?",
    re.IGNORECASE,
)
_CHINESE = (
    r"GB[JZ]?|HJ|DB\s?\d{2,6}|T\s?/\s?[A-Z]{2,8}|Q\s?/\s?[A-Z\d]{2,8}|JJ[GF]|JGJ|CJJ?"
    "|AQ|CH|DL|DZ|FZ|GA|GY|HG|HS|HY|JB|JT|LB|LY|MT|NB|NY|QB|QC|QX|RB|SB|SH|SL|SN|SY|TB|TD|WS|XF|YB|YS|YY"
)
_FOREIGN = r"(?:BS\s|DIN\s|NF\s|IS\s)?(?:EN\s)?(?:ISO|IEC|ISO/IEC|EN|JIS|ASTM|ANSI|CSA|AS/NZS|PAS|BS|DIN|IEEE)"
_YEAR = r"(?:19|20)\d\d"
_STANDARD = (
    rf"(?:{_CHINESE})\s?(?:/\s?[TZ]?)?\s?\d{{1,6}}(?:\.\d{{1,3}})*\s?[-—–－~:]{{1,2}}\s?(?:{_YEAR}|\d\d)(?!\d)"
    rf"|{_FOREIGN}(?:/(?:TS|TR|IEC|PAS))?\s?[A-Z]?\s?\d{{2,6}}(?:-\d{{1,3}})?\s?[:：—–-]\s?{_YEAR}(?!\d)"
)
_METHODOLOGY = r"(?:AR-)?(?:ACM|AMS?)-?\d{4}|AMS-I{1,3}\.[A-Z]{1,2}|VMR?\d{4}|CCER[-—–]\d\d[-—–]\d{3}[-—–]V\d\d"
_NUMBER = re.compile(rf"(?<![A-Za-z\d/-])(?P<number>{_STANDARD}|{_METHODOLOGY})(?![\w-]*\d)")
_WITHOUT_YEAR = re.compile(r"(?:ISO|IEC|ISO/IEC|ISO/(?:TS|TR))\s\d{3,6}(?:-\d{1,3})?")
_METHOD = re.compile(_METHODOLOGY)
_RUNNING = re.compile(rf"(?P<number>{_METHODOLOGY})\s?/\s?[Vv]ersion\b")  # CDM – Executive Board AM0001 / Version 2
_REPLACES = re.compile(
    r"[（(]?(?:部分)?(?:代替|替代|代)\s?[A-Z]|(?:Replaces|Supersedes|In replacement of)\b", re.IGNORECASE
)
_CLASS = re.compile(
    r"(?P<named>ICS|CCS|UDC)?[\s:：]*(?:\d\d(?:\.\d{2,3}){1,2}(?:[\s;,，；]+)?)*[A-Z]?\s?\d{0,2}|备案号.*|[\W\d_]+"
)
_DATED = re.compile(
    rf"{_YEAR}\s?[-—./年]\s?\d\d?.*(?:发布|發布|实施|批准|施行|issued|published)"
    rf"|(?:issued?|issue date|date of issue|published|implement\w+|effective)[\w\s:]*{_YEAR}",
    re.IGNORECASE,
)
_STAGE = re.compile(
    r"[（(]?(?:发布|报批|送审|征求意见|公示|审定|修订|讨论)稿[）)]?|[（(]?(?:draft|final draft).{0,30}", re.IGNORECASE
)
_BODY = re.compile(
    r"目\s*[次录錄]|前\s*言|引\s*言|[1１一](?:[.．、\s]|\s*)\s*(?:总则|范围|适用范围|主题内容|引言|Scope|Introduction)"
    r"|(?:Table of )?Contents|Foreword|Preface|Introduction|第[一1]章",
    re.IGNORECASE,
)
_ISSUES = re.compile(r"\s*(?:联合)?发\s*布$")
# What a title's part ends with that is complete: another part follows, not the rest of the line.
_COMPLETE = re.compile(r"(?:标准|方法学|指南|规范|要求|规程|导则|通则|测定|废气|水质|土壤|空气)$")
_PROSE = re.compile(r"[。；;，《]|[：:,]$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DASHES = re.compile("[-—–－~:：]+")
# Local standards carry the first two digits of the code of their province (GB/T 2260).
_PROVINCES = {
    "11": "北京市", "12": "天津市", "13": "河北省", "14": "山西省", "15": "内蒙古自治区",
    "21": "辽宁省", "22": "吉林省", "23": "黑龙江省", "31": "上海市", "32": "江苏省",
    "33": "浙江省", "34": "安徽省", "35": "福建省", "36": "江西省", "37": "山东省",
    "41": "河南省", "42": "湖北省", "43": "湖南省", "44": "广东省", "45": "广西壮族自治区",
    "46": "海南省", "50": "重庆市", "51": "四川省", "52": "贵州省", "53": "云南省",
    "54": "西藏自治区", "61": "陕西省", "62": "甘肃省", "63": "青海省", "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cover:
    """The data on the cover of a standard; None for missing fields. ``issuer`` is the name before 发布."""

    number: str
    title: str | None
    issuer: str | None


def joined(line: str) -> str:
    """Returns the line with single spaces, and with spaced-out letters joined: ``环 境 保 护 部``, ``G B 3 8``."""
    words = line.split()
    apart = len(words) > 2 and all(len(word) == 1 for word in words) and not line.isalpha()
    return ("" if apart and re.search(r"[\u3400-\u9fff\d]", line) else " ").join(words)


def is_series(line: str) -> bool:
    """Whether a line is exactly the name of a series of standards: 中华人民共和国国家标准."""
    bare = "".join(line.split()) if _HAN.search(line) else " ".join(line.split())
    return _SERIES.fullmatch(bare) is not None


def is_cover_line(line: str) -> bool:
    """Whether a line occurs only on covers of standards and methodologies: a series alone or a number alone."""
    return is_series(line) or _kind(joined(line)) == "number"


def leading_number(title: str) -> str | None:
    """Returns the number at the beginning of a title: ``GB 3838-2002`` in ``GB 3838-2002 地表水环境质量标准``."""
    found = _NUMBER.match(title)
    return _tidied(found["number"]) if found else None


def read_cover(text: str) -> Cover | None:
    """Reads the cover at the beginning of the document. None if its first lines are not a cover.

    A number alone on its line belongs to a cover if a series, a classification or a date of issue is near it, or if it
    is the only number and next to the first line.
    """
    lines = list(_cover_lines(text))
    kinds = [_kind(line) for line in lines]
    at = [place for place, kind in enumerate(kinds) if kind == "number"]
    if not at:
        return None
    beside = {"series", "dated", "class"} & set(kinds)
    if not (beside or at in ([0], [1], [2]) or _METHOD.search(lines[at[0]])):
        return None
    title = _title(lines, kinds, text, latin=bool({"series", "dated"} & set(kinds)))
    issuers = (_ISSUES.sub("", line) for line in lines if _ISSUES.search(line) and not re.search(r"\d", line))
    return Cover(_number(lines[at[0]], text), title, next(filter(None, issuers), None))


def _number(line: str, text: str) -> str:
    found = _RUNNING.search(line) or _NUMBER.match(line)
    if found:
        return _tidied(found["number"])
    dated = re.search(rf"{re.escape(line)}\s?[:：]\s?{_YEAR}", text[:_SAMPLE])
    return _tidied(dated[0] if dated else line)


def titled(title: str, number: str | None) -> str:
    """Returns the title followed by its number, once, as standards are cited."""
    if number is None:
        return title
    if found := next((each for each in _NUMBER.finditer(title) if _same(_tidied(each["number"]), number)), None):
        rest = re.sub(r"^[\s:：,，、—–-]+", "", title[found.end() :])
        if found.start() or len(rest) < 4:
            return title
        title = rest
    return f"{title}（{number}）" if _HAN.search(title) else f"{title} ({number})"


def province_of(number: str) -> str | None:
    """Returns the province, region or city of a local standard's number: 广东省 for ``DB44/27—2001``."""
    found = re.match(r"DB\s?(\d\d)", number)
    return _PROVINCES.get(found[1]) if found else None


def is_chinese(number: str) -> bool:
    """Whether a standard's number is one of the People's Republic of China."""
    return re.match(rf"(?:{_CHINESE})\s?(?:/[TZ]\s?)?\d|CCER", number) is not None


def _cover_lines(text: str) -> Iterator[str]:
    """The lines above the body, contents and preface."""
    lines = [line for raw in text[:_COVER].splitlines() if (line := joined(raw.strip("#*|_（）() \t")))]
    for line in lines[:_COVER_LINES]:
        if _BODY.match(line):
            return
        yield line


def _kind(line: str) -> str:
    if is_series(line):
        return "series"
    if _REPLACES.match(line):
        return "replaces"
    if _RUNNING.search(line) or _WITHOUT_YEAR.fullmatch(line):
        return "number"
    if (found := _NUMBER.match(line)) and _is_rest_of_number(line[found.end() :]):
        return "number"
    if _DATED.search(line) and len(line) <= _MAX_LINE:
        return "dated"
    if _ISSUES.search(line) or is_body(line):
        return "issuer"
    if found := _CLASS.fullmatch(line):
        return "class" if found["named"] else "other"
    if _STAGE.fullmatch(line) or re.fullmatch(r"[A-Z]{1,4}\s?\d{0,2}", line):
        return "other"
    if len(line) > _MAX_LINE or _PROSE.search(line):
        return "prose"
    return "han" if _HAN.search(line) else "latin"


def _is_rest_of_number(rest: str) -> bool:
    return not rest.strip() or _REPLACES.match(rest.strip()) is not None


def _title(lines: Sequence[str], kinds: Sequence[str], text: str, *, latin: bool) -> str | None:
    """The first lines of one kind that are no other part of a cover. Chinese lines come before others."""
    runs = [
        (kind, [line for line, _ in run]) for kind, run in groupby(zip(lines, kinds, strict=True), lambda pair: pair[1])
    ]
    for wanted in ("han", "latin") if latin else ("han",):
        for kind, run in runs:
            if kind == wanted and len(run) <= _MAX_TITLE_LINES and any(len(line) > 1 for line in run):
                return _one_line(run, text) if kind == "han" else " ".join(run)
    return None


def _one_line(run: Sequence[str], text: str) -> str:
    """Joins lines: with a space between parts of a title and where the document prints one; else as wrapped text."""
    whole, sample = run[0], text[:_SAMPLE]
    for line in run[1:]:
        ends = rf"{re.escape(whole.split()[-1])}[ \u3000\t—-]+{re.escape(line.split()[0])}"
        parts = _COMPLETE.search(whole) or re.match("第.{1,3}部分", line) or re.search(ends, sample)
        whole += f" {line}" if parts and whole + line not in sample else line
    return whole


def _tidied(number: str) -> str:
    number = re.sub(r"\s*([/—–-])\s*", r"\1", " ".join(number.split()))
    return re.sub(r"^(DB|T/|Q/) (?=[\dA-Z])", r"\1", number)


def _same(a: str, b: str) -> bool:
    return _DASHES.sub("-", "".join(a.split())) == _DASHES.sub("-", "".join(b.split()))
