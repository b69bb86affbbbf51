"""Recognises captions, units, notes and continuation lines of tables by their wording."""

from __future__ import annotations

import re
import unicodedata

from sinkqa.ingest.text.patterns import late

ORDINAL = (
    r"(?:(?:[A-Z]{1,2}[.\-–]?)?[0-9]+(?:[.\-–][0-9A-Z]+|[—－][0-9]+)*(?:[a-z]\b)?"
    r"|[一二三四五六七八九十]+|[IVX]+\b|[A-Z]\b)"
)
"""Matches the number of a table or figure as captions print it: 3, A.1, ES-1, 2a, 3-2, 十, IV."""
_CAPTION = late(
    rf"\s*(?P<again>续)?(?P<label>(?:附?表|(?i:annex table|table|tab\.))\s*{ORDINAL})(?![\d.]*[年月日])(?P<rest>.*)",
    re.DOTALL,
)
_MENTION = late(r"\s*(?:[a-z,;)]|[(（](?![^()（）]*[)）]\s*$)|[显可所表列给为是中和与及、，。的])")
_UNIT = late(
    r"(?:[^。；;]{1,40}\s)?[(（\[【]?\s*(?:计量|金额|数量|货币|面积|计算|数据)?单位\s*(?:[:：]\s*|为)\S.{0,60}"
    r"|[(（\[]?\s*(?i:units?(?: of measure(?:ment)?)?\s*[:：]|units? (?:is|are)\b|(?:measured|expressed) in\b"
    r"|(?:all )?(?:figures|values|amounts|numbers|data)(?: (?:are|is))? in\b)\s*\S.{0,80}"
)
_NAMED_UNIT = late(
    r"(?:[^。；;]{1,40}\s)?\s*[(（\[【]?\s*(?P<name>\w{0,2}单位|(?i:units?(?: of measure(?:ment)?)?))\s*[:：]\s*"
    r"(?P<measure>.*?)\s*[)）\]】]?\s*",
    re.DOTALL,
)
_BRACKETED = late(r"\s*[(（\[【]\s*(?P<measure>.*?)\s*[)）\]】]\s*", re.DOTALL)
_BRACKETS = late(r"[(（\[【](?P<inside>[^()（）\[\]【】]{1,60})[)）\]】]")
_MEASURE = late(
    r"in|of|per|the|a|(?:hundred|thousand|million|billion|trillion|tonne|ton|hectare|acre|euro|dollar|percentage|unit|year)s?"
    r"|metric|10\^?\d{1,2}|'?0{2,3}s?|1[0,]{3,8}|[kmg]?t(?:co2)?(?:-?e(?:q|quivalents?)?)?|co2(?:-?e(?:q|quivalents?)?)?|carbon|dioxide"
    r"|eq|equivalents?|h?a|(?:us)?[$€£]|us|usd|eur|cny|rmb|yuan|cent|percent|[%％]|points?|[kmgt]?wh?|[ktpgem]?j|people|persons|inhabitants"
    r"|households|[µμmnk]?g|[nkh]?m[23]?|m?l|pp[mb]|yr|capita|annum|month|day|hour|h"
)
_HAN_MEASURE = late(
    r"每?[十百千万亿]*(?:标准立方|立方|平方)?"
    r"(?:标准煤|吨|元|美元|公顷|亩|千瓦时?|度|米|公里|人次?|户|家|个|株|头|克|公斤|毫克|微克|升|年|天|小时|日)"
    r"(?:标准煤|二氧化碳当量|二氧化碳|碳当量|标煤)?"
)
_ALSO_WORDS = late(
    r"in|of|per|the|a|us|carbon|years?|yr|month|day|hour|points?|units?|people|persons|inhabitants|households|[年天日度个家人]|小时"
)  # which alone name a column or begin a sentence as well
_DATE = late(
    r"[(（]?(?:截至|截止)?\s*(?:\d{4}\s*年(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|度)?"
    r"|(?:as (?:of|at)\s+)?(?:\d{1,2}\s+)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+"
    r"(?:\d{1,2},?\s+)?\d{4})[)）]?",
    re.IGNORECASE,
)
_AGAIN = late(
    r"[(（\[]?\s*(?:续表?|[接续]上[页表]|上接.{0,6}页|continued(?: from .{1,30})?|cont(?:inued|\.|[’']d)?)"
    r"\s*[)）\]]?[.…]*",
    re.IGNORECASE,
)
_GOES_ON = late(
    r"^\s*续\s*(?:附?表)|^\s*附?表\s*[\d.\-]+\s*续|[(（\[—–-]\s*(?:续|continued|cont\b\.?|cont[’']d)", re.IGNORECASE
)
_NOTE = late(
    r"\s*[*＊]?\s*(?:(?:data )?(?:sources?|notes?|legend|abbreviations?|key)\s*\d{0,2}\s*[:.：]"
    r"|(?:注释?|附注|表注|说明|备注|(?:资料|数据|信息|图表)?来源)\s*[\d一二三四五六七八九十]{0,2}\s*[:：]"
    r"|表中(?:数据|数字|所列|未列|各项)|注\s*[\d①-⑩]{1,2}\s*[:：.、])",
    re.IGNORECASE,
)
_LONGEST_UNIT = 90


def table_label(text: str) -> str | None:
    """The printed label if ``text`` begins like the caption of a table ("Table 4", "表2"); else None."""
    found = _CAPTION.match(text)
    if not found or is_mention(found["rest"]):
        return None
    label = " ".join(found["label"].split())
    return label if label.isascii() else label.replace(" ", "")


def is_mention(rest: str) -> bool:
    """Whether the text after a table's number continues as a sentence about it: "shows", 列出, （见…）的."""
    return _MENTION.match(rest) is not None


def is_table_caption(text: str) -> bool:
    """Whether ``text`` begins as the caption of a table does."""
    return table_label(text) is not None


def is_unit_line(text: str) -> bool:
    """Whether a line gives the unit of a table: 单位：万吨, "Unit: kt", "(in million tonnes)"."""
    body = " ".join(text.split())
    if not body or len(body) > _LONGEST_UNIT:
        return False
    inside = _BRACKETS.fullmatch(body)
    return bool(_UNIT.fullmatch(body)) or _is_measure(inside["inside"] if inside else body)


def named_unit(line: str) -> tuple[str, int, int]:
    """Returns the word for the unit in a unit line ("单位", "Unit"; or ""), and the place of the measure."""
    found = _NAMED_UNIT.fullmatch(line) or _BRACKETED.fullmatch(line)
    if found is None:
        return "", 0, len(line)
    return found.groupdict().get("name") or "", found.start("measure"), found.end("measure")


def _is_measure(text: str) -> bool:
    """Whether every word belongs to the name of a unit: "million tonnes", "kt CO2e", 万吨标准煤/年."""
    plain = unicodedata.normalize("NFKC", text).replace("₂", "2").casefold()
    words = [word.strip(".") for word in re.split(r"[\s/·,，、;；]+", plain) if word.strip(".")]
    named = [word for word in words if not _ALSO_WORDS.fullmatch(word)]
    return bool(named) and all(_MEASURE.fullmatch(word) or _HAN_MEASURE.fullmatch(word) for word in words)


def is_between(text: str) -> bool:
    """Whether a line may be between a caption and its table: a unit, a date, a bracket, a note, (continued)."""
    body = " ".join(text.split())
    return is_unit_line(body) or any(pattern.fullmatch(body) for pattern in (_BRACKETS, _DATE, _AGAIN)) or is_note(body)


def is_note(text: str) -> bool:
    """Whether ``text`` begins as a note or source below a table does."""
    return _NOTE.match(text) is not None


def goes_on(text: str) -> bool:
    """Whether a caption says that its table began before: 续表1, "Table 1 (continued)", or only "(continued)"."""
    return _GOES_ON.search(text) is not None or _AGAIN.fullmatch(" ".join(text.split())) is not None
