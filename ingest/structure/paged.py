"""Page furniture of paged text: running heads, page numbers, footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from sinkqa.ingest.structure.layout import TextLine

_PAGE_NUMBER = re.compile(
    r"[-–—·\s]*(?:第\s*|[Pp](?:age|\.)?\s*)?(?P<n>\d{1,4}|[ivxlc]{1,6})\s*页?"
    r"(?:\s*(?:/|of|[，,]?\s*共)\s*\d{1,4}\s*页?)?[-–—·\s]*"
)
_NOTE_MARK = re.compile(r"[①-⑳]|[\u2460-\u24ff]|[*†‡§]{1,3}|[¹²³⁴-⁹⁰]{1,2}|\[\d{1,2}\]|\d{1,2}(?=\s+\S)")
_EDGE = 2  # lines at either end of a page where running heads stand
_END_NUMBERS = re.compile(r"^\W*\d+\b|(?:\b\d{4}\s+)?\b\d+\W*$")
_MIN_PAGES = 3
_MAX_PAGE = 200  # lines of a page that are looked at
_FOOT = 0.5  # footnotes stand in the lower half of the page's lines


def running_lines(lines: Sequence[TextLine]) -> dict[int, str | None]:
    """Finds running heads and page numbers: index of the line → printed page label if it is a page number.

    A running head recurs at the same end of at least three pages and a third of them. A number at its ends may differ,
    and left and right pages may have different heads. A first occurrence without a number is the title. Page numbers
    rise by one from page to page.
    """
    pages = _by_page(lines)
    if len(pages) < _MIN_PAGES:
        return {}
    found: dict[int, str | None] = {}
    heads: set[str] = set()
    for edge in [*range(_EDGE), *range(-_EDGE, 0)]:
        at = [page[edge] for page in pages if len(page) > 2 * _EDGE]
        found.update(_numbers(lines, at))
        shapes = Counter(_shape(lines[i].text) for i in at if i not in found and not lines[i].sentence_end)
        heads |= {shape for shape, often in shapes.items() if often >= max(_MIN_PAGES, len(pages) / 3)}
    for index, line in enumerate(lines):
        shape = _shape(line.text)
        if shape in heads and ("#" in shape or line.page > lines[0].page):
            found.setdefault(index, None)
    return found


def footnotes(lines: Sequence[TextLine], *, taken: frozenset[int] | set[int]) -> list[tuple[int, ...]]:
    """Finds the notes at the foot of pages. Each is given as the indices of its lines, in order.

    A note begins with a mark. The body above it on its page also has this mark, attached to a word.
    """
    notes: list[tuple[int, ...]] = []
    pages = _by_page(lines)
    for page in pages if len(pages) > 1 else []:
        body = [i for i in page if i not in taken]
        lowest = max(int(_FOOT * len(body)), len(body) - _MAX_PAGE)
        marked = [at for at in range(lowest, len(body)) if _is_note(lines, body, at)]
        if marked:
            notes += _cut(lines, body, marked)
    return notes


def _by_page(lines: Sequence[TextLine]) -> list[list[int]]:
    return [list(group) for _, group in groupby(range(len(lines)), key=lambda i: lines[i].page)]


def _shape(text: str) -> str:
    """A running head with the numbers at its two ends replaced."""
    return _END_NUMBERS.sub("#", text) if len(text) < 120 and any(map(str.isalpha, text)) else text


def _numbers(lines: Sequence[TextLine], at: Sequence[int]) -> dict[int, str | None]:
    """Page numbers among lines at one place of their pages: at least three, each page one more than the last."""
    numbers = {i: found["n"] for i in at if (found := _PAGE_NUMBER.fullmatch(lines[i].text))}
    offsets = Counter(int(n) - lines[i].page for i, n in numbers.items() if n.isdigit())
    if not offsets or offsets.most_common(1)[0][1] < _MIN_PAGES:
        return {}
    usual = offsets.most_common(1)[0][0]
    return {i: n for i, n in numbers.items() if not n.isdigit() or int(n) - lines[i].page == usual}


def _is_note(lines: Sequence[TextLine], body: Sequence[int], at: int) -> bool:
    """Whether the line begins with a mark that the page's text above has on one of its words."""
    found = _NOTE_MARK.match(lines[body[at]].text)
    if not found:
        return False
    mark = re.escape(found.group())
    if found.group()[0].isdecimal():
        attached = re.compile(rf"(?:[^\W\d_]|[)）”’\"。.,，]){mark}(?=[\s,.;:，。；：）)]|$)")
    else:
        attached = re.compile(rf"\S{mark}")
    return any(attached.search(lines[i].text) for i in body[max(0, at - _MAX_PAGE) : at])


def _cut(lines: Sequence[TextLine], body: Sequence[int], marked: Sequence[int]) -> list[tuple[int, ...]]:
    """Notes from the first mark on; only unfinished notes may come between a mark and the page's end."""
    notes = []
    for start, end in zip(marked, [*marked[1:], len(body)], strict=True):
        last = start + 1
        while last < end and not lines[body[last - 1]].sentence_end:
            last += 1
        if end == len(body) and last < end:
            return []  # body text follows: these were items, not notes
        notes.append(tuple(body[start:last]))
    return notes
