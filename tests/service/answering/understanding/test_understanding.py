"""Questions by their words: what kind they are and what an answer must hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.service.answering.understanding.question import says_alone, understand
from sinkqa.service.evidence.analysis import Analysis


@pytest.mark.parametrize(
    ("question", "kind", "target", "dimensions"),
    [
        ("How many hectares of peat were rewetted?", "how many", "number", {"hectare"}),
        ("What share of the fee goes to farmers?", "how many", "number", {"share", "point"}),
        (
            "How much money does a village receive?",
            "how many",
            "number",
            {"yuan", "dollar", "euro", "nz dollar", "yen"},
        ),
        ("How many wardens are there?", "how many", "number", {"", "person"}),
        ("For how long may a lease run?", "how many", "number", {"year", "month", "day", "working day", "hour"}),
        ("When did the council meet?", "when", "time", set()),
        ("Why was the sluice closed?", "why", "", set()),
        ("Which parishes lie on the river?", "which", "", set()),
        ("Who keeps the sluice?", "who", "actor", set()),
        ("博览会在哪里举办？", "where", "site", set()),
        ("Where does the argument fail?", "where", "", set()),
        ("Is mowing allowed in June?", "yes-no", "", set()),
        ("peat plan duties", "topic", "", set()),
        ("泥炭地有多少公顷？", "how many", "number", {"hectare"}),
        ("一共有几个村？", "how many", "number", {"", "person"}),
        ("水位不得超过百分之几？", "how many", "number", {"share", "point"}),
        ("每亩补贴多少钱？", "how many", "number", {"yuan", "dollar", "euro", "nz dollar", "yen"}),
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


ANOTHER = pytest.approx(0.15)
"""What an amount or a name of another kind than is asked for counts."""


@pytest.mark.parametrize(
    ("question", "said", "share"),
    [
        ("How many hectares were planted?", "It planted 300 hectares.", 1),
        ("How many hectares were planted?", "It planted 300 trees.", ANOTHER),
        ("How many hectares were planted?", "It planted trees.", 0),
        ("How many hectares were planted beside the 300 hectares of 2020?", "It planted 300 hectares.", 0),
        ("When was it planted?", "It was planted in 2019.", 1),
        ("When was it planted?", "It was planted by farmers.", 0),
        ("When was it planted?", "after 15 July", 1),
        ("Who planted it?", "The Ministry of Woods did.", 1),
        ("Who planted it?", "It was done in haste.", ANOTHER),
        ("谁种的树？", "林业主管部门种的。", 1),
        ("博览会在哪里举办？", "博览会在杭州举办。", 1),
        ("博览会在哪里举办？", "博览会很热闹。", ANOTHER),
        ("Why was it planted?", "It was planted.", 1),
        ("罚款是多少元？", "罚款为五万元。", 1),
    ],
)
def test_an_answer_holds_an_amount_or_name_of_the_kind_that_is_asked_for(question, said, share):
    assert understand(question).answers(Analysis(said))[0] == share


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("一共种了多少棵树？", "按照第三条种树。"),
        ("How many firms joined?", "Firms join under Article 9."),
        ("罚款是多少元？", "见表4。"),
        ("总量是多少？", "见表4和第9页。"),
        ("How many copies were sold?", "It was sold as version 02.0.0."),
        ("When did otters return?", "Otters returned (Smith and Wu, 2019)."),
        ("How many firms joined?", "Firms joined (Smith and Wu, 2019)."),
    ],
)
def test_references_and_labels_count_nothing(question, said):
    assert understand(question).answers(Analysis(said)) == (0, [])


def test_in_chinese_a_bare_number_counts_nothing():
    counted, bare = (understand("一共种了多少棵树？").answers(Analysis(f"一共{said}。")) for said in ("30棵", "30"))
    assert counted[0] == 1 and [amount.said for amount in counted[1]] == ["30棵"]
    assert bare == (ANOTHER, [])
    assert understand("How many trees were planted?").answers(Analysis("They planted 30."))[0] == 1


def test_a_few_are_no_question_how_many():
    assert understand("院子里有几棵树？").target == "number"
    for question in ("他种的几棵树为什么要砍掉？", "这几棵树是谁种的？", "前几年的树在哪里？"):
        assert understand(question).kind != "how many" and understand(question).target != "number"


def test_what_is_counted_is_known():
    assert understand("一共登记了多少个项目？").counted == "项目"
    assert understand("How many sluices were repaired?").counted.startswith("sluices")
    assert understand("When were the sluices repaired?").counted == ""


@pytest.mark.parametrize(
    ("question", "presumed"),
    [
        ("Since the mill was closed in 1931, who keeps the sluice?", "the mill was closed in 1931"),
        ("The fen was drained in 1950. Who paid for the drainage?", "the fen was drained in 1950"),
        ("Why was the old sluice beside the mill closed?", "was the old sluice beside the mill closed"),
        ("既然湿地每公顷补贴四十马克，为什么没人申请？", "湿地每公顷补贴四十马克"),
        ("为什么议会对湿地每公顷补贴四十马克？", "议会对湿地每公顷补贴四十马克"),
        ("Who keeps the sluice beside the mill that was closed in 1931?", ""),
        ("Is the sluice beside the mill closed in winter?", ""),
        ("Why is it closed?", ""),
        ("为什么关闭？", ""),
        ("Please tell us, who keeps the sluice?", ""),
        ("peat plan duties", ""),
        ("", ""),
    ],
)
def test_what_a_question_presumes_is_what_it_says_before_it_asks(question, presumed):
    assert understand(question).presumed == presumed


def test_forms_of_statement_are_known_in_question_and_answer():
    (penalty,) = understand("不交会怎么罚？").forms
    assert penalty.name == "penalty" and penalty.says.search("处五万元罚款") and not penalty.says.search("处于五月")
    assert [form.name for form in understand("What does forest mean by law? What is meant by fen?").forms] == [
        "meaning"
    ]
    assert understand("Where is the fen?").forms == ()


def test_the_words_that_ask_are_no_part_of_the_matter():
    matter = understand("How many hectares of peat were rewetted?").matter
    assert "how many" not in matter and "hectares of peat were rewetted" in matter


def test_what_says_that_something_is_alone_is_known():
    assert says_alone(Analysis("Japan was the first to join.")) and says_alone(Analysis("唯一的市场"))
    assert not says_alone(Analysis("Japan joined."))


@given(st.text(max_size=80))
def test_whatever_is_asked_is_understood(question):
    asked = understand(question)
    assert asked.text == question
    assert 0 <= asked.answers(Analysis(question))[0] <= 1
    assert asked.presumed in asked.said.folded or ", " in asked.presumed


@pytest.mark.parametrize(
    "question",
    [
        "If the owner of an alder swamp drains the swamp, what does he pay?",
        "如果业主排干桤木沼泽的全部积水，要付多少钱？",
        "业主把桤木沼泽的全部积水排干的时候，要付多少钱？",
        "一个沼泽项目从编制设计文件到完成登记，要经过哪些环节？",
    ],
)
def test_a_condition_a_time_and_a_span_of_steps_presume_nothing(question):
    assert understand(question).presumed == ""


@pytest.mark.parametrize(
    "question",
    [
        "The owner of an alder swamp may drain the swamp, so what does he pay?",
        "桤木沼泽的业主可以排干全部积水，那么要付多少钱？",
    ],
)
def test_a_statement_before_the_clause_that_asks_is_presumed(question):
    assert understand(question).presumed
