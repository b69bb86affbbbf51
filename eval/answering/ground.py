"""Measures how well the grounding guard separates supported claims from other claims, and fits its score."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sinkqa.eval.data.lines import read_rows
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.eval.results.significance import Estimate
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.language import detect
from sinkqa.service.grounding.clauses import clauses
from sinkqa.service.grounding.guard import check
from sinkqa.service.grounding.quote import Quote
from sinkqa.service.grounding.support import features

_RESAMPLES = 1_000
_RIDGE = 5.0  # keeps weights of standardised features near zero; chosen on the tuning half
_EVEN = 1_000.0  # rows that each set counts for, whatever its size

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Item:
    """A claim with its evidence, and whether the evidence supports it.

    ``number``: the claim's number in its set, from 0. Claims with even numbers are for tuning, odd ones for measuring.
    So evidence of one claim is never in both halves.
    """

    claim: str
    evidence: tuple[str, ...]
    label: str
    number: int

    @property
    def supported(self) -> bool:
        """The truth that the score should predict. A partly supported claim is not supported."""
        return self.label == "supported"


@dataclass(frozen=True, slots=True)
class GroundScore:
    """Scores of the measuring half of one set in one language.

    ``auc``: AUROC of the support score, supported claims against the rest. ``floor``: AUROC of the share of the claim's
    distinct terms that the evidence contains. ``gain``: ``auc`` less ``floor``. Intervals resample claims.
    ``balanced_accuracy``: at the threshold that is best on the tuning half. ``labels``: how often the guard gave each
    label, by the set's own label.
    """

    dataset: str
    language: str
    auc: Estimate
    floor: Estimate
    gain: Estimate
    balanced_accuracy: float
    labels: dict[str, dict[str, int]]


def read_items(path: Path) -> list[Item]:
    """Reads the items of a set: JSON lines with claim, evidence (texts) and label.

    Raises:
        FileMissing, MalformedData: as :func:`read_rows`.
        NothingToMeasure: it has no item.
    """
    numbers: dict[str, int] = {}
    items = [
        Item(
            row["claim"], tuple(map(str, row["evidence"])), row["label"], numbers.setdefault(row["claim"], len(numbers))
        )
        for _, row in read_rows(path, claim=str, evidence=list, label=str)
    ]
    if not items:
        raise NothingToMeasure(f"{path}: expected claims with evidence, got none; check the file")
    return items


def score_set(name: str, items: Sequence[Item], encoder: Encoder, *, on_progress: OnProgress) -> Iterator[GroundScore]:
    """Yields a score for each language in which both halves of the set have supported and unsupported claims."""
    said: list[tuple[str, float]] = []
    for done, item in enumerate(items, 1):
        verdict = check(item.claim, [Quote(text) for text in item.evidence], encoder)
        said.append((verdict.label, verdict.support))
        on_progress(done, len(items), "check")
    languages = [detect(item.claim) for item in items]
    for language in dict.fromkeys(languages):
        here = [place for place, each in enumerate(languages) if each == language]
        halves = [[place for place in here if items[place].number % 2 == side] for side in (0, 1)]
        if all(len({items[place].supported for place in half}) == 2 for half in halves):
            yield _score(name, language, items, said, *halves)


def _score(
    name: str,
    language: str,
    items: Sequence[Item],
    said: Sequence[tuple[str, float]],
    tuning: Sequence[int],
    measured: Sequence[int],
) -> GroundScore:
    truth = np.array([items[place].supported for place in measured])
    scores = np.array([said[place][1] for place in measured])
    floors = np.array([overlap(items[place].claim, items[place].evidence) for place in measured])
    claims = np.array([items[place].number for place in measured])
    tuned = best_threshold(
        np.array([said[place][1] for place in tuning]), np.array([items[place].supported for place in tuning])
    )
    auc, floor, gain = _estimates(scores, floors, truth, claims)
    labels: dict[str, Counter[str]] = {}
    for place in measured:
        labels.setdefault(items[place].label, Counter())[said[place][0]] += 1
    return GroundScore(
        dataset=name,
        language=language,
        auc=auc,
        floor=floor,
        gain=gain,
        balanced_accuracy=balanced_accuracy(scores >= tuned, truth),
        labels={label: dict(counts) for label, counts in labels.items()},
    )


def overlap(claim: str, evidence: Sequence[str]) -> float:
    """Returns the word-overlap baseline: the share of the claim's distinct index terms that the evidence contains."""
    terms = set(analyze(claim))
    return len(terms & set(analyze("\n".join(evidence)))) / len(terms) if terms else 0.0


def area(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """Returns the area under the ROC curve: how often a true item scores above a false one. Ties count half.

    Raises:
        ValueError: all are true, or none.
    """
    n = int(truth.sum())
    if not 0 < n < len(truth):
        raise ValueError(f"expected some true and some not, got {n} of {len(truth)}")
    _, where, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[where]
    return float((ranks[truth].sum() - n * (n + 1) / 2) / (n * (len(truth) - n)))


def balanced_accuracy(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Returns the mean of two shares: of true items labelled true, and of false items labelled false."""
    return float((said[truth].mean() + (~said[~truth]).mean()) / 2)


def best_threshold(scores: Floats, truth: NDArray[np.bool_]) -> float:
    """Returns the threshold with the best balanced accuracy if scores from it upward mean "supported".

    Ties: the lowest.
    """
    levels = np.unique(scores)
    return float(levels[int(np.argmax([balanced_accuracy(scores >= level, truth) for level in levels]))])


def _estimates(scores: Floats, floors: Floats, truth: NDArray[np.bool_], claims: NDArray[np.int64]) -> list[Estimate]:
    """Area of the scores, of the floor, and the difference, each with its 95 % bootstrap interval over claims."""
    whole = np.array([area(scores, truth), area(floors, truth)])
    _, groups = np.unique(claims, return_inverse=True)
    members = [np.flatnonzero(groups == group) for group in range(groups.max() + 1)]
    random = np.random.default_rng(0)
    drawn: list[list[float]] = []
    for _ in range(_RESAMPLES):
        rows = np.concatenate([members[group] for group in random.integers(0, len(members), len(members))])
        if 0 < truth[rows].sum() < len(rows):
            drawn.append([area(scores[rows], truth[rows]), area(floors[rows], truth[rows])])
    sample = np.array(drawn)
    found = ((whole[0], sample[:, 0]), (whole[1], sample[:, 1]), (whole[0] - whole[1], sample[:, 0] - sample[:, 1]))
    return [
        Estimate(float(mean), float(np.quantile(each, 0.025)), float(np.quantile(each, 0.975)), len(truth))
        for mean, each in found
    ]


def fit(sets: Sequence[Sequence[Item]], encoder: Encoder, *, on_progress: OnProgress) -> dict[str, list[float]]:
    """Fits the weights of the support score's features, and last the bias, by language, to the tuning halves.

    All sets have equal weight. Within a set, supported and unsupported claims have equal weight.
    """
    rows: dict[str, list[tuple[Floats, bool, float]]] = {"en": [], "zh": []}
    total, done = sum(item.number % 2 == 0 for items in sets for item in items), 0
    for items in sets:
        tuning = [item for item in items if item.number % 2 == 0]
        counts = Counter(item.supported for item in tuning)
        for item in tuning:
            quotes = [clauses(text) for text in item.evidence]
            if any(quote.tokens for quote in quotes):
                found = features(clauses(item.claim), quotes, encoder).astype(float)
                weight = _EVEN / 2 / counts[item.supported]
                rows["zh" if detect(item.claim) == "zh" else "en"].append((found, item.supported, weight))
            done += 1
            on_progress(done, total, "fit")
    return {language: _logistic(*zip(*known, strict=True)) for language, known in rows.items() if known}


def _logistic(found: Sequence[Floats], truth: Sequence[bool], weight: Sequence[float]) -> list[float]:
    """Ridge logistic regression by Newton's method; weights of the features as they are, the bias last."""
    x, y, w = np.array(found), np.array(truth, float), np.array(weight)
    mean, spread = x.mean(0), x.std(0) + 1e-9
    x = np.hstack([(x - mean) / spread, np.ones((len(x), 1))])
    ridge = np.array([_RIDGE] * len(mean) + [1e-6])
    beta = np.zeros(x.shape[1])
    for _ in range(30):
        said = 1 / (1 + np.exp(-(x @ beta)))
        slope = x.T @ (w * (said - y)) + ridge * beta
        curve = (x * (w * said * (1 - said))[:, None]).T @ x + np.diag(ridge)
        beta -= np.linalg.solve(curve, slope)
    weights = beta[:-1] / spread
    return [round(float(value), 5) for value in (*weights, beta[-1] - weights @ mean)]


def write_weights(path: Path, weights: dict[str, list[float]]) -> None:
    """Writes fitted weights to the file from which the support score reads them."""
    path.write_text(json.dumps(weights, separators=(",", ":")).replace("],", "],\n") + "\n", "utf-8")
