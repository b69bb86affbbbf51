"""Finds the lines of contents pages: titles followed by page numbers, and numbers alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from sinkqa.ingest.readers.pdf.pages.page import Placed

_MAX_ENTRY = 4  # lines of an entry
_LEADER = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|(?:[.·] ){4,}|_{4,})\s*(?:[0-9]{1,4}|[ivxlcIVXLC]{1,6})?\s*$")
_HEADING = re.compile(
    r"(?:table\s*of\s*)?contents(?:\s*page)?|目\s*[录錄次]|索\s*引|list\s*of\s*(?:tables|figures)", re.IGNORECASE
)
_ENTRY = re.compile(r".*\D\s([0-9]{1,4}|[ivxlc]{1,6})\s*$")
_NUMBER = re.compile(r"[-–—\s]*([0-9]{1,4})[-–—\s]*")
_LEAST = 3  # entries
_LEAST_NUMBERS = 5


def find_contents(lines: Sequence[Placed]) -> set[Placed]:
    """Returns lines with a page number at the end, upper lines of their entries, the title, and lists of numbers."""
    leading = [at for at, line in enumerate(lines) if _LEADER.search(line.line.text)]
    listed = _listed(lines)
    found = {lines[at] for at in (*leading, *listed)}
    for before, after in (*pairwise(leading), *pairwise(listed)):
        if after - before <= _MAX_ENTRY:
            found.update(lines[before:after])
    if found or any(map(_heads, lines)):
        found |= _numbers(lines)
    if leading or listed:
        first = min((*leading, *listed))
        found.update(line for line in lines[max(0, first - _MAX_ENTRY) : first] if _heads(line))
    return found


def _heads(line: Placed) -> bool:
    return _HEADING.fullmatch(line.line.text.strip()) is not None


def _listed(lines: Sequence[Placed]) -> list[int]:
    """Entries below a heading for contents: they end in numbers that never fall."""
    start = next((at + 1 for at, line in enumerate(lines) if _heads(line)), None)
    if start is None:
        return []
    found: list[int] = []
    last = 0
    for at in range(start, len(lines)):
        match = _ENTRY.match(lines[at].line.text)
        number = int(match[1]) if match and match[1].isdecimal() else last
        if match and number >= last:
            found.append(at)
            last = number
        elif at - (found[-1] if found else start) > _MAX_ENTRY:
            break
    return found if len(found) >= _LEAST else []


def _numbers(lines: Sequence[Placed]) -> set[Placed]:
    """Runs of lines of one number each, none less than the one before."""
    found: set[Placed] = set()
    run: list[Placed] = []
    last = -1
    for line in [*lines, None]:
        match = _NUMBER.fullmatch(line.line.text) if line else None
        if line and match and int(match[1]) >= last:
            run.append(line)
            last = int(match[1])
            continue
        if len(run) >= _LEAST_NUMBERS:
            found.update(run)
        run, last = ([line], int(match[1])) if line and match else ([], -1)
    return found
