"""Attacks with bad paths, permissions and damaged libraries; each case must end in a named error."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sinkqa.eval.outcome import Bar, Clock, Failure, Outcome

_COMMAND = (sys.executable, "-m", "sinkqa.service.cli")
_TIMEOUT_S = 60.0
_NAMED = re.compile(r"error\[[a-z-]+\]: \S")
_DISK = "size=24m"
_NOTE = "".join(f"The fen of mark {n} holds {n} hectares of rewetted peat beside the river.\n" for n in range(400))


@dataclass(frozen=True, slots=True)
class Case:
    """A damaged setting in which commands are run.

    ``lay`` prepares it beside a sound ``library`` and a ``note.txt``, and returns the commands. Each command must end
    with one of ``statuses``. A command that fails must name the error.
    """

    name: str
    lay: Callable[[Path, Random], list[list[str | bytes]]]
    statuses: tuple[int, ...] = (1,)


def places(folder: Path, seed: int, clock: Clock) -> Outcome:
    """Runs every case once, each in its own folder below ``folder``."""
    model = folder / "model"
    model.mkdir()
    (model / "note.txt").write_text(_NOTE, "utf-8")
    first = _run(["add", "--library", str(model / "library"), str(model / "note.txt")])
    failures = [] if first.returncode == 0 else [Failure("a sound library", first.stderr[-300:])]
    tried = 0
    for number, case in enumerate(CASES):
        here = folder / f"case {number}"
        shutil.copytree(model, here)
        for arguments in case.lay(here, Random(f"{seed}/{case.name}")):
            tried += 1
            if happened := amiss(arguments, case.statuses):
                command = " ".join(os.fsdecode(each)[:60] for each in arguments if each)
                failures.append(Failure(f"{case.name}: {command}".replace(str(folder), "…"), happened))
    full = list(_full_disk(folder / "disk"))
    tried += len(full)
    failures += [failure for failure in full if failure.happened]
    figures = {"cases": float(len(CASES)), "full disk commands": float(len(full))}
    bars = (Bar("not named", len(failures), 0), Bar("full disk, commands tried", len(full) or None, 1, at_least=True))
    return Outcome("places", tried, clock.spent_s, figures, bars, tuple(failures))


def _run(arguments: list[str | bytes], *before: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*before, *_COMMAND, *arguments], capture_output=True, text=True, errors="replace", timeout=_TIMEOUT_S
    )


def amiss(arguments: list[str | bytes], statuses: tuple[int, ...], *before: str) -> str:
    """Runs a command and describes how its end is wrong. The description is empty if nothing is wrong."""
    try:
        done = _run(arguments, *before)
    except subprocess.TimeoutExpired:
        return f"did not end in {_TIMEOUT_S:g} s"
    if "Traceback" in done.stderr:
        return f"traceback: {done.stderr.strip().splitlines()[-1][:300]}"
    if done.returncode not in statuses:
        return f"exit status {done.returncode}, expected {statuses}: {(done.stdout + done.stderr)[-300:]}"
    if done.returncode and not (_NAMED.search(done.stderr) or _names_problem(done.stdout)):
        return f"nothing named: {(done.stdout + done.stderr)[-300:]}"
    return ""


def _names_problem(out: str) -> bool:
    """Whether doctor named a problem, which it prints among its facts."""
    return "problem" in out


def _add(here: Path, *paths: str | bytes) -> list[str | bytes]:
    return ["add", "--library", str(here / "library"), *paths]


def _looked_at(here: Path) -> list[list[str | bytes]]:
    library = str(here / "library")
    (here / "more.txt").write_text("Another fen holds 50 hectares.\n", "utf-8")
    return [
        ["doctor", "--library", library], ["ask", "--library", library, "How many hectares does the fen hold?"],
        ["search", "--library", library, "fen"], _add(here, str(here / "more.txt")),
    ]  # fmt: skip


def _pipe(here: Path, _: Random) -> list[list[str | bytes]]:
    (here / "documents").mkdir()
    os.mkfifo(here / "documents" / "pipe.txt")
    return [_add(here, str(here / "documents" / "pipe.txt")), _add(here, str(here / "documents"))]


def _long(here: Path, _: Random) -> list[list[str | bytes]]:
    return [_add(here, f"{here}/{'long/' * 1000}note.txt"), _add(here, str(here / ("n" * 5000)))]


def _odd_name(here: Path, _: Random) -> list[list[str | bytes]]:
    odd = os.fsencode(here) + b"/\xff\xfe\n library"
    return [["ask", "--library", odd, "fen?"], ["add", "--library", odd, str(here / "note.txt")]]


def _folder_for(name: str) -> Callable[[Path, Random], list[list[str | bytes]]]:
    def lay(here: Path, _: Random) -> list[list[str | bytes]]:
        path = here / "library" / name
        path.unlink(missing_ok=True)
        path.mkdir(parents=True)
        return _looked_at(here)

    return lay


def _file_for(name: str) -> Callable[[Path, Random], list[list[str | bytes]]]:
    def lay(here: Path, _: Random) -> list[list[str | bytes]]:
        path = here / "library" / name
        shutil.rmtree(path)
        path.write_text("a file\n")
        return _looked_at(here)

    return lay


def _damaged(here: Path, random: Random) -> list[list[str | bytes]]:
    """Other bytes in every third page of the database, from the third on."""
    path = here / "library" / "library.sqlite"
    content = bytearray(path.read_bytes())
    for page in range(2 * 4096, len(content) - 64, 3 * 4096):
        content[page : page + 64] = random.randbytes(64)
    path.write_bytes(content)
    for name in ("library.sqlite-wal", "library.sqlite-shm"):
        (here / "library" / name).unlink(missing_ok=True)
    return _looked_at(here)


def _half(here: Path, random: Random) -> list[list[str | bytes]]:
    path = here / "library" / "library.sqlite"
    os.truncate(path, path.stat().st_size // 2)
    return _looked_at(here)


def _nowhere(here: Path, _: Random) -> list[list[str | bytes]]:
    return [_add(here, str(here / "none.txt")), ["add", "--library", str(here / "note.txt"), str(here / "note.txt")],
            ["doctor", "--library", str(here / "note.txt" / "library")]]  # fmt: skip


CASES: tuple[Case, ...] = (
    Case("a named pipe", _pipe),
    Case("a path of 5,000 characters", _long),
    Case("a library whose name is no text", _odd_name, (0, 1)),
    Case("nothing, and a file for a folder", _nowhere),
    Case("damaged pages of the database", _damaged),
    Case("half a database", _half),
    Case("a folder for the database", _folder_for("library.sqlite")),
    Case("a folder for the lock of writers", _folder_for("writer.lock"), (0, 1)),
    Case("a file for the indexes", _file_for("derived"), (0, 1)),
    Case("a folder for the keys", _folder_for("keys.json"), (0, 1)),
)
"""The cases. A command that can work despite the damage may also succeed."""


def _full_disk(folder: Path) -> Iterator[Failure]:
    """Adds until a small file system is full, and then reads; one for each command, empty where it ended as it should.

    Nothing where the system lets nobody mount one.
    """
    folder.mkdir()
    script = f'mount -t tmpfs -o {_DISK} tmpfs "$0" && exec "$@"'
    away = ("unshare", "--mount", "sh", "-c", script, str(folder))
    if not shutil.which("unshare") or subprocess.run([*away, "true"], capture_output=True).returncode:
        return
    inner = [sys.executable, "-m", "sinkqa.eval.attack.filling", str(folder)]
    done = subprocess.run([*away, *inner], capture_output=True, text=True, timeout=20 * _TIMEOUT_S)
    for line in done.stdout.splitlines():
        command, _, happened = line.partition("\t")
        yield Failure(f"full disk: {command}", happened)
    if done.returncode:
        yield Failure("full disk", done.stderr[-300:])
