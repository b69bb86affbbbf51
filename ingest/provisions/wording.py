"""Composes the text of a provision from its passages: each unit once, without notes, with headings quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sinkqa.ingest.document import Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.normalised_text import reading_view
from sinkqa.ingest.text.patterns import late

_NOTE = late(
    r"(?:first |second |the )?(?:sub)?(?:section|article|part|schedule|heading|regulation|rule|paragraph|annex|clause"
    r"|form|table|cross-?heading)\b[^:.;]{0,160}(?:\.\d[^:.;]{0,60})*:\s"
    r"(?:inserted|added|replaced|substituted|amended|repealed|omitted"
    r"|revoked|expired|editorial change|brought into force|.{0,160}\bbrought into force)\b.*\b(?:by|on)\b"
    r"|(?:F\d+\s.*\b(?:inserted|substituted|repealed|omitted)\b|textual amendments\b)"
    r"|[（(]\d{4}年\d{1,2}月\d{1,2}日[^（）()]{0,120}(?:修订|修正|修改|通过|公布)[^（）()]{0,40}[）)]\Z",
    re.IGNORECASE | re.DOTALL,
)
_EDITORIAL = late(
    r"\b(?:This|These) notes? (?:is|are) not part of\b|\ALegislation Act \d{4} requirements\b"
    r"|\ASee secondary legislation made under this Act\b"
)
_ENDS = tuple("。；;.:：!！?？—”）)」』]")
_AFTER = late(
    r"\s*(?:https?://|www\.|原文|来源|链接|解读|公开方式|信息公开|责任编辑|打印|分享|"
    r"相关(?:链接|附件|文档|新闻)|\[?FR Doc|Billing code|THE WHITE HOUSE|Source:|Link:)",
    re.IGNORECASE,
)
_MOST_AFTER = 8  # lines behind the end of a law
_LONGEST_TAIL = 60  # characters of a line that is no sentence
_MOST_BETWEEN = 240  # characters between a heading and its text: a page's edge
_PASSED_OVER = dict.fromkeys(
    map(ord, " \t\n\r\x0b\x0c\x85\xa0\u2002\u2003\u2009\u3000\u2028\u2029\u00ad\u200b\u2060\ufeff-\u2010\u2043")
)


class Said(NamedTuple):
    """A unit, or the row of a table, in the text of a provision.

    ``before`` separates it from the previous one: "", " " or, at a paragraph, a line break. ``begins``: it begins a
    paragraph.
    """

    passage: Passage
    units: tuple[Unit, ...]
    text: str
    before: str
    begins: bool
    is_heading: bool = False

    @property
    def start(self) -> int:
        """Its start in the source."""
        return self.units[0].spans[0].start


class Wording:
    """Composes the text of one document's passages."""

    def __init__(self, passages: Sequence[Passage], source: str) -> None:
        self.passages, self.source = passages, source

    def of(self, start: tuple[int, int], end: tuple[int, int], *, depth: int, ends: bool) -> list[Said]:
        """Returns all text in ``[start, end)``, with the headings at ``depth`` and below.

        ``ends``: the text of a law ends here. Trailing lines that are no sentences are then dropped.
        """
        said = [each for each in self._units(start, end, depth) if not _is_note(each)]
        if not any(each.passage.kind in ("row", "table") for each in said):
            said = sorted(said, key=lambda each: each.start)
        said = _without_tail(said) if ends else said
        return [each._replace(before="") if not place else each for place, each in enumerate(said)]

    def _units(self, start: tuple[int, int], end: tuple[int, int], depth: int) -> Iterator[Said]:
        seen: set[tuple[Span, ...]] = set()
        path = self.passages[start[0] - 1].section if start[0] else ()
        for place in range(start[0], min(end[0] + 1, len(self.passages))):
            passage = self.passages[place]
            first = start[1] if place == start[0] else 0
            last = end[1] if place == end[0] else len(passage.units)
            if first >= last:
                continue
            headings = list(self._headings(path, passage, depth)) if not first else []
            yield from headings
            path = passage.section
            if passage.kind in ("row", "table"):
                if not (passage.kind == "row" and self._is_in_whole(place)) and not _EDITORIAL.search(passage.text):
                    yield Said(passage, passage.units, passage.text, "\n", True)
                continue
            for number, (unit, before) in enumerate(self._joined(passage, place)):
                if first <= number < last and unit.spans not in seen:
                    seen.add(unit.spans)
                    before = self._behind(headings[-1], unit) if headings else before
                    yield Said(passage, (unit,), unit.text, before, before == "\n" or bool(headings) or len(seen) == 1)
                    headings = []

    def _is_in_whole(self, place: int) -> bool:
        """Whether the table of this row also follows as a whole."""
        while place < len(self.passages) and self.passages[place].kind == "row":
            place += 1
        return place < len(self.passages) and self.passages[place].kind == "table"

    def _joined(self, passage: Passage, place: int) -> Iterator[tuple[Unit, str]]:
        """The units with the separators of the reading form, line breaks at paragraphs."""
        cursor = 0
        for number, unit in enumerate(passage.units):
            at = passage.text.find(unit.text, cursor)
            between = passage.text[cursor:at] if at >= 0 else "\n"
            cursor = at + len(unit.text) if at >= 0 else cursor
            if not number:
                yield unit, self._across(place, unit)
            elif "\n" in between or (between and unit.text[0] >= "\u2e80" and passage.language in ("zh", "ja")):
                yield unit, "\n"
            else:
                yield unit, between

    def _across(self, place: int, unit: Unit) -> str:
        """The separator before the first unit of a passage; a paragraph may be split over passages."""
        before = self.passages[place - 1] if place else None
        if before is None or before.kind not in ("text", "list") or not before.units:
            return "\n"
        gap = (before.units[-1].spans[-1].end, unit.spans[0].start)
        if gap[0] == gap[1]:
            return ""
        between = self.source[slice(*gap)]
        return " " if between == " " and unit.text[0] < "\u2e80" else "\n"

    def _headings(self, path: tuple[str, ...], passage: Passage, depth: int) -> Iterator[Said]:
        """The new headings of a passage at the depth or below, as in the source."""
        new = shared_depth(path, passage.section)
        before = passage.units[0].spans[0].start
        found: list[Said] = []
        for heading in reversed(passage.section[max(new, depth) :]):
            if heading == passage.units[0].text:  # it tells a fact and is text as well
                continue
            span = heading_span(self.source, heading, before)
            if span is None:
                break
            before = span.start
            unit = Unit((span,), reading_view(self.source, (span,)).text)
            found.append(Said(passage, (unit,), unit.text, "\n", True, is_heading=True))
        yield from reversed(found)

    def _behind(self, heading: Said, unit: Unit) -> str:
        return "\n" if "\n" in self.source[heading.units[0].spans[-1].end : unit.spans[0].start] else " "


def shared_depth(path: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Returns the number of headings that two paths share from the beginning."""
    pairs = enumerate(zip(path, other, strict=False))
    return next((depth for depth, (one, two) in pairs if one != two), min(len(path), len(other)))


def heading_span(source: str, heading: str, before: int) -> Span | None:
    """Returns the last occurrence of a heading in the source shortly before a position; None if there is none."""
    letters = heading.translate(_PASSED_OVER)
    floor = max(0, before - 3 * len(heading) - _MOST_BETWEEN)
    window = [place for place in range(floor, before) if ord(source[place]) not in _PASSED_OVER]
    first = "".join([source[place] for place in window]).rfind(letters) if letters else -1
    if first < 0:
        return None
    span = Span(window[first], window[first + len(letters) - 1] + 1)
    return span if before - span.end <= _MOST_BETWEEN else None


def _is_note(said: Said) -> bool:
    return not said.is_heading and (_NOTE.match(said.text) is not None or _EDITORIAL.search(said.text) is not None)


def _without_tail(said: list[Said]) -> list[Said]:
    """Drops trailing lines that are not sentences, as signatures and addresses, if sentences come before."""
    last = said[-_MOST_AFTER:]
    after = next((n for n, each in enumerate(last, len(said) - len(last)) if _AFTER.match(each.text)), len(said))
    end = after if all(len(each.text) <= 2 * _LONGEST_TAIL for each in said[after:]) else len(said)
    while end and _is_tail(said[end - 1]):
        end -= 1
    if any(not each.is_heading for each in said[:end]):
        return said[:end]
    return said


def _is_tail(said: Said) -> bool:
    text = said.text.strip()
    if _AFTER.match(text):
        return True
    return len(text) <= _LONGEST_TAIL and (not text.endswith(_ENDS) or text.isupper())
