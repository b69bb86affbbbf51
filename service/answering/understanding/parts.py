"""Splits a question that asks several things into questions that each ask one.

A question has *sides* if it joins names, years or versions of one kind ("美国和欧盟的…", "version 1 and version 2").
Each side becomes a question of its own, without the others. A question has *clauses* if several of its clauses ask
something ("…会被罚多少？拒不改正还有什么后果？"). Each clause is completed with the topic of the first clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, pairwise
from typing import NamedTuple

from sinkqa.index.naming.lexicon import heads, tokens
from sinkqa.ingest.provisions.references import Reference, references
from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.understanding.question import Asked, asks, understand

_MOST = 12  # parts of one question
_MOST_CLAUSES = 48  # of a sentence: what is behind them belongs to the last part
_KINDS = {"region": "country", "market": "province"}  # the EU is compared with Japan, a pilot with the national market
_OF_SIDES = frozenset({"country", "province", "instrument", "name", "ecosystem"})
_GLUE_ZH = late(
    r"\s*(?P<head>[\u4e00-\u9fff]{0,5}?)\s*(?:、|,|，|和|与|與|及其?|以及|同|跟|或者?|还是|对比|比较|相比|vs?\.?|/)\s*在?\s*"
)
_GLUE_EN = late(
    r"(?P<head>(?:['’]s?)?(?: [\w-]+){0,2}?)"
    r"\s*(?:,|/|,?\s*\b(?:and|or|vs?\.?|versus|with|to|than|from|against"
    r"|(?:compare|differ)(?:s|d|ed)? (?:with|to|from)))"
    r"(?:\s*\b(?:and|or|the|in|for|under|of|by|that|those))*\s*",
    re.IGNORECASE,
)
_VERSION = late(
    r"(?:version|v\.?|第)\s?(?P<number>\d{1,2}(?:\.\d+)*)(?:\s?版)?|(?<!\d)(?<!\d/)(?P<year>(?:19|20)\d\d)(?!/?\d)\s?年?",
    re.IGNORECASE,
)  # 2018/841 is the number of a regulation
_DOCUMENTS = frozenset(
    {"law", "regulation", "measures", "rules", "order", "treaty"}
)  # that have provisions of a number
_OF = late(r"\s*,?\s*(?:of|in|under|to|from)\b", re.IGNORECASE)  # between a provision and its document
_AND = late(
    r"\s*(?:、|,|，|和|与|與|及其?|以及|同|跟|或者?|还是|对比|比较|相比|vs?\.?|/|,?\s*\b(?:and|or|versus|with|to|than|against)\b)\s*",
    re.IGNORECASE,
)
_SENTENCE = late(r"(?<=[?？。!！;；])\s*|(?<=\.)\s+")
_CLAUSE = late(
    r"[,，](?!\d)\s*(?:and\b|以及|并且|同时)?\s*|\s+and (?=(?:what|how|which|whom?|when|where|by when|why)\b)"
)
_ENDS = tuple("。.!！")  # of a sentence that asks nothing
_SPAN = late(r"(?:between|from|从|自|在)\s*\Z", re.IGNORECASE)  # before years that bound one time
_COMPARING = late(
    r"各自的?|分别|各(?=[是用有为怎如])|之间|有(?:什么|何|哪些)(?:不同|区别|差异|差别)(?:之处)?"
    r"|\brespectively\b|\bdiffer(?:s|ently)?\b|\bthe differences? between\b|^compare\b",
    re.IGNORECASE,
)
_LEANS = late(r"\b(?:it|its|they|them|their|those|these|that)\b|其|它|该|这(?!样)|此", re.IGNORECASE)
_FEW = 3  # words of a clause; two Chinese characters for one
_DATED = frozenset({"name", "instrument", "document"})
_POSSESSIVE = late(r"['’]s\s+")  # between names that are one together
_UNKNOWN = late(  # one more of those that are joined, though nothing is known of it
    r"\s*(?:,|、|\band\b|\bor\b|和|与|以及|及)+\s*"
    r"(?P<name>[A-Z][\w-]+(?: [A-Z][\w-]+)*|[\u4e00-\u9fff]{2,4}(?=的|各自|分别|之间))"
)
_NO_MARKS = str.maketrans("", "", "《》")
_OF_EACH = late(r"各自|分别|各(?=[是用有为怎如])|\brespectively\b|\beach\b|\bboth\b|\bside by side\b", re.IGNORECASE)


class QuestionPart(NamedTuple):
    """One part of a question: its ``label`` in the question's own words, and the ``asked`` that stands alone.

    ``kind``: for a side, the kind of its name: "country", "document", "year" and so on. For a clause it is "".
    """

    label: str
    asked: Asked
    kind: str = ""


class _NameSpan(NamedTuple):
    kind: str
    start: int
    end: int


def sides(asked: Asked, named: Sequence[tuple[int, int]] = ()) -> tuple[QuestionPart, ...]:
    """One question for each of the names or years that the question joins, in order. Empty if it joins none.

    Only the longest run of joined names counts. A question with several clauses that ask has no sides. If the question
    cites provisions, the sides are documents with their own provisions, or years and versions, but no other names.
    """
    text = asked.text
    cited = references(text)
    if len(_asking(text)) > 1:
        return ()
    if cited and (several := _cited_apart(text, cited)):
        return several
    mentions = [each for each in _mentions(asked, named) if not cited or each.kind in ("year", "version")]
    runs = _runs(text, _compound(text, sorted(mentions, key=lambda mention: mention.start)))
    run = max((run for run in runs if not _bounds_a_time(text, run)), key=len, default=[])
    if run and (other := _UNKNOWN.match(text, run[-1].end)) and run[-1].kind != "document":
        run = [*run, _NameSpan(run[-1].kind, *other.span("name"))]
    if not 2 <= len(run) <= _MOST:
        return ()
    before, after = text[: run[0].start], text[run[-1].end :]
    parts: list[QuestionPart] = []
    for each, following in zip(run, [*run[1:], None], strict=True):
        own = _side(text, each, following)
        rest = after.removeprefix("'s").removeprefix("’s") if "s" in own[-2:] and own[-2:-1] in "'’" else after
        alone = " ".join(_COMPARING.sub(" ", f"{before}{own}{rest}").split())
        parts.append(QuestionPart(_label(text[each.start : each.end]), understand(alone), each.kind))
    return tuple(parts)


def _cited_apart(text: str, cited: Sequence[Reference]) -> tuple[QuestionPart, ...]:
    """The question once for each document of which it cites provisions: 森林法第十条 and 湿地保护法第十二条."""
    said = tokens(text)
    kinds = [head for head in heads(said) if head.kind in _DOCUMENTS and not text[said[head.first].start].islower()]
    ends = [said[head.last - 1].end for head in kinds]
    after = _OF.match(text, cited[0].end) is not None
    groups: dict[int, int] = {}  # where the name of a document ends, and where what is said of it does
    for each in cited:
        near = [end for end in ends if end > each.end] if after else [end for end in ends if end <= each.start]
        if not near:
            return ()
        name = min(near) if after else max(near)
        groups[name] = name if after else each.end
    parts: list[QuestionPart] = []
    first, last = cited[0].start if after else 0, max(groups.values())
    start = first
    for end in groups.values():
        glue = _AND.match(text, end)
        if len(groups) < 2 or (glue is None and end != last):
            return ()
        own = text[start:end]
        alone = " ".join(f"{text[:first]}{own}{text[last:]}".split())
        parts.append(QuestionPart(_label(own), understand(alone), "document"))
        start = glue.end() if glue else end
    return tuple(parts)


def asks_of_each(asked: Asked) -> bool:
    """Whether the question says explicitly that it asks about each of its sides."""
    return _OF_EACH.search(asked.text) is not None


def clauses(asked: Asked) -> tuple[QuestionPart, ...]:
    """The clauses that ask, each completed from the first clause. Empty if there is only one.

    A later clause has two readings, one after the other: with the names of the first clause, and with its whole topic.
    A clause that depends on the first has only the second reading.
    """
    asking = _asking(asked.text)
    if not 2 <= len(asking) <= _MOST:
        return ()
    first, parts = understand(asked.text[: asking[0][1]]), list[QuestionPart]()
    for place, (start, end) in enumerate(asking):
        said = asked.text[start:end].strip(" ,，;；。?？")
        for context in _contexts(first, said) if place else [asked.text[:start]]:
            parts.append(QuestionPart(said, _asked_of(said, context)))
    return tuple(parts)


def _asked_of(clause: str, context: str) -> Asked:
    """The clause with its context; it asks what the clause asks."""
    own, whole = understand(f"{clause}?"), understand(f"{context} {clause}?".strip())
    return replace(
        whole,
        kind=own.kind,
        target=own.target,
        dimensions=own.dimensions,
        forms=own.forms,
        counted=own.counted,
        provisions=own.provisions,
        terms=own.terms,
    )


def _contexts(first: Asked, clause: str) -> Iterator[str]:
    """What a later clause may take from the ``first``: its names, or all of its matter."""
    own = understand(clause)
    leans = _LEANS.search(clause) or sum(1.0 if term.isascii() else 0.5 for term in set(units(own.matter))) < _FEW
    if not leans:
        yield " ".join(each.said for each in first.entities if not own.said.holds(each))
    yield first.matter


def _asking(text: str) -> list[tuple[int, int]]:
    """Start and end of each clause that asks. A clause that asks nothing belongs to the clause after it."""
    found: list[tuple[int, int]] = []
    for sentence in _cut(_SENTENCE, text, 0, len(text)):
        if text[slice(*sentence)].rstrip().endswith(_ENDS):
            continue
        start, several = sentence[0], list(islice(_cut(_CLAUSE, text, *sentence), _MOST_CLAUSES))
        for place, (_, end) in enumerate(several):
            if asks(text[start:end]):
                found.append((start, end))
                start = several[place + 1][0] if place + 1 < len(several) else end
        if found and start < sentence[1] and found[-1][0] >= sentence[0]:
            found[-1] = (found[-1][0], sentence[1])
    return found


def _cut(border: re.Pattern[str], text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in border.finditer(text, start, end):
        if match.start() > start:
            yield start, match.start()
            start = match.end()
    if start < end:
        yield start, end


def _bounds_a_time(text: str, run: Sequence[_NameSpan]) -> bool:
    return bool(run) and run[0].kind == "year" and _SPAN.search(text[: run[0].start]) is not None


def _label(said: str) -> str:
    return said.translate(_NO_MARKS).strip()


def _mentions(asked: Asked, named: Sequence[tuple[int, int]]) -> Iterator[_NameSpan]:
    """Names and versions or years with their places; what lies in another one is left out."""
    text = asked.text
    taken: list[tuple[int, int]] = []
    for start, end in named if len(named) > 1 else ():
        first = start - 1 if text[start - 1 : start] == "《" else start
        taken.append((first, end + 1 if text[end : end + 1] == "》" else end))
        yield _NameSpan("document", *taken[-1])
    for each in sorted(asked.entities, key=lambda entity: -len(entity.said)):
        kind = _KINDS.get(each.kind, each.kind)
        places = re.finditer(f"《?{re.escape(each.said)}》?", text) if kind in _OF_SIDES else ()
        for match in islice(places, _MOST_CLAUSES):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                yield _NameSpan(kind, *match.span())
    for match in _VERSION.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield _NameSpan("year" if match["year"] else "version", *match.span())


def _compound(text: str, mentions: Sequence[_NameSpan]) -> list[_NameSpan]:
    """Joins neighbouring mentions that make one name: China's national ETS, the Reed Act 2031."""
    found: list[_NameSpan] = []
    for each in mentions:
        between = text[found[-1].end : each.start] if found else ""
        dated = bool(found) and each.kind == "year" and found[-1].kind in _DATED and between.isspace()
        if found and (dated or _POSSESSIVE.fullmatch(between)):
            found[-1] = _NameSpan(found[-1].kind, found[-1].start, each.end)
        else:
            found.append(each)
    return found


def _runs(text: str, mentions: Sequence[_NameSpan]) -> Iterator[list[_NameSpan]]:
    """Mentions of one kind that are joined to each other."""
    run: list[_NameSpan] = []
    for before, after in pairwise(mentions):
        run = run or [before]
        if before.kind == after.kind and _joins(text[before.end : after.start]):
            run.append(after)
        else:
            yield run
            run = []
    yield run


def _joins(between: str) -> bool:
    return bool(_GLUE_ZH.fullmatch(between) or _GLUE_EN.fullmatch(between))


def _side(text: str, mention: _NameSpan, following: _NameSpan | None) -> str:
    """The name with the noun that belongs to it: 广东试点 in 广东试点和全国碳市场."""
    said = text[mention.start : mention.end]
    if following is None:
        return said
    between = text[mention.end : following.start]
    joined = _GLUE_ZH.fullmatch(between) or _GLUE_EN.fullmatch(between)
    return said + (joined["head"] if joined else "")
