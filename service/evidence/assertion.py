"""Decides whether a piece makes a statement of its own, independent of any question."""

from __future__ import annotations

from sinkqa.ingest.passage import PassageKind
from sinkqa.ingest.structure.telling import tells
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.analysis import Analysis

_FEW_CHARS, _FEW_WORDS = 24, 14
_ENDS, _CLOSING = tuple("。！？.!?；;:："), "”’\"')）] "
_ANNOUNCES = late(
    r"本(?:文|章|节|报告|研究)(?:首先|将|旨在|主要|的研究目标|总结|梳理|分析|比较|介绍|探讨)|接下来|如下文所述"
    r"|\b(?:this|the present) (?:paper|article|section|chapter|report|study|briefing) (?:first |then |also )?"
    r"(?:reviews?|summari[sz]es?|discuss\w*|describes?|presents?|analy[sz]es?|aims?|seeks?|outlines?|compares?|examines?|explores?)"
    r"|\bremainder of this\b|\bis organi[sz]ed as follows\b"
)
_AMENDS = late(
    r"第[一二三四五六七八九十]+次(?:修正|修订)|会议(?:通过|修订|修正)[)）]?\s*\Z|(?:公布|发布)\s*\Z|令第?\s*\d+\s*号(?:公布|发布)"
    r"|\A.{0,60}?\b(?:was|were)? ?(?:inserted|replaced|amended|repealed|substituted|revoked),? (?:on|as from|by)\b"
)
_FINDS = late(r"发现|表明|结果|\b(?:finds?|found|shows?|concludes?)\b")


def is_sentence(text: str) -> bool:
    """Whether a text ends as a sentence or a clause does."""
    return text.rstrip(_CLOSING)[-1:] in _ENDS


def asserts(said: Analysis, kind: PassageKind) -> bool:
    """Whether a text makes a statement. Bylines, headings, amendment notes and announcements do not."""
    if kind in ("row", "table"):
        return True
    if (said.has(_ANNOUNCES) and not said.has(_FINDS)) or said.has(_AMENDS):
        return False
    folded = said.folded
    short = len(said.text) < _FEW_CHARS if not folded.isascii() else len(folded.split()) < _FEW_WORDS
    return is_sentence(said.text) or not short or kind == "list" or tells(said.text)
