import json
from dataclasses import replace

import pytest

from eval.abstain import Posed, hits_of, overlap, read_posed, score_abstaining
from eval.calibration import Example, calibrate
from eval.errors import MalformedData, NothingToMeasure
from index.encoder import load_encoder
from service.answering.confidence import HELD, WEIGHTS
from tests.eval.collections import write_rows
from tests.eval.test_cli import evaluate

__all__ = ["evaluate"]

LAKE = "The lake of Orn is 40 metres deep. Its ferry was built in 1931 and carries sixty people."
MILL = "The mill of Tarn grinds oats. It was sold to the village for nine thousand euros."
ROWS = [
    ("How deep is the lake of Orn?", LAKE, True),
    ("When was the ferry of Orn built?", LAKE, True),
    ("How many people does the ferry carry?", LAKE, True),
    ("What does the mill of Tarn grind?", MILL, True),
    ("How deep is the lake of Orn?", MILL, False),
    ("Who composed the opera about the barber?", LAKE, False),
    ("When was the castle of Brunn destroyed?", MILL, False),
    ("How many students attend the school?", MILL, False),
]


def row(number, question, text, answerable):
    passages = [{"id": "p", "title": "", "text": text}]
    return {"id": str(number), "question": question, "passages": passages, "answerable": answerable}


@pytest.fixture
def posed(tmp_path):
    write_rows(tmp_path / "posed.jsonl", [row(number, *each) for number, each in enumerate(ROWS)])
    return tmp_path / "posed.jsonl"


def test_confidence_tells_passages_that_answer_from_others(posed):
    score = score_abstaining("posed", read_posed(posed), load_encoder())
    assert (score.n, score.n_answerable) == (8, 4)
    assert score.auroc.value > 0.9
    assert score.answered.mean > score.false_answers.mean
    assert (score.answered.n, score.false_answers.n) == (4, 4)


def test_shares_answered_at_the_bar_have_intervals_over_questions_of_shared_passages(monkeypatch):
    sure = {"a": 0.9, "b": 0.9, "c": 0.1, "d": 0.1, "e": 0.6, "f": 0.2}
    monkeypatch.setattr("eval.abstain.confidence", lambda asked, *_: sure[asked.text])
    posed = [Posed(name, name, (("", "xyz"[i // 2]),), i % 2 == 0) for i, name in enumerate(sure)]
    score = score_abstaining("posed", posed, load_encoder())
    assert (score.answered.mean, score.false_answers.mean) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert score.answered.low < score.answered.mean < score.answered.high
    tied = score_abstaining("tied", [replace(each, passages=posed[0].passages) for each in posed[:4]], load_encoder())
    assert tied.answered.mean == 0.5


def test_passages_become_hits_of_whole_sentences(posed):
    first = read_posed(posed)[0]
    (hit,) = hits_of(first, load_encoder())
    assert [unit.text for unit in hit.passage.units] == LAKE.replace(". ", ".\n").split("\n")
    assert overlap(first) > overlap(read_posed(posed)[4])


def test_a_sample_is_always_the_same(posed):
    assert read_posed(posed, most=3) == read_posed(posed, most=3)
    assert len(read_posed(posed, most=3)) == 3


def test_the_command_prints_the_area_beside_word_overlap(posed, evaluate):
    status, printed, _ = evaluate("abstain", posed, "--json")
    assert status == 0
    (score,) = json.loads(printed)
    assert score["auroc"]["low"] <= score["auroc"]["value"] <= score["auroc"]["high"]
    assert score["answered"]["low"] <= score["answered"]["mean"] <= score["answered"]["high"]
    printed = evaluate("abstain", posed)[1]
    assert "answered" in printed and "AUROC" in printed
    assert "answered: of answerable questions; false answers: of the others" in " ".join(printed.split())


@pytest.mark.parametrize("bad", [{"passages": [{"title": "x"}]}, {"passages": ["x"]}, {"answerable": "yes"}])
def test_a_malformed_line_is_named(tmp_path, bad):
    write_rows(tmp_path / "posed.jsonl", [row(0, *ROWS[0]) | bad])
    with pytest.raises(MalformedData, match=r"posed\.jsonl:1"):
        read_posed(tmp_path / "posed.jsonl")


def test_one_kind_of_question_is_not_enough(tmp_path):
    write_rows(tmp_path / "posed.jsonl", [row(0, *ROWS[0])])
    with pytest.raises(NothingToMeasure, match="one kind"):
        read_posed(tmp_path / "posed.jsonl")


def test_calibrating_finds_the_sign_that_tells_and_no_weight_below_nothing():
    def example(number, answerable):
        signs = dict.fromkeys((*WEIGHTS, *HELD), 0.5)
        signs["answering"] = 0.9 if answerable and number % 5 else 0.2
        signs["named"] = number % 2 / 2
        signs["known"] = 0.1 if answerable else 0.9
        return Example(f"{number}-{answerable}", signs, answerable, f"c{number // 2}")

    found = calibrate([example(number, answerable) for number in range(40) for answerable in (True, False)])
    assert found.weights["answering"] > 1 > found.weights["named"]
    assert found.weights["known"] == 0
    assert found.unseen > 0.85 and found.seen >= found.unseen - 0.05
    assert found.answered[""] >= 0.88 and set(found.let_through) == {""}
