"""Step 1 of training: pairs of related texts, collected and generated."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

LONGEST = 900
"""The number of characters read of a text; a batch has no room for more tokens."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts that should have near vectors.

    ``kind``: ``par`` translation, ``dict`` headword and gloss, ``qp_en`` / ``qp_zh`` / ``qp_x`` question and passage
    (``x`` = across languages), ``ict_en`` / ``ict_zh`` sentence or heading and a passage of the same document.
    """

    source: str
    kind: str
    left: str
    right: str


def read_pairs(folder: Path) -> Iterator[Pair]:
    """The pairs of ``pairs/*.tsv.zst``, by source, in file order.

    Raises:
        FileNotFoundError: the folder holds no such file.
    """
    files = sorted((folder / "pairs").glob("*.tsv.zst"))
    if not files:
        raise FileNotFoundError(f"{folder}/pairs holds no .tsv.zst file: give the folder of the training data")
    import zstandard  # of the extra: needed only where there is something to read

    for file in files:
        with file.open("rb") as stream:
            rows = zstandard.ZstdDecompressor().stream_reader(stream).read().decode("utf-8")
        for row in rows.split("\n"):
            if row:
                source, kind, left, right = row.split("\t")
                yield Pair(source, kind, left[:LONGEST], right[:LONGEST])


def share(text: str) -> float:
    """A number in [0, 1) derived from the text, for sampling that does not depend on run or order."""
    return crc32(text.encode("utf-8")) / 2**32


_TERM = r"[“「\"']?([^,，;；。:：、“”「」\"'()]{2,14})[”」\"']?"
_CHINESE_DEFINITION = re.compile(rf"所称的?{_TERM},?(?:系指|是指|，指|,指|指)|^[一二三四五六七八九十]+、{_TERM}[:：]指")
_ENGLISH_DEFINITION = re.compile(
    r"(?:the term|the terms|term)\s+[“\"']([^“”\"']{3,50})[”\"'].{0,60}?\b(?:means?|refers?|shall mean)\b"
    r"|^(?:\d+\.|\(\d+\))?\s*[“\"']?([A-Z][^“”\"':;,.]{2,50})[”\"']?\s*[:,]?\s+(?:[Rr]efers? to|[Mm]eans)\b"
)
_CHINESE_ASKS = ("什么是{}？", "{}是什么？", "{}是指什么？", "{}的定义是什么？", "如何界定{}？", "{}包括哪些？")
_ENGLISH_ASKS = ("what is {}?", "what does {} mean?", "how is {} defined?", "what is the definition of {}?")
_HEADING = re.compile(r"^.{4,40}(?:法|条例|办法|规定|规则|细则|决定|意见|标准) (?=.{2,20}$)")
_AMOUNT = re.compile(
    r"[一二三四五六七八九十百千万亿零\d]{1,8}(?=(日|天|年|个月|月|小时|元|万元|%|倍|人|名|次|公里|米|公顷)(?!度))"
)


def made_questions(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Generated questions on statutes: definitions, headings and amounts, in Chinese and across languages."""
    for pair in pairs:
        if pair.kind == "par" and pair.source == "mojLaw":
            yield from _definitions(pair.source, english=pair.left, chinese=pair.right)
        elif pair.kind == "ict_zh":
            yield from _definitions(pair.source, english="", chinese=pair.right)
            if _HEADING.match(pair.left):
                ask = ("{}有哪些规定？", "{}有什么要求？", "关于{}是怎么规定的？")[int(share(pair.right) * 3)]
                yield Pair(pair.source, "qp_zh", ask.format(pair.left), pair.right)
            else:
                yield from _amounts(pair)


def _definitions(source: str, *, english: str, chinese: str) -> Iterator[Pair]:
    for match in _CHINESE_DEFINITION.finditer(chinese):
        question = _ask(_CHINESE_ASKS, match[1] or match[2])
        yield Pair(source, "qp_zh", question, chinese)
        if english:
            yield Pair(source, "qp_x", question, english)
    for match in _ENGLISH_DEFINITION.finditer(english):
        yield Pair(source, "qp_x", _ask(_ENGLISH_ASKS, match[1] or match[2]), chinese)


def _amounts(pair: Pair) -> Iterator[Pair]:
    """A sentence of the passage that asks for one amount: `在三十日内` becomes `在多少日内`."""
    sentences = [text for text in re.split(r"[。;；]", pair.right) if 12 <= len(text) <= 60 and _AMOUNT.search(text)]
    if sentences:
        chosen = sentences[int(share(pair.left) * len(sentences))].strip()
        asked = _AMOUNT.sub("多少", re.sub(r"^[（(]?[一二三四五六七八九十]+[)）、]", "", chosen), count=1)
        yield Pair(pair.source, "qp_zh", f"{asked}？", pair.right)


def _ask(forms: tuple[str, ...], term: str) -> str:
    return forms[int(share(term) * len(forms))].format(term.strip())
