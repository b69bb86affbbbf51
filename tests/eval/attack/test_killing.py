"""One killed writer and one killed server; and who compares, who must see what is lost or returns."""

from __future__ import annotations

import pytest

from sinkqa.eval.attack.killing import Promised, killing
from sinkqa.eval.outcome import Clock


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_writer_and_server_are_killed(tmp_path):
    outcome = killing(tmp_path, seed=8, clock=Clock(0))
    assert outcome.ok, outcome.failures
    assert outcome.figures["acknowledged"] >= 6
    assert outcome.figures["writer rounds"] and outcome.figures["server rounds"]


def test_what_is_lost_or_returns_is_seen_once():
    promised = Promised()
    promised.add(["a", "b", "c"])
    promised.remove(["c"])
    promised.leaving.add("b")
    assert promised.compare({"a", "b"}, "round 1") == []
    assert promised.compare({"a"}, "round 2") == [], "its deletion was asked for"
    assert [failure.happened for failure in promised.compare({"c"}, "round 3")] == [
        "acknowledged and lost: a", "removed and returned: c"
    ]  # fmt: skip
    assert promised.compare({"c"}, "round 4") == []
    assert (promised.lost, promised.returned, promised.acknowledged, promised.removed) == (1, 1, 3, 1)
