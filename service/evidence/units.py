"""Units of one passage: which of them are a list, and what several say together, marked where others are skipped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.passage import Passage, Unit
from ingest.splitting import INTRODUCES
from ingest.structure.lists import item_levels, mark_of, without_mark

SKIPPED = " … "
LEADS = ("：", ":", "—", "–")  # what a sentence ends with that items follow
_ITEM = re.compile(  # how an item begins: （一） 1. a) - ①
    r"\s*(?:[（(]?(?:[一二三四五六七八九十]{1,3}|\d{1,2}|[a-z]|[ivx]{1,4})[）)、.．]|[-•·*–—①-⑳])\s*", re.IGNORECASE
)
_FIRST = frozenset(("1", "a", "A", "i", "一", "①", "第一", "其一"))
_ROMAN = re.compile("[ivx]+[a-z]?")
_GLYPHS = re.compile("[\ue000-\uf8ff]\\s*")  # of symbol fonts: a reader is shown a box
_BEGINNING = re.compile(f"\n|{SKIPPED}")  # of a line, or of what follows a mark
_PARTED, _PARTED_BY_PAGES = 20, 200  # code points between paragraphs: more of them are text


@dataclass(frozen=True, slots=True)
class Line:
    """A lead-in, a list item or a sentence, as places of its units in the passage.

    ``above`` are the lines that lead to it, outermost first, as places among the lines.
    """

    units: tuple[int, ...]
    above: tuple[int, ...] = ()


def lines(passage: Passage) -> tuple[Line, ...]:
    """The lines of running text in order; every unit is in one."""
    return tuple(_list_lines(passage) if passage.kind == "list" else _text_lines(passage))


def below(outline: Sequence[Line], place: int) -> list[int]:
    """The lines that the one at ``place`` leads to, at any depth, in order."""
    return [n for n, line in enumerate(outline) if place in line.above]


def goes_on(text: str, before: Iterable[str]) -> bool:
    """Whether a line is an item with a mark of the style of those ``before`` it, and not the first of that style."""
    mark = mark_of(text)
    if mark is None or mark[1] in _FIRST:
        return False  # bullets go on: each is as good as any other
    numbers = [other[1] for each in before if (other := mark_of(each)) and other[0] == mark[0]]
    return any(_may_follow(mark[1], number) for number in numbers[-1:])


def _may_follow(number: str, before: str) -> bool:
    """Whether one mark may come after another of its style: ``(c)`` after ``(b)``, not after ``(ii)``."""
    if number.isdigit() and before.isdigit():
        return int(number) > int(before)
    next_letter = len(before) == 1 and number == chr(ord(before) + 1)
    return next_letter or bool(_ROMAN.fullmatch(number)) == bool(_ROMAN.fullmatch(before))


def said(passage: Passage, units: Iterable[Unit], *, numbered: bool = False) -> str:
    """What units of running text say together, in the passage's order.

    Neighbours follow each other as in the passage: a line break stands where a paragraph or an item begins. Where
    units of the passage are skipped, or items that stand in another passage, stands ``" … "``. Glyphs of symbol fonts
    go, and unless it is to stay ``numbered``, so does the mark of an item that is shown without others.
    """
    text = SKIPPED.join(_runs(passage, sorted({passage.units.index(unit) for unit in units})))
    text = _GLYPHS.sub("", text)
    _, *others = _BEGINNING.split(text)
    return text if numbered or any(mark_of(other) for other in others) else without_mark(text)


def unshown(passage: Passage, units: Iterable[Unit]) -> int:
    """How many items of the passage's lists are left out where their lead-in or others of them are shown."""
    if passage.kind not in ("text", "list"):
        return 0
    outline, shown = lines(passage), {passage.units.index(unit) for unit in units}
    seen = [n for n, line in enumerate(outline) if shown.intersection(line.units)]
    leads = {(*outline[n].above, n)[0] for n in seen}
    return sum(n not in seen for lead in leads for n in below(outline, lead))


def _runs(passage: Passage, places: Sequence[int]) -> Iterator[str]:
    """The text of each run of neighbours among the units at ``places``, ascending."""
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
    """The lead-in, if there is one, by its sentences, of which one leads to what follows; then the items."""
    paragraphs = _paragraphs(passage)
    texts = [" ".join(passage.units[n].text for n in paragraph) for paragraph in paragraphs]
    levels = item_levels(texts, opens=[True] * len(texts))
    found, above = list[Line](), list[tuple[int, int]]()  # level and line of what leads to the next item
    if mark_of(texts[0]) is None and len(paragraphs) > 1:
        found = [Line((n,)) for n in paragraphs.pop(0)]
        above = [(0, _lead(passage, range(len(found))))]
        levels.pop(0)
    for level, paragraph in zip((max(1, level) for level in levels), paragraphs, strict=True):
        above = [each for each in above if each[0] < level]
        if passage.units[paragraph[-1]].text.rstrip().endswith(LEADS):
            above.append((level, len(found)))
        found.append(Line(paragraph, tuple(line for _, line in above if line < len(found))))
    return found


def _lead(passage: Passage, places: Sequence[int]) -> int:
    """Which of the sentences at ``places`` leads to the items behind the last of them."""
    for leads in (lambda text: text.endswith(LEADS), INTRODUCES.search):
        if found := [n for n in places if leads(passage.units[n].text.rstrip())]:
            return found[-1]
    return places[-1]


def _text_lines(passage: Passage) -> Iterator[Line]:
    """Sentences; behind one that ends as a lead-in does, what begins as items do is below it."""
    lead: tuple[int, ...] = ()
    for n, unit in enumerate(passage.units):
        is_item = bool(lead and _ITEM.match(unit.text))
        yield Line((n,), lead if is_item else ())
        if not is_item:
            lead = (n,) if unit.text.rstrip().endswith(LEADS) else ()


def _parted(passage: Passage) -> set[int]:
    """Units that begin a paragraph before which the source has more than a running head: text of another passage.

    So it is where the lead-in of a long list is repeated, and between notes that stand around what they are on.
    """
    turns = passage.page_start < passage.page_end  # between pages stand running heads and notes
    most = _PARTED_BY_PAGES if turns else _PARTED
    spans = [unit.spans for unit in passage.units]
    begin = [paragraph[0] for paragraph in _paragraphs(passage)[1:]]
    return {n for n in begin if spans[n - 1] and spans[n] and spans[n][0].start - spans[n - 1][-1].end > most}
