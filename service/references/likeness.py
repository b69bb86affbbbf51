"""Compares the name by which a text names a document with the names of a document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from sinkqa.index.naming.known import Known
from sinkqa.index.naming.lexicon import Place, heads, homes, tokens
from sinkqa.index.naming.titling import Name, name_of
from sinkqa.index.references.keys import plain_name
from sinkqa.index.references.mention import Mention
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.references.resolution import How

_SAME = 0.95  # share of words from which on two names say the same
_LIKE = 0.75
_LIKE_IF_LONG = 0.5  # of a name of much weight
_LONG = 5.0
_SERIES = frozenset(["contribution", "strategy"])  # what a country issues again and again under one name
_LEAST = 2.0  # weight of the words that two names must share to be alike
_TELLING = 1.0  # weight below which a name tells nothing without its country and year
_ENDING = 6  # code points of an ending, Chinese ones counted twice
_STAGES = late("暂行|试行|临时|草案|征求意见稿|送审稿|(?i:\\b(?:interim|provisional|trial|draft|proposal|proposed)\\b)")
_DRAFTS = frozenset(["草案", "征求意见稿", "送审稿", "draft", "proposal", "proposed"])
_SAME_STAGE = {"interim": "暂行", "provisional": "暂行", "临时": "暂行", "trial": "试行"}
_CHANGING = late(
    "修改|修正案|废止|(?i:\\b(?:amendment|amending|repeal|implementation|implementing)\\b)|实施(?:细则|条例|办法)"
)
_BELONGING = late(r"\s(?:to|under|of)\s(?:the\s)?(?=[A-Z])")
_OUTER = frozenset(["UN", ""])
ORDER: tuple[How, ...] = ("exact", "alias", "probable")
"""How a document of each rank is meant."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a document is named. ``rank``: 0 for its own name, 1 for another name of it, 2 for a likely one.

    ``reason``: what speaks against it. ``heading``: of the part that is named, if it is not the whole. ``year``: the
    year beside the name is one of the document's.
    """

    known: Known
    rank: int
    share: float
    reason: str = ""
    heading: str = ""
    year: bool = False


@dataclass(frozen=True)
class Named:
    """A mention by name, prepared for comparing with documents.

    ``home`` and ``parts``: the country of the document that names it, and the parts of the country. ``doc_id``: that
    document.
    """

    mention: Mention
    home: str = ""
    parts: frozenset[str] = frozenset()
    doc_id: str = ""

    @cached_property
    def name(self) -> Name:
        """The name as features of its words."""
        return name_of(self.mention.name)

    @cached_property
    def plain(self) -> str:
        """The name in the form in which names of one document are equal."""
        return plain_name(self.mention.name)

    @cached_property
    def without_parent(self) -> str:
        """The plain name without the convention under which it stands; empty if it names none."""
        short, *rest = _BELONGING.split(self.mention.name, maxsplit=1)
        return plain_name(short) if rest and heads(tokens(short)) else ""

    @cached_property
    def features(self) -> frozenset[int | str]:
        """The features of its words."""
        return frozenset(feature.what for feature in self.name.features)

    @cached_property
    def places(self) -> list[Place]:
        """The countries and parts of countries in the name."""
        return homes(self.mention.name, tokens(self.mention.name))

    @cached_property
    def homes(self) -> frozenset[str]:
        """The countries that the name says or implies."""
        return frozenset(place.home for place in self.places)

    @cached_property
    def own_parts(self) -> frozenset[str]:
        """The parts of countries in the name."""
        return frozenset(place.part for place in self.places if place.part)


def best_of(named: Named, known: Known) -> Likeness | None:
    """The best way in which the mention may name the document; None if it does not."""
    if not _is_of_the_place(named, known):
        return None
    stages = {stage for name in known.names if name.is_own for stage in _stages(name.text)}
    found = [like for name in known.names if (like := _like(named, known, name, stages))]
    return min(found, key=lambda like: (like.rank, bool(like.heading), -like.share), default=None)


def best(found: Iterable[Likeness]) -> list[Likeness]:
    """The best of the documents, and those that fit as well; of the named year first, else the newest first."""
    ordered = sorted(found, key=lambda each: (each.rank, bool(each.heading), not each.year, -each.share))
    if not ordered:
        return []
    first = ordered[0]
    alike = [each for each in ordered if _fit(each) == _fit(first)]
    if first.rank == 2 or first.heading:
        alike = [each for each in alike if each.share >= first.share - 0.01]
    return sorted(alike, key=lambda each: -max(each.known.years, default=0))


def _fit(like: Likeness) -> tuple[int, bool, bool]:
    return like.rank, bool(like.heading), like.year


def _like(named: Named, known: Known, name: Name, stages: set[str]) -> Likeness | None:
    """How the mention fits one name of a document; None if it does not."""
    own, other = named.mention.name, name.text
    if not _agree(named.name.years, name.years) or _changes(own) != _changes(other):
        return None
    reason = _odd_stage(_stages(own), stages if name.is_own else _stages(other))
    year = named.mention.year
    dated = year is not None and year in known.years
    if reason is None or (year and name.years and not dated and str(year) not in name.years):
        return None
    forth, back = name.share(named.features), named.name.share({feature.what for feature in name.features})
    rank = _rank(named, known, name, forth, back)
    if rank is None:
        return None
    is_series = bool(named.name.kinds & _SERIES)
    if min(named.name.whole, name.whole) < _TELLING and (rank or is_series):
        if not (named.homes & {known.home}) or not (named.name.kinds & name.kinds):
            return None
        if year is None:
            reason = reason or "its name is that of many"
    if year is not None and known.years and not dated:
        reason = reason or f"it names the year {year}"
    if reason:
        rank = 2
    return Likeness(known, rank, forth + back, reason, name.heading, dated)


def _rank(named: Named, known: Known, name: Name, forth: float, back: float) -> int | None:
    plain = plain_name(name.text)
    if plain == named.plain:
        return 0
    if plain and plain == named.without_parent:
        return 1
    kinds = bool(named.name.kinds & name.kinds) or not (named.name.kinds and name.kinds)
    if not kinds:
        return None
    if forth >= _SAME and back >= _SAME and named.name.whole:
        return 1
    is_ending = _ends(plain, named.plain) and _kinds_in(name.text) == _kinds_in(named.mention.name)
    if is_ending and (min(forth, back) >= _LIKE_IF_LONG or known.doc_id == named.doc_id):
        return 1
    shared = min(named.name.whole * back, name.whole * forth)
    is_like = forth >= _LIKE and (back >= _LIKE or (back >= _LIKE_IF_LONG and shared >= _LONG))
    return 2 if is_like and shared >= _LEAST else None


@lru_cache(20_000)
def _kinds_in(name: str) -> int:
    """How many words for a kind of document a name has: more than one if it names one document by another."""
    return len(heads(tokens(name)))


def _ends(one: str, other: str) -> bool:
    """Whether one name ends with the other, which is long enough to be a name by itself."""
    short, long = sorted((one, other), key=len)
    return long.endswith(short) and len(short) * (1 if short.isascii() else 2) >= 2 * _ENDING


def _agree(some: Iterable[str], others: Iterable[str]) -> bool:
    return not some or not others or bool({*some} & {*others})


@lru_cache(20_000)
def _changes(name: str) -> frozenset[str]:
    """Words for what is made of another document: its amendment, its implementation."""
    return frozenset(_CHANGES.get(word, word) for word in _CHANGING.findall(fold(name)))


_CHANGES = {
    "amending": "修改",
    "amendment": "修改",
    "修正案": "修改",
    "repeal": "废止",
    "implementing": "实施",
    "implementation": "实施",
    "实施细则": "实施",
    "实施条例": "实施",
    "实施办法": "实施",
}


@lru_cache(20_000)
def _stages(name: str) -> set[str]:
    """Words in a name that say how final the document is."""
    return {_SAME_STAGE.get(word, word) for word in _STAGES.findall(fold(name))}


def _odd_stage(mine: set[str], its: set[str]) -> str | None:
    """Why names of other stages may mean one document; empty for the same stage, None if they do not."""
    if mine == its or (its and not mine and not its & _DRAFTS):
        return ""
    if (mine and its) or (mine | its) & _DRAFTS:
        return None
    return f"its name does not say {', '.join(sorted(mine))}"


def _is_of_the_place(named: Named, known: Known) -> bool:
    """Whether the country and part of country that the name says, or the text, are the document's."""
    said = named.homes - _OUTER
    if said and known.home not in said | _OUTER:
        return False
    if not said and named.home not in _OUTER and known.home not in {named.home, *_OUTER} and named.name.whole < _LONG:
        return False
    if named.own_parts:
        return bool(named.own_parts & known.parts)
    return not known.parts or bool(known.parts & named.parts)
