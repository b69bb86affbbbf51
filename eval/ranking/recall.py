"""Searches for the evidence of gold questions in documents that the product added."""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sinkqa.eval.data.gold import CUTOFFS, DEPTH, Judgement, Question, judge
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.configuration import (
    Configuration,
    code_fingerprint,
    digest,
    fingerprints,
    megabytes,
)
from sinkqa.eval.ranking.running import OnProgress, excerpt, quiet, times
from sinkqa.eval.results.saved import QuestionResult, Result, Wanted, is_current, read_result, write_result
from sinkqa.index.hit import Hit
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.errors import UnreadableDocument
from sinkqa.ingest.readers import find_files
from sinkqa.service.intake.adding import take_in
from sinkqa.service.intake.reader_pool import Readers

MEASURES = (*(f"recall@{cutoff}" for cutoff in CUTOFFS), "within 2,000 chars")


def score_gold(
    name: str,
    questions: Sequence[Question],
    configurations: Sequence[Configuration],
    encoder: Encoder,
    *,
    documents: Sequence[Path],
    beside: Sequence[Path] = (),
    out: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> Iterator[tuple[Result, bool]]:
    """Yields one result for each configuration, over one library of ``documents`` and the documents ``beside`` them.

    Results are as in :func:`score_benchmark`. An unreadable file gives a warning if it is one of ``beside``, or if it
    holds no evidence.

    Raises:
        NothingToMeasure: no question has evidence.
        UnreadableDocument: one of ``documents`` was not added, and evidence names it or names no document.
        IngestError: a path holds no file.
    """
    answerable = [question for question in questions if question.evidence]
    if not answerable:
        raise NothingToMeasure(f"{name}: expected a question with evidence, got {len(questions)} without")
    files = find_files(documents), find_files(beside) if beside else []
    corpus = digest([sorted(sha256_of(path) for path in part) for part in files])
    asked = digest([repr(question) for question in answerable])
    deep = [replace(each, k=DEPTH) for each in configurations]
    known = {
        each: fingerprints(corpus=corpus, questions=asked, encoder=encoder, configuration=each.describe(encoder))
        for each in deep
    }
    paths = {each: out / f"{name}.{each.label}.json" for each in deep} if out else {}
    missing = [each for each in deep if not (out and is_current(paths[each], known[each]))]
    yield from ((read_result(paths[each]), True) for each in deep if each not in missing)
    if not missing:
        return
    with gold_library(
        questions, files, corpus, encoder, encoder_name=deep[0].encoder, cache=cache, on_progress=on_progress
    ) as (library, about, facts, warnings):
        facts["unanswerable"] = len(questions) - len(answerable)
        for each in missing:
            measured = _score(name, library, answerable, each, about, on_progress)
            result = replace(measured, fingerprints=known[each], facts=facts | measured.facts, warnings=warnings)
            if out:
                write_result(paths[each], result)
            yield result, False


@contextmanager
def gold_library(
    questions: Sequence[Question],
    files: tuple[Sequence[Path], Sequence[Path]],
    corpus: str,
    encoder: Encoder,
    *,
    encoder_name: str | None = None,
    cache: Path | None,
    on_progress: OnProgress,
) -> Iterator[tuple[Library, list[str], dict[str, float], tuple[str, ...]]]:
    """Yields the library, the ids of the documents that the questions are about, sizes and times, and warnings."""
    documents, beside = files
    needed = {place.document for question in questions for place in question.evidence}  # None: all of them
    with TemporaryDirectory(prefix="sinkqa-eval-") as temporary:
        folder = cache / digest(corpus, encoder.fingerprint, code_fingerprint()) if cache else Path(temporary)
        began = time.perf_counter()
        readers = Readers(encoder_name, wanted=os.cpu_count() or 1, cpu_s=math.inf)
        with Library.open(folder, create=True, encoder=encoder) as library:
            report = take_in(library, [*documents, *beside], readers=readers, on_progress=on_progress)
            failed = {path: each.message for path, each in report.results.items() if each.state == "failed"}
            for path in documents:
                if path in failed and {None, path.name, sha256_of(path)} & needed:
                    raise UnreadableDocument(f"{failed[path]}; the questions are about it")
            hashes = {sha256_of(path) for path in documents}
            records = library.documents()
            facts = {
                "index_s": time.perf_counter() - began,
                "index_mb": megabytes(folder),
                "documents": len(records),
                "passages": sum(record.n_passages for record in records),
            }
            about = [record.doc_id for record in records if record.doc_id in hashes]
            yield library, about, facts, tuple(f"left out: {message}" for message in failed.values())


def _score(
    name: str,
    library: Library,
    questions: Sequence[Question],
    configuration: Configuration,
    about: Sequence[str],
    on_progress: OnProgress,
) -> Result:
    configuration.search(library, questions[0].text)  # the first search opens the index
    latencies: list[float] = []
    texts: dict[str, str] = {}
    results: list[QuestionResult] = []
    search = _timed(lambda text: configuration.search(library, text), latencies)
    for judgement, hits in judge(library, questions, search=search, about=about):
        texts |= {hit.passage.passage_id: excerpt(hit.passage.text) for hit in hits}
        results.append(_question_result(judgement, hits))
        on_progress(len(results), len(questions), configuration.label)
    return Result(
        kind="gold",
        dataset=name,
        label=configuration.label,
        fingerprints={},
        configuration=configuration.describe(library.encoder),
        facts=times(latencies) | configuration.sizes(),
        questions=tuple(results),
        texts=texts,
    )


def _question_result(judgement: Judgement, hits: Sequence[Hit]) -> QuestionResult:
    question = judgement.question
    wanted = (
        Wanted(" … ".join(place.must_contain), rank, place.hop)
        for place, rank in zip(question.evidence, judgement.ranks, strict=True)
    )
    return QuestionResult(
        query_id=question.query_id,
        text=question.text,
        scores={name: float(found) for name, found in zip(MEASURES, judgement.found, strict=True)},
        wanted=tuple(wanted),
        found=tuple((hit.passage.passage_id, round(hit.score, 4)) for hit in hits),
        traits=question.traits,
        cluster=question.cluster,
    )


def _timed(search: Callable[[str], list[Hit]], latencies: list[float]) -> Callable[[str], list[Hit]]:
    """The same search; the milliseconds of each call go into ``latencies``."""

    def timed(text: str) -> list[Hit]:
        began = time.perf_counter()
        hits = search(text)
        latencies.append(1000 * (time.perf_counter() - began))
        return hits

    return timed


def sha256_of(path: Path) -> str:
    """Hashes the bytes of a file. The hash is the id of its document."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
