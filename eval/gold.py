"""Gold questions with exact evidence: whether retrieval finds it, at 1, 5 and 10, and within 2,000 characters."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.hit import Hit
from index.library import Library

CUTOFFS = (1, 5, 10)
_DEPTH = 30  # passages asked for: enough to fill the reading budget with short ones
_READING_CHARS = 2_000  # a ranking cut by characters read is fair across passage sizes


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that supports an answer: every string of ``must_contain`` stands in one passage, white space aside.

    Places with the same ``hop`` are alternatives; a question needs every hop.
    """

    hop: int
    must_contain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A gold question about one document. Without evidence it cannot be answered from it."""

    query_id: str
    text: str
    language: str
    table: int | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Recall:
    """Share of questions whose evidence was found, 0..1: at each of CUTOFFS, and within 2,000 characters read."""

    n: int
    at: tuple[float, ...]
    within_reading: float


def read_questions(path: Path) -> Iterator[Question]:
    """Questions of a JSONL file in the gold layout, in file order."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        places = tuple(Evidence(place["hop"], tuple(place["must_contain"])) for place in row["evidence"])
        yield Question(row["id"], row["question"], row["lang"], row.get("table"), places)


def evidence_recall(library: Library, questions: Sequence[Question], *, doc_id: str) -> dict[str, Recall]:
    """Recall by language ("zh", "en") and for table questions ("tables"), over the questions that have evidence.

    Only passages of document ``doc_id`` count; those of other documents take up ranks.
    """
    text = library.text(doc_id)
    found: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    for question in questions:
        if not question.evidence:
            continue
        hits = library.search(question.text, k=_DEPTH)
        cuts = [*(hits[:k] for k in CUTOFFS), _within(hits, _READING_CHARS)]
        row = tuple(_covered(question, [h for h in cut if h.passage.doc_id == doc_id], text) for cut in cuts)
        found[question.language].append(row)
        if question.table is not None:
            found["tables"].append(row)
    return {name: _recall(rows) for name, rows in sorted(found.items())}


def _covered(question: Question, hits: Sequence[Hit], text: str) -> bool:
    """Whether every hop has one alternative that stands whole in one passage, in its text or its source."""
    said = [_bare(hit.passage.text) for hit in hits]
    said += [_bare("".join(text[start:end] for start, end in hit.passage.spans)) for hit in hits]
    hops = {place.hop for place in question.evidence}
    held = {p.hop for p in question.evidence if any(all(_bare(m) in s for m in p.must_contain) for s in said)}
    return held == hops


def _within(hits: Sequence[Hit], chars: int) -> list[Hit]:
    """The first hits until ``chars`` are read, the last one whole."""
    read: list[Hit] = []
    for hit in hits:
        if sum(len(each.passage.text) for each in read) >= chars:
            break
        read.append(hit)
    return read


def _recall(rows: Sequence[tuple[bool, ...]]) -> Recall:
    shares = [sum(row[i] for row in rows) / len(rows) for i in range(len(rows[0]))]
    return Recall(len(rows), tuple(shares[:-1]), shares[-1])


def _bare(text: str) -> str:
    return "".join(text.split())
