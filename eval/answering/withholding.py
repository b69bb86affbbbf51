"""Measures whether a confidence separates answerable questions from others, and whether it is calibrated."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

from sinkqa.eval.results.significance import Estimate, estimate

_RESAMPLES = 2_000
_LEVEL = 0.95
_MOST_BINS, _LEAST_IN_BIN = 10, 10


class Area(NamedTuple):
    """Area under the ROC curve with its bootstrap interval, 0..1; 0.5 is chance."""

    value: float
    low: float
    high: float


class Operating(NamedTuple):
    """Share of answers given, and their risk, if only answers with at least ``confidence`` are given."""

    confidence: float
    coverage: float
    risk: float


class Bin(NamedTuple):
    """Answers of about the same confidence: mean confidence, 0..1, and the share of complete ones with interval."""

    confidence: float
    complete: Estimate


def auroc(confidence: Sequence[float], answerable: Sequence[bool]) -> float:
    """Returns the chance that an answerable question has a higher confidence than an unanswerable one. Ties count half.

    Raises:
        ValueError: all questions are answerable, or none is.
    """
    right = np.asarray(answerable, bool)
    n_right, n_wrong = int(right.sum()), int((~right).sum())
    if not n_right or not n_wrong:
        raise ValueError(f"expected questions of both kinds, got {n_right} answerable and {n_wrong} not")
    _, inverse, counts = np.unique(np.asarray(confidence, float), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    return float((ranks[right].sum() - n_right * (n_right + 1) / 2) / (n_right * n_wrong))


def area(confidence: Sequence[float], answerable: Sequence[bool], *, clusters: Sequence[Hashable]) -> Area:
    """Returns :func:`auroc` with a percentile interval over resampled clusters.

    Resamples with one kind only are left out.

    Raises:
        ValueError: all questions are answerable, or none is.
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
    """Returns coverage and risk at every confidence that occurs, the highest first.

    ``worth``: the worth of each answer if it is given, 0..1. It is 0 for an answer to an unanswerable question. The
    risk is 1 less the mean worth of the answers given.
    """
    order = np.argsort(-np.asarray(confidence, float), kind="stable")
    scores, gained = np.asarray(confidence, float)[order], np.cumsum(np.asarray(worth, float)[order])
    last = np.flatnonzero(np.append(scores[1:] < scores[:-1], True))
    return [
        Operating(float(scores[i]), float((i + 1) / len(scores)), float(1 - gained[i] / (i + 1))) for i in last.tolist()
    ]


def reliability(confidence: Sequence[float], complete: Sequence[float], *, clusters: Sequence[Hashable]) -> list[Bin]:
    """Compares confidence with completeness, in bins of the answers given, the lowest confidence first.

    ``complete``: 1 for a complete answer, else 0; an answer to an unanswerable question is 0. There are at most 10 bins
    of about 10 answers or more. Bins have equal sizes, as far as equal confidences stay in one bin. Without answers,
    there are no bins.
    """
    order = np.argsort(np.asarray(confidence, float), kind="stable")
    scores, n = np.asarray(confidence, float)[order], len(confidence)
    n_bins = max(1, min(_MOST_BINS, n // _LEAST_IN_BIN))
    cuts = {int(np.searchsorted(scores, scores[n * place // n_bins])) for place in range(n_bins)} if n else set()
    parts = np.split(order, sorted(cuts - {0}))
    return [
        Bin(
            float(np.mean([confidence[i] for i in part])),
            estimate([complete[i] for i in part], clusters=[clusters[i] for i in part]),
        )
        for part in parts
        if len(part)
    ]


def calibration_error(bins: Sequence[Bin]) -> float:
    """Returns the expected calibration error, 0..1.

    It is the mean difference between the confidence and the completeness of a bin, weighted by the bin's size. Source:
    Naeini, Cooper and Hauskrecht 2015, Obtaining Well Calibrated Probabilities Using Bayesian Binning.

    Raises:
        ValueError: there are no bins.
    """
    if not bins:
        raise ValueError("expected at least one bin of answers, got none")
    gaps = [abs(each.confidence - each.complete.mean) for each in bins]
    return float(np.average(gaps, weights=[each.complete.n for each in bins]))
