"""Regions: the lines of a text that belong to a captioned table, before the columns are rebuilt."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sinkqa.ingest.document import Span

MAX_BODY_LINES = 400  # a longer run of short lines is not one table; the work on a region grows with its square
FULL = 0.8  # of the width of body text: such a line was broken by the margin, not by its content

_CHINESE_CAPTION = re.compile(
    r"(?P<cont>续)?(?P<label>附?表\s?(?:[A-Z]?\d+(?:[.\-–—]\d+)*|[一二三四五六七八九十]{1,3}))"
    r"(?P<sep>\s*[(（]续表?[)）]\s*[:：]?|\s*[:：.．、]|\s+|$)?\s*(?P<title>.*)"
)
_ENGLISH_CAPTION = re.compile(
    r"(?P<label>(?:Supplementary |Appendix )?(?:Table|TABLE|Tab\.)\s(?:[A-Z]?\.?\d+(?:[.\-–]\d+)*[a-z]?|[IVX]+))(?!\w)"
    r"(?P<sep>\s*[.:|—–]|\s+|$)?\s*(?P<title>.*)"
)
_CONTINUED = re.compile(r"^[(（\[]?(?:continued|cont[’']?d|cont\.|续)[)）\]]?\.?", re.IGNORECASE)
_MENTION = re.compile(
    r"^(?:[、，,;；)）至到和与及或所是为的也均]|[中里](?:[的，可所]|$)|可[以见知]|来看|显示|表明|总结|列[出举示]|给出|汇总了|展示|报告了|反映|呈现|提供|说明了?|概括|描述|介绍"
    r"|比较了|归纳|整理了)|^.{1,6}了(?!解)"
)
_NOTE = re.compile(
    r"^[*＊]?(?:(?:资料|数据|信息|图表)?(?:来源|出处)|注释?\s?\d*|Data sources?|Sources?|Notes?)\s?[:：]"
    r"|^(?:Source|Note)s?\.\s",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"^(?:第[一二三四五六七八九十百\d]+[章节条部分]|[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]"
    r"|\d{1,2}(?:\.\d{1,2})*[.、]?\s+\S|#{1,6}\s|(?:Section|Chapter|Appendix)\s)"
)
_FURNITURE = re.compile(r"^(?:[-–—·•]\s*\d{1,4}\s*[-–—·•]|(?:Page|第)\s?\d{1,4}(?:\s?页)?(?:\s?(?:of|/)\s?\d+)?)$")
_TERMINAL = "。！？…：!?"


@dataclass(frozen=True, slots=True)
class FlattenedLine:
    """One non-blank line of a source text. ``text`` is ``source[span]``. Both are without outer white space.

    ``page`` is 1-based. ``blank_before``: an empty line, or no line at all, is above it.
    """

    span: Span
    text: str
    page: int
    blank_before: bool


@lru_cache(maxsize=65536)
def width(text: str) -> int:
    """Returns the display columns of a line: 2 for East Asian wide, full-width and ambiguous characters, else 1."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


@dataclass(frozen=True, slots=True)
class Caption:
    """A caption on ``lines``. A long caption may be broken once. ``label`` is as printed, without spaces and 续."""

    lines: tuple[int, ...]
    label: str
    title: str
    continued: bool


@dataclass(frozen=True, slots=True)
class Region:
    """A caption with its content below or above. ``notes`` are runs of lines. A ``closed`` region ends with a note."""

    caption: Caption
    body: tuple[int, ...]
    notes: tuple[tuple[int, ...], ...]
    closed: bool


class Layout:
    """The lines of one text, with the typical widths of its body text."""

    def __init__(self, lines: Sequence[FlattenedLine]) -> None:
        self.lines = lines

    @cached_property
    def body_width(self) -> int:
        """The width of body text, 36..100 columns: a quarter of all characters are on lines of at least this width."""
        widths = sorted((width(line.text) for line in self.lines), reverse=True)
        total, seen = sum(widths), 0
        for columns in widths:
            seen += columns
            if 4 * seen >= total:
                return min(100, max(36, columns))
        return 36

    @cached_property
    def furniture(self) -> frozenset[int]:
        """Page numbers and running heads: lines at the edge of three or more pages, alike except for figures."""
        edges = [
            i
            for i, line in enumerate(self.lines)
            if i in (0, len(self.lines) - 1)
            or line.page != self.lines[i - 1].page
            or line.page != self.lines[i + 1].page
        ]
        shapes = {i: re.sub(r"\d+", "#", self.lines[i].text) for i in edges}
        seen = Counter(shapes.values())
        repeated = {i for i, shape in shapes.items() if seen[shape] >= 3 and len(shape) > 1}
        return frozenset(repeated | {i for i, line in enumerate(self.lines) if _FURNITURE.match(line.text)})

    def is_full(self, i: int) -> bool:
        """Whether line i reaches the margin of body text."""
        return width(self.lines[i].text) >= FULL * self.body_width

    def ends_sentence(self, i: int) -> bool:
        """Whether line i closes a sentence."""
        text = self.lines[i].text.rstrip("”’\"')）]")
        return text.endswith(tuple(_TERMINAL)) or (text.endswith(".") and not re.search(r"\b\w\.$", text))

    def starts_prose(self, i: int) -> bool:
        """Whether a paragraph of body text begins or continues at line i: full lines that lead to a full stop."""
        if not self.is_full(i):
            return False
        for j in range(i, min(i + 60, len(self.lines))):
            if j - i >= 3 or self.ends_sentence(j):
                return True
            if not self.is_full(j):
                return False
        return False

    def ends_prose(self, i: int) -> bool:
        """Whether line i is the last or an inner line of a paragraph of body text."""
        return self.is_full(i) or (self.ends_sentence(i) and i > 0 and self.is_full(i - 1))

    def is_heading(self, i: int) -> bool:
        """Whether line i is a numbered heading over body text."""
        if not _HEADING.match(self.lines[i].text) or self.ends_sentence(i):
            return False
        below = range(i + 1, min(i + 3, len(self.lines)))
        return any(self.starts_prose(j) or (_HEADING.match(self.lines[j].text) and j > i + 1) for j in below)


def caption_at(layout: Layout, i: int) -> Caption | None:
    """Returns the caption that begins at line i. A sentence that only mentions a table is not a caption."""
    text = layout.lines[i].text
    match = _CHINESE_CAPTION.match(text)
    if match:
        continued = bool(match["cont"] or "续" in (match["sep"] or ""))
        spaced = match["sep"] is not None
        title = match["title"]
        refused = bool(_MENTION.match(title)) or (not spaced and (len(title) > 30 or re.search(r"[，。；]", title)))
    else:
        match = _ENGLISH_CAPTION.match(text)
        if not match:
            return None
        title = match["title"]
        continued = bool(_CONTINUED.match(title))
        refused = not continued and bool(re.match(r"[a-z),;]", title) or (title and match["sep"] is None))
    if refused or title.endswith(("，", "；", ",", ";", "。")) or "。" in title:
        return None
    label = re.sub(r"\s+", " " if match["label"].isascii() else "", match["label"].strip(". "))
    return Caption(_caption_lines(layout, i), label, title, continued)


def _caption_lines(layout: Layout, i: int) -> tuple[int, ...]:
    """The lines of a caption. One as wide as the body continues on a short line that follows directly."""
    wraps = (
        width(layout.lines[i].text) >= 0.9 * layout.body_width
        and i + 1 < len(layout.lines)
        and not layout.lines[i + 1].blank_before
        and not layout.is_full(i + 1)
    )
    return (i, i + 1) if wraps else (i,)


def find_regions(lines: Sequence[FlattenedLine]) -> list[list[Region]]:
    """Returns regions in the order of their captions.

    The parts of one continued table are one list, first part first.
    """
    layout = Layout(lines)
    captions = {i: caption for i in range(len(lines)) if (caption := caption_at(layout, i))}
    groups: list[list[Region]] = []
    newest: dict[str, list[Region]] = {}
    taken: set[int] = set()
    for caption in captions.values():
        region = _region(layout, caption, captions, taken)
        taken.update(region.body, *region.notes)
        group = newest.get(caption.label)
        if group and (caption.continued or _repeats(layout, group[-1].caption, caption)):
            group.append(region)
        else:
            newest[caption.label] = [region]
            groups.append(newest[caption.label])
    return groups


def _repeats(layout: Layout, earlier: Caption, later: Caption) -> bool:
    """Whether the very same caption occurs again on the next page."""
    pages = layout.lines[later.lines[0]].page - layout.lines[earlier.lines[0]].page
    return pages == 1 and bool(later.title) and earlier.title == later.title


def _region(layout: Layout, caption: Caption, captions: dict[int, Caption], taken: set[int]) -> Region:
    below = _below(layout, caption, captions)
    if len(below.body) >= 3:
        return below
    above = _above(layout, caption, captions, taken)
    return above if len(above.body) >= 3 and not caption.continued else below


def _below(layout: Layout, caption: Caption, captions: dict[int, Caption]) -> Region:
    body: list[int] = []
    i = caption.lines[-1] + 1
    while i < len(layout.lines) and i not in captions:
        if _NOTE.match(layout.lines[i].text):
            notes = _notes(layout, i, captions)
            return Region(caption, _bounded(body), notes, closed=True)
        if layout.starts_prose(i) or layout.is_heading(i):
            break
        if i not in layout.furniture:
            body.append(i)
        i += 1
    return Region(caption, _bounded(_without_sentences(layout, body)), (), closed=False)


def _bounded(body: list[int]) -> tuple[int, ...]:
    return tuple(body) if len(body) <= MAX_BODY_LINES else ()


def _without_sentences(layout: Layout, body: list[int]) -> list[int]:
    """Drops a short paragraph between the table and a full one, if it alone ends a sentence."""
    body = list(body)
    while body and layout.ends_sentence(body[-1]) and 4 * sum(map(layout.ends_sentence, body)) <= len(body):
        body.pop()
    return body


def _notes(layout: Layout, start: int, captions: dict[int, Caption]) -> tuple[tuple[int, ...], ...]:
    notes: list[tuple[int, ...]] = []
    i = start
    while i < len(layout.lines) and _NOTE.match(layout.lines[i].text):
        end = i + 1
        while (
            end < min(i + 12, len(layout.lines))
            and end not in captions
            and not layout.ends_sentence(end - 1)
            and width(layout.lines[end - 1].text) >= 0.6 * layout.body_width
            and not _NOTE.match(layout.lines[end].text)
        ):
            end += 1
        notes.append(tuple(range(i, end)))
        i = end
    return tuple(notes)


def _above(layout: Layout, caption: Caption, captions: dict[int, Caption], taken: set[int]) -> Region:
    body: list[int] = []
    i = caption.lines[0] - 1
    while i >= 0 and i not in captions and i not in taken and not layout.ends_prose(i) and not layout.is_heading(i):
        if i not in layout.furniture and not _NOTE.match(layout.lines[i].text):
            body.append(i)
        i -= 1
    after = caption.lines[-1] + 1
    notes = _notes(layout, after, captions) if after < len(layout.lines) else ()
    return Region(caption, _bounded(body[::-1]), notes, closed=bool(notes))
