"""Reads the units of one passage: finds its lists, and joins units to a text that marks the skipped ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.splitting.splitter import INTRODUCES
from sinkqa.ingest.structure.lists import mark_of, without_mark
from sinkqa.ingest.text.patterns import late

SKIPPED = " … "
LEADS = ("：", ":", "—", "–")  # what a sentence ends with that items follow
_ENDS, _CLOSERS = (*"。！？.!?", *LEADS), "”’」』）)]】\"' "  # of a sentence
_ITEM = late(  # how an item begins: （一） 1. a) - ①
    r"\s*(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[a-z]|[ivx]{1,4})[）)、.．]|[-•·*–—①-⑳])\s*", re.IGNORECASE
)
_FIRST = frozenset(("1", "a", "A", "i", "一", "①", "第一", "其一"))
_BULLETS = tuple("•·●○■□◆◇▪▫➢❖‣∙-–—*+")
_ROMAN = late("[ivx]+[a-z]?")
_GLYPHS = late("[\ue000-\uf8ff]\\s*")  # of symbol fonts: a reader is shown a box
_BEGINNING = late(f"\n|{SKIPPED}")  # of a line, or of what follows a mark
_PARTED, _PARTED_BY_PAGES = 20, 200  # code points between paragraphs: more of them are text

_Mark = tuple[str, str]  # style and number, as mark_of gives them


@dataclass(frozen=True, slots=True)
class Line:
    """A lead-in, a list item or a sentence, as the indexes of its units in the passage.

    ``above``: the indexes of the lines that lead to it, outermost first.
    """

    units: tuple[int, ...]
    above: tuple[int, ...] = ()


def lines(passage: Passage) -> tuple[Line, ...]:
    """The lines of running text in order. Every unit is in one line."""
    return tuple(_list_lines(passage) if passage.kind == "list" else _text_lines(passage))


def below(outline: Sequence[Line], place: int) -> list[int]:
    """The indexes of the lines that the line at ``place`` leads to, at any depth, in order."""
    return [n for n, line in enumerate(outline) if place in line.above]


def goes_on(text: str, before: Iterable[str]) -> bool:
    """Whether a line continues the list ``before`` it: its mark has the same style, and is not the style's first."""
    mark = mark_of(text)
    if mark is None or mark[1] in _FIRST:
        return False
    alike = [other for each in before if (other := mark_of(each)) and other[0] == mark[0]]
    return any(_is_next(mark, other) for other in alike[-1:])


def _is_next(mark: _Mark, before: _Mark | None) -> bool:
    """Whether a mark may come after another in a list: ``(c)`` after ``(b)``, not after ``(ii)``; any is first."""
    if before is None or mark[0] != before[0]:
        return before is None
    if mark[1].isdecimal():
        return int(mark[1]) > int(before[1])
    next_letter = len(before[1]) == 1 and mark[1] == chr(ord(before[1]) + 1)
    return next_letter or bool(_ROMAN.fullmatch(mark[1])) == bool(_ROMAN.fullmatch(before[1]))


def said(passage: Passage, units: Iterable[Unit], *, numbered: bool = False) -> str:
    """The joined text of units of running text, in the passage's order.

    Neighbours are joined as in the passage, with a line break before a paragraph or an item. ``" … "`` marks skipped
    units of the passage, or items that are in another passage. Glyphs of symbol fonts are removed. The mark of an item
    is removed if the item is shown without others and is no part of a sentence, unless ``numbered`` is true.
    """
    text = SKIPPED.join(_runs(passage, sorted({passage.units.index(unit) for unit in units})))
    text = without_glyphs(text)
    _, *others = _BEGINNING.split(text)
    bare = without_mark(text)
    is_part = bare[:1].islower() and not text.startswith(_BULLETS)  # of a sentence: the mark tells that it is an item
    return text if numbered or is_part or any(mark_of(other) for other in others) else bare


def without_glyphs(text: str) -> str:
    """The text without glyphs of symbol fonts."""
    return _GLYPHS.sub("", text)


def unshown(passage: Passage, units: Iterable[Unit]) -> int:
    """The number of list items that are not shown, in lists of which the lead-in or other items are shown."""
    if passage.kind not in ("text", "list"):
        return 0
    outline, shown = lines(passage), {passage.units.index(unit) for unit in units}
    seen = [n for n, line in enumerate(outline) if shown.intersection(line.units)]
    leads = {(*outline[n].above, n)[0] for n in seen}
    return sum(n not in seen for lead in leads for n in below(outline, lead))


def _runs(passage: Passage, places: Sequence[int]) -> Iterator[str]:
    """The text of each run of neighbours among the units at ``places``, ascending."""
    if len(places) == 1:  # as most pieces are
        yield passage.units[places[0]].text
        return
    where, parted = _places(passage), _parted(passage)
    start = end = None
    for place in places:
        if start is not None and end is not None and (place != end + 1 or place in parted):
            yield passage.text[where[start][0] : where[end][1]]
            start = None
        start, end = place if start is None else start, place
    if start is not None and end is not None:
        yield passage.text[where[start][0] : where[end][1]]


def _places(passage: Passage) -> list[tuple[int, int]]:
    """Where each unit stands in the passage's text."""
    places, end = list[tuple[int, int]](), 0
    for unit in passage.units:
        start = max(passage.text.find(unit.text, end), end)
        end = start + len(unit.text)
        places.append((start, end))
    return places


def _paragraphs(passage: Passage) -> list[tuple[int, ...]]:
    """The units of each paragraph or list item."""
    found, before = list[list[int]](), 0
    for place, (start, end) in enumerate(_places(passage)):
        if not found or "\n" in passage.text[before:start]:
            found.append([])
        found[-1].append(place)
        before = end
    return [tuple(each) for each in found]


def _list_lines(passage: Passage) -> list[Line]:
    """The sentences of the lead-in, if there is one, and then the items. The items hang on one of the sentences."""
    paragraphs = _paragraphs(passage)
    found = list[Line]()
    above = list[tuple[int, _Mark | None]]()  # the lines that lead on, each with the mark of its latest item
    if mark_of(passage.units[0].text) is None and len(paragraphs) > 1:
        found = [Line((n,)) for n in paragraphs.pop(0)]
        above = [(_lead(passage, range(len(found))), None)]
    for paragraph in paragraphs:
        mark = mark_of(passage.units[paragraph[0]].text)
        while mark and above and not _is_next(mark, above[-1][1]):
            above.pop()
        if mark and above:
            above[-1] = (above[-1][0], mark)
        found.append(Line(paragraph, tuple(line for line, _ in above)))
        if mark and passage.units[paragraph[-1]].text.rstrip().endswith(LEADS):
            above.append((len(found) - 1, None))
    return found


def _lead(passage: Passage, places: Sequence[int]) -> int:
    """The sentence at ``places`` that introduces the items after the last of them. If none is found, the last."""
    for leads in (lambda text: text.endswith(LEADS), INTRODUCES.search):
        if found := [n for n in places if leads(passage.units[n].text.rstrip())]:
            return found[-1]
    return places[-1]


def _text_lines(passage: Passage) -> Iterator[Line]:
    """Sentences; behind one that ends as a lead-in does, what begins as items do is below it."""
    lead: tuple[int, ...] = ()
    for n, sentence in enumerate(chain(*(sentences(passage, each) for each in _paragraphs(passage)))):
        is_item = bool(lead and _ITEM.match(passage.units[sentence[0]].text))
        yield Line(sentence, lead if is_item else ())
        if not is_item:
            lead = (n,) if passage.units[sentence[-1]].text.rstrip().endswith(LEADS) else ()


def sentences(passage: Passage, places: Sequence[int]) -> list[tuple[int, ...]]:
    """The units of one paragraph, grouped by sentence. A long one is cut after a semicolon or anywhere."""
    found = list[list[int]]()
    for place in places:
        text = passage.units[place].text
        if not found or passage.units[place - 1].text.rstrip(_CLOSERS).endswith(_ENDS) or _ITEM.match(text):
            found.append([])
        found[-1].append(place)
    return [tuple(each) for each in found]


def _parted(passage: Passage) -> set[int]:
    """Units that begin a paragraph before which the source has more than a running head: text of another passage.

    So it is where the lead-in of a long list is repeated, and between notes that stand around what they are on.
    """
    turns = passage.page_start < passage.page_end  # between pages stand running heads and notes
    most = _PARTED_BY_PAGES if turns else _PARTED
    spans = [unit.spans for unit in passage.units]
    begin = [paragraph[0] for paragraph in _paragraphs(passage)[1:]]
    return {n for n in begin if spans[n - 1] and spans[n] and spans[n][0].start - spans[n - 1][-1].end > most}
