"""Automatic paragraph numbers of Word, which are not part of its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sinkqa.ingest.readers.docx.numerals import word_numeral
from sinkqa.ingest.readers.docx.xml import W, switch, value, whole

_LEVELS = 9
_PLACE = re.compile("%([1-9])")


@dataclass(frozen=True, slots=True)
class _Level:
    """Format of one level: ``text`` as "第%1章" or "%1.%2"; ``kind`` is Word's name for the numerals.

    ``restart``: the highest level, counted from 1, after which it begins anew, 0 for never, None for any above it.
    ``width``: digits of decimal numbers, with zeros before them. ``style``: the paragraph style that stands for it.
    """

    text: str = "%1"
    kind: str = "decimal"
    start: int = 1
    restart: int | None = None
    is_legal: bool = False
    width: int = 0
    style: str = ""


@dataclass(slots=True)
class _List:
    """The levels of one list of a document, and its counters, which lists of one kind share."""

    levels: Mapping[int, _Level]
    counts: list[int | None]
    starts: dict[int, int] = field(default_factory=dict)  # still to be taken up


class Numbering:
    """Counts numbered paragraphs in document order and gives the number that Word prints before each."""

    def __init__(self, root: Any | None) -> None:
        """``root`` is the numbering part's element. Without one nothing is numbered."""
        self._lists: dict[str, _List] = {}
        if root is None:
            return
        kinds = {element.get(W + "abstractNumId", ""): element for element in root.findall(W + "abstractNum")}
        by_style = {value(element, W + "styleLink"): key for key, element in kinds.items()}
        by_style.pop("", None)
        levels = {key: _levels(element) for key, element in kinds.items()}
        counts: dict[str, list[int | None]] = {key: [None] * _LEVELS for key in kinds}
        for element in root.findall(W + "num"):
            key = value(element, W + "abstractNumId")
            key = by_style.get(value(kinds.get(key), W + "numStyleLink"), key)
            if key in kinds:
                self._lists[element.get(W + "numId", "")] = _list(element, levels[key], counts[key])

    def depth(self, number_id: str, styles: list[str]) -> int:
        """Returns the list level of the first of these paragraph styles that has one, nearest first; 0 if none has."""
        found = self._lists.get(number_id)
        by_style = {level.style: depth for depth, level in found.levels.items()} if found else {}
        return next((by_style[style] for style in styles if style in by_style), 0)

    def label(self, number_id: str, depth: int) -> str:
        """Returns the number of a list's next paragraph ("第二章", "1.2", "(a)"); "" for bullets and unknown lists."""
        found = self._lists.get(number_id)
        if found is None or depth not in found.levels:
            return ""
        level = found.levels[depth]
        _count(found, depth)
        if level.kind == "bullet":
            return ""

        def numeral(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            shown = found.levels.get(place, _Level())
            number = found.counts[place] or 0
            if place > depth or shown.kind == "bullet":
                return ""
            return _numeral(number, shown, is_legal=level.is_legal)

        return _PLACE.sub(numeral, level.text).strip()


def _count(found: _List, depth: int) -> None:
    counts = found.counts
    for outer in range(depth):
        if counts[outer] is None:
            counts[outer] = found.levels.get(outer, _Level()).start
    if depth in found.starts:
        counts[depth] = found.starts.pop(depth)
    else:
        before = counts[depth]
        counts[depth] = found.levels[depth].start if before is None else before + 1
    for inner in range(depth + 1, _LEVELS):
        restart = found.levels.get(inner, _Level()).restart
        if restart is None or depth < restart:
            counts[inner] = None


def _numeral(number: int, level: _Level, *, is_legal: bool) -> str:
    if is_legal and level.kind != "none":
        return f"{number:0{level.width}d}"
    return f"{number:0{level.width}d}" if level.width else word_numeral(number, level.kind)


def _list(element: Any, levels: Mapping[int, _Level], counts: list[int | None]) -> _List:
    own = dict(levels)
    starts: dict[int, int] = {}
    for override in element.findall(W + "lvlOverride"):
        depth = _depth(override)
        if (level := override.find(W + "lvl")) is not None:
            own[depth] = _level(level)
        if (start := whole(override, W + "startOverride")) is not None:
            starts[depth] = start
    return _List(own, counts, starts)


def _levels(element: Any) -> dict[int, _Level]:
    return {_depth(level): _level(level) for level in element.findall(W + "lvl") if _depth(level) < _LEVELS}


def _level(element: Any) -> _Level:
    formats = list(element.iter(W + "numFmt"))  # newer ones stand in a choice, with an old one after
    kind = (formats[0].get(W + "val") if formats else "") or "decimal"
    sample = (formats[0].get(W + "format") or "").split(",")[0].strip() if formats else ""
    start = whole(element, W + "start")
    return _Level(
        text=value(element, W + "lvlText"),
        kind="decimal" if kind == "custom" else kind,
        start=start or 0,  # ISO/IEC 29500-1, 17.9.25: without one, lists begin at nought
        restart=whole(element, W + "lvlRestart"),
        is_legal=switch(element, W + "isLgl") is True,
        width=len(sample) if kind == "custom" and re.fullmatch("0*1", sample) else 0,
        style=value(element, W + "pStyle"),
    )


def _depth(element: Any) -> int:
    depth = element.get(W + "ilvl", "0")
    return int(depth) if depth.isdecimal() and len(depth) < 3 else 0
