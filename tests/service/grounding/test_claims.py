"""Any text becomes claims without its marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.grounding.claims import claims


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
        ("…\n\n---\n", []),
        ("", []),
    ],
)
def test_claims_are_sentences_and_items(text: str, expected: list[str]) -> None:
    assert claims(text) == expected


@given(st.text(max_size=200))
def test_every_claim_says_something(text: str) -> None:
    assert all(any(char.isalnum() or char == "_" for char in claim) for claim in claims(text))
