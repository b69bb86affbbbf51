"""Amounts are equal by value, whatever the language, unit or numeral they are written in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.text.amounts import Amount, amounts, matches, unsupported
from sinkqa.ingest.text.normalised_text import cased, fold


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
        ("-2.1亿吨", "minus 210 million tonnes"),
        ("负5%", "−5 per cent"),
        ("$-5 million", "-$5 million"),
        ("EUR -5", "-5欧元"),
        ("10⁶ t", "1 million t"),
        ("10^6 t", "100万吨"),
        ("2.5×10³ ha", "2,500公顷"),
        ("10⁻³", "0.001"),
        ("½ tonne", "0.5 t"),
        ("3½ years", "3 1/2年"),
        ("44/12", "11/3"),
        ("1/3", "三分之一"),
        ("千分之五", "5‰"),
        ("5 per mille", "0.5%"),
        ("5 ± 2 Mt", "5±2 million tonnes"),
        ("±5%", "正负5%"),
        ("1亿2000万吨", "1.2亿吨"),
        ("三万五千公顷", "35,000 ha"),
        ("三点五亿元", "3.5亿元"),
        ("twenty-five countries", "25个国家"),
        ("€5m", "500万欧元"),
        ("US$3.5bn", "35亿美元"),
        ("Rs 500 crore", "Rs 5 billion"),
        ("100 €", "EUR 100"),
        ("人民币100元", "RMB 100"),
        ("JPY 100", "100日元"),
        ("A$5", "5 australian dollars"),
        ("$5 to 10 million", "500万至1000万美元"),
        ("1元至5万元", "CNY 1 to 50,000"),
        ("5-10万元", "5万元至10万元"),
        ("500 kg to 2 t", "0.5吨至2吨"),
        ("5 m²", "5平方米"),
        ("5 m³", "5 m3"),
        ("3 hm²", "3公顷"),
        ("5 kWh", "5千瓦时"),
        ("5 kW·h", "5 KWH"),
        ("5 MW", "5兆瓦"),
        ("5 Tg", "5 Mt"),
        ("5 tCO2e/ha", "5吨二氧化碳当量/公顷"),
        ("5 t ha⁻¹ yr⁻¹", "5 t/ha/a"),
        ("5 kg/m³", "5公斤/立方米"),
        ("5 t per capita", "5吨/人"),
        ("50元/公斤", "5万元/吨"),
        ("50元/亩", "750元/公顷"),
        ("1.5C", "1.5摄氏度"),
        ("between 2027 and 2032", "2027-2032"),
        ("2021–25", "2021年至2025年"),
        ("在2021和2025年之间", "2021-2025"),
        ("第三阶段", "the third phase"),
        ("Stage 3", "Phase 3"),
        ("Annex III", "附件三"),
        ("21st century", "21世纪"),
        ("第三季度", "third quarter"),
        ("二〇二一年六月一日", "1 June 2021"),
        ("２０３０年", "2030"),
    ],
)
def test_two_spellings_are_one_amount(one: str, other: str) -> None:
    (left,), (right,) = read(one), read(other)
    assert left.key == right.key
    assert matches(left, right)
    assert matches(right, left)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Finland -2889 Kt", "Finland 2889 Kt"),
        ("净排放量为-2.1亿吨", "净排放量为2.1亿吨"),
        ("−5 °C", "5 °C"),
        ("负5%", "5%"),
        ("$3 billion", "€3 billion"),
        ("NZ$3", "$3"),
        ("$-3", "€-3"),
        ("$-3", "$3"),
        ("¥100", "100元"),
        ("¥100", "100日元"),
        ("100 kr", "SEK 100"),
        ("Rs 100", "INR 100"),
        ("10² hectares", "102 hectares"),
        ("10⁶ t", "106 t"),
        ("10⁶ t", "10⁵ t"),
        ("2.5×10³ ha", "2.5×10² ha"),
        ("½ t", "12 t"),
        ("3½ t", "31/2 t"),
        ("1/3", "1/4"),
        ("34,000,002 people", "34 million people"),
        ("123456789012345678", "123456789012345679"),
        ("5 ± 2 Mt", "5 ± 3 Mt"),
        ("5%", "±5%"),
        ("5%", "5 percentage points"),
        ("5‰", "5%"),
        ("5 mW", "5 MW"),
        ("5 mm", "5 Mm"),
        ("5 Pa", "5 PA"),
        ("5 mt", "5 Mt"),
        ("5 MT", "5 Mt"),
        ("5 m²", "5 m³"),
        ("5 m²", "5 m"),
        ("5 km²", "5 hm²"),
        ("5 t/ha", "5 t"),
        ("5 t/ha", "5 t/km²"),
        ("5 kW", "5 kWh"),
        ("3家企业", "3名企业"),
        ("10株", "10只"),
        ("third country", "Phase 3 country"),
        ("Article 3", "Section 3"),
        ("第三条", "第三阶段"),
        ("the 3rd", "3"),
        ("2,020 trees", "in 2020"),
        ("2020 t", "in 2020"),
        ("5-10 Mt", "5-11 Mt"),
        ("10%至5%", "5%至10%"),
    ],
)
def test_a_change_of_meaning_is_another_amount(one: str, other: str) -> None:
    (left,), (right,) = read(one), read(other)
    assert left.key != right.key
    assert not matches(left, right) and not matches(right, left)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2027 and 2032", ["2027", "2032"]),
        ("In 2021 and 25 Parties", ["2021", "25"]),
        ("COVID-19", ["19"]),
        ("1-2-3", ["1", "2", "3"]),
        ("post-2020", ["2020"]),
        ("附件-2", ["2"]),
        ("3 $5", ["3", "$5"]),
        ("Regulation 2018/841", ["2018", "841"]),
        ("10^6^2", []),
        ("10_2", []),
        (f"{'9' * 40} t", []),
        ("10^99", []),
        ("moreover 5", ["5"]),
        ("由3升至5", ["3", "5"]),
        ("5周年", ["5"]),
        ("5G and 5K", ["5", "5"]),
    ],
)
def test_only_what_is_said_to_be_one_amount_is_one(text: str, said: list[str]) -> None:
    assert [amount.said for amount in read(text)] == said


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


_NUMBERS = st.integers(1, 10**12).map(lambda number: f"{number:,}") | st.decimals("0.1", "9999", places=3).map(str)
_SPELLINGS = {  # of one unit
    "tonne": (" t", "吨", " tonnes", " Mg"), "Mt": (" Mt", "百万吨", " million tonnes", " Tg"),
    "hectare": (" ha", "公顷", " hectares", " hm²"), "square kilometre": (" km²", "平方公里", " km2", " sq km"),
    "euro": (" euros", "欧元", " EUR", "€"), "yuan": ("元", " yuan", " CNY", " RMB"),
    "share": ("%", " per cent", " percent", "％"), "hour": (" hours", "小时", " h", " hrs"),
}  # fmt: skip


@given(_NUMBERS, st.sampled_from(sorted(_SPELLINGS)), st.sampled_from(["", "-", "minus "]), st.data())
def test_another_spelling_keeps_the_key(number: str, unit: str, sign: str, data: st.DataObject) -> None:
    one, other = data.draw(st.tuples(*[st.sampled_from(_SPELLINGS[unit])] * 2))
    wide = number.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    (left,), (right,) = read(f"{sign}{number}{one}"), read(f"{sign}{data.draw(st.sampled_from([number, wide]))}{other}")
    assert left.key == right.key and matches(left, right) and matches(right, left)


@given(_NUMBERS, st.sampled_from(["-", "€", "digit", "0", "^2", "万", "unit", "/ha", "±1"]), st.data())
def test_one_thing_changed_changes_the_key(number: str, change: str, data: st.DataObject) -> None:
    (before,) = read(f"{number} t")
    place = data.draw(st.sampled_from([place for place, char in enumerate(number) if char.isdecimal()]))
    digit = str((int(number[place]) + data.draw(st.integers(1, 9))) % 10)
    unit = data.draw(st.sampled_from(["kt", "ha", "m", "t CO2e", "%", "MW", "人"]))
    changed = {
        "-": f"-{number} t", "€": f"€{number}", "digit": f"{number[:place]}{digit}{number[place + 1 :]} t",
        "0": f"1{number} t", "^2": f"{number}² t", "万": f"{number}万t", "unit": f"{number} {unit}",
        "/ha": f"{number} t/ha", "±1": f"{number}±1 t",
    }  # fmt: skip
    assert [amount.key for amount in read(changed[change])] != [before.key] or number in ("1", "1.000")


_SAID = (
    "5 t", "-5 t", "约5.2吨", "5 t CO2", "5吨碳", "至少5吨", "5-6 t", "2020年", "2020-2022", "1 May 2020", "5月1日",
    "3家", "3名", "3个", "5%", "5‰", "€5", "约5%", "第三条", "5±1 t", "500万吨", "约500万吨", "512万吨", "Article 3",
    "5 mw", "5 MW",
)  # fmt: skip
_ANY = st.lists(st.sampled_from(_SAID), max_size=8).map(lambda texts: [each for text in texts for each in read(text)])


@given(_ANY, _ANY)
def test_many_amounts_are_compared_as_one_by_one(claim: list[Amount], quote: list[Amount]) -> None:
    expected = [said for said in claim if not any(matches(found, said) for found in quote)]
    found = list(unsupported(claim, [quote]))
    assert [each.said for each in found] == expected
    for each in found:
        assert each.found is None or each.found in quote
        assert (each.element == "direction") == any(
            matches(replace(other, bound=each.said.bound), each.said) for other in quote
        )


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
