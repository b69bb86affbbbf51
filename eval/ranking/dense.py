"""Measures the recall of the approximate dense search and the cost of a search, as the number of vectors grows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.models.encoder import VectorEncoder
from sinkqa.index.search.embedded.building import merge_segments, write_segment
from sinkqa.index.search.embedded.coding import Coder
from sinkqa.index.search.embedded.dense import DenseIndex
from sinkqa.index.search.embedded.segment import Halves, Segment
from sinkqa.index.store.documents.serialization import pack_terms, pack_vector
from sinkqa.index.store.store import Features
from sinkqa.ingest.text.language import detect

_AT_ONCE = 4_096
_SAMPLE = 10_000  # vectors that say where the centre of all is
_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Grown:
    """Dense retrieval over ``passages`` vectors. Times are ms of CPU time for the median question.

    ``exact_ms``: the time to score every vector in float32. ``at_10`` and ``at_100``: the shares of the exact nearest
    vectors that were found. ``elsewhere``: that share of the nearest 100 in the languages other than the question's.
    """

    passages: int
    at_10: float
    at_100: float
    elsewhere: float
    search_ms: float
    exact_ms: float
    build_s: float
    mb: float


def grow(
    counts: Sequence[int], texts: Sequence[str], questions: Sequence[str], encoder: VectorEncoder
) -> Iterator[Grown]:
    """For each count, asks all questions of the first so many distinct vectors of the texts.

    Raises:
        NothingToMeasure: there are no questions, or fewer distinct texts than a count.
    """
    vectors, spoken = _encoded(list(dict.fromkeys(texts)), max(counts), encoder)
    if len(vectors) < max(counts) or not questions:
        raise NothingToMeasure(
            f"expected {max(counts):,} distinct texts and some questions, got {len(vectors):,} and {len(questions):,}"
        )
    asked = encoder.encode(questions)
    known = np.flatnonzero(asked.any(axis=1))
    asked_in = [detect(questions[place]) for place in known.tolist()]
    for count in sorted(set(counts)):
        yield _measured(vectors[:count], spoken[:count], asked[known], asked_in)


def _encoded(texts: Sequence[str], most: int, encoder: VectorEncoder) -> tuple[Halves, list[str]]:
    parts: list[Halves] = []
    spoken: list[str] = []
    for start in range(0, len(texts), _AT_ONCE):
        part = texts[start : start + _AT_ONCE]
        parts.append(encoder.encode(part).astype(np.float16))
        spoken += map(detect, part)
    vectors = np.concatenate(parts) if parts else np.zeros((0, encoder.dim), np.float16)
    _, first = np.unique(vectors, axis=0, return_index=True)
    kept = np.sort(first)[:most]
    return vectors[kept], [spoken[place] for place in kept]


def _measured(vectors: Halves, spoken: Sequence[str], questions: Floats, asked_in: Sequence[str]) -> Grown:
    wide, languages = vectors.astype(np.float32), np.array(spoken)
    times, exact_times, shares = [], [], []
    with TemporaryDirectory(prefix="sinkqa-dense-") as folder:
        began = time.process_time()
        index = _built(Path(folder), vectors, spoken)
        build_s = time.process_time() - began
        index.search(questions[0], depth=_DEPTH)  # what is made once
        for question, language in zip(questions, asked_in, strict=True):
            began = time.process_time()
            found = index.search(question, depth=_DEPTH, by_language=True).rows
            times.append(time.process_time() - began)
            began = time.process_time()
            scores = wide @ question
            best = _best(scores, np.arange(len(scores)))
            exact_times.append(time.process_time() - began)
            elsewhere = _best(scores, np.flatnonzero(languages != language))
            shares.append([float(np.isin(rows, found).mean()) for rows in (best[:10], best, elsewhere) if len(rows)])
        mb = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file()) / 1e6
    found_of = [float(np.mean(column)) for column in zip_longest(*shares, fillvalue=1.0)]
    at_10, at_100, of_others = [*found_of, 1.0][:3]
    return Grown(len(vectors), at_10, at_100, of_others, _ms(times), _ms(exact_times), build_s, mb)


def _built(folder: Path, vectors: Halves, spoken: Sequence[str]) -> DenseIndex:
    """One segment of passages without a word."""
    coder = Coder.of(vectors[:: -(-len(vectors) // _SAMPLE)].astype(np.float32))
    parts = []
    for start in range(0, len(vectors), _SAMPLE):
        passages = [
            Features(row, str(row), spoken[row], pack_terms(((), (), ())), pack_vector(vectors[row]), b"")
            for row in range(start, min(start + _SAMPLE, len(vectors)))
        ]
        size, crc, *_ = write_segment(folder / str(start), passages, dim=vectors.shape[1], coder=coder)
        parts.append(Segment(folder / str(start), size=size, crc=crc))
    merged = merge_segments(folder / "all", [(part, np.arange(len(part))) for part in parts], coder=coder)
    for part in parts:
        part.path.unlink()
    return DenseIndex([Segment(folder / "all", size=merged.size, crc=merged.crc)], coder, None)


def _best(scores: Floats, places: Rows) -> Rows:
    """The best 100 of the places, best first."""
    most = min(_DEPTH, len(places))
    best: Rows = places[np.argpartition(-scores[places], most - 1)[:most]] if most else places
    return best[np.argsort(-scores[best])]


def _ms(times: Sequence[float]) -> float:
    return float(1_000 * np.median(times))
