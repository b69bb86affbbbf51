"""Confidence intervals of means, and a test whether two systems differ significantly."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 5_000
"""Default number of draws of an interval or test."""

_AT_ONCE = 2_000_000  # drawn numbers held at one time
_LEVEL = 0.95
_Z = 1.959963984540054  # of the normal distribution: this much of it lies within ± z
_EXACT = 12  # with so few differing queries every assignment of signs is tried


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over ``n`` queries with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float
    n: int


def estimate(values: Sequence[float], *, clusters: Sequence[Hashable] | None = None) -> Estimate:
    """Returns the mean with its percentile interval. The same values give the same interval.

    ``clusters`` has an entry for each value: values with equal entries belong together (wordings of one question). The
    bootstrap draws whole clusters if there are at least two.

    Source: Efron and Tibshirani 1993, An Introduction to the Bootstrap, section 13.3.

    Raises:
        ValueError: no values, or another number of clusters.
    """
    if not len(values) or (clusters is not None and len(clusters) != len(values)):
        raise ValueError(f"expected at least one value, each with its cluster, got {len(values)}")
    numbers = np.asarray(values, np.float64)
    names = range(len(numbers)) if clusters is None or len(set(clusters)) < 2 else clusters
    places = {name: place for place, name in enumerate(dict.fromkeys(names))}
    member = [places[name] for name in names]
    sums, counts = np.bincount(member, numbers), np.bincount(member)
    random, n = np.random.default_rng(0), len(sums)
    means = np.concatenate(
        [
            sums[drawn].sum(1) / counts[drawn].sum(1)
            for rows in _chunks(n)
            for drawn in [random.integers(0, n, (rows, n))]
        ]
    )
    low, high = np.quantile(means, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return Estimate(float(numbers.mean()), float(low), float(high), len(numbers))


def share(hits: int, n: int) -> Estimate:
    """Returns the share of ``hits`` among ``n`` with Wilson's score interval.

    Source: Wilson 1927, Probable inference, the law of succession, and statistical inference.

    Raises:
        ValueError: ``n`` is not positive, or ``hits`` is not among them.
    """
    if not 0 <= hits <= n or n < 1:
        raise ValueError(f"expected 0 ≤ hits ≤ n and n ≥ 1, got {hits} of {n}")
    p, z = hits / n, _Z
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Estimate(p, max(0.0, middle - half), min(1.0, middle + half), n)


def mean_of(estimates: Sequence[Estimate]) -> Estimate:
    """Returns the mean of the means of several collections, with equal weights.

    The means are independent, so their variances add.

    Raises:
        ValueError: no estimates.
    """
    if not estimates:
        raise ValueError("expected at least one estimate, got none")
    mean = sum(each.mean for each in estimates) / len(estimates)
    below = math.hypot(*(each.mean - each.low for each in estimates)) / len(estimates)
    above = math.hypot(*(each.high - each.mean for each in estimates)) / len(estimates)
    return Estimate(mean, mean - below, mean + above, sum(each.n for each in estimates))


def randomisation(differences: Sequence[float], *, draws: int = RESAMPLES) -> float:
    """Returns the two-sided p of the paired randomisation test: how often random signs give a mean as far from 0.

    It is exact with up to 12 differences other than 0. Otherwise it uses ``draws`` from a fixed seed.

    Source: Smucker, Allan and Carterette 2007, A Comparison of Statistical Significance Tests for IR Evaluation.
    """
    values = np.asarray([each for each in differences if each], np.float64)
    if not len(values):
        return 1.0
    least = abs(values.sum()) * (1 - 1e-9)  # what rounding takes from an equal sum does not count
    if len(values) <= _EXACT:
        signs = np.array(np.meshgrid(*[[-1, 1]] * len(values))).reshape(len(values), -1)
        return float((abs(values @ signs) >= least).mean())
    random = np.random.default_rng(0)
    beyond = sum(
        _beyond(values, random.choice([-1.0, 1.0], (rows, len(values))), least) for rows in _chunks(len(values), draws)
    )
    return (beyond + 1) / (draws + 1)


def _beyond(values: NDArray[np.float64], signs: NDArray[np.float64], least: float) -> int:
    return int(np.count_nonzero(abs(signs @ values) >= least))


def _chunks(width: int, resamples: int = RESAMPLES) -> list[int]:
    """Numbers of resamples that are drawn together, which sum to all."""
    rows = max(1, _AT_ONCE // width)
    return [min(rows, resamples - done) for done in range(0, resamples, rows)]
