"""Reads from a question the date whose law it asks about."""

from __future__ import annotations

import calendar
import datetime
from typing import NamedTuple

from sinkqa.ingest.text.amount import Amount
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.analysis import Analysis

_AS_OF = late(
    r"(?:(?P<only>\bas (?:of|at|on))|\b(?:in (?:force|effect)|valid|effective|applicable|applied|applying|binding) "
    r"(?:in [a-z]{2,16} |as of |as at |back )?(?:in|on|at|during|throughout))"
    r"\s*(?:the (?:end|beginning|start) of |early |late )?\Z"
)
_AS_OF_HAN = late(
    r"\s*(?:的?(?:时候?|当时|那时|底|末|间|内)|时点)?(?:仍然?|还|正|所)?(?:有效|现行|适用|生效中|在施行|在执行)的?"
)
_UNTIL_HAN = late(r"(?:截至|截止到?|按照?|依照?|根据)\Z")
_OF_LAW = late(
    r"有效|现行|适用|生效|施行|规定|规则|条例|办法|[^方做想看说手]法(?!人|院)"
    r"|\bin (?:force|effect)\b|\bvalid\b|\bappl(?:y|ied|icable)\b|\blaws?\b|\brules?\b|\bregulations?\b"
    r"|\bact\b|\border\b|\bmeasures\b|\brequire"
)


class AsOf(NamedTuple):
    """The date whose law a question asks about, and the question without the words that say it."""

    on: datetime.date
    rest: str


def as_of_said(question: str) -> AsOf | None:
    """The date of the law that a question clearly asks about; of a year or month the last day.

    "As of 2015" and 2019年时有效的 say so, if the question is about rules. The year of a document's name does not.
    """
    text = question if len(question) == len(fold(question)) else fold(question)
    said = Analysis(text)
    if not _OF_LAW.search(said.folded):
        return None
    for each in said.amounts:
        if each.kind not in ("year", "date") or each.low != each.high or (on := _last_day(each)) is None:
            continue
        before, after = _AS_OF.search(said.folded[: each.start]), _AS_OF_HAN.match(said.folded, each.end)
        if after:  # 2019年时有效的
            before = _UNTIL_HAN.search(said.folded[: each.start])
            return AsOf(on, text[: before.start() if before else each.start] + text[after.end() :])
        if before:  # what is in force stays asked for: only the date goes
            start = before.start() if before["only"] else each.start
            return AsOf(on, (text[:start] + text[each.end :].lstrip(" ,，")).strip())
    return None


def _last_day(each: Amount) -> datetime.date | None:
    year, month, day = int(each.low), 12, 31
    if each.kind == "date":
        year, month, day = year // 10_000, year // 100 % 100, year % 100
    if not (datetime.MINYEAR <= year <= datetime.MAXYEAR and 0 <= month <= 12):
        return None
    month = month or 12
    last = calendar.monthrange(year, month)[1]
    return datetime.date(year, month, day if 0 < day <= last else last)
