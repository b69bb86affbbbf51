"""Amounts are equal by value, whatever the language, unit or numeral they are written in."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.amounts import Amount, amounts, matches, unsupported
from ingest.text.view import cased, fold


def read(text: str) -> list[Amount]:
    return amounts(cased(text))


def failing(claim: str, quote: str) -> list[tuple[str, str, str | None]]:
    return [
        (each.element, each.said.said, each.found and each.found.said)
        for each in unsupported(read(claim), [read(quote)])
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12.57亿吨二氧化碳当量", "1.257 billion tonnes of CO2e"),
        ("12.57亿吨二氧化碳当量", "1.257 billion tonnes of CO2 equivalent"),
        ("3.1亿吨二氧化碳", "310 million tonnes of carbon dioxide"),
        ("5万新西兰元", "NZ$50,000"),
        ("五十万円", "JPY 500,000"),
        ("2万元至10万元", "CNY 20,000 to 100,000"),
        ("12.57亿吨", "1,257 Mt"),
        ("1.5亿亩", "1000万公顷"),
        ("30公顷", "450亩"),
        ("3平方公里", "300 ha"),
        ("2.1 Pg C", "21亿吨碳"),
        ("5 percent", "百分之五"),
        ("12.5%", "百分之十二点五"),
        ("0.5个百分点", "0.5 percentage points"),
        ("5%至10%", "between 5 and 10 percent"),
        ("10–15 Mt", "10~15百万吨"),
        ("$50 million", "5000万美元"),
        ("50元/吨", "50 yuan per tonne"),
        ("二十五万公顷", "250,000 hectares"),
        ("三个国家", "three countries"),
        ("十年", "10 years"),
        ("第十三条", "Article 13"),
        ("第三章", "Chapter 3"),
        ("2023年1月9日", "9 January 2023"),
        ("2023-01-09", "January 9, 2023"),
        ("二〇三〇年", "2030"),
        ("2019年至2022年", "2019–2022"),
        ("20世纪90年代", "the 1990s"),
        ("零下5摄氏度", "-5 °C"),
    ],
)
def test_two_spellings_are_one_amount(one: str, other: str) -> None:
    (left,), (right,) = read(one), read(other)
    assert left.key == right.key
    assert matches(left, right)
    assert matches(right, left)


@pytest.mark.parametrize(
    ("claim", "quote", "failure"),
    [
        ("5%", "6%", ("number", "5%", "6%")),
        ("5%", "5‰", ("unit", "5%", "5‰")),
        ("5%", "5个百分点", ("unit", "5%", "5个百分点")),
        ("12亿吨", "12万吨", ("unit", "12亿吨", "12万吨")),
        ("30 ha", "30 km2", ("unit", "30 ha", "30 km2")),
        ("30 ha", "30 tonnes", ("unit", "30 ha", "30 tonnes")),
        ("10-15 Mt", "10 Mt", ("number", "10-15 Mt", "10 Mt")),
        ("15 Mt", "10-15 Mt", ("number", "15 Mt", "10-15 Mt")),
        ("in 2021", "in 2020", ("year", "2021", "2020")),
        ("1 May 2020", "2 May 2020", ("date", "1 May 2020", "2 May 2020")),
        ("1 May 2020", "in 2020", ("date", "1 May 2020", None)),
        ("at most 5%", "at least 5%", ("direction", "5%", "5%")),
        ("不超过5%", "5%", ("direction", "5%", "5%")),
        ("第三条", "第四条", ("number", "第三条", "第四条")),
        ("5 years", "no number", ("number", "5 years", None)),
        ("100 tC", "100 tCO2", ("unit", "100 tC", "100 tCO2")),
    ],
)
def test_what_fails_of_an_amount_is_named(claim: str, quote: str, failure: tuple[str, str, str | None]) -> None:
    assert failing(claim, quote) == [failure]


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("约12.6亿吨", "12.57亿吨"),
        ("about 1.3 billion tonnes", "12.57亿吨"),
        ("in 2020", "on 3 May 2020"),
        ("in 2021", "2019-2021"),
        ("5%", "at most 5%"),
        ("100 t", "100 tCO2"),
    ],
)
def test_less_may_be_said_than_the_quote_says(claim: str, quote: str) -> None:
    assert failing(claim, quote) == []


def test_an_approximation_rounds_only_to_its_own_digits() -> None:
    assert failing("约12.6亿吨", "12.75亿吨")
    assert failing("12.6亿吨", "12.57亿吨")


@pytest.mark.parametrize("name", ["CO2", "COP26", "PM2.5", "十四五", "二氧化碳", "统一", "一个", "千方百计"])
def test_numerals_in_names_and_words_are_no_amounts(name: str) -> None:
    assert read(name) == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("至少3吨", "least"),
        ("3吨以上", "least"),
        ("up to 3 t", "most"),
        ("超过3吨", "more"),
        ("不足3吨", "less"),
        ("≤3 t", "most"),
        ("3 t", ""),
    ],
)
def test_bounds_are_read_on_both_sides(text: str, bound: str) -> None:
    assert [amount.bound for amount in read(text)] == [bound]


def test_a_calendar_year_is_no_duration_and_four_digits_may_be_a_count() -> None:
    assert [amount.kind for amount in read("2020年共5年")] == ["year", "number"]
    assert [amount.dimension for amount in read("1500 kt")] == ["tonne"]


@pytest.mark.parametrize("text", ["数据显示，2019年全国", "At the end. 2019 was wet", "(1,2019年)", "结束。2019年起"])
def test_a_year_stands_behind_any_mark(text: str) -> None:
    assert [int(amount.low) for amount in read(text) if amount.kind == "year"] == ([] if "1," in text else [2019])


@pytest.mark.parametrize(
    ("text", "share"),
    [("one fifth of", "0.2"), ("two-thirds were", "0.67"), ("a third of all", "0.33"), ("half of its", "0.5")],
)
def test_fractions_in_english_words_are_shares(text: str, share: str) -> None:
    (amount,) = read(text)
    assert amount.dimension == "share" and round(amount.low, 2) == Decimal(share)


@pytest.mark.parametrize(
    "text", ["a third party", "one third-party audit", "the first half of the year", "in the third quarter", "half-day"]
)
def test_words_that_look_like_fractions_are_none(text: str) -> None:
    assert not [amount for amount in read(text) if amount.dimension == "share"]


@given(
    st.decimals(min_value=Decimal("0.01"), max_value=99_999, places=2), st.sampled_from(["万吨", "亿吨", "公顷", "%"])
)
def test_a_number_bears_itself_out_and_no_other(value: Decimal, unit: str) -> None:
    (amount,), (other,) = read(f"{value}{unit}"), read(f"{value + 1}{unit}")
    assert matches(amount, amount)
    assert not matches(other, amount)


@given(st.text(max_size=60))
def test_any_text_is_read_and_amounts_do_not_overlap(text: str) -> None:
    folded = fold(text)
    found = amounts(folded)
    assert all(0 <= amount.start < amount.end <= len(folded) for amount in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@given(
    st.text(alphabet="一二三四五六七八九十百千万亿第条年月日%0123456789.,-至约吨公顷分之 tokmghapercent", max_size=40)
)
def test_numeral_soup_is_read(text: str) -> None:
    found = read(text)
    assert not [each for each in unsupported(found, [found]) if each.said.bound == ""]


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("不低于2万元", "least"),
        ("低于2万元", "less"),
        ("not less than 5 ha", "least"),
        ("less than 5 ha", "less"),
        ("不超过10%", "most"),
        ("超过10%", "more"),
    ],
)
def test_the_longest_word_of_a_bound_counts(text: str, bound: str):
    assert [each.bound for each in read(text)] == [bound]


def test_an_equivalent_is_not_the_gas_itself():
    (equivalent,), (gas,) = read("5 tonnes of CO2 equivalent"), read("5 tonnes of CO2")
    assert not matches(equivalent, gas) and not matches(gas, equivalent)
