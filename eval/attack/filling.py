"""Runs commands on a full small file system. It is a program of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sinkqa.eval.attack.places import amiss

_TEXT = "The fen of mark {number} holds {number} hectares of rewetted peat beside the river.\n"
_LINES = 8_000
_ROUNDS = 10
_ROOM = "remount,size=128m"


def fill(folder: Path) -> None:
    """Runs commands on a full file system, and prints how each one ends.

    It adds documents until nothing more fits, fills the remaining space, and reads. Then it enlarges the file system
    and reads again.
    """
    library = str(folder / "library")
    for number in range(_ROUNDS):
        path = folder / f"{number}.txt"
        try:
            path.write_text("".join(_TEXT.format(number=number * _LINES + n) for n in range(_LINES)), "utf-8")
        except OSError:
            break
        _tell("add", ["add", "--library", library, str(path)], (0, 1))
    try:
        with (folder / "rest").open("wb", buffering=0) as rest:
            while rest.write(bytes(4096)) == 4096:
                pass
    except OSError:
        pass
    _tell("ask when full", ["ask", "--library", library, "How many hectares does the fen of mark 7 hold?"], (0, 1))
    _tell("search when full", ["search", "--library", library, "fen"], (0, 1))
    _tell("doctor when full", ["doctor", "--library", library], (0, 1))
    subprocess.run(["mount", "-o", _ROOM, str(folder)], check=True)
    _tell("ask with room again", ["ask", "--library", library, "How many hectares does the fen of mark 7 hold?"], (0,))
    _tell("doctor --rebuild with room again", ["doctor", "--rebuild", "--library", library], (0,))


def _tell(name: str, arguments: list[str | bytes], statuses: tuple[int, ...]) -> None:
    happened = amiss(arguments, statuses)
    print(f"{name}\t{' '.join(happened.split())}")  # noqa: T201  # read by whoever started this


if __name__ == "__main__":
    fill(Path(sys.argv[1]))
