"""Ranks the systems over a collection, and finds which differ significantly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, count

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.results.comparison import difference, fitting, scored
from sinkqa.eval.results.measures import LOWER_IS_BETTER
from sinkqa.eval.results.saved import Result, headline
from sinkqa.eval.results.significance import RESAMPLES, Estimate

SURE = 0.05
"""A difference is significant if its corrected p is below this."""

_DRAWS_A_PAIR = 40  # the least p, corrected for as many pairs, is then .025


@dataclass(frozen=True, slots=True)
class Pair:
    """B less A, two-sided p of the paired randomisation test, and this p corrected for all pairs of the collection."""

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
    """A system's mean with interval. ``place`` is 1 for the best and for systems equal to it.

    ``beats``: the systems that are significantly worse. ``facts``: its sizes and times.
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


def standings(
    results: Sequence[Result],
    *,
    measures: Sequence[str] = (),
    on_pair: Callable[[int, int], None] = lambda done, total: None,
) -> list[Standings]:
    """Ranks the systems for each collection and measure (default: the headline). Results over other data are separate.

    ``on_pair`` is called with the number of pairs compared so far, and their total.

    Raises:
        NothingToMeasure: no result has such a measure.
    """
    groups: dict[tuple[str, str, str, str], list[Result]] = defaultdict(list)
    for each in results:
        if each.questions:
            groups[each.kind, each.dataset, each.fingerprints["corpus"], each.fingerprints["questions"]].append(each)
    jobs = [
        (having, measure, sum(key[:2] == other[:2] for other in groups) > 1)
        for key, group in groups.items()
        for measure in (measures or [headline(group[0])])
        if (having := [each for each in group if measure in each.measures])
    ]
    done, total = count(1), sum(len(having) * (len(having) - 1) // 2 for having, _, _ in jobs)
    found = [
        _standings(having, measure, lambda: on_pair(next(done), total), apart=apart) for having, measure, apart in jobs
    ]
    if not found:
        known = ", ".join(sorted({name for each in results for name in each.measures})) or "none"
        raise NothingToMeasure(f"expected results with {' or '.join(measures) or 'a question'}, got {known}")
    return found


def holm(ps: Sequence[float]) -> list[float]:
    """Corrects p values for their number by Holm's method, which holds for dependent tests too.

    Source: Holm 1979, A Simple Sequentially Rejective Multiple Test Procedure.
    """
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    corrected, least = [0.0] * len(ps), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, ps[place] * (len(ps) - rank)))
        corrected[place] = least
    return corrected


def _standings(results: Sequence[Result], measure: str, on_pair: Callable[[], None], *, apart: bool) -> Standings:
    pairs, notes = _pairs(results, measure, on_pair)
    sign = 1 if measure in LOWER_IS_BETTER else -1

    def is_better(one: Estimate, other: Estimate) -> bool:
        return sign * (one.mean - other.mean) < -1e-12

    values = {each.label: each.estimates()[measure] for each in results}
    ordered = sorted(results, key=lambda each: (sign * values[each.label].mean, each.label))
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


def _pairs(results: Sequence[Result], measure: str, on_pair: Callable[[], None]) -> tuple[list[Pair], list[str]]:
    both = list(combinations([scored(each) for each in results], 2))
    draws = max(RESAMPLES, _DRAWS_A_PAIR * len(both))
    compared, notes = [], list[str]()
    for a, b in both:
        on_pair()
        left, right = fitting(a, b), fitting(b, a)
        if a.texts.keys() != b.texts.keys() or measure not in left.values:
            notes.append(f"{a.label} and {b.label} have no questions in common by {measure}, and are not compared")
            continue
        compared.append((a.label, b.label, difference(measure, left, right, draws=draws)))
    corrected = holm([each.p for _, _, each in compared])
    return [Pair(a, b, each.difference, each.p, p) for (a, b, each), p in zip(compared, corrected, strict=True)], notes
