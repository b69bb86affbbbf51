"""Questions by their words: what kind they are and what an answer must hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.view import fold
from service.answering.understanding import understand


@pytest.mark.parametrize(
    ("question", "kind", "target", "dimensions"),
    [
        ("How many hectares of peat were rewetted?", "how many", "number", {"hectare"}),
        ("What share of the fee goes to farmers?", "how many", "number", {"share", "point"}),
        ("How much money does a village receive?", "how many", "number", {"yuan", "dollar", "euro"}),
        ("How many wardens are there?", "how many", "number", {"", "person"}),
        ("For how long may a lease run?", "how many", "number", {"year", "month", "day", "working day", "hour"}),
        ("When did the council meet?", "when", "time", set()),
        ("Why was the sluice closed?", "why", "", set()),
        ("Which parishes lie on the river?", "which", "", set()),
        ("Who keeps the sluice?", "who", "", set()),
        ("Is mowing allowed in June?", "yes-no", "", set()),
        ("peat plan duties", "topic", "", set()),
        ("泥炭地有多少公顷？", "how many", "number", {"hectare"}),
        ("一共有几个村？", "how many", "number", {"", "person"}),
        ("水位不得超过百分之几？", "how many", "number", {"share", "point"}),
        ("每亩补贴多少钱？", "how many", "number", {"yuan", "dollar", "euro"}),
        ("协议是哪一年签订的？", "when", "time", set()),
        ("议会有哪些职责？", "list", "", set()),
        ("为什么关闭水闸？", "why", "", set()),
        ("湿地的定义是什么", "definition", "", set()),
        ("北京与上海的规定有何不同？", "compare", "", set()),
    ],
)
def test_a_question_is_known_by_its_words(question, kind, target, dimensions):
    asked = understand(question)
    assert (asked.kind, asked.target, set(asked.dimensions)) == (kind, target, dimensions)
    assert asked.language == ("zh" if question[-2] > "一" else "en")


def test_the_year_of_a_date_is_no_unit_that_is_asked_for():
    asked = understand("2023年发放的配额是多少吨？")
    assert asked.dimensions == ("tonne",)
    assert understand("How much carbon is stored per year?").dimensions == ("tonne",)


def test_sides_are_names_of_one_kind():
    assert [side.said for side in understand("新西兰与日本的林业政策有何差别？").sides] == ["新西兰", "日本"]
    assert understand("How do Japan and New Zealand differ?").sides != ()
    assert [side.said for side in understand("欧盟与新西兰的做法有何不同？").sides] == ["欧盟", "新西兰"]
    assert understand("新西兰的林业政策是什么？").sides == ()


@pytest.mark.parametrize(
    ("question", "said", "share"),
    [
        ("How many hectares were planted?", "It planted 300 hectares.", 1.0),
        ("How many hectares were planted?", "It planted 300 trees.", 0.3),
        ("How many hectares were planted?", "It planted trees.", 0.0),
        ("How many hectares were planted beside the 300 hectares of 2020?", "It planted 300 hectares.", 0.0),
        ("When was it planted?", "It was planted in 2019.", 1.0),
        ("When was it planted?", "It was planted by farmers.", 0.0),
        ("When was it planted?", "after 15 July", 1.0),
        ("Who planted it?", "The farmers did.", 1.0),
        ("罚款是多少元？", "罚款为五万元。", 1.0),
        ("罚款是多少元？", "见表4。", 0.0),
        ("总量是多少？", "见表4和第9页。", 0.0),
    ],
)
def test_an_answer_holds_an_amount_of_the_kind_that_is_asked_for(question, said, share):
    assert understand(question).answers(fold(said))[0] == share


def test_what_is_counted_and_what_is_presumed_are_known():
    assert understand("一共登记了多少个项目？").counted == "项目"
    assert understand("How many sluices were repaired?").counted.startswith("sluices")
    assert understand("Why is the sluice closed?").presumes
    assert not understand("Is the sluice closed?").presumes


@given(st.text(max_size=80))
def test_whatever_is_asked_is_understood(question):
    asked = understand(question)
    assert asked.text == question
    assert 0 <= asked.answers(fold(question))[0] <= 1
