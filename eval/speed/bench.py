"""Measures the time and memory of adding and asking, each beside a reference: the least that the same work costs.

The machine may be busy with other programs. So the figures are processor seconds if the bound allows it, else medians,
and every reference is measured in the same run.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sinkqa.eval.speed.calls import nearest, stored_vectors, time_calls
from sinkqa.eval.speed.processes import Usage, measure
from sinkqa.index.hit import SearchMode
from sinkqa.index.library import Library
from sinkqa.index.models.passage_text import vector_text
from sinkqa.ingest.readers import find_files
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

IMPORTS = ["-c", "import numpy, faiss, tantivy, tokenizers"]
"""Python's arguments to import the libraries of computing. No process can answer with less."""

_COLD_RUNS = 5
_MOST_QUESTIONS = 100
_RAW_TIMES, _COLD_S, _WARM_MS, _PEAK_MB = 2.5, 1.5, 15.0, 1500.0
_SHARE_OF_CORES = 0.75  # of those that the reference keeps busy at the same moment, on the same machine
_MODES: tuple[SearchMode, ...] = ("lexical", "dense", "hybrid")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value beside its reference. ``bound`` is its maximum, or its minimum if ``at_least``."""

    what: str
    value: float
    unit: str
    reference: str = ""
    reference_value: float | None = None
    bound: float | None = None
    at_least: bool = False

    @property
    def ok(self) -> bool | None:
        """Whether the value meets the bound; None without a bound."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.at_least else self.value <= self.bound


def bench(paths: Sequence[Path], questions: Sequence[str]) -> list[Figure]:
    """Adds the files to a new library, then asks it. ``questions`` may be empty.

    Raises:
        RuntimeError: a measured command failed.
        IngestError: the paths hold no files.
    """
    files = find_files(paths)
    with tempfile.TemporaryDirectory(prefix="sinkqa-bench-") as folder:
        library = Path(folder) / "library"
        add = measure(["-m", "sinkqa.service.cli", "add", "--library", str(library), *map(str, files)], allowed=(0, 1))
        with Library.open(library) as opened:
            held = [(record.title, each) for record in opened.documents() for each in opened.passages(record.doc_id)]
        texts = [vector_text(title, passage) for title, passage in held]
        asked = list(questions[:_MOST_QUESTIONS]) or [passage.units[0].text for _, passage in held[:_MOST_QUESTIONS]]
        return [
            *_adding(add, files, texts, Path(folder)),
            *_cold(library, asked[0]),
            *_warm(library, asked),
        ]


def _adding(add: Usage, files: Sequence[Path], texts: Sequence[str], folder: Path) -> list[Figure]:
    """Against raw extraction in one process, and in as many as there are cores."""
    alone = measure(raw_work(files, texts, folder / "texts.json"))
    cores = os.cpu_count() or 1
    heaviest_first = sorted(files, key=lambda path: -path.stat().st_size)
    shares = [raw_work(heaviest_first[i::cores], texts[i::cores], folder / f"texts-{i}.json") for i in range(cores)]
    together = measure(*shares)
    raw, spread = "raw", f"raw on {cores}"
    return [
        Figure("add", add.cpu_s, "CPU s", raw, alone.cpu_s),
        Figure("add / raw, CPU", add.cpu_s / alone.cpu_s, "×", bound=_RAW_TIMES),
        Figure("add", add.wall_s, "s", spread, together.wall_s),
        Figure("add / raw, wall", add.wall_s / together.wall_s, "×"),
        Figure(
            "add, cores kept busy",
            add.cores,
            "",
            spread,
            together.cores,
            bound=_SHARE_OF_CORES * together.cores,
            at_least=True,
        ),
        Figure("add, peak memory", add.peak_bytes / 1e6, "MB", raw, alone.peak_bytes / 1e6, _PEAK_MB),
    ]


def raw_work(files: Sequence[Path], texts: Sequence[str], at: Path) -> list[str]:
    """Returns Python's arguments to extract these files and encode these texts. Writes the texts to the file ``at``."""
    at.write_text(json.dumps(texts), "utf-8")
    return ["-m", "sinkqa.eval.speed.raw", str(at), *map(str, files)]


def _cold(library: Path, question: str) -> list[Figure]:
    """From process start to answer, beside an interpreter that does nothing and one that imports the libraries."""
    ask = ["-m", "sinkqa.service.cli", "ask", "--library", str(library), question]
    bare = ["-c", "pass"]
    others = {
        "list": ["-m", "sinkqa.service.cli", "list", "--library", str(library)],
        "--help": ["-m", "sinkqa.service.cli", "--help"],
    }
    measure(ask)  # byte code and disk cache, as on every machine that has asked before
    runs = [(measure(ask), measure(bare), measure(IMPORTS)) for _ in range(_COLD_RUNS)]
    asks, bares, imported = zip(*runs, strict=True)
    idle = median(run.cpu_s for run in bares)
    wall = median(run.wall_s for run in asks)
    return [
        Figure("cold ask", wall, "s", "bare python", median(run.wall_s for run in bares), _COLD_S),
        Figure("cold ask", wall, "s", "imports", median(run.wall_s for run in imported)),
        Figure(
            "cold ask",
            median(run.cpu_s for run in asks),
            "CPU s",
            "imports",
            median(run.cpu_s for run in imported),
        ),
        *(
            Figure(f"cold {name}", median(measure(each).cpu_s for _ in range(_COLD_RUNS)), "CPU s", "bare python", idle)
            for name, each in others.items()
        ),
    ]


def _warm(library: Path, questions: Sequence[str]) -> list[Figure]:
    """Searching in this process, beside a dot product with every vector of the library."""
    engine = Engine.open(Settings.load(library=library))
    with Library.open(library) as opened:
        vectors, queries = stored_vectors(library, opened.encoder.dim), opened.encoder.encode(questions)
    brute = time_calls(lambda i: nearest(vectors, queries[i]), len(questions))
    name = "dot product"
    figures = []
    for mode in _MODES:
        times = time_calls(lambda i, mode=mode: engine.search(questions[i], mode=mode), len(questions))  # type: ignore[misc]
        figures += [
            Figure(f"warm search, {mode}, p50", times.p50, "ms", name, brute.p50, _WARM_MS),
            Figure(f"warm search, {mode}, p95", times.p95, "ms", name, brute.p95),
            Figure(f"warm search, {mode}, p50", times.cpu_p50, "CPU ms", name, brute.cpu_p50),
        ]
    asked = time_calls(lambda i: engine.ask(questions[i]), len(questions))
    figures.append(Figure("warm ask, p50", asked.p50, "ms", name, brute.p50))
    figures.append(Figure("warm ask, p50", asked.cpu_p50, "CPU ms", name, brute.cpu_p50))
    return figures
