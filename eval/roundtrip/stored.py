"""A stored document as one text without white space, with the block of each stretch."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from sinkqa.ingest.document import Block, Document, Span, Table
from sinkqa.ingest.text.normalised_text import fold, reading_view

_CIRCLED = {code: f"⟨{code - 0x245F}⟩" for code in range(0x2460, 0x2474)}
_POWER = re.compile(r"\^[{(]([^{}()]{1,6})[)}]")
_INDEX = re.compile(r"_[{(]?([0-9a-z]{1,6})[)}]?")
_UNIT_POWER = re.compile(r"(?<=[a-z])\^(?=[-0-9])")
_FRACTION = re.compile(r"\(([\w.]+)\)(?=/)|(?<=/)\(([\w.]+)\)")
_TEX_FRACTION = re.compile(r"\\frac\{([^{}]*)\}\{([^{}]*)\}")
_TEX = re.compile(r"\$([^$]+)\$")
_UNSEEN = re.compile("[\\s\u00ad\u200b\u2060\ufeff]+")


def canonical(text: str) -> str:
    """Returns a text in its form for comparison: the search form without white space.

    Circled numbers stay numbers. ``10^{9}`` becomes ``10⁹``. ``(44)/(12)`` and TeX's fractions become ``44/12``. A
    lowered or raised figure after a letter equals the plain figure (m³ and m3, CO₂ and CO2). After a figure it does
    not: 10⁹ and 109 differ.
    """
    text = _TEX_FRACTION.sub(r"\1/\2", _TEX.sub(r"\1", text).replace("\\times", "×"))
    folded = _UNSEEN.sub("", fold(text.translate(_CIRCLED)))
    folded = _UNIT_POWER.sub("", _POWER.sub(r"^\1", folded))
    return _FRACTION.sub(lambda match: match[1] or match[2], _INDEX.sub(r"\1", folded))


@dataclass(frozen=True, slots=True)
class Stretch:
    """A block, or a part of a table: its place in the whole text, its kind ("cell" for tables), level and text."""

    start: int
    end: int
    kind: str
    level: int
    said: str


class Stored:
    """The body of a document: every block except furniture, in reading order. Tables come cell by cell."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.stretches: list[Stretch] = []
        self.words: set[int] = set()  # where white space stood
        parts: list[str] = []
        at = 0
        for kind, level, said in _stretches(document):
            text = canonical(said)
            if text:
                self.stretches.append(Stretch(at, at + len(text), kind, level, said))
                self.words.update(word_borders(said, text, at))
                parts.append(text)
                at += len(text)
        self.text = "".join(parts)
        self.starts = [each.start for each in self.stretches]
        self.borders = {0, *(each.end for each in self.stretches)}

    def at(self, place: int) -> Stretch:
        """Returns the stretch that contains a place."""
        return self.stretches[bisect_right(self.starts, place) - 1]


def word_borders(said: str, text: str, at: int = 0) -> list[int]:
    """Returns the starts and ends of words in a canonical text that begins at ``at``.

    The result is empty if the joined words have another canonical form.
    """
    borders = list(accumulate((len(_word(word)) for word in said.split()), initial=at))
    return borders if borders[-1] == at + len(text) else []


@lru_cache(maxsize=4096)
def _word(word: str) -> str:
    return canonical(word)


def _stretches(document: Document) -> Iterator[tuple[str, int, str]]:
    for block in document.blocks:
        if block.kind == "furniture":
            continue
        if block.table is None:
            yield block.kind, block.level, reading_view(document.text, block.spans).text
        else:
            yield from ((kind, 0, said) for kind, said in _of_table(document.text, block, block.table))


def _of_table(source: str, block: Block, table: Table) -> Iterator[tuple[str, str]]:
    """Caption, cells by row and column, then what belongs to no cell."""
    claimed: list[Span] = [*table.caption]
    if table.caption:
        yield "caption", reading_view(source, table.caption).text
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        claimed += cell.spans
        if cell.spans:
            yield "cell", reading_view(source, cell.spans).text
    for kind, spans in (("loose", table.loose), ("note", table.notes)):
        claimed += spans
        for span in spans:
            yield kind, reading_view(source, (span,)).text
    for span in _rest(block.spans, claimed):
        if source[span.start : span.end].strip():
            yield "unclaimed", reading_view(source, (span,)).text


def _rest(spans: Sequence[Span], claimed: Sequence[Span]) -> Iterator[Span]:
    for start, end in spans:
        at = start
        for first, last in sorted(span for span in claimed if span.start < end and span.end > start):
            if first > at:
                yield Span(at, first)
            at = max(at, last)
        if at < end:
            yield Span(at, end)
