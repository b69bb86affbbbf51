"""A question that leans on the turns before it is made to stand alone; any other is left as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.answering.dialogue import MOST_TURNS, resolve

LIMIT_ZH, LIMIT_EN = "北京的抵销比例上限是多少？", "What is the offset limit in China?"


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        ([LIMIT_EN, "And in Japan?"], "What is the offset limit in Japan?"),
        ([LIMIT_EN, "and in japan"], "What is the offset limit in japan?"),
        ([LIMIT_EN, "What about Japan?"], "What is the offset limit in Japan?"),
        ([LIMIT_EN, "Japan?"], "What is the offset limit in Japan?"),
        ([LIMIT_ZH, "那日本呢？"], "日本的抵销比例上限是多少？"),
        ([LIMIT_ZH, "上海呢？"], "上海的抵销比例上限是多少？"),
        ([LIMIT_ZH, "那上海呢"], "上海的抵销比例上限是多少？"),
        (["What was the forest cover target in 2025?", "And in 2030?"], "What was the forest cover target in 2030?"),
        (["2025年森林覆盖率目标是多少？", "2030年呢？"], "2030年森林覆盖率目标是多少？"),
    ],
)
def test_a_new_name_or_year_takes_the_place_of_the_one_of_its_kind(turns, meant):
    assert resolve(turns) == meant


@pytest.mark.parametrize(
    ("turns", "meant"),
    [
        (["What is the offset limit?", "And in Japan?"], "What is the offset limit in Japan?"),
        (["抵销比例上限是多少？", "那日本呢？"], "日本，抵销比例上限是多少？"),
        ([LIMIT_EN, "What about woodland credits?"], "What is the offset limit in China, woodland credits?"),
        ([LIMIT_EN, "And for woodland credits in Japan?"], "What is the offset limit in Japan for woodland credits?"),
        (["How do China and Japan differ?", "And Korea?"], "How do China and Japan differ, Korea?"),
        (["北京和上海有什么不同？", "那广东呢？"], "广东，北京和上海有什么不同？"),
    ],
)
def test_what_has_no_counterpart_or_two_is_added(turns, meant):
    assert resolve(turns) == meant


@pytest.mark.parametrize(
    ("turns", "held"),
    [
        (["Does the scheme pay for peat rewetting?", "How much?"], ("How much?", "scheme pay for peat rewetting")),
        (["Does the scheme pay for peat rewetting?", "Why?"], ("Why?", "peat rewetting")),
        (["林场碳汇项目多久复查一次？", "为什么？"], ("为什么？", "林场碳汇项目")),
        (["How long do woodland credits last?", "Are they tradable?"], ("Are they tradable?", "woodland credits last")),
        (["林场碳汇的抵销比例上限是多少？", "它的计入期是多久？"], ("它的计入期是多久？", "林场碳汇的抵销比例")),
        (["林场碳汇管理办法何时施行？", "该办法由谁制定？"], ("该办法由谁制定？", "林场碳汇管理办法")),
    ],
)
def test_a_bare_or_pointing_question_takes_the_matter_of_the_one_before(turns, held):
    meant = resolve(turns)
    assert meant.startswith(held[0]) and all(part in meant for part in held)
    assert not meant.endswith("?") or len(held) == 1


@pytest.mark.parametrize("before", [LIMIT_EN, LIMIT_ZH])
@pytest.mark.parametrize(
    "question",
    [
        "What is afforestation?",
        "什么是碳汇？",
        "How much of its obligation may an operator cover?",
        "And what is the carbon price in the EU?",
        "那么日本在2030年的森林碳汇目标是多少？",
        "欧盟的碳价其中哪个国家最高？",
        "How long must losses from wildfire be reported after that?",
        "Summarise the rules for monitoring plots in Japan.",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(before, question):
    assert resolve([before, question]) == question


def test_a_thread_is_followed_through_its_turns():
    assert resolve([LIMIT_EN, "And in Japan?", "And in New Zealand?"]) == "What is the offset limit in New Zealand?"
    assert resolve([LIMIT_ZH, "那上海呢？", "广东呢？"]) == "广东的抵销比例上限是多少？"


def test_only_the_last_turns_count_and_no_pasted_text():
    assert resolve([LIMIT_EN, *["And in Japan?"] * (MOST_TURNS - 1)]) == "What is the offset limit in Japan?"
    assert resolve([LIMIT_EN, *["?"] * MOST_TURNS]) == "?"
    assert resolve(["peat " * 300, "How much?"]) == "How much?"


@given(st.text(max_size=200))
def test_a_first_question_is_its_own(question):
    assert resolve([question]) == question.strip()


@given(st.lists(st.text(max_size=60), min_size=1, max_size=4))
def test_whatever_is_said_gives_a_question(turns):
    assert isinstance(resolve(turns), str)
    assert resolve([*turns, LIMIT_EN]) == LIMIT_EN
