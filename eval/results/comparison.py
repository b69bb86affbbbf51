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
    """One question that one of the two answers better, by the compared measure."""

    query_id: str
    text: str
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Difference:
    """B less A by one measure: mean with interval, two-sided p, and the changed questions, the largest change first.

    Each of ``changes`` gives A's value and B's. Questions with equal values are left out.
    """

    measure: str
    a: float
    b: float
    difference: Estimate
    p: float
    changes: tuple[Change, ...]

    @property
    def wins(self) -> int:
        """The number of questions that B answers better."""
        return sum(each.b > each.a for each in self.changes)

    @property
    def losses(self) -> int:
        """The number of questions that A answers better."""
        return len(self.changes) - self.wins


@dataclass(frozen=True, slots=True)
class Scored:
    """Values of one configuration by measure and question. ``about``: the data they were measured on, by name."""

    label: str
    values: Mapping[str, Mapping[str, float]]
    texts: Mapping[str, str]
    clusters: Mapping[str, str]
    about: Mapping[str, str]


def compare(a: Path, b: Path, *, qrels: Path | None = None) -> list[Difference]:
    """Compares two result files, or two TREC runs by ``qrels``.

    Raises the errors of :func:`read_either` and :func:`differences`.
    """
    return differences(read_either(a, qrels), read_either(b, qrels))


def differences(a: Result, b: Result) -> list[Difference]:
    """Returns B less A by every measure that both have. A judged query that a run lacks scores 0.

    Some measures fit only some answers, as those of citations do. They are compared over the questions for which both
    have a value.

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
    """Returns the values of a result."""
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
    """Returns the mean of B less A over several collections with equal weights, and its two-sided p.

    Raises:
        NotComparable: a pair answers different questions.
    """
    paired = [_paired(name, a, b) for a, b in pairs]
    shares = [each / len(values) for values, clusters in paired for each in _sums(values, clusters)]
    return mean_of([estimate(values, clusters=clusters) for values, clusters in paired]), randomisation(shares)


def difference(name: str, a: Scored, b: Scored, *, draws: int = RESAMPLES) -> Difference:
    """Returns B less A by one measure. ``draws``: the number of draws from which p is counted.

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
    """Returns one result's values for the questions that the other has too.

    A measure without such questions is left out.
    """
    both = {
        name: {query_id: value for query_id, value in values.items() if query_id in other.values.get(name, {})}
        for name, values in one.values.items()
    }
    return replace(one, values={name: values for name, values in both.items() if values})


def read_either(path: Path, qrels: Path | None) -> Result:
    """Reads a saved result, or scores a run by ``qrels``: a file of judgements or the folder of a collection.

    Raises:
        FileMissing, MalformedData: see their names. A run needs judgements.
    """
    if not path.is_file():
        raise FileMissing(f"{path}: expected a result or run file, found none; check the path")
    if path.suffix == ".json":
        return read_result(path)
    if qrels is None:
        raise MalformedData(f"{path}: a run is scored by judgements; give them as --qrels")
    return score_run(path, read_judged(qrels), label=path.name)
