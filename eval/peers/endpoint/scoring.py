"""Scores the answers of any assistant with the measures of our own answers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sinkqa.eval.answering.answers import abstention
from sinkqa.eval.answering.judging import WRONG, Asked, answer_scores, is_right, locate, numbers, unlocated, wanted
from sinkqa.eval.data.gold import Question, documents_named
from sinkqa.eval.errors import EndpointFailed, NothingToMeasure
from sinkqa.eval.peers.endpoint.asking import Endpoint, Reply, ask_all
from sinkqa.eval.peers.endpoint.reading import ABSTAINS, Documents, as_answer
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, excerpt, quiet, times
from sinkqa.eval.results.saved import QuestionResult, Result, write_result
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.readers import find_files
from sinkqa.service.answer import Answer


@dataclass(frozen=True, slots=True)
class Asking:
    """The endpoint to ask, and how to read its answers. ``abstains`` matches abstentions, by default as ours does.

    ``label`` names the result, and together with ``name`` its files. ``incomplete``: an answerable question whose
    request failed counts as not answered, and an unanswerable one is left out. Otherwise nothing is scored until all
    replies are there.
    """

    name: str
    label: str
    endpoint: Endpoint
    abstains: str = ABSTAINS
    incomplete: bool = False


def score_endpoint(
    asking: Asking,
    questions: Sequence[Question],
    encoder: Encoder,
    *,
    documents: Sequence[Path],
    out: Path,
    beside: Sequence[Path] = (),
    cache: Path | None = None,
    on_progress: OnProgress = quiet,
) -> Result:
    """Asks the questions without a saved reply, and scores all. ``out`` keeps the original replies, and the result.

    Raises:
        EndpointFailed: some questions have no reply.
        NothingToMeasure: no question has points.
        UnreadableDocument, IngestError: as :func:`score_gold`.
    """
    if not any(each.points for each in questions):
        raise NothingToMeasure(f"{asking.name}: expected questions with answer_points, got none; add them to measure")
    files = find_files(documents), find_files(beside) if beside else []
    kept = out / f"{asking.name}.{asking.label}.replies.jsonl"
    patient = asking.incomplete
    replies, failed = ask_all(asking.endpoint, questions, kept, persistent=patient, on_progress=on_progress)
    if failed and not (asking.incomplete and replies):
        first = "{}: {}".format(*next(iter(failed.items())))
        raise EndpointFailed(
            f"{asking.endpoint.name}: {len(failed)} of {len(questions)} questions have no answer (first {first}). "
            "Run the same command again, which asks only these, or score what is there with --incomplete"
        )
    corpus = digest([sorted(sha256_of(path) for path in part) for part in files])
    with gold_library(questions, files, corpus, encoder, cache=cache, on_progress=on_progress) as held:
        library, about, _, warnings = held
        named, sources = documents_named(library, questions), Documents(library)
        result = _scored(asking, questions, replies, named, about, sources)
    prints = {
        "corpus": corpus[:16],
        "questions": digest([repr(question) for question in questions])[:16],
        "index": "",
        "configuration": digest(result.configuration),
        "code": "",
    }
    result = replace(result, fingerprints=prints, warnings=(*warnings, *result.warnings, *_missing(failed)))
    write_result(out / f"{asking.name}.{asking.label}.answers.json", result)
    return result


def reply_scores(asked: Asked, answer: Answer, sources: Mapping[str, str]) -> dict[str, float]:
    """Returns the measures of our own answers, except those for which a reply lacks the data.

    A reply has no confidence. If it names documents but quotes nothing, it cites no place. Then measures of places are
    left out, and its numbers are looked for in the documents named.
    """
    scores = answer_scores(asked, answer, sources)
    del scores["confidence"]
    quoted = [each for each in answer.citations if each.quote]
    named = [each for each in answer.citations if not each.quote and each.doc_id]
    scores.pop("quote validity", None)
    if quoted:
        scores["quote validity"] = sum(bool(each.doc_id) for each in quoted) / len(quoted)
    if named and not quoted:
        scores.pop("evidence cited", None)
        scores.pop("citation precision", None)
    elif named and "citation precision" in scores:
        judged = [each for each in answer.citations if each.quote or not each.doc_id]
        scores["citation precision"] = sum(is_right(asked, each) for each in judged) / len(judged)
    if answer.citations:
        said = numbers(" ".join(segment.text for segment in answer.segments))
        valid = (each.quote for each in quoted if each.doc_id)
        held = numbers(" ".join([*valid, *(sources[each.doc_id] for each in named)]))
        scores["number fidelity"] = sum(number in held for number in said) / len(said) if said else 1.0
    return scores


def _scored(
    asking: Asking,
    questions: Sequence[Question],
    replies: Mapping[str, Reply],
    named: Mapping[str, Sequence[str]],
    about: Sequence[str],
    documents: Documents,
) -> Result:
    abstains = re.compile(asking.abstains, re.I)
    scored: list[tuple[Question, QuestionResult]] = []
    texts: dict[str, str] = {}
    warnings: list[str] = []
    for question in questions:
        reply = replies.get(question.query_id)
        if reply is None and question.expects != "answer":
            continue
        asked = locate(question, named, about, documents.texts)
        warnings += unlocated(asked)
        said = (reply.content, reply.annotations) if reply else ("", ())
        answer = as_answer(question.text, question.language, *said, documents, abstains)
        scored.append((question, _question_result(asked, answer, documents.texts)))
        texts |= {each.passage_id: excerpt(each.quote) for each in answer.citations}
    configuration = {
        "endpoint": asking.endpoint.name,
        "model": asking.endpoint.model,
        "system": digest(asking.endpoint.system) if asking.endpoint.system else "",
        "abstains": "default" if asking.abstains == ABSTAINS else asking.abstains,
    }
    results = [each for _, each in scored]
    facts = times([each.ms for each in replies.values()]) if replies else {}
    facts |= abstention([question for question, _ in scored], results)
    return Result(
        "answers", asking.name, asking.label, {}, configuration, facts, tuple(results), texts, tuple(warnings)
    )


def _question_result(asked: Asked, answer: Answer, sources: Mapping[str, str]) -> QuestionResult:
    question = asked.question
    return QuestionResult(
        query_id=question.query_id,
        text=question.text,
        scores=reply_scores(asked, answer, sources),
        wanted=tuple(wanted(asked, answer)),
        found=tuple((each.passage_id, 0.0) for each in answer.citations),
        traits=question.traits | {"status": answer.status},
        cluster=question.cluster,
        counts={WRONG: len(answer.citations)},
    )


def _missing(failed: Mapping[str, str]) -> list[str]:
    names = ", ".join(failed)
    return [f"questions without an answer, not answered or left out: {len(failed)} ({names[:200]})"] if failed else []
