"""Finds the captions, units and notes of each table.

A document sets its captions above its tables or below them. A caption that is near only one table, or nearer to one of
two, votes for its side. The winning side decides for a caption between two tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sinkqa.ingest.structure.tables.wording import goes_on, is_between, is_note, is_unit_line, table_label
from sinkqa.ingest.text.patterns import late

_NEARER = 0.7  # of two distances, one this much shorter decides
_FAR = 1e4  # points; how far apart two things are of which that is not known
_MOST_LINES = 4  # units and notes between a caption and its table
_LONGEST_CAPTION = 200  # characters of a paragraph that may be a caption
_LONGEST_BETWEEN = 60  # characters of a line of any wording between a caption and its table
_LONGEST_NAME = 160  # characters of a caption's second line
_MARK = late(r"\s*(?P<mark>[(（]?[a-z][)）/]|[*†‡§]{1,3}|[①-⑳]|[¹²³⁴-⁹ᵃᵇᶜᵈ])\s*\S")


class Item(NamedTuple):
    """A block of a document in reading order: its kind and text; for a table its own caption and its ``cells``.

    ``top`` and ``bottom`` are its edges in points if known, comparable within one ``page``, which may be any number;
    otherwise 0.
    """

    kind: str
    text: str = ""
    cells: tuple[str, ...] | None = None
    page: int = 0
    top: float = 0.0
    bottom: float = 0.0


@dataclass(slots=True)
class Belongings:
    """For one table: the positions of its caption's items (with unit lines) and of its notes, and its label.

    ``goes_on``: its caption says that the table began before.
    """

    caption: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    label: str | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class _Near:
    """The blocks on one side of a table up to the next text: captions, and blocks that may be between."""

    captions: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    notes: tuple[int, ...] = ()


def belongings(items: Sequence[Item]) -> dict[int, Belongings]:
    """Returns the caption, units and notes of each table, by the position of its item.

    No item belongs to two tables.
    """
    return _TableSurroundings(items).belongings()


class _TableSurroundings:
    """The items of a document, and those above and below each of its tables."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = items
        self.texts = ["" if item.kind == "furniture" else item.text for item in items]
        self.tables = [place for place, item in enumerate(items) if item.cells is not None]
        self.above = {place: self.near(place, -1) for place in self.tables}
        self.below = {place: self.near(place, 1) for place in self.tables}

    def belongings(self) -> dict[int, Belongings]:
        """Captions on the usual side first; then remaining ones, for the nearest table without a caption."""
        usual, other = (self.above, self.below) if self.are_above() else (self.below, self.above)
        found = {place: Belongings() for place in self.tables}
        taken: set[int] = set()
        for place in self.tables:
            if usual[place].captions:
                self.give(found[place], usual[place], taken)
        for place in self.tables:
            near = other[place]
            free = not found[place].caption and not taken & {*near.captions}
            if near.captions and free and self.stands_at(place, near.captions):
                self.give(found[place], near, taken)
        for place in self.tables:
            self.add_units_and_notes(place, found[place], taken)
        return found

    def are_above(self) -> bool:
        """Whether captions are above their tables in this document."""
        votes = 0
        for caption in {each for near in (*self.above.values(), *self.below.values()) for each in near.captions}:
            below = next((place for place in self.tables if caption in self.above[place].captions), None)
            above = next((place for place in self.tables if caption in self.below[place].captions), None)
            if above is None or below is None:
                votes += 1 if above is None else -1
                continue
            up, down = self.distance(above, caption), self.distance(caption, below)
            if _FAR not in (up, down):
                votes += (down < _NEARER * up) - (up < _NEARER * down)
        return votes >= 0

    def near(self, table: int, step: int) -> _Near:
        """The blocks above (``step`` -1) or below (1) a table, before any other text."""
        captions: list[int] = []
        between: list[int] = []
        place = table + step
        while 0 <= place < len(self.items) and self.items[place].cells is None and len(between) <= _MOST_LINES:
            if self.items[place].kind == "furniture":
                place += step
                continue
            if self.is_caption(place) or self.is_name(place):
                if table_label(self.items[table].text) or (captions and not self.is_one_caption(captions[-1], place)):
                    break
                captions.append(place)
            elif (captions and step < 0) or not self.is_between(place, table):
                break
            else:
                between.append(place)
            place += step
        named = captions if any(map(self.is_caption, captions)) else []
        notes = tuple(place for place in between if self.is_note(place, table))
        return _Near(tuple(sorted(named)), tuple(sorted({*between} - {*notes})), notes)

    def is_between(self, place: int, table: int) -> bool:
        """Whether the item may be between a table and its caption."""
        text, kind = self.texts[place], self.items[place].kind
        short = len(text) <= _LONGEST_BETWEEN and not re.search(r"[。；;.:：，,]$", text.rstrip())
        return is_between(text) or self.is_note(place, table) or (place < table and kind == "paragraph" and short)

    def is_note(self, place: int, table: int) -> bool:
        """Whether it begins as a note does, or is below the table with a mark ("a/", "*") of one of its cells."""
        text = self.texts[place]
        found = _MARK.match(text) if place > table else None
        if is_note(text) or not found:
            return is_note(text)
        mark = found["mark"].strip()
        return any(
            cell.strip().endswith(mark) and len(cell.strip()) > len(mark) for cell in self.items[table].cells or ()
        )

    def is_caption(self, place: int) -> bool:
        """Whether the item is the caption of a table, or of the rest of one ("续表")."""
        text, kind = self.texts[place], self.items[place].kind
        if kind not in ("caption", "paragraph", "heading") or not text:
            return False
        short = len(text) <= _LONGEST_CAPTION and not text.rstrip().endswith(("。", "；", "，"))
        return (table_label(text) is not None and (kind == "caption" or short)) or (len(text) < 20 and goes_on(text))

    def is_name(self, place: int) -> bool:
        """Whether the item is the second line of a caption whose first holds the number alone."""
        before = place - 1
        while before >= 0 and self.items[before].kind == "furniture":
            before -= 1
        text = self.texts[place]
        if before < 0 or self.items[place].kind not in ("paragraph", "heading") or len(text) > _LONGEST_NAME:
            return False
        number = self.texts[before].strip().rstrip(".．:：")
        return bool(number) and table_label(number) == number and not is_between(text) and text[-1] not in "。；;:："

    def is_one_caption(self, one: int, other: int) -> bool:
        """Whether two items are one caption: its number and its name, or the same in two languages."""
        if abs(one - other) > 1:
            return False
        if self.is_name(max(one, other)):
            return True
        labels = [re.sub(r"[^\dA-Z.\-]", "", table_label(self.texts[place]) or "") for place in (one, other)]
        return bool(labels[0]) and labels[0] == labels[1]

    def distance(self, one: int, other: int) -> float:
        """Points between two items. ``one`` stands above ``other``."""
        above, below = self.items[one], self.items[other]
        return max(0.0, below.top - above.bottom) if 0 < above.page == below.page else _FAR

    def stands_at(self, table: int, captions: Sequence[int]) -> bool:
        """Whether captions on the unusual side of a table are nearer to it than to the block on their other side."""
        first, last = captions[0], captions[-1]
        if not self.items[table].page:
            return any(self.items[place].kind == "caption" for place in captions)
        if first > table:
            following = next((p for p in range(last + 1, len(self.items)) if self.is_shown(p)), None)
            return following is None or self.distance(table, first) < _NEARER * self.distance(last, following)
        before = next((p for p in range(first - 1, -1, -1) if self.is_shown(p)), None)
        return before is None or self.distance(last, table) < _NEARER * self.distance(before, first)

    def is_shown(self, place: int) -> bool:
        """Whether the item is a table or text of its own."""
        return self.items[place].cells is not None or bool(self.texts[place])

    def give(self, owner: Belongings, near: _Near, taken: set[int]) -> None:
        """Gives the captions of one side to the table, with the units between."""
        texts = [self.texts[place] for place in near.captions]
        owner.caption = sorted({*near.captions, *near.units})
        owner.notes = list(near.notes)
        owner.label = next(filter(None, map(table_label, texts)), None)
        owner.goes_on = any(map(goes_on, texts))
        taken.update(owner.caption, owner.notes)

    def add_units_and_notes(self, place: int, owner: Belongings, taken: set[int]) -> None:
        """Adds units right above the table and notes right below it that came with no caption."""
        free = [each for each in self.above[place].units if each not in taken and self.is_unit(each)]
        owner.caption = sorted([*owner.caption, *free])
        notes = [each for each in self.below[place].notes if each not in taken]
        if not owner.caption:
            notes += [each for each in self.below[place].units if each not in taken and self.is_unit(each)]
        owner.notes = sorted([*owner.notes, *notes])
        taken.update(free, notes)

    def is_unit(self, place: int) -> bool:
        """Whether the item gives a unit, or says that the table goes on."""
        return is_unit_line(self.texts[place]) or goes_on(self.texts[place])
