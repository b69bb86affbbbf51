"""Finds the issuer and the jurisdiction of a document in its own text.

A name in prose is never the issuer, however often it occurs. As a last resort the whole text may give the jurisdiction,
through the wording of its norms or through one country that it names far more often than others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sinkqa.ingest.about.bodies import FORMULAS, HAN_BODY, MARKS, cased, is_body, is_of_china
from sinkqa.ingest.about.dating import is_set_apart
from sinkqa.ingest.about.places import is_country, mentions
from sinkqa.ingest.about.standards import joined

_HEAD, _TAIL, _SAMPLE = 1_500, 800, 20_000  # characters
_HEAD_LINES, _TAIL_LINES, _MAX_LINE = 20, 12, 100
_MIN_MENTIONS, _SHARE = 5, 0.75  # of one country among all that are named
_MIN_NORMS = 3
_BODY_BEGINS = re.compile(
    r"第\s?[一1]\s?[条條章]|(?:Article|Section|§)\s1\b|1\.?\s+\w|I\.\s|[一１]、|【?(?:摘\s*要|目\s*[次录錄])|Abstract\b|ABSTRACT|Contents\b|CONTENTS"
    r"|SUMMARY|Summary\b"
)
_DAY = r"(?:\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日|(?:[A-Z][a-z]+\s\d{1,2},|\d{1,2}\s[A-Z][a-z]+)\s\d{4})"
_DATE_LINE = re.compile(rf"{_DAY}\.?")
_QUOTED = re.compile("《[^》]*》|〈[^〉]*〉")  # the name of another document
_FIELD = re.compile(
    r"^(?:AGENCY:|(?:ISSUED|Issued|PUBLISHED|Published) (?:BY|by):?|Issuing (?:authority|body):"
    r"|(?:发布|制定|颁布|发文|印发)(?:单位|机构|机关|部门)[：:]|(?:発行|編集)者?[：:])"
    r"\s*(?P<who>[^\n]{2,80}(?<=,)(?:\n[^\n]{2,60})?|[^\n]{2,80})",
    re.MULTILINE,
)
# 第十三届全国人民代表大会常务委员会第…次会议通过; a province's congress is numbered behind its name.
_CONGRESS = re.compile(
    r"(?:^|(?<=[日\s经由（(]))(?:第[^\s届]{1,4}届)?(?P<where>全国|[\u4e00-\u9fff]{2,8}?(?:省|市|自治区|自治州))"
    r"(?:第[^\s届]{1,4}届)?(?P<what>人民代表大会(?:常务委员会)?)(?=第)"
)
_ORDER = re.compile(
    rf"(?:^|(?<=[日\s]))(?:中华人民共和国)?(?P<who>{HAN_BODY})\s?(?:令|公告|通告)[\s（(〔\[]{{0,2}}(?:\d{{4}}年?[）)〕\]]?)?\s*(?:第?\s?[\d一二三四五六七八九十〇百]+\s?号|$)"
)
_JAPANESE_ORDER = re.compile(r"(?P<who>[\u4e00-\u9fff]{2,6}[省庁府])(?:告示|令|訓令)第\S+号")
_TITLE_ISSUERS = re.compile(rf"(?P<who>(?:{HAN_BODY}[、\s]{{0,2}}){{1,4}}?)(?:关于|印发|公布|发布|令|公告)")
_SIGNATURE = re.compile(rf"(?:^|(?<=[\s。，：]))(?P<who>{HAN_BODY})\s*{_DAY}(?=\s|$|附)", re.MULTILINE)
# 生态环境部部长 某某, 国务院总理 某某 stand under orders.
_OFFICE = re.compile(rf"(?:^|(?<=[\s。]))(?P<who>{HAN_BODY})(?:总理|部长|局长|主任|省长|市长)\s", re.MULTILINE)
# Who may interpret a rule made it: 本办法由某部负责解释.
_INTERPRETER = re.compile(
    r"本(?:办法|规定|细则|规则|指南|规程|方案)由(?P<who>[^。；]{3,60}?)(?:负责|在各自|会同|进行|承担|予以)*(?:的职责范围内)?解释"
)
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|Copyright)\s?(?:\d{4}\s)?(?P<who>[A-Z][\w .’'-]{2,60}?)(?=,?\s\d{4}|[.\n]|$)", re.MULTILINE
)
_SUBMISSION = re.compile("Determined Contribution|Submission|Communication|Long-Term .*Strategy", re.IGNORECASE)
_UNIVERSITY = re.compile("大学|学院|研究[院所]|University|Institute|College|School|Academy", re.IGNORECASE)

# How norms are worded in one country only: (what they call themselves, what they say).
_PAPER = re.compile(r"【?摘\s*要】?\s*[：:]|^\s*(?:关键词|Keywords?)\s*[：:]", re.MULTILINE | re.IGNORECASE)
_CHINESE_SELF = re.compile(
    "本(?:法|条例|办法|规定|细则|规则|标准|方法学|文件|指南|规范|规程|导则|方案|意见|通知|公告|省|市|自治区)|制定本|现(?:予以?)?(?:公布|发布|印发)"
)
_CHINESE_NORM = re.compile(
    "国务院|省、自治区、直辖市|县级以上|设区的市|各级人民政府|地方人民政府|行政主管部门|生态环境主管部门|中华人民共和国|中国共产党|党中央|全国人民代表大会|社会主义|自治区"
    r"|(?:GB|HJ|DL|LY|NY|JJG|JJF|NB|QB|YB|CJ|SL|HY)(?:/[TZ])?\s?\d{2,}|国家(?:有关)?(?:规定|标准)"
)
_JAPANESE_SELF = re.compile("この(?:法律|政令|省令|府令|条例|規則|告示|要綱)|附\\s*則")
_JAPANESE_NORM = re.compile(
    "(?:明治|大正|昭和|平成|令和)\\S{1,4}年(?:法律|政令|条例|\\S{2,6}省令)第|政令で定める|省令で定める|都道府県知事|大臣"
)
_NATIONAL_REGULATION = re.compile(r"(?!中国共产党|中国人民解放军|军队)[\u4e00-\u9fff（）]*条例(?:（[^）]*）)?")


@dataclass(frozen=True, slots=True)
class Issuing:
    """The issuer of a document, and the jurisdiction of its law or policy. None: the document does not state it."""

    issuer: str | None
    jurisdiction: str | None


def find_issuing(title: str, text: str, *, known: Sequence[str], language: str) -> Issuing:
    """Finds issuer and jurisdiction.

    ``known``: names that a reader found, such as the issuer, or authors that are bodies. The jurisdiction comes from
    the issuer, the country in the title, the letterhead, or the wording of the norms.
    """
    head = list(_letterhead(text))
    issuer = known[0] if known else _issuer(title, text, head)
    named = (_jurisdiction_of_names([name]) for name in (issuer or "", title))
    where = next(filter(None, named), None) or _mark("\n".join(head))[0]
    formula = (code for pattern, code in FORMULAS if pattern.search(text[: 2 * _HEAD]))
    where = where or next(formula, None) or _jurisdiction_of_wording(text, language)
    if issuer is None and where == "CN" and language == "zh" and _is_national_regulation(title, text):
        issuer = "国务院"  # of rules, only the State Council's and, with its place in the title, a congress's are 条例
    return Issuing(issuer, where)


def most_named(text: str) -> str | None:
    """Returns the country that is named far more often than all others, or None."""
    third, middle = _SAMPLE // 3, len(text) // 2
    sample = text if len(text) <= _SAMPLE else text[:third] + text[middle : middle + third] + text[-third:]
    counts = mentions(sample)
    code, count = max(counts.items(), key=lambda item: item[1], default=("", 0))
    return code if count >= max(_MIN_MENTIONS, _SHARE * counts.total()) else None


def _letterhead(text: str) -> Iterator[str]:
    """The lines above the body that are set like names. Prose does not count, although its lines may be as short."""
    lines = [joined(line) for line in text[:_HEAD].splitlines() if line.strip()][:_HEAD_LINES]
    for line in lines:
        line = line.strip("| *_")
        if _BODY_BEGINS.match(line):
            return
        if len(line) <= _MAX_LINE and is_set_apart(line):
            yield line


def _issuer(title: str, text: str, head: Sequence[str]) -> str | None:
    """The issuer, by the surest source first: a field, the title, an enactment, the letterhead, a signature."""
    opening, ending = _QUOTED.sub("", text[: 2 * _HEAD]), _QUOTED.sub("", text[-_TAIL:])
    if field := _FIELD.search(text[:_HEAD]):
        return " ".join(field["who"].split()).rstrip(".")
    if (named := _TITLE_ISSUERS.match(title)) and (bodies := _joined(re.split(r"[、\s]+", named["who"]))):
        return bodies
    enactments = [_QUOTED.sub("", line) for line in head]
    for line in enactments:
        if congress := _CONGRESS.search(line):
            return congress["where"] + congress["what"]
        if notice := _JAPANESE_ORDER.match(line):
            return notice["who"]
        if (order := _ORDER.search(line)) and not order["who"].endswith("主席"):
            return _joined([order["who"]])
    who = _mark("\n".join((title, *head)))[1]
    bodies = _joined(re.sub(r"(?:文件|\s*发\s*布)$", "", line) for line in head if not is_country(line))
    return (
        who
        or bodies
        or _signed(opening, ending)
        or _party(head)
        or next(
            (cased(c["who"]) for c in _COPYRIGHT.finditer(f"{text[:_HEAD]}\n{text[-_TAIL:]}") if _owns(c["who"])), None
        )
    )


def _party(head: Sequence[str]) -> str | None:
    """The country that made a submission, by a name that stands alone above it."""
    submits = _SUBMISSION.search("\n".join(head))
    return next((line for line in head[:2] if is_country(line)), None) if submits else None


def _signed(opening: str, ending: str) -> str | None:
    """The body that signs with a date, or whose head does, or that is entitled to interpret the rule."""
    for pattern in (_OFFICE, _SIGNATURE):
        for part in (ending, opening):
            if bodies := _joined(found["who"] for found in pattern.finditer(part)):
                return bodies
    lines = [line.strip() for line in ending.splitlines() if line.strip()][-_TAIL_LINES:]
    for line, following in pairwise(lines):
        if is_body(line) and _DATE_LINE.fullmatch(following):
            return cased(line)
    if found := _INTERPRETER.search(ending):
        return _joined(re.split("、|会同|商|和(?!改革|草原|信息|城乡|社会)", found["who"]))
    return None


def _joined(names: Iterable[str]) -> str | None:
    """The bodies among the names, each once. A bare 省 or 市 of a place is not a body by itself."""
    cleaned = (re.sub(r"^.*\d日", "", cased(name)) for name in names)
    bodies = [name for name in dict.fromkeys(cleaned) if is_body(name) and not re.match("[省州县区]|市(?!场)", name)]
    return "、".join(bodies[:3]) or None


def _owns(name: str) -> bool:
    return is_body(name) or is_country(name)


def _mark(text: str) -> tuple[str | None, str | None]:
    """Jurisdiction and issuer from the first clues in names and letterheads."""
    where = who = None
    for pattern, jurisdiction, issuer in MARKS:
        if ((jurisdiction and not where) or (issuer and not who)) and pattern.search(text):
            if where and jurisdiction and where != jurisdiction:
                continue  # an issuer of another country would not be this one's
            where, who = where or jurisdiction, who or issuer
    return where, who


def _jurisdiction_of_names(names: Iterable[str]) -> str | None:
    """The country of an issuer or a title, if it names just one."""
    name = "\n".join(names)
    if not name:
        return None
    counts = mentions(re.sub(_UNIVERSITY.pattern, "", name) if not _UNIVERSITY.search(name) else "")
    if len(counts) == 1:
        return next(iter(counts))
    if counts or _UNIVERSITY.search(name):
        return None
    return _mark(name)[0] or ("CN" if is_of_china(name) else None)


def _jurisdiction_of_wording(text: str, language: str) -> str | None:
    sample = text[:_SAMPLE]
    if _PAPER.search(sample[:_HEAD]):
        return None
    selves, norms = {
        "zh": (_CHINESE_SELF, _CHINESE_NORM),
        "ja": (_JAPANESE_SELF, _JAPANESE_NORM),
    }.get(language, (None, None))
    if selves is None or norms is None:
        return None
    told = len(selves.findall(sample)) >= 2 and len(norms.findall(sample)) >= _MIN_NORMS
    return {"zh": "CN", "ja": "JP"}[language] if told else None


def _is_national_regulation(title: str, text: str) -> bool:
    own = re.split(r"\s/\s", title)[0].strip()
    return _NATIONAL_REGULATION.fullmatch(own) is not None and "本省" not in text and "本市" not in text
