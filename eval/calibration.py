"""Calibrating step of the evaluation: weights by which signs become a confidence, tried on unseen groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.answers import SHIPPED
from eval.configuration import digest
from eval.gold import Question
from eval.ranking import OnProgress, quiet
from eval.recall import gold_library, sha256_of
from eval.withholding import auroc
from index.encoder import Encoder
from ingest.readers import find_files
from service.answering.confidence import HELD, WEIGHTS, signs, trust
from service.answering.selecting import ranked
from service.answering.understanding import understand

_FOLDS = 10
_RIDGE = 0.02  # keeps weights small that few questions speak for
_KEPT = 0.88  # of the answerable questions: so many stay above the bar

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A question's signs and what they are worth, whether it can be answered, its cluster of wordings, and its set."""

    query_id: str
    signs: dict[str, float]
    answerable: bool
    cluster: str
    source: str = ""
    trust: float = 1.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights and offset, the offset set so that 0.5 keeps 88 % of answerable questions.

    ``unseen``: AUROC where each cluster is judged by weights that the other clusters gave; ``seen`` by these weights.
    ``answered`` and ``let_through``: shares of each set's answerable and of its other questions at 0.5.
    """

    weights: dict[str, float]
    offset: float
    unseen: float
    seen: float
    answered: dict[str, float]
    let_through: dict[str, float]


def examples(
    name: str,
    questions: Sequence[Question],
    encoder: Encoder,
    *,
    documents: Sequence[Path],
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> list[Example]:
    """The signs of each question over a library of ``documents``; one for which nothing is found is left out.

    Raises:
        UnreadableDocument, IngestError: as :func:`eval.recall.score_gold`.
    """
    files = find_files(documents)
    corpus = digest([sorted(sha256_of(path) for path in files), []])
    found: list[Example] = []
    kept = gold_library(questions, (files, []), corpus, encoder, cache=cache, on_progress=on_progress)
    with kept as (library, *_):
        for question in questions:
            asked, hits = understand(question.text), library.search(question.text, k=SHIPPED.k)
            if pieces := ranked(asked, hits, encoder):
                told = signs(asked, hits, pieces, encoder)
                cluster = question.cluster or question.query_id
                found.append(
                    Example(
                        question.query_id, told, question.expects == "answer", cluster, name, trust(asked, hits, pieces)
                    )
                )
    return found


def calibrate(found: Sequence[Example]) -> Calibration:
    """Logistic regression with no weight below 0 and ``HELD`` as they are.

    Both kinds of questions weigh alike, and so does each set among the questions of a kind.

    Raises:
        ValueError: one kind is missing.
    """
    names = list(WEIGHTS)
    matrix = np.array([[each.signs[name] for name in names] for each in found])
    answerable = np.array([each.answerable for each in found])
    clusters = np.array([each.cluster for each in found])
    held = np.array([sum(weight * each.signs[name] for name, weight in HELD.items()) for each in found])
    each = _balanced(found)
    weights = _fit(matrix, answerable, held, each)
    scores = matrix @ weights + held
    offset = float(np.quantile(_needed(scores, found)[answerable], _KEPT, method="higher"))
    above = _needed(scores, found) <= offset
    return Calibration(
        {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)},
        round(offset, 2),
        unseen=auroc(_unseen(matrix, answerable, held, each, clusters).tolist(), answerable.tolist()),
        seen=auroc(scores.tolist(), answerable.tolist()),
        answered=_by_set(found, above, answerable=True),
        let_through=_by_set(found, above, answerable=False),
    )


def _by_set(found: Sequence[Example], above: NDArray[np.bool_], *, answerable: bool) -> dict[str, float]:
    given: dict[str, list[bool]] = {}
    for example, is_given in zip(found, above.tolist(), strict=True):
        if example.answerable == answerable:
            given.setdefault(example.source, []).append(is_given)
    return {source: round(float(np.mean(shares)), 3) for source, shares in given.items()}


def _needed(scores: Matrix, found: Sequence[Example]) -> Matrix:
    """The offset from which on each question's confidence is 0.5 or more; infinite where its trust is less."""
    doubled = 2 * np.array([each.trust for each in found]) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(doubled > 0, -np.log(doubled) - scores, np.inf)


def _balanced(found: Sequence[Example]) -> Matrix:
    """What each question weighs: half of all for either kind, in equal parts for the sets that have it."""
    counts = Counter((each.answerable, each.source) for each in found)
    sets = Counter(answerable for answerable, _ in counts)
    return np.array([0.5 / sets[each.answerable] / counts[each.answerable, each.source] for each in found])


def _unseen(
    matrix: Matrix, answerable: NDArray[np.bool_], held: Matrix, each: Matrix, clusters: NDArray[np.str_]
) -> Matrix:
    """Scores of each cluster's questions by weights of the others', as a mean over several ways to part them."""
    names, random = np.unique(clusters), np.random.default_rng(0)
    total = np.zeros(len(matrix))
    for _ in range(5):
        random.shuffle(names)
        for fold in range(_FOLDS):
            out = np.isin(clusters, names[fold::_FOLDS])
            if out.any():
                total[out] += matrix[out] @ _fit(matrix[~out], answerable[~out], held[~out], each[~out]) + held[out]
    return total


def _fit(matrix: Matrix, answerable: NDArray[np.bool_], held: Matrix, each: Matrix) -> Matrix:
    from scipy.optimize import minimize

    spread = matrix.std(axis=0) + 1e-6
    scaled = (matrix - matrix.mean(axis=0)) / spread

    def loss(parameters: Matrix) -> float:
        logits = parameters[0] + scaled @ parameters[1:] + held
        wrong = np.logaddexp(0, np.where(answerable, -logits, logits))
        return float(each @ wrong + _RIDGE * np.square(parameters[1:]).sum())

    bounds = [(None, None), *[(0, None)] * matrix.shape[1]]
    found = minimize(loss, np.zeros(matrix.shape[1] + 1), method="L-BFGS-B", bounds=bounds).x
    return np.asarray(found[1:] / spread)
