"""Marks before the words of a line: line numbers, and quotation marks of mail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sinkqa.ingest.document import Span
from sinkqa.ingest.structure.layout import TextLine

_NUMBER = re.compile(r"(\d{1,4})(?:[ \t]{2,}|\t)(?=\S)|(\d{1,4})$")
_QUOTED = re.compile(r"(?:>[ \t]?)+(?=\S)")
_MIN_NUMBERED = 4


def without_margins(lines: Sequence[TextLine]) -> tuple[list[TextLine], list[Span]]:
    """Removes line numbers and the marks of quoted mail from lines. Also returns the places of what it removed.

    Numbers count as line numbers if they rise by one from line to line and sentences continue over them. Marks count if
    at least two lines in a row have them.
    """
    ends = {**_numbers(lines), **_marks(lines)}
    inner: list[TextLine] = []
    margins: list[Span] = []
    for index, line in enumerate(lines):
        end = ends.get(index, 0)
        if end:
            margins.append(Span(line.span.start, line.span.start + len(line.text[:end].rstrip())))
            if end >= len(line.text):
                continue
            line = replace(line, span=Span(line.span.start + end, line.span.end), text=line.text[end:])
        inner.append(line)
    return inner, margins


def _numbers(lines: Sequence[TextLine]) -> dict[int, int]:
    """Numbered lines, with the start of their words."""
    found: dict[int, int] = {}
    run: dict[int, int] = {}
    expected = -1
    for index in range(len(lines) + 1):
        counted = _NUMBER.match(lines[index].text) if index < len(lines) else None
        number = int(counted[1] or counted[2]) if counted else -1
        if counted and number == expected:
            run[index] = counted.end()
        else:
            if _runs_on(lines, run):
                found |= run
            run = {index: counted.end()} if counted else {}
        expected = number + 1 if counted else -1
    return found


def _runs_on(lines: Sequence[TextLine], run: dict[int, int]) -> bool:
    """Whether words run on from one numbered line to the next more often than not; rows of a table do not."""
    words = [lines[index].text[end:] for index, end in run.items() if lines[index].text[end:]]
    if len(words) < _MIN_NUMBERED or any("  " in text or "\t" in text for text in words):
        return False
    goes_on = sum(text[0].islower() or "\u3400" <= text[0] <= "\u9fff" for text in words[1:])
    ends = sum(text[-1] in ".。;；:：" for text in words[:-1])
    return 2 * goes_on >= len(words) - 1 and 2 * ends <= len(words)


def _marks(lines: Sequence[TextLine]) -> dict[int, int]:
    found = {index: mark.end() for index, line in enumerate(lines) if (mark := _QUOTED.match(line.text))}
    return {index: end for index, end in found.items() if index - 1 in found or index + 1 in found}
