"""Questions about facts that laws state in fixed forms: dates of effect, definitions of terms, fines for conduct.

This module has its own rules to find the forms in a text, as ``eval.provisions.outline`` has for articles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sinkqa.eval.provisions.outline import Law, after_mark, is_item, provisions
from sinkqa.eval.provisions.questions import Family, Kind, Names, ProvisionQuestion, Target, drawn, made
from sinkqa.ingest.document import Span

_SENTENCE = re.compile(r"[^。\n]*(?:。|$)", re.M)
_EFFECT = {
    "zh": re.compile(
        r"(?:本[^，。]{0,6}(?:法|条例|办法|规定|规则|细则|指南|方案|通知|意见)|《[^》]+》)"
        r"[^。\n]*?起(?:施行|实施|生效|执行)[^。\n]*。"
    ),
    "ja": re.compile(r"この法律は、[^。\n]*から施行する。"),
    "en": re.compile(
        r"\bThis (?:Act|Law|Regulation|Directive|Decision|Agreement|Convention|Protocol|[Oo]rder|Ordinance|Code)\b"
        r"(?:, [^\n,]+,)? (?:shall (?:enter into force|take effect|come into (?:force|effect|operation)|be effective)|"
        r"(?:enters|comes) into (?:force|effect|operation)|takes effect|is effective)\b[^\n]*"
    ),
}
_MEANING = {
    "zh": re.compile(
        r"(?:^|(?<=[。；\s）)]))(?:[^。；\n，]{0,12}所称的?)?[“\"]?(?P<term>[^，。；：、\n“”\"《》()（）]{2,16}?)[”\"]?"
        r"(?:[（(][^）)\n]{1,60}[）)])?[，,]?\s?是指"
        r"|(?:本|前)[^，。；\n]{1,8}所称的?[“\"]?(?P<named>[^，。；：、\n“”\"]{2,16}?)[”\"]?[，,]?\s?是?指(?=\S)",
        re.M,
    ),
    "ja": re.compile(
        r"この法律において「(?P<term>[^」\n]{2,20})」とは"
        r"|^[一二三四五六七八九十]+　(?P<named>\S{2,16})　(?=[^\n]*をいう。)",
        re.M,
    ),
    "en": re.compile(
        r"^(?:\(\w{1,4}\)\s*|\d+\.\s+)?(?:(?:the|The) terms? )?"
        r"(?:[“\"](?P<term>[^”\"\n]{2,60})[”\"]|(?P<named>[A-Za-z][\w’–-]*(?: [\w’–()-]+){0,6}?))"
        r"(?:, in (?:relation|respect)[^—\n]{3,120}?,|, for[^—\n]{3,120}?,)?,? means\b(?! (?:of|means|to)\b)",
        re.M,
    ),
}
_TERMS = re.compile(r"[^。：]*用语[^。：]*：")  # 本办法下列用语的含义：
_NO_TERM = re.compile(
    r"^[其该这此上所前本各有应须不]|^(?:下列|同一|主要|一般|具体|根据|依照)|[的是为]$"
    r"|^(?:this|that|these|it|which|what|by|for|if|in|as|who|a|an|the|section|subsection|each|any|and|or|whether)\b"
    r"|\b(?:is|are|must|has|have|that|which)\b|\b(?:by|other|otherwise|reasonable)$",
    re.I,
)
_CONDUCT = [
    re.compile(
        r"违反本(?:法|条例|办法|规定|规则)(?:第[^，。；]{1,16})?的?规定，(?P<conduct>[^。；]{4,80}?)的，[^。；]*?罚款"
    ),
    re.compile(r"^(?P<conduct>[^。；]{6,80}?)的，(?:由|处|责令)[^。；]*?罚款"),
]
_NO_CONDUCT = re.compile(
    r"下列|前款|前两款|前条|本条|上述|之一|情节|逾期|第[一二三四五六七八九十]+[条款项]|^违反|违法行为$|^有"
)
_LISTED = re.compile(r"有下列[^，。：:]{0,12}(?:之一)?[^。\n]*罚款[^。\n]*[：:]$")
_SUM = re.compile(r"罚款.*[元倍%％]|[元倍%％].*罚款")
_OFFENCE = re.compile(
    r"\b(?:Every|A|Any) person who (?P<conduct>[^—\n.]{10,220}?),? commits an offence,? and is liable[^\n]*"
)
_FINED = re.compile(r"\bfine\b|\bimprisonment\b")


@dataclass(frozen=True, slots=True)
class _Fact:
    """What is asked about, and the lines that say it: those that are needed, and the rest of their list."""

    about: str
    needed: tuple[Span, ...]
    more: tuple[Span, ...] = ()


def fact_questions(family: Family, *, wordings: int, sample: int | None, seed: int) -> Iterator[ProvisionQuestion]:
    """Yields questions about dates of effect, definitions and fines, at most ``sample`` of each kind."""
    kinds: list[tuple[Kind, Callable[[Law], Iterator[_Fact]], Callable[[Names, str, str], list[str]]]] = [
        ("date", _effects, _date_wordings),
        ("definition", _definitions, _definition_wordings),
        ("penalty", _penalties, _penalty_wordings),
    ]
    for kind, find, word in kinds:
        held: dict[str, list[Target]] = {}
        for law in family.laws:
            whole = (Span(0, len(law.document.text)),)
            for fact in find(law):
                needed = (after_mark(law.document.text, fact.needed[0]), *fact.needed[1:])
                target = Target(law.document.doc_id, needed, whole, more=fact.more)
                held.setdefault(fact.about, []).append(target)
        for about in drawn(list(held), sample, f"{family.title} {kind} {seed}"):
            languages = family.names if kind == "date" else [_spoken(about, family.language)]
            asks = {each: word(family.names[each], about, each) for each in languages if each in family.names}
            yield from made(kind, family, about, asks, tuple(held[about]), wordings)


def _spoken(about: str, language: str) -> str:
    """In which language words of a law can be asked about as they stand: Chinese, where they are Chinese characters."""
    return "zh" if language == "ja" and re.fullmatch("[一-龥]+", about) else language


def _date_wordings(names: Names, _: str, language: str) -> list[str]:
    whole, short = names
    if language == "zh":
        quoted = whole if "《" in whole else f"《{whole}》"
        return [f"{quoted}何时施行？", f"{short}什么时候开始实施？"]
    return [f"When did the {whole} take effect?", f"What is the effective date of the {short}?"]


def _definition_wordings(names: Names, term: str, language: str) -> list[str]:
    whole, short = names
    if language == "zh":
        quoted = whole if "《" in whole else f"《{whole}》"
        return [f"{quoted}所称的{term}是指什么？", f"{short}中{term}是什么意思？"]
    return [f"What does “{term}” mean in the {whole}?", f"How is {term} defined in the {short}?"]


def _penalty_wordings(names: Names, conduct: str, language: str) -> list[str]:
    whole, short = names
    if language == "zh":
        return [f"《{whole}》规定，{conduct}会受到什么处罚？", f"根据{short}，{conduct}怎么处罚？"]
    return [
        f"What is the penalty under the {whole} for a person who {conduct}?",
        f"What fine does the {short} set for anyone who {conduct}?",
    ]


def _effects(law: Law) -> Iterator[_Fact]:
    """The sentences that say when the law takes effect; of a Japanese law the first, as amendments add their own."""
    text, pattern = law.document.text, _EFFECT.get(law.language)
    found = list(pattern.finditer(text, law.range.start, law.range.end)) if pattern else []
    own = [each for each in found if not any(s <= each.start() < e for s, e in law.apart)]
    for match in own[: 1 if law.language == "ja" else None]:
        yield _Fact("effect", (_stripped(text, match.start(), match.end()),))


def _definitions(law: Law) -> Iterator[_Fact]:
    text, pattern = law.document.text, _MEANING.get(law.language)
    for lines in provisions(law):
        for place, line in enumerate(lines):
            said = text[line.start : line.end]  # ^ holds where the line begins, not where its indent does
            for match in pattern.finditer(said) if pattern else ():
                term = (match.group("term") or match.group("named") or "").strip()
                if not 2 <= len(term) <= 60 or _NO_TERM.search(term):
                    continue
                sentence = _sentence(text, line, line.start + match.end()) if law.language != "en" else line
                items = _items(text, lines[place + 1 :]) if sentence.end == line.end and _opens(text, line) else ()
                yield _Fact(term, (sentence, *items[:1]), items[1:])


def _penalties(law: Law) -> Iterator[_Fact]:
    text = law.document.text
    for lines in provisions(law):
        for place, line in enumerate(lines):
            if law.language == "zh":
                yield from _chinese_penalties(text, line, lines[place + 1 :])
            elif law.language == "en" and (match := _OFFENCE.search(text, line.start, line.end)):
                rest = _items(text, lines[place + 1 :]) if _opens(text, line) else ()
                if any(_FINED.search(text, start, end) for start, end in (Span(*match.span()), *rest)):
                    yield _Fact(match.group("conduct").strip(), (line, *rest))


def _chinese_penalties(text: str, line: Span, following: Sequence[Span]) -> Iterator[_Fact]:
    said = text[line.start : line.end]
    if (listed := _LISTED.search(said)) and _SUM.search(listed.group()):
        for item in _items(text, following):
            conduct = re.sub(r"^[（(]\w+[)）]\s*|的?[；;。].*$", "", text[item.start : item.end], flags=re.S)
            if 6 <= len(conduct) <= 80 and not _NO_CONDUCT.search(conduct) and "罚款" not in conduct:
                yield _Fact(conduct, (_sentence(text, line, line.end - 1),))
        return
    for sentence in () if listed else _SENTENCE.finditer(text, line.start, line.end):
        body = re.sub(r"^[（(]\w+[)）]\s*", "", sentence.group().strip())
        for pattern in _CONDUCT:
            if _SUM.search(body) and (match := pattern.search(body)) and not _NO_CONDUCT.search(match.group("conduct")):
                yield _Fact(match.group("conduct"), (_stripped(text, sentence.start(), sentence.end()),))
                break


def _opens(text: str, line: Span) -> bool:
    return text[line.start : line.end].endswith(("：", ":", "—"))


def _items(text: str, lines: Sequence[Span]) -> tuple[Span, ...]:
    """The list items at the head of these lines."""
    found: list[Span] = []
    for line in lines:
        if not is_item(text, line):
            break
        found.append(line)
    return tuple(found)


def _sentence(text: str, line: Span, place: int) -> Span:
    """The sentence of a line in which a place stands, without the words that lead to a list of terms."""
    start = max(text.rfind("。", line.start, place - 1) + 1, line.start)
    start = led.end() if (led := _TERMS.match(text, start, place)) else start
    end = text.find("をいう。", place, line.end)
    end = end + 4 if end >= 0 else text.find("。", place, line.end) + 1
    return _stripped(text, start, end or line.end)


def _stripped(text: str, start: int, end: int) -> Span:
    said = text[start:end]
    return Span(start + len(said) - len(said.lstrip()), end - len(said) + len(said.rstrip()))
