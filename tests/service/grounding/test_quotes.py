"""A quote is exact, altered or absent, and where it was altered is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.service.grounding.quotes import compare_quote
from sinkqa.service.grounding.wording import occurrences, wording

TEXT = (
    "第三条　企业不得使用超过15%的配额（北京除外）。Forests absorb 12.5 Mt of CO2 under long-term plans, except mines."
)


@pytest.mark.parametrize(
    "quote",
    [
        "企业不得使用超过15%的配额",
        "企业 不得使用\n超过１５％的配额",
        "企業不得使用超過15%的配額（北京除外）",
        "Forests  absorb\n12.5 Mt of CO₂",
        "under long-\nterm plans",
        "“under long‐term plans”",
        TEXT,
    ],
)
def test_dress_does_not_matter(quote: str) -> None:
    assert compare_quote(quote, TEXT).result == "exact"


@pytest.mark.parametrize(
    ("quote", "said", "found"),
    [
        ("企业可以使用超过15%的配额", "可以", "不得"),
        ("企业不得使用超过16%的配额", "16", "15"),
        ("Forests emit 12.5 Mt of CO2", "emit", "absorb"),
        ("Forests absorb Mt of CO2", "", "12.5"),
        ("5%的配额", "5", "15"),
        ("得使用超过15%的配额", "", "不得"),
        ("使用超过15%的配额", "", "不得"),
    ],
)
def test_what_was_altered_is_told(quote: str, said: str, found: str) -> None:
    compared = compare_quote(quote, TEXT)
    assert compared.result == "altered"
    assert (said, found) in compared.differences


@pytest.mark.parametrize("quote", ["", " 。", "Nobody wrote this sentence here", "完全是另一句话而已"])
def test_what_is_not_there_is_absent(quote: str) -> None:
    assert compare_quote(quote, TEXT).result == "absent"


@given(st.sampled_from([place for place, char in enumerate(TEXT) if char.isalnum()][1:-1]))
def test_a_text_less_one_character_is_altered(place: int) -> None:
    assert compare_quote(TEXT[:place] + TEXT[place + 1 :], TEXT).result == "altered"


@given(st.text(alphabet="aB9 .,-%年碳\n\u3000，。5（", max_size=60))
def test_a_wording_is_its_own_wording(text: str) -> None:
    assert wording(wording(text)) == wording(text)


@pytest.mark.parametrize(
    ("part", "whole"), [("5%", "15%"), ("5%", "1.5%"), ("land", "woodland"), ("十万", "二十万"), ("1", "1.5")]
)
def test_a_word_or_number_is_not_cut(part: str, whole: str) -> None:
    assert occurrences(part, whole) == []
