"""Asks the engine questions that are made from the outlines of documents."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sinkqa.eval.answering.answers import SHIPPED
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.provisions.facts import fact_questions
from sinkqa.eval.provisions.outline import read_laws
from sinkqa.eval.provisions.questions import Family, ProvisionQuestion, families, merged, number_questions
from sinkqa.eval.provisions.scores import HEADLINES, Source, Verdict, score
from sinkqa.eval.ranking.configuration import digest, fingerprints
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, excerpt, quiet, times
from sinkqa.eval.results.saved import QuestionResult, Result, Wanted, is_current, read_result, write_result
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import SinkQAError
from sinkqa.ingest.readers import find_files, read
from sinkqa.service.answer import Answer
from sinkqa.service.engine import Engine


@dataclass(frozen=True, slots=True)
class Draw:
    """The choice of questions.

    ``wordings``: how many of each question. ``sample``: the most questions of one kind for each law, None for all.
    ``kinds``: the kinds of questions.
    """

    wordings: int = 4
    sample: int | None = None
    seed: int = 0
    kinds: tuple[str, ...] = tuple(HEADLINES)


def score_provisions(
    name: str,
    encoder: Encoder,
    draw: Draw,
    *,
    documents: Sequence[Path],
    beside: Sequence[Path] = (),
    out: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> tuple[Result, bool]:
    """Scores the engine's answers to every question made from ``documents``.

    The second value says whether the result was read from an earlier run.

    Raises:
        NothingToMeasure: no document gives a question.
        IngestError: a path holds no file.
    """
    files = find_files(documents), find_files(beside) if beside else []
    sources, warnings = _read(files[0])
    found = families(law for document in sources for law in read_laws(document))
    questions = [each for each in make_questions(found, draw) if each.kind in draw.kinds]
    if not questions:
        raise NothingToMeasure(f"{name}: expected laws among {len(files[0])} files, got none; give others")
    warnings += [f"asked in its own language only, no name in laws.toml: {title}" for title in _unnamed(found)]
    corpus = digest([sorted(sha256_of(path) for path in part) for part in files])
    settings = {"k": SHIPPED.k, "encoder": encoder.name, "encoder_fingerprint": encoder.fingerprint}
    settings |= asdict(draw) | {"kinds": list(draw.kinds)}
    asked = digest([repr(question) for question in questions])
    known = fingerprints(corpus=corpus, questions=asked, encoder=encoder, configuration=settings, answers=True)
    path = out / f"{name}.provisions.json" if out else None
    if path and is_current(path, known):
        return read_result(path), True
    with gold_library([], files, corpus, encoder, cache=cache, on_progress=on_progress) as (library, _, facts, lost):
        result = _ask(name, library, questions, {each.doc_id: Source(each) for each in sources}, on_progress)
    result = replace(
        result,
        fingerprints=known,
        configuration=settings,
        facts=facts | result.facts,
        warnings=tuple(dict.fromkeys([*warnings, *lost])),
    )
    if path:
        write_result(path, result)
    return result, False


def make_questions(found: Sequence[Family], draw: Draw) -> list[ProvisionQuestion]:
    """Makes every question that the laws allow. Questions with the same text are merged."""
    options = {"wordings": draw.wordings, "sample": draw.sample, "seed": draw.seed}
    return merged(
        question
        for family in found
        for make in (number_questions, fact_questions)
        for question in make(family, **options)  # type: ignore[arg-type]
    )


def failures(result: Result, most: int) -> list[tuple[QuestionResult, str]]:
    """Returns at most ``most`` failed questions with their answers, spread over the result."""
    failed = [each for each in result.questions if each.query_id in result.texts]
    step = max(1, len(failed) // most) if most else 1
    return [(each, result.texts[each.query_id]) for each in failed[::step][:most]]


def _read(paths: Sequence[Path]) -> tuple[list[Document], list[str]]:
    documents, warnings = [], []
    for path in paths:
        try:
            documents.append(read(path))
        except SinkQAError as error:
            warnings.append(f"left out: {error.message}")
    return documents, warnings


def _unnamed(found: Sequence[Family]) -> list[str]:
    """Laws that are not asked about in both languages."""
    lawful = [each for each in found if any(law.articles for law in each.laws)]
    return [each.title for each in lawful if not {"zh", "en"} <= set(each.names)]


def _ask(
    name: str,
    library: Library,
    questions: Sequence[ProvisionQuestion],
    sources: dict[str, Source],
    on_progress: OnProgress,
) -> Result:
    engine = Engine(library, SHIPPED)
    titles = {record.doc_id: record.title or record.name for record in library.documents()}
    engine.ask(questions[0].text)  # the first search opens the index
    latencies: list[float] = []
    results: list[QuestionResult] = []
    texts: dict[str, str] = {}
    for question in questions:
        began = time.perf_counter()
        answer = engine.ask(question.text)
        latencies.append(1000 * (time.perf_counter() - began))
        verdict = score(question, answer, sources, titles)
        results.append(_result(question, answer, verdict, sources))
        if verdict.fault:
            texts[question.query_id] = f"{verdict.fault} | {excerpt(answer.answer)}"
        on_progress(len(results), len(questions), "provisions")
    return Result("provisions", name, "answers", {}, {}, times(latencies), tuple(results), texts)


def _result(
    question: ProvisionQuestion, answer: Answer, verdict: Verdict, sources: dict[str, Source]
) -> QuestionResult:
    wanted = [excerpt(sources[t.doc_id].text[t.needed[0].start : t.needed[-1].end]) for t in question.targets[:1]]
    traits = {"kind": question.kind, "pair": question.pair, "law": question.law}
    traits |= {"fault": verdict.fault.partition(":")[0]} if verdict.fault else {}
    return QuestionResult(
        query_id=question.query_id,
        text=question.text,
        scores=verdict.scores,
        wanted=tuple(Wanted(text, None if verdict.fault else 1) for text in wanted),
        found=tuple((citation.passage_id, citation.score) for citation in answer.citations),
        traits=traits,
        cluster=question.cluster,
    )
