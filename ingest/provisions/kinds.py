"""Finds the kind of provision in each unit of a legal text, by its formulae and the headings above."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from sinkqa.ingest.passage import Passage
from sinkqa.ingest.provisions import defining
from sinkqa.ingest.provisions.formulae import (
    BROUGHT,
    FORMULAE,
    HEADINGS,
    NOTE,
    NOTE_STEMS,
    OPEN,
    RULES,
    TITLED,
    ProvisionKind,
    stems_of,
)
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late

_WIDE = late("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]")
_MEANING = late(r"(?:定义|含义|释义|解释|全称|definitions?|meaning|full (?:name|form))\b")
_LONGEST_CELL = 60  # of a glossary's terms, in characters
_NOT_OF_TERMS = ("penalty", "effect", "scope")  # a definition of fines fines nobody


class Statement(NamedTuple):
    """A statement of this kind, with its unit's index in the passage. ``term``: the defined term."""

    kind: ProvisionKind
    unit: int
    term: str = ""


Found = dict[tuple[ProvisionKind, str], Statement]


class _Place(NamedTuple):
    """The facts known above a unit.

    ``headed``: kinds that its headings name; ``heading``: the nearest, folded. ``defines``: one of them is about
    definitions. ``lists_terms``: the one above the nearest is, so the nearest is a term, or the rows of a table are.
    ``punishes``: the nearest is the title of a section that is wholly about a penalty.
    """

    headed: frozenset[ProvisionKind]
    heading: str
    defines: bool
    lists_terms: bool
    punishes: bool


def statements(passages: Sequence[Passage]) -> Iterator[tuple[Statement, ...]]:
    """Yields the statements of each passage of one document, in reading order: each kind and each defined term once.

    For each kind the first matching unit represents the passage, for each term the defining unit. A lead-in applies to
    the items after it, even if the list continues in the next passage of the section.
    """
    section: tuple[str, ...] = ()
    lead = ""
    for passage in passages:
        if passage.section != section:
            section, lead = passage.section, ""
        found: Found = {}
        if passage.kind == "row":
            _read_row(passage, found)
        if passage.kind != "table":  # its rows are passages of their own
            lead = _read(passage, lead, found)
        yield tuple(found.values())


def _read(passage: Passage, lead: str, found: Found) -> str:
    """Adds the units' statements. Returns the lead-in of definitions that still applies after the last unit."""
    folded = [fold(unit.text) for unit in passage.units]
    place, stems = _place(passage.section, passage.table or ""), stems_of(" ".join(folded))
    kinds = [kind for kind in FORMULAE if kind in place.headed or not stems.isdisjoint(FORMULAE[kind].stems)]
    has_notes = not stems.isdisjoint(NOTE_STEMS)
    defines = place.defines or bool(lead) or not stems.isdisjoint(defining.STEMS)
    is_open = False
    for number, said in enumerate(folded):
        if defining.announces(said):
            lead, defines = said, True
        if has_notes and NOTE.search(said):
            if "effect" in place.headed and BROUGHT.search(said):
                found.setdefault(("effect", ""), Statement("effect", number))
            continue
        is_item = is_open and defining.ITEM.match(said) is not None
        before = "" if said == lead else lead
        terms = _terms(said, number, place, lead=before, within=is_item) if defines else []
        for term in terms:
            found.setdefault(("definition", term), Statement("definition", number, term))
        is_open = (is_item and not terms) or (bool(terms) and OPEN.search(said) is not None)
        missing = [kind for kind in kinds if not (terms and kind in _NOT_OF_TERMS)]
        for kind in _kinds(said, missing, place):
            found[kind, ""] = Statement(kind, number)
            kinds.remove(kind)  # the first unit stands for the passage
    return lead


def _terms(said: str, number: int, place: _Place, *, lead: str, within: bool) -> list[str]:
    """The terms that a unit defines. ``within``: it is an item of a definition that began before."""
    found = list(defining.defined(said, lead=bool(lead), under=place.defines, within=within))
    if not found and number == 0 and place.lists_terms:
        found = list(defining.heading_terms(place.heading))
    return list(dict.fromkeys(found))


def _kinds(said: str, kinds: Sequence[ProvisionKind], place: _Place) -> Iterator[ProvisionKind]:
    is_wide = not said.isascii() and _WIDE.search(said) is not None
    for kind in kinds:
        if kind == "penalty" and RULES.search(said):
            continue
        headed = kind in place.headed and HEADINGS[kind].said.search(said) is not None
        titled = kind == "penalty" and place.punishes
        if headed or titled or FORMULAE[kind].said_in(said, is_wide=is_wide):
            yield kind


def _read_row(row: Passage, found: Found) -> None:
    """The term of a glossary row: its first cell, if headings or the columns' headers mention definitions."""
    headers = [fold(unit.label.rpartition(" · ")[2]) for unit in row.units if " · " in unit.label]
    place = _place(row.section, row.table or "")
    if len(row.units) > 1 and (place.lists_terms or any(map(_MEANING.match, headers))):
        term = defining.term_key(row.units[0].text)
        if 0 < len(term) <= _LONGEST_CELL:
            found[("definition", term)] = Statement("definition", 0, term)


def _place(section: tuple[str, ...], table: str) -> _Place:
    above = [_told(heading) for heading in section[-2:]]
    nearest = [*above, _told(table)] if table else above
    return _Place(
        frozenset().union(*(each.headed for each in nearest)),
        above[-1].heading if above else "",
        any(each.defines for each in nearest),
        any(each.lists_terms for each in nearest),
        bool(above) and above[-1].punishes,
    )


@lru_cache(maxsize=4_096)
def _told(heading: str) -> _Place:
    """The facts that one heading gives."""
    folded = fold(heading)
    return _Place(
        frozenset(kind for kind, each in HEADINGS.items() if each.heading.search(folded)),
        folded,
        defining.HEADING.search(folded) is not None,
        defining.GLOSSARY.search(folded) is not None,
        TITLED.search(folded) is not None,
    )
