"""A text into the claims that can be checked one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.document import Span
from ingest.structure.lists import mark_of
from ingest.text.language import detect
from ingest.text.sentences import sentence_spans
from ingest.text.view import reading_view

_MARKER = re.compile(r"[ \t>]*(?:#{1,6}\s+|[-*+•·▪●]\s+|\(?\d{1,2}[.)]\s+|[（(]\d{1,2}[）)]\s*)+")
_CITATION = re.compile(r"\s*(?:\[\d{1,3}(?:\s*[,，、–-]\s*\d{1,3})*\](?:\([^()\s]*\))?)+")
_STRESS = re.compile(r"(\*\*|__|`)(?=\S)((?:(?!\1).)+)(?<=\S)\1")
_LEADS = (":", "：")
_LEAD = re.compile(r"[^:：]{2,}?(?:：|:(?!\S))")
_SEMICOLON = re.compile("[;；]")
_WORD = re.compile(r"\w")
_OPENING, _CLOSING = "（《「『【(“〔[", "）》」』】)”〕]"


def claims(text: str) -> list[str]:
    """Sentences and list items in reading order, cut at semicolons outside brackets; each item with its lead-in.

    Citation marks such as ``[1]``, list marks, heading marks and emphasis are taken off; what has no letter or digit
    is left out. A paragraph's hard line breaks are no borders.
    """
    found: list[str] = []
    lead = ""
    for block, is_item in _blocks(text):
        said = _claims(block)
        if lead and is_item:
            alone = found[-1:] == [lead]  # until its first item comes
            found[len(found) - alone :] = [f"{lead} {each}" for each in said]
        else:
            found += said
            lead = said[-1] if said and said[-1].endswith(_LEADS) else ""
    return found


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Paragraphs, list items and headings, each with its lines joined and its marks off, and whether it is an item."""
    lines: list[str] = []
    is_item = False
    for line in [*text.splitlines(), ""]:
        marked = _MARKER.match(line)
        begins = bool(marked or mark_of(line.strip()))
        if lines and (begins or not line.strip()):
            yield "\n".join(lines), is_item
            lines = []
        if not line.strip():
            continue
        is_item = begins or (is_item and bool(lines))
        lines.append(line[marked.end() :] if marked else line)
        if line.lstrip().startswith("#"):
            yield "\n".join(lines), False
            lines = []


def _claims(block: str) -> list[str]:
    bare = _STRESS.sub(r"\2", _CITATION.sub("", block))
    text = reading_view(bare, [Span(0, len(bare))]).text
    sentences = sentence_spans(text, detect(text)) if text else ()
    parts = [part for start, end in sentences for part in _with_lead(_at_semicolons(text[start:end]))]
    return [bare for part in parts if _WORD.search(bare := part.strip())]


def _with_lead(parts: Iterator[str]) -> Iterator[str]:
    """The items of a list in one sentence, each with what stands before the colon of the first."""
    first = next(parts)
    lead = _LEAD.match(first)
    yield first
    yield from (f"{lead[0]} {part.lstrip()}" if lead else part for part in parts)


def _at_semicolons(sentence: str) -> Iterator[str]:
    depth = start = 0
    for place, char in enumerate(sentence):
        depth += (char in _OPENING) - (char in _CLOSING and depth > 0)
        if not depth and _SEMICOLON.match(char):
            yield sentence[start:place]
            start = place + 1
    yield sentence[start:]
