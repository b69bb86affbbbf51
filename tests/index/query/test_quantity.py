from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.query.quantity import variants
from sinkqa.ingest.text.amounts import amounts, matches
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.normalised_text import cased


def otherwise(text: str) -> set[tuple[str, ...]]:
    return {terms for each in variants(cased(text)) for terms in each.otherwise}


@pytest.mark.parametrize(
    "text",
    ["12.57亿吨", "1.257 billion tonnes", "1,257 million t", "125,700万吨", "1257 Mt", "1.257 GtCO2e", "1257 Tg"],
)
def test_an_amount_is_found_however_it_is_scaled(text: str) -> None:
    wordings = otherwise(text) | {tuple(analyze(text))}
    for wording in (("1.257", "billion"), ("12.57", "亿吨"), ("125700", "万吨"), ("1257", "mt")):
        assert any(set(wording) <= set(each) for each in wordings)


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("3亿亩", ("300", "million")),
        ("300 million ha", ("3", "亿公", "公顷")),
        ("53.6万公顷", ("536000",)),
        ("百分之五", ("5",)),
        ("百分之十二点五", ("12.5",)),
        ("三十个", ("30",)),
        ("一千二百家", ("1200",)),
        ("二〇三〇年", ("2030",)),
        ("第六条", ("articl", "6")),
        ("Article 12", ("第十", "十二", "二条")),
        ("０.５億噸", ("50", "million")),
        ("€5m", ("5", "million")),
        ("2.5×10⁶ t", ("250", "万吨")),
    ],
)
def test_it_is_also_written_so(text: str, wording: tuple[str, ...]) -> None:
    assert wording in otherwise(text)


@pytest.mark.parametrize(
    "text", ["2030年", "in 2005", "十四五规划", "千万不要", "一些", "5%", "1,200 plots", "0亿吨", "article 0", "a 12 t"]
)
def test_years_words_and_plain_numbers_are_left_alone(text: str) -> None:
    assert not otherwise(text)


_NUMBERS = st.decimals(min_value=Decimal("0.01"), max_value=99_999, places=2).map(lambda value: f"{value:,f}")


@given(
    st.sampled_from(["", "-", "约", "NZ$", "€"]),
    _NUMBERS,
    st.sampled_from(["亿", "万", " million ", " billion ", "千", ""]),
    st.sampled_from(
        ["吨", "t", "Mt", "tCO2e", "公顷", "亩", "km²", "m³", "元", " euros", "家", "人", "元/吨", " kWh", ""]
    ),
)
def test_search_looks_for_nothing_but_the_amount(before: str, number: str, scale: str, unit: str) -> None:
    text = cased(f"{before}{number}{scale}{unit}")
    for each in variants(text):
        (amount,) = (amount for amount in amounts(text) if amount.said == each.said)
        for wording in each.wordings:
            (back,) = amounts(cased(wording.text))
            assert replace(back, counter=amount.counter).key == amount.key, wording
            assert matches(back, replace(amount, about=False)) and wording.text.startswith(wording.sought)


@given(st.text("0123456789.,% 亿万吨第条百分之十点tonhamilb²CO", max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    assert all(each.said and all(each.otherwise) for each in variants(cased(text)))
