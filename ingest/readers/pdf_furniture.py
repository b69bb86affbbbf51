"""Ingest, PDF: which lines belong to the print and not to the text: running heads and feet, page numbers, contents."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence

from ingest.readers.pdf_page import PageLayout, Placed

_MARGIN = 0.13  # of the page's height, above and below
_DRIFT = 14.0  # points by which a running head may move between pages
_NUMBER = re.compile(
    r"[-–—·•|\s]*(?:第\s*|Page\s*|p\.\s*)?(?:[0-9]{1,4}|[ivxlc]{1,6}|[A-Z]-?[0-9]{1,3})(?:\s*页)?"
    r"(?:\s*(?:/|of|，?共)\s*[0-9]{1,4}\s*页?)?[-–—·•|\s]*",
    re.IGNORECASE,
)
_LEADER = re.compile(r"(?:\.{4,}|…{2,}|·{4,}|(?:\. ){4,}|_{4,})\s*(?:[0-9]{1,4}|[ivxlc]{1,6})?\s*$")


def find_furniture(pages: Sequence[PageLayout]) -> set[Placed]:
    """Lines repeated at one height over pages (digits may vary), page numbers, and the lines of a contents page."""
    seen: dict[str, list[Placed]] = defaultdict(list)
    found: set[Placed] = set()
    for page in pages:
        lines = [part for part in page.parts if isinstance(part, Placed)]
        found.update(line for line in lines if _LEADER.search(line.line.text))
        for line in _marginal(lines, page):
            seen[_masked(line.line.text)].append(line)
            if _NUMBER.fullmatch(line.line.text.strip()):
                found.add(line)
    least = 2 if len(pages) <= 4 else 3
    for lines in seen.values():
        for line in lines:
            level = {other.page for other in lines if abs(other.line.y0 - line.line.y0) <= _DRIFT}
            if len(level) >= least:
                found.add(line)
    return found


def _marginal(lines: Sequence[Placed], page: PageLayout) -> Iterable[Placed]:
    """Lines at the head or foot of the page, and those that do not stand upright like the rest."""
    upright = [line for line in lines if line.line.turn == lines[0].line.turn]
    low, high = _MARGIN * page.height, (1 - _MARGIN) * page.height
    heads = sorted(upright, key=lambda line: line.line.y0)
    edge = {*heads[:2], *heads[-2:]} if len(heads) > 4 else set(heads)
    for line in lines:
        if line.line.turn != lines[0].line.turn or line.line.y1 < low or line.line.y0 > high or line in edge:
            yield line


def _masked(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", "", re.sub(r"[0-9]+|\b[ivxlc]+\b", "0", folded))
