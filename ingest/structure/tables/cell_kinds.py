"""The kind of a table cell by its wording: a number, a period of time, or words."""

from __future__ import annotations

import re
from typing import Literal

from sinkqa.ingest.text.patterns import late

CellKind = Literal["", "value", "year", "period", "words"]

_SIGNS = r"[\d,.，．%％‰°℃/()（）–\-−~～—*×^ ]*"
_NUMBER = late(
    rf"(?:[<>≤≥≈~≦≧±+\-−–—(（]|约|不低于|不高于)*{_SIGNS}\d{_SIGNS}"
    r"(?P<unit>(?:thousand|million|billion)?[a-zA-Z%％‰°℃²³⁰¹⁴-⁹µμ亿万千百元吨年月日个家户人次倍公顷亩米克升度台件项分]{0,5}[23]?"
    r"(?:/[a-zA-Z²³0-9年月日吨]{1,5})?)[*†‡]*"
)
_BLANK = late(r"[-—–−‐/]+|\.{2,}|…+|n\.?/?a\.?|n\.?d\.?|nil|是|否|有|无|yes|no|√|✓|✔|×|x|○|●|◎", re.IGNORECASE)
_YEAR = late(r"(?:1[89]|20|21)\d\d")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?"
_IN_YEAR = (
    r"(?:第?[一二三四1-4]季度?|[上下]半年|\d{1,2}月(?:份|底|末|\d{1,2}日)?|[一二三四五六七八九十]{1,2}月(?:份|底|末)?|[前后]?[一二三]个?季度"
    r"|[一二三四1-4]-[一二三四1-4]季度)"
)
_PERIOD = late(
    rf"(?:(?:1[89]|20|21)\d\d年?(?:[-–—~～至/](?:(?:1[89]|20|21)\d\d|\d\d))?年?(?:度|初|底|末)?{_IN_YEAR}?"
    rf"|{_IN_YEAR}|[零〇一二三四五六七八九]{{4}}年度?|[“\"']?十[一二三四五六]五[”\"']?(?:时期|期间)?"
    rf"|(?:fy|cy|ay)\s?['’]?\d{{2,4}}(?:[-/–]\d{{2,4}})?|(?:[qh][1-4])(?:[\s\-/,]?(?:fy)?['’]?\d{{2,4}})?|\d{{4}}[\s\-/,]?[qh][1-4]|[1-4]q\s?\d{{2,4}}"
    rf"|(?:\d{{1,2}}\s)?{_MONTH}(?:[\s\-–/'’,]{{0,2}}(?:\d{{1,2}},?\s)?\d{{2,4}})?|\d{{4}}[-/.](?:0?[1-9]|1[0-2])(?:[-/.]\d{{1,2}})?)"
    r"(?:\s?[(（](?:[^\d()（）]{1,12})[)）]|[aefpr*†]|\d?[)）])?",
    re.IGNORECASE,
)


def kind_of(text: str) -> CellKind:
    """Returns the kind of a cell: "" if it is empty, "year" for a bare year (or a number), "period" for other times."""
    compact = text.replace(" ", "").replace("\u3000", "").replace("\n", "")
    if not compact:
        return ""
    if _YEAR.fullmatch(compact):
        return "year"
    if _PERIOD.fullmatch(" ".join(text.split())) or _PERIOD.fullmatch(compact):
        return "period"
    return "value" if _BLANK.fullmatch(compact) or _NUMBER.fullmatch(compact) else "words"


def unit_of(text: str) -> str:
    """Returns the text after the digits of a number ("%", "kt"); "" if there is none or the text is not a number."""
    compact = "".join(text.split())
    found = _NUMBER.fullmatch(compact)
    if not found:
        return ""
    return found["unit"] or ("%" if compact.rstrip(")）*†").endswith(("%", "％")) else "")


def number_of(text: str) -> float | None:
    """Returns the number in a cell, whose digits commas may group. None if it holds several numbers or none."""
    found = re.fullmatch(r"\D*?(\d+(?:,\d{3})*(?:\.\d+)?)\D*", "".join(text.split()))
    return float(found[1].replace(",", "")) if found else None
