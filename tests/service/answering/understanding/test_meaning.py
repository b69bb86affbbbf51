"""The term whose meaning a question asks for, and the kinds of provision that it wants."""

from __future__ import annotations

import pytest

from sinkqa.service.answering.understanding.question import understand


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("《湿原条例》里的“退水”是什么意思？", "退水"),
        ("本条例所称的荒地指什么", "荒地"),
        ("湿原条例对荒地是如何定义的", "荒地"),
        ("湿原条例中荒地的法律定义", "荒地"),
        ("如何界定坡地？", "坡地"),
        ("什么样的土地属于荒地？", "荒地"),
        ("请问什么是荒地？", "荒地"),
        ("荒地是什么", "荒地"),
        ("What does “old fen” mean in the Fen Act?", "old fen"),
        ("How is drained fen defined under the Fen Act?", "drained fen"),
        ("How does the Fen Act define a warden and what does it leave out?", "warden"),
        ("Definition of mire unit in the Pact", "mire unit"),
        ("mire unit definition", "mire unit"),
        ("What counts as a ditch?", "ditch"),
        ("What is an old fen under the Fen Act?", "old fen"),
    ],
)
def test_the_term_is_among_the_readings(question, term):
    assert term in understand(question).terms


@pytest.mark.parametrize(
    "question",
    [
        "什么时候报告沟渠？",
        "How many ditches are there?",
        "Where is the warden?",
        "湿原条例什么时候施行",
        "为什么要退水？",
    ],
)
def test_other_questions_ask_for_no_meaning(question):
    assert not understand(question).terms


def test_what_something_is_asks_for_its_definition_less_certainly_than_what_it_means():
    assert "definition" in understand("What does fen mean?").provisions
    assert "definition" not in understand("What is a fen?").provisions


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("湿原条例什么时候施行？", "effect"),
        ("湿原条例 生效日期", "effect"),
        ("公约在什么条件下生效？", "effect"),
        ("In what year did the Fen Act start to apply?", "effect"),
        ("Fen Act effective date", "effect"),
        ("在湿原里挖沟会怎么罚？", "penalty"),
        ("What is the fine for digging ditches?", "penalty"),
        ("湿原条例的适用范围是什么？", "scope"),
        ("Which authority supervises fens?", "authority"),
        ("湿原内禁止哪些行为？", "prohibition"),
        ("水行政主管部门应当在多少天内决定？", "procedure"),
        ("Who is exempt from the ban?", "exception"),
        ("哪个旧办法被废止了？", "repeal"),
    ],
)
def test_the_kind_of_provision_is_read_off_the_words(question, kind):
    assert kind in understand(question).provisions


@pytest.mark.parametrize(
    "question", ["What happens to permits after the Act comes into force?", "配额在条例施行后怎么办？"]
)
def test_a_mere_mention_of_effect_asks_for_no_date(question):
    assert "effect" not in understand(question).provisions
