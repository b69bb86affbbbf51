"""Comparing step of the evaluation: two configurations over the same questions, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.errors import MalformedData, NotComparable
from eval.measures import measure
from eval.results import read_result
from eval.significance import Estimate, estimate, randomisation
from eval.trec import read_qrels, read_run
from ingest.errors import FileMissing


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
    """Compares two result files, or two TREC runs by ``qrels``; a judged query that a run lacks scores 0 there.

    Raises:
        FileMissing, MalformedData: see their names; a run needs qrels.
        NotComparable: other corpora or questions, or no measure in common.
    """
    left, right = _read(a, qrels), _read(b, qrels)
    for what in left.about.keys() & right.about.keys():
        if left.about[what] != right.about[what]:
            raise NotComparable(f"{a} and {b}: measured over different {what}; measure both over the same")
    measures = [name for name in left.values if name in right.values]
    if not measures:
        raise NotComparable(f"{a} and {b}: no measure in common ({', '.join(left.values)}; {', '.join(right.values)})")
    return [_difference(name, left, right) for name in measures]


def _difference(name: str, a: Scored, b: Scored) -> Difference:
    left, right = a.values[name], b.values[name]
    asked = [query_id for query_id in left if query_id in right]
    if not asked or len(asked) < max(len(left), len(right)):
        raise NotComparable(f"{a.label} and {b.label}: {len(left)} and {len(right)} questions, {len(asked)} in common")
    differences = [right[query_id] - left[query_id] for query_id in asked]
    clusters = [a.clusters.get(query_id) or query_id for query_id in asked]
    changes = [
        Change(each, a.texts.get(each, ""), left[each], right[each]) for each in asked if left[each] != right[each]
    ]
    return Difference(
        name,
        sum(left[each] for each in asked) / len(asked),
        sum(right[each] for each in asked) / len(asked),
        estimate(differences, clusters=clusters),
        randomisation(_sums(differences, clusters)),
        tuple(sorted(changes, key=lambda each: (-abs(each.b - each.a), each.query_id))),
    )


def _sums(differences: list[float], clusters: list[str]) -> list[float]:
    """Wordings of one question change together: their signs are drawn together."""
    sums = dict.fromkeys(clusters, 0.0)
    for cluster, difference in zip(clusters, differences, strict=True):
        sums[cluster] += difference
    return list(sums.values())


def _read(path: Path, qrels: Path | None) -> Scored:
    if not path.is_file():
        raise FileMissing(f"{path}: expected a result or run file, found none; check the path")
    if path.suffix == ".json":
        result = read_result(path)
        return Scored(
            label=result.label,
            values={name: {each.query_id: each.scores[name] for each in result.questions} for name in result.measures},
            texts={each.query_id: each.text for each in result.questions},
            clusters={each.query_id: each.cluster for each in result.questions if each.cluster},
            about={what: result.fingerprints[what] for what in ("corpus", "questions")},
        )
    if qrels is None:
        raise MalformedData(f"{path}: a run is scored by judgements; give them as --qrels")
    return Scored(path.name, measure(read_qrels(qrels), read_run(path)), {}, {}, {"judgements": str(qrels)})
