"""What holds for the passages of any document, generated or real."""

from __future__ import annotations

import re
from collections import Counter

from sinkqa.ingest.document import Document, Span
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.splitting.packing import Splitting, size
from sinkqa.ingest.text.normalised_text import reading_view

_UNSEEN = re.compile("[\\s\x00-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff]+")
_HYPHENS = re.compile("[-\u2010\u2043]")


def bare(text: str) -> str:
    """The characters that every form of a text must show."""
    return _UNSEEN.sub("", text)


def check_passages(document: Document, passages: list[Passage], params: Splitting) -> None:
    assert len({passage.passage_id for passage in passages}) == len(passages)
    for passage in passages:
        _check_passage(document, passage, params)
    _check_cover(document, passages)
    _check_borders(document, passages)


def _check_passage(document: Document, passage: Passage, params: Splitting) -> None:
    assert bare(passage.text)
    assert passage.units
    assert size(passage.text) <= params.max_chars
    ends = 0
    for start, end in passage.spans:
        assert ends <= start < end <= len(document.text)
        ends = end
    inside = {offset for start, end in passage.spans for offset in range(start, end)}
    for unit in passage.units:
        assert inside.issuperset(offset for start, end in unit.spans for offset in range(start, end))
        assert same_words("".join(document.text[start:end] for start, end in unit.spans), unit.text)
        assert unit.text in passage.text
    quoted = "".join(document.text[start:end] for start, end in passage.spans)
    if passage.kind in ("text", "list"):
        assert same_words(quoted, passage.text)
    else:
        missing = Counter(bare(_HYPHENS.sub("", quoted))) - Counter(bare(passage.text))
        assert not missing
    assert document.pages[passage.page_start - 1].start <= passage.spans[0].start
    assert passage.spans[-1].end <= document.pages[passage.page_end - 1].end


def same_words(source: str, reading: str) -> bool:
    """Whether both show the same characters in the same order, but for hyphens mended at line ends."""
    return _HYPHENS.sub("", bare(source)) == _HYPHENS.sub("", bare(reading))


def _check_cover(document: Document, passages: list[Passage]) -> None:
    covered = {offset for passage in passages for start, end in passage.spans for offset in range(start, end)}
    paths = bare("\n".join(title for passage in passages for title in passage.section))
    shown = [block for block in document.blocks if block.kind != "furniture"]
    if shown and shown[0].kind == "heading" and shown[0].level == 0:
        shown = shown[1:]
    for block in shown:
        for start, end in block.spans:
            if block.kind == "heading" and bare(reading_view(document.text, [Span(start, end)]).text) in paths:
                continue
            lost = "".join(document.text[i] for i in range(start, end) if i not in covered)
            assert not bare(lost if block.kind != "table" else re.sub(r"[\W_]", "", lost))


def _check_borders(document: Document, passages: list[Passage]) -> None:
    """No text or list passage reaches into a table, nor over a heading; no table passage out of its table."""
    home: dict[int, int] = {}
    section = 0
    for number, block in enumerate(document.blocks):
        section += block.kind == "heading"
        for start, end in block.spans:
            home.update(dict.fromkeys(range(start, end), number if block.table else -1 - section))
    for passage in passages:
        offsets = (i for start, end in passage.spans for i in range(start, end))
        homes = {home[i] for i in offsets if i in home}
        tables = {place for place in homes if place >= 0}
        if passage.table or passage.kind in ("row", "table"):
            assert len(homes) == 1
        else:
            assert not tables
            assert len(homes) == 1 or _only_headings(document, passage)


def _only_headings(document: Document, passage: Passage) -> bool:
    headings = {i for b in document.blocks if b.kind == "heading" for s, e in b.spans for i in range(s, e)}
    offsets = {i for start, end in passage.spans for i in range(start, end) if bare(document.text[i])}
    return offsets <= headings
