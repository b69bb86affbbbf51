"""The kinds of forgery: each is a rule that changes what a true sentence means."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Literal

from sinkqa.eval.forging.material import LANGUAGES, Language, Sentence
from sinkqa.ingest.passage import PassageKind

_NUMERALS = "一二三四五六七八九"
_PLACES = {"en": ("Finland", "Kenya", "Chile", "Nepal"), "zh": ("芬兰", "肯尼亚", "智利", "尼泊尔")}


@dataclass(frozen=True, slots=True)
class Forged:
    """A false statement.

    ``source`` is the text that the statement was forged from, read as a file of the format ``form``. None: the source
    is the passage of the true sentence.
    """

    claim: str
    source: str | None = None
    form: Literal["txt", "md"] = "txt"


Rule = Callable[[Sentence, Random], Forged | None]


@dataclass(frozen=True, slots=True)
class ForgeryKind:
    """A rule that forges statements in one language.

    ``why`` says how the meaning of the forgery differs from the source. ``is_part``: the forgery is a word-for-word
    part of its source, but is false without its context there. ``of``: the kind of passages from which the rule takes
    its sentences.
    """

    name: str
    language: Language
    why: str
    rule: Rule
    is_part: bool = False
    of: PassageKind = "text"


KINDS: list[ForgeryKind] = []
"""All kinds, in printing order. Importing ``eval.forging.measure`` registers all of them."""

FIGURES: dict[Language, str] = {  # amounts with what they count; no sign, currency, bound or range before them
    "en": r"(?<![\w.,–—/$€£¥-])(?<![$€£] )(?<!\d )(?<![A-Z]{3} )"
    r"(?<!least )(?<!most )(?<!than )(?<!about )(?<!to )(?<!over )"
    r"(\d[\d,]*(?:\.\d+)?)"
    r"(?=\s?(?:%|per ?cent|million|billion|tonnes|tons|[MkG]t\b|ha\b|hectares|acres|km|years|months|days))",
    "zh": r"(?<![\d.,，A-Za-z–—/$€£¥-])(?<![至约近达过前])(?<!至少|不足|少于|低于|高于|未满)"
    r"(\d[\d,]*(?:\.\d+)?)"
    r"(?=%|％|万|亿|吨|公顷|亩|元|年内|日内|倍|个|家|平方|立方|千瓦)",
}


def kind(
    name: str, why: str, *languages: Language, is_part: bool = False, of: PassageKind = "text"
) -> Callable[[Rule], Rule]:
    """Registers a rule for the given languages. Without languages, registers it for both."""

    def register(rule: Rule) -> Rule:
        KINDS.extend(ForgeryKind(name, language, why, rule, is_part, of) for language in languages or LANGUAGES)
        return rule

    return register


def is_plain(text: str, language: Language) -> bool:
    """Whether a text is one whole sentence that fits into a frame: it has no list mark, no colon and no quotation."""
    if re.search(r"[:：;；\"“”|…]|\n", text):
        return False
    if language == "zh":
        return bool(re.fullmatch(r"[\u4e00-\u9fff《][^。！？!?]{10,150}。", text))
    return bool(re.fullmatch(r"[A-Z][a-z]*,? [^.!?]{30,260}[a-z)]\.", text))


_OPENERS = re.compile(  # words that begin small behind a frame
    r"^(?:The|An?|This|These|That|Those|In|Each|All|For|Such|Its?|They|There|By|On|At|Their|Most|Many|Some|If|When)\b"
)


def begun_small(text: str) -> str:
    """Returns the sentence as it reads after a frame: it begins with a small letter and has no full stop."""
    return _OPENERS.sub(lambda match: match[0].lower(), text.rstrip("。."))


def filled(template: str, sentence: Sentence, random: Random) -> str:
    """Returns a template with its placeholders replaced.

    ``{S}`` is the sentence. ``{s}`` is the sentence as it reads after a frame. ``{n}`` < ``{m}`` are whole numbers,
    ``{c}`` is a Chinese numeral, ``{y}`` < ``{z}`` are years, ``{p}`` and ``{q}`` are places.
    """
    low, year = random.randint(3, 8), random.randint(2021, 2029)
    places = random.sample(_PLACES[sentence.language], 2)
    known = {
        "S": sentence.text, "s": begun_small(sentence.text), "n": low * 10 + 2, "m": low * 10 + random.randint(3, 7),
        "c": random.choice(_NUMERALS), "y": year, "z": year + random.randint(2, 9), "p": places[0], "q": places[1],
    }  # fmt: skip
    return re.sub(r"\{(\w)\}", lambda match: str(known[match[1]]), template)
