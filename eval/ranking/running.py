"""Adds a collection to a library, asks the library its questions, and scores the rankings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from sinkqa.eval.data.benchmark import Benchmark, CorpusEntry, as_document
from sinkqa.eval.data.trec import Run, ScoredDoc, write_run
from sinkqa.eval.ranking.configuration import Configuration, code_fingerprint, digest, fingerprints, megabytes
from sinkqa.eval.results.measures import measure
from sinkqa.eval.results.saved import QuestionResult, Result, Wanted, is_current, read_result, write_result
from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.store.documents.document_rows import Packed, pack_documents

OnProgress = Callable[[int, int, str], None]
"""Called with (steps done, total steps, name of the work)."""

_AT_ONCE = 256  # texts that an encoder is given together
_COMMIT_S = 20.0
_EXCERPT = 240  # characters of a passage that are kept for the report


def quiet(done: int, total: int, what: str) -> None:
    """Reports no progress."""


def score_benchmark(
    benchmark: Benchmark,
    configurations: Sequence[Configuration],
    encoder: Encoder,
    *,
    out: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> Iterator[tuple[Result, bool]]:
    """Yields one result for each configuration, all over one index, and whether it was read from ``out``.

    ``out`` keeps ``<collection>.<label>.json`` and ``.run``. A result with unchanged fingerprints is not measured
    again. ``cache`` keeps the library, so that the next run need not index.
    """
    known = {each.label: _fingerprints(benchmark, each, encoder) for each in configurations}
    paths = {label: out / f"{benchmark.name}.{label}.json" for label in known} if out else {}
    missing = [each for each in configurations if not (out and is_current(paths[each.label], known[each.label]))]
    for configuration in configurations:
        if configuration not in missing:
            yield read_result(paths[configuration.label]), True
    if not missing:
        return
    with _library(benchmark, encoder, cache, on_progress) as (library, facts, names):
        for configuration in missing:
            result, run = _score(benchmark, library, names, configuration, facts, on_progress)
            if out:
                write_result(paths[configuration.label], result)
                write_run(paths[configuration.label].with_suffix(".run"), run)
            yield result, False


def fill(library: Library, corpus: Sequence[CorpusEntry], *, on_progress: OnProgress = quiet) -> dict[str, str]:
    """Adds the entries that the library lacks. Returns the entry id for each doc_id."""
    held = {record.doc_id for record in library.documents()}
    named: dict[str, str] = {}
    lacking: list[CorpusEntry] = []
    for entry in corpus:
        doc_id = as_document(entry)[0].doc_id
        named[doc_id] = entry.entry_id
        lacking += [] if doc_id in held else [entry]
    done = len(corpus) - len(lacking)
    packed = _packed(lacking, library.encoder, lambda n: on_progress(done + n, len(corpus), "index"))
    for _ in library.add_all(packed, group_s=_COMMIT_S):
        pass
    return named


def times(latencies_ms: Sequence[float]) -> dict[str, float]:
    """Returns median and 95th percentile, ms."""
    p95 = quantiles(latencies_ms, n=20)[-1] if len(latencies_ms) > 1 else latencies_ms[0]
    return {"p50_ms": median(latencies_ms), "p95_ms": p95}


def _fingerprints(benchmark: Benchmark, configuration: Configuration, encoder: Encoder) -> dict[str, str]:
    return fingerprints(
        corpus=benchmark.corpus_sha256,
        questions=benchmark.questions_sha256,
        encoder=encoder,
        configuration=configuration.describe(encoder),
    )


@contextmanager
def _library(
    benchmark: Benchmark, encoder: Encoder, cache: Path | None, on_progress: OnProgress
) -> Iterator[tuple[Library, dict[str, float], dict[str, str]]]:
    """The collection's library, filled, with what filling it took, and the ids of entries by their documents'."""
    with TemporaryDirectory(prefix="sinkqa-eval-") as temporary:
        key = digest(benchmark.corpus_sha256, encoder.fingerprint, code_fingerprint())
        folder = cache / key if cache else Path(temporary)
        began = time.perf_counter()
        with Library.open(folder, create=True, encoder=encoder) as library:
            names = fill(library, benchmark.corpus, on_progress=on_progress)
        facts = {"index_s": time.perf_counter() - began, "index_mb": megabytes(folder)}
        with Library.open(folder, encoder=encoder) as library:
            yield library, facts | {"passages": len(benchmark.corpus)}, names


def _packed(corpus: Sequence[CorpusEntry], encoder: Encoder, advance: Callable[[int], None]) -> Iterator[Packed]:
    for start in range(0, len(corpus), _AT_ONCE):
        made = [(*as_document(entry), entry.entry_id) for entry in corpus[start : start + _AT_ONCE]]
        sourced = [(document, [passage], name or document.doc_id) for document, passage, name in made]
        yield from pack_documents(sourced, encoder)
        advance(start + len(made))


def _score(
    benchmark: Benchmark,
    library: Library,
    names: Mapping[str, str],
    configuration: Configuration,
    facts: Mapping[str, float],
    on_progress: OnProgress,
) -> tuple[Result, Run]:
    began = time.perf_counter()
    run, latencies = _ask(benchmark, library, names, configuration, on_progress)
    measured = times(latencies) | {"search_s": time.perf_counter() - began}
    values = measure(benchmark.qrels, run)
    questions = tuple(
        QuestionResult(
            query_id=query.query_id,
            text=query.text,
            scores={name: by_query[query.query_id] for name, by_query in values.items()},
            wanted=_wanted(benchmark.qrels[query.query_id], run[query.query_id]),
            found=tuple((doc, round(score, 4)) for doc, score in run[query.query_id]),
        )
        for query in benchmark.queries
    )
    shown = {name for each in questions for name in [w.name for w in each.wanted] + [doc for doc, _ in each.found]}
    result = Result(
        kind="beir",
        dataset=benchmark.name,
        label=configuration.label,
        fingerprints=_fingerprints(benchmark, configuration, library.encoder),
        configuration=configuration.describe(library.encoder),
        facts=dict(facts) | measured | configuration.sizes(),
        questions=questions,
        texts={e.entry_id: excerpt(f"{e.title}\n{e.text}".strip()) for e in benchmark.corpus if e.entry_id in shown},
        warnings=benchmark.warnings,
    )
    return result, run


def _ask(
    benchmark: Benchmark,
    library: Library,
    names: Mapping[str, str],
    configuration: Configuration,
    on_progress: OnProgress,
) -> tuple[Run, list[float]]:
    """The ranking of every query, and the milliseconds of each search."""
    ids = {name: doc_id for doc_id, name in names.items()}
    run: Run = {}
    latencies: list[float] = []
    for number, query in enumerate(benchmark.queries):
        within = tuple(ids[name] for name in query.candidates if name in ids) if configuration.candidates else ()
        filters = Filters(doc_ids=within) if within else None
        if not number:  # the first search opens the index
            configuration.search(library, query.text, filters=filters)
        began = time.perf_counter()
        hits = configuration.search(library, query.text, filters=filters)
        latencies.append(1000 * (time.perf_counter() - began))
        run[query.query_id] = [ScoredDoc(names[hit.passage.doc_id], hit.score) for hit in hits]
        on_progress(number + 1, len(benchmark.queries), configuration.label)
    return run, latencies


def _wanted(judged: Mapping[str, int], ranking: Sequence[ScoredDoc]) -> tuple[Wanted, ...]:
    ranks = {each.doc_id: rank for rank, each in enumerate(ranking, 1)}
    return tuple(Wanted(doc_id, ranks.get(doc_id)) for doc_id, relevance in judged.items() if relevance > 0)


def excerpt(text: str) -> str:
    """Returns the beginning of a passage, for the report."""
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"
