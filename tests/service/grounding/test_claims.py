"""Any text becomes claims without its marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.service.grounding.claims import claims


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Forests store **carbon** [1]. They grow;\nthey die [2](http://x).",
            ["Forests store carbon.", "They grow", "they die."],
        ),
        ("# Title\n\n- item one\n- item two", ["Title", "item one", "item two"]),
        ("甲增加；乙（丙；丁）减少。戊不变！", ["甲增加", "乙（丙；丁）减少。", "戊不变！"]),
        ("A line that is\nbroken hard.", ["A line that is broken hard."]),
        ("1. First of all\n2) Second", ["First of all", "Second"]),
        ("It rose by 1.5 Mt in the U.S. in 2020 [3, 4]", ["It rose by 1.5 Mt in the U.S. in 2020"]),
        (
            "The warden has two duties:\n\n- measure the water;\n- repair the sluices. They leak.\n\nOthers watch.",
            [
                "The warden has two duties: measure the water;",
                "The warden has two duties: repair the sluices. They leak.",
                "Others watch.",
            ],
        ),
        (
            "第九条　禁止下列行为：\n（一）排干沼泽；\n（二）填埋沼泽。\n违者罚款。",
            ["第九条 禁止下列行为： （一）排干沼泽；", "第九条 禁止下列行为： （二）填埋沼泽。", "违者罚款。"],
        ),
        ("有下列情形的：（一）排干；（二）填埋。", ["有下列情形的：（一）排干", "有下列情形的： （二）填埋。"]),
        (
            "It does this: (a) it pays; or\n\nAt 10:30 it ends; then rests.",
            ["It does this: (a) it pays", "At 10:30 it ends", "then rests."],
        ),
        ("Article 6: 1. Alders grow. 2. Reeds fall.", ["Article 6: 1. Alders grow.", "2. Reeds fall."]),
        ("Table 4. Alders by parcel", ["Table 4. Alders by parcel"]),
        ("Alders grow. ❌", ["Alders grow. ❌"]),
        ("Parcel | Limit: 5 cows; no sheep | Mowing: July", ["Parcel | Limit: 5 cows; no sheep | Mowing: July"]),
        ("…\n\n---\n", []),
        ("", []),
    ],
)
def test_claims_are_sentences_and_items(text: str, expected: list[str]) -> None:
    assert claims(text) == expected


@given(st.text(max_size=200))
def test_every_claim_says_something(text: str) -> None:
    assert all(any(char.isalnum() or char == "_" for char in claim) for claim in claims(text))
