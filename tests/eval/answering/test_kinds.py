"""The kinds of questions that a file lists, read with what they name."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from sinkqa.eval.answering.kinds import KINDS, read_examples
from sinkqa.eval.errors import MalformedData
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.errors import FileMissing
from sinkqa.service.answering.judging.confidence import SIGNS
from sinkqa.service.answering.judging.judge import RuleJudge
from tests.eval.answering.test_abstain import ROWS, row
from tests.eval.collections import write_rows

ROOT = Path(__file__).parents[3]
WORDINGS = "pqrstu"


def kinds(folder: Path, text: str) -> Path:
    path = folder / "kinds.toml"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture
def posed(tmp_path: Path) -> Path:
    write_rows(tmp_path / "posed.jsonl", [row(number, *each) for number, each in enumerate(ROWS)])
    return tmp_path


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    (tmp_path / "orn.md").write_text("# Orn\n\nThe lake of Orn is 40 metres deep, and its ferry is old.\n", "utf-8")
    evidence = [{"hop": 1, "must_contain": ["40 metres deep"]}]
    asked = {"question": "How deep is the lake of Orn?", "lang": "en", "evidence": evidence}
    write_rows(tmp_path / "gold.jsonl", [{"id": name} | asked for name in WORDINGS])
    return tmp_path


def test_kinds_come_in_the_order_of_the_file_and_paths_are_of_its_folder(posed, gold, monkeypatch):
    monkeypatch.chdir("/")
    path = kinds(
        posed,
        '[[kind]]\nname = "lake"\nquestions = "gold.jsonl"\ndocuments = ["orn.md"]\n'
        '[[kind]]\nname = "given"\nposed = "posed.jsonl"\n',
    )
    found = list(read_examples(path, RuleJudge(load_encoder())))
    assert [each.kind for each in found] == [*["lake"] * len(WORDINGS), *["given"] * len(ROWS)]
    assert [each.answerable for each in found[len(WORDINGS) :]] == [answerable for *_, answerable in ROWS]


def test_of_many_posed_questions_so_many_are_read(posed):
    path = kinds(posed, '[[kind]]\nname = "given"\nposed = "posed.jsonl"\nmost = 3\n')
    first, again = ([each.query_id for each in read_examples(path, RuleJudge(load_encoder()))] for _ in range(2))
    assert len(first) == 3 and first == again


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[[kind",
        "kind = 3",
        '[[kind]]\nname = "a"\n',
        '[[kind]]\nposed = "posed.jsonl"\n',
        '[[kind]]\nname = "a"\nquestions = "gold.jsonl"\n',
        '[[kinds]]\nname = "a"\nposed = "posed.jsonl"\n',
    ],
)
def test_a_file_that_is_not_laid_out_so_is_named(tmp_path, text):
    with pytest.raises(MalformedData, match=r"kinds\.toml: expected \[\[kind\]\] tables") as caught:
        list(read_examples(kinds(tmp_path, text), RuleJudge(load_encoder())))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ['[kind]\nname = "a"\nposed = "posed.jsonl"\n', "kind = [1]"])
def test_so_is_one_whose_kinds_are_no_tables(tmp_path, text):
    with pytest.raises(MalformedData, match=r"kinds\.toml"):
        list(read_examples(kinds(tmp_path, text), RuleJudge(load_encoder())))


def test_a_file_that_is_not_there_is_named_and_so_is_one_that_it_names(tmp_path):
    with pytest.raises(FileMissing, match=r"nowhere\.toml"):
        list(read_examples(tmp_path / "nowhere.toml", load_encoder()))
    with pytest.raises(FileMissing, match=r"nowhere\.jsonl"):
        list(read_examples(kinds(tmp_path, '[[kind]]\nname = "a"\nposed = "nowhere.jsonl"\n'), load_encoder()))


def test_the_shipped_file_names_kinds_once_and_files_that_are_there():
    listed = tomllib.loads(KINDS.read_text("utf-8"))["kind"]
    names = [kind["name"] for kind in listed]
    assert len(set(names)) == len(names) > 2
    paths = [KINDS.parent / path for kind in listed for path in (kind.get("questions"), kind.get("posed")) if path]
    own = [path for path in paths if path.resolve().is_relative_to(ROOT)]
    assert own and all(path.is_file() for path in own)


def test_the_command_prints_weights_and_kinds(posed, gold, evaluate):
    path = kinds(
        posed,
        '[[kind]]\nname = "lake"\nquestions = "gold.jsonl"\ndocuments = ["orn.md"]\n'
        '[[kind]]\nname = "given"\nposed = "posed.jsonl"\n',
    )
    status, printed, _ = evaluate("calibrate", path, "--json")
    assert status == 0
    found = json.loads(printed)
    assert tuple(found["weights"]) == SIGNS and [each["kind"] for each in found["kinds"]] == ["lake", "given"]
    printed = evaluate("calibrate", path)[1]
    assert all(word in printed for word in (*SIGNS, "offset", "lake", "given", "left out"))


def test_the_command_tells_of_a_wrong_file_in_a_line(tmp_path, evaluate):
    status, _, told = evaluate("calibrate", tmp_path / "nowhere.toml")
    assert status == 1 and told.startswith("file-missing: ") and told.count("\n") == 1
