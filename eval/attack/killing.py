"""Kills writers and servers at random moments, and checks that the library holds everything they acknowledged."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx
import psutil

from sinkqa.eval.outcome import MOST_SHOWN, Bar, Clock, Failure, Outcome
from sinkqa.eval.speed.loopback import serving
from sinkqa.ingest.errors import SinkQAError
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

_COMMAND = (sys.executable, "-m", "sinkqa.service.cli")
_TIMEOUT_S = 120.0
_FILES = 6  # of one round
_POLL_S = 0.1


@dataclass(slots=True)
class Promised:
    """The document ids that must be in a library, and those that must not be.

    Documents that are ``leaving`` may or may not be there.
    """

    there: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    acknowledged: int = 0
    removed: int = 0
    lost: int = 0
    returned: int = 0

    def add(self, doc_ids: Iterable[str]) -> None:
        """Records documents whose addition was acknowledged."""
        new = {*doc_ids}
        self.there |= new
        self.acknowledged += len(new)

    def remove(self, doc_ids: Collection[str]) -> None:
        """Records documents whose removal was acknowledged."""
        self.there.difference_update(doc_ids)
        self.gone.update(doc_ids)
        self.removed += len(doc_ids)

    def compare(self, found: set[str], when: str) -> list[Failure]:
        """Compares the ids found with the acknowledged changes. Returns a failure for each missing change, once."""
        lost, returned = self.there - self.leaving - found, self.gone & found
        self.lost, self.returned = self.lost + len(lost), self.returned + len(returned)
        self.there -= lost
        self.gone -= returned
        failures = [Failure(when, f"acknowledged and lost: {each[:12]}") for each in sorted(lost)]
        return failures + [Failure(when, f"removed and returned: {each[:12]}") for each in sorted(returned)]


def killing(folder: Path, seed: int, clock: Clock) -> Outcome:
    """Kills writers and servers by turns, in a library below ``folder``, until the time is up."""
    random, promised = Random(seed), Promised()
    failures: list[Failure] = []
    settings = Settings.load(library=folder / "library with spaces, 林 \u202e")
    rounds = {"writer": 0, "server": 0}
    typical_s = _begin(settings, folder, random, promised)
    while clock.left_s or not rounds["server"]:
        kind = "server" if rounds["server"] < rounds["writer"] else "writer"
        rounds[kind] += 1
        when = f"{kind}, round {rounds[kind]}, seed {seed}"
        try:
            if kind == "writer":
                _kill_writer(settings.library, folder, random, promised, typical_s)
            else:
                failures += _kill_server(settings.library, random, promised, when)
            failures += promised.compare({each.doc_id for each in Engine.open(settings).documents()}, when)
        except (SinkQAError, httpx.HTTPError, sqlite3.Error, psutil.TimeoutExpired) as error:
            failures.append(Failure(when, f"{type(error).__name__}: {error}"))
    engine = Engine.open(settings)
    engine.search("peat")  # the first search after a kill makes indexes anew
    problems = engine.doctor().problems
    failures += [Failure("doctor", problem) for problem in problems]
    return _outcome(rounds, promised, problems, failures, clock)


def _outcome(
    rounds: dict[str, int], promised: Promised, problems: Sequence[str], failures: Sequence[Failure], clock: Clock
) -> Outcome:
    figures = {f"{kind} rounds": float(n) for kind, n in rounds.items()}
    figures |= {"acknowledged": float(promised.acknowledged), "removed": float(promised.removed)}
    other = len(failures) - promised.lost - promised.returned - len(problems)
    found = {"lost": promised.lost, "returned": promised.returned, "damaged": len(problems), "other failures": other}
    bars = tuple(Bar(name, count, 0) for name, count in found.items())
    return Outcome("kill", sum(rounds.values()), clock.spent_s, figures, bars, tuple(failures[:MOST_SHOWN]))


def _begin(settings: Settings, folder: Path, random: Random, promised: Promised) -> float:
    """A library with its first files, added by a command that is let live; gives the seconds that it took."""
    Engine.open(settings, create=True)
    began = time.monotonic()
    _kill_writer(settings.library, folder, random, promised, None)
    return time.monotonic() - began


def _note(random: Random) -> str:
    """A unique text that a search for its own name finds."""
    return f"The fen of mark {random.getrandbits(64):016x} holds {random.randint(10, 999)} hectares of peat.\n"


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _kill_writer(library: Path, folder: Path, random: Random, promised: Promised, typical_s: float | None) -> None:
    """One command that adds files or removes documents, killed in the middle of it, if at all.

    ``typical_s`` is what such a command takes; None lets it live.
    """
    within_s = None if typical_s is None else random.uniform(0.1, 1.2) * typical_s
    there = sorted(promised.there - promised.leaving)
    if len(there) > 2 * _FILES and random.random() < 0.4:
        chosen = random.sample(there, 2)
        promised.leaving.update(chosen)
        if _killed(within_s, "remove", "--library", str(library), *chosen) == 0:
            promised.remove(chosen)
        return
    texts = {folder / f"{_id(text)[:16]}.txt": text for text in (_note(random) for _ in range(_FILES))}
    for path, text in texts.items():
        path.write_text(text, "utf-8")
    if _killed(within_s, "add", "--library", str(library), *map(str, texts)) == 0:
        promised.add(map(_id, texts.values()))


def _killed(within_s: float | None, *arguments: str) -> int | None:
    """The exit status of a command, or None where it was killed before it ended."""
    process = subprocess.Popen([*_COMMAND, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return process.wait(timeout=within_s)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return None


def _kill_server(library: Path, random: Random, promised: Promised, when: str) -> list[Failure]:
    """Uploads and deletes until a server is killed; another one must then hold to what the first said."""
    with serving(library) as server, httpx.Client(base_url=server.url, timeout=_TIMEOUT_S) as http:
        _use(http, random, promised)
        time.sleep(random.uniform(0.0, 1.5))
        server.process.kill()
        server.process.wait()
    with serving(library) as server, httpx.Client(base_url=server.url, timeout=_TIMEOUT_S) as http:
        unfinished = _awaited(http)
    return [Failure(when, f"a job did not end well: {json.dumps(job)[:300]}") for job in unfinished]


def _use(http: httpx.Client, random: Random, promised: Promised) -> None:
    with suppress(httpx.TransportError):
        for text in (_note(random) for _ in range(random.randint(1, _FILES))):
            answer = http.post("/v1/documents", files={"files": (f"{_id(text)[:16]}.txt", text.encode())})
            if answer.status_code == 202:
                promised.add([_id(text)])
        there = sorted(promised.there - promised.leaving)
        for doc_id in random.sample(there, min(1, len(there))):
            promised.leaving.add(doc_id)
            answer = http.delete(f"/v1/documents/{doc_id}", params={"permanent": True})
            if answer.status_code == 200:
                promised.remove([doc_id])
            elif answer.status_code == 404:  # it has not landed yet
                promised.leaving.discard(doc_id)


def _awaited(http: httpx.Client) -> list[dict[str, object]]:
    """Waits for the jobs; gives those that did not end as they should."""
    until = time.monotonic() + _TIMEOUT_S
    while time.monotonic() < until:
        jobs: list[dict[str, object]] = http.get("/v1/jobs").raise_for_status().json()["jobs"]
        if all(job["state"] not in ("queued", "running") for job in jobs):
            break
        time.sleep(_POLL_S)
    return [job for job in jobs if job["state"] != "done"]
