"""Times calls in this process, and the baseline of a search: the dot product of a query with every vector."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.store.documents.serialization import unpack_vectors
from sinkqa.index.store.sqlite.store import STORE_FILE, SqliteStore


class CallTimes(NamedTuple):
    """Milliseconds of one call: wall time and processor time. Other programs do not lengthen processor time."""

    p50: float
    p95: float
    cpu_p50: float
    cpu_p95: float


def time_calls(act: Callable[[int], object], n: int) -> CallTimes:
    """Times ``n`` calls after one warm-up call. No other thread of the process may be busy."""
    act(0)
    wall, cpu = [], []
    for i in range(n):
        began, worked = time.perf_counter(), time.process_time()
        act(i)
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - worked))
    return CallTimes(median(wall), _p95(wall), median(cpu), _p95(cpu))


def stored_vectors(library: Path, dim: int) -> Floats:
    """Reads all vectors of a library's passages, float32, (n, dim)."""
    store = SqliteStore(library / STORE_FILE, read_only=True)
    with store.reading():
        changes = store.changes(None)
        vectors = [each.vector for each in store.features(changes.added)] if changes else []
    store.close()
    return unpack_vectors(vectors, dim)


def nearest(vectors: Floats, query: Floats, k: int = 10) -> None:
    """Finds the ``k`` best vectors by their dot products with the query, in the plainest way."""
    scores = vectors @ query
    best = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
    np.sort(scores[best])


def _p95(values: list[float]) -> float:
    return quantiles(values, n=20)[-1] if len(values) > 1 else values[0]
