"""Determines what an answer to a question must contain, by the words of a data file and without a model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, get_args

from sinkqa.ingest.provisions.formulae import ProvisionKind
from sinkqa.ingest.text.amounts import REFERENCES, Amount
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.understanding.meaning import Meaning, meaning_asked
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.entities import Entity

Kind = Literal[
    "compare", "when", "why", "definition", "how many", "list", "where", "who", "yes-no", "which", "how", "topic"
]
Target = Literal["number", "time", "actor", "site", ""]

_UNITS: dict[str, tuple[str, ...]] = {
    "money": ("yuan", "dollar", "euro", "nz dollar", "yen"),
    "duration": ("year", "month", "day", "working day", "hour"),
    "count": ("", "person"),
    "share": ("share", "point"),
    "any": (),
}
"""The dimensions of amounts, by the data file's name for the thing asked for. Any other name is its own dimension."""


class Form(NamedTuple):
    """A kind of statement that a question asks for, such as a penalty, and the question's words for it."""

    name: str
    words: tuple[str, ...]

    @property
    def says(self) -> re.Pattern[str]:
        """A pattern that matches folded texts with this kind of statement."""
        return _forms()[self.name].says


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the properties that its answer must have.

    ``target``: the kind of element that evidence must contain to answer. It is a "number" (counted in one of
    ``dimensions`` if the question names any), a "time" (a year or date), an "actor" (a person or body), a "site", or ""
    if words are enough. ``forms``: the kinds of statement that answer. ``matter``: the folded question without its
    question words. ``counted``: the things whose number is asked for. ``presumes``: the question takes something for
    granted. ``provisions``: the kinds of provision that settle it in a law. ``terms``: the terms whose meaning it asks
    for (:class:`Meaning`). ``several``: it asks for several things.
    """

    said: Analysis
    kind: Kind
    target: Target = ""
    dimensions: tuple[str, ...] = ()
    forms: tuple[Form, ...] = ()
    matter: str = ""
    counted: str = ""
    presumed: str = ""
    provisions: tuple[ProvisionKind, ...] = ()
    terms: tuple[str, ...] = ()
    several: bool = False

    @property
    def text(self) -> str:
        """The question itself."""
        return self.said.text

    @property
    def language(self) -> str:
        """The language of the question."""
        return self.said.language

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The names in the question."""
        return self.said.entities

    @property
    def stated(self) -> tuple[Amount, ...]:
        """The amounts in the question."""
        return self.said.amounts

    @property
    def sides(self) -> tuple[Entity, ...]:
        """The two or more names of one kind that the question compares. Empty if it compares nothing.

        Countries and groups of countries are one kind: the EU can be compared with Japan.
        """
        kinds = ["country" if each.kind == "region" else each.kind for each in self.entities]
        most = max(kinds, key=kinds.count, default="")
        several = kinds.count(most) > 1
        return tuple(each for each, kind in zip(self.entities, kinds, strict=True) if kind == most) if several else ()

    def answers(self, text: Analysis) -> tuple[float, list[Amount]]:
        """How well a text contains what the question asks for, 0..1, and the amounts in it that answer.

        The share is 1 for the right kind of amount or name, or if words are enough. It is less for another kind of
        amount, and else 0. Amounts that the question itself states do not count.
        """
        if not self.target:
            return 1.0, []
        if self.target in ("actor", "site"):
            there, asked = (text.actors, self.said.actors) if self.target == "actor" else (text.sites, self.said.sites)
            return (1.0 if there - asked else _OTHER_UNIT), []
        known = {amount.key for amount in self.stated}
        new = [amount for amount in text.stated if amount.key not in known]
        if self.target == "time":
            found = [amount for amount in new if amount.kind in ("year", "date")]
            return float(bool(found or text.has(_MONTH))), found
        numbers = [
            amount
            for amount in new
            if amount.kind == "number"
            and (amount.dimension in self.dimensions or amount.dimension not in REFERENCES)
            and not _is_label(text.folded, amount)
        ]
        right = [each for each in numbers if self._is_asked_for(each)]
        return (1.0, right) if right else (_OTHER_UNIT if numbers else 0.0, [])

    def _is_asked_for(self, amount: Amount) -> bool:
        """Whether the amount has a dimension that is asked for. In Chinese, a bare number counts no things."""
        if not self.dimensions:
            return amount.dimension not in _PARTS or self.kind != "topic"
        is_bare = not amount.dimension and self.language == "zh" and amount.said[-1:].isdigit()
        return not is_bare and amount.dimension.partition("/")[0] in self.dimensions


_SOME = late("(?<=[的这那好前后近十哪第举列说])几(?!分之)")  # a few, or which, and no question how many
_GOAL = late(  # asked for with a year: that is a number
    r"(?:目标|指标)(?:各?[是为]?(?:多少|什么|怎么|如何)|[?？。\s]*\Z)|\b(?:target|goal)s?[^,;]{0,20}\Z"
    r"|\bwhat (?:is|are|was|were)[^,;]{0,40}\b(?:target|goal)s?\b"
)
_SEVERAL = late(  # things are asked for: which duties, what areas
    r"(?:什么|啥|哪方面的?)(?:职责|职能|内容|条件|情形|措施|区域|领域|方面|材料|程序|原则|权利|义务|事项|信息|因素|类型|种类|要求|环节|步骤|行为)"
    r"|(?:内容|清单|名单|种类|范围|条件)[?？。\s]*\Z"
    r"|\b(?:which|what) (?:[a-z-]+ ){0,2}?(?!(?:is|was|does|has|gas|basis|status|happens)\b)[a-z]{3,}(?<!s)s\b"
)
_HAPPENS = late("举办|举行|召开|位于|坐落|设在|发生|城市|地点|出生")  # elsewhere "where" asks for a part or a flaw too
_CLAUSE = late(r"[,;。!?:](?!\d)|\.(?=\s)")
_SUPPOSES = late(  # a condition, a time or a span of steps: nothing that is held to be so
    r"\A\s*(?:如果|如若|若|假如|假设|要是)|\A\s*(?:if|when|whenever|suppose|assuming)\b|(?:时|的话|的时候|之后|之前)\s*\Z|从.+到[^到]+\Z"
)
_HAN = late("[\u4e00-\u9fff]")
_FEW_WORDS, _FEW_HAN = 5, 9  # of a clause: with fewer it presumes nothing that could be wrong
_TARGETS: dict[Kind, Target] = {"when": "time", "who": "actor", "where": "site"}
_MARKED = late(r"[-.]?\d|[-.]?[a-z]*\d|版")  # what follows a part of a version or code: v02.0.0, ar-am0014
_ASKING = ("when", "why", "how many", "list", "where", "who", "which", "how")
_WHAT = late("什么(?!的)|啥")  # alone no sign of what is asked for
_OTHER_UNIT = 0.15
_PARTS = {"share", "point", "times"}  # no totals, which a mere noun at the end asks for
_MONTH = late(
    r"[\d一二三四五六七八九十]月"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)\b|\d may\b|\bmay \d"
)
_LABEL = late(  # its number counts nothing
    r"(?:表|图|附件|附录|第|table|figure|annex|section|article|pages?|pp?\.|no\.|version|[a-z]-)\s?\Z"
)
_PER = late(r"每.{1,4}|/\s?(?:株|年|吨|公顷)|\bper (?:square |cubic )?[a-z]+")
_COUNTED = late(
    r"(?:多少|几)(?:个|家|项|种|户|株|棵|名|条|座|只|次|批|类)(?P<zh>[\u4e00-\u9fff]{0,6})"
    r"|how many (?P<en>[a-z-]+(?: [a-z-]+)?)"
)


def understand(question: str) -> Asked:
    """Reads from a question's words what it asks for. The target is "topic" if it has no known question word."""
    said = Analysis(question)
    folded = _SOME.sub("  ", said.folded)
    kinds: tuple[Kind, ...] = get_args(Kind)
    kind: Kind = next((each for each in kinds[:-1] if _cues("kind")[each].search(folded)), "topic")
    dimensions: tuple[str, ...] = ()
    target: Target = ""
    if kind in _TARGETS and (kind != "where" or _HAPPENS.search(folded)):
        target = _TARGETS[kind]
    elif (quantity := _quantity(_PER.sub(" ", _without(folded, said.amounts)))) is not None and kind in (
        "how many",
        "compare",
        "topic",
        *(["which"] if _cues("word")["how many"].search(folded) else []),
    ):
        target, dimensions = "number", _UNITS.get(quantity, (quantity,) if quantity else ())
    elif kind == "how many":
        target, dimensions = "number", _UNITS["count"] if _COUNTED.search(folded) else ()
    elif not target and _GOAL.search(folded) and any(each.kind == "year" for each in said.amounts):
        target = "number"
    thing = _COUNTED.search(folded) if dimensions == _UNITS["count"] else None
    forms, meaning = tuple(_forms_of(folded)), meaning_asked(said.folded)
    return Asked(
        said,
        kind,
        target,
        dimensions,
        forms=forms,
        matter=_asking().sub(" ", folded),
        counted=(thing["zh"] or thing["en"] or "") if thing else "",
        presumed=_presumed(folded),
        provisions=tuple(_provisions(said.folded, kind, forms, meaning)),
        several=kind == "list" or _SEVERAL.search(folded) is not None,
        terms=meaning.terms if meaning.is_certain or kind not in ("when", "where", "who", "how many") else (),
    )


def _provisions(folded: str, kind: Kind, forms: Sequence[Form], meaning: Meaning) -> Iterator[ProvisionKind]:
    """The kinds of provision that the question asks for, by its words, the most telling first."""
    cues = _cues("provision")
    if meaning.is_certain:
        yield "definition"
    begins = cues["begins"].search(folded) and (kind == "when" or cues["condition"].search(folded))
    if begins or cues["effect"].search(folded):
        yield "effect"
    if any(form.name == "penalty" for form in forms) or cues["penalty"].search(folded):
        yield "penalty"
    for name in _BY_CUES:
        if cues[name].search(folded):
            yield name


def _presumed(folded: str) -> str:
    """The clauses before the one that asks; of a question why, what is to be explained."""
    *before, asking = [clause for clause in _CLAUSE.split(folded) if clause.strip()] or [""]
    held = [clause for clause in before if not _any_asking().search(clause) and not _SUPPOSES.search(clause)]
    given = held if _any_asking().search(asking) else []
    if not given and _cues("premise")["given"].search(asking):
        given = [asking]
    said = _cues("premise")["given"].sub(" ", ", ".join(given)).strip(" ?")
    return said if len(said.split()) >= _FEW_WORDS or len(_HAN.findall(said)) >= _FEW_HAN else ""


def _forms_of(folded: str) -> Iterator[Form]:
    for name, form in _forms().items():
        if words := [match[0] for match in form.asks.finditer(folded)]:
            yield Form(name, tuple(dict.fromkeys(words)))


def _is_label(folded: str, amount: Amount) -> bool:
    """Whether a number names something and counts nothing: Table 3, version 02.0."""
    before, after = folded[max(0, amount.start - 12) : amount.start], folded[amount.end : amount.end + 3]
    return bool(_LABEL.search(before)) or (not amount.dimension and bool(_MARKED.match(after)))


def asks(clause: str) -> bool:
    """Whether a clause asks something: it has a question word, or it asks whether something is so."""
    folded = fold(clause)
    words = (_asking(), _cues("kind")["yes-no"], _cues("kind")["definition"], _WHAT)
    return any(each.search(folded) for each in words)


def besides(asked: Asked, kinds: Sequence[ProvisionKind], names: Sequence[tuple[int, int]]) -> str:
    """The rest of a question that asks for provisions of some kinds, folded, without its question words.

    ``names``: further spans of its text to leave out.
    """
    rest = asked.text
    for start, end in sorted(names, reverse=True):
        rest = f"{rest[:start]} {rest[end:]}"
    cues = [_cues("provision")[kind] for kind in kinds]
    forms = [_forms()[kind].asks for kind in kinds if kind in _forms()]
    for pattern in (*cues, *forms, _any_asking(), *_cues("neutral").values()):
        rest = pattern.sub(" ", fold(rest))
    return rest


def says_alone(text: Analysis) -> bool:
    """Whether a text says that something is the only one, or the first."""
    return text.has(_cues("premise")["alone"])


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


_BY_CUES: tuple[ProvisionKind, ...] = (
    "repeal",
    "scope",
    "authority",
    "procedure",
    "exception",
    "prohibition",
)
_NEAR = 12  # characters after "how many" within which its unit stands


def _any_of(words: Sequence[str]) -> str:
    def written(word: str) -> str:
        start = r"\A" if word.startswith("^") else "(?<![a-z0-9])"
        body = re.escape(word.removeprefix("^").removesuffix("$"))
        for mark, stands_for in ((r"\*", "[a-z0-9]*"), (r"\ ", " "), (r"\.\.", ".{0,40}?")):
            body = body.replace(mark, stands_for)
        end = r"(?=[\s?。.]*\Z)" if word.endswith("$") else ""
        return f"{start}{body}(?![a-z]){end}" if word[0].isascii() else f"{body}{end}"

    return "|".join(written(word) for word in sorted(words, key=len, reverse=True))


@cache
def _asking() -> re.Pattern[str]:
    """The words that questions are asked with."""
    return late("|".join(_cues("kind")[kind].pattern for kind in _ASKING))


@cache
def _any_asking() -> re.Pattern[str]:
    """All words that a question is asked with, those that ask whether among them."""
    return late("|".join(pattern.pattern for pattern in _cues("kind").values()))


@cache
def _cues(section: str) -> dict[str, re.Pattern[str]]:
    """Patterns of one section of ``questions.txt`` by name, in its order."""
    named = (line.partition("=") for line in _lines("questions.txt") if line.startswith(f"{section}."))
    return {name.removeprefix(f"{section}."): late(_any_of(words.split("|"))) for name, _, words in named}


class _Words(NamedTuple):
    asks: re.Pattern[str]
    says: re.Pattern[str]


@cache
def _forms() -> dict[str, _Words]:
    """The words that ask for each form and that say it, of ``forms.txt``, in its order."""
    found: dict[str, dict[str, re.Pattern[str]]] = {}
    for line in _lines("forms.txt"):
        key, _, words = line.partition("=")
        name, _, part = key.partition(".")
        found.setdefault(name, {})[part] = late(_any_of(words.split("|")))
    return {name: _Words(**parts) for name, parts in found.items()}


def _lines(name: str) -> list[str]:
    """The lines of a data file beside this module, without comments and empty ones."""
    text = files("sinkqa.service.answering.understanding").joinpath(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
