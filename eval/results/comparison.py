"""Compares two configurations, question by question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sinkqa.eval.errors import MalformedData, NotComparable
from sinkqa.eval.results.runs import read_judged, score_run
from sinkqa.eval.results.saved import Result, read_result
from sinkqa.eval.results.significance import RESAMPLES, Estimate, estimate, mean_of, randomisation
from sinkqa.ingest.errors import FileMissing


@dataclass(frozen=True, slots=True)
class Change:
    """One question that one of the two answers better, by the measure that is compared."""

    query_id: str
    text: str
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Difference:
    """B less A by one measure: mean with interval, two-sided p, and the questions that changed, largest change first.

    ``changes`` are A's value to B's; equal questions are left out.
    """

    measure: str
    a: float
    b: float
    difference: Estimate
    p: float
    changes: tuple[Change, ...]

    @property
    def wins(self) -> int:
        """Questions that B answers better."""
        return sum(each.b > each.a for each in self.changes)

    @property
    def losses(self) -> int:
        """Questions that A answers better."""
        return len(self.changes) - self.wins


@dataclass(frozen=True, slots=True)
class Scored:
    """Values by measure and question, of one configuration. ``about``: what they were measured on, by name."""

    label: str
    values: Mapping[str, Mapping[str, float]]
    texts: Mapping[str, str]
    clusters: Mapping[str, str]
    about: Mapping[str, str]


def compare(a: Path, b: Path, *, qrels: Path | None = None) -> list[Difference]:
    """Compares two result files, or TREC runs by ``qrels``.

    Raises what :func:`read_either` and :func:`differences` raise.
    """
    return differences(read_either(a, qrels), read_either(b, qrels))


def differences(a: Result, b: Result) -> list[Difference]:
    """B less A by every measure that both have; a judged query that a run lacks scores 0 there.

    A measure that fits only some answers, as one of citations does, is compared over the questions where it fits both.

    Raises:
        NotComparable: other corpora or questions, or no measure in common.
    """
    left, right = scored(a), scored(b)
    for what in left.about.keys() & right.about.keys():
        if left.about[what] != right.about[what]:
            raise NotComparable(f"{a.label} and {b.label}: measured over different {what}; measure both over the same")
    if left.texts.keys() == right.texts.keys():
        left, right = fitting(left, right), fitting(right, left)
    measures = [name for name in left.values if name in right.values]
    if not measures:
        raise NotComparable(
            f"{a.label} and {b.label}: no measure in common ({', '.join(left.values)}; {', '.join(right.values)})"
        )
    return [difference(name, left, right) for name in measures]


def scored(result: Result) -> Scored:
    """The values of a result."""
    return Scored(
        label=result.label,
        values={
            name: {each.query_id: each.scores[name] for each in result.questions if name in each.scores}
            for name in result.measures
        },
        texts={each.query_id: each.text for each in result.questions},
        clusters={each.query_id: each.cluster for each in result.questions if each.cluster},
        about={what: known for what in ("corpus", "questions") if (known := result.fingerprints[what])},
    )


def mean_difference(name: str, pairs: Sequence[tuple[Scored, Scored]]) -> tuple[Estimate, float]:
    """B less A in the mean over several collections, each counting alike, and its two-sided p.

    Raises:
        NotComparable: a pair answers different questions.
    """
    paired = [_paired(name, a, b) for a, b in pairs]
    shares = [each / len(values) for values, clusters in paired for each in _sums(values, clusters)]
    return mean_of([estimate(values, clusters=clusters) for values, clusters in paired]), randomisation(shares)


def difference(name: str, a: Scored, b: Scored, *, draws: int = RESAMPLES) -> Difference:
    """B less A by one measure; ``draws`` are what p is counted over.

    Raises:
        NotComparable: they answer different questions.
    """
    left, right = a.values[name], b.values[name]
    differences, clusters = _paired(name, a, b)
    asked = list(left)
    changes = [
        Change(each, a.texts.get(each, ""), left[each], right[each]) for each in asked if left[each] != right[each]
    ]
    return Difference(
        name,
        sum(left[each] for each in asked) / len(asked),
        sum(right[each] for each in asked) / len(asked),
        estimate(differences, clusters=clusters),
        randomisation(_sums(differences, clusters), draws=draws),
        tuple(sorted(changes, key=lambda each: (-abs(each.b - each.a), each.query_id))),
    )


def _paired(name: str, a: Scored, b: Scored) -> tuple[list[float], list[str]]:
    """B less A of each question, in A's order, and the question's cluster."""
    left, right = a.values[name], b.values[name]
    if not left or left.keys() != right.keys():
        common = len(left.keys() & right.keys())
        raise NotComparable(f"{a.label} and {b.label}: {len(left)} and {len(right)} questions, {common} in common")
    return [right[each] - left[each] for each in left], [a.clusters.get(each) or each for each in left]


def _sums(differences: list[float], clusters: list[str]) -> list[float]:
    """Wordings of one question change together: their signs are drawn together."""
    sums = dict.fromkeys(clusters, 0.0)
    for cluster, difference in zip(clusters, differences, strict=True):
        sums[cluster] += difference
    return list(sums.values())


def fitting(one: Scored, other: Scored) -> Scored:
    """The values of one result for questions that the other has too. A measure without such questions is left out."""
    both = {
        name: {query_id: value for query_id, value in values.items() if query_id in other.values.get(name, {})}
        for name, values in one.values.items()
    }
    return replace(one, values={name: values for name, values in both.items() if values})


def read_either(path: Path, qrels: Path | None) -> Result:
    """A result as it was kept, or a run scored by judgements: a file of them, or the folder of a collection.

    Raises:
        FileMissing, MalformedData: see their names; a run needs judgements.
    """
    if not path.is_file():
        raise FileMissing(f"{path}: expected a result or run file, found none; check the path")
    if path.suffix == ".json":
        return read_result(path)
    if qrels is None:
        raise MalformedData(f"{path}: a run is scored by judgements; give them as --qrels")
    return score_run(path, read_judged(qrels), label=path.name)
