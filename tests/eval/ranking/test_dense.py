"""What is measured of the dense leg agrees with what it is."""

from __future__ import annotations

import json

import pytest

from sinkqa.eval.cli import main
from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.ranking.dense import grow
from sinkqa.index.models.encoder import load_encoder
from tests.index.made import CHINESE, ENGLISH, random_addition

QUESTIONS = ["How many forest credits may emitters hand in?", "湿地补贴给谁？", "…"]


@pytest.fixture(scope="module")
def texts():
    return [passage.text for seed in range(40) for passage in random_addition(seed).passages] + [*ENGLISH, *CHINESE]


def test_a_small_leg_is_exact(texts):
    few, many = grow([20, 120], texts, QUESTIONS, load_encoder())
    for grown in (few, many):
        assert (grown.at_10, grown.at_100, grown.elsewhere) == (1.0, 1.0, 1.0)
        assert grown.search_ms > 0 and grown.exact_ms > 0
    assert (few.passages, many.passages) == (20, 120) and few.mb < many.mb


def test_too_few_texts_are_said(texts):
    with pytest.raises(NothingToMeasure, match="expected 1,000 distinct texts"):
        list(grow([1_000], texts, QUESTIONS, load_encoder()))


def test_the_command_prints_a_row_for_each_size(texts, tmp_path, capsys, monkeypatch):
    (tmp_path / "texts").write_text("\n".join(texts), "utf-8")
    (tmp_path / "questions").write_text("\n".join(QUESTIONS), "utf-8")
    command = ["sinkqa-eval", "dense", str(tmp_path / "texts"), "--questions", str(tmp_path / "questions")]
    for how in ("--json", None):
        monkeypatch.setattr("sys.argv", [*command, "--passages", "50", *filter(None, [how])])
        with pytest.raises(SystemExit) as left:
            main()
        assert not left.value.code
        out = capsys.readouterr().out
        if how:
            (row,) = json.loads(out)
            assert row["passages"] == 50 and row["at_100"] == 1.0
        else:
            assert "Dense leg" in out
