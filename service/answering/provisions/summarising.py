"""Summarises a document by its outline and each section's first sentence, in the document's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.provisions.settling import Settled
from sinkqa.service.evidence.pieces import Evidence, share_of_answer
from sinkqa.service.evidence.units import said

FEWEST, MOST = 4, 14  # sections: fewer tell too little, more are no overview
_MOST_OF_IT = 0.75  # of a document: a heading that holds more is that of the whole
_LOOKED_AT = 40  # passages of a section in which its first sentence is looked for
_SHORT_LIST = 0.6  # of an answer's length
_SHORTEST = {"zh": 10, "ja": 10}  # characters of a sentence that says something
_SHORTEST_LATIN = 30

_CONTENTS = late(
    r"\A\W*(?:(?:table of )?contents(?: page)?|目\s*[录錄次]|index|(?:foot|end)?notes?|references|bibliography"
    r"|参考文献|关键词|key\s?words"
    r"|abbreviations.*|acronyms.*|reprint notes?|legislative history|rights and permissions|acknowledge?ments?"
    r"|copyright.*|注释?"
    r"|signature|contact.*|about this .*|authors?)\W*\Z",
    re.IGNORECASE,
)
_AMENDED = late(  # what tells of an amendment, no provision
    r"\A\W*(?:the )?(?:section|part|subpart|schedule|heading|cross-?heading|title|article|appendix|clause|item"
    r"|paragraph|subheading)\b[^.]{0,120}?(?:inserted|replaced|repealed|substituted|amended|added|omitted|renumbered|revoked)\b"
    r"|\A\W*compare:|\A\W*\[?repealed\]?",
    re.IGNORECASE,
)
_ENDS = late(r"[。．.！!？?;][”’」』）)\]\"']*\s*\Z")
_LEADS = late(r"(?:[：:]|[—–-])\s*\Z")
_BEGINS = late(r"\A[\W\d]*[A-Z“‘\"'(\[\u3000-\u9fff]")
_ITEM = late(r"\A\s*(?:[（(](?:[一二三四五六七八九十]{1,3}|[a-z]{1,4}|[ivx]{1,5})[）)]|[-•·*–—])", re.IGNORECASE)
_GOES_ON = late(r"\A\s*(?:[（(][a-z\d]{1,5}[）)]|[-•·*–—])\s*[a-z]")  # an item that ends what its lead-in began
_LEANS = late(  # on the sentence before: no first one
    r"\A\W*(?:\(1\)\s*)?(?:(?:however|subsections?|any such|this (?:section|subsection|paragraph)|it|they|these"
    r"|those|such)\b|有?前[款项二两三四]|但|该|上述|其)|\A\s*\((?:[2-9]|\d\d)\)",
    re.IGNORECASE,
)
_SIGNED = late(r"\A[A-Z][A-Z\s,.’'-]{6,}\b[^a-z]*(?:[A-Z][a-z]+ \d{1,2}, \d{4}\.?)?\Z|\A\W*(?:\w\)\s*)?<?https?://")
_RUN_IN = late(r"\A\s*[（(]?[一二三四五六七八九十]{1,3}[）)、].{2,26}。\Z")
_FOOTNOTE = late(r"\A\s*\d{1,3}\s+[A-Z]")
_GRAND = late(
    r"\A\W*(?:第[〇零一二三四五六七八九十百\d]+[编編章部]|[一二三四五六七八九十]+、|(?:part|chapter|title|book|annex|schedule)\s+[\dA-Z]"
    r"|附\s*则|[IVX]{1,5}\.\s)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Summary:
    """Sections of a document in reading order: heading and first sentence of each. ``notes``: lines for the asker.

    If there are no parts, the document has no outline with a sentence to show, and the notes say so.
    """

    parts: tuple[tuple[str, Evidence], ...]
    notes: tuple[str, ...] = ()

    @property
    def settled(self) -> Settled:
        """The summary as settled evidence, without the headings."""
        return Settled(tuple(evidence for _, evidence in self.parts), self.notes)


def summary(passages: Sequence[Passage], language: str, *, title: str = "") -> Summary:
    """Summarises a document by its outline. ``passages`` come in reading order.

    The summary has 4 to 14 sections if the document has so many. It uses the highest level of headings with at least
    four sections, so it prefers chapters to articles. If a level has over 14 sections, sections at regular intervals
    are shown, including the first and the last, and a note in ``language`` says so. The table of contents, amendment
    notes, tables and the text directly below the ``title`` are skipped. A document without headings is summarised by
    its paragraphs.
    """
    readable = [passage for passage in passages if _is_readable(passage)]
    sections = _with_first_sentences(_sections(readable))
    sections = [part for part in sections if _plain(part[0]) != _plain(title)] if len(sections) > FEWEST else sections
    by_paragraph = len(sections) < 2
    if by_paragraph:
        sections = _with_first_sentences([("", [passage]) for passage in readable])
    parts = tuple((heading, Evidence(found.passage, found.units, found.text)) for heading, found in _spread(sections))
    return Summary(parts, (_note(len(parts), len(sections), language, by_paragraph=by_paragraph),))


class _FirstSentence(NamedTuple):
    """Units of a passage that say one thing."""

    passage: Passage
    units: tuple[Unit, ...]
    text: str


def _with_first_sentences(groups: Sequence[tuple[str, list[Passage]]]) -> list[tuple[str, _FirstSentence]]:
    """Headings with the first sentence below each; without those that have none."""
    found = ((heading, _first_sentence(below)) for heading, below in groups)
    return [(heading, first) for heading, first in found if first]


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "", heading).lower()


def _is_readable(passage: Passage) -> bool:
    return passage.kind in ("text", "list") and not _CONTENTS.match("".join(passage.section[-1:]) or "-")


def _sections(passages: Sequence[Passage]) -> list[tuple[str, list[Passage]]]:
    """Headings with what stands below each, of the highest level that tells enough."""
    groups = [("", list(passages), 0)]
    while len(groups) < FEWEST:
        opened = [_opened(*group) for group in groups]
        room = MOST - len(groups) + 1 if len(groups) > 1 else len(passages)
        sizes = [len(group[1]) if 0 < len(parts) <= room else 0 for group, parts in zip(groups, opened, strict=True)]
        if not any(sizes):
            break
        place = sizes.index(max(sizes))
        groups[place : place + 1] = opened[place]
    return [(heading, below) for heading, below, _ in groups if heading]


def _opened(heading: str, passages: list[Passage], depth: int) -> list[tuple[str, list[Passage], int]]:
    """The sections below a heading at ``depth``, with what stands before them; empty where there are none."""
    found: dict[str, list[Passage]] = {}
    for passage in passages:
        found.setdefault(passage.section[depth] if len(passage.section) > depth else "", []).append(passage)
    if not any(found):
        return []
    lead = found.pop("", [])
    grand = list(_grand(found))
    if len(found) > MOST and len(grand) >= FEWEST:
        found = {name: found[name] for name in grand}
    parts = [(name, below, depth + 1) for name, below in found.items()]
    largest = max(len(below) for below in found.values())
    has_lead = bool(heading) and bool(lead) and largest < _MOST_OF_IT * len(passages)
    return [(heading, lead, 99), *parts] if has_lead else parts


def _grand(names: Iterable[str]) -> Iterator[str]:
    """The chapters and parts among headings, up to where their numbers begin anew, as those of a schedule do."""
    seen = list[str]()
    for name in names:
        label = _GRAND.match(name)
        if label and label[0] in seen and len(seen) >= FEWEST:
            return
        if label:
            seen.append(label[0])
            yield name


def _first_sentence(passages: Sequence[Passage]) -> _FirstSentence | None:
    """The first whole sentence of a section: with its items where they are few, and else the next that has none.

    Where all sentences have items it is the words that lead to the first ones. A heading that runs into its text has
    the sentence after it.
    """
    led: _FirstSentence | None = None
    for passage in passages[:_LOOKED_AT]:
        for place, unit in enumerate(passage.units):
            text, after = unit.text.strip(), passage.units[place + 1 :]
            if not _says_something(text, passage.language) or (led and (_ITEM.match(text) or _LEANS.match(text))):
                continue
            if _ENDS.search(text):
                both = (unit, *after[:1]) if _RUN_IN.match(text) and after and _ENDS.search(after[0].text) else (unit,)
                return _FirstSentence(passage, both, said(passage, both))
            if led is None and _LEADS.search(text):
                items = list(takewhile(lambda each: _ITEM.match(each.text), after))
                whole = said(passage, (unit, *items))
                if items and share_of_answer(whole) <= _SHORT_LIST:
                    return _FirstSentence(passage, (unit, *items), whole)
                led = _FirstSentence(passage, (unit,), unit.text)
    return led


def _says_something(text: str, language: str) -> bool:
    is_long = len(text) >= _SHORTEST.get(language, _SHORTEST_LATIN)
    is_whole = all(text.count(left) == text.count(right) for left, right in ("（）", "“”"))
    is_other = _AMENDED.match(text) or _FOOTNOTE.match(text) or _GOES_ON.match(text) or _SIGNED.match(text)
    return is_long and is_whole and bool(_BEGINS.match(text)) and not is_other


def _spread(sections: Sequence[tuple[str, _FirstSentence]]) -> Iterator[tuple[str, _FirstSentence]]:
    """At most 14 of the sections, evenly, the first and the last among them."""
    if len(sections) <= MOST:
        return iter(sections)
    step = (len(sections) - 1) / (MOST - 1)
    return (sections[round(place * step)] for place in range(MOST))


def _note(shown: int, sections: int, language: str, *, by_paragraph: bool) -> str:
    zh = language == "zh"
    if not shown:
        return "这份文件没有可供概括的正文。" if zh else "The document has no sentences to give an overview by."
    if by_paragraph:
        return (
            "这份文件没有章节标题，各引其段落的第一句。"
            if zh
            else "It has no headings: the first sentences of its paragraphs."
        )
    if shown < sections:
        return (
            f"共{sections}节，这里列出其中{shown}节，各引第一句。"
            if zh
            else f"{shown} of its {sections} sections, each by its first sentence."
        )
    return "按章节列出，各引第一句。" if zh else "Its sections, each by its first sentence."
