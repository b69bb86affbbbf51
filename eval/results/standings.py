"""Comparing step of the evaluation: systems over a collection in order, and which differ by more than luck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.results.comparison import difference, fitting, scored
from sinkqa.eval.results.measures import LOWER_IS_BETTER
from sinkqa.eval.results.saved import Result, headline
from sinkqa.eval.results.significance import Estimate

SURE = 0.05
"""A difference is called significant below this corrected p."""

_LEAST_DRAWS, _DRAWS_A_PAIR, _MOST_DRAWS = 5_000, 200, 100_000


@dataclass(frozen=True, slots=True)
class Pair:
    """B less A, two-sided p of the paired randomisation test, and that p corrected for all pairs of the collection."""

    a: str
    b: str
    difference: Estimate
    p: float
    corrected: float

    @property
    def is_sure(self) -> bool:
        """Whether the two differ significantly."""
        return self.corrected < SURE


@dataclass(frozen=True, slots=True)
class Standing:
    """A system's mean with interval; ``place`` is 1 for the best, and for its equals.

    ``beats`` are the systems significantly below it, ``facts`` its sizes and times.
    """

    label: str
    value: Estimate
    place: int
    beats: tuple[str, ...]
    facts: dict[str, float]


@dataclass(frozen=True, slots=True)
class Standings:
    """The systems over one collection by one measure, best first, and all pairs of them."""

    dataset: str
    measure: str
    systems: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]


def standings(results: Sequence[Result], *, measures: Sequence[str] = ()) -> list[Standings]:
    """For each collection and measure, by default its headline; results over other data stand apart, with a note.

    Raises:
        NothingToMeasure: no result has such a measure.
    """
    groups: dict[tuple[str, str, str, str], list[Result]] = defaultdict(list)
    for each in results:
        if each.questions:
            groups[each.kind, each.dataset, each.fingerprints["corpus"], each.fingerprints["questions"]].append(each)
    found = [
        _standings(group, measure, apart=sum(key[:2] == other[:2] for other in groups) > 1)
        for key, group in groups.items()
        for measure in (measures or [headline(group[0])])
        if any(measure in each.measures for each in group)
    ]
    if not found:
        known = ", ".join(sorted({name for each in results for name in each.measures})) or "none"
        raise NothingToMeasure(f"expected results with {' or '.join(measures) or 'a question'}, got {known}")
    return found


def holm(ps: Sequence[float]) -> list[float]:
    """The p values corrected for their number: each holds for all together, whatever depends on what.

    Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.
    """
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    corrected, least = [0.0] * len(ps), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, ps[place] * (len(ps) - rank)))
        corrected[place] = least
    return corrected


def _standings(results: Sequence[Result], measure: str, *, apart: bool) -> Standings:
    having = [each for each in results if measure in each.measures]
    pairs, notes = _pairs(having, measure)
    sign = 1 if measure in LOWER_IS_BETTER else -1

    def is_better(one: Estimate, other: Estimate) -> bool:
        return sign * (one.mean - other.mean) < -1e-12

    values = {each.label: each.estimates()[measure] for each in having}
    ordered = sorted(having, key=lambda each: (sign * values[each.label].mean, each.label))
    beats: dict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        if pair.is_sure:
            better, worse = (pair.b, pair.a) if pair.difference.mean * sign < 0 else (pair.a, pair.b)
            beats[better].append(worse)
    systems = tuple(
        Standing(each.label, own, 1 + sum(is_better(other, own) for other in values.values()), tuple(won), each.facts)
        for each in ordered
        for own, won in [(values[each.label], beats[each.label])]
    )
    prints = results[0].fingerprints
    name = f"{results[0].dataset} ({prints['corpus'][:6] or 'judgements'} {prints['questions'][:6]})"
    notes += ["results of this name are over other passages or questions too, and stand apart"] if apart else []
    return Standings(name if apart else results[0].dataset, measure, systems, tuple(pairs), tuple(notes))


def _pairs(results: Sequence[Result], measure: str) -> tuple[list[Pair], list[str]]:
    both = list(combinations([scored(each) for each in results], 2))
    draws = min(max(_LEAST_DRAWS, _DRAWS_A_PAIR * len(both)), _MOST_DRAWS)
    compared, notes = [], list[str]()
    for a, b in both:
        left, right = fitting(a, b), fitting(b, a)
        if a.texts.keys() != b.texts.keys() or measure not in left.values:
            notes.append(f"{a.label} and {b.label} have no questions in common by {measure}, and are not compared")
            continue
        compared.append((a.label, b.label, difference(measure, left, right, draws=draws)))
    corrected = holm([each.p for _, _, each in compared])
    return [Pair(a, b, each.difference, each.p, p) for (a, b, each), p in zip(compared, corrected, strict=True)], notes
