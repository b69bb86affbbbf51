"""Layout of plain text: printed lines, pages, and the signs that end a paragraph.

Text files differ. Some have one line per paragraph. Some have hard-wrapped lines, with blank lines or indents between
paragraphs. Text extracted from PDF may have a blank line after nearly every line and no indents. :func:`measure`
distinguishes them.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sinkqa.ingest.document import Page, Span
from sinkqa.ingest.text.patterns import late

_LINE = late("[^\n\r\f\v\x1c-\x1e\x85\u2028\u2029]+")
SENTENCE_END = late(r"[。！？!?.…；;：:][”’」』）)】\]\"'*〉》]*$")
LEFT_OPEN = late(r"(?:\b(?:a|an|and|as|at|by|for|from|in|its|of|on|or|the|to|with))$")
_WIDE = 0x2E80
_MIN_BROKEN = 32  # columns of a full line of Chinese; titles and items of lists are mostly shorter
_RAGGED = 3  # columns by which full lines differ, punctuation hanging or moved
_AMBIGUOUS = late("[\u2014\u2018\u2019\u201c\u201d\u2026\u2460-\u24ff]")
_MAX_MEASURED = 2_000  # columns; longer lines are simply long
_MIN_GAP = 8  # lines between two page marks


@dataclass(frozen=True, slots=True)
class TextLine:
    """A printed line without its outer white space. ``width`` and ``indent`` are columns, CJK counting two."""

    span: Span
    text: str
    page: int
    blank_before: bool
    indent: int = 0
    width: int = 0
    sentence_end: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """The signs that end a paragraph in this file.

    ``margin`` is the width of a full line, 0 if lines are not wrapped. ``blanks``: a blank line ends a paragraph. A
    line indented by at least ``opening_indent`` columns begins a paragraph (0: indents mean nothing). ``first_width``
    separates full first lines, whose indent was lost in extraction, from the longer inner lines (0: no indent was
    lost).
    """

    margin: int = 0
    blanks: bool = True
    opening_indent: int = 0
    first_width: float = 0.0


def columns(text: str) -> int:
    """Returns the printed width. Wide characters count two, and so do dashes and curly quotes next to them."""
    text = text[:_MAX_MEASURED]
    if text.isascii():
        return len(text)
    wide = sum(ord(letter) >= _WIDE for letter in text)
    ambiguous = len(_AMBIGUOUS.findall(text)) if wide else 0
    return len(text) + wide + ambiguous - sum(unicodedata.combining(letter) != 0 for letter in text)


def split_pages(text: str) -> tuple[Page, ...]:
    """Splits a text into pages: at form feeds, else before lines that begin with a single space, else into one page.

    The pages cover ``text``.
    """
    last = len(text.rstrip())
    starts = [0, *(match.end() for match in re.finditer("\f", text) if match.end() < last)]
    if len(starts) == 1:
        starts = _spaced_starts(text)
    ends = [*starts[1:], len(text)]
    return tuple(Page(number, start, end) for number, (start, end) in enumerate(zip(starts, ends, strict=True), 1))


def _spaced_starts(text: str) -> list[int]:
    """Offsets of lines with one leading space, if these are few, far apart and cut sentences as only pages do."""
    marks = [match.start() for match in re.finditer(r"(?:\A|(?<=[\r\n])) (?=\S)", text)]
    indented = len(re.findall(r"(?:\A|(?<=[\r\n]))(?: {2,}|[\t\u3000]+)\S", text))
    if len(marks) < 2 or indented > len(marks):
        return [0]
    newline = "\n" if "\n" in text else "\r"
    gaps = [text.count(newline, a, b) for a, b in pairwise(marks)]
    cuts = sum(1 for at in marks if at and not SENTENCE_END.search(text[max(0, at - 40) : at].rstrip()))
    first_marked = not text[: marks[0]].strip()
    if min(gaps) < _MIN_GAP or max(gaps) > 5 * statistics.median(gaps) or not (cuts or first_marked):
        return [0]
    return [0, *marks[first_marked:]]


def split_lines(text: str, pages: Sequence[Page]) -> list[TextLine]:
    """Returns all lines that are not blank, in order."""
    lines: list[TextLine] = []
    page, previous = 0, 0
    for found in _LINE.finditer(text):
        body = found.group().strip()
        if not body:
            continue
        raw = found.group()
        start = found.start() + len(raw) - len(raw.lstrip())
        while pages[page].end <= start:
            page += 1
        gap = text[previous:start].replace("\r\n", "\n")
        lines.append(
            TextLine(
                Span(start, start + len(body)),
                body,
                pages[page].number,
                blank_before=not lines or sum(gap.count(end) for end in "\n\r\f\v\x85\u2028\u2029") > 1,
                indent=columns(raw[: start - found.start()].expandtabs(8)),
                width=columns(body),
                sentence_end=bool(SENTENCE_END.search(body[-8:])),
            )
        )
        previous = start + len(body)
    return lines


def measure(lines: Sequence[TextLine]) -> Flow:
    """Distinguishes wrapped lines from whole paragraphs, and finds what separates paragraphs."""
    if len(lines) < 4:
        return Flow()
    margin = sorted(line.width for line in lines)[int(0.9 * (len(lines) - 1))]
    opening = _opening_indent(lines, margin)
    full = [line for line in lines if 0.8 * margin <= line.width <= 1.25 * margin]
    unfinished = sum(not line.sentence_end for line in full)
    if not 24 <= margin <= 160 or len(full) < 0.3 * len(lines) or unfinished < 0.4 * len(full):
        return Flow(opening_indent=opening)
    inner = [b.blank_before for a, b in pairwise(lines) if a.width >= 0.85 * margin and not a.sentence_end]
    flow = Flow(margin, blanks=sum(inner) <= 0.3 * len(inner), opening_indent=opening)
    return flow if flow.blanks or flow.opening_indent else replace(flow, first_width=_first_width(lines, flow))


def _opening_indent(lines: Sequence[TextLine], margin: int) -> int:
    """Columns of indent that begin a paragraph: rarer than the usual indent, nearly always after a sentence."""
    counts = Counter(line.indent for line in lines).most_common(2)
    usual = min(indent for indent, count in counts if count >= 0.5 * counts[0][1])
    openings = [a.sentence_end or a.width < 0.6 * margin for a, b in pairwise(lines) if usual < b.indent <= usual + 12]
    rare = 0.02 * len(lines) <= len(openings) <= 0.6 * len(lines)
    return usual + 1 if rare and sum(openings) >= 0.8 * len(openings) > 0 else 0


def _first_width(lines: Sequence[TextLine], flow: Flow) -> float:
    """Width that separates full first lines, which lost their indent, from full inner ones; 0 if none does."""
    firsts, inner = [], []
    for before, line, after in zip(lines, lines[1:], lines[2:], strict=False):
        if line.sentence_end or line.width < 0.85 * flow.margin or after.width < 0.5 * flow.margin:
            continue
        if before.sentence_end and before.width < 0.7 * flow.margin:
            firsts.append(line.width)
        elif not before.sentence_end and before.width >= 0.85 * flow.margin:
            inner.append(line.width)
    if len(firsts) < 4 or len(inner) < 8:
        return 0.0
    first, usual = statistics.median(firsts), statistics.median(inner)
    return (first + usual) / 2 if 2 <= usual - first <= 8 else 0.0


def continues(lines: Sequence[TextLine], before: int, line: int, *, flow: Flow) -> bool:
    """Whether ``lines[line]`` continues the paragraph of ``lines[before]``. The lines between them are ignored."""
    a, b = lines[before], lines[line]
    if line != before + 1:
        return not a.sentence_end and _goes_on(b.text)
    if not flow.margin:
        adjoins = not b.blank_before or a.page != b.page
        return (
            adjoins
            and not a.sentence_end
            and (b.text[0].islower() or LEFT_OPEN.search(a.text) is not None or _is_broken(a, b))
        )
    if flow.blanks and b.blank_before:
        return a.page != b.page and not a.sentence_end and _goes_on(b.text)
    if 0 < flow.opening_indent <= b.indent and (a.sentence_end or a.width < 0.6 * flow.margin):
        return False
    margin = _local_margin(lines, before, flow)
    room = margin - a.width - _first_word(b.text)
    if not flow.blanks or not b.blank_before:
        if a.sentence_end:
            return room < (6 if flow.first_width else 4) and not (
                flow.first_width and 0.85 * margin <= b.width < flow.first_width
            )
        return room < max(0.4 * margin, 12)
    return True


def _is_broken(a: TextLine, b: TextLine) -> bool:
    """Whether a full line of Chinese prose breaks inside a sentence that the next line continues."""
    han = ord(a.text[-1]) >= _WIDE and ord(b.text[0]) >= _WIDE and a.indent >= b.indent
    fits = abs(a.width - b.width) <= _RAGGED or (b.sentence_end and b.width < a.width)
    return han and a.width >= _MIN_BROKEN and fits and any(mark in a.text + b.text for mark in "，。；")


def _goes_on(text: str) -> bool:
    return text[0].islower() or ord(text[0]) >= _WIDE or text[0].isdigit()


def _first_word(text: str) -> int:
    return 2 if ord(text[0]) >= _WIDE else columns(text[:40].split(None, 1)[0]) + 1


def _local_margin(lines: Sequence[TextLine], at: int, flow: Flow) -> int:
    """Full width around a line: the file's, unless its neighbours are narrower (abstracts) or wider."""
    near = sorted(line.width for line in lines[max(0, at - 4) : at + 5])
    longest = near[-2] if len(near) > 1 else near[0]
    return flow.margin if 0.85 * flow.margin <= longest <= 1.15 * flow.margin else longest
