"""The commands: what they print, what they refuse, and the status they end with."""

from __future__ import annotations

import json

from typer.testing import CliRunner

from sinkqa.eval.cli import app


def run(*arguments: object):
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_a_run_prints_figures_examples_and_bars():
    done = run("roundtrip", "--seed", 3, "--documents", 4, "--format", "html", "--kind", "struck text")
    assert "struck text" in done.stdout and "MISSED" not in done.stdout
    assert done.stdout.count("OK") >= 4 and done.exit_code == 0


def test_the_same_as_json_with_intervals():
    done = run("roundtrip", "--seed", 3, "--documents", 2, "--format", "html", "--kind", "ruled table", "--json")
    told = json.loads(done.stdout)
    recall = told["formats"][-1]["shares"]["recall"]
    assert recall["low"] <= recall["mean"] == recall["high"] == 1.0 and recall["n"] > 100
    assert [row["name"] for row in told["kinds"]] == ["ruled table"]


def test_unknown_formats_kinds_and_folders_are_refused(tmp_path):
    assert run("roundtrip", "--format", "rtf").exit_code == 2
    assert run("roundtrip", "--kind", "poetry").exit_code == 2
    assert run("pages", "--shared", tmp_path).exit_code == 2
