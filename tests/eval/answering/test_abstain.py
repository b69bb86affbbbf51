import json
from dataclasses import replace

import pytest

from sinkqa.eval.answering.abstain import Posed, hits_of, overlap, read_posed, score_abstaining
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.index.models.encoder import load_encoder
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.evidence.analysis import Analysis
from tests.eval.collections import write_rows

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
    score = score_abstaining("posed", read_posed(posed), RuleJudge(load_encoder()))
    assert (score.n, score.n_answerable) == (8, 4)
    assert score.auroc.value > 0.9
    assert score.answered.mean > score.false_answers.mean
    assert (score.answered.n, score.false_answers.n) == (4, 4)


def test_shares_answered_at_the_bar_have_intervals_over_questions_of_shared_passages():
    def posed(title: str) -> list[Posed]:
        lake = [Posed(f"a{n}", ROWS[0][0], ((title.format(n), LAKE),), True) for n in range(6)]
        mill = [Posed(f"b{n}", ROWS[5][0], ((title.format(n), MILL),), True) for n in range(6)]
        return [*lake, *mill, Posed("c", ROWS[7][0], (("", MILL),), False)]

    tied, apart = (
        score_abstaining("posed", posed(title), RuleJudge(load_encoder())).answered for title in ("", "Guide {}")
    )
    assert tied.mean == apart.mean == 0.5
    assert (tied.low, tied.high) == (0, 1), "two passages are two draws"
    assert 0 < apart.low < 0.5 < apart.high < 1


def test_passages_become_hits_of_whole_sentences(posed):
    first = read_posed(posed)[0]
    (hit,) = hits_of(first, load_encoder())
    assert [unit.text for unit in hit.passage.units] == LAKE.replace(". ", ".\n").split("\n")
    assert overlap(first) > overlap(read_posed(posed)[4])


def test_a_text_is_worth_something_where_it_holds_a_marked_sentence_or_else_an_answer():
    deep, ferry = (f"{each}." for each in LAKE.rstrip(".").split(". "))
    marked = Posed("a", ROWS[0][0], (("", LAKE),), True, answers=("40",), sentences=(deep.replace(" ", "  "),))
    plain = replace(marked, sentences=())
    (hit,) = hits_of(marked, load_encoder())
    for said, worth in ((deep, 1), (LAKE, 1), ("The lake of Orn", 1), (ferry, 0)):
        assert marked.worth(hit.passage, Analysis(said)) == worth
    for said, worth in ((deep, 1), ("It is 40 fathoms deep.", 1), ("The lake of Orn", 0), (ferry, 0)):
        assert plain.worth(hit.passage, Analysis(said)) == worth
    assert replace(plain, answers=()).worth(hit.passage, Analysis(LAKE)) == 0


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
