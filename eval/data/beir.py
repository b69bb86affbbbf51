"""Reading step of the evaluation: a collection of questions in BEIR's layout, and its passages as the product's."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sinkqa.eval.data.lines import read_rows
from sinkqa.eval.data.trec import Qrels, read_qrels
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.ingest.document import Document, Metadata, Page, Span
from sinkqa.ingest.errors import FileMissing
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.language import detect


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """One passage to search. ``entry_id`` is the collection's own; title or text may be empty, not both."""

    entry_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A judged question. ``candidates`` are the entries that it was posed over, where the collection says so."""

    query_id: str
    text: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A collection: what to search, what to ask, and what should be found.

    Every query is judged and every judged query is there, in file order. ``corpus_sha256`` and ``questions_sha256``
    name the files' content. ``warnings`` are one line each.
    """

    name: str
    corpus: tuple[CorpusEntry, ...]
    queries: tuple[Query, ...]
    qrels: Qrels
    corpus_sha256: str
    questions_sha256: str
    warnings: tuple[str, ...] = ()


def find_benchmarks(paths: Sequence[Path]) -> list[Path]:
    """The folders that hold a collection: those given, or those directly within them.

    Raises:
        FileMissing: a path holds none.
    """
    found: list[Path] = []
    for path in paths:
        within = [path] if (path / "corpus.jsonl").is_file() else sorted(f.parent for f in path.glob("*/corpus.jsonl"))
        if not within:
            raise FileMissing(f"{path}: expected a folder with corpus.jsonl, or folders with one; check the path")
        found += within
    return list(dict.fromkeys(found))


def read_benchmark(folder: Path, *, split: str = "test", n_queries: int | None = None) -> Benchmark:
    """Reads corpus.jsonl, queries.jsonl and qrels/<split>.tsv (or the only file in qrels/).

    ``n_queries`` takes so many of the judged queries, spread over the file and the same ones each time.

    Raises:
        FileMissing, MalformedData: see their names.
        NothingToMeasure: no entry, no query, or no judgement.
    """
    judgements = _qrels_file(folder, split)
    qrels, corpus = read_qrels(judgements), tuple(_read_corpus(folder / "corpus.jsonl"))
    texts = _read_queries(folder / "queries.jsonl")
    for what, there in (("corpus.jsonl", corpus), ("queries.jsonl", texts), (f"qrels/{judgements.name}", qrels)):
        if not there:
            raise NothingToMeasure(f"{folder / what}: expected at least one line, got none; give a whole collection")
    unknown = next((query_id for query_id in qrels if query_id not in texts), None)
    if unknown is not None:
        raise MalformedData(f"{judgements}: query {unknown} is judged, but queries.jsonl has no such line")
    known = {entry.entry_id for entry in corpus}
    lost = sum(doc not in known for judged in qrels.values() for doc in judged)
    chosen = _chosen([query_id for query_id in texts if query_id in qrels], n_queries)
    empty = sum(not (entry.title + entry.text).strip() for entry in corpus)
    asked = tuple(texts[query_id] for query_id in chosen)
    judged = {query_id: qrels[query_id] for query_id in chosen}
    return Benchmark(
        name=folder.resolve().name,
        corpus=tuple(entry for entry in corpus if (entry.title + entry.text).strip()),
        queries=asked,
        qrels=judged,
        corpus_sha256=_sha256((folder / "corpus.jsonl").read_bytes()),
        questions_sha256=_sha256(repr((asked, judged)).encode("utf-8", "backslashreplace")),
        warnings=tuple(
            text
            for count, text in (
                (lost, f"judged entries that are not in the corpus, and count as missed: {lost}"),
                (empty, f"entries without a word, left out: {empty}"),
            )
            if count
        ),
    )


def as_document(entry: CorpusEntry) -> tuple[Document, Passage]:
    """A document of one passage. Its title stands as the passage's heading, where both legs see it."""
    text = entry.text if entry.text.strip() else entry.title
    content = json.dumps([entry.entry_id, entry.title, entry.text]).encode()  # the id: equal texts stay apart
    language, whole = detect(text), (Span(0, len(text)),)
    document = Document(
        name="",
        content=content,
        media_type="text/plain",
        text=text,
        pages=(Page(1, 0, len(text)),),
        blocks=(),
        metadata=Metadata(language=language),
    )
    section = (entry.title,) if entry.title.strip() and entry.text.strip() else ()
    return document, Passage(document.doc_id, "text", whole, text, (Unit(whole, text),), section, 1, 1, language)


def _qrels_file(folder: Path, split: str) -> Path:
    named = folder / "qrels" / f"{split}.tsv"
    others = sorted((folder / "qrels").glob("*.tsv"))
    return others[0] if not named.is_file() and len(others) == 1 else named


def _read_corpus(path: Path) -> Iterator[CorpusEntry]:
    for row in _rows(path):
        yield CorpusEntry(row["_id"], str(row.get("title") or ""), row["text"])


def _read_queries(path: Path) -> dict[str, Query]:
    return {
        row["_id"]: Query(row["_id"], row["text"], tuple(map(str, row.get("candidates") or ()))) for row in _rows(path)
    }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    """Rows with an id of their own and a text, which may be empty."""
    seen = {""}
    for number, row in read_rows(path, _id=str, text=str):
        if row["_id"] in seen:
            raise MalformedData(f"{path}:{number}: expected an id of its own, got {row['_id']!r}; mend it")
        seen.add(row["_id"])
        yield row


def _chosen(query_ids: Sequence[str], n: int | None) -> list[str]:
    if n is None or n >= len(query_ids):
        return list(query_ids)
    if n < 1:
        raise ValueError(f"expected at least one query, got {n}")
    drawn = set(sorted(query_ids, key=lambda query_id: _sha256(query_id.encode("utf-8", "replace")))[:n])
    return [query_id for query_id in query_ids if query_id in drawn]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
