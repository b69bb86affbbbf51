"""What tests of the whole share: a clean environment, the command line in this process and in one of its own."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sinkqa.service.cli import main

pytest_plugins = ["tests.postgresql"]

COMMAND = Path(sys.executable).with_name("sinkqa")


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No setting of whoever runs the tests reaches them, and nothing is written to that person's folders."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            if name.startswith("SINKQA_") or name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
                patch.delenv(name)
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture
def sinkqa(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    """Runs the command line's entry point in this process."""

    def run(*args: object, stdin: str = "") -> Ran:
        monkeypatch.setattr(sys, "argv", ["sinkqa", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        status: Any = 0
        try:
            main()
        except SystemExit as leaving:
            status = leaving.code or 0
        captured = capfd.readouterr()
        return Ran(status, captured.out, captured.err)

    return run


def process(*args: object, **how: Any) -> Ran:
    """Runs the installed command in a process of its own."""
    done = subprocess.run([COMMAND, *map(os.fspath, args)], capture_output=True, timeout=120, **how)  # type: ignore[call-overload]
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library as a new user has it after the first question. Only to be read: copy it to change it."""
    folder = tmp_path_factory.mktemp("first use") / "library"
    first = process("ask", "-l", folder, "北京试点的CCER抵销比例上限是多少？")
    assert first.status == 0, first.err
    assert "5%" in first.out
    return folder
