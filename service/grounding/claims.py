"""Splits a text into claims that can be checked one by one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sinkqa.ingest.document import Span
from sinkqa.ingest.structure.lists import mark_of
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import reading_view
from sinkqa.ingest.text.patterns import late
from sinkqa.ingest.text.sentences import sentence_spans

_MARKER = late(r"[ \t>]*(?:#{1,6}\s+|[-*+•·▪●]\s+|\(?\d{1,2}[.)]\s+|[（(]\d{1,2}[）)]\s*)+")
_CITATION = late(r"\s*(?:\[\d{1,3}(?:\s*[,，、–-]\s*\d{1,3})*\](?:\([^()\s]*\))?)+")
_STRESS = late(r"(\*\*|__|`)(?=\S)((?:(?!\1).)+)(?<=\S)\1")
LABEL = late(  # what names a place and says nothing of it
    r"(?:article|section|chapter|paragraph|annex|table|figure|box|part|rule|regulation|step|note|表|图|附表|附图|附件|注|专栏)"
    r"\s?[\d.]{0,6}[a-z]?|notes|备注|说明|[\d.]{1,8}|第[\d一二三四五六七八九十百]{1,5}[条章节款项]",
    re.IGNORECASE,
)
_LEADS = (":", "：", "—", "–")
_CELLS = " | "
_LONGEST_TITLE = 160  # characters
_LEAD = late(r"[^:：]{2,}?(?:：|:(?!\S))")
# The mark of an item at the end of what a segmenter took for a sentence: "Article 5: 1."
_MARK_BEHIND = late(r"[:：]\s*[(（]?(?:\d{1,3}|[a-z]{1,2}|[ivx]{1,4})[.)）]\s*\Z")
_JOINS = late(r"\s*(?:and|or|及|以及|或者?|和)?\s*")  # stands behind the last semicolon but one
_STOPS = ("。", ".", "！", "？")
_LIMITED = late(r"\s*(?:(?:unless|except|provided|but|however|otherwise|save)\b|但|然而|不过|除)", re.IGNORECASE)
_SEMICOLON = late("[;；]")
_WORD = late(r"\w")
_OPENING, _CLOSING = "（《「『【(“〔[", "）》」』】)”〕]"


def claims(text: str) -> list[str]:
    """The sentences and list items of a text, in reading order, as claims. Each item comes with its lead-in.

    Sentences are cut at semicolons outside brackets. Citation marks such as ``[1]``, list marks, heading marks and
    emphasis are removed. Parts without a letter or digit are left out. A hard line break inside a paragraph does not
    end a claim.
    """
    found: list[str] = []
    leads: list[_Lead] = []
    for block, mark in _blocks(text):
        said = _claims(block)
        while mark and leads and leads[-1].style not in ("", mark):
            leads.pop()  # an item of the list around, or of none
        if leads and mark and said:
            lead = f"{leads[-1].text} {_reading(block)}"
            leads[-1] = leads[-1]._replace(style=mark)
            found[len(found) - (found[-1:] == [leads[-1].text]) :] = [lead]  # which stood alone until its first item
        else:
            found += said
            lead, leads = (said[-1] if said else ""), leads if not said else []
        if lead.endswith(_LEADS):
            leads.append(_Lead(lead, ""))
    return found


class _Lead(NamedTuple):
    """What leads to items, and the style of their marks, "" before the first."""

    text: str
    style: str


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Paragraphs, list items and headings, lines joined and marks off; the style of an item's mark, "" for others."""
    lines: list[str] = []
    style = ""
    for line in [*text.splitlines(), ""]:
        bare = line.strip()
        marked, mark = _MARKER.match(line), mark_of(bare)
        ended = bool(lines and style and lines[-1].rstrip().endswith(_STOPS))  # hard breaks seldom fall there
        titled = len(lines) == 1 and _is_title(lines[0].strip(), bare)
        if lines and (marked or mark or not bare or ended or titled):
            yield "\n".join(lines), style
            lines = []
        if not bare:
            continue
        if not lines:
            style = mark[0] if mark else "mark" if marked and not bare.startswith("#") else ""
        lines.append(line[marked.end() :] if marked else line)
        if bare.startswith("#"):
            yield "\n".join(lines), ""
            lines = []


def _is_title(line: str, behind: str) -> bool:
    """Whether a line is a heading, and not broken to fit as the next one: short, without a stop, that begins anew."""
    is_short = 2 * len(line) < len(behind) or len(behind) > _LONGEST_TITLE  # so long is no line that is broken to fit
    return (
        len(line) < _LONGEST_TITLE
        and is_short
        and not line.endswith((*_STOPS, *_LEADS, ",", "，", ";", "；"))
        and not behind[:1].islower()
    )


def _reading(block: str) -> str:
    bare = _STRESS.sub(r"\2", _CITATION.sub("", block))
    return reading_view(bare, [Span(0, len(bare))]).text


def _claims(block: str) -> list[str]:
    text = _reading(block)
    if _CELLS in text:
        return [text]  # a row of a table
    sentences = sentence_spans(text, detect(text)) if text else ()
    return list(_joined([part for start, end in sentences for part in _with_lead(_at_semicolons(text[start:end]))]))


def _joined(parts: Sequence[str]) -> Iterator[str]:
    """The parts with words. A part of mere signs is joined to the part before it, and a label to the part after it."""
    label, said = "", ""
    for part in parts:
        if not _WORD.search(part):
            signs = f" {part}" if any(unicodedata.category(char)[0] in "SC" for char in part) else ""
            label, said = (label, said + signs) if said else (label + signs, "")
            continue
        if said:
            yield said
        said, label = f"{label} {part}".lstrip(), ""
        if LABEL.fullmatch(said.rstrip(".。:： ")) or _MARK_BEHIND.search(said):
            said, label = "", said
    yield from (each for each in (said, label) if _WORD.search(each))


def _with_lead(parts: Iterator[str]) -> Iterator[str]:
    """The items of a list in one sentence, each with what stands before the colon of the first."""
    first = next(parts)
    lead = _LEAD.match(first)
    yield first.strip()
    yield from (f"{lead[0]} {part.strip()}" if lead else part.strip() for part in parts if not _JOINS.fullmatch(part))


def _at_semicolons(sentence: str) -> Iterator[str]:
    """The parts between semicolons. A limitation after a semicolon stays with the part before."""
    depth = start = 0
    for place, char in enumerate(sentence):
        depth += (char in _OPENING) - (char in _CLOSING and depth > 0)
        if not depth and _SEMICOLON.match(char) and not _LIMITED.match(sentence, place + 1):
            yield sentence[start:place]
            start = place + 1
    yield sentence[start:]
