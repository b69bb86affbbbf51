"""Measures the cost of a library at several sizes, each figure beside its reference.

One library grows from text that a seed makes. Separate processes add to it, change it, ask it and serve it, as users
do, so that no process profits from the caches of another. Compare processor time and bytes: other programs hardly
lengthen a second of processor time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from threadpoolctl import threadpool_limits

from sinkqa.eval.ranking.configuration import megabytes
from sinkqa.eval.ranking.running import OnProgress, quiet
from sinkqa.eval.speed.bench import IMPORTS, Figure, raw_work
from sinkqa.eval.speed.growth_text import MadeDocument, Topic, documents, questions
from sinkqa.eval.speed.loopback import serving
from sinkqa.eval.speed.processes import Usage, measure
from sinkqa.eval.speed.resident import Measured, resident
from sinkqa.eval.speed.throughput import search_throughput
from sinkqa.index.library import Library
from sinkqa.index.store.sqlite.store import STORE_FILE

_CHANGED = range(4, 12)  # paragraphs of a document that comes and goes: so few that reading it costs little
_CLIENTS, _PROCESSES = (1, 16), (1, 2)
_RAW_FILES = 150  # for the reference of adding
_CHANGE_CPU_S, _CHANGE_MB = 0.05, 5.0  # what one document more, or less, may cost at any size


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to measure: the number of questions for each way of asking, and the seconds for each load of the server.

    ``changes``: documents added and deleted. ``cold_runs``: processes started to answer one question each.
    """

    questions: int = 100
    seconds: float = 4.0
    changes: int = 5
    cold_runs: int = 3


@dataclass(frozen=True, slots=True)
class Milestone:
    """The library at a given number of passages, with its costs."""

    passages: int
    documents: int
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _GrownLibrary:
    """The library at one of its sizes, and what was put in since the one before."""

    folder: Path
    files: list[Path]
    passages: int
    documents: int
    questions: list[str]

    @property
    def library(self) -> Path:
        return self.folder / "library"


def growth(
    sizes: Sequence[int], *, seed: int = 0, effort: Effort | None = None, on_progress: OnProgress = quiet
) -> Iterator[Milestone]:
    """Grows one library to about each of ``sizes``, counted in passages, and measures it there.

    Raises:
        ValueError: a size below 1.
        RuntimeError: a measured process failed.
        ServerFailed: a server did not start or did not answer.
    """
    if not sizes or min(sizes) < 1:
        raise ValueError(f"expected sizes of at least 1 passage, got {list(sizes)}")
    effort, made, held = effort or Effort(), documents(seed), 0
    topics: list[Topic] = []
    # many small products: to share each of them among threads takes twenty times as long on a busy machine
    with threadpool_limits(limits=1, user_api="blas"), TemporaryDirectory(prefix="sinkqa-growth-") as name:
        folder = Path(name)
        changing = [path for path, _ in _written(folder / "changing", _short(seed, effort.changes + 1))]
        for before, size in pairwise([0, *sorted(set(sizes))]):
            new = _written(folder / f"texts-{size}", _amounting(made, size - before, on_progress))
            topics += [topic for _, topic in new]
            grown, adding = _fed(folder, [path for path, _ in new], questions(seed, topics, effort.questions))
            speed = (grown.passages - held) / adding.cpu_s
            held = grown.passages
            figures = [
                Figure("add", speed, "passages per CPU s", "raw", _raw_speed(grown)),
                Figure("add, peak memory", adding.peak_bytes / 1e6, "MB"),
                Figure("add, written", adding.written_bytes / 1e6, "MB"),
            ]
            parts = (
                _on_disk(grown),
                _changes(grown, changing),
                _cold(grown, effort),
                _warm(grown),
                _served(grown, effort),
            )
            for done, part in enumerate(parts, 1):
                figures += part
                on_progress(done, len(parts), f"measure {size:,}")
            yield Milestone(grown.passages, grown.documents, tuple(figures))


def _fed(folder: Path, files: list[Path], asked: list[str]) -> tuple[_GrownLibrary, Usage]:
    library = folder / "library"
    adding = measure(["-m", "sinkqa.service.cli", "add", "--library", str(library), str(files[0].parent)])
    with Library.open(library) as opened:
        records = opened.documents()
    return _GrownLibrary(folder, files, sum(record.n_passages for record in records), len(records), asked), adding


def _amounting(made: Iterator[MadeDocument], paragraphs: int, on_progress: OnProgress) -> Iterator[MadeDocument]:
    """The next documents, until they have so many paragraphs."""
    written = 0
    while written < paragraphs:
        yield (each := next(made))
        written += each.paragraphs
        on_progress(min(written, paragraphs), paragraphs, f"write {paragraphs:,}")


def _short(seed: int, n: int) -> Iterator[MadeDocument]:
    others = (each for each in documents(seed + 1) if each.paragraphs in _CHANGED)
    return (each._replace(name=f"changing-{each.name}") for each in islice(others, n))


def _written(folder: Path, made: Iterable[MadeDocument]) -> list[tuple[Path, Topic]]:
    """Each document as it comes, so that no more than one is in memory."""
    folder.mkdir()
    written = []
    for each in made:
        (folder / each.name).write_text(each.text, "utf-8")
        written.append((folder / each.name, each.topic))
    return written


def _raw_speed(grown: _GrownLibrary) -> float:
    """Passages in a CPU second where files are only read and paragraphs only encoded, in one process."""
    files = grown.files[:_RAW_FILES]
    paragraphs = [part for path in files for part in path.read_text("utf-8").split("\n\n") if part[0] != "#"]
    usage = measure(raw_work(files, paragraphs, grown.folder / "texts.json"))
    return len(paragraphs) / usage.cpu_s


def _on_disk(grown: _GrownLibrary) -> Iterator[Figure]:
    whole, store = megabytes(grown.library), (grown.library / STORE_FILE).stat().st_size / 1e6
    yield Figure("library on disk", whole, "MB", "its texts", sum(map(megabytes, grown.folder.glob("texts-*"))))
    yield Figure("library on disk, a passage", 1e3 * whole / grown.passages, "KB")
    yield Figure("search indexes, a passage", 1e3 * (whole - store) / grown.passages, "KB")


def _changes(grown: _GrownLibrary, changing: Sequence[Path]) -> Iterator[Figure]:
    """One process adds and deletes documents; after each change another one searches, as it did before."""
    question = grown.questions[0]
    with resident(grown.library) as change, resident(grown.library) as search:
        search("search", question)
        costs_of: dict[str, list[Measured]] = {"add": [], "remove": []}
        first: list[Measured] = []
        warm: list[Measured] = []
        for step, costs in costs_of.items():
            for place, path in enumerate(changing):
                cost = change(step, str(path))
                searches = [search("search", question) for _ in range(3)]
                if step == "remove" or place:  # what an added file needs is imported with the first
                    costs.append(cost)
                    first.append(searches[0])
                    warm += searches[1:]
        rebuilt, recall = change("rebuild"), change("recall")
    text_mb = median(path.stat().st_size for path in changing) / 1e6
    for what, costs in zip(("one more document", "delete one"), costs_of.values(), strict=True):
        yield Figure(what, _middle(costs, "cpu_s"), "CPU s", bound=_CHANGE_CPU_S)
        yield Figure(f"{what}, dearest of {len(costs)}", max(cost["cpu_s"] for cost in costs), "CPU s")
        yield Figure(f"{what}, read", _middle(costs, "read_mb"), "MB")
        yield Figure(f"{what}, written", _middle(costs, "written_mb"), "MB", "its text", text_mb, _CHANGE_MB)
    seen, usual = 1e3 * _middle(first, "cpu_s"), 1e3 * _middle(warm, "cpu_s")
    yield Figure("first search after another's change", seen, "CPU ms", "warm", usual)
    yield Figure("rebuild", rebuilt["cpu_s"], "CPU s")
    yield Figure("rebuild, peak memory", rebuilt["peak_mb"], "MB")
    for at, share in recall.items():
        yield Figure(f"dense leg, recall {at.replace('at_', '@')}", share, "", "exact", 1.0)


def _cold(grown: _GrownLibrary, effort: Effort) -> Iterator[Figure]:
    ask = ["-m", "sinkqa.service.cli", "ask", "--library", str(grown.library), grown.questions[0]]
    measure(ask)  # byte code and disk cache, as on every machine that has asked before
    runs = [(measure(ask), measure(IMPORTS)) for _ in range(effort.cold_runs)]
    asks, imports = (median(run[place].cpu_s for run in runs) for place in (0, 1))
    yield Figure("cold ask", asks, "CPU s", "imports", imports)


def _warm(grown: _GrownLibrary) -> Iterator[Figure]:
    """One process that is asked everything, its memory before the vectors are read for the reference."""
    asked = grown.questions
    with resident(grown.library) as tell:
        found, answered = tell("searches", asked, "hybrid"), tell("asks", asked)
        dense, lexical = tell("searches", asked, "dense"), tell("searches", asked, "lexical")
        memory, exact = tell("memory"), tell("products", asked)
    calls = {"warm search": found, "warm search, dense": dense, "warm search, lexical": lexical, "warm ask": answered}
    for what, times in calls.items():
        for share in ("p50", "p95"):
            value, floor = times[f"cpu_{share}"], exact[f"cpu_{share}"]
            yield Figure(f"{what}, {share}", value, "CPU ms", "dot product", floor)
    yield Figure(f"memory after {8 * len(asked)} questions", memory["mb"], "MB")
    yield Figure(f"memory after {8 * len(asked)} questions, private", memory["private_mb"], "MB")


def _served(grown: _GrownLibrary, effort: Effort) -> Iterator[Figure]:
    for processes in _PROCESSES:
        with serving(grown.library, "--processes", str(processes)) as server:
            search_throughput(server, grown.questions, clients=2 * processes, seconds=effort.seconds / 2)
            for clients in _CLIENTS:
                throughput = search_throughput(server, grown.questions, clients=clients, seconds=effort.seconds)
                what = f"/v1/search, clients {clients}, processes {processes}"
                yield Figure(what, throughput.per_s, "requests/s")
                yield Figure(what, throughput.per_cpu_s, "requests per CPU s")
            yield Figure(f"server, processes {processes}, memory", server.memory_mb() * 2**20 / 1e6, "MB")


def _middle(costs: Sequence[Measured], name: str) -> float:
    return median(cost[name] for cost in costs)
