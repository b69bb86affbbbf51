"""Reads from a question whether it asks if a document is in force, what ended it, or what it ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from sinkqa.index.query.expansion import tells_something
from sinkqa.ingest.provisions.references import references
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.understanding.question import Asked

StandingKind = Literal["whether", "ended", "expires", "ends", "unnamed"]


class StandingQuestion(NamedTuple):
    """What a question asks of the standing of the document that it names at ``[start, end)``.

    ``kind``: whether it is in force; when and by what it was "ended"; when it "expires"; what it "ends" itself; or
    whether something is in force that the question does not name.
    """

    kind: StandingKind
    start: int = 0
    end: int = 0


_FORCE = late(
    r"(?:还|仍|仍然|依然|是否|是不是|现在|目前|现行|至今|继续)[^,。;?]{0,8}?(?:有效|生效|施行|适用|执行|管用|算数)"
    r"|有效吗|(?:生效|施行|实施)了(?:吗|没)|现行有效|(?:有没有|是否|已经?|会不会)(?:失效|过期|作废|到期)"
    r"|(?:失效|过期|作废|到期)了?[吗没]|效力状态|时效性"
    r"|\b(?:still|currently|presently|now|today|remains?|remained)\b[^?.;]{0,24}?"
    r"\b(?:in (?:force|effect)|valid|effective|applicable|appl(?:y|ies)|binding|operative|good law|current|law)\b"
    r"|^(?:so |and )?(?:is|are|was|were)\b[^?;]{1,200}?\b(?:in (?:force|effect)|valid|good law|binding|up to date"
    r"|outdated|out of date|obsolete|the (?:current|latest|newest|most recent) version)\b"
    r"|\b(?:has|have)\b[^?;]{1,200}?\b(?:expired|lapsed|taken effect|(?:come|entered) into (?:force|effect))\b"
    r"|\bstatus of\b|\bwhat (?:happened to|became of)\b|最新版|最新的?版本|现行版"
)
_ENDED = late(
    r"废止|废除|失效|作废|取代|替代|代替|替换|撤销|有效期|到期|过期|届满|"
    r"\b(?:revok(?:e|es|ed)|repeal(?:s|ed)?|rescind(?:s|ed)?|supersed(?:e|es|ed)|replac(?:e|es|ed)|abrogat(?:e|es|ed)"
    r"|withdr(?:aw|aws|awn|ew)|cancel(?:s|led|ed)?|overturn(?:s|ed)?"
    r"|expir(?:e|es|ed)|laps(?:e|es|ed))\b"
)
_BE = late(r"\b(?:is|are|was|were|been|be|being|get|gets|got)\b")
_BARE = late(r"\b(?:revoke|repeal|rescind|supersede|replace|abrogate|withdraw|cancel|overturn)\Z")
_EXPIRES = late(r"有效期|到期|过期|届满|expir|laps")
_DOES = late(r"\b(?:do|does|did|will|would|shall)\b")
_BRACKET = late(r"》?\s*[(（][^()（）]{1,16}[)）]|》")
_NOUN = late(r"[\u4e00-\u9fff]{1,12}(?:方法学|标准|规范|令|条例|法规|府|文件)\Z")
_SUBJECT = late(  # who ended it: did the President revoke it
    r"\b(?:did|has|have|had)\b[^?.;]{0,60}?(?=\b(?:revok|repeal|rescind|supersed|replac|abrogat|withdr|cancel|overturn))"
)
_OWNER = late(r"\b[a-z]+['’]s\b")  # China's Forest Law
_TARGETS = late(r"\s*了?(?:哪|什么|啥|谁|几|多少)")  # 废止了哪些文件: what it ended is asked for
_WHEN = late(
    r"何时|什么时候|哪[一]?[年天日]|几时|被?(?:什么|哪|谁|何)|\b(?:when|which|what|who|whom|how|why)\b|为什么|为何"
)
_WHETHER = late(
    r"吗|是否|是不是|有没有|没有[?？]?\s*\Z|了没|^(?:so |and )?(?:is|are|was|were|has|have|did|does|do|can|will)\b"
)
_AGENT = late(r"\bby\b[^?.;]*|被[^,。;?]{0,40}?(?=废止|废除|取代|替代|代替|替换|撤销|作废)")
_NEUTRAL = late(
    r"文件|法规|规定|政策|规章|版本|行政命?令|国家|现在|目前|现行|如今|今天|至今|已经?|的|了|吗|呢|是|否|有|没|不|最新|一?份|些|这|那|被|还|仍然?|依然|请问"
    r"|什么|哪[一]?[个部份项条些年天日]?|何时|时候|谁|为什么|为何|并|且|和|与|由|于|在|时|新|旧|后来|最终|状态|效力|效|力|第|到|至|期"
    r"|多久|多长|截止|几年|年?版|version [\d.]+|\bv[\d.]+|第?\s*[\d.]+\s*版"
    r"|\b(?:law|act|rule|order|regulation|document|policy|text|version|decree|statute|legal|status|now|today"
    r"|currently|current|presently|yet|already|ever|later|since|newer?|old|any|another|other|instead|officially|formally|legally|date|day|year"
    r"|time|when|which|what|who|whom|how|why|did|does|do|has|have|had|was|were|is|are|been|be|the|an?|of|in|on|at|as|to"
    r"|executive|presidential|president|happened|became|longer|it|its|this|that|or|and|by|with|effect|force|from|longer|no|not|completely|fully|us|u\.s\.|american?)\b"
)


def standing_asked(asked: Asked, names: Sequence[tuple[int, int]], titles: str) -> StandingQuestion | None:
    """What a question asks of the standing of a document, if it asks this and nothing else.

    ``names``: where the question names documents. ``titles``: their titles, whose words add nothing to the question.
    The result is None for a question about a part of a document, or about something else in it.
    """
    text = fold(asked.text)
    spans = tuple(_whole_name(text, start, end) for start, end in names)
    ended, force = _outside(_ENDED, text, spans), _outside(_FORCE, text, spans)
    if (ended is None and force is None) or references(asked.text):
        return None
    if not _asks_nothing_else(asked, text, spans, titles):
        return None
    if not spans:
        return StandingQuestion("unnamed")
    if ended is None:
        return StandingQuestion("whether", *spans[0])
    if (name := _ended_one(text, ended, spans)) is None:
        return StandingQuestion("ends", *spans[0])
    expires = _EXPIRES.search(ended[0]) is not None
    is_whether = _WHETHER.search(_blanked(text, spans).strip()) is not None
    if is_whether or not (expires or _WHEN.search(_blanked(text, spans))):
        return StandingQuestion("whether", *name)
    return StandingQuestion("expires" if expires else "ended", *name)


def _outside(pattern: re.Pattern[str], text: str, names: Sequence[tuple[int, int]]) -> re.Match[str] | None:
    """The last match that is not a part of a document's name."""
    found = [
        each for each in pattern.finditer(text) if not any(s < each.end() and each.start() < e for s, e in names)
    ] or [each for each in pattern.finditer(text) if not any(s <= each.start() and each.end() <= e for s, e in names)]
    return found[-1] if found else None


def _ended_one(text: str, verb: re.Match[str], names: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The name of the document that ended or may have ended; None where the named one ends others."""
    before = [each for each in names if each[1] <= verb.start()]
    after = [each for each in names if each[0] >= verb.end()]
    if _EXPIRES.search(verb[0]):
        return before[-1] if before else next(iter(after), None)  # nothing else ends it
    if not verb[0].isascii():
        return _ended_in_chinese(text, verb, before, after)
    passive = _BE.search(text[: verb.start()]) is not None and not _BARE.search(verb[0])
    if after and not re.search(r"\bby\b", text[verb.end() : after[0][0]]):
        return after[0]  # which order revoked it; did this order revoke it
    if before and passive:
        return before[0]
    if before and not (_DOES.search(text[: before[0][0]]) or after) and not _BARE.search(verb[0]):
        return before[0] if _BE.search(text) else None
    return None


def _ended_in_chinese(
    text: str, verb: re.Match[str], before: list[tuple[int, int]], after: list[tuple[int, int]]
) -> tuple[int, int] | None:
    if _TARGETS.match(text, verb.end()):
        return None
    if after and (not before or "被" not in text[before[0][1] : verb.start()]):
        return after[0]
    if not before or "被" in text[: before[0][0]][-2:]:
        return None
    return before[0]


def _asks_nothing_else(asked: Asked, text: str, names: Sequence[tuple[int, int]], titles: str) -> bool:
    """Whether the question has no telling word besides names, dates and the words that ask for a standing."""
    spans = [*names, *((each.start, each.end) for each in asked.stated if each.kind in ("year", "date"))]
    rest = _blanked(text, spans)
    for entity in asked.entities:
        if entity.kind in ("country", "region"):
            rest = rest.replace(fold(entity.said), " ")
    for pattern in (_AGENT, _SUBJECT, _OWNER, _FORCE_WORDS, _ENDED, _NEUTRAL):
        rest = pattern.sub(" ", rest)
    left = {each for each in set(analyze(rest)) - set(analyze(titles)) if tells_something(each)}
    return not left


_FORCE_WORDS = late(
    r"有效|生效|施行|适用|执行|管用|算数|失效|过期|作废|到期|时效性?|继续|会不会"
    r"|\b(?:still|remains?|remained|valid|effective|applicable|appl(?:y|ies)|binding|operative|good|expired|lapsed|outdated"
    r"|obsolete|latest|newest|most|recent|up|out|then|so|and)\b"
)


def _whole_name(text: str, start: int, end: int) -> tuple[int, int]:
    """A name with what stands in brackets behind it, (试行), and a number with the Chinese noun before it."""
    behind, before = _BRACKET.match(text, end), _NOUN.search(text[:start])
    if before and (text[start].isascii() or text[start] in "令第"):
        start = before.start()
    return start, behind.end() if behind else end


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
