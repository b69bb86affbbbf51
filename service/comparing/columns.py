"""Reads what a column asks for: the notions of its topic, and the kinds of statement that answer it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import NamedTuple

from sinkqa.index.glossary.renderings import GLOSSARY, glossary
from sinkqa.index.query.expansion import is_telling
from sinkqa.ingest.provisions.formulae import ProvisionKind
from sinkqa.ingest.text.analyzer import analyze, terms_of, units
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.understanding.question import Asked, understand

Terms = frozenset[str]


class Notion(NamedTuple):
    """A stretch of a text as it is ``said``, with the terms of each rendering of it."""

    said: str
    renderings: tuple[Terms, ...]


class Aspect(NamedTuple):
    """A kind of statement that columns ask for.

    ``asks``: words of a column for it. ``says``: what a text of this kind has, folded; None if its ``kind`` of
    provision tells. ``zh`` and ``en``: what to search for, and the question to judge by, ``{}`` for the topic.
    ``measured``: whether such a text has an amount; if ``amounts``, one with it is preferred.
    """

    asks: re.Pattern[str]
    zh: tuple[str, str]
    en: tuple[str, str]
    kind: ProvisionKind | None = None
    says: re.Pattern[str] | None = None
    measured: bool = False
    amounts: bool = False


_ASPECTS: dict[str, Aspect] = {
    "penalty": Aspect(
        late(r"处罚|罚则|罚款|法律责任|惩罚|罰則|\b(?:penalt(?:y|ies)|fines?|sanctions?|punishments?)\b"),
        ("处罚 罚款", "违反{}规定的处罚是什么？"),
        ("penalty fine", "What is the penalty for breaching the rules{}?"),
        "penalty",
        amounts=True,
    ),
    "authority": Aspect(
        late(
            r"(?:主管|负责|监管|责任)(?:部门|机关|机构|单位|主体)|谁负责|职责(?:分工)?"
            r"|\b(?:responsible|competent|regulating) (?:authorit(?:y|ies)|bod(?:y|ies)|agenc(?:y|ies)|minist\w+)\b"
            r"|\bauthorit(?:y|ies)\b|\bregulators?\b|\bwho is responsible\b"
        ),
        ("主管部门 负责", "{}由哪个部门负责？"),
        ("responsible authority", "Which authority is responsible{}?"),
        "authority",
        says=late(
            r"负责|主管|监督管理|管轄|所管|つかさどる|"
            r"\bresponsib\w+ (?:for|of|to)\b.{0,60}\b(?:operat|administ|implement|supervis|manag|enforc|monitor|polic)"
            r"|\b(?:administ|supervis|manag|enforc|implement)(?:e|s|ed|ing|ering|ered)* (?:by|of)\b"
        ),
    ),
    "prohibition": Aspect(
        late(r"禁止(?:行为|性规定|事项)?|禁令|\b(?:prohibitions?|prohibited|bans?)\b"),
        ("禁止 不得", "禁止哪些{}行为？"),
        ("prohibited must not", "What is prohibited{}?"),
        "prohibition",
        says=late(r"禁止|不得|不准|严禁|てはならない|\b(?:must|shall|may) not\b|\bprohibit(?:s|ed)?\b|\bunlawful\b"),
    ),
    "duty": Aspect(
        late(r"义务|\b(?:obligations?|duty|duties)\b"),
        ("应当 义务", "{}有哪些义务？"),
        ("must shall obligation", "What are the obligations{}?"),
        "duty",
    ),
    "effect": Aspect(
        late(r"(?:施行|生效|实施)(?:日期|时间|之日)|\b(?:effective date|entry into force|commencement)\b"),
        ("施行 生效", "{}何时施行？"),
        ("entry into force", "When does it enter into force{}?"),
        "effect",
    ),
    "scope": Aspect(
        late(r"(?:适用|覆盖|调整)(?:范围|对象)|\b(?:scope|coverage)\b"),
        ("适用 范围", "{}的适用范围是什么？"),
        ("scope applies to", "What does it apply to{}?"),
        "scope",
        says=late(
            r"适用|标准规定|について定める|に適用"
            r"|\bthis (?:act|regulation|order|directive|rule|methodology|standard|law)\b.{0,60}\b(?:appl|cover)"
        ),
    ),
    "exception": Aspect(
        late(r"例外|豁免(?:情形)?|除外|\b(?:exceptions?|exemptions?)\b"),
        ("例外 豁免", "{}有哪些例外？"),
        ("exception exempt", "What are the exceptions{}?"),
        "exception",
    ),
    "finance": Aspect(
        late(
            r"资金|财政|融资|金融|投资|补贴|补助|补偿|経費|\b(?:financ(?:e|es|ial|ing)|fund(?:s|ing)?|investments?"
            r"|subsid(?:y|ies)|budgets?|grants?|money|compensation)\b"
        ),
        ("资金 补贴 投资", "{}的资金从哪里来，有哪些补贴或投资？"),
        ("funding investment grants", "How is it funded, and what is invested{}?"),
        says=late(
            r"资金|财政|融资|金融|投资|补贴|补助|补偿|贷款|贴息|经费|基金|預算|予算|補助|"
            r"\bfund(?:s|ed|ing)?\b|\bfinanc\w+|\binvest\w*|\bsubsid\w+|\bgrants?\b|\bbudgets?\b|\bappropriat\w+"
            r"|\b(?:million|billion)\b|\bloans?\b|\bcompensat\w+"
        ),
    ),
    "target": Aspect(
        late(r"目标|指标|\b(?:targets?|goals?|objectives?)\b"),
        ("目标 到2030年", "{}的目标是什么？"),
        ("target by 2030", "What is the target{}?"),
        says=late(
            r"目标|目標|指标|到20\d\d年|达到|力争|"
            r"\btargets?\b|\bgoals?\b|\bobjectives?\b|\bby (?:the year |early |end of )?20\d\d\b|\baims? (?:to|at)\b"
        ),
        measured=True,
    ),
    "instrument": Aspect(
        late(r"(?:政策)?(?:工具|手段)|机制|\b(?:instruments?|mechanisms?|tools?)\b"),
        ("机制 市场 标准 补贴 规划", "{}采用哪些政策工具和机制？"),
        ("instrument mechanism scheme programme", "Which policy instruments or schemes are used{}?"),
        says=late(
            r"碳市场|排放权?交易|税|补贴|补助|补偿(?:制度|机制)|标准|许可|认证|基金|规划|名录|红线|制度|计画|許可|保安林|認定"
            r"|\b(?:trading (?:scheme|system)|(?:carbon )?tax(?:es)?|levy|subsid(?:y|ies)|grants?|standards|permits?"
            r"|licen[cs]es?|credits?|certificat(?:es?|ion)|incentives?|labels?|registry|plans?|programs?|programmes?|funds?"
            r"|contracts?|easements?)\b"
        ),
    ),
    "monitoring": Aspect(
        late(r"监测|核查|报告制度|\bmrv\b|\b(?:monitor(?:ing)?|report(?:ing)?|verif(?:ication|y))\b", re.IGNORECASE),
        ("监测 报告 核查", "{}如何监测、报告和核查？"),
        ("monitoring reporting verification", "How is it monitored, reported and verified{}?"),
        says=late(r"监测|核查|报告|调查|検査|調査|\bmonitor\w*|\breport\w*|\bverif\w+|\binventor(?:y|ies)\b"),
    ),
    "measure": Aspect(
        late(r"措施|举措|行动|做法|政策|対策|\b(?:measures?|actions?|polic(?:y|ies)|practices?|steps)\b"),
        ("措施 推进 加强", "在{}方面采取哪些措施？"),
        ("measures actions", "What measures are taken{}?"),
    ),
}
"""The kinds of statement, the most telling first: a column asks for the first of which it has a word."""

_TOPIC = ("", "在{}方面有哪些规定和措施？"), ("", "What rules or measures are there{}?")
_AMOUNT = ("", "{}是多少？"), ("", "What is the limit or amount{}?")
_JOINS = late(r"\s+(?:of|for|on|in|to|the|a|an|and|by|with)(?=\s|$)|^(?:the|a|an)\s+|[的及与和]\Z|\A[的及与和]")
_QUANTITY = late("比例|上限|限额|限制|额度|数量|比率|占比|ratios?|limits?|shares?|caps?|amounts?|rates?|percentages?")
_BETWEEN = 2  # words that may stand between those of a rendering: carbon and methane market
_FOR = {"zh": "{}", "en": " for {}"}


@dataclass(frozen=True)
class Column:
    """A column as it was asked for. ``concepts``: what its topic is called, each notion in all of its renderings."""

    label: str

    @cached_property
    def language(self) -> str:
        """The language of the label."""
        return detect(self.label)

    @cached_property
    def aspect(self) -> Aspect | None:
        """The kind of statement that it asks for; None if it gives a topic alone."""
        return next((each for each in _ASPECTS.values() if each.asks.search(fold(self.label))), None)

    @cached_property
    def topic(self) -> str:
        """Its words without those for the kind of statement; all of them if nothing is left."""
        folded = fold(self.label)
        if self.aspect is None:
            return folded
        return " ".join(_JOINS.sub(" ", self.aspect.asks.sub(" ", folded)).split())

    @cached_property
    def concepts(self) -> tuple[tuple[Terms, ...], ...]:
        """The notions of the topic: the terms of each rendering, of which one must be held."""
        return tuple(_concepts(self.topic))

    @cached_property
    def names(self) -> tuple[tuple[Terms, ...], ...]:
        """The notions of the whole label, by which headers of tables are compared with it."""
        return tuple(_concepts(fold(self.label)))

    @cached_property
    def counted(self) -> tuple[tuple[Terms, ...], ...]:
        """The notions without the words that ask for an amount (limit, 比例); none if it asks for no amount."""
        words = _cut(self.topic)
        rest = [each for each in words if not _QUANTITY.fullmatch(each)]
        return tuple(_concepts(" ".join(rest))) if rest and len(rest) < len(words) else ()

    def question(self, language: str) -> Asked:
        """The question that its cells are judged by, in the language of a row's documents."""
        asked_in = "zh" if language == "zh" else "en"
        known = self._questions
        if asked_in not in known:
            zh, en = (self.aspect.zh, self.aspect.en) if self.aspect else _AMOUNT if self.counted else _TOPIC
            _, form = zh if asked_in == "zh" else en
            topic = self._topic(asked_in)
            known[asked_in] = understand(form.format(_FOR[asked_in].format(topic) if topic else ""))
        return known[asked_in]

    def query(self, language: str) -> str:
        """What is searched for, in the language of a row's documents."""
        asked_in = "zh" if language == "zh" else "en"
        if self.aspect is None:
            return self._topic(asked_in)
        words, _ = self.aspect.zh if asked_in == "zh" else self.aspect.en
        return f"{self._topic(asked_in)} {words}".strip()

    def _topic(self, language: str) -> str:
        """The topic in a language, as far as the glossary renders it."""
        rendered = _rendered(self.topic, language)
        return rendered or self.topic

    @cached_property
    def _questions(self) -> dict[str, Asked]:
        return {}


def columns(given: Sequence[str]) -> list[Column]:
    """The columns of labels, each once."""
    return [Column(label) for label in dict.fromkeys(" ".join(each.split()) for each in given) if label]


def says(concepts: Sequence[Sequence[Terms]], terms: frozenset[str], words: Sequence[str]) -> bool:
    """As :func:`holds`, of a text with these ``words`` (as units): English words of a rendering must stand together."""
    return all(
        any(rendering <= terms and (len(rendering) == 1 or _stand_together(rendering, words)) for rendering in concept)
        for concept in concepts
    )


def _stand_together(rendering: Terms, words: Sequence[str]) -> bool:
    """Whether the words of an English rendering stand within a few words; of Chinese, whose terms overlap, yes."""
    if not all(term.isascii() for term in rendering):
        return True
    reach = len(rendering) + _BETWEEN
    starts = [place for place, word in enumerate(words) if word in rendering]
    return any(rendering <= {*words[place : place + reach]} for place in starts)


def holds(concepts: Sequence[Sequence[Terms]], terms: frozenset[str]) -> bool:
    """Whether the terms have a rendering of every notion."""
    return all(any(rendering <= terms for rendering in concept) for concept in concepts)


def notions(text: str) -> Iterator[Notion]:
    """The notions of a text: stretches that the glossary knows, and each other word."""
    said = units(text)
    start, loose = 0, list[str]()
    while start < len(said):
        if entry := _entry(said, start):
            yield from _words(loose)
            loose = []
            key, places = entry
            renderings = [key, *(each for place in places for each in glossary().entries[place])]
            yield Notion("".join(key), tuple(dict.fromkeys(frozenset(terms_of(list(each))) for each in renderings)))
            start += len(key)
        else:
            loose.append(said[start])
            start += 1
    yield from _words(loose)


def _concepts(text: str) -> Iterator[tuple[Terms, ...]]:
    return (each.renderings for each in notions(text))


def _entry(said: Sequence[str], start: int) -> tuple[tuple[str, ...], list[int]] | None:
    """The longest stretch from ``start`` that the glossary knows, with the places of its entries."""
    known = glossary()
    for length in range(min(known.longest.get(said[start], 0), len(said) - start), 0, -1):
        key = tuple(said[start : start + length])
        if places := known.places.get(key):
            return key, places
    return None


def _cut(text: str) -> list[str]:
    """The words of a folded text."""
    if text.isascii():
        return text.split()
    import rjieba  # its dictionary costs 0.1 s, which a comparison in English need not pay

    return [each.strip() for each in rjieba.cut(text) if each.strip()]


def _words(loose: Sequence[str]) -> Iterator[Notion]:
    """Each word by itself."""
    run = list[str]()
    for unit in [*loose, " "]:
        if unit.isascii():
            for word in _cut("".join(run)):
                yield Notion(word, (frozenset(analyze(word)),))
            run = []
            if unit.strip() and is_telling([unit]):
                yield Notion(unit, (frozenset(terms_of([unit])),))
        else:
            run.append(unit)


def _rendered(text: str, language: str) -> str:
    """The text with what the glossary knows in a language; "" if it knows nothing of it, or the text is in it."""
    if detect(text) == language or not text:
        return ""
    said, parts, start, is_any = units(text), list[str](), 0, False
    while start < len(said):
        if entry := _entry(said, start):
            key, places = entry
            parts.append(_written()[places[0]][language == "zh"])
            start, is_any = start + len(key), True
        else:
            glued = bool(parts) and not said[start].isascii() and start > 0 and not said[start - 1].isascii()
            parts[-1:] = [parts[-1] + said[start]] if glued else [*parts[-1:], said[start]]
            start += 1
    return ("" if language == "zh" else " ").join(parts) if is_any else ""


@cache
def _written() -> list[tuple[str, str]]:
    """Of each entry of the glossary, how it is first written in English and in Chinese."""
    lines = files("sinkqa.index.glossary").joinpath(GLOSSARY).read_text("utf-8").splitlines()
    sides = (line.partition("=")[::2] for line in lines if line and not line.startswith("#"))
    return [(en.partition("|")[0].lstrip("!"), zh.partition("|")[0].lstrip("!")) for en, zh in sides]
