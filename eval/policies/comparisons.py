"""Measures comparisons: tables of a document made again from it, and cells made of policies that a person has read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from math import sqrt
from pathlib import Path
from typing import Any

from sinkqa.eval.data.evidence import bare
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.configuration import digest
from sinkqa.eval.ranking.recall import gold_library, sha256_of
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.index.hit import Filters
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.readers import find_files
from sinkqa.service.comparing.comparison import By, Comparison
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

TRUTH, READ = "comparison.jsonl", "comparison.read.jsonl"
_DIGITS = 16  # of the hash that tells a quote
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Proportion:
    """``right`` of ``n``, with Wilson's 95 % interval."""

    right: int
    n: int

    @property
    def mean(self) -> float:
        """The share; 0 of none."""
        return self.right / self.n if self.n else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """The lower and the upper end."""
        if not self.n:
            return 0.0, 1.0
        middle = self.mean + _Z**2 / (2 * self.n)
        half = _Z * sqrt(self.mean * (1 - self.mean) / self.n + _Z**2 / (4 * self.n**2))
        return (middle - half) / (1 + _Z**2 / self.n), (middle + half) / (1 + _Z**2 / self.n)


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table of the document, by reading: words of its own, and the label of the table; none if empty."""

    table: str
    by: By
    row: str
    column: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MadeCell:
    """A cell of a comparison. ``key`` tells its quote; ``right``: as a person judged, None if nobody read it."""

    by: By
    row: str
    column: str
    title: str
    quote: str
    key: str
    right: bool | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured: ``sources`` by table, the ``wrong`` cells of these, and the cells made of policies."""

    sources: dict[str, Proportion]
    wrong: tuple[str, ...]
    cells: tuple[MadeCell, ...]
    missing: int
    warm_ms: float

    @property
    def precision(self) -> Proportion:
        """Of the cells that were read, the right ones."""
        read = [each for each in self.cells if each.right is not None]
        return Proportion(sum(bool(each.right) for each in read), len(read))


@contextmanager
def opened(
    documents: Sequence[Path], *, cache: Path | None = None, on_progress: OnProgress = quiet
) -> Iterator[Engine]:
    """An engine over a library of these files, which is kept in ``cache``."""
    found = find_files(documents)
    corpus, encoder = digest([sorted(sha256_of(path) for path in found)]), load_encoder()
    with gold_library([], (found, []), corpus, encoder, cache=cache, on_progress=on_progress) as (library, *_):
        yield Engine(library, Settings())


def measure(engine: Engine, document: str) -> Measured:
    """Measures an open library. ``document``: the name of the file whose tables are made again.

    Raises:
        NothingToMeasure: the library has no such file.
    """
    doc_id = next((each.doc_id for each in engine.documents() if each.name == document), None)
    if doc_id is None:
        raise NothingToMeasure(f"expected {document} in the library, got other documents; give its folder")
    truth = [each for each in _lines(TRUTH) if "words" in each]
    cells = [TableCell(**{**each, "words": tuple(each["words"])}) for each in truth]
    sources, wrong = _made_again(engine, doc_id, cells)
    verdicts = {(each["by"], each["row"], each["column"], each["key"]): each for each in _lines(READ)}
    made, missing, warm_ms = list[MadeCell](), 0, 0.0
    for asked in (each for each in _lines(TRUTH) if "on" in each):
        options = {"by": asked["by"], "rows": asked["rows"], "filters": _others(engine, doc_id)}
        engine.compare(asked["on"], **options)  # so that the next is warm
        told = engine.compare(asked["on"], **options)
        warm_ms = max(warm_ms, sum(told.timings_ms.values()))
        filled = list(_filled(told))
        made += [_judged(each, verdicts) for each in filled]
        missing += len(told.rows) * len(told.columns) - len(filled)
    return Measured(sources, tuple(wrong), tuple(made), missing, warm_ms)


def _others(engine: Engine, doc_id: str) -> Filters:
    return Filters(doc_ids=tuple(each.doc_id for each in engine.documents() if each.doc_id != doc_id))


def _made_again(engine: Engine, doc_id: str, truth: Sequence[TableCell]) -> tuple[dict[str, Proportion], list[str]]:
    """The share of each table's cells with the right source, and what is wrong of the others."""
    shares, wrong = dict[str, Proportion](), list[str]()
    for table in dict.fromkeys(each.table for each in truth):
        cells = {(each.row, each.column): each for each in truth if each.table == table}
        rows, columns = (list(dict.fromkeys(key[place] for key in cells)) for place in (0, 1))
        by = next(iter(cells.values())).by
        made = engine.compare(columns, by=by, rows=rows, filters=Filters(doc_ids=(doc_id,)))
        cited = {each.number: each for each in made.citations}
        right = 0
        for row in made.table.rows:
            for column, cell in zip(made.columns, row.cells, strict=True):
                wanted = cells[row.label, column]
                quotes = [cited[number] for number in cell.citations]
                words = [bare(row.label), *map(bare, wanted.words)]
                is_there = any(
                    each.table == table and all(word in bare(each.quote) for word in words) for each in quotes
                )
                is_right = is_there if wanted.words else not quotes
                right += is_right
                if not is_right:
                    wrong.append(f"{table} · {row.label} · {column}: {cell.text or cell.missing}")
        shares[table] = Proportion(right, len(cells))
    return shares, wrong


def _filled(made: Comparison) -> Iterator[MadeCell]:
    cited = {each.number: each for each in made.citations}
    for row in made.table.rows:
        for column, cell in zip(made.columns, row.cells, strict=True):
            if cell.missing is None:
                citation = cited[cell.citations[0]]
                key = hashlib.sha256(bare(citation.quote).encode()).hexdigest()[:_DIGITS]
                yield MadeCell(made.by, row.label, column, citation.title, citation.quote, key)


def _judged(cell: MadeCell, verdicts: dict[tuple[str, str, str, str], dict[str, Any]]) -> MadeCell:
    """The cell with its verdict, which holds while the same quote is chosen."""
    found = verdicts.get((cell.by, cell.row, cell.column, cell.key))
    if found is None:
        return cell
    return MadeCell(
        cell.by, cell.row, cell.column, cell.title, cell.quote, cell.key, bool(found["right"]), str(found["why"])
    )


def _lines(name: str) -> list[dict[str, Any]]:
    text = files("sinkqa.eval").joinpath("questions", name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines() if line]
