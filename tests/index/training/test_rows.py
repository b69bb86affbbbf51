from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from sinkqa.index.training.corpus import share
from sinkqa.index.training.cross_encoder import rows
from sinkqa.index.training.cross_encoder.rows import Posing, by_source, is_held_out, question_rows
from tests.index.made import CHINESE, ENGLISH

JOINTS = {"en": (" ", ENGLISH), "zh": ("", CHINESE)}


def write_lines(file: Path, *objects: dict[str, Any]) -> Path:
    zstandard = pytest.importorskip("zstandard", reason="the train extra is not installed")
    text = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in objects)
    file.write_bytes(zstandard.ZstdCompressor().compress(text.encode("utf-8")))
    return file


def sentences(text: str) -> int:
    return len(re.findall(r"[.。;?]", text))


@pytest.mark.parametrize("language", JOINTS)
def test_an_answer_s_sentence_and_another_are_of_like_size(language: str) -> None:
    joint, store = JOINTS[language]
    sizes, sides = set(), set()
    for turn in range(60):
        own = [*store[turn % 6 :], *store[: turn % 6]]
        own[turn % 5] = own[turn % 5][:-1] + f" N{turn}" + own[turn % 5][-1]
        passage = joint.join(own)
        answering, other = rows._around(passage, f"N{turn}") or ("", "")
        assert f"N{turn}" in answering and f"N{turn}" not in other
        assert answering in passage and other in passage
        assert sentences(answering) == sentences(other) in (1, 2)
        sizes.add(sentences(answering))
        sides.add(passage.index(other) < passage.index(answering))
    assert sizes == {1, 2} and sides == {True, False}


def test_a_sentence_ends_at_its_full_stop_whatever_comes_later() -> None:
    passage = "Peat\nIt is 3.5 m deep. Otters live there. Reeds grow; does it burn? It does. Fog comes."
    found = {rows._around(passage.replace("Otters", f"Otters{turn}"), f"Otters{turn}") for turn in range(20)}
    firsts = {re.sub(r"\d+ live", " live", each[0]) for each in found if each}
    assert firsts == {"Otters live there.", "It is 3.5 m deep. Otters live there."}


def test_a_passage_that_cannot_be_cut_is_left_whole() -> None:
    passage = " ".join(ENGLISH)
    assert rows._around(passage, "") is None
    assert rows._around(passage, "an otter") is None, "the answer is not there"
    assert rows._around(passage, "carbon") is None, "it stands there more than once"
    assert rows._around(passage, "slowly. Emitters") is None
    assert rows._around(" ".join(ENGLISH[:2]), "Emitters") is None, "there is nothing beside it"


def test_questions_are_read_with_their_passages(tmp_path: Path) -> None:
    cut = next(question for question in map(str, range(99)) if share(question) < 0.5)
    whole = next(question for question in map(str, range(99)) if share(question) >= 0.5)
    passage = " ".join(ENGLISH)
    shared = {"source": "made", "passage": passage, "answerable": True, "answer": "wetland fund"}
    file = write_lines(
        tmp_path / "qa.jsonl.zst",
        shared | {"q": whole, "title": "Peat"},
        shared | {"q": cut},
        shared | {"q": "why\u2028?", "answerable": False, "source": "twin-made"},
    )
    first, second, third = question_rows(file)
    assert first == Posing("made", whole, (f"Peat\n{passage}",), (), passage)
    assert "wetland fund" in second.answering[0] and len(second.others) == 1
    assert third == Posing("twin-made", "why\u2028?", (), (passage,), passage)
    assert {name: len(group) for name, group in by_source(iter([first, second, third])).items()} == {
        "made": 2,
        "twin-made": 1,
    }


def test_rows_of_one_passage_are_held_out_together_whole_cut_or_titled(tmp_path: Path) -> None:
    shared = {"source": "made", "answerable": True, "answer": "wetland fund"}
    passages = [f"{' '.join(ENGLISH)} Written in {year}." for year in range(300)]
    asked = [
        shared | {"q": f"who pays, asked {turn} times?", "passage": passage, "title": "Peat" if turn == 5 else None}
        for passage in passages
        for turn in range(6)
    ]
    groups = list(question_rows(write_lines(tmp_path / "qa.jsonl.zst", *asked)))
    assert {group.answering[0] in passages for group in groups} == {True, False}, "some are cut"
    held = [{is_held_out(group) for group in groups[n : n + 6]} for n in range(0, len(groups), 6)]
    assert all(len(each) == 1 for each in held) and {True} in held and {False} in held


def test_rows_of_one_text_are_held_out_together() -> None:
    texts = [f"text {number}" for number in range(3000)]
    held = [is_held_out(Posing("a", "why?", (text,), ("other",))) for text in texts]
    assert held == [is_held_out(Posing("c", "who?", (), (text,))) for text in texts]
    assert 0.02 < sum(held) / len(held) < 0.06
