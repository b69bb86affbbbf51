"""Finds the documents that a text repeals as a whole. What is conditional, or of a part, repeals no document."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

from sinkqa.index.references.dates import first_date
from sinkqa.index.references.mention import Change, Mention
from sinkqa.ingest.document import Span
from sinkqa.ingest.text.patterns import late

_WINDOW = 500  # code points of a sentence, before and after its verb
_LONGEST_LIST = 20_000  # code points
_OPENING = 1_500
_MOST_TARGETS, _MOST_VERBS, _MOST_LISTS = 400, 2_000, 50
_BRACKET = r"(?:（[^（）()]{0,200}[）)]|\([^()（）]{0,200}\)|〔[^〔〕]{0,20}〕|\[[^\[\]]{0,60}\])"
# Between two targets, and between the last one and a verb in Chinese: nothing that names a part, no clause.
_GAP = late(rf"(?:\s|{_BRACKET}|[、》”\"'’*_]|和|及|与|以及|并|号|等(?:[^，。；：的第（(\n]{{0,15}})?|及其|其)*+")
_UNTIL_VERB = late(
    rf"(?:\s|{_BRACKET}|[》”\"'’*_]|号|等(?:[^，。；：的第（(\n同予]{{0,15}})?"
    r"|同时|自[^，。；《》的]{2,30}(?:起|之日)|即行|相应|均|现|一并|也|亦)*+"
)
_ENGLISH_GAP = late(
    rf"(?:\s|{_BRACKET}|[,&”\"'’*_]|/(?:EC|EU|EEC)\b|\b(?:and|the|as well as|both)\b|\bdated (?=[A-Z\d])"
    r"|\b(?:of )?(?:[A-Z][a-z]+ \d{1,2},? \d{4}|\d{1,2} [A-Z][a-z]+ \d{4})"
    r"|\bof (?:the )?(?:European Parliament|Council)"
    r"|\b(?:Council|Commission|Regulations?|Directives?|Decisions?)\b|\bas (?:last )?amended\b)*+"
)
_VERB = late(r"(?:同时|予以|即行|现予?|一并|自行|均|相应)?(?:废止|停止执行|失效)")
_NOT = frozenset("不未拟可应需否议请将已宜须若如")
_AFTER_VERB = late(r"\s*(?:[。；;，,）)\n]|\Z)")
_NOT_BEFORE = late(r"(?:被|由|据|依|照|按|如|若|倘|除|凡|经|因|在|与|对|向|报)[^《》，。；]{0,10}\Z")
_DECIDED = late(r"(?:决定|现|兹|同时|予以|自[^，。；《》]{2,30}起)\s*废止\s*原?\s*|代替(?:了)?\s*(?=[《A-Z])")
_LISTED = late(
    r"(?:(?:以下|下列)[^。：:\n《》]{0,40}(?:废止|失效)[^。：:\n《》]{0,20}"
    r"|(?:废止|失效)(?:以下|下列)[^。：:\n《》]{0,40})[：:]?(?=\s|[《\d一（(])"
)
_TITLE = late(r"^[^\n。《》]{0,40}关于废止(?=《)", re.MULTILINE)
_ITEM = late(r"[ \t]*(?:[（(]?[\d一二三四五六七八九十]{1,4}[）)]?\s*[、.．)）]?|[-•*·])?\s*")
_SECTION = late(r"\s*(?:第[一二三四五六七八九十百\d]+[条章]|[一二三四五六七八九十]{1,3}、)")
_KEPT = late("修改|修正|保留|继续有效|不予废止")
_JAPANESE_VERB = late(r"は、\s*廃止する")

# A long text is searched for participles by their first letter, which takes a sixth of the time of the whole pattern.
_PARTICIPLE = late(r"[RrSsAaWw](?i:evoked|escinded|epealed|uperseded|brogated|ithdrawn)\b")
_BE = late(r"\b(?:is|are|shall\s+be|stands?)\s+(?:hereby\s+)?\Z", re.IGNORECASE)
_LONGEST_BE = 40
_ACTIVE = late(
    r"\b(?:this|the present)\s+(?:executive\s+)?[a-z]+\s+(?:hereby\s+)?"
    r"(?:revokes|rescinds|repeals|supersedes|replaces)\s+(?:and replaces\s+)?(?:the\s+)?"
    r"|\bI hereby (?:revoke|rescind)\s+",
    re.IGNORECASE,
)
_REPEALING = late(r"\brepealing\s+(?:the\s+)?", re.IGNORECASE)
_KIND = r"(?:(?:Council|Commission)\s+)?(?:(?:Implementing|Delegated)\s+)?(?:(?:Regulation|Directive|Decision)s?\s+)?"
_EUROPEAN = late(_KIND)
_RECITALS = late(r"\b(?:Having regard|Whereas|By the authority)\b")
_SENTENCE = late(
    r"(?<!No)(?<!Nos)(?<!Sec)(?<!Art)[.;:]\s+(?=[(A-Z\d“\"‘])|\n\s*\n|\n(?=\s*\([a-z\d]{1,4}\)\s)"
    r"|\n(?=\s*\d{1,3}[A-Z]?\s+(?:Repeal|Revo|Rescission))|\n(?=\s*(?:Article|Section|Sec\.|§)\s*\d)"
)
# What may stand in a sentence before the documents that it repeals. "Section 3 of", "If", "Regulations under": a part.
_HEAD = late(
    r"\s*(?:\(?[\da-z]{1,4}[.)]\s*)*(?:Sec(?:tion|\.)?\s*\d+[A-Za-z]?[.:]?\s+|Article\s+\d+\s+|§\s*\d+\.?\s+)?"
    r"(?:(?:\d{1,3}[A-Z]?\s+)?(?:Revocations?|Rescissions?|Repeals?|Effect on Other Orders)\b"
    r"(?:[^.\n]{0,60}\n|[.:]?\s*))?"
    r"(?:\(?[\da-z]{1,4}[.)]\s*)*"
    r"(?:(?:Accordingly|Also|In addition|Effective [^,.]{4,40}|As of [^,.]{4,40}|With effect from [^,.]{4,40}),?\s+)?"
    rf"(?:the\s+|both\s+)*{_KIND}"
    r"[“\"‘*_]*\Z",
    re.IGNORECASE,
)
_PARTLY = late(
    r"[\s,]*(?:hereby\s+)?(?:except|save|in so far|insofar|to the extent|if\b|unless|when\b|where\b|only\b|in part"
    r"|with the exception|and (?:replaced|substituted) (?:by|with) (?:the following|[“\"‘])|by (?!this\b|the present\b)"
    r"|as (?:it|they|regards)|in respect|in relation|for the purposes?)",
    re.IGNORECASE,
)
_LIST_HEAD = late(r"(?:^|[.:;]\s+|\n|\)\s*)\s*(?:the\s+)?following\s+[A-Za-z ,]{0,60}$", re.IGNORECASE)
_NO_PART = late(r"\b(?:sections?|provisions?|articles?|paragraphs?|parts?|clauses?|rules of)\b", re.IGNORECASE)
_LIST_BEGINS = late(r"[^.:;\n]{0,80}?:(?=\s)|[^.:;]{0,40}?:(?=\s)")
_NEXT_SECTION = late(r"^\s*(?:Sec(?:tion|\.)?\s*\d|SEC\.\s*\d|Article\s+\d|Part\s+[\dIVX]|§\s*\d)", re.MULTILINE)
_MARK = late(r"\s*(?:\([a-z\d]{1,5}\)|\d{1,3}[.)]\s|[-•*–—])", re.IGNORECASE)
_ENGLISH_ITEM = late(r"(?:\A|[;,]|\n)\s*(?:and\s+)?(?:the\s+)?[“\"‘*_]*\Z", re.IGNORECASE)
_MARKED_ITEM = late(r"[\s:;](?:\([a-z\d]{1,5}\)|\d{1,3}[.)]|[-•*–—])\s*(?:the\s+)?[“\"‘*_]*\Z", re.IGNORECASE)


def repeals(text: str, named: Sequence[Mention]) -> Iterator[Change]:
    """Yields the statements that repeal, revoke or replace other documents, with these documents as targets.

    ``named``: the mentions in the text, in text order. ``on`` is the date that the statement itself gives.
    """
    places = _Places(text, named)
    found = [*_eastern(places), *_english(places)]
    taken = -1
    for change in sorted(found, key=lambda each: (each.start, -len(each.targets))):
        if change.start >= taken and change.targets:
            taken = change.end
            yield change


class _Places:
    """The mentions of a text by their places."""

    def __init__(self, text: str, named: Sequence[Mention]) -> None:
        self.text = text
        self._named = [each for each in named if each.by in ("title", "name", "code")]
        self._starts = [each.start for each in self._named]

    def within(self, start: int, end: int) -> list[Mention]:
        """The mentions that lie in the range."""
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, end)
        return [each for each in self._named[first:last] if each.end <= end]

    def from_here(self, at: int, gap: re.Pattern[str]) -> list[Mention]:
        """The mention that begins at ``at`` and those that follow it with nothing but ``gap`` between them."""
        nearby = self.within(at, at + _WINDOW)
        if not nearby or nearby[0].start not in (at, _end(_EUROPEAN, self.text, at)):
            return []
        chain = nearby[:1]
        for each in nearby[1:]:
            if _fills(gap, self.text, chain[-1].end, each.start):
                chain.append(each)
            elif each.start >= _end(gap, self.text, chain[-1].end):
                break  # else it stands in brackets behind the one before
        return chain

    def up_to(self, start: int, end: int, gap: re.Pattern[str], last: re.Pattern[str]) -> list[Mention]:
        """The mentions before ``end`` with nothing but ``gap`` between them and ``last`` behind the last of them."""
        chain: list[Mention] = []
        for each in self.within(start, end):
            if chain and _fills(gap, self.text, chain[-1].end, each.start):
                chain.append(each)
            elif not chain or each.start >= _end(gap, self.text, chain[-1].end):
                chain = [each]
        return chain if chain and _fills(last, self.text, chain[-1].end, end) else []


def _fills(pattern: re.Pattern[str], text: str, start: int, end: int) -> bool:
    return pattern.fullmatch(text, start, end) is not None


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _change(places: _Places, start: int, end: int, targets: Sequence[Mention], on: str = "") -> Change:
    first = min([start, *(each.start for each in targets)])
    last = max([end, *(each.end for each in targets)])
    return Change("repeals", first, last, on, tuple(targets[:_MOST_TARGETS]))


def _eastern(places: _Places) -> Iterator[Change]:
    text = places.text
    if "废" in text or "停止执行" in text or "失效" in text:
        for verb in islice(_VERB.finditer(text), _MOST_VERBS):
            yield from _before_verb(places, verb)
        for verb in islice(_LISTED.finditer(text), _MOST_LISTS):
            if text[verb.start() - 1 : verb.start()] not in _NOT:
                yield _change(places, verb.start(), verb.end(), _items(places, verb.end()))
        for title in _TITLE.finditer(text, 0, 600):
            targets = places.from_here(title.end(), _GAP)
            if targets and re.match(r"\s*的(?:决定|通知|公告|令|命令|通告)", text[targets[-1].end :][:12]):
                yield _change(places, title.start(), title.end(), targets)
    for verb in _DECIDED.finditer(text):
        if text[verb.start() - 1 : verb.start()] not in _NOT:
            targets = places.from_here(verb.end(), _GAP)
            if targets and not text.startswith(("第", "中", "的第", "附"), _end(_GAP, text, targets[-1].end)):
                yield _change(places, verb.start(), verb.end(), targets, first_date(verb[0]))
    for verb in _JAPANESE_VERB.finditer(text):
        start = max(text.rfind("\n", 0, verb.start()), text.rfind("。", 0, verb.start()), verb.start() - _WINDOW) + 1
        if targets := places.up_to(start, verb.start(), _GAP, _UNTIL_VERB):
            yield _change(places, verb.start(), verb.end(), targets)


def _before_verb(places: _Places, verb: re.Match[str]) -> Iterator[Change]:
    """《…》（…）同时废止."""
    text = places.text
    if text[verb.start() - 1 : verb.start()] in _NOT or not _AFTER_VERB.match(text, verb.end()):
        return
    low = max(0, verb.start() - _WINDOW)
    begin = low + max(text.rfind(mark, low, verb.start()) - low + 1 for mark in "。；\n")
    targets = places.up_to(max(begin, low), verb.start(), _GAP, _UNTIL_VERB)
    if not targets or targets[0].by == "name":
        return
    before = text[max(low, targets[0].start - 30) : targets[0].start]
    if _NOT_BEFORE.search(before.rpartition("，")[2].rpartition("。")[2]):
        return
    yield _change(places, verb.start(), verb.end(), targets, first_date(text[targets[-1].end : verb.start()]))


def _items(places: _Places, at: int) -> list[Mention]:
    """The first mention of each line of the list that begins here, until a line is no item of it."""
    text, targets = places.text, list[Mention]()
    stop = min(len(text), at + _LONGEST_LIST)
    is_first, has_sections = True, False
    while at < stop and len(targets) < _MOST_TARGETS:
        end = text.find("\n", at, stop)
        end = stop if end < 0 else end
        line = text[at:end]
        if line.strip():
            inside = places.within(at, end)
            has_sections = has_sections or (is_first and _SECTION.match(line) is not None)
            if _KEPT.search(line) or (not has_sections and not is_first and _SECTION.match(line)):
                break
            starts = _end(_ITEM, text, at)
            if inside and inside[0].start == starts:
                targets += places.from_here(starts, _GAP)
            elif not inside and _SECTION.match(line):
                break
            is_first = False
        at = end + 1
    return targets


def _passives(text: str) -> Iterator[Span]:
    """The places of "is hereby revoked" and its like."""
    for word in _PARTICIPLE.finditer(text):
        if be := _BE.search(text, max(0, word.start() - _LONGEST_BE), word.start()):
            yield Span(be.start(), word.end())


def _english(places: _Places) -> Iterator[Change]:
    text = places.text
    for verb in islice(_passives(text), _MOST_VERBS):
        low = max(0, verb.start - _WINDOW)
        begin = max((found.end() for found in _SENTENCE.finditer(text, low, verb.start)), default=low)
        if _LIST_HEAD.search(text, low, verb.start) and (opens := _LIST_BEGINS.match(text, verb.end)):
            head = text[begin : verb.start]
            if not _NO_PART.search(head) and not _PARTLY.match(text, verb.end):
                said = text[verb.end : opens.end()]
                yield _change(places, verb.start, opens.end(), _english_items(places, opens.end()), first_date(said))
            continue
        if _PARTLY.match(text, verb.end):
            continue
        targets = places.up_to(begin, verb.start, _ENGLISH_GAP, _ENGLISH_GAP)
        if targets and _HEAD.match(text[begin : targets[0].start]):
            sentence = text[verb.end : verb.end + 120].partition(". ")[0]
            yield _change(places, verb.start, verb.end, targets, _from(sentence))
    for found in _ACTIVE.finditer(text):
        if targets := places.from_here(found.end(), _ENGLISH_GAP):
            yield _change(places, found.start(), found.end(), targets)
    recitals = _RECITALS.search(text, 0, _OPENING)
    for found in _REPEALING.finditer(text, 0, recitals.start() if recitals else _OPENING):
        if targets := places.from_here(found.end(), _ENGLISH_GAP):
            yield _change(places, found.start(), found.end(), targets)


_FROM = late(r"[\s,]*(?:with effect from|with effect on|with effect as of|as of|as from|effective|from|on)\s", re.I)


def _from(sentence: str) -> str:
    """The date from which the words after a verb say that it holds."""
    return first_date(sentence[:60]) if _FROM.match(sentence) else ""


def _english_items(places: _Places, at: int) -> list[Mention]:
    """The documents that the items of the list begin with: marked items up to the next section, or one sentence."""
    text = places.text
    stop = min(len(text), at + _LONGEST_LIST)
    if ends := _NEXT_SECTION.search(text, at, stop):
        stop = ends.start()
    listed = places.within(at, stop)
    marked = [each for each in listed if _MARKED_ITEM.search(text[max(0, each.start - 20) : each.start])]
    if marked or _MARK.match(text, at):
        return marked
    ends = _SENTENCE.search(text, at, stop)
    line = text[at : ends.start() if ends else stop]
    return [each for each in listed if each.end <= at + len(line) and _is_item(line[: each.start - at])]


def _is_item(before: str) -> bool:
    """Whether an item of a list in a sentence begins behind these words, outside of brackets."""
    is_open = before.count("(") > before.count(")")
    return not is_open and _ENGLISH_ITEM.search("\n" + before[-40:]) is not None
