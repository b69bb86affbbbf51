"""What tests of the evaluation share."""

import sys

import pytest

from sinkqa.eval.cli import main


@pytest.fixture
def evaluate(monkeypatch, capsys):
    """Runs `sinkqa-eval` with arguments: its exit status, and what it printed and warned."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["sinkqa-eval", *map(str, args)])
        status = 0
        try:
            main()
        except SystemExit as leaving:
            status = leaving.code or 0
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run
