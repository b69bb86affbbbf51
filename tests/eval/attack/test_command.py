"""The command: parts are chosen, dice are told, a broken bar is an exit status."""

from __future__ import annotations

import json
import re

import pytest
from typer.testing import CliRunner

from sinkqa.eval.attack.running import PARTS, SHARES, AttackRun, attack
from sinkqa.eval.cli import app
from sinkqa.eval.errors import ServerFailed
from sinkqa.eval.outcome import Bar, Clock, Failure, Outcome
from tests.eval.attack.samples import lay_out


def run(*arguments: object):
    return CliRunner().invoke(app, ["attack", *map(str, arguments)])


def test_a_part_alone_gives_figures_as_json(tmp_path):
    done = run("--part", "fuzz", "--minutes", "0.1", "--shared", lay_out(tmp_path), "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == 0 and told["minutes"] == 0.1
    assert re.fullmatch(r"seed \d+\n", done.stderr) and done.stderr == f"seed {told['seed']}\n"
    (part,) = told["parts"]
    assert part["part"] == "fuzz" and part["ok"] and part["tried"] > 0
    assert {"name", "got", "limit", "at_least", "ok"} == part["bars"][0].keys()


def test_a_part_that_there_is_not_is_a_mistake_of_usage(tmp_path):
    assert run("--part", "bribe", "--shared", lay_out(tmp_path)).exit_code == 2
    assert run("--shared", tmp_path / "nowhere").exit_code == 2


@pytest.mark.slow
def test_forged_statements_are_tried_and_counted(tmp_path):
    told = json.loads(run("--part", "forge", "--minutes", "0.1", "--shared", lay_out(tmp_path), "--json").stdout)
    figures = told["parts"][0]["figures"]
    assert figures["forged"] > 10 and figures["kinds"] > 10 and figures["true"] > 0


def test_every_part_has_a_share_of_the_time():
    assert SHARES.keys() == PARTS.keys()
    assert sum(SHARES.values()) == pytest.approx(1.0)


def test_a_part_that_cannot_go_on_has_failed_and_the_next_is_run(tmp_path, monkeypatch):
    def failing(_):
        raise ServerFailed("it did not start")

    well = Outcome("well", 1, 0.0, {}, (Bar("crash", 0, 0),))
    monkeypatch.setitem(PARTS, "crowd", failing)
    monkeypatch.setitem(PARTS, "kill", lambda _: well)
    first, second = attack(["crowd", "kill"], 0.1, AttackRun(tmp_path, 7, None, lambda *_: None))
    assert not first.ok and first.failures == (Failure("crowd, seed 7", "ServerFailed: it did not start"),)
    assert second is well


@pytest.mark.parametrize(
    ("bar", "ok"),
    [
        (Bar("lost", 0, 0), True),
        (Bar("lost", 1, 0), False),
        (Bar("true", 0.97, 0.98, at_least=True), False),
        (Bar("true", 0.98, 0.98, at_least=True), True),
        (Bar("readyz", None, 1.0), None),
    ],
)
def test_a_bar_holds_breaks_or_was_not_measured(bar, ok):
    assert bar.ok is ok
    assert Outcome("part", 1, 0.0, {}, (bar,)).ok is (ok is not False)


def test_a_clock_runs_out():
    assert Clock(0.0).left_s == 0.0
    assert 0.0 < Clock(60.0).left_s <= 60.0
