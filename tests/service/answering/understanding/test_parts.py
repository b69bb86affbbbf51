"""A question of several sides or clauses: into which questions it is split, and when it is left whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.service.answering.understanding.parts import asks_of_each, clauses, sides
from sinkqa.service.answering.understanding.question import understand

SIDES = [
    ("挪威和智利的碳税各是多少？", ["挪威", "智利"]),
    ("北京、上海、深圳的抵销比例分别是多少？", ["北京", "上海", "深圳"]),
    ("《草原法》和《森林法》的罚款有什么区别？", ["草原法", "森林法"]),
    ("2026年和2031年的覆盖率目标是多少？", ["2026年", "2031年"]),
    ("广东试点与全国碳市场怎么处罚虚报？", ["广东", "全国碳市场"]),
    ("Norway v. Chile carbon tax", ["Norway", "Chile"]),
    ("How do Norway and Chile tax peat differently?", ["Norway", "Chile"]),
    ("Compare Norway with Chile on peat", ["Norway", "Chile"]),
    ("Is peat covered in version 1 and in version 3 of the rules?", ["version 1", "version 3"]),
    ("草原法第十条和湿地保护法第十二条规定了什么？", ["草原法第十条", "湿地保护法第十二条"]),
    (
        "What do Article 3 of the Peat Act and Article 5 of the Marsh Act say?",
        ["Article 3 of the Peat Act", "Article 5 of the Marsh Act"],
    ),
    ("What do Norway, Chile and Japan charge for a tonne?", ["Norway", "Chile", "Japan"]),
]


@pytest.mark.parametrize(("question", "labels"), SIDES)
def test_each_side_is_asked_about_without_the_others(question, labels):
    parts = sides(understand(question))
    assert [part.label for part in parts] == labels and all(part.kind for part in parts)
    for part in parts:
        others = [label for label in labels if label != part.label and label not in part.label]
        assert part.label in part.asked.text
        assert not any(other in part.asked.text for other in others)


@pytest.mark.parametrize(
    "question",
    [
        "挪威的碳税是多少？",
        "How many trees did Norway plant between 2020 and 2025?",
        "从2020年到2025年挪威种了多少树？",
        "What does Norway charge for exports to Chile, and when did it begin?",  # two clauses, and no two sides
        "Marsh Protection Compensation Regulations, Article 10, paragraph 2",
        "What does Article 6 of the Peat Agreement mean for Norway and Chile?",
        "草原法第十条、第十一条规定了什么？",
        "When do Regulations (EU) 2031/841 and (EU) 2031/1999 on peat take effect?",  # numbers, and no years
        "",
    ],
)
def test_what_joins_nothing_has_no_sides(question):
    assert sides(understand(question)) == ()


def test_a_side_keeps_the_noun_that_belongs_to_it():
    assert [part.asked.text for part in sides(understand("广东试点和全国碳市场的罚款是多少？"))] == [
        "广东试点的罚款是多少？",
        "全国碳市场的罚款是多少？",
    ]


def test_words_that_compare_go_with_the_comparison():
    (norway, _) = sides(understand("挪威和智利的碳税有什么不同？"))
    assert "不同" not in norway.asked.text and norway.asked.kind != "compare"


CLAUSES = [
    ("谁来核查报告？多久要给出结果？", ["谁来核查报告", "多久要给出结果"]),
    ("规定什么时候施行，由谁监督？", ["规定什么时候施行", "由谁监督"]),
    ("什么是泥炭？开沟罚款多少？", ["什么是泥炭", "开沟罚款多少"]),
    ("产品叫什么，英文缩写是什么？", ["产品叫什么", "英文缩写是什么"]),
    ("Who verifies reports, and within how many days?", ["Who verifies reports", "within how many days"]),
    ("What is the fee and how is it paid?", ["What is the fee", "how is it paid"]),
]


@pytest.mark.parametrize(("question", "labels"), CLAUSES)
def test_each_clause_that_asks_is_asked_with_what_the_first_is_about(question, labels):
    parts = clauses(understand(question))
    assert list(dict.fromkeys(part.label for part in parts)) == labels and not any(part.kind for part in parts)
    assert all(part.label in part.asked.text for part in parts)
    assert "报告" not in question or "报告" in parts[1].asked.text


@pytest.mark.parametrize(
    "question",
    [
        "谁来核查报告？",
        "我们厂去年排放了50万吨。可以抵销多少？",
        "Our plant emitted 500,000 tonnes last year. How much may it offset?",
        "在湿地里，哪些行为被禁止？",
        "",
    ],
)
def test_a_question_that_asks_one_thing_has_no_clauses(question):
    assert clauses(understand(question)) == ()


def test_what_is_told_first_is_context_of_the_first_clause():
    first, second = clauses(understand("我们厂在云南。最多能抵多少吨？其中多少要来自本省？"))
    assert first.asked.text.startswith("我们厂在云南") and "抵" in second.asked.text


@pytest.mark.parametrize(
    "question", ["两省各有多少？", "挪威和智利分别怎么规定？", "what is each of them", "both rates"]
)
def test_a_question_can_say_that_it_asks_of_each(question):
    assert asks_of_each(understand(question))
    assert not asks_of_each(understand("各种树木有多高？"))


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            ["中国", "和", "美国", "、", ",", "and", "?", "？", "。", "多少", "how", "what", "2020", "年", "v.", "1"]
        )
    ).map("".join)
)
def test_any_text_is_split_into_parts_of_its_own_words(text):
    asked = understand(text)
    for part in (*sides(asked), *clauses(asked)):
        assert part.label and part.label in text
