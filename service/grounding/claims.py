"""Grounding step of the flow: a text into the claims that can be borne out or not, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.document import Span
from ingest.text.language import detect
from ingest.text.sentences import sentence_spans
from ingest.text.view import reading_view

_MARKER = re.compile(r"[ \t>]*(?:#{1,6}\s+|[-*+•·▪●]\s+|\(?\d{1,2}[.)]\s+|[（(]\d{1,2}[）)]\s*)+")
_CITATION = re.compile(r"\s*(?:\[\d{1,3}(?:\s*[,，、–-]\s*\d{1,3})*\](?:\([^()\s]*\))?)+")
_STRESS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")
_SEMICOLON = re.compile("[;；]")
_WORD = re.compile(r"\w")
_OPENING, _CLOSING = "（《「『【(“〔[", "）》」』】)”〕]"


def claims(text: str) -> list[str]:
    """Sentences and list items in reading order, cut at semicolons outside brackets.

    Citation marks such as ``[1]``, list marks, heading marks and emphasis are taken off; what has no letter or digit
    is left out. A paragraph's hard line breaks are no borders.
    """
    return [claim for block in _blocks(text) for claim in _claims(block)]


def _blocks(text: str) -> Iterator[str]:
    """Paragraphs, list items and headings, each with its lines joined and its marks off."""
    lines: list[str] = []
    for line in text.splitlines():
        marked = _MARKER.match(line)
        if marked or not line.strip():
            yield "\n".join(lines)
            lines = []
        lines.append(line[marked.end() :] if marked else line)
        if line.lstrip().startswith("#"):
            yield "\n".join(lines)
            lines = []
    yield "\n".join(lines)


def _claims(block: str) -> Iterator[str]:
    bare = _STRESS.sub(r"\2", _CITATION.sub("", block))
    text = reading_view(bare, [Span(0, len(bare))]).text
    for start, end in sentence_spans(text, detect(text)) if text else ():
        yield from (part for piece in _at_semicolons(text[start:end]) if _WORD.search(part := piece.strip()))


def _at_semicolons(sentence: str) -> Iterator[str]:
    depth = start = 0
    for place, char in enumerate(sentence):
        depth += (char in _OPENING) - (char in _CLOSING and depth > 0)
        if not depth and _SEMICOLON.match(char):
            yield sentence[start:place]
            start = place + 1
    yield sentence[start:]
