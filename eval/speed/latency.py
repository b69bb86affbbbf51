"""Measures search time and library size while the library grows."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from sinkqa.eval.data.benchmark import CorpusEntry
from sinkqa.eval.data.collections import read_benchmark
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.configuration import Configuration, megabytes
from sinkqa.eval.ranking.running import OnProgress, fill, quiet, times
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder

_WORDS = 30_000  # of a language that a large collection uses
_ZIPF = 1.1  # exponent of their frequencies
_SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprstvwz" for vowel in "aeiou"]
_LENGTHS = {"en": 60, "zh": 90}  # words of a passage
_RUNS = 200


@dataclass(frozen=True, slots=True)
class Timing:
    """Search times of one mode in a library of ``passages``: median and 95th percentile, in ms of wall and CPU time.

    ``passages_per_s``: how fast the last passages were added. ``index_mb``: the library's size on disk.
    """

    mode: str
    passages: int
    p50_ms: float
    p95_ms: float
    cpu_p50_ms: float
    passages_per_s: float
    index_mb: float


def latency(
    counts: Sequence[int],
    configurations: Sequence[Configuration],
    encoder: Encoder,
    *,
    corpus: Path | None = None,
    on_progress: OnProgress = quiet,
) -> Iterator[Timing]:
    """Grows one library to each of ``counts``, and asks it 200 questions in each mode.

    ``corpus`` is a BEIR folder whose questions are asked. Without it, passages and questions are random words with
    natural frequencies, half Chinese and half English. Only one process searches, and the library is warm.

    Raises:
        NothingToMeasure: the corpus has too few passages.
        ValueError: a count below 1.
    """
    if not counts or min(counts) < 1:
        raise ValueError(f"expected passage counts of at least 1, got {list(counts)}")
    entries, questions = _given(corpus) if corpus else made_up(max(counts))
    if len(entries) < max(counts):
        raise NothingToMeasure(f"{corpus}: expected {max(counts):,} passages, got {len(entries):,}; ask for fewer")
    with (
        TemporaryDirectory(prefix="sinkqa-latency-") as folder,
        Library.open(folder, create=True, encoder=encoder) as library,
    ):
        held = 0
        for count in sorted(set(counts)):
            began = time.perf_counter()
            fill(library, entries[held:count], on_progress=on_progress)
            speed = (count - held) / (time.perf_counter() - began)
            held = count
            for configuration in configurations:
                wall, cpu = _ask(library, questions, configuration)
                yield Timing(
                    mode=configuration.label,
                    passages=count,
                    **times(wall),
                    cpu_p50_ms=times(cpu)["p50_ms"],
                    passages_per_s=speed,
                    index_mb=megabytes(Path(folder)),
                )


def made_up(n: int) -> tuple[list[CorpusEntry], list[str]]:
    """Makes ``n`` passages and 200 questions of words drawn by rank, always the same ones."""
    random = np.random.default_rng(0)
    syllables = random.integers(0, len(_SYLLABLES), (_WORDS, 4)).tolist()
    characters = random.integers(0x4E00, 0x8FFF, (_WORDS, 3)).tolist()
    vocabularies = {
        "en": ["".join(_SYLLABLES[each] for each in row[: 1 + i % 4]) for i, row in enumerate(syllables)],
        "zh": ["".join(map(chr, row[: 1 + i % 3])) for i, row in enumerate(characters)],
    }
    frequency = 1 / np.arange(1, _WORDS + 1) ** _ZIPF
    frequency /= frequency.sum()

    def text(language: str, words: int) -> str:
        drawn = random.choice(_WORDS, words, p=frequency)
        return (" " if language == "en" else "").join(vocabularies[language][i] for i in drawn)

    languages = ("zh", "en")
    entries = [CorpusEntry(f"d{i}", "", text(languages[i % 2], _LENGTHS[languages[i % 2]])) for i in range(n)]
    return entries, [text(languages[i % 2], 10) for i in range(_RUNS)]


def _given(folder: Path) -> tuple[list[CorpusEntry], list[str]]:
    benchmark = read_benchmark(folder, n_queries=_RUNS)
    return list(benchmark.corpus), [query.text for query in benchmark.queries]


def _ask(library: Library, questions: Sequence[str], configuration: Configuration) -> tuple[list[float], list[float]]:
    """Wall and CPU milliseconds of each search, after one that opens the index."""
    configuration.search(library, questions[0])
    wall, cpu = [], []
    for question in questions:
        began, used = time.perf_counter(), time.process_time()
        configuration.search(library, question)
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - used))
    return wall, cpu
