"""Recognises turns that no single passage can answer: greetings, wishes, requests for a summary, vague words.

Only a whole turn can be small talk or a wish, so a question that contains "help" or 你好 stays a question.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from sinkqa.ingest.provisions.references import references
from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.dialogue.phrases import EDGE, phrases
from sinkqa.service.answering.understanding.question import understand

SmallTalk = Literal["", "greeting", "thanks", "help"]
Manner = Literal["", "shorter", "longer", "summary", "table"]
Wish = Literal["", "again", "shorter", "longer", "summary", "table", "en", "zh"]

_TALK = f"{phrases('greeting')}{EDGE}"
_SMALL: tuple[tuple[SmallTalk, str], ...] = (
    ("help", rf"(?:{_TALK})*(?:(?:so|and|请问|那|那么){EDGE})?{phrases('help')}"),
    ("thanks", rf"{phrases('thanks')}(?:{EDGE}{phrases('thanks')})?"),
    ("greeting", rf"{_TALK}(?:{_TALK})?{phrases('addressed')}?"),
)
_WISHES: tuple[tuple[Wish, str], ...] = (
    ("en", phrases("in.en")),
    ("zh", phrases("in.zh")),
    ("again", phrases("again")),
    ("shorter", phrases("shorter")),
    ("longer", phrases("longer")),
    ("table", phrases("table")),
    ("summary", phrases("summary")),
)
_OVERVIEW = late(phrases("overview"), re.IGNORECASE)
_OF_A_PART = frozenset({"article", "section", "paragraph", "item"})
_VAGUE_END = late(rf"{phrases('vague.end')}?[\s?？。.!！]*\Z")
_VAGUE_LEAD = late(rf"\A{phrases('vague.lead')}\s*", re.IGNORECASE)
_LONGEST_VAGUE = 48  # characters
_MOST_VAGUE = 2  # words; two Chinese characters count for one
_LONGEST = 80  # characters of a turn that is small talk or a wish


@cache
def _all_of(pattern: str, end: str = "") -> re.Pattern[str]:
    return re.compile(rf"\A{EDGE}(?:{pattern}){end}{EDGE}\Z", re.IGNORECASE)


def small_talk(turn: str) -> SmallTalk:
    """The kind of small talk that the whole turn is, or "" if it is not small talk."""
    if len(turn) > _LONGEST:
        return ""
    return next((kind for kind, pattern in _SMALL if _all_of(pattern).match(turn)), "")


def wish(turn: str) -> Wish:
    """The wish about the previous answer that the whole turn expresses, or "" if it expresses none.

    A wish asks for the answer "again", or for another language or length, for a table, or for a summary of its
    document.
    """
    if len(turn) > _LONGEST:
        return ""
    return next((wanted for wanted, said in _WISHES if _all_of(said, r"(?:,?\s*please)?").match(turn)), "")


def summary_asked(question: str) -> bool:
    """Whether a question asks for a summary of a document: 总结一下湿地保护法, an overview of the Paris Agreement.

    A question for the content of one article does not ask for a summary.
    """
    if not _OVERVIEW.search(question):
        return False
    return not any(step.kind in _OF_A_PART for each in references(question) for step in each.steps)


def vague(question: str) -> bool:
    """Whether a question is only a word or two and does not say what to find out: "carbon price", 碳汇怎么样？.

    A date, a number or a greeting is not vague.
    """
    if len(question) > _LONGEST_VAGUE:
        return False
    said = _VAGUE_END.sub("", _VAGUE_LEAD.sub("", question.strip()))
    if not said or small_talk(question) or wish(question) or any(True for _ in amounts(said.lower())):
        return False
    asked = understand(said)
    weight = sum(1.0 if unit.isascii() else 0.5 for unit in units(said))
    return weight <= _MOST_VAGUE and (asked.kind == "topic" or said == question.strip())
