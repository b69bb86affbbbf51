"""Measuring step: how well a confidence tells questions that can be answered from those that cannot."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

_RESAMPLES = 2_000
_LEVEL = 0.95


class Area(NamedTuple):
    """Area under the ROC curve with its bootstrap interval, 0..1; 0.5 is chance."""

    value: float
    low: float
    high: float


class Operating(NamedTuple):
    """Where only answers of at least ``confidence`` are given: share of questions answered, share of those wrong."""

    confidence: float
    coverage: float
    risk: float


def auroc(confidence: Sequence[float], answerable: Sequence[bool]) -> float:
    """Chance that an answerable question has a higher confidence than another one, ties counting half.

    Raises:
        ValueError: one of the two kinds is missing.
    """
    right = np.asarray(answerable, bool)
    n_right, n_wrong = int(right.sum()), int((~right).sum())
    if not n_right or not n_wrong:
        raise ValueError(f"expected questions of both kinds, got {n_right} answerable and {n_wrong} not")
    _, inverse, counts = np.unique(np.asarray(confidence, float), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[right].sum() - n_right * (n_right + 1) / 2) / (n_right * n_wrong))


def area(confidence: Sequence[float], answerable: Sequence[bool], *, clusters: Sequence[Hashable]) -> Area:
    """:func:`auroc` with a percentile interval over resampled clusters; a resample with one kind only is left out.

    Raises:
        ValueError: one of the two kinds is missing.
    """
    value = auroc(confidence, answerable)
    names = {name: place for place, name in enumerate(dict.fromkeys(clusters))}
    member = np.array([names[name] for name in clusters])
    order = np.argsort(member, kind="stable")
    starts = np.searchsorted(member[order], np.arange(len(names) + 1))
    scores, right = np.asarray(confidence, float), np.asarray(answerable, bool)
    random, drawn = np.random.default_rng(0), list[float]()
    for _ in range(_RESAMPLES):
        picked = random.integers(0, len(names), len(names))
        rows = np.concatenate([order[starts[name] : starts[name + 1]] for name in picked])
        if 0 < right[rows].sum() < len(rows):
            drawn.append(auroc(scores[rows], right[rows].tolist()))
    low, high = np.quantile(drawn, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Area(value, float(low), float(high))


def risk_coverage(confidence: Sequence[float], worth: Sequence[float]) -> list[Operating]:
    """Coverage and risk at every confidence that occurs, from the highest down.

    ``worth``: what the answer is worth where it is given, 0..1; 0 for one to a question that has none. The risk is one
    less the mean worth of the answers given.
    """
    order = np.argsort(-np.asarray(confidence, float), kind="stable")
    scores, gained = np.asarray(confidence, float)[order], np.cumsum(np.asarray(worth, float)[order])
    last = np.flatnonzero(np.append(scores[1:] < scores[:-1], True))
    return [
        Operating(float(scores[i]), float((i + 1) / len(scores)), float(1 - gained[i] / (i + 1))) for i in last.tolist()
    ]
