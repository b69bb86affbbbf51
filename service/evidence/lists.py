"""Follows lists from passage to passage: finds the items of a list, and counts those that are left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.pieces import Evidence
from sinkqa.service.evidence.units import Line, below, goes_on, lines, said

_REACH = 40  # passages that a list goes on through, to either side
_Part = tuple[Passage, list[Line]]  # lines of one passage that are of a list; in the first one its lead-in leads


def whole_list(passage: Passage, units: Sequence[Unit], sources: Sources) -> list[Evidence]:
    """The list that ``units`` of ``passage`` belong to: its lead-in and all items, one piece for each passage.

    Only the first piece has the lead-in. Empty if the units belong to no list with a lead-in. Because it reads further
    passages, call it only for evidence that is shown, not for every candidate.
    """
    return [
        Evidence(each, shown, said(each, shown, numbered=True))
        for each, found in _parts(passage, units, sources)
        if (shown := _units(each, found))
    ]


def left_out(passage: Passage, units: Sequence[Unit], sources: Sources) -> int:
    """The number of list items that ``units`` leave out, in all passages of the list that the units belong to."""
    shown = set(units)
    items = [_units(each, [line]) for each, found in _parts(passage, units, sources) for line in found]
    return sum(not shown.intersection(item) for item in items[1:])


def _units(passage: Passage, found: Sequence[Line]) -> tuple[Unit, ...]:
    return tuple(passage.units[place] for line in found for place in line.units)


def _parts(passage: Passage, units: Sequence[Unit], sources: Sources) -> list[_Part]:
    """The lines of the list, passage by passage."""
    near = [
        each
        for each in sources.near(passage.passage_id, reach=_REACH)
        if each.section == passage.section and each.kind in ("text", "list")
    ]
    if passage not in near:
        return []
    shown = {passage.units.index(unit) for unit in units}
    at = near.index(passage)
    for first in range(at, -1, -1):  # the nearest list that begins before the units and holds them
        for opening in _lists(near[first]):
            parts = _going_on(near, first, opening)
            held = (found for each, found in parts if each == passage)
            if any(shown.intersection(line.units) for found in held for line in found):
                return _going_on(near, *_opened(near, first, opening))
        if first < at and near[first].kind != near[at].kind:
            break
    return []


def _opened(near: Sequence[Passage], at: int, opening: list[Line]) -> tuple[int, list[Line]]:
    """Where a list opens whose lead-in ``near[at]`` may only repeat."""
    lead = _units(near[at], opening[:1])
    while at and (earlier := [each for each in _lists(near[at - 1]) if _units(near[at - 1], each[:1]) == lead]):
        at, opening = at - 1, earlier[0]
    return at, opening


def _going_on(near: Sequence[Passage], first: int, opening: list[Line]) -> list[_Part]:
    """The list that ``opening`` opens in ``near[first]``, as far as it goes on through the next passages."""
    lead = _units(near[first], opening[:1])
    parts: list[_Part] = [(near[first], opening)]
    for other in near[first + 1 :]:
        before, found = parts[-1]
        items = found[1:] if len(parts) == 1 else found
        if found[-1] != lines(before)[-1] or not (more := _more(other, lead, _texts(before, items))):
            break
        parts.append((other, more))
    return parts


def _lists(passage: Passage) -> Iterator[list[Line]]:
    """The passage's lists, each a lead-in and all that is below it."""
    outline = lines(passage)
    for place, line in enumerate(outline):
        items = below(outline, place)
        if not line.above and items:
            yield [line, *(outline[item] for item in items)]


def _more(passage: Passage, lead: tuple[Unit, ...], before: Sequence[str]) -> list[Line]:
    """The lines of a passage that continue a list: after the repeated lead-in, or from the start if the marks go on."""
    for found in _lists(passage):
        if _units(passage, found[:1]) == lead:
            return found[1:]
    going, outline = list[Line](), lines(passage)
    for line, text in zip(outline, _texts(passage, outline), strict=True):
        if not (goes_on(text, before) or (going and line.above)):
            break
        going.append(line)
        before = [*before, text]
    return going


def _texts(passage: Passage, found: Sequence[Line]) -> list[str]:
    return [passage.units[line.units[0]].text for line in found]
