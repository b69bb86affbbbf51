"""Measures a configuration, and the same configuration without each of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

from sinkqa.eval.data.collections import find_benchmarks, read_benchmark
from sinkqa.eval.data.gold import read_questions
from sinkqa.eval.ranking.configuration import Configuration
from sinkqa.eval.ranking.recall import score_gold
from sinkqa.eval.ranking.running import OnProgress, quiet, score_benchmark
from sinkqa.eval.results.saved import Result
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.fusion import Weights

Gold = tuple[Path, Sequence[Path], Sequence[Path]]
"""A file of questions, the documents that they are about, and the documents beside those."""


def ablations(whole: Configuration) -> list[Configuration]:
    """Returns the whole configuration first.

    Then come the configurations without each weighted part, with the cosine only, with the words only, and without
    reranking.
    """
    parts = [field.name for field in fields(Weights) if getattr(whole.weights, field.name)]
    nothing = replace(whole.weights, **dict.fromkeys(parts, 0.0))
    found = [replace(whole, name=whole.name or "shipped")]
    found += [replace(whole, weights=replace(whole.weights, **{part: 0.0}), name=f"without-{part}") for part in parts]
    found += [replace(whole, mode="dense", weights=nothing, name="cosine-alone")]
    found += [replace(whole, mode="lexical", name="words-alone")]
    return found + ([replace(whole, reranker=None, name="without-reranker")] if whole.reranker else [])


def ablate(
    variants: Sequence[Configuration],
    encoder: Encoder,
    folders: Sequence[Path],
    gold: Gold | None,
    *,
    split: str = "test",
    n_queries: int | None = None,
    out: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> Iterator[tuple[Result, bool]]:
    """Yields one result for each variant and each collection in ``folders``, then for each over the gold questions.

    Results and errors are those of :func:`score_benchmark` and :func:`score_gold`.
    """
    for folder in find_benchmarks(folders):
        benchmark = read_benchmark(folder, split=split, n_queries=n_queries)
        yield from score_benchmark(benchmark, variants, encoder, out=out, cache=cache, on_progress=on_progress)
    if gold:
        path, documents, beside = gold
        questions, name = list(read_questions(path)), f"{path.stem}{'-beside' if beside else ''}"
        yield from score_gold(
            name, questions, variants, encoder,
            documents=documents, beside=beside, out=out, cache=cache, on_progress=on_progress,
        )  # fmt: skip
