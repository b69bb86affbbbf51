"""Finds the furniture of PDF pages: running heads and feet, page numbers, contents."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from statistics import median

from sinkqa.ingest.readers.pdf.blocks.captions import caption_label
from sinkqa.ingest.readers.pdf.blocks.contents import find_contents
from sinkqa.ingest.readers.pdf.pages.page import PageLayout, Placed
from sinkqa.ingest.text.amounts import REFERENCES, amounts
from sinkqa.ingest.text.normalised_text import cased

_MARGIN = 0.13  # of the page's height, above and below
_DRIFT = 14.0  # points by which a running head may move between pages
_NUMBER = re.compile(
    r"[-–—·•|\s]*(?:第\s*|Page\s*|p\.\s*)?(?:[0-9]{1,4}|[ivxlc]{1,6}|[A-Z]-?[0-9]{1,3})(?:\s*页)?"
    r"(?:\s*(?:/|of|，?共)\s*[0-9]{1,4}\s*页?)?[-–—·•|\s]*",
    re.IGNORECASE,
)
_EDGE = 0.06  # of the page's height, where nothing but heads and feet stand
_SMALLER = 0.95  # of the size of the text
_CHAPTER = re.compile(
    r"\b(?:chapter|part|section|annex)\s[0-9ivx]{1,5}\b|第[0-9一二三四五六七八九十]{1,3}[章节编]", re.IGNORECASE
)
_MANY, _ALL_BUT_FEW = 0.4, 0.8  # share of lines whose number stands still or runs, and where they state amounts
_DIGITS = re.compile(r"[0-9]{1,12}")
# Latin sentences hold small letters; a running head may end in a number and a full stop.
_SENTENCE = re.compile(r"[\u3400-\u9fff].*[。；！？]$|[a-z]{2}.*[a-z\d)%]{2}[.;!?]$")


def find_furniture(pages: Sequence[PageLayout]) -> set[Placed]:
    """Finds lines repeated at one height over pages (digits may vary), page numbers, and lines of contents pages."""
    seen: dict[str, list[Placed]] = defaultdict(list)
    found: set[Placed] = set()
    stamped: dict[str, float] = {}
    for page in pages:
        lines = [part for part in page.parts if isinstance(part, Placed)]
        listed = find_contents(lines)
        found |= listed
        found.update(page.aside)
        stamped.update({_bare(stamp.line.text): stamp.line.size for stamp in page.aside if page.told})
        for line in _marginal(lines, page):
            if line not in listed:  # a heading may say what stood so high on a page of contents
                seen[_masked(line.line.text)].append(line)
        found.update(_chapter_heads(lines, page))
    for page in pages if stamped else ():
        found.update(part for part in page.parts if isinstance(part, Placed) and _is_stamp(part, stamped))
    least = 2 if len(pages) <= 4 else 3
    for lines in seen.values():
        for level in _levels(lines):
            if len({line.page for line in level}) >= least and _counts_pages(level):
                found.update(level)
        if _NUMBER.fullmatch(lines[0].line.text.strip()) and (len(pages) == 1 or _counts_pages(lines)):
            found.update(lines)
    found |= _in_rows(pages, least)
    known = {(text, round(line.line.y0)) for text, lines in seen.items() for line in lines if line in found}
    known = {(text, y0) for text, y0 in known if len(text) > 12}
    for text, lines in seen.items():  # a foot that is broken otherwise on one page
        found.update(line for line in lines if len(text) > 5 and _is_part(text, line.line.y0, known))
    return found


def _in_rows(pages: Sequence[PageLayout], least: int) -> set[Placed]:
    """Lines at the head or foot of pages that recur as a row: side by side on one page, as one line on others."""
    rows: dict[str, list[list[Placed]]] = defaultdict(list)
    for page in pages:
        lines = [part for part in page.parts if isinstance(part, Placed)]
        own: list[list[Placed]] = []
        for line in sorted(_marginal(lines, page), key=lambda line: line.line.y0):
            if own and own[-1][-1].line.beside(line.line):
                own[-1].append(line)
            else:
                own.append([line])
        for row in own:
            row.sort(key=lambda line: line.line.x0)
            rows[_masked("".join([line.line.text for line in row]))].append(row)
    found: set[Placed] = set()
    for alike in rows.values():
        if len({row[0].page for row in alike}) >= least and len({len(row) for row in alike}) > 1:
            whole = [row[0] for row in alike if len(row) == 1]
            if (len(whole) == 1 or _counts_pages(whole)) and not _SENTENCE.search(whole[0].line.text.strip()):
                found.update(line for row in alike for line in row)
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
    """Whether the numbers in otherwise equal lines stand still, count pages, or number chapters.

    Half of the numbers must. ``Figure 3`` at the head of a page is not a running head, ``Sheet 3 of 9, rev. 2`` is. A
    sentence, or a line that states an amount, is not as soon as one of its numbers changes.
    """
    rows = [(line.page, [int(number) for number in _DIGITS.findall(line.line.text)]) for line in lines]
    width = min(len(numbers) for _, numbers in rows)
    if not width:
        return True
    states = _states(lines[0].line.text)
    share = _ALL_BUT_FEW if states else _MANY
    steady, chapters, changes = 0, 0, False
    for at in range(width):
        still = Counter(numbers[at] for _, numbers in rows).most_common(1)[0][1]
        along = Counter(numbers[at] - page for page, numbers in rows).most_common(1)[0][1]
        runs = max(still, along) > max(1, share * len(rows))
        steady += runs
        chapters += not runs and _of_chapters([(page, numbers[at]) for page, numbers in rows])
        changes |= still < len(rows)
    if changes and (_SENTENCE.search(lines[0].line.text.strip()) or (steady < width and states)):
        return False
    return (steady + chapters) * 2 >= width


def _chapter_heads(lines: Sequence[Placed], page: PageLayout) -> Iterable[Placed]:
    """Lines at the edge of the page, in smaller type than its text, that name the chapter: heads even on one page."""
    low, high = _EDGE * page.height, (1 - _EDGE) * page.height
    for line in lines:
        if (line.line.y1 < low or line.line.y0 > high) and _CHAPTER.search(line.line.text):
            others = [other.line.size for other in lines if other is not line]
            if others and line.line.size < _SMALLER * median(others):
                yield line


def _of_chapters(numbers: Sequence[tuple[int, int]]) -> bool:
    """Whether the numbers on successive pages never fall and one repeats, which the numbers of titles do not."""
    steps = [(after - before, later - first) for (before, first), (after, later) in pairwise(sorted(numbers))]
    return all(0 < pages <= 2 and rise >= 0 for pages, rise in steps) and any(not rise for _, rise in steps)


def _states(text: str) -> bool:
    """Whether a line states an amount in some unit."""
    stated = [amount.dimension for amount in amounts(cased(text)) if amount.kind == "number"]
    return any(dimension and dimension != "share" and dimension not in REFERENCES for dimension in stated)


def _bare(text: str) -> str:
    return "".join(text.split())


def _is_stamp(line: Placed, stamped: Mapping[str, float]) -> bool:
    """Whether a line is exactly, and as large as, the watermark of another page."""
    size = stamped.get(_bare(line.line.text))
    return size is not None and line.line.size > 0.9 * size


def _is_part(text: str, y0: float, known: Iterable[tuple[str, int]]) -> bool:
    return any(text in other and abs(y0 - at) <= _DRIFT for other, at in known)


def _marginal(lines: Sequence[Placed], page: PageLayout) -> Iterable[Placed]:
    """Lines at the head or foot of the page, and lines turned differently from the rest."""
    low, high = _MARGIN * page.height, (1 - _MARGIN) * page.height
    for line in lines:
        if line.line.turn != lines[0].line.turn or line.line.y1 < low or line.line.y0 > high:
            yield line


def _masked(text: str) -> str:
    if caption_label(text):
        return text  # numbered by themselves, not by the page
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\s+", "", re.sub(r"[0-9]+|\b[ivxlc]+\b", "0", folded))
