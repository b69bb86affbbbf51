"""How a command ends is judged, and one case of each sort is tried."""

from __future__ import annotations

import sys
from random import Random

import pytest

from sinkqa.eval.attack import places
from sinkqa.eval.attack.places import CASES, amiss


@pytest.fixture
def here(tmp_path):
    (tmp_path / "note.txt").write_text("The upper fen holds 40 hectares of rewetted peat.\n")
    assert amiss(["add", "--library", str(tmp_path / "library"), str(tmp_path / "note.txt")], (0,)) == ""
    return tmp_path


def test_an_error_that_is_named_is_as_it_should_be(here):
    assert amiss(["show", "--library", str(here / "library"), "f" * 12], (1,)) == ""
    assert amiss(["show", "--library", str(here / "library"), "f" * 12], (0,)).startswith(
        "exit status 1, expected (0,)"
    )


def test_a_traceback_a_hang_and_silence_are_seen(monkeypatch):
    monkeypatch.setattr(places, "_COMMAND", (sys.executable, "-c"))
    assert amiss(["1 // 0"], (1,)).startswith("traceback: ZeroDivisionError")
    assert amiss(["import sys; sys.exit(1)"], (1,)).startswith("nothing named")
    monkeypatch.setattr(places, "_TIMEOUT_S", 0.5)
    assert amiss(["import time; time.sleep(9)"], (0,)).startswith("did not end")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a named pipe", "a path of 5,000 characters", "damaged pages of the database"])
def test_a_case_ends_in_an_error_that_is_named(name, here):
    (case,) = [case for case in CASES if case.name == name]
    for arguments in case.lay(here, Random(4)):
        assert amiss(arguments, case.statuses) == "", arguments
