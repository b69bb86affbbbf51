"""The value of an amount, and the comparison of amounts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice, product
from typing import Literal, NamedTuple

from sinkqa.ingest.text.numerals import HAN
from sinkqa.ingest.text.patterns import late

Bound = Literal["", "most", "less", "least", "more"]
Element = Literal["number", "unit", "year", "date", "direction"]
Kind = Literal["number", "year", "date"]

REFERENCES = frozenset(
    "ordinal article section chapter paragraph annex item number part phase quarter century".split()  # noqa: SIM905
)
"""Dimensions whose values identify things and do not measure them."""
_MOST_NEAR = 100  # values near an approximate one that are looked at: no text is taken apart further for one amount


@dataclass(frozen=True, slots=True)
class Amount:
    """A value or range ``low``..``high`` in the base unit of its ``dimension``; a bare count has the dimension "".

    ``kind`` "year": calendar years. "date": ``low`` = ``high`` = yyyymmdd, 00 for missing parts. ``of``: the substance
    of a mass (c, co2, co2e). ``step`` is the value of the last written digit, to which approximations round.
    ``bounded``: it has a bound. ``start``..``end``: its place in the text. ``counter``: the measure word of a Chinese
    count, if it says what is counted. ``spread``: the value after ±, in base units, with its dimension if that differs.
    ``unsure``: the symbol, if its case leaves the unit open. ``unit``: as written, without substance or "per".
    """

    kind: Kind
    low: Decimal
    high: Decimal
    dimension: str
    said: str
    start: int
    end: int
    of: str = ""
    bound: Bound = ""
    bounded: str = ""
    about: bool = False
    step: Decimal = Decimal(1)
    counter: str = ""
    spread: str = ""
    unsure: str = ""
    unit: str = ""

    @property
    def key(self) -> str:
        """A key that is equal for equal amounts in different spellings. All digits count."""
        parts = (exact(self.low), exact(self.high), self.dimension, self.of, self.counter, self.spread, self.unsure)
        return f"={self.kind}:{':'.join(parts)}"


class Unsupported(NamedTuple):
    """An amount that no quote supports, the part that fails, and the quotes' own amount, or None."""

    element: Element
    said: Amount
    found: Amount | None


def exact(value: Decimal) -> str:
    """Returns all digits of a value, without exponent or trailing zeros."""
    written = f"{value:f}"
    written = written.rstrip("0").rstrip(".") if "." in written else written
    return "0" if written == "-0" else written


def unsupported(claim: Iterable[Amount], quotes: Sequence[Sequence[Amount]]) -> Iterator[Unsupported]:
    """Yields the claim's amounts that no quote contains with the same value, unit and, if stated, bound.

    ``found`` is the first amount of the quotes that differs least. The work grows with the sum of both sides.
    """
    standing = _Standing([amount for quote in quotes for amount in quote])
    for said in claim:
        if standing.matching(said, any_bound=False) is not None:
            continue
        if (found := standing.matching(said, any_bound=True)) is not None:
            yield Unsupported("direction", said, found)
        elif (found := standing.of_same_digits(said)) is not None:
            yield Unsupported("unit", said, found)
        else:
            yield Unsupported(said.kind, said, standing.of_same_unit(said))


def matches(found: Amount, said: Amount) -> bool:
    """Whether ``found`` supports ``said``. An approximation may round. A calendar year may be part of a date."""
    return _Standing([found]).matching(said, any_bound=False) is not None


def apart(found: Amount, said: Amount) -> bool:
    """Whether no value fits both. 35 % is apart from 40 %, but not from "over 30 %" or 30-40 %.

    Two limits of one kind are themselves compared: "at most 5 %" is apart from "at most 10 %".
    """
    if found.kind == "date" or said.kind == "date" or found.dimension != said.dimension:
        return True
    if found.bound == said.bound != "":
        return found.high < said.low or said.high < found.low
    (low, high), (least, most) = _reach(found), _reach(said)
    return high < least or most < low


def _reach(amount: Amount) -> tuple[Decimal, Decimal]:
    """The values that an amount allows, ends included."""
    slack = abs(amount.high) / 10 if amount.about or amount.spread else Decimal(0)
    low = Decimal("-Infinity") if amount.bound in ("most", "less") else amount.low - slack
    high = Decimal("Infinity") if amount.bound in ("least", "more") else amount.high + slack
    return low, high


class _Qualified(dict[tuple[str, str, str], int]):
    """Amounts that differ only in substance, measure word and bound: the first place of each combination."""

    def add(self, amount: Amount, place: int) -> None:
        self.setdefault((amount.of, amount.counter, amount.bound), place)

    def first(self, said: Amount, *, any_bound: bool) -> int | None:
        """The first place whose substance, measure word and bound do not contradict ``said``."""
        fitting = (
            place
            for (of, counter, bound), place in self.items()
            if (of == said.of or not (of and said.of))
            and (counter == said.counter or not (counter and said.counter))
            and (any_bound or said.bound in ("", bound))
        )
        return min(fitting, default=None)


class _Standing:
    """The amounts of quotes, indexed for looking up a claim's amounts."""

    def __init__(self, amounts: Sequence[Amount]) -> None:
        self.amounts = amounts
        self.values: dict[tuple[object, ...], _Qualified] = {}
        self.digits: dict[str, int] = {}
        self.units: dict[tuple[str, str, str], _Qualified] = {}
        self.ascending: dict[tuple[str, str], list[tuple[Decimal, Decimal]]] | None = None
        for place, amount in enumerate(amounts):
            for key in _readings(amount):
                self.values.setdefault(key, _Qualified()).add(amount, place)
            self.units.setdefault((amount.kind, amount.dimension, amount.unsure), _Qualified()).add(amount, place)
            if amount.kind == "number":
                self.digits.setdefault(_written(amount), place)

    def matching(self, said: Amount, *, any_bound: bool) -> Amount | None:
        """The first that says the same; with ``any_bound``, apart from its bound."""
        fitting = [self.values[key] for key in self._keys(said) if key in self.values]
        places = (each.first(said, any_bound=any_bound) for each in fitting)
        return self._first(min((place for place in places if place is not None), default=None))

    def of_same_digits(self, said: Amount) -> Amount | None:
        """The first with the same digits but another scale or unit."""
        return self._first(self.digits.get(_written(said)) if said.kind == "number" else None)

    def of_same_unit(self, said: Amount) -> Amount | None:
        """The first in the same unit."""
        held = self.units.get((said.kind, said.dimension, said.unsure))
        return self._first(held.first(said, any_bound=True) if held else None)

    def _first(self, place: int | None) -> Amount | None:
        return None if place is None else self.amounts[place]

    def _keys(self, said: Amount) -> Iterator[tuple[object, ...]]:
        """The index keys of amounts that say the same."""
        if said.kind == "date":
            yield ("date", *date_parts(said))
        elif said.kind == "year" and said.low == said.high:
            yield ("year", said.low)
            yield ("date", int(said.low), 0, 0)
        elif said.kind == "year":
            yield ("years", said.low, said.high)
        elif said.about:
            for low, high in self._near(said):
                yield (said.dimension, said.unsure, said.spread, low, high)
        else:
            yield (said.dimension, said.unsure, said.spread, said.low, said.high)

    def _near(self, said: Amount) -> list[tuple[Decimal, Decimal]]:
        """Values of its dimension that an approximation may be rounded from."""
        if self.ascending is None:
            self.ascending = {}
            distinct = {(a.dimension, a.unsure, a.low, a.high): None for a in self.amounts if a.kind == "number"}
            for dimension, unsure, low, high in sorted(distinct):
                self.ascending.setdefault((dimension, unsure), []).append((low, high))
        slack, held = said.step / 2, self.ascending.get((said.dimension, said.unsure), [])
        first = bisect_left(held, (said.low - slack, -Decimal("Infinity")))
        near = islice(held, first, first + _MOST_NEAR)
        return [(low, high) for low, high in near if abs(low - said.low) <= slack and abs(high - said.high) <= slack]


def _readings(amount: Amount) -> Iterator[tuple[object, ...]]:
    """All index keys of an amount: everything that may be said of it."""
    if amount.kind == "date":
        for kept in product((0, 1), repeat=3):
            yield ("date", *(part * keep for part, keep in zip(date_parts(amount), kept, strict=True)))
    elif amount.kind == "year":
        yield from (("year", end) for end in {amount.low, amount.high})
        yield ("years", amount.low, amount.high)
    else:
        for spread in {amount.spread, ""}:
            yield (amount.dimension, amount.unsure, spread, amount.low, amount.high)


def date_parts(amount: Amount) -> tuple[int, int, int]:
    """Returns year, month and day of a date, 0 for missing parts."""
    number = int(amount.low)
    return number // 10_000, number // 100 % 100, number % 100


_DIGITS = late(r"(?<![a-z])\d[\d,.]*")
_NUMERALS = late(f"[{HAN}]+")


def _written(amount: Amount) -> str:
    """The digits of an amount with its sign, which stay if its scale or unit is exchanged."""
    said = amount.said.lower()
    digits = "-".join(_DIGITS.findall(said) or _NUMERALS.findall(said)).replace(",", "")
    return f"minus {digits}" if amount.low < 0 else digits
