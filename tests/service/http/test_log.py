"""What a server says of itself: lines for people at a terminal, JSON for programs elsewhere."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from sinkqa.service.http.observing.lines import PlainLines
from tests.conftest import COMMAND
from tests.screen import lines

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextmanager
def started(library: Path, *options: str, terminal: bool, **environment: str):
    """A server that has said where it listens, and what it says until it has ended by Ctrl-C."""
    ours, theirs = pty.openpty() if terminal else os.pipe()
    settings = {**os.environ, "TERM": "xterm-256color", **environment}
    said: list[str] = []
    listens = threading.Event()

    def listen():
        whole = b""
        try:
            while part := os.read(ours, 65_536):
                whole += part
                said[:] = [line for line in lines(whole.decode().replace("\r\n", "\n")) if line]
                if _ADDRESS.search(whole.decode()):
                    listens.set()
        except OSError:  # the terminal's other end is closed
            pass

    with subprocess.Popen(
        [COMMAND, "serve", "--library", library, "--port", "0", *options],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=settings,
    ) as running:  # fmt: skip
        os.close(theirs)
        reading = threading.Thread(target=listen)
        reading.start()
        try:
            assert listens.wait(60), said
            yield said
        finally:
            running.send_signal(signal.SIGINT)
            status = running.wait(60)
            reading.join(10)
            os.close(ours)
    assert status == 0, said


@pytest.fixture(scope="module")
def library(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter corpus, in a folder that a server may write to."""
    return Path(shutil.copytree(starter, tmp_path_factory.mktemp("served") / "library"))


def address(said: list[str]) -> str:
    return _ADDRESS.search("\n".join(said))[0]


def test_at_a_terminal_one_line_says_where_and_the_log_is_for_people(library):
    with started(library, terminal=True) as said, urlopen(f"{address(said)}/healthz") as response:
        assert response.status == 200
    (line,) = [each for each in said if "SinkQA:" in each]
    assert re.fullmatch(r"SinkQA: http://127\.0\.0\.1:\d+ — 44 documents, Ctrl-C stops", line)
    assert not [each for each in said if each.startswith("{") or "AVX" in each or "uvicorn" in each.lower()]
    assert [each for each in said if re.fullmatch(r"\d\d:\d\d:\d\d  GET /healthz 200  \d+ ms", each)]
    assert len(said) <= 6, said


def test_elsewhere_every_line_is_json_and_says_nothing_of_processors_that_this_one_is_not(library):
    with started(library, terminal=False) as said:
        pass
    told = [json.loads(line) for line in said]
    assert any("running on" in each["message"] for each in told)
    assert not [each for each in told if "AVX" in each["message"]]


@pytest.mark.parametrize(("terminal", "form"), [(True, "json"), (False, "plain")])
def test_the_setting_log_goes_before_where_it_is_written(library, terminal, form):
    with started(library, terminal=terminal, SINKQA_LOG=form) as said:
        pass
    as_json = [line for line in said if line.startswith("{")]
    assert bool(as_json) == (form == "json")
    assert len([line for line in said if line.startswith("SinkQA: http://")]) == 1, "a person still learns where"


def test_several_processes_speak_alike(library):
    with started(library, "--processes", "2", terminal=True) as said:
        pass
    assert not [line for line in said if line.startswith("{") or "AVX" in line]
    assert [line for line in said if re.search(r"2 processes answer at http://127\.0\.0\.1:\d+$", line)]


def test_a_log_that_there_is_not_is_refused(library):
    done = subprocess.run(
        [COMMAND, "serve", "--library", library],
        env={**os.environ, "SINKQA_LOG": "xml"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "SINKQA_LOG" in done.stderr and "plain" in done.stderr


def test_an_extra_that_settings_call_for_is_missed_when_the_server_starts(library):
    code = "import sys; sys.modules['openai'] = None; from sinkqa.service.commands.serve import _begin\n"
    code += "from sinkqa.service.settings import Settings; _begin(Settings.load())"
    variables = {"SINKQA_LIBRARY": str(library), "SINKQA_LLM_URL": "http://127.0.0.1:9/v1", "SINKQA_LOG": "plain"}
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **variables}, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0 and "the setting llm_url needs the extra llm" in done.stderr, done.stderr


def test_a_line_for_people_moves_no_cursor_and_stays_one_line():
    record = logging.LogRecord("any", logging.ERROR, "", 0, "read \x1b[2J\u202e%s", ("水\n獭",), None)
    line = PlainLines().format(record)
    assert "\x1b" not in line and "\n" not in line and "\u202e" not in line and "水" in line and "error" in line
