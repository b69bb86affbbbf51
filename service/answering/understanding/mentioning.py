"""Finds the words of a question that may name a document, and weighs how well they name a given one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from sinkqa.index.naming.codes import codes, versions
from sinkqa.index.naming.known import Known
from sinkqa.index.naming.lexicon import (
    Feature,
    Head,
    Place,
    features,
    heads,
    homes,
    initials,
    lexicon,
    tokens,
    weights,
)
from sinkqa.index.naming.titling import Name
from sinkqa.ingest.text.normalised_text import fold

LAWS = frozenset(["law", "regulation", "measures", "rules", "provisions"])
_LEFT, _RIGHT = 40, 16  # tokens about a word such as "law" in which its name may stand
_YEAR = re.compile("(?:19|20)\\d\\d")
_JOINING = frozenset("、,，和与及或》") | {"and", "or"}
_CHANGING = frozenset(
    ["实", "施", "修", "订", "正", "implementing", "implementation", "enforcement", "amendment", "amending"]
)
_MOSTLY = 0.6  # of the name of what a document holds beside others
_FULL = 0.95  # share from which on a name is said in full


_PROVIDES = re.compile("(?<=[法例则])规定")  # what a law provides, and neither 法规 nor the name of a 规定


class Inquiry:
    """A question, prepared once for all documents."""

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self.text = text = text if len(text) == len(folded) else folded  # offsets are of the folded text
        self.said = tokens(_PROVIDES.sub("，定", text))
        self.features = [*features(self.said), *initials(text, self.said)]
        self.heads = heads(self.said)
        self.weights = weights(self.said, self.heads)
        self.places = homes(text, self.said)
        self.codes = list(codes(text))
        self.versions = versions(text)
        self.placed = {at: place for place in self.places for at in range(place.first, place.last)}
        self._near: dict[Head, list[Feature]] = {}
        self.headed = {at for head in self.heads for at in range(head.first, head.last)}

    @cached_property
    def whats(self) -> frozenset[int | str]:
        """The meanings of all its features, as a set."""
        return frozenset(feature.what for feature in self.features)

    @cached_property
    def homes(self) -> frozenset[str]:
        """The countries that it mentions. A treaty has no country."""
        return frozenset(place.home for place in self.places) - {"UN"}

    @cached_property
    def parts(self) -> frozenset[str]:
        """The parts of countries that it mentions."""
        return frozenset(place.part for place in self.places if place.part)

    def part(self, first: int, last: int) -> str:
        """The words of tokens ``first`` to ``last``, unchanged."""
        return self.text[self.said[first].start : self.said[last - 1].end]

    def is_place(self, at: int) -> bool:
        """Whether the token belongs to the name of a country or of a part of a country."""
        return at in self.placed and self.placed[at].is_name

    def near(self, head: Head) -> list[Feature]:
        """The features that the question states near a ``head``, which is a word for a kind of document."""
        if head not in self._near:
            low, high = head.first - _LEFT, head.last + _RIGHT
            self._near[head] = [each for each in self.features if each.first >= low and each.last <= high]
        return self._near[head]

    def names_another(self, at: int) -> bool:
        """Whether the head at this place of ``heads`` is only part of a longer name: 森林法 in 森林法实施条例."""
        head = self.heads[at]
        if head.kind not in LAWS:
            return False
        if at + 1 < len(self.heads) and (following := self.heads[at + 1]).kind in LAWS:
            between = {token.text for token in self.said[head.last : following.first]}
            if between <= _CHANGING:
                return True
        if at and (before := self.heads[at - 1]).kind in LAWS:
            between = {token.text for token in self.said[before.last : head.first]}
            return (
                "of" in between
                and bool(between & _CHANGING)
                and head.first - before.last < 8
                and not between & {",", "，", "?"}
            )
        return False


@dataclass(frozen=True, slots=True)
class Mention:
    """Tokens ``first`` to ``last``, around ``head``, which may name a document.

    ``name``: the document's name that fits best. ``is_exact``: the document is of the kind that the tokens name.
    ``weight``: the weight of the document's own words among the tokens. ``share``: the share of its name that they
    cover. ``topic``: the share of its name that the whole question covers. ``hits``: the number of places, years and
    issuers that agree. ``is_odd``: something speaks against the document. ``is_of_other_year``: its name contains
    another year.
    """

    known: Known
    name: Name
    head: Head
    first: int
    last: int
    is_exact: bool
    weight: float
    share: float
    topic: float
    hits: int
    is_odd: bool
    is_of_other_year: bool = False

    @property
    def is_general(self) -> bool:
        """Whether its document is in force in the whole country. A question that names no part means such a one."""
        return not self.known.parts

    @property
    def rank(self) -> tuple[bool, bool, float, bool, int, bool, float, float]:
        """Sort key: a better mention has a higher one."""
        return (
            self.is_exact,
            not self.is_odd,
            round(self.weight, 1),
            self.share >= _FULL,
            self.hits,
            self.is_general,
            round(self.share, 1),
            round(self.topic, 1),
        )

    @property
    def singles_out(self) -> bool:
        """Whether the mention is as good as the document's name, unless another document fits as well."""
        if self.is_odd:
            return False
        if not self.is_exact and self.known.kinds:
            return self.weight >= 1 and self.share >= _MOSTLY and (self.known.is_foreign or self.head.kind != "law")
        if not self.is_exact:
            return self.hits >= 2
        least = 0.3 if self.head.kind in LAWS else 0.15  # of the long titles of plans and opinions people say little
        is_named = self.share >= _FULL and self.weight + self.hits > 0
        is_named |= self.share >= _MOSTLY and self.weight >= 0.5
        is_known_by_attributes = self.hits + (self.weight > 0) > 2 or (self.hits and self.head.kind == "contribution")
        if self.head.kind in LAWS:
            is_known_by_attributes = self.hits > 0 and (self.topic >= 0.5 or (self.hits > 1 and self.weight > 0))
        return (
            is_named
            or (self.weight + self.hits / 2 >= 1 and self.weight >= 0.5 and self.share >= least)
            or bool(is_known_by_attributes)
        )


def weigh(asked: Inquiry, head: Head, known: Known) -> Mention | None:
    """How well the words around ``head`` name the document; None if they do not, or name one of another place."""
    is_exact = head.kind in known.kinds
    kinds = {head.kind} if is_exact else set(lexicon().near.get(head.kind, ())) & known.kinds
    if not is_exact and known.kinds and not (kinds and (known.is_foreign or asked.said[head.first].text.isascii())):
        return None
    near = asked.near(head)
    covered = {at for first, last, what in near if what in known.features for at in range(first, last)}
    issued = {at for first, last, what in near if what in known.issuer for at in range(first, last)}
    left = _leftmost(asked, head, known, covered | issued)
    right = _rightmost(asked, head, known, covered)
    if left is None or right is None:
        return None
    first, is_cut = left
    span = range(first, right)
    own_head = {at for each in asked.heads if each.kind == head.kind for at in range(each.first, each.last)}
    weight = sum(asked.weights[at] for at in span if at in covered and at not in own_head and not asked.is_place(at))
    said_years = {int(asked.said[at].text) for at in span if _YEAR.fullmatch(asked.said[at].text)}
    is_of_year = bool(said_years & known.years)
    places = [asked.placed[at] for at in span if at in asked.placed and _is_of(known, [asked.placed[at]])]
    hits = bool(places) + any(place.part for place in places) + is_of_year  # a part of a country tells more
    hits += any(at in issued and at not in covered for at in span)
    if not (weight or hits) or (not known.kinds and hits < 2):
        return None
    own = [name for name in known.names if not name.kinds.isdisjoint(kinds)] or [n for n in known.names if n.is_own]
    whats = frozenset(what for start, end, what in near if first <= start and end <= right)
    best = max(own, key=lambda name: (name.share(whats), name.whole))  # a Protocol to a Convention names both
    share = best.share(whats)
    if not best.is_own and share < _MOSTLY:
        return None
    topic = max(name.share(asked.whats) for name in own)
    is_of_other_year = (
        bool(said_years) and not is_of_year and not said_years & {int(year) for name in own for year in name.years}
    )
    is_odd = is_cut or is_of_other_year or (_is_elsewhere(asked, known) and share < _FULL)
    is_of_other_year &= bool(best.years)
    return Mention(known, best, head, first, right, is_exact, weight, share, topic, hits, is_odd, is_of_other_year)


def _is_elsewhere(asked: Inquiry, known: Known) -> bool:
    """Whether the question speaks of other countries than the document's, or of other parts of one."""
    if asked.homes and known.home and known.home not in (*asked.homes, "UN"):
        return True
    return bool(asked.parts and known.parts) and not asked.parts & known.parts


def _leftmost(asked: Inquiry, head: Head, known: Known, covered: set[int]) -> tuple[int, bool] | None:
    """The first token of the words that name the document, and whether further words of the name stand before it.

    None if these words say that the document belongs to another place.
    """
    first, at = head.first, head.first - 1
    while at >= 0:
        token = asked.said[at]
        if at in asked.placed and at not in covered:
            start = _chain(asked, at)
            if not _is_of(known, [asked.placed[each] for each in range(start, at + 1) if each in asked.placed]):
                return None
            first, at = start, start - 1
            continue
        before = at - 1
        if token.text in _JOINING and at not in covered and (before in asked.headed or before not in covered):
            break
        if at in covered or _YEAR.fullmatch(token.text):
            first = at
        elif token.text not in lexicon().passing and not (token.is_han and {before, at + 1} <= covered):
            break
        at -= 1
    is_cut = at >= 0 and at + 1 == first and _belongs(asked, at)
    return first, is_cut


def _belongs(asked: Inquiry, at: int) -> bool:
    """Whether the word that ends here is likely part of the name that follows: a noun, not one that leads to names."""
    token = asked.said[at]
    if not token.is_han:
        word = asked.text[max(token.start - 1, 0) : token.end]  # with what stands before it: 191D is no word
        return at > 0 and token.text.isalpha() and word[1:2].isupper() and not word[0].isdigit()
    if asked.text[: token.end].endswith(lexicon().bounds):
        return False
    return any(
        isinstance(each.what, int) and each.last == at + 1 and asked.said[each.first].is_han for each in asked.features
    )


def _chain(asked: Inquiry, at: int) -> int:
    """Where the places joined to the one here begin: 美国和欧盟."""
    start = asked.placed[at].first
    while start > 1 and asked.said[start - 1].text in _JOINING and start - 2 in asked.placed:
        start = asked.placed[start - 2].first
    return start


def _is_of(known: Known, places: list[Place]) -> bool:
    """Whether the document belongs to one of the places. A part of a country does not count as the country."""
    return any(place.part in known.parts if place.part else place.home == known.home for place in places)


def _rightmost(asked: Inquiry, head: Head, known: Known, covered: set[int]) -> int | None:
    """The end of the words that name the document. None if they say that it belongs to another place."""
    last = head.last
    for at in range(head.last, min(len(asked.said), head.last + _RIGHT)):
        token = asked.said[at]
        if at in asked.placed and at not in covered:
            if not _is_of(known, [asked.placed[at]]):
                return None if asked.said[at - 1].text == "of" else last
            last = at + 1
        elif _YEAR.fullmatch(token.text) or (at in covered and not token.is_han):
            last = at + 1
        elif (token.text in _JOINING - {"》"} and at + 1 not in covered) or token.text not in lexicon().passing:
            break
    return last
