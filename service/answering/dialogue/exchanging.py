"""Replaces the names, years and provisions of a question by those of a follow-up.

The question keeps its own words, capitals and punctuation; only the replaced parts change ("the EU's" → "the US's",
"China's" → "New Zealand's", 《湿地保护法》 → 《森林法》, 第十九条 → 第十九条第二款).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import cased
from sinkqa.ingest.text.numerals import HAN
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.entities import NAMES, entities

DOCUMENT_ENDS = (
    "Act|Law|Regulations?|Agreement|Protocol|Convention|Order|Directive|Pact|Declaration|Strategy|Measures|Plan|Code"
)
_PLACES = {"country", "region", "province", "market", "place"}
_LANDS = {"country", "region"}  # of one kind: the EU is compared with Japan
_TITLE = "instrument"
_ZH_LEVELS = {"编": 0, "章": 1, "节": 2, "条": 3, "款": 4, "项": 5}
_EN_LEVELS = {"annex": 0, "schedule": 0, "table": 0, "part": 0, "chapter": 1, "paragraph": 4, "clause": 4, "point": 5}
_ZH_PART = (
    rf"(?:第[{HAN}\d]+[编章节条款项](?:之[{HAN}])?"
    rf"|[（(][{HAN}]+[）)]项?)"
)
_EN_PART = (
    r"(?:articles?|art\.|sections?|sec\.|s|annex|schedule|table|part|chapter|paragraphs?|clauses?|points?)"
    r"\s?(?:\d+[A-Z]{0,2}(?:\.\d+)*|[IVX]+\b)(?:\([0-9a-z]{1,3}\))*"
)
_PROVISION = late(
    rf"{_ZH_PART}+|(?:附件|附录|表)\s?[一二三四五六七八九十\d]+|(?<!['’])\b{_EN_PART}(?:,?\s{_EN_PART})*", re.I
)
_PART = late(rf"{_ZH_PART}|(?:附件|附录|表)\s?[一二三四五六七八九十\d]+|{_EN_PART}", re.I)
_PREPOSITIONS = "in|for|at|by|of|with|under|on|to|from|since|until|after|before|about"
_LED_BY = late(rf"\b(?P<word>{_PREPOSITIONS})\s+(?:the\s+)?\Z", re.IGNORECASE)
_LEADS = late(rf"\A(?:(?:{_PREPOSITIONS})\b|对于|对|在)\s*", re.IGNORECASE)
_DANGLING = late(rf"(?:(?:\A|\s+)(?:{_PREPOSITIONS}|and|the|an?)|['’]s?)\s*\Z", re.IGNORECASE)
_LISTED = late(r"\s*(?:,\s*and\s|,|、|和|与|及|以及|\band\b|\bor\b|\bversus\b|\bvs\.?)\s*(?:the\s+)?", re.IGNORECASE)
_LAST_JOIN = late(r"\s*(?:,\s*and|和|与|及|以及|\band\b|\bor\b)\s*(?:the\s+)?\Z", re.IGNORECASE)
_TAKE_THE = late(
    r"\A(?:U\.?S\.?A?|UK|U\.K\.|EU|UAE|UN|United .*|European Union|Netherlands|Philippines|Czech Republic|.* Federation"
    r"|.* (?:Republic|Basin|River|Plateau|Agreement|Protocol|Convention|Pact|Commission|Council|Bank|Union)"
    rf"|[A-Z].* (?:{DOCUMENT_ENDS})(?: \d+)?)\Z"
)
_ADJECTIVE = late(r"[a-z](?:ese|ian|ean|can|ish|ch|man|tch)\Z")
_NEEDS_NO_THE = late(rf"\A(?:['’]s?\b|\s*(?:[?.,;:!)]|\Z)|\s+(?:{_PREPOSITIONS}|and|or|than)\b)", re.IGNORECASE)
_SUBJECT = late(r"\b(?:do|does|did|can|could|may|must|shall|should|will|would|has|have|had)\s+the\s+\Z", re.I)
_SHORT = {word: word.upper() for word in ("eu", "us", "uk", "nz", "usa", "un")}
_PLACE_ENDS = late("[\u4e00-\u9fff]{1,8}(?:省|市|县|区|州|盟|旗|镇|国|自治区)")
_CAPITALISED = late(r"(?:[A-Z][\w’'-]*)(?:\s(?:(?:of|the|and)\s)?[A-Z][\w’'-]*)*")


DOCUMENT = late(
    r"(?<![\w’'-])(?!(?:What|Which|When|Where|Who|Why|How|Does|Do|Did|Is|Are|Was|Can|Must|May|The|Under|In|And)\b)[A-Z][\w-]*"
    rf"(?:,?\s(?:(?:of|the|on|and|for)\s)*[A-Z0-9][\w./-]*)*?\s(?:{DOCUMENT_ENDS})\b(?:\s\d{{2,5}})?"
)
NUMBERED = late(
    r"\b(?:Executive Order|EO|E\.O\.|Regulation|Directive|Decision|Order|Public Law)\s+(?:No\.?\s*)?"
    r"(?:\([A-Z]{2,4}\)\s*)?\d[\w/.-]*\w"
)
DOCUMENT_ZH = late(
    r"[\u4e00-\u9fff]{2,30}?(?:实施条例|管理办法|暂行条例|试行办法|办法|条例|法(?![律规院人学定])|协定|公约|议定书|方法学)(?:（[^）]{1,8}）)?"
)
LEAD_ZH = late(
    r"\A(?:请问|麻烦问一下|我想知道|想问一下|根据|按照|依照|依据|按|关于|什么是|何为|何谓|哪些|为什么|为何|解释一下|介绍一下|请?总结一下?)+[，,]?"
)


_LAW = late(rf"[a-z][\w-]*(?:\s[a-z][\w-]*){{0,4}}\s(?:{DOCUMENT_ENDS.lower()})", re.IGNORECASE)


class Slot(NamedTuple):
    """A name, year or provision, and its place in a question. ``name`` is the same for all its spellings."""

    kind: str
    name: str
    said: str
    start: int

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.start + len(self.said)


class Exchange(NamedTuple):
    """The question after :func:`exchange`.

    ``left``: the words of the follow-up that did not replace anything, with names in the question's language.
    ``left_kind``: the kind of the first such name, or "". ``between``: a name that could replace several names, or "".
    If there is such a name, ``question`` is unchanged.
    """

    question: str
    left: str
    left_kind: str
    between: str = ""


def slots(text: str) -> list[Slot]:
    """The names, years and provisions of a text, in order, none inside another."""
    found: list[Slot] = [Slot("provision", m[0], m[0], m.start()) for m in _PROVISION.finditer(text)]
    named = [(each.kind, each.name, each.said) for each in entities(text)]
    named += [
        (_TITLE, " ".join(units(said)), said)
        for said in _documents(text, [said for kind, _, said in named if kind != "name"])
    ]
    years = [("year", each.said, each.said) for each in amounts(cased(text)) if each.kind == "year"]
    for kind, name, said in sorted({*named, *years}, key=lambda each: (-len(each[2]), each[0] == "name", each)):
        for start in _places_of(said, text):
            begin, end = start, start + len(said)
            if text[begin - 1 : begin] in ("《", "〈") and text[end : end + 1] in ("》", "〉"):
                begin, end, kind = begin - 1, end + 1, _TITLE if kind == "name" else kind
            if not any(begin < other.end and other.start < end for other in found):
                found.append(Slot(kind, name, text[begin:end], begin))
    return sorted(found, key=lambda slot: slot.start)


def _documents(text: str, known: Sequence[str]) -> Iterator[str]:
    """Names that read as those of laws and are not ``known``: in English by their capitals, in Chinese at the start."""
    yield from (match[0] for match in NUMBERED.finditer(text))
    yield from (match[0] for match in DOCUMENT.finditer(text) if match[0] not in known)
    said = LEAD_ZH.sub("", text)
    begins = DOCUMENT_ZH.match(said)
    if begins and not any(begins[0].endswith(each) for each in known):
        yield begins[0]


def phrase_slots(phrase: str) -> tuple[str, list[Slot]]:
    """The phrase of a follow-up with its abbreviations in capitals, and the slots of the phrase.

    An unknown name in capitals counts as a "name", or as a "place" if a Chinese dictionary says so.
    """
    bare = _bare(phrase)
    if bare.lower() in _SHORT and bare != bare.upper():
        phrase = phrase.replace(bare, bare.upper())
    found = slots(phrase)
    bare, start = _bare(phrase), phrase.find(_bare(phrase))
    if _LAW.fullmatch(bare) and not any(slot.kind == _TITLE for slot in found):
        found = [Slot(_TITLE, " ".join(units(bare)), bare, start)]
    elif bare and not found:
        if _CAPITALISED.fullmatch(bare):
            found = [Slot("name", " ".join(units(bare)), bare, start)]
        elif not bare.isascii() and _is_place(bare):
            found = [Slot("place", bare, bare, start)]
    return phrase, found


def exchange(before: str, phrase: str) -> Exchange:
    """Replaces names, years and provisions of the question ``before`` by those of the same kind in ``phrase``."""
    phrase, news = phrase_slots(_numbered(before, phrase))
    question, rest, kind = before, phrase, ""
    for new in _together(phrase, news):
        olds = _counterparts(question, new, _led_by(phrase, new.start))
        if not olds or _is_more(phrase, new, olds):
            kind = kind or new.kind
            said = in_language_of(question, new)
            said = with_the(said) if said.isascii() and not new.said.isascii() else said
            rest = rest.replace(
                f"the {new.said}" if not said.isascii() and f"the {new.said}" in rest else new.said, said, 1
            )
            continue
        if len({old.name for old in olds}) > 1:
            listed = _listed(question, olds, new)
            if not listed:
                return Exchange(before, phrase, "", between=new.said)
            question = listed
        else:
            question = _put(question, olds, new, phrase)
        rest = rest.replace(new.said, " ", 1)
    rest = " ".join(rest.split())
    while (shorter := _DANGLING.sub("", rest)) != rest:
        rest = shorter
    return Exchange(question, rest, kind)


def _numbered(before: str, phrase: str) -> str:
    """The phrase, where it is a mere number or bracket as that of the only provision before: 182 → section 182."""
    bare = _bare(phrase)
    provisions = [slot.said for slot in slots(before) if slot.kind == "provision"]
    if len(provisions) != 1 or not provisions[0].isascii():
        return phrase
    if re.fullmatch(r"\d{1,3}[A-Z]{0,2}(?:\.\d+)?", bare):
        return re.sub(r"\d+[A-Z]{0,2}(?:\.\d+)*(?:\(\w{1,3}\))*\Z", bare, provisions[0])
    if re.fullmatch(r"(?:\(\w{1,3}\))+", bare):
        return re.sub(r"(?:\(\w{1,3}\))*\Z", "", provisions[0]) + bare
    return phrase


def _together(phrase: str, news: Sequence[Slot]) -> list[Slot]:
    """The slots, those of one kind that are listed taken as one: China and India."""
    found: list[Slot] = []
    for new in news:
        last = found[-1] if found else None
        if last and _is_same_kind(new, last) and _LISTED.fullmatch(phrase[last.end : new.start]):
            said = phrase[last.start : new.end]
            found[-1] = Slot(last.kind, f"{last.name}|{new.name}", said, last.start)
        else:
            found.append(new)
    return found


def _is_more(phrase: str, new: Slot, olds: Sequence[Slot]) -> bool:
    """Whether the phrase says more of what the question has already: 一般湿地 where that has 国家重要湿地."""
    return {old.name for old in olds} == {new.name} and _bare(phrase) != new.said


def with_the(name: str) -> str:
    """An English name with its article, as a sentence needs it: the United States, China."""
    return f"the {name}" if _TAKE_THE.match(name) and not NUMBERED.fullmatch(name) else name


def in_language_of(question: str, slot: Slot) -> str:
    """The name of a slot in the question's language. If no such name is known, the slot's own words."""
    if slot.kind == "year":
        year = slot.said.strip(" 年")
        return f"{year}年" if detect(question) == "zh" and year.isdigit() else year
    wants_ascii = detect(question) != "zh"
    if slot.said.isascii() == wants_ascii or slot.kind == "provision":
        return slot.said
    known = [alias for alias in _called().get(slot.name, ()) if alias.isascii() == wants_ascii]
    if not known:
        return slot.said
    return f"《{known[0]}》" if slot.said[0] == "《" and not wants_ascii else known[0]


def _counterparts(question: str, new: Slot, led_by: str) -> list[Slot]:
    """The slots whose place the new one may take: of its kind, else of a like one; of several, those led as it is."""
    olds = slots(question)
    found = [old for old in olds if _is_same_kind(new, old)] or [old for old in olds if _is_like_kind(new, old)]
    if len({old.name for old in found}) > 1 and led_by:  # "to Korea" is meant for the one of "to Japan"
        return [old for old in found if _led_by(question, old.start) == led_by] or found
    return found


def _is_same_kind(new: Slot, old: Slot) -> bool:
    if {new.kind, old.kind} <= _LANDS:
        return True
    return old.kind == new.kind and (new.kind != "name" or old.said.isupper() == new.said.isupper())


def _is_like_kind(new: Slot, old: Slot) -> bool:
    is_unknown = new.kind == "name" and not new.said.isupper()
    return old.kind in _PLACES and (new.kind in _PLACES or is_unknown)


def _led_by(text: str, start: int) -> str:
    led = _LED_BY.search(text[:start])
    return led["word"].lower() if led else ""


def _put(question: str, olds: Sequence[Slot], new: Slot, phrase: str) -> str:
    """The question with ``new`` in the place of each of ``olds``, and "the" where its name takes it."""
    is_alike = all(old.said.isascii() == new.said.isascii() for old in olds) and new.kind != "year"
    said = new.said if is_alike else in_language_of(question, new)  # CCER and VCS stand so in Chinese, too
    for old in sorted(olds, key=lambda slot: -slot.start):
        before, after = question[: old.start], question[old.end :]
        if new.kind == "provision":
            said = _merged(old.said, new.said)
        elif new.kind == "year":
            led, now = _LED_BY.search(before), _led_by(phrase, new.start)
            if led and now:
                before = before[: led.start()] + now + before[led.end("word") :]
        elif said.isascii() and detect(question) != "zh":
            before, after = _with_article(before, old, after, said, phrase[: new.start])
        question = before + said + after
    return question


def _with_article(before: str, old: Slot, after: str, said: str, led: str) -> tuple[str, str]:
    """What stands before and after a name that is exchanged, with or without "the" as the new name wants it."""
    takes = bool(_TAKE_THE.match(said)) or led.lower().rstrip().endswith("the")
    has = re.search(r"\bthe\s+\Z", before, re.IGNORECASE)
    if (
        takes
        and not has
        and (before.strip() or _NEEDS_NO_THE.match(after))
        and not _ADJECTIVE.search(old.said)
        and not re.search(r"\ban?\s+\Z", before, re.I)
    ):
        before += "the " if before.strip() else "The "
    elif has and not takes and (_NEEDS_NO_THE.match(after) or _SUBJECT.search(before)):
        before = before[: has.start()]
    if after[:1] in ("'", "’"):  # the United States' → Japan's, and back
        owned = after[2:] if after[1:2] == "s" else after[1:]
        after = f"{after[0]}{'' if said.endswith('s') else 's'}{owned}"
    return before, after


def _listed(question: str, olds: Sequence[Slot], new: Slot) -> str:
    """The question with one more name in its list of them; "" where they are not listed, or are its own."""
    between = [question[one.end : other.start] for one, other in pairwise(olds)]
    if not all(_LISTED.fullmatch(each) for each in between) or new.name in {old.name for old in olds}:
        return ""
    join = _LAST_JOIN.search(question[: olds[-1].start])
    if not join:
        return ""
    said, last = in_language_of(question, new), olds[-1]
    comma = ", " if join[0].strip().isascii() else "、"
    said = with_the(said) if comma == ", " else said
    head = question[: join.start()] + comma + question[join.start() : last.end].removeprefix(join[0])
    return head + join[0].removesuffix("the ") + said + question[last.end :]


def _merged(old: str, new: str) -> str:
    """The old reference with the new one for its parts of that level and below: 第十九条 + 第二款 → 第十九条第二款."""
    olds, news = _PART.findall(old), _PART.findall(new)
    kept = [part for part in olds if _level(part) < _level(news[0])]
    if kept and kept[-1].isascii() != news[0].isascii():
        return f"{' '.join(kept)} {new}"
    return (" " if new.isascii() else "").join([*kept, *news])


def _level(part: str) -> int:
    """How deep a part of a reference stands: 0 for a volume or annex, 3 for an article."""
    if not part.isascii():
        return next((level for mark, level in _ZH_LEVELS.items() if mark in part), 5 if part[0] in "（(" else 0)
    return _EN_LEVELS.get(re.split(r"[\s\d]", part.lower())[0].rstrip("s."), 3)


def _bare(phrase: str) -> str:
    """The phrase without the preposition and article that lead it, and without a possessive at its end."""
    bare = re.sub(r"\A(?:the|an?)\s+", "", _LEADS.sub("", phrase), flags=re.IGNORECASE)
    return re.sub(r"['’]s?\Z", "", bare).strip()


def _is_place(word: str) -> bool:
    """Whether a Chinese word is the name of a place, by its end or by a dictionary."""
    if _PLACE_ENDS.fullmatch(word):
        return True
    import rjieba  # its dictionary costs 0.1 s, which most turns need not pay

    return [tag for _, tag in rjieba.tag(word)] in (["ns"], ["nsf"])


def _places_of(said: str, text: str) -> Iterator[int]:
    """Where ``said`` stands as whole words."""
    edge = ("(?<![A-Za-z])", "(?![A-Za-z])") if said.isascii() else ("", "")
    return (match.start() for match in re.finditer(f"{edge[0]}{re.escape(said)}{edge[1]}", text))


@cache
def _called() -> dict[str, tuple[str, ...]]:
    """What each known name is called, in both languages, in the order of the data file."""
    called: dict[str, tuple[str, ...]] = {}
    for line in files("sinkqa.service").joinpath(NAMES).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            aliases = tuple(each.lstrip("!") for each in line.partition("=")[2].split("|"))
            called[aliases[0]] = aliases
    return called
