"""Asks the engine gold questions, and compares its answers with the points and the evidence of the questions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sinkqa.eval.answering.judging import WRONG, Asked, answer_scores, locate, loss, unlocated, wanted
from sinkqa.eval.answering.losses import reliability_of
from sinkqa.eval.answering.withholding import area, calibration_error, risk_coverage
from sinkqa.eval.data.gold import CUTOFFS, DEPTH, Judgement, Question, documents_named
from sinkqa.eval.data.gold import judge as judge_ranking
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.configuration import digest, fingerprints
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, excerpt, quiet, times
from sinkqa.eval.results.saved import QuestionResult, Result, is_current, read_result, write_result
from sinkqa.index.hit import Hit
from sinkqa.index.library import Library
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.readers import find_files
from sinkqa.service.answer import Answer
from sinkqa.service.answering.judging.answerer import candidates, reordered
from sinkqa.service.answering.judging.judge import RULES, load_judge
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.settings import Settings

SHIPPED = Settings()
"""The default settings, independent of the environment."""


def score_answers(
    name: str,
    questions: Sequence[Question],
    encoder: Encoder,
    *,
    judge: str = RULES,
    documents: Sequence[Path],
    beside: Sequence[Path] = (),
    out: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> tuple[Result, bool]:
    """Scores the engine's answer to each question, with the shipped settings.

    The second value says whether the result was read from an earlier run.

    Raises:
        NothingToMeasure: no question has points, or every question is answerable.
        UnreadableDocument, IngestError: as :func:`score_gold`.
    """
    if not any(each.points for each in questions):
        raise NothingToMeasure(f"{name}: expected questions with answer_points, got none; measure without --answers")
    files = find_files(documents), find_files(beside) if beside else []
    corpus = digest([sorted(sha256_of(path) for path in part) for part in files])
    asked = digest([repr(question) for question in questions])
    settings = {"k": SHIPPED.k, "encoder": encoder.name, "encoder_fingerprint": encoder.fingerprint}
    settings |= {"judge": judge} if judge != RULES else {}
    known = fingerprints(corpus=corpus, questions=asked, encoder=encoder, configuration=settings, answers=True)
    path = out / f"{name}.answers.json" if out else None
    if path and is_current(path, known):
        return read_result(path), True
    kept = gold_library(questions, files, corpus, encoder, cache=cache, on_progress=on_progress)
    with kept as (library, about, facts, warnings):
        result = _score(name, library, questions, about, judge, on_progress)
    result = replace(result, facts=facts | result.facts, warnings=(*warnings, *result.warnings))
    result = replace(result, fingerprints=known, configuration=settings)
    if path:
        write_result(path, result)
    return result, False


def _score(
    name: str,
    library: Library,
    questions: Sequence[Question],
    about: Sequence[str],
    judge: str,
    on_progress: OnProgress,
) -> Result:
    engine = Engine(library, replace(SHIPPED, judge=judge))
    records, named = library.documents(), documents_named(library, questions)
    sources = {record.doc_id: library.text(record.doc_id) for record in records}
    names = {record.doc_id: record.name for record in records}
    found = {
        judgement.question.query_id: (judgement, hits)
        for judgement, hits in judge_ranking(library, questions, search=_as_shown(library, judge), about=about)
    }
    engine.ask(questions[0].text)  # the first search opens the index
    latencies: list[float] = []
    results: list[QuestionResult] = []
    worth: list[float] = []
    texts: dict[str, str] = {}
    warnings: list[str] = []
    for question in questions:
        asked = locate(question, named, about, sources)
        warnings += unlocated(asked)
        began = time.perf_counter()
        answer = engine.ask(question.text)
        latencies.append(1000 * (time.perf_counter() - began))
        scores = answer_scores(asked, answer, sources)
        results.append(_question_result(asked, answer, scores, found.get(question.query_id), names))
        given = answer if answer.status != "abstained" else engine.ask(question.text, bar=0.0)
        worth.append(answer_scores(asked, given, sources).get("supported points", 0.0))
        texts |= {citation.passage_id: excerpt(citation.quote) for citation in answer.citations}
        on_progress(len(results), len(questions), "answers")
    curve = risk_coverage([each.scores["confidence"] for each in results], worth)
    result = Result(
        kind="answers",
        dataset=name,
        label="answers",
        fingerprints={},
        configuration={},
        facts=times(latencies) | abstention(questions, results),
        questions=tuple(results),
        texts=texts,
        warnings=tuple(warnings),
        curve=tuple(map(tuple, curve)),
    )
    bins = reliability_of([result])
    return replace(result, facts=result.facts | {"calibration_error": calibration_error(bins)}) if bins else result


def _as_shown(library: Library, judge: str) -> Callable[[str], list[Hit]]:
    """The passages of a question in the order in which the engine shows them."""
    judging, pieces = load_judge(judge, library.encoder), Pieces(library.encoder)

    def search(text: str) -> list[Hit]:
        hits = library.search(text, k=DEPTH, reranker=judging.reranker)
        return reordered(hits, candidates(understand(text), hits, judging, pieces))

    return search


def abstention(questions: Sequence[Question], results: Sequence[QuestionResult]) -> dict[str, float]:
    """Returns the scores of abstaining: AUROC of the confidence with interval, precision, recall, and shares answered.

    Questions with a false premise count as unanswerable, except in measures named ``unanswerable``. Measures that need
    both kinds of questions are left out if one kind is missing.
    """
    answerable = [question.expects == "answer" for question in questions]
    answered = [each.answered for each in results]
    pairs = list(zip(answerable, answered, strict=True))
    silent = [given for question, given in zip(questions, answered, strict=True) if question.expects == "nothing"]
    withheld = [not can for can, given in pairs if not given]
    facts = {
        "answered_answerable": _mean([given for can, given in pairs if can]),
        "answered_unanswerable": _mean(silent),
        "abstention_precision": _mean(withheld),
        "abstention_recall": _mean([not given for can, given in pairs if not can]),
    }
    either = [each for each, question in zip(results, questions, strict=True) if question.expects != "correction"]
    for name, asked in {"auroc": results, "auroc_unanswerable": either}.items():
        truth = ["answered" in each.scores for each in asked]
        if len(set(truth)) == 2 and all("confidence" in each.scores for each in asked):
            clusters = [each.cluster or each.query_id for each in asked]
            found = area([each.scores["confidence"] for each in asked], truth, clusters=clusters)
            facts |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
    return {name: value for name, value in facts.items() if value is not None}


def _mean(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _question_result(
    asked: Asked,
    answer: Answer,
    scores: dict[str, float],
    found: tuple[Judgement, list[Hit]] | None,
    names: Mapping[str, str],
) -> QuestionResult:
    question, lost = asked.question, None
    if found and question.expects == "answer":
        judgement, hits = found
        scores = {f"recall@{cutoff}": float(judgement.covered(cutoff)) for cutoff in CUTOFFS} | scores
        lost = None if scores["complete"] else loss(asked, answer, judgement, hits, names)
    return QuestionResult(
        query_id=question.query_id,
        text=question.text,
        scores=scores,
        wanted=tuple(wanted(asked, answer)),
        found=tuple((citation.passage_id, citation.score) for citation in answer.citations),
        traits=question.traits | {"status": answer.abstain_reason or answer.status},
        cluster=question.cluster,
        counts={WRONG: len(answer.citations)},
        lost=lost,
    )
