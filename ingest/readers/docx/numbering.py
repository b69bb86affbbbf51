"""Reading step of ingest: the numbers that Word shows before paragraphs but keeps out of their text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ingest.readers.html.walk import numeral
from ingest.text.numerals import write_numeral

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CHINESE = ("chineseCounting", "chineseCountingThousand", "ideographTraditional", "taiwaneseCountingThousand",
            "japaneseCounting", "taiwaneseCounting")  # fmt: skip
_STYLES = {"lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_LEVELS = 9


@dataclass(frozen=True, slots=True)
class _Level:
    """Format of one level: ``text`` as "第%1章" or "%1.%2"; ``kind`` is Word's name for the numerals."""

    text: str = ""
    kind: str = "decimal"
    start: int = 1


class Numbering:
    """Counts numbered paragraphs in document order and says what Word prints before each."""

    def __init__(self, root: Any | None) -> None:
        """``root`` is the numbering part's element; without one nothing is numbered."""
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}
        for element in () if root is None else root:
            if element.tag == _W + "abstractNum":
                self._levels[element.get(_W + "abstractNumId", "")] = dict(map(_level, element.findall(_W + "lvl")))
            elif element.tag == _W + "num":
                self._abstract[element.get(_W + "numId", "")] = _value(element, "abstractNumId")

    def label(self, number_id: str, depth: int) -> str:
        """The number of the next paragraph of a list ("第二章", "1.2", "(a)"); "" for bullets and unknown lists."""
        abstract = self._abstract.get(number_id, "")
        levels = self._levels.get(abstract, {})
        level = levels.get(depth)
        if level is None or not 0 <= depth < _LEVELS:
            return ""
        counts = self._counts.setdefault(abstract, [None] * _LEVELS)
        for outer in range(depth):
            counts[outer] = levels.get(outer, _Level()).start if counts[outer] is None else counts[outer]
        counts[depth] = level.start if counts[depth] is None else (counts[depth] or 0) + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        if level.kind in ("bullet", "none"):
            return ""
        text = level.text
        for index in range(depth + 1):
            text = text.replace(f"%{index + 1}", _numeral(counts[index] or 0, levels.get(index, _Level()).kind))
        return text.strip()


def _level(element: Any) -> tuple[int, _Level]:
    start = _value(element, "start")
    kind = _value(element, "numFmt") or "decimal"
    depth = element.get(_W + "ilvl", "0")
    return int(depth), _Level(_value(element, "lvlText"), kind, int(start) if start.isdigit() else 1)


def _value(parent: Any, tag: str) -> str:
    found = parent.find(_W + tag)
    return "" if found is None else found.get(_W + "val") or ""


def _numeral(number: int, kind: str) -> str:
    if kind in _CHINESE and 0 < number < 1000:
        return write_numeral(number)
    return numeral(number, _STYLES.get(kind, "1"))
