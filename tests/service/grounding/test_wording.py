"""The compared form is the same for what a reader would not see, and another for what changes the meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.text.amounts import amounts
from sinkqa.service.grounding.quotes import compare_quote
from sinkqa.service.grounding.wording import wording


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Forests  absorb\n5 Mt", "Forests absorb 5 Mt"),
        ("森林 吸收\n5 万吨", "森林吸收5万吨"),
        ("氣候變化", "气候变化"),
        ("５％，Ａ", "5%,a"),
        ("“双碳”", "「双碳」"),
        ("《湿地法》", '"湿地法"'),
        ("long‐term", "long-term"),
        ("manage\u00adment", "management"),
        ("in\u200bvisible", "invisible"),
        ("Rivers stay cold", "rivers stay cold"),
        ("CO₂", "co2"),
        ("5 m²", "5 m2"),
        ("5 KWH", "5 kWh"),
        ("WHO GUIDELINES", "who guidelines"),
        ("Parties shall NOT", "parties shall not"),
        ("5 −10", "5 -10"),
    ],
)
def test_what_a_reader_would_not_see_does_not_matter(one: str, other: str) -> None:
    assert wording(one) == wording(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Finland -2889Kt", "Finland 2889Kt"),
        ("provide $3", "provide €3"),
        ("10² hectares", "102 hectares"),
        ("3½ t", "31/2 t"),
        ("目标为⑩项", "目标为项"),
        ("目标为⑩项", "目标为⑪项"),
        ("5 mW", "5 MW"),
        ("5 Mm", "5 mm"),
        ("5 million MW", "5 million mW"),
        ("WHO decides", "Who decides"),
        ("aid for US", "aid for us"),
        ("re-sign", "resign"),
        ("Un-ionized", "Unionized"),
        ("不̶得̶使用", "不得使用"),
        ("❌ allowed", "allowed"),
        ("\u202e12\u202c t", "12 t"),
        ("≠5%", "5%"),
        ("¬ banned", "banned"),
        ("re\u0301sume", "resume"),
        ("no. forests", "no forests"),
    ],
)
def test_a_change_of_meaning_is_another_wording(one: str, other: str) -> None:
    assert wording(one) != wording(other)
    assert compare_quote(one, other).result != "exact"


@pytest.mark.parametrize("text", ["Finland -2889 Kt", "provide $3 billion", "5 MW and 1.5C", "Annex III", "about ±5%"])
def test_the_amounts_of_a_wording_are_those_of_the_text(text: str) -> None:
    assert [each.key for each in amounts(wording(text))] == [each.key for each in amounts(text)]


@given(st.text("WHOus MPtwm-5 $€10²⑩½,.\n年碳", max_size=40))
def test_a_wording_of_any_text_is_its_own_wording(text: str) -> None:
    assert wording(wording(text)) == wording(text)
