"""Runs the parts of an attack one after the other. Each part has a share of the time."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from sinkqa.eval.attack.contract import contract
from sinkqa.eval.attack.crowd import ATTACKERS, crowd
from sinkqa.eval.attack.forgery import forgery
from sinkqa.eval.attack.fuzzing import fuzz
from sinkqa.eval.attack.killing import killing
from sinkqa.eval.attack.places import places
from sinkqa.eval.attack.routes import Cost, strings
from sinkqa.eval.attack.samples import read_samples
from sinkqa.eval.errors import EvaluationError
from sinkqa.eval.outcome import Bar, Clock, Failure, Outcome
from sinkqa.eval.ranking.running import OnProgress
from sinkqa.eval.speed.loopback import Server, serving
from sinkqa.ingest.readers import SUFFIXES
from sinkqa.service.engine import Engine
from sinkqa.service.hosting.keys import keys_of
from sinkqa.service.hosting.scopes import Scope
from sinkqa.service.settings import Settings

_DOCUMENTS = 8  # the smallest, which the server under attack holds
_COSTLY = Cost("/v1/verify", "carbon, ", 20_000, 0.0, 0)  # for a crowd, where no costlier one was looked for


@dataclass(slots=True)
class AttackRun:
    """The input of every part. One part sets ``worst`` for the next. ``keep``: the folder for files that failed."""

    documents: Path
    seed: int
    keep: Path | None
    on_progress: OnProgress
    folder: Path = Path()
    clock: Clock = field(default_factory=lambda: Clock(0.0))
    worst: Cost = _COSTLY

    @contextmanager
    def serving(self) -> Iterator[tuple[Server, Settings]]:
        """Starts a server with a few documents."""
        settings = Settings.load(library=self.folder / "library")
        found = [path for path in self.documents.iterdir() if path.suffix in SUFFIXES]
        smallest = sorted(found, key=lambda path: path.stat().st_size)[:_DOCUMENTS]
        Engine.open(settings, create=True).add(smallest)
        with serving(settings.library) as server:
            yield server, settings


def attack(parts: Sequence[str], minutes: float, run: AttackRun) -> Iterator[Outcome]:
    """Yields each part's outcome when the part ends. The chosen parts share the time."""
    whole = sum(SHARES[part] for part in parts) or 1.0
    for number, part in enumerate(parts):
        run.on_progress(number, len(parts), part)
        with TemporaryDirectory(prefix="sinkqa-attack-") as folder:
            run.folder = Path(folder)
            run.clock = Clock(60 * minutes * SHARES[part] / whole)
            yield _finished(part, run)
    run.on_progress(len(parts), len(parts), "done")


def _finished(part: str, run: AttackRun) -> Outcome:
    """The outcome of a part; one that cannot go on has failed."""
    try:
        return PARTS[part](run)
    except (EvaluationError, httpx.HTTPError, psutil.Error, subprocess.TimeoutExpired) as error:
        failure = Failure(f"{part}, seed {run.seed}", f"{type(error).__name__}: {error}"[:500])
        return Outcome(part, 0, run.clock.spent_s, {}, (Bar("parts that went on to the end", 0, 1, True),), (failure,))


def _forge(run: AttackRun) -> Outcome:
    return forgery(run.documents, run.seed, run.clock, on_progress=run.on_progress)


def _fuzz(run: AttackRun) -> Outcome:
    return fuzz(read_samples(run.documents, seed=run.seed), run.seed, run.clock, keep=run.keep)


def _strings(run: AttackRun) -> Outcome:
    with run.serving() as (server, _):
        outcome, worst = strings(server, run.seed, run.clock)
    run.worst = worst or run.worst
    return outcome


def _crowd(run: AttackRun) -> Outcome:
    with run.serving() as (server, settings):
        keys = [keys_of(settings).create(f"client {n}")[1] for n in range(ATTACKERS + 1)]
        return crowd(server, keys, run.worst, run.clock)


def _kill(run: AttackRun) -> Outcome:
    return killing(run.folder, run.seed, run.clock)


def _contract(run: AttackRun) -> Outcome:
    scopes: tuple[Scope, ...] = ("admin", "read")
    with run.serving() as (server, settings):
        keys: dict[str, str | None] = {scope: keys_of(settings).create(scope, scope=scope)[1] for scope in scopes}
        return contract(server.url, keys | {"no": None}, run.seed, run.clock, run.folder)


def _places(run: AttackRun) -> Outcome:
    return places(run.folder, run.seed, run.clock)


PARTS: dict[str, Callable[[AttackRun], Outcome]] = {
    "forge": _forge,
    "fuzz": _fuzz,
    "strings": _strings,
    "crowd": _crowd,
    "kill": _kill,
    "contract": _contract,
    "places": _places,
}
SHARES = {"forge": 0.2, "fuzz": 0.25, "strings": 0.2, "crowd": 0.05, "kill": 0.15, "contract": 0.15, "places": 0.0}
"""The share of the time that each part gets. "places" takes a minute or two in any case."""
