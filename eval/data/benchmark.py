"""Collections for evaluation: a corpus, questions and judgements. It also makes each corpus entry a document."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sinkqa.eval.data.trec import Qrels
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.ingest.document import Document, Metadata, Page, Span
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.language import detect


@dataclass(frozen=True, slots=True)
class CorpusEntry:
    """One passage to search. ``entry_id`` is the collection's id. Title or text may be empty, but not both."""

    entry_id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A judged question. ``candidates``: the entries to which the collection limits it, if it does."""

    query_id: str
    text: str
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawCollection:
    """The content of a collection's files before it is checked, and the paths of these files."""

    corpus: tuple[CorpusEntry, ...]
    queries: Mapping[str, Query]
    qrels: Qrels
    corpus_files: tuple[Path, ...]
    query_files: tuple[Path, ...]
    qrels_files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A collection: the corpus to search, the questions to ask, and their judgements.

    Every query is judged, and every judged query is included, in file order. ``corpus_sha256`` and ``questions_sha256``
    identify the content of the files. ``warnings`` are one line each.
    """

    name: str
    corpus: tuple[CorpusEntry, ...]
    queries: tuple[Query, ...]
    qrels: Qrels
    corpus_sha256: str
    questions_sha256: str
    warnings: tuple[str, ...] = ()


def checked(name: str, held: RawCollection, *, n_queries: int | None = None) -> Benchmark:
    """Checks a collection. ``n_queries`` limits it to so many judged queries, spread over the file.

    Raises:
        MalformedData: a judged query has no text.
        NothingToMeasure: there is no entry, no query, or no judgement.
    """
    parts = ((held.corpus_files, held.corpus), (held.query_files, held.queries), (held.qrels_files, held.qrels))
    for files, there in parts:
        if not there:
            raise NothingToMeasure(f"{files[0]}: expected at least one line, got none; give a whole collection")
    unknown = next((query_id for query_id in held.qrels if query_id not in held.queries), None)
    if unknown is not None:
        has_no = f"{held.query_files[0].name} has no such line"
        raise MalformedData(f"{held.qrels_files[0]}: query {unknown} is judged, but {has_no}")
    known = {entry.entry_id for entry in held.corpus}
    chosen = _chosen([query_id for query_id in held.queries if query_id in held.qrels], n_queries)
    asked = tuple(held.queries[query_id] for query_id in chosen)
    judged = {query_id: held.qrels[query_id] for query_id in chosen}
    counts = {
        "judged entries that are not in the corpus, and count as missed": sum(
            doc not in known for docs in held.qrels.values() for doc in docs
        ),
        "entries without a word, left out": sum(not (each.title + each.text).strip() for each in held.corpus),
        "queries without a relevant entry, which score 0": sum(
            all(relevance <= 0 for relevance in docs.values()) for docs in judged.values()
        ),
    }
    return Benchmark(
        name=name,
        corpus=tuple(entry for entry in held.corpus if (entry.title + entry.text).strip()),
        queries=asked,
        qrels=judged,
        corpus_sha256=_sha256_of(held.corpus_files),
        questions_sha256=_sha256(repr((asked, judged)).encode("utf-8", "backslashreplace")),
        warnings=tuple(f"{what}: {count}" for what, count in counts.items() if count),
    )


def as_document(entry: CorpusEntry) -> tuple[Document, Passage]:
    """Makes a document with one passage of an entry. Its title is the passage's heading, which both retrievers read."""
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


def _chosen(query_ids: Sequence[str], n: int | None) -> list[str]:
    if n is None or n >= len(query_ids):
        return list(query_ids)
    if n < 1:
        raise ValueError(f"expected at least one query, got {n}")
    drawn = set(sorted(query_ids, key=lambda query_id: _sha256(query_id.encode("utf-8", "replace")))[:n])
    return [query_id for query_id in query_ids if query_id in drawn]


def _sha256_of(files: Sequence[Path]) -> str:
    """Hash of the only file's bytes, or of the hashes of several."""
    hashes = []
    for path in files:
        with path.open("rb") as file:
            hashes.append(hashlib.file_digest(file, "sha256").hexdigest())
    return hashes[0] if len(hashes) == 1 else _sha256("\n".join(hashes).encode())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
