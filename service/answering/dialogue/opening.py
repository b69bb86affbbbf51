"""Describes the documents of a library, and suggests questions that they answer.

This is the reply to a greeting, to a request for help, or to a question that is too vague. Nothing here searches or
judges: each suggestion is made from a heading, a defined term or a date of effect that a passage contains.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sinkqa.index.hit import Hit
from sinkqa.index.store.documents.catalogue import Census, DocumentRecord
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.numerals import HAN, read_numeral
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.dialogue.conversing import SmallTalk
from sinkqa.service.answering.dialogue.exchanging import DOCUMENT_ENDS

QUESTIONS = 3
_READ, _FEWEST_PASSAGES, _MOST_PASSAGES = 4, 12, 250  # documents that are read for questions, and their sizes: some ms
_KINDS = ("definition", "article", "effect", "heading", "article", "definition", "heading", "heading")
_LONGEST_TITLE, _LONGEST_HEADING = {"zh": 30, "ja": 30, "en": 90}, {"zh": 24, "ja": 24, "en": 70}
_TITLES = 4  # named of those held
_SORTS = 6  # at most so many countries or languages are named
_LOOKED_AT = 500  # documents among which those to speak of are chosen
_SHORTEST = 40  # characters of a passage that says something

_ARTICLE_ZH = late(rf"(?P<number>第(?P<digits>[{HAN}\d]+)条(?:[の之][{HAN}]+)?)")
_ARTICLE_EN = late(
    r"\A\W*(?:(?P<kind>Article|Art\.|Section|Sec\.)\s+)?(?P<number>\d{1,3}[A-Z]{0,2})\b[.:—–-]?\s*(?P<name>[A-Z“\"][^.]{2,80})?",
    re.IGNORECASE,
)
_DEFINED_ZH = late(r"(?:本[法条例办规定细则文件标准]{1,2}(?:所称|中)的?)?“?(?P<term>[\u4e00-\u9fff]{2,14})”?，?\s?是指")
_DEFINED_EN = late(
    r"(?:[“\"‘](?P<quoted>[A-Za-z][\w /-]{3,40})[”\"’],?"
    r"|(?:\A|[\n;—]\s*)(?P<plain>(?!this|that|it|which|the)[a-z][a-z0-9 -]{3,40}?))"
    r"\s+means\b(?!\s+(?:of|that)\b)"
)
_EFFECT_ZH = late(r"自.{2,24}起(?:施行|实施|生效)")
_EFFECT_EN = late(
    r"\b(?:comes? into (?:force|effect|operation)|takes? effect|enters? into force)\b.{0,12}\bon\b", re.IGNORECASE
)
_IS_LAW = late(
    rf"\b(?:{DOCUMENT_ENDS})(?:\W+\d[\w/.-]*)?\W*\Z|\A(?:Executive Order|Regulation|Directive|Decision)\b"
    r"|(?:法|条例|办法|规定|标准|細則|细则)(?:（.{1,8}）)?\Z",
    re.IGNORECASE,
)
_ABOUT_A_LAW = late(r"\b(?:under|to|implementing|amending|pursuant)\b|FACT SHEET|\ARemarks\b", re.IGNORECASE)
_NUMBER = late(
    r"\A\W*(?:[\dIVXA-Z]{1,4}(?:\.\d+)*[.:)）、]?|[（(]?[一二三四五六七八九十]{1,3}[)）、.]|[a-z][.)])\s+(?=\S)|\A[（(]?[一二三四五六七八九十]{1,3}[)）、.]\s*"
)
_DULL = late(
    r"\A\W*(?:introduction|contents|annex|appendix|notes?|executive summary|summary|abstract|conclusions?|references"
    r"|background|overview|briefing|note|目\s*录|引言|前\s*言|摘要|附\s*件.*|附\s*录.*|总\s*则|附\s*则|参考文献|关键词)\W*\Z",
    re.IGNORECASE,
)
_COUNTRIES = {
    "CN": ("China", "中国"), "US": ("United States", "美国"), "EU": ("European Union", "欧盟"), "JP": ("Japan", "日本"),
    "NZ": ("New Zealand", "新西兰"), "GB": ("United Kingdom", "英国"), "AU": ("Australia", "澳大利亚"),
    "CA": ("Canada", "加拿大"), "KR": ("South Korea", "韩国"), "IN": ("India", "印度"),
    "UN": ("United Nations", "联合国"),
}  # fmt: skip
_LANGUAGES = {"zh": ("Chinese", "中文"), "en": ("English", "英文"), "ja": ("Japanese", "日文")}


class Holdings(Protocol):
    """The part of a library's interface that this module uses."""

    @property
    def generation(self) -> int:
        """The number of changes made to the library."""

    def documents(self, *, most: int) -> list[DocumentRecord]:
        """The first documents, at most ``most``."""

    def census(self) -> Census:
        """The number of documents by jurisdiction, language and so on."""

    def passages(self, doc_id: str) -> list[Passage]:
        """A document's passages in reading order."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The reply to a greeting: ``lines`` about the documents of the library, and ``suggestions`` of questions."""

    lines: tuple[str, ...]
    suggestions: tuple[str, ...]


class Openings:
    """The openings of one library. Each is made once for each generation and language. Safe for threads."""

    def __init__(self, holdings: Holdings) -> None:
        self._held = holdings
        self._kept: dict[tuple[int, str], Opening] = {}
        self._lock = threading.Lock()

    def answer(self, kind: SmallTalk, language: str) -> Opening:
        """The reply to small talk of this ``kind``. The reply to thanks is one line."""
        zh = language == "zh"
        if kind == "thanks":
            return Opening(("不客气，请继续提问。" if zh else "You are welcome. Please ask your next question.",), ())
        with self._lock:
            key = (self._held.generation, language)
            if key not in self._kept:
                self._kept = {kept: each for kept, each in self._kept.items() if kept[0] == key[0]}
                self._kept[key] = _opening(self._held, zh)
            return self._kept[key]


def suggestions(topic: str, hits: Sequence[Hit], language: str) -> tuple[str, ...]:
    """Up to three questions for an asker who gave only a ``topic``. Each is answered by a section of the best ``hits``.

    Each question comes from a different section. Documents in the asker's ``language`` come first, and among these the
    headings or terms that contain the topic's words.
    """
    words = _words(topic)
    found: dict[str, tuple[bool, int, int]] = {}
    for place, hit in enumerate(hits):
        if not _is_short(hit.title, hit.about.language or hit.passage.language):
            continue
        asked = next(_of_passage(hit.title, hit.passage, language == "zh"), None)
        if asked:
            is_foreign = hit.passage.language != language
            found.setdefault(asked.question, (is_foreign, -len(words & _words(asked.about)), place))
    return tuple(sorted(found, key=lambda question: found[question])[:QUESTIONS])


class _Suggestion(NamedTuple):
    """A question of a ``kind``: definition, article, effect or heading; ``about`` is the term or heading."""

    kind: str
    question: str
    about: str


def _opening(holdings: Holdings, zh: bool) -> Opening:
    records = holdings.documents(most=_LOOKED_AT)
    if not records:
        return Opening(("资料库还是空的，请先添加文档。" if zh else "The library is empty: add documents first.",), ())
    return Opening(tuple(_inventory(holdings.census(), records, zh)), tuple(_questions(holdings, records, zh)))


def _inventory(held: Census, records: Sequence[DocumentRecord], zh: bool) -> Iterator[str]:
    """The number of documents, their countries and languages, and some of their titles."""
    sorts = ((_COUNTRIES, held.jurisdictions), (_LANGUAGES, held.languages))
    places, languages = (
        ("、" if zh else ", ").join(
            f"{names[code][zh] if code in names else code} {number}" for code, number in [*counts.items()][:_SORTS]
        )
        for names, counts in sorts
    )
    titles = [_named(each.title, zh=zh) for each in _chosen(records, zh)[:_TITLES]]
    if zh:
        yield (
            f"我根据资料库中的原文回答问题，并逐句注明出处。库中有{held.documents}份文件"
            + (f"（{places}）" if places else "")
            + "。"
        )
        yield (f"语言：{languages}。" if languages else "") + (f"例如{'、'.join(titles)}。" if titles else "")
    else:
        number = f"{held.documents} document{'s' if held.documents != 1 else ''}"
        yield "I answer from the documents of this library and cite each sentence. " + (
            f"It holds {number}" + (f" ({places})." if places else ".")
        )
        yield (f"Languages: {languages}. " if languages else "") + (
            f"Among them: {'; '.join(titles)}." if titles else ""
        )


def _questions(holdings: Holdings, records: Sequence[DocumentRecord], zh: bool) -> list[str]:
    """Three questions, of different kinds, of documents in the asker's language and different ones where there are."""
    chosen = _chosen(records, zh)[:_READ]
    asked = {record.doc_id: list(_of_document(holdings, record, zh)) for record in chosen}
    foreign = {record.doc_id: record.metadata.language != ("zh" if zh else "en") for record in chosen}
    used: Counter[str] = Counter()
    given: list[str] = []
    for kind in _KINDS:
        for doc_id in sorted(asked, key=lambda each: (foreign[each], used[each])):
            found = next((each for each in asked[doc_id] if each.kind == kind and each.question not in given), None)
            if found:
                given.append(found.question)
                used[doc_id] += 1
                break
    return given[:QUESTIONS]


def _chosen(records: Sequence[DocumentRecord], zh: bool) -> list[DocumentRecord]:
    """Documents to speak of: those in the asker's language first, laws before others, as they were added."""
    own = "zh" if zh else "en"

    def rank(record: DocumentRecord) -> tuple[bool, bool, bool]:
        is_law = bool(_IS_LAW.search(record.title)) and not _ABOUT_A_LAW.search(record.title)
        is_handy = _FEWEST_PASSAGES <= record.n_passages <= _MOST_PASSAGES
        return record.metadata.language != own, not is_handy, not is_law

    readable = [each for each in records if _is_short(each.title, each.metadata.language or own)]
    once: dict[str, DocumentRecord] = {}
    for each in readable:
        once.setdefault(_plain(each.title), each)
    return sorted(once.values(), key=rank)


def _of_document(holdings: Holdings, record: DocumentRecord, zh: bool) -> Iterator[_Suggestion]:
    if record.n_passages > _MOST_PASSAGES:
        return
    passages = [each for each in holdings.passages(record.doc_id) if each.kind == "text"]
    middle = len(passages) // 3  # past the general provisions, which say little
    for passage in (*passages[middle:], *passages[:middle]):
        yield from _of_passage(record.title, passage, zh)


def _of_passage(title: str, passage: Passage, zh: bool) -> Iterator[_Suggestion]:
    """The questions that a passage answers, a definition before its article."""
    named, heading = _named(title, zh=zh), " ".join(passage.section[-1].split()) if passage.section else ""
    if passage.kind not in ("text", "list") or len(passage.text) < _SHORTEST // 2:
        return
    if said := _term(passage):
        yield _Suggestion(
            "definition", f"{named}中“{said}”是什么意思？" if zh else f"What does “{said}” mean in {named}?", said
        )
    if (_EFFECT_ZH if passage.language == "zh" else _EFFECT_EN).search(passage.text):
        yield _Suggestion("effect", f"{named}什么时候施行？" if zh else f"When does {named} take effect?", "")
    if len(passage.text) < _SHORTEST:
        return
    if article := _article(heading, title, zh):
        number, name = article
        about = f"（{name}）" if zh and name else f" ({name})" if name else ""
        yield _Suggestion(
            "article",
            f"{named}{number}{about}规定了什么？" if zh else f"What does {number}{about} of {named} say?",
            heading,
        )
    elif _reads_as_topic(name := _NUMBER.sub("", heading), title, passage.language):
        yield _Suggestion(
            "heading", f"{named}关于“{name}”说了什么？" if zh else f"What does {named} say about “{name}”?", name
        )


def _term(passage: Passage) -> str:
    """The first term that a passage defines, or ""."""
    if passage.language == "en":
        found = _DEFINED_EN.search(passage.text)
        return (found["quoted"] or found["plain"]).strip() if found else ""
    found = _DEFINED_ZH.search(passage.text) if passage.language == "zh" else None
    return re.sub(r"\A(?:所称|其中|中|的)", "", found["term"]) if found else ""


def _article(heading: str, title: str, zh: bool) -> tuple[str, str] | None:
    """Number and name of the article that a heading opens, in the asker's language: 第四条, section 4 "Interpretation".

    A heading with only a number opens an article in laws only.
    """
    if found := _ARTICLE_ZH.search(heading):
        number = found["digits"] if found["digits"].isdigit() else read_numeral(found["digits"])
        return found["number"] if zh or not number else f"Article {number}", ""
    found = _ARTICLE_EN.match(heading)
    if not found or not (found["kind"] or (found["name"] and _IS_LAW.search(title))):
        return None
    name = (found["name"] or "").strip(" .:—–-")
    name = name if len(name) <= _LONGEST_HEADING["en"] else ""
    is_article = (found["kind"] or "").lower().startswith("art")
    return (f"第{found['number']}条" if zh else f"{'Article' if is_article else 'section'} {found['number']}"), name


def _reads_as_topic(heading: str, title: str, language: str) -> bool:
    """Whether a heading names a matter that one can ask about."""
    size = len(heading) <= _LONGEST_HEADING.get(language, _LONGEST_HEADING["en"])
    is_phrase = len(heading) >= 4 if language != "en" else 2 <= len(heading.split()) <= 10
    return (
        size
        and is_phrase
        and not _DULL.match(heading)
        and _plain(heading) not in _plain(title)
        and not heading.isupper()
    )


def _named(title: str, *, zh: bool) -> str:
    """A title in the form that a question uses: 《…》, "the … Act", or “…” for other names."""
    title = " ".join(title.split())
    if not title.isascii() and re.search("[\u4e00-\u9fff]", title):
        return (
            title
            if title.startswith("《") and title.endswith("》")
            else f"《{title.strip('《》') if title.count('《') < 2 else title}》"
        )
    if zh or not _IS_LAW.search(title):
        return f"《{title}》" if zh else f"“{title}”"
    return title if re.match(r"(?:the|an?)\b", title, re.IGNORECASE) else f"the {title}"


def _is_short(title: str, language: str) -> bool:
    return 2 <= len(title) <= _LONGEST_TITLE.get(language, _LONGEST_TITLE["en"])


def _words(text: str) -> frozenset[str]:
    return frozenset(analyze(text))


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()
