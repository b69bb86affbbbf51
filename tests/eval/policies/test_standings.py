"""`sinkqa-eval standing`: what is right, and what is called over that is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.policies.standings import STANDINGS, JudgedStanding, ListedStanding, read_standings
from tests.eval.collections import write_rows

DOCS = Path(__file__).parents[4] / "shared" / "policy" / "docs"
REEDS = "# 苇溪市芦苇保护办法\n\n第一条 为了保护芦苇荡，制定本办法。\n\n第二条 本办法自2031年5月1日起施行。\n"
RULES = [
    {"document": "reeds.md", "status": "in_force", "since": "2031-05-01", "until": None, "newer": None},
    {"document": "lost.md", "status": "unknown", "since": None, "until": None, "newer": None},
]


@pytest.fixture
def files(tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "reeds.md").write_text(REEDS, "utf-8")
    write_rows(tmp_path / "list.jsonl", RULES)
    return tmp_path


def test_the_command_prints_the_share_and_what_is_wrong(files, evaluate):
    status, out, _ = evaluate(
        "standing", files / "documents", "--list", files / "list.jsonl", "--as-of", "2035-01-01", "--cache", files / "c"
    )
    assert status == 0
    assert "standing on 2035-01-01: right 0.500" in out
    assert "superseded or expired, and is not: 0" in out
    assert "lost.md: not in the library (listed: unknown)" in out
    assert "reeds.md" not in out
    status, out, _ = evaluate(
        "standing", files / "documents", "--list", files / "list.jsonl", "--as-of", "2030-01-01", "--json", "--cache",
        files / "c",
    )  # fmt: skip
    told = json.loads(out)
    assert (told["listed"], told["right"], told["wrongly_over"]) == (2, 0, 0)
    assert told["standings"][0]["told"]["status"] == "not_yet"


def test_documents_or_a_library(evaluate):
    assert evaluate("standing")[0] == 2


def test_called_over_and_in_force():
    listed = ListedStanding("a.md", "in_force", None, None, None)
    assert JudgedStanding(listed, ListedStanding("a.md", "repealed", None, None, None)).is_wrongly_over
    assert not JudgedStanding(listed, ListedStanding("a.md", "unknown", None, None, None)).is_wrongly_over
    assert not JudgedStanding(listed, None).is_wrongly_over


@pytest.mark.parametrize("row", [{"status": "dead"}, {"since": 2031}])
def test_a_line_that_is_no_standing_is_named(tmp_path, row):
    write_rows(tmp_path / "list.jsonl", [RULES[0] | row])
    with pytest.raises(MalformedData, match=r"list\.jsonl:1"):
        read_standings(tmp_path / "list.jsonl")
    write_rows(tmp_path / "list.jsonl", [])
    with pytest.raises(NothingToMeasure):
        read_standings(tmp_path / "list.jsonl")


def test_our_list_is_of_the_policy_documents():
    listed = {each.document for each in read_standings()}
    assert len(listed) == len(STANDINGS.read_text("utf-8").splitlines()) == 54
    if not DOCS.is_dir():
        pytest.skip("the policy documents are not beside the checkout")
    assert listed == {path.name for path in DOCS.iterdir()}
