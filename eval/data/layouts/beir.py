"""BEIR's layout: corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sinkqa.eval.data.benchmark import CorpusEntry, Query, RawCollection
from sinkqa.eval.data.lines import read_rows
from sinkqa.eval.data.trec import read_qrels
from sinkqa.eval.errors import MalformedData

LOOKS_FOR = "BEIR: corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv"


def subsets(folder: Path) -> list[str]:
    """Returns one nameless collection if the folder is in this layout, else none. Judgements may be missing."""
    elsewhere = [folder / "default", folder / "data", *folder.glob("qrels.*"), *(folder / "qrels").glob("*.[jp]*")]
    is_beir = (folder / "qrels" / "test.tsv").is_file() or not any(each.exists() for each in elsewhere)
    return [""] if (folder / "corpus.jsonl").is_file() and is_beir else []


def read(folder: Path, subset: str, split: str) -> RawCollection:
    """Reads the three files. If qrels/ has only one file, it is read even if it is of another split.

    Raises:
        FileMissing, MalformedData: see their names.
    """
    judgements = _qrels_file(folder, split)
    qrels = read_qrels(judgements)
    corpus, queries = folder / "corpus.jsonl", folder / "queries.jsonl"
    return RawCollection(tuple(_corpus(corpus)), _queries(queries), qrels, (corpus,), (queries,), (judgements,))


def _qrels_file(folder: Path, split: str) -> Path:
    named = folder / "qrels" / f"{split}.tsv"
    others = sorted((folder / "qrels").glob("*.tsv"))
    return others[0] if not named.is_file() and len(others) == 1 else named


def _corpus(path: Path) -> Iterator[CorpusEntry]:
    for row in _rows(path):
        yield CorpusEntry(row["_id"], str(row.get("title") or ""), row["text"])


def _queries(path: Path) -> dict[str, Query]:
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
