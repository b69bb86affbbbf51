"""The command, over a library of made-up statutes."""

import json

import pytest

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.provisions.measuring import Draw, failures, score_provisions
from sinkqa.eval.results.saved import read_result
from sinkqa.index.models.encoder import load_encoder
from tests.eval.statutes import NZ, ZH


@pytest.fixture
def statutes(tmp_path):
    folder = tmp_path / "statutes"
    folder.mkdir()
    (folder / "reeds.md").write_text(ZH, "utf-8")
    (folder / "act.html").write_text(NZ, "utf-8")
    return folder


def test_every_question_is_asked_and_kept(tmp_path, statutes, evaluate):
    out = tmp_path / "out"
    options = ["--wordings", 1, "--out", out, "--cache", tmp_path / "cache"]
    status, printed, told = evaluate("provisions", statutes, *options, "--json")
    assert status == 0
    (about,) = [json.loads(printed)]
    assert about["kind"] == "provisions"
    groups = {name: shares for name, shares in about["by"].items() if name.startswith("kind=")}
    counts = {name.removeprefix("kind="): next(iter(shares.values()))["n"] for name, shares in groups.items()}
    assert counts == {"article": 12, "paragraph": 5, "end": 2, "date": 2, "definition": 4, "penalty": 4}
    assert about["facts"]["p50_ms"] > 0
    assert "measured" in told
    status, printed, told = evaluate("provisions", statutes, *options, "--failures", 3)
    assert status == 0
    assert "as kept" in told
    assert "whole" in printed
    assert any("laws.toml" in line for line in about["warnings"])
    file = out / "provisions.provisions.json"
    status, printed, _ = evaluate("compare", file, file)
    assert status == 0
    assert "95 % interval" in printed


def test_only_failures_are_told_and_they_say_what_came(tmp_path, statutes):
    draw = Draw(wordings=1, kinds=("definition", "penalty"))
    result, _ = score_provisions("x", load_encoder(), draw, documents=[statutes], out=tmp_path)
    failed = {each.query_id for each, came in failures(result, 100) if came}
    for each in result.questions:
        measure = {"definition": "definition", "penalty": "penalty"}[each.traits["kind"]]
        assert (each.query_id in failed) == (each.scores[measure] == 0)
    assert read_result(tmp_path / "x.provisions.json") == result
    assert len(failures(result, 1)) == min(1, len(failed))


def test_files_without_a_law_are_nothing_to_measure(tmp_path):
    (tmp_path / "story.md").write_text("# A walk\n\nThe reeds were tall.\n", "utf-8")
    with pytest.raises(NothingToMeasure, match="expected laws"):
        score_provisions("x", load_encoder(), Draw(), documents=[tmp_path / "story.md"])


def test_an_unknown_kind_is_named(statutes, evaluate):
    status, _, told = evaluate("provisions", statutes, "--kind", "poem")
    assert status == 2
    assert "poem" in told


def test_published_figures_of_provisions_are_measured_again(tmp_path, statutes, evaluate):
    run = '[[run]]\nname = "laws"\nprovisions = true\nsample = 1\ndocuments = ["statutes"]\n[run.expected]\n'
    figures = '"kind=article: whole and right" = 1.0\n"kind=end: pair=en→en: end said" = 0.0\n'
    (tmp_path / "expected.toml").write_text(run + figures, "utf-8")
    status, printed, _ = evaluate("expected", "--file", tmp_path / "expected.toml", "--json")
    assert status == 1
    assert [(each["what"], each["measured"], each["ok"]) for each in json.loads(printed)] == [
        ("laws answers", 1.0, True),
        ("laws answers", 1.0, False),
    ]
