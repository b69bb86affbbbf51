"""Finds references to provisions as people and laws cite them, and the number of a heading."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from sinkqa.ingest.text.numerals import HAN, normalised
from sinkqa.ingest.text.patterns import late

StepKind = Literal[
    "decision", "annex", "part", "subpart", "chapter", "section", "article", "number", "heading", "table",
    "paragraph", "item",
]  # fmt: skip

RANKS: dict[StepKind, float] = {
    "decision": 0, "annex": 1, "part": 2, "subpart": 3, "chapter": 4, "heading": 5, "section": 5, "article": 6,
    "number": 6, "table": 6, "paragraph": 8, "item": 9,
}  # fmt: skip
"""The depth of each kind in a document. A kind nests in kinds of lower rank."""

WITHIN: frozenset[StepKind] = frozenset({"paragraph", "item"})
"""The kinds that are inside the text of a provision and have no heading."""


class Step(NamedTuple):
    """One step of a citation: ``("article", "21")``, or ``("annex", "")`` for an annex without a number."""

    kind: StepKind
    number: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A cited provision. ``steps`` run from the outermost to the innermost; ``said`` is ``text[start:end]``."""

    steps: tuple[Step, ...]
    said: str
    start: int
    end: int

    @property
    def place(self) -> tuple[Step, ...]:
        """The steps that have headings; never empty."""
        return tuple(step for step in self.steps if step.kind not in WITHIN)

    @property
    def within(self) -> tuple[Step, ...]:
        """The remaining steps: paragraph, item, item of an item."""
        return tuple(step for step in self.steps if step.kind in WITHIN)


class _Token(NamedTuple):
    """Steps that are written together."""

    steps: tuple[Step, ...]
    start: int
    end: int
    inherits: bool = False  # begins with a number alone, after another of the kind that is named


_N = rf"(?:[{HAN}]+|\d{{1,4}})"
_LETTERED = rf"(?:[{HAN}]+|\d{{1,4}}(?:[A-Z]{{1,4}}(?![A-Za-z]))?)"  # 第181A条, of a law that is written in English
_HAN_KINDS: dict[str, StepKind] = {
    "编": "part", "編": "part", "篇": "part", "部分": "part", "章": "chapter", "节": "section", "節": "section",
    "条": "article", "條": "article", "款": "paragraph", "项": "item", "項": "item", "目": "item", "号": "item",
    "號": "item", "段": "paragraph",
}  # fmt: skip
_WORDS: tuple[tuple[StepKind, str], ...] = (
    ("article", r"articles?|arts?\.?"),
    ("section", r"sections?|secs?\.?|clauses?|cls?\.|rules?|regulations?|regs?\.?"),
    ("chapter", "chapters?"), ("subpart", "subparts?"), ("part", "parts?|titles?"),
    ("annex", "annex(?:es)?|appendi(?:x|ces)|schedules?"), ("table", "tables?"),
)  # fmt: skip
_INNER_WORDS = r"paragraphs?|paras?\.?|subsections?|sub-?paragraphs?|sub-?clauses?|points?|items?"
_ROMAN = r"[IVXLC]{1,6}(?![A-Za-z])|(?-i:[IVX]{1,5}[a-d])(?![A-Za-z])|(?-i:[ivx]{2,5})(?![A-Za-z])"
_DIGITS = r"\d{1,3}(?:[A-Z]{1,4})?(?![A-Za-z\d])|\d{4,5}(?![A-Za-z\d])"
_NUMBER = rf"(?:\d{{1,2}}(?:\.\d{{1,2}})+(?![\d%])|{_DIGITS}|{_ROMAN})(?![/,.]\d|\s?%)"
_BRANCH = r"\d{1,3}-\d{1,2}(?![\w-])"  # Article 9-2 is 第九条の二, where Articles 5-7 are three
_PARENS = r"(?:\s?[(（](?:\d{1,3}[A-Z]{0,2}|[a-z]{1,5}|[A-Z]{1,2})[)）])*"
_DECIDED = r"\d{1,4}/(?:\d{4}/)?[A-Z]{2,6}(?:\.\d{1,3})?"

_HAN_STEP = late(
    rf"第\s?(?P<n>{_LETTERED}(?:\s?[、,，]\s?{_LETTERED})*)\s?(?P<kind>部分|[编編篇章节節条條款段项項目号號])"
    rf"(?P<sub>(?:[之の]{_N})*)(?P<kana>(?<=[号號])[イロハニホヘトチリヌ])?"
    rf"|第?\s?[(（]\s?(?P<item>{_N})\s?[)）]\s?[项項]"
    rf"|第?\s?(?P<dotted>(?<![\d.])\d{{1,2}}(?:\.\d{{1,2}})+)\s?(?:条|节|小节|部分|章)"
    r"|附\s?(?:件|录|錄|表)\s?(?P<annex>" + rf"{_N}|[IVX]+(?![A-Za-z])|[A-Z](?![A-Za-z]))?|(?P<later>附\s?則)"
    r"|(?<![附代图列外发公报])表\s?(?P<table>\d{1,3}(?:[.-]\d{1,3})?|[A-Z]\.?\d{1,2})(?!\d)"
)
_NO_STEP = late(
    rf"第\s?{_N}\s?(?:条(?:例|件|约|约定|線|线|路|街|河|生产线|腿|消息|新闻)|目标|目的|号文|号令|号公告|项目)"
)
_WORD_STEP = late(
    "|".join(rf"\b(?P<w{place}>{words})\s?(?={_NUMBER}|(?-i:[A-Z])\b)" for place, (_, words) in enumerate(_WORDS))
    + r"|(?P<sign>§{1,2})\s?(?=\d)|(?<!\d )(?<![\w.'’])(?P<short>(?-i:ss?)\.?)\s?(?=\d)"
    rf"|\b(?P<inner>{_INNER_WORDS})\s?(?=\d{{1,3}}[A-Z]?\b|\((?:\w{{1,5}})\))"
    rf"|(?:(?:decision|resolution|决定|决议)\s)?(?P<decision>{_DECIDED})|\b(?:decision|resolution)\s(?P<other>[\w/.-]*\d/[\w/.-]*\w)"
    r"|(?<![\w.])(?P<dotted>\d{1,2}(?:\.\d{1,2}){2,3})(?![\w.]*\d)|\b(?P<bare>(?-i:Annex|Appendix|Schedule))\b(?!\s?[IVX\d]|\s(?:of|to)\s(?:the\s)?(?-i:[a-z]))",
    re.IGNORECASE,
)
_GO_ON = late(r"\s?(?:,\s?(?:and\s|or\s)?|and\s|or\s|&\s?|、|和|及|与|或)\s?", re.IGNORECASE)
_TO = late(r"\s?(?:to|through|至|到|-|–|—|~)\s?", re.IGNORECASE)
_AND_NUMBER = late(
    rf"(?P<glue>{_GO_ON.pattern}|{_TO.pattern})(?P<n>{_NUMBER}{_PARENS})(?!\s?(?:年|月|日|%))", re.IGNORECASE
)
_INWARD = late(r"\s?(?:[,，]?|的|中的|中|里的|里)\s?")
_OUTWARD = late(r"[\s,]*(?:of|in|to|under)\s(?:the\s|this\s|that\s|its\s)?", re.IGNORECASE)
_WIDE = {ord(wide): chr(ord(wide) - 0xFEE0) for wide in map(chr, range(0xFF10, 0xFF5B))} | {0x3000: " ", 0xA0: " "}
_MOST_IN_RANGE = 20


def references(text: str) -> list[Reference]:
    """Returns the provisions that a text cites, in order.

    ``Articles 5 and 6`` are two, ``Article 9-2`` is one, ``第一款、第三款`` belong to the article before them. A number
    without a kind, an ordinal (第一次), a year, and a paragraph without an article are not citations.
    """
    plain = text.translate(_WIDE)
    tokens = list(_tokens(plain))
    chains: list[_Token] = []
    for token in tokens:
        glue = plain[chains[-1].end : token.start] if chains else None
        if chains and glue is not None and (joined := _joined(chains[-1], token, glue)):
            chains[-1] = joined
            continue
        if chains and glue is not None and (_GO_ON.fullmatch(glue) or _TO.fullmatch(glue) or token.inherits):
            if _TO.fullmatch(glue):
                chains += _between(chains[-1], token)
            token = token._replace(steps=_inherited(chains[-1].steps, token.steps))
        chains.append(token)
    return [
        Reference(chain.steps, text[chain.start : chain.end], chain.start, chain.end)
        for chain in chains
        if any(step.kind not in WITHIN for step in chain.steps)
    ]


def _joined(chain: _Token, token: _Token, glue: str) -> _Token | None:
    """The two joined: an inner step after an outer one, or ``paragraph 4 of Article 6``."""
    first, last = chain.steps[0], chain.steps[-1]
    if token.inherits:
        return None
    if _INWARD.fullmatch(glue) and (
        RANKS[token.steps[0].kind] > RANKS[last.kind] or (token.steps[0].kind == last.kind == "item")
    ):
        return _Token(chain.steps + token.steps, chain.start, token.end)
    outwards = RANKS[token.steps[-1].kind] < RANKS[first.kind] or token.steps[-1].kind == first.kind == "annex"
    if outwards and _OUTWARD.fullmatch(glue):
        return _Token(token.steps + chain.steps, chain.start, token.end)
    return None


def _inherited(outer: Sequence[Step], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that a reference in a list inherits from the one before: those above its own kind."""
    kinds = [step.kind for step in outer]
    if steps[0].kind in kinds:
        return (*outer[: kinds.index(steps[0].kind)], *steps)
    return steps


def _between(chain: _Token, token: _Token) -> Iterator[_Token]:
    """The references inside a range."""
    first, last = chain.steps[-1], token.steps[-1]
    if first.kind == last.kind and first.number.isdecimal() and last.number.isdecimal():
        numbers = range(int(first.number) + 1, int(last.number))
        if len(numbers) <= _MOST_IN_RANGE:
            for number in numbers:
                yield _Token((*chain.steps[:-1], Step(first.kind, str(number))), chain.start, token.end)


def _tokens(plain: str) -> Iterator[_Token]:
    """Steps as written, in order, without overlaps."""
    found = [*_han_tokens(plain), *_word_tokens(plain)]
    end = 0
    for token in sorted(found, key=lambda token: (token.start, -token.end)):
        if token.start >= end:
            yield token
            end = token.end


def _han_tokens(plain: str) -> Iterator[_Token]:
    for match in _HAN_STEP.finditer(plain) if not plain.isascii() else ():
        if _NO_STEP.match(plain, match.start()):
            continue
        start, end = match.span()
        if match["kind"]:
            kind = _HAN_KINDS[match["kind"]]
            if match["kind"] == "項" and "款" not in plain:  # the Japanese paragraph
                kind = "paragraph"
            numbers = list(re.finditer(_LETTERED, match["n"]))
            for each in numbers:
                first, last = each is numbers[0], each is numbers[-1]
                steps = [Step(kind, normalised(each[0] + (match["sub"] if last else "")))]
                if last and match["kana"]:
                    steps.append(Step("item", match["kana"]))
                begins = start if first else match.start("n") + each.start()
                ends = end if last else match.start("n") + each.end()
                yield _Token(tuple(steps), begins, ends, inherits=not first)
        elif match["item"]:
            yield _Token((Step("item", normalised(match["item"])),), start, end)
        elif match["dotted"]:
            yield _Token((Step("number", match["dotted"]),), start, end)
        elif match["table"]:
            yield _Token((Step("table", match["table"].upper()),), start, end)
        else:
            number = "附則" if match["later"] else normalised(match["annex"] or "")
            yield _Token((Step("annex", number),), start, end)


def _word_tokens(plain: str) -> Iterator[_Token]:
    position = 0
    while match := _WORD_STEP.search(plain, position):
        position = max(match.end(), match.start() + 1)
        if match["decision"] or match["other"]:
            yield _Token((Step("decision", (match["decision"] or match["other"]).upper()),), *match.span())
        elif match["dotted"]:
            yield _Token((Step("number", match["dotted"]),), *match.span())
        elif match["bare"]:
            yield _Token((Step("annex", ""),), *match.span())
        else:
            for token in _numbered(plain, match):
                yield token
                position = token.end


def _numbered(plain: str, match: re.Match[str]) -> Iterator[_Token]:
    """The number after a word; after a plural also the numbers that follow."""
    kind = next((kind for place, (kind, _) in enumerate(_WORDS) if match[f"w{place}"]), None)
    word = match[0].strip().lower().rstrip(".")
    plural = (word.endswith("s") and word not in ("s", "reg")) or word in ("§§", "ss", "appendices", "annexes")
    pattern = r"\(?\d{1,3}[A-Z]?\)?|\(\w{1,5}\)" if match["inner"] else rf"(?:{_NUMBER}|[A-Z](?![A-Za-z]))"
    if kind in ("article", "section") and not plural:
        pattern = f"{_BRANCH}|{pattern}"
    number = re.compile(f"(?P<n>(?:{pattern}){_PARENS})", re.IGNORECASE).match(plain, match.end())
    if (
        number is None
        or re.fullmatch(r"(?:19|20)\d\d", number["n"])
        or (match["short"] and _is_measure(plain, number.end()))
    ):
        return
    kind = kind or ("paragraph" if match["inner"] else "section")
    yield _Token(_steps(kind, number["n"]), match.start(), number.end())
    end = number.end()
    while plural and (more := _AND_NUMBER.match(plain, end)) and not re.fullmatch(r"(?:19|20)\d\d", more["n"]):
        yield _Token(_steps(kind, more["n"]), more.start("n"), more.end(), inherits=True)
        end = more.end()


def _is_measure(plain: str, end: int) -> bool:
    return re.match(r"\s?(?:%|[a-z]+ (?:per|of)\b)", plain[end : end + 12]) is not None


def _steps(kind: StepKind, written: str) -> tuple[Step, ...]:
    """``6(4)(c)`` and ``6.4`` of an article as steps."""
    head, *inner = [part for part in re.split(r"[()（）\s]+", written) if part]
    if kind == "paragraph" and not head[0].isdecimal():
        kind = "item"
    if kind == "article" and "." in head:
        head, *dotted = head.split(".")
        inner = [*dotted, *inner]
    steps = [Step("number" if kind == "section" and "." in head else kind, normalised(head))]
    for mark in inner:
        is_item = any(step.kind in WITHIN for step in steps) or not mark[0].isdecimal()
        steps.append(Step("item" if is_item else "paragraph", normalised(mark) if mark.isdecimal() else mark))
    return tuple(steps)


_HEADINGS: tuple[tuple[StepKind | None, str], ...] = (
    (None, rf"(?:[（(][^）)]*[）)]\s*)?第\s?(?P<n>{_N})\s?(?P<kind>部分|[编編篇章节節条條])(?P<sub>(?:[之の]{_N})*)"),
    ("annex", rf"附\s?(?:件|录|錄|表)\s?(?P<n>{_N}|[IVX]+(?![A-Za-z])|[A-Z](?![A-Za-z]))?(?=[\s：:.、]|$)"),
    ("annex", r"(?P<n>附\s?則)"),
    ("article", r"(?i:articles?|art\.)\s(?P<n>\d{1,3}[A-Za-z]{0,4}|[IVXLC]+)\b"),
    ("section", r"(?i:section|sec\.|§)\s?(?P<n>\d{1,5}[A-Za-z]{0,4}|[IVXLC]+)\b"),
    ("chapter", r"(?i:chapter)\s(?P<n>\d{1,3}[A-Z]{0,2}|[IVXLC]+)\b"),
    ("subpart", r"(?i:subpart)\s(?P<n>\d{1,3}[A-Z]{0,2}|[IVXLC]+|[A-Z])\b"),
    ("part", r"(?i:part|title|book)\s(?P<n>\d{1,3}[A-Z]{0,2}|[IVXLC]+|[A-Z])\b"),
    ("annex", r"(?i:annex|appendix|schedule)(?:\s(?P<n>\d{1,3}[A-Z]{0,3}|[IVXLC]+[a-d]?|[A-Z]))?(?=[\s:.—–-]|$)"),
    ("decision", r"(?:Decision|Resolution|DECISION|RESOLUTION|决议|决定)\s(?P<n>(?=\S*\d)[\w/.-]{1,24})$"),
    ("number", r"(?P<n>\d{1,2}(?:\s?\.\s?\d{1,2}){1,3})\.?(?=[\s\u3400-\u9fff])"),
    ("number", r"(?P<n>\d{1,3}[A-Z]{1,4})\s+(?=\w)"),
    ("number", r"(?P<n>\d{1,3})(?:[.．、]\s*|\s+)(?!bis|ter\b|quater|年|月|日)(?=[^\W\d])"),
    ("heading", r"(?P<n>[IVX]{1,6}|[A-Z])\.\s"),
    ("heading", rf"(?P<n>[{HAN}]{{1,4}})、|[（(](?P<m>[{HAN}]{{1,4}})[）)]"),
)
_FORMS = tuple((kind, late(form)) for kind, form in _HEADINGS)


def heading_step(heading: str) -> Step | None:
    """Returns the step in a heading: ``（目的）第一条`` → ``("article", "1")``; None for a heading without a number.

    A number without a kind (``4 Interpretation``, ``1.4.2 Objectives``) is a "number". A number of an outline (``IV.``,
    ``B.``, ``三、``) is a "heading".
    """
    plain = heading.translate(_WIDE).strip()
    for kind, form in _FORMS:
        if match := form.match(plain):
            groups = match.groupdict()
            number = groups["n"] or groups.get("m") or ""
            if kind is None:
                return Step(_HAN_KINDS[match["kind"]], normalised(number + match["sub"]))
            return Step(
                kind, "附則" if number.endswith("則") else number.upper() if kind == "decision" else normalised(number)
            )
    return None
