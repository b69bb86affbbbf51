"""Gold questions with exact evidence, and whether retrieval finds it.

The evidence is looked for in the first 1, 5 and 10 passages, and in 2,000 characters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sinkqa.eval.data.evidence import bare
from sinkqa.eval.data.lines import read_rows
from sinkqa.eval.data.points import Point
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.index.hit import Hit
from sinkqa.index.library import Library

CUTOFFS = (1, 5, 10)
DEPTH = 30  # passages asked for: enough to fill the reading budget with short ones
_READING_CHARS = 2_000  # a ranking cut by characters read is fair across passage sizes
_TRAITS = {"language": "lang", "type": "type", "style": "style", "difficulty": "difficulty", "table": "table"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One place that supports an answer. One passage contains every string of ``must_contain``, ignoring white space.

    Places with the same ``hop`` are alternatives; a question needs every hop. ``document`` identifies the document by
    id, by the hash of its text, or by file name. None: the whole set of questions is about one document. ``span`` is
    ``[start, end)`` in the document's source text. Without a span, the words themselves are searched.
    """

    hop: int
    must_contain: tuple[str, ...]
    document: str | None = None
    span: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A gold question. Without evidence it is unanswerable. Wordings of one question share a ``cluster``.

    ``points`` are the points that an answer must state, each in variants by language. ``documents`` identify the
    documents that an answer may cite, as in :class:`Evidence`. Empty: the whole set of questions is about one document.
    """

    query_id: str
    text: str
    language: str
    table: int | None
    evidence: tuple[Evidence, ...]
    traits: dict[str, str] = field(default_factory=dict)
    cluster: str | None = None
    points: tuple[Point, ...] = ()
    documents: tuple[str, ...] = ()

    @property
    def expects(self) -> Literal["answer", "correction", "nothing"]:
        """The right response: an answer, evidence against a false premise, or no answer."""
        if self.traits.get("type") == "false-premise":
            return "correction"
        return "answer" if self.evidence else "nothing"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The 1-based rank of each place of a question's evidence, in order; None if it was missed.

    ``within_reading`` is the rank at which 2,000 characters are read.
    """

    question: Question
    ranks: tuple[int | None, ...]
    within_reading: int

    def covered(self, cutoff: int) -> bool:
        """Whether every hop has a place among the first ``cutoff`` passages."""
        held = zip(self.question.evidence, self.ranks, strict=True)
        return {e.hop for e, rank in held if rank and rank <= cutoff} == {e.hop for e in self.question.evidence}

    @property
    def reach(self) -> int | None:
        """The least number of first passages that cover every hop. None if all passages together do not."""
        return next((rank for rank in sorted(r for r in self.ranks if r) if self.covered(rank)), None)

    @property
    def found(self) -> tuple[bool, ...]:
        """Whether the evidence was found, for each of CUTOFFS, and within 2,000 characters."""
        return (*map(self.covered, CUTOFFS), self.covered(self.within_reading))


@dataclass(frozen=True, slots=True)
class Recall:
    """Share of questions whose evidence was found, 0..1: for each of CUTOFFS, and within 2,000 characters."""

    n: int
    at: tuple[float, ...]
    within_reading: float


def read_questions(path: Path) -> Iterator[Question]:
    """Reads the questions of a JSONL file in the gold layout, in file order.

    Raises:
        FileMissing: no such file.
        MalformedData: a line lacks a field, or an id occurs twice.
        NothingToMeasure: the file has no line.
    """
    seen: set[str] = set()
    for number, row in read_rows(path, id=str, question=str, lang=str, evidence=list):
        if row["id"] in seen:
            raise MalformedData(f"{path}:{number}: the id {row['id']!r} stands twice; ids must differ")
        seen.add(row["id"])
        evidence = tuple(_evidence(place, row, f"{path}:{number}") for place in row["evidence"])
        yield Question(
            query_id=row["id"],
            text=row["question"],
            language=row["lang"],
            table=row.get("table"),
            evidence=evidence,
            traits=_traits(row),
            cluster=row.get("group"),
            points=_points(row, f"{path}:{number}"),
            documents=_documents(row, evidence, f"{path}:{number}"),
        )
    if not seen:
        raise NothingToMeasure(f"{path}: expected at least one question, got none; give a gold file")


def judge(
    library: Library, questions: Sequence[Question], *, search: Callable[[str], list[Hit]], about: Sequence[str]
) -> Iterator[tuple[Judgement, list[Hit]]]:
    """Finds the rank of the evidence in the hits of ``search``, for each question that has evidence.

    Yields the hits too. Only passages of the document that a place identifies count; if it identifies none, those of
    the documents ``about`` (ids). All other passages still take up ranks.

    Raises:
        NothingToMeasure: a named document is not in the library.
    """
    named = documents_named(library, questions)
    texts = {doc_id: library.text(doc_id) for doc_id in {*about, *(d for ids in named.values() for d in ids)}}
    for question in questions:
        if not question.evidence:
            continue
        hits = search(question.text)
        said = [_said(hit, texts) for hit in hits]
        ranks = tuple(
            _rank(place, hits, said, named[place.document] if place.document else about) for place in question.evidence
        )
        yield Judgement(question, ranks, _reading_rank(hits)), hits


def evidence_recall(
    library: Library,
    questions: Sequence[Question],
    *,
    about: Sequence[str],
    search: Callable[[str], list[Hit]] | None = None,
) -> dict[str, Recall]:
    """Returns recall by language ("zh", "en") and for table questions ("tables"). Only questions with evidence count.

    ``search`` and ``about``: as in :func:`judge`. By default the library searches.
    """
    found: dict[str, list[tuple[bool, ...]]] = defaultdict(list)
    search = search or (lambda text: library.search(text, k=DEPTH))
    for judgement, _ in judge(library, questions, search=search, about=about):
        found[judgement.question.language].append(judgement.found)
        if judgement.question.table is not None:
            found["tables"].append(judgement.found)
    return {name: _recall(rows) for name, rows in sorted(found.items())}


def _evidence(place: Any, row: Mapping[str, Any], where: str) -> Evidence:
    try:
        words = tuple(map(str, place["must_contain"]))
        span = (int(place["start"]), int(place["end"])) if "start" in place else None
        document = place.get("document") or place.get("doc") or row.get("document")
        return Evidence(int(place["hop"]), words, document, span)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedData(f"{where}: expected evidence with hop and must_contain, got {place!r}") from error


def _traits(row: Mapping[str, Any]) -> dict[str, str]:
    """What to break down by; of several jurisdictions the first."""
    traits = {name: str(row[key]) for name, key in _TRAITS.items() if row.get(key) is not None}
    if "table" in row:
        traits["asks"] = "text" if row["table"] is None else "tables"
    if row.get("jurisdiction"):
        traits["jurisdiction"] = str(row["jurisdiction"][0])
    if isinstance(row.get("cross"), bool):
        traits["crossing"] = "across" if row["cross"] else "same"
    return traits


def _documents(row: Mapping[str, Any], evidence: Sequence[Evidence], where: str) -> tuple[str, ...]:
    listed = row.get("doc") or []
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise MalformedData(f"{where}: expected doc as a list of file names, got {listed!r}")
    return tuple(dict.fromkeys([*listed, *(place.document for place in evidence if place.document)]))


def _points(row: Mapping[str, Any], where: str) -> tuple[Point, ...]:
    points = row.get("answer_points") or []
    for point in points:
        if not isinstance(point, dict) or not all(isinstance(variants, list) for variants in point.values()):
            raise MalformedData(f"{where}: expected answer points as lists of variants by language, got {point!r}")
    return tuple(points)


def documents_named(library: Library, questions: Sequence[Question]) -> dict[str, list[str]]:
    """Returns the ids of documents by the names that questions and their evidence use."""
    held: dict[str, list[str]] = defaultdict(list)
    for record in library.documents():
        for name in {record.doc_id, record.text_sha256, record.name}:
            held[name].append(record.doc_id)
    named = {name for question in questions for name in question.documents}
    if lost := sorted(named - held.keys()):
        raise NothingToMeasure(f"evidence stands in {lost[0]}, which is not in the library; give it as --document")
    return {name: held[name] for name in named}


def _said(hit: Hit, texts: Mapping[str, str]) -> tuple[str, str]:
    """What a passage says without white space, in its reading form and in its source."""
    text = texts.get(hit.passage.doc_id, "")
    return bare(hit.passage.text), bare("".join(text[start:end] for start, end in hit.passage.spans))


def _rank(place: Evidence, hits: Sequence[Hit], said: Sequence[tuple[str, str]], about: Sequence[str]) -> int | None:
    """1-based rank of the first passage that holds the place whole."""
    words = [bare(each) for each in place.must_contain]
    for rank, (hit, forms) in enumerate(zip(hits, said, strict=True), 1):
        if hit.passage.doc_id in about and any(all(word in form for word in words) for form in forms):
            return rank
    return None


def _reading_rank(hits: Sequence[Hit]) -> int:
    """How many hits are read until the budget is spent, the last one whole."""
    read = 0
    for rank, hit in enumerate(hits):
        if read >= _READING_CHARS:
            return rank
        read += len(hit.passage.text)
    return len(hits)


def _recall(rows: Sequence[tuple[bool, ...]]) -> Recall:
    shares = [sum(row[i] for row in rows) / len(rows) for i in range(len(rows[0]))]
    return Recall(len(rows), tuple(shares[:-1]), shares[-1])
