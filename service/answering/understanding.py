"""Asking step of the flow: a question into what an answer to it must hold, by words of a data file, without a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from ingest.language import detect
from ingest.view import fold
from service.evidence.amounts import Amount, amounts
from service.evidence.entities import Entity, entities

Kind = Literal[
    "compare", "when", "why", "definition", "how many", "list", "where", "who", "yes-no", "which", "how", "topic"
]
Target = Literal["number", "time", ""]

_UNITS: dict[str, tuple[str, ...]] = {
    "money": ("yuan", "dollar", "euro"),
    "duration": ("year", "month", "day", "working day", "hour"),
    "count": ("", "person"),
    "share": ("share", "point"),
}
"""Dimensions of amounts by the names that the data file gives what is asked; any other name is its own dimension."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question understood.

    ``target`` is what a piece of evidence must hold to answer: a "number", counted in one of ``dimensions`` where any
    are named, or a "time" (a year or date); "" where words answer. ``matter`` is the question, folded, without the
    words that ask; ``counted`` names the things whose number is asked for. ``entities`` are its names, ``stated`` its
    own amounts. It ``presumes`` where it holds something to be so that it does not ask for.
    """

    text: str
    language: str
    kind: Kind
    target: Target = ""
    dimensions: tuple[str, ...] = ()
    matter: str = ""
    counted: str = ""
    entities: tuple[Entity, ...] = ()
    stated: tuple[Amount, ...] = ()
    presumes: bool = False

    @property
    def sides(self) -> tuple[Entity, ...]:
        """What is compared: names of one kind, two or more of them; empty where nothing is.

        Countries and regions of them are of one kind: the EU is compared with Japan.
        """
        kinds = ["country" if each.kind == "region" else each.kind for each in self.entities]
        most = max(kinds, key=kinds.count, default="")
        several = kinds.count(most) > 1
        return tuple(each for each, kind in zip(self.entities, kinds, strict=True) if kind == most) if several else ()

    def answers(self, folded: str) -> tuple[float, list[Amount]]:
        """How well a folded text holds what is asked for, 0..1, and the amounts that do.

        1 for the right kind of amount and where words answer, less for another kind, 0 for none. An amount that the
        question states itself answers nothing.
        """
        if not self.target:
            return 1.0, []
        known = {amount.key for amount in self.stated}
        new = [amount for amount in amounts(folded) if amount.key not in known]
        if self.target == "time":
            found = [amount for amount in new if amount.kind in ("year", "date")]
            return float(bool(found or _MONTH.search(folded))), found
        numbers = [
            amount
            for amount in new
            if amount.kind == "number"
            and (amount.dimension in self.dimensions or amount.dimension not in _ORDINALS)
            and not _LABEL.search(folded[: amount.start])
        ]
        right = [each for each in numbers if not self.dimensions or each.dimension.partition("/")[0] in self.dimensions]
        return (1.0, right) if right else (_OTHER_UNIT if numbers else 0.0, [])


_ASKING = ("when", "why", "how many", "list", "where", "who", "which", "how")
_OTHER_UNIT = 0.3
_ORDINALS = {"ordinal", "article", "section", "chapter", "paragraph", "annex", "item", "number"}
_MONTH = re.compile(
    r"\d月|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b|\d may\b|\bmay \d"
)
_LABEL = re.compile(r"(?:表|图|附件|附录|第|table|figure|annex|pages?|pp?\.|no\.)\s?\Z")  # its number counts nothing
_PER = re.compile(r"每.{1,4}|/\s?(?:株|年|吨|公顷)|\bper (?:square |cubic )?[a-z]+")
_COUNTED = re.compile(
    r"(?:多少|几)(?:个|家|项|种|户|株|棵|名|条|座|只|次|批|类)(?P<zh>[\u4e00-\u9fff]{0,6})"
    r"|how many (?P<en>[a-z-]+(?: [a-z-]+)?)"
)


def understand(question: str) -> Asked:
    """What the question asks for, by its words; "topic" where it asks in none of the known ways."""
    folded = fold(question)
    kinds: tuple[Kind, ...] = get_args(Kind)
    kind: Kind = next((each for each in kinds[:-1] if _cues("kind")[each].search(folded)), "topic")
    stated = tuple(amounts(folded))
    dimensions: tuple[str, ...] = ()
    target: Target = ""
    if kind == "when":
        target = "time"
    elif (quantity := _quantity(_PER.sub(" ", _without(folded, stated)))) is not None and kind in (
        "how many",
        "compare",
        "topic",
        "which",
    ):
        target, dimensions = "number", _UNITS.get(quantity, (quantity,) if quantity else ())
    elif kind == "how many":
        target, dimensions = "number", _UNITS["count"] if _COUNTED.search(folded) else ()
    thing = _COUNTED.search(folded) if dimensions == _UNITS["count"] else None
    return Asked(
        question,
        detect(question),
        kind,
        target,
        dimensions,
        matter=_asking().sub(" ", folded),
        counted=(thing["zh"] or thing["en"] or "") if thing else "",
        entities=tuple({each.name: each for each in entities(question)}.values()),
        stated=stated,
        presumes=bool(_cues("premise")["given"].search(folded)),
    )


def says_alone(text: str) -> bool:
    """Whether a text says of something that it is the only one, or the first."""
    return _cues("premise")["alone"].search(fold(text)) is not None


def _quantity(folded: str) -> str | None:
    """The name of the unit asked for: the nearest after a question word, else the nearest before it; None: none."""
    word = min(_cues("word")["how many"].finditer(folded), key=lambda match: match[0] == "what", default=None)
    named = sorted(
        (
            (match.start(), -len(match[0]), unit)
            for unit, cue in _cues("unit").items()
            for match in cue.finditer(folded)
        ),
    )
    if word is None:
        ends = [unit for start, length, unit in named if start - length >= len(folded.rstrip()) - 3]
        return named[-1][2] if named and _cues("kind")["how many"].search(folded) else next(iter(ends), None)
    after = [unit for start, _, unit in named if word.start() <= start <= word.end() + _NEAR]
    before = [unit for start, _, unit in named if start < word.start()]
    if word[0] == "what":  # asks for a quantity only where its unit stands beside it
        return next(iter(after), None)
    later = [unit for start, _, unit in named if start > word.end() + _NEAR]
    return next(iter(after or before[-1:] or later), None)


def _without(folded: str, stated: Sequence[Amount]) -> str:
    """The text with its own amounts blanked: the year of "2023年" is no unit that is asked for."""
    for amount in stated:
        folded = folded[: amount.start] + "\0" * (amount.end - amount.start) + folded[amount.end :]
    return folded


_NEAR = 12  # characters after "how many" within which its unit stands


def _any_of(words: Sequence[str]) -> str:
    def written(word: str) -> str:
        start = r"\A" if word.startswith("^") else "(?<![a-z0-9])"
        body = re.escape(word.removeprefix("^")).replace(r"\*", "[a-z0-9]*").replace(r"\ ", " ")
        return f"{start}{body}(?![a-z])" if word[0].isascii() else body

    return "|".join(written(word) for word in sorted(words, key=len, reverse=True))


@cache
def _asking() -> re.Pattern[str]:
    """The words that questions are asked with."""
    return re.compile("|".join(_cues("kind")[kind].pattern for kind in _ASKING))


@cache
def _cues(section: str) -> dict[str, re.Pattern[str]]:
    """Patterns of one section of the data file by name, in its order."""
    found: dict[str, re.Pattern[str]] = {}
    for line in files("service").joinpath("answering/questions.txt").read_text("utf-8").splitlines():
        if line.startswith(f"{section}."):
            name, _, words = line.removeprefix(f"{section}.").partition("=")
            found[name] = re.compile(_any_of(words.split("|")))
    return found
