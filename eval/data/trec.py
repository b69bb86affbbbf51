"""Qrels and runs in TREC form. White space and % in ids are percent-encoded (%20)."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Container, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar
from urllib.parse import quote, unquote

from sinkqa.eval.data.lines import read_lines, shorten
from sinkqa.eval.errors import MalformedData

Qrels = dict[str, dict[str, int]]
"""Relevance by query_id and doc_id: above 0 is relevant, and higher is better."""

_RUN_NAME = "sinkqa"
N = TypeVar("N", int, float)


class ScoredDoc(NamedTuple):
    """A document of a run. ``score``: higher is better, comparable within one query only."""

    doc_id: str
    score: float


Run = dict[str, list[ScoredDoc]]
"""The documents found for each query_id, best first. Their order counts; scores may be equal."""


def read_qrels(path: Path) -> Qrels:
    """Reads TREC qrels (query, iteration, document, relevance) or BEIR's TSV (query-id, corpus-id, score).

    Raises:
        FileMissing, MalformedData: see their names. Also raised if a pair has two different judgements.
    """
    qrels: Qrels = defaultdict(dict)
    tabbed = path.suffix == ".tsv"
    for number, line in read_lines(path):
        fields = line.split("\t") if tabbed else [unquote(field) for field in line.split()]
        if number == 1 and tabbed and fields[-1].strip().lower() == "score":
            continue
        if len(fields) != (3 if tabbed else 4):
            raise MalformedData(f"{path}:{number}: expected {_layout(tabbed)}, got {shorten(line)!r}")
        relevance = _number(fields[-1], int, f"{path}:{number}")
        if qrels[fields[0]].setdefault(fields[-2], relevance) != relevance:
            raise MalformedData(f"{path}:{number}: {fields[0]} {fields[-2]} is judged before, as another value")
    return dict(qrels)


def read_run(path: Path, *, known: Container[str] = ()) -> Run:
    """Reads a TREC run: query, Q0, document, rank, score, name. Orders it by descending score, ties by rank.

    An id that is in ``known`` is not decoded, because %20 may be part of a name.

    Raises:
        FileMissing, MalformedData: see their names. Also raised if a query has a document twice.
    """
    found: dict[str, list[tuple[float, float, str]]] = defaultdict(list)
    for number, line in read_lines(path):
        where, fields = f"{path}:{number}", line.split()
        if len(fields) != 6:
            raise MalformedData(f"{where}: expected six fields, query Q0 document rank score name, got {line!r}")
        rank, score = _number(fields[3], float, where), _number(fields[4], float, where)
        if math.isnan(score):
            raise MalformedData(f"{where}: expected a score that can be ordered, got {fields[4]!r}")
        query_id, doc_id = (
            name if "%" not in name or name in known else unquote(name) for name in (fields[0], fields[2])
        )
        found[query_id].append((-score, rank, doc_id))
    for query_id, rows in found.items():
        if len({doc_id for _, _, doc_id in rows}) < len(rows):
            raise MalformedData(f"{path}: query {query_id} names a document twice; each may stand once")
    return {query_id: [ScoredDoc(doc, -minus) for minus, _, doc in sorted(rows)] for query_id, rows in found.items()}


def write_run(path: Path, run: Mapping[str, Sequence[ScoredDoc]]) -> None:
    """Writes a TREC run that :func:`read_run` reads back in the same order."""
    lines = (
        f"{_id(query_id)} Q0 {_id(doc_id)} {rank} {score!r} {_RUN_NAME}\n"
        for query_id, ranking in run.items()
        for rank, (doc_id, score) in enumerate(ranking, 1)
    )
    path.write_text("".join(lines), "utf-8", "backslashreplace")


def _id(name: str) -> str:
    """Without white space, and the mark that a reader takes off a file's beginning."""
    return re.sub(r"[\s%\ufeff]", lambda found: quote(found[0]), name)


def _layout(tabbed: bool) -> str:
    return "query, document, relevance parted by tabs" if tabbed else "query, iteration, document, relevance"


def _number(text: str, kind: Callable[[str], N], where: str) -> N:
    try:
        return kind(text)
    except ValueError as error:
        raise MalformedData(f"{where}: expected a number, got {text!r}") from error
