"""Clauses that turn each other's meaning round are told apart, in both languages and across them."""

from __future__ import annotations

import pytest

from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.grounding.polarity import marks, turned


@pytest.mark.parametrize(
    ("claim", "quote", "element"),
    [
        ("Forests absorb carbon", "Forests emit carbon", "direction"),
        ("森林吸收碳", "森林排放碳", "direction"),
        ("The target was raised", "The target was lowered", "direction"),
        ("碳汇增加", "碳汇减少", "direction"),
        ("sinks increased", "碳汇减少", "direction"),
        ("不超过5%", "不低于5%", "direction"),
        ("before 2030", "after 2030", "direction"),
        ("企业可以使用配额", "企业不得使用配额", "modality"),
        ("Firms may use allowances", "Firms shall not use allowances", "modality"),
        ("Firms may report", "企业应当报告", "modality"),
        ("all cities", "some cities", "modality"),
        ("It applies", "It doesn't apply", "negation"),
        ("未纳入市场", "纳入市场", "negation"),
        ("Cities joined", "No city joined", "negation"),
        ("with limits it applies", "without limits it applies", "negation"),
    ],
)
def test_the_contrary_is_seen(claim: str, quote: str, element: str) -> None:
    for one, other in ((claim, quote), (quote, claim)):
        found = [*turned(fold(one), fold(other))]
        assert element in [each.element for each in found]
        assert any(each.opposed for each in found)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Sinks increased", "碳汇增加了"),
        ("Firms must not use it", "企业不得使用"),
        ("at most 5%", "不超过5%"),
        ("不断增加", "持续增加"),
        ("不仅如此", "此外"),
        ("非洲", "Africa"),
        ("It is prohibited to log", "禁止采伐"),
        ("Not only forests", "Forests"),
    ],
)
def test_the_same_said_otherwise_is_not_turned(claim: str, quote: str) -> None:
    assert [*turned(fold(claim), fold(quote))] == []


def test_what_limits_the_quote_may_not_be_left_out() -> None:
    (left_out,) = turned("cities may join", "only cities may join")
    assert (left_out.said, left_out.found, left_out.opposed) == ("", "only", False)


def test_a_double_negation_affirms() -> None:
    assert [*turned("it is not uncommon, not rare", "it is common")] == []


def test_marks_come_in_order_with_their_places() -> None:
    text = "企业不得减少碳汇"
    assert [(mark.family, mark.sense) for mark in marks(text)] == [("duty", "forbid"), ("change", "down")]
    assert all(text[mark.start :].startswith(mark.said) for mark in marks(text))
