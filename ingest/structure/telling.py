"""Lines that state a fact without being a sentence: a date, an amount, or the value of a field.

The text below such a heading does not repeat the fact: ``罚款：每吨480元``, ``Tuesday, 5 June``. Filled forms consist
of such
lines: ``Verified emissions (t): 51,300``.
"""

from __future__ import annotations

import re

from sinkqa.ingest.text.numerals import HAN, MONTHS
from sinkqa.ingest.text.patterns import late

_MAX_TELLING = 120  # characters
_MONTH = f"(?:{'|'.join(MONTHS)})"
_DATE = (
    r"(?:\d{4}\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\b\d{4}\s?[-—/.]\s?\d{1,2}\s?[-—/.]\s?\d{1,2}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s{_MONTH}\b|\b{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?\b(?!\s?\d)"
    r"|\b\d{1,2}[:：]\d\d\b|\b\d{1,2}\s?(?i:[ap]\.?m)\b"
)
_UNIT = (
    r"%|％|‰|[千万亿]?元|[千万亿]?吨|公斤|千克|克|公顷|亩|平方|立方|千米|公里|千瓦|个?工作日|[天日倍](?![^\s，。）)])|个月|小时"
    r"|(?:per ?cent|percent|tonnes?|tons?|kg|Mt|Gt|kt|ha|hectares?|MW|GW|kWh|MWh|euros?|dollars?|yuan|EUR|USD|RMB|CNY"
    r"|(?:working |calendar |business )?days?|months?|hours?|m[²³23]|mg/\S+)\b"
)
_NUMBER = r"(?<![A-Za-z\d.,])\d[\d,.]*"
_AMOUNT = rf"{_NUMBER}\s?[-–~至]?\s?(?:million |billion )?(?i:{_UNIT})|[€£$¥￥]\s?\d"
_FIGURE = rf"(?:：\s?|:\s)[€£$¥￥]?{_NUMBER}(?:\s?\S{{1,12}}){{0,2}}\Z"  # Verified emissions (t): 51,300.5
_FACT = late(rf"{_DATE}|{_AMOUNT}|{_FIGURE}")
# A field and its value; a part of the text is labelled so too, by its number, and a subtitle follows any words.
_FIELD = late(
    r"(?:[\w\s]{0,20}(?:名称|姓名|期限?|日期|时间|地点|地址|单位|部门|机关|对象|金额|罚款|价格|费用|费率|标准|限值|比例|电话|传真|邮箱|邮编|联系人|负责人|网址"
    r"|编号|文号|备案号)"
    r"|[\w\s]{0,30}\b(?:name|deadline|date|time|venue|location|place|address|contact|fine|penalty|price|fee|rate|cap|limit"
    r"|threshold|authority|phone|fax|e-?mail|reference|docket no\.?|number|applicant|operator|period|budget|cost))"
    r"\s?[:：]\s?\S",
    re.IGNORECASE,
)
_HAN_LETTER = late(r"[\u3400-\u9fff]")
_LETTERS = late(r"[^\W\d_]+")
_WEEKDAY = late(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:星期|周)[一二三四五六日天]|\d{4}|[上下]午")
_REMARK = late(r"[（(][^()（）]*[)）]")
_BEGINS_WITH_DATE = late(_DATE)
_NAMED_BY_DATE = late(rf"\d\S*\sof\s(?:{_DATE})(?:,?\s\d{{4}})?\Z")  # Order 7 of 3 May 2031
_VALUE = late(rf"[:：]\s?[^:：]*?(?:{_DATE}|{_AMOUNT})")
_NUMBERED = late(rf"[（(]?(?:\d+(?:\.\d+)*[A-Z]{{0,3}}|[{HAN}]{{1,3}}|[IVX]{{1,5}}|[A-Za-z])[）).、．\s]\s*(?!月)")
_PART = late(
    r"(?:第.{1,4}[编章节条部]|附[件录表]|表|图|步骤|(?:part|annex|appendix|schedule|table|figure|box|step|chapter|section|(?:sub)?part)\b)",
    re.IGNORECASE,
)


def tells(heading: str) -> bool:
    """Whether a line states a fact that may answer a question, and does not only name a part of the text."""
    if len(heading) > _MAX_TELLING or _PART.match(heading) or _REMARK.fullmatch(heading) or _is_name(heading):
        return False
    if _BEGINS_WITH_DATE.match(heading):
        return True
    number = _NUMBERED.match(heading)
    name = heading[number.end() :] if number else heading
    if number and not _HAN_LETTER.search(name):  # the name of a section may hold an amount: More than one 25% allowance
        return _FIELD.match(name) is not None or _VALUE.search(name) is not None
    return _FACT.search(name) is not None or _FIELD.match(name) is not None


def _is_name(heading: str) -> bool:
    """Whether the only fact in a line is the date of the text that it names."""
    dated = _NAMED_BY_DATE.search(heading)
    return dated is not None and _FACT.search(heading[: dated.start()]) is None


def is_bare(heading: str) -> bool:
    """Whether a line states a fact without its subject: a date, a time, or an amount with few words."""
    words = _LETTERS.findall(_WEEKDAY.sub("", _FACT.sub("", heading)))
    return not any(len(word) > 3 for word in words) and sum(map(len, _HAN_LETTER.findall("".join(words)))) <= 2
