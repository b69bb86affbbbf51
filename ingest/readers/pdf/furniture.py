"""Ingest, PDF: which lines belong to the print and not to the text: running heads and feet, page numbers, contents."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from ingest.readers.pdf.captions import caption_label
from ingest.readers.pdf.page import PageLayout, Placed

_MARGIN = 0.13  # of the page's height, above and below
_MAX_ENTRY = 4  # lines of an entry of a contents page
_DRIFT = 14.0  # points by which a running head may move between pages
_NUMBER = re.compile(
    r"[-–—·•|\s]*(?:第\s*|Page\s*|p\.\s*)?(?:[0-9]{1,4}|[ivxlc]{1,6}|[A-Z]-?[0-9]{1,3})(?:\s*页)?"
    r"(?:\s*(?:/|of|，?共)\s*[0-9]{1,4}\s*页?)?[-–—·•|\s]*",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"[0-9]{1,12}")
_LEADER = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|(?:\. ){4,}|_{4,})\s*(?:[0-9]{1,4}|[ivxlcIVXLC]{1,6})?\s*$")
_CONTENTS = re.compile(r"(?:目\s*[次录錄]|(?:table of )?contents)(?:\s*page)?", re.IGNORECASE)


def find_furniture(pages: Sequence[PageLayout]) -> set[Placed]:
    """Lines repeated at one height over pages (digits may vary), page numbers, and the lines of a contents page."""
    seen: dict[str, list[Placed]] = defaultdict(list)
    found: set[Placed] = set()
    for page in pages:
        lines = [part for part in page.parts if isinstance(part, Placed)]
        found |= _contents(lines)
        for line in _marginal(lines, page):
            seen[_masked(line.line.text)].append(line)
    least = 2 if len(pages) <= 4 else 3
    for lines in seen.values():
        for level in _levels(lines):
            if len({line.page for line in level}) >= least and _counts_pages(level):
                found.update(level)
        if _NUMBER.fullmatch(lines[0].line.text.strip()) and (len(pages) == 1 or _counts_pages(lines)):
            found.update(lines)
    known = {(text, round(line.line.y0)) for text, lines in seen.items() for line in lines if line in found}
    known = {(text, y0) for text, y0 in known if len(text) > 12}
    for text, lines in seen.items():  # a foot that is broken otherwise on one page
        found.update(line for line in lines if len(text) > 5 and _is_part(text, line.line.y0, known))
    return found


def _levels(lines: Sequence[Placed]) -> list[list[Placed]]:
    """Lines at about one height each."""
    ordered = sorted(lines, key=lambda line: line.line.y0)
    levels = [[ordered[0]]]
    for before, line in pairwise(ordered):
        if line.line.y0 - before.line.y0 > _DRIFT:
            levels.append([])
        levels[-1].append(line)
    return levels


def _counts_pages(lines: Sequence[Placed]) -> bool:
    """Whether the numbers in lines that differ in nothing else stand still or run with the pages.

    Half of the numbers must: ``Figure 3`` at the head of a page is no running head, ``Sheet 3 of 9, rev. 2`` is.
    """
    rows = [(line.page, [int(number) for number in _DIGITS.findall(line.line.text)]) for line in lines]
    width = min(len(numbers) for _, numbers in rows)
    if not width:
        return True
    steady = 0
    for at in range(width):
        still = Counter(numbers[at] for _, numbers in rows).most_common(1)[0][1]
        along = Counter(numbers[at] - page for page, numbers in rows).most_common(1)[0][1]
        steady += max(still, along) > max(1, 0.4 * len(rows))
    return steady * 2 >= width


def _contents(lines: Sequence[Placed]) -> set[Placed]:
    """Lines that lead by dots to a page number, the lines above them of the same entries, and the title over them."""
    leading = [at for at, line in enumerate(lines) if _LEADER.search(line.line.text)]
    found = {lines[at] for at in leading}
    if leading:
        above = lines[max(0, leading[0] - _MAX_ENTRY) : leading[0]]
        found.update(line for line in above if _CONTENTS.fullmatch(line.line.text.strip()))
    for before, after in pairwise(leading):
        if after - before <= _MAX_ENTRY:
            found.update(lines[before:after])
    return found


def _is_part(text: str, y0: float, known: Iterable[tuple[str, int]]) -> bool:
    return any(text in other and abs(y0 - at) <= _DRIFT for other, at in known)


def _marginal(lines: Sequence[Placed], page: PageLayout) -> Iterable[Placed]:
    """Lines at the head or foot of the page, and those that do not stand upright like the rest."""
    low, high = _MARGIN * page.height, (1 - _MARGIN) * page.height
    for line in lines:
        if line.line.turn != lines[0].line.turn or line.line.y1 < low or line.line.y0 > high:
            yield line


def _masked(text: str) -> str:
    if caption_label(text):
        return text  # numbered by themselves, not by the page
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", "", re.sub(r"[0-9]+|\b[ivxlc]+\b", "0", folded))
