"""Reads the rows of a collection's files in any format. Each row comes with its place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sinkqa.eval.data.benchmark import CorpusEntry, Query
from sinkqa.eval.data.lines import read_lines, read_rows, shorten
from sinkqa.eval.data.trec import Qrels
from sinkqa.eval.errors import MalformedData
from sinkqa.ingest.extras import require

SUFFIXES = (".jsonl", ".tsv", ".parquet")
ID = ("_id", "id", "docid", "doc_id", "docno", "qid", "query_id")
TEXT = ("text", "contents", "body", "query", "question", "segment", "passage")
_QUERY_ID = ("query-id", "query_id", "qid")
_DOC_ID = ("corpus-id", "corpus_id", "pid", "docid", "doc_id", "doc-id")
_SCORE = ("score", "relevance", "label")
_BATCH = 1_000

Row = tuple[str, Mapping[str, Any]]
"""The place of a row (``file:line``), and its fields."""


def rows(path: Path, fields: tuple[str, ...] = ()) -> Iterator[Row]:
    """Yields rows of JSON lines, TSV or Parquet. ``fields`` name the columns of a table without a header.

    Raises:
        FileMissing, MalformedData: as :func:`read_rows`. Also if a row of a table has a wrong number of cells.
        ExtraMissing: the library that reads Parquet is not installed.
    """
    if path.suffix == ".parquet":
        yield from _parquet(path)
    elif path.suffix == ".tsv":
        yield from _tabbed(path, fields)
    else:
        yield from ((f"{path}:{number}", row) for number, row in read_rows(path))


def read_corpus(found: Iterable[Row]) -> Iterator[CorpusEntry]:
    """Yields entries with unique ids. Their texts may be empty."""
    for where, row, name in _own(found):
        yield CorpusEntry(name, str(row.get("title") or ""), _text(row, where))


def read_queries(found: Iterable[Row]) -> dict[str, Query]:
    """Returns queries by id, in file order."""
    read = {}
    for where, row, name in _own(found):
        candidates = row.get("candidates")
        read[name] = Query(name, _text(row, where), tuple(map(str, () if candidates is None else candidates)))
    return read


def read_judgements(found: Iterable[Row]) -> Qrels:
    """Returns the relevance by query and document.

    Raises:
        MalformedData: a field is missing, relevance is not a whole number, or a pair has two different judgements.
    """
    qrels: Qrels = {}
    for where, row in found:
        query_id, doc_id = _named(row, _QUERY_ID, where), _named(row, _DOC_ID, where)
        relevance = _whole(_field(row, _SCORE, where), where)
        if qrels.setdefault(query_id, {}).setdefault(doc_id, relevance) != relevance:
            raise MalformedData(f"{where}: {query_id} {doc_id} is judged before, as another value")
    return qrels


def _own(found: Iterable[Row]) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    seen = {""}
    for where, row in found:
        name = _named(row, ID, where)
        if name in seen:
            raise MalformedData(f"{where}: expected an id of its own, got {name!r}; mend it")
        seen.add(name)
        yield where, row, name


def _text(row: Mapping[str, Any], where: str) -> str:
    text = _field(row, TEXT, where)
    if not isinstance(text, str):
        raise MalformedData(f"{where}: expected a text, got {shorten(repr(text))}")
    return text


def _named(row: Mapping[str, Any], names: Collection[str], where: str) -> str:
    """An id; numbers are ids too."""
    value = _field(row, names, where)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise MalformedData(f"{where}: expected an id, got {shorten(repr(value))}")
    return str(value)


def _field(row: Mapping[str, Any], names: Collection[str], where: str) -> Any:
    found = next((name for name in names if row.get(name) is not None), None)
    if found is None:
        held = shorten(", ".join(map(str, row)))
        raise MalformedData(f"{where}: expected a field {' or '.join(names)}, got {held or 'none'}")
    return row[found]


def _whole(value: Any, where: str) -> int:
    try:
        number = float(value)
        if number.is_integer():
            return int(number)
    except (TypeError, ValueError):
        pass
    raise MalformedData(f"{where}: expected a whole number as relevance, got {shorten(repr(value))}")


def _tabbed(path: Path, fields: tuple[str, ...]) -> Iterator[Row]:
    """A table whose first line names its columns where that line holds the name of an id, else ``fields`` do."""
    heads: tuple[str, ...] = ()
    for number, line in read_lines(path):
        cells = tuple(line.split("\t"))
        if not heads:
            named = tuple(cell.strip().lower() for cell in cells)
            if {*ID, *_QUERY_ID} & {*named}:
                heads = named
                continue
            heads = fields or ("_id", "text")
        if len(cells) != len(heads):
            wanted = f"{len(heads)} cells parted by tabs ({', '.join(heads)})"
            raise MalformedData(f"{path}:{number}: expected {wanted}, got {len(cells)}: {shorten(line)!r}")
        yield f"{path}:{number}", dict(zip(heads, cells, strict=True))


def _parquet(path: Path) -> Iterator[Row]:
    require("parquet", f"{path}: Parquet")
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    try:
        with parquet.ParquetFile(path) as file:
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH):
                for row in batch.to_pylist():
                    number += 1
                    yield f"{path}:{number}", row
    except (arrow.ArrowException, OSError) as error:
        raise MalformedData(f"{path}: expected Parquet, got something else ({error}); fetch the file anew") from error
