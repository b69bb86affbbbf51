"""MTEB's layout of retrieval tasks: corpus, queries and qrels as files or folders of JSON lines, TSV or Parquet.

A task in several languages marks them in the names of its parts (``zh-corpus``, ``corpus-zh``). Each language is a
subset with its own parts. The judgements may also be named ``default`` or ``data``, as MTEB names them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from sinkqa.eval.data.benchmark import RawCollection
from sinkqa.eval.data.layouts.rows import SUFFIXES, read_corpus, read_judgements, read_queries, rows
from sinkqa.eval.errors import MalformedData
from sinkqa.ingest.errors import FileMissing

LOOKS_FOR = (
    "MTEB: corpus, queries and qrels (or default), each a file or folder of .jsonl, .tsv or .parquet, "
    "with or without a language (zh-corpus)"
)
_PART = re.compile(r"(?:(?P<before>.+)-)?(?P<part>corpus|queries|qrels|default|data)(?:-(?P<after>.+))?")
_PARTS = {"corpus": "corpus", "queries": "queries", "qrels": "qrels", "default": "qrels", "data": "qrels"}
_SHARD = re.compile(r"(?P<split>.+?)(?:-\d{5}-of-\d{5})?")  # test-00000-of-00003


def subsets(folder: Path) -> list[str]:
    """Returns the names of the collections in a folder; "" for one without a name. Empty if the layout is another."""
    return sorted(name for name, parts in _parts(folder).items() if parts.keys() >= {"corpus", "queries", "qrels"})


def read(folder: Path, subset: str, split: str) -> RawCollection:
    """Reads the parts of one subset.

    Raises:
        FileMissing: there is no such split.
        MalformedData, ExtraMissing: see their names.
    """
    parts = _parts(folder)[subset]
    corpus = _files(parts["corpus"], "corpus", split)
    queries = _files(parts["queries"], "queries", split)
    qrels = _files(parts["qrels"], "qrels", split)
    return RawCollection(
        corpus=tuple(read_corpus(row for path in corpus for row in rows(path))),
        queries=read_queries(row for path in queries for row in rows(path)),
        qrels=read_judgements(
            row for path in qrels for row in rows(path, fields=("query-id", "corpus-id", "score"))
        ),
        corpus_files=tuple(corpus),
        query_files=tuple(queries),
        qrels_files=tuple(qrels),
    )  # fmt: skip


def _parts(folder: Path) -> dict[str, dict[str, Path]]:
    """Paths by subset and part; of two for one part the one that comes first: qrels, then default, then data."""
    found: dict[str, dict[str, list[Path]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        holds = any(each.suffix in SUFFIXES for each in path.iterdir()) if path.is_dir() else path.suffix in SUFFIXES
        name = _PART.fullmatch(path.name if path.is_dir() else path.stem)
        if name and holds:
            found[name["before"] or name["after"] or ""][_PARTS[name["part"]]].append(path)
    for subset, parts in found.items():
        if subset and "qrels" not in parts and (folder / subset).is_dir():
            parts["qrels"].append(folder / subset)  # MTEB's older name of a language's judgements
    ranked = list(_PARTS)
    return {
        subset: {part: min(paths, key=lambda path: _rank(path, ranked)) for part, paths in parts.items()}
        for subset, parts in found.items()
    }


def _rank(path: Path, ranked: Sequence[str]) -> tuple[int, str]:
    name = _PART.fullmatch(path.name if path.is_dir() else path.stem)
    return (ranked.index(name["part"]) if name else len(ranked)), path.suffix


def _files(path: Path, part: str, split: str) -> list[Path]:
    """The file; or of a folder those of the split, those named as the part, or all where they are of one split."""
    if path.is_file():
        return [path]
    by_split: dict[str, list[Path]] = defaultdict(list)
    for each in sorted(path.iterdir()):
        if each.suffix in SUFFIXES and (shard := _SHARD.fullmatch(each.stem)):
            by_split[shard["split"]].append(each)
    for name in (split, part):
        if name in by_split:
            return _of_one_kind(by_split[name])
    if len(by_split) == 1:
        return _of_one_kind(next(iter(by_split.values())))
    known = ", ".join(sorted(by_split))
    raise FileMissing(f"{path}: expected files of the split {split!r}, found {known or 'none'}; name one as --split")


def _of_one_kind(files: list[Path]) -> list[Path]:
    if len({each.suffix for each in files}) > 1:
        names = ", ".join(each.name for each in files)
        raise MalformedData(f"{files[0].parent}: expected one kind of files for a split, got {names}; remove one kind")
    return files
