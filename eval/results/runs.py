"""Scores a TREC run of any system against judgements, and makes a result of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sinkqa.eval.data.collections import read_benchmark
from sinkqa.eval.data.trec import Qrels, Run, ScoredDoc, read_qrels, read_run
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.results.measures import MEASURES, measure
from sinkqa.eval.results.saved import QuestionResult, Result, Wanted
from sinkqa.ingest.errors import FileMissing

_KEPT = 100  # entries of a ranking that a result keeps
_EXCERPT = 240  # characters of an entry that a result keeps


@dataclass(frozen=True, slots=True)
class Judged:
    """Judgements, with the texts of queries and entries by id if known, and the fingerprints of the data.

    Without a collection the texts are unknown, and ``corpus`` is "".
    """

    name: str
    qrels: Qrels
    queries: Mapping[str, str]
    entries: Mapping[str, str]
    corpus: str
    questions: str
    warnings: tuple[str, ...] = ()


def read_judged(path: Path, *, split: str = "test", n_queries: int | None = None) -> Judged:
    """Reads the judgements of a file (TREC qrels or BEIR's TSV), or of a folder that holds a collection.

    Raises:
        FileMissing, MalformedData: see their names.
        NothingToMeasure: there is no judgement.
    """
    if path.is_dir():
        held = read_benchmark(path, split=split, n_queries=n_queries)
        return Judged(
            name=held.name,
            qrels=held.qrels,
            queries={each.query_id: each.text for each in held.queries},
            entries={each.entry_id: f"{each.title}\n{each.text}".strip() for each in held.corpus},
            corpus=held.corpus_sha256[:16],
            questions=held.questions_sha256[:16],
            warnings=held.warnings,
        )
    qrels = read_qrels(path)
    if not qrels:
        raise NothingToMeasure(f"{path}: expected at least one judgement, got none; check the file")
    name = path.name.removesuffix(path.suffix) if path.suffix in (".tsv", ".txt", ".qrels", ".qrel") else path.name
    return Judged(name, qrels, {}, {}, "", _name_of(repr(sorted(qrels.items()))))


def score_run(path: Path, judged: Judged, *, label: str | None = None, measures: Sequence[str] = MEASURES) -> Result:
    """Scores a run, of any depth. Each judged query gets a value, and 0 if the run lacks it.

    Equal scores are ordered by the run's ranks. Queries without judgements do not count.

    Raises:
        FileMissing, MalformedData: see their names.
        NothingToMeasure: no query of the run is judged.
        ValueError: ir-measures knows no such measure.
    """
    if not path.is_file():
        raise FileMissing(f"{path}: expected a TREC run, found none; check the path")
    known = {*judged.qrels, *judged.entries, *(doc for docs in judged.qrels.values() for doc in docs)}
    run = read_run(path, known=known)
    if not run.keys() & judged.qrels.keys():
        theirs, ours = next(iter(run), "none"), next(iter(judged.qrels))
        raise NothingToMeasure(f"{path}: no query is judged in {judged.name}; it has {theirs!r}, judged is {ours!r}")
    values = measure(judged.qrels, run, measures=measures)
    questions = tuple(_question(query_id, judged, run, values) for query_id in judged.qrels)
    shown = {name for each in questions for name in (*(w.name for w in each.wanted), *(doc for doc, _ in each.found))}
    return Result(
        kind="beir",
        dataset=judged.name,
        label=label or path.stem,
        fingerprints={
            "corpus": judged.corpus,
            "questions": judged.questions,
            "index": "",
            "configuration": _name_of(path.read_bytes()),
            "code": "",
        },
        configuration={"run": path.name},
        facts={"passages": len(judged.entries)} if judged.entries else {},
        questions=questions,
        texts={name: _excerpt(judged.entries[name]) for name in shown if name in judged.entries},
        warnings=(*judged.warnings, *_warnings(judged, run)),
    )


def _question(
    query_id: str, judged: Judged, run: Run, values: Mapping[str, Mapping[str, float]]
) -> QuestionResult:  # fmt: skip
    ranking: Sequence[ScoredDoc] = run.get(query_id, ())
    ranks = {each.doc_id: rank for rank, each in enumerate(ranking, 1)}
    relevant = (doc for doc, relevance in judged.qrels[query_id].items() if relevance > 0)
    return QuestionResult(
        query_id=query_id,
        text=judged.queries.get(query_id, ""),
        scores={name: by_query[query_id] for name, by_query in values.items()},
        wanted=tuple(Wanted(doc, ranks.get(doc)) for doc in relevant),
        found=tuple((each.doc_id, each.score) for each in ranking[:_KEPT]),
    )


def _warnings(judged: Judged, run: Run) -> list[str]:
    """What the reader of a score should know of the run; a number with each."""
    unknown = {each.doc_id for ranking in run.values() for each in ranking} - judged.entries.keys()
    deepest = max(map(len, run.values()))
    counts = {
        "judged queries that the run lacks, which score 0": len(judged.qrels.keys() - run.keys()),
        "queries of the run that nobody judged, which do not count": len(run.keys() - judged.qrels.keys()),
        "entries of the run that are not in the collection, which count as not relevant": (
            len(unknown) if judged.entries else 0
        ),
        "queries with equal scores, which are ordered by rank": sum(
            len({each.score for each in ranking}) < len(ranking) for ranking in run.values()
        ),
        "entries in the longest ranking; measures that look deeper see no more": deepest if deepest < 20 else 0,
    }
    return [f"{what}: {count:,}" for what, count in counts.items() if count]


def _excerpt(text: str) -> str:
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"


def _name_of(content: str | bytes) -> str:
    held = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    return hashlib.sha256(held).hexdigest()[:16]
