"""Answering step of the evaluation: gold questions put to the engine, its answers against points and evidence."""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.configuration import digest, fingerprints
from eval.errors import NothingToMeasure
from eval.gold import Question, documents_named
from eval.points import says, share_said
from eval.ranking import OnProgress, excerpt, quiet, times
from eval.recall import gold_library, sha256_of
from eval.results import QuestionResult, Result, Wanted, is_current, read_result, write_result
from eval.withholding import area, risk_coverage
from index.encoder import Encoder
from index.library import Library
from ingest.language import detect
from ingest.readers import find_files
from service.answer import Answer, Citation
from service.engine import Engine
from service.evidence.pieces import cut_to_length, share_of_answer
from service.settings import Settings

SHIPPED = Settings.model_validate({})
"""Settings as they come, whatever the environment says."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with where its evidence stands: the hop, the document's id and the span of each place."""

    question: Question
    places: tuple[tuple[int, str, tuple[int, int]], ...]


def score_answers(
    name: str,
    questions: Sequence[Question],
    encoder: Encoder,
    *,
    documents: Sequence[Path],
    beside: Sequence[Path] = (),
    out: Path | None = None,
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> tuple[Result, bool]:
    """What the engine answers to each question, with its shipped settings; whether the result was there already.

    Raises:
        NothingToMeasure: no question has points, or every one can be answered.
        UnreadableDocument, IngestError: as :func:`eval.recall.score_gold`.
    """
    if not any(each.points for each in questions):
        raise NothingToMeasure(f"{name}: expected questions with answer_points, got none; measure without --answers")
    files = find_files(documents), find_files(beside) if beside else []
    corpus = digest([sorted(sha256_of(path) for path in part) for part in files])
    asked = digest([repr(question) for question in questions])
    settings = {"k": SHIPPED.k, "encoder": encoder.name, "encoder_fingerprint": encoder.fingerprint}
    known = fingerprints(corpus=corpus, questions=asked, encoder=encoder, configuration=settings)
    path = out / f"{name}.answers.json" if out else None
    if path and is_current(path, known):
        return read_result(path), True
    with gold_library(files, corpus, encoder, None, cache, on_progress) as (library, about, facts, warnings):
        result = _score(name, library, questions, about, on_progress)
    result = replace(result, fingerprints=known, configuration=settings, facts=facts | result.facts, warnings=warnings)
    if path:
        write_result(path, result)
    return result, False


def answer_scores(asked: Asked, answer: Answer, sources: Mapping[str, str]) -> dict[str, float]:
    """Every measure that fits the question, 0..1; ``sources`` are the source texts of cited documents by id.

    A question that can be answered: whether it was, the share of points its answer says within an answer's length,
    the same counting only points for which something right is cited, and evidence cited. Of any answer: the share of
    citations that touch evidence or hold a point, of quotes that stand in the source, and of numbers that are quoted;
    and its length, where 1 is the most that is shown.
    """
    question = asked.question
    scores = {"confidence": answer.confidence}
    given = float(answer.status != "abstained")
    if question.expects == "answer":
        scores |= {"answered": given, **_points(asked, answer)}
    elif question.expects == "nothing":
        scores["withheld"] = 1 - given
    else:
        shown = any(_touches(asked, citation) for citation in answer.citations)
        scores |= {"withheld": 1 - given, "contradiction shown": float(shown)}
    if answer.citations:
        quotes = " ".join(citation.quote for citation in answer.citations)
        said = _numbers(" ".join(segment.text for segment in answer.segments))
        scores["quote validity"] = _share(_is_valid(citation, sources) for citation in answer.citations)
        scores["number fidelity"] = _share(number in _numbers(quotes) for number in said) if said else 1.0
    return scores


def _points(asked: Asked, answer: Answer) -> dict[str, float]:
    question = asked.question
    shown = [] if answer.status == "abstained" else cut_to_length([segment.text for segment in answer.segments])
    said = {language: "\n".join(each for each in shown if _language(each) == language) for language in ("zh", "en")}
    right = [citation for citation in answer.citations if _is_right(asked, citation)] if shown else []
    hops = {hop for hop, _, _ in asked.places}
    cited = {hop for hop, doc_id, span in asked.places if any(_meets(each, doc_id, span) for each in right)}
    scores = {
        "answer points": share_said(said, question.points),
        "supported points": share_said(said, question.points) if right else 0.0,
        "evidence cited": len(cited) / len(hops) if hops else 0.0,
    }
    if shown:
        scores["citation precision"] = len(right) / len(answer.citations) if answer.citations else 0.0
        scores["length"] = sum(share_of_answer(segment.text) for segment in answer.segments)
    return scores


def _is_right(asked: Asked, citation: Citation) -> bool:
    """Whether a citation touches evidence, or holds a point."""
    quote, language = citation.quote, _language(citation.quote)
    return _touches(asked, citation) or any(says(quote, point, language) for point in asked.question.points)


def _touches(asked: Asked, citation: Citation) -> bool:
    return any(_meets(citation, doc_id, span) for _, doc_id, span in asked.places)


def _meets(citation: Citation, doc_id: str, span: tuple[int, int]) -> bool:
    return citation.doc_id == doc_id and any(each.start < span[1] and span[0] < each.end for each in citation.spans)


def _is_valid(citation: Citation, sources: Mapping[str, str]) -> bool:
    text = sources.get(citation.doc_id, "")
    return citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)


def _language(text: str) -> str:
    return "zh" if detect(text) == "zh" else "en"


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(unicodedata.normalize("NFKC", text))}


def _share(held: Iterator[bool]) -> float:
    found = list(held)
    return sum(found) / len(found)


def _score(
    name: str, library: Library, questions: Sequence[Question], about: Sequence[str], on_progress: OnProgress
) -> Result:
    engine = Engine(library, SHIPPED)
    named = documents_named(library, questions)
    sources = {record.doc_id: library.text(record.doc_id) for record in library.documents()}
    engine.ask(questions[0].text)  # the first search opens the index
    latencies: list[float] = []
    results: list[QuestionResult] = []
    worth: list[float] = []
    texts: dict[str, str] = {}
    for question in questions:
        asked = Asked(question, tuple(_places(question, named, about)))
        began = time.perf_counter()
        answer = engine.ask(question.text)
        latencies.append(1000 * (time.perf_counter() - began))
        results.append(_question_result(asked, answer, answer_scores(asked, answer, sources)))
        given = answer if answer.status != "abstained" else engine.ask(question.text, bar=0.0)
        worth.append(answer_scores(asked, given, sources).get("supported points", 0.0))
        texts |= {citation.passage_id: excerpt(citation.quote) for citation in answer.citations}
        on_progress(len(results), len(questions), "answers")
    curve = risk_coverage([each.scores["confidence"] for each in results], worth)
    return Result(
        kind="answers",
        dataset=name,
        label="answers",
        fingerprints={},
        configuration={},
        facts=times(latencies) | abstention(questions, results),
        questions=tuple(results),
        texts=texts,
        curve=tuple(map(tuple, curve)),
    )


def abstention(questions: Sequence[Question], results: Sequence[QuestionResult]) -> dict[str, float]:
    """How abstaining does: AUROC of the confidence with interval, precision and recall, and what is answered.

    Questions with a false premise count among those that have no answer, but in ``answered_unanswerable``. What
    needs both kinds of questions is left out where one is missing.
    """
    answerable = [question.expects == "answer" for question in questions]
    answered = [bool(each.scores.get("answered", 1 - each.scores.get("withheld", 0))) for each in results]
    pairs = list(zip(answerable, answered, strict=True))
    silent = [given for question, given in zip(questions, answered, strict=True) if question.expects == "nothing"]
    withheld = [not can for can, given in pairs if not given]
    facts = {
        "answered_answerable": _mean([given for can, given in pairs if can]),
        "answered_unanswerable": _mean(silent),
        "abstention_precision": _mean(withheld),
        "abstention_recall": _mean([not given for can, given in pairs if not can]),
    }
    if len(set(answerable)) == 2:
        clusters = [each.cluster or each.query_id for each in results]
        found = area([each.scores["confidence"] for each in results], answerable, clusters=clusters)
        facts |= {"auroc": found.value, "auroc_low": found.low, "auroc_high": found.high}
    return {name: value for name, value in facts.items() if value is not None}


def _mean(values: Sequence[bool]) -> float | None:
    return sum(values) / len(values) if values else None


def _places(
    question: Question, named: Mapping[str, Sequence[str]], about: Sequence[str]
) -> Iterator[tuple[int, str, tuple[int, int]]]:
    for place in question.evidence:
        if place.span:
            for doc_id in named[place.document] if place.document else about:
                yield place.hop, doc_id, place.span


def _question_result(asked: Asked, answer: Answer, scores: dict[str, float]) -> QuestionResult:
    question = asked.question
    wanted = []
    for place in question.evidence:
        spans = [(doc_id, span) for _, doc_id, span in asked.places if span == place.span]
        touching = [each.number for each in answer.citations if any(_meets(each, *where) for where in spans)]
        wanted.append(Wanted(" … ".join(place.must_contain), min(touching, default=None), place.hop))
    return QuestionResult(
        query_id=question.query_id,
        text=question.text,
        scores=scores,
        wanted=tuple(wanted),
        found=tuple((citation.passage_id, citation.score) for citation in answer.citations),
        traits=question.traits | {"status": answer.abstain_reason or answer.status},
        cluster=question.cluster,
    )
