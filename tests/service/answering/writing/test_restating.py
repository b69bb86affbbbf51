"""Amounts and dates are written as the asker writes them, and say what the quote says: nothing else, and no less."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.text.amounts import Amount, amounts, matches
from sinkqa.ingest.text.normalised_text import cased
from sinkqa.service.answering.writing.restating import counted, joined, restated


def one(quote: str, language: str, dollar: str = "") -> str:
    """The only thing restated in a quote, as ``term = rendering``; all of them where they are several."""
    return "; ".join(f"{each.term} = {each.rendering}" for each in restated(quote, language=language, dollar=dollar))


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("公示期为二十个工作日。", "二十个工作日 = 20 working days"),
        ("应当在三十日内报送。", "三十日内 = within 30 days"),
        ("期满后一年内恢复。", "一年内 = within 1 year"),
        ("处二万元以上十万元以下罚款。", "二万元以上十万元以下 = CNY 20,000 to 100,000"),
        ("处10万元以上100万元以下罚款。", "10万元以上100万元以下 = CNY 100,000 to 1,000,000"),
        ("价格5倍以上10倍以下的罚款。", "5倍以上10倍以下 = 5 to 10 times"),
        ("补种株数一倍以上五倍以下的树木。", "一倍以上五倍以下 = 1 to 5 times"),
        ("每平方米10元以下的罚款。", "10元以下 = CNY 10 or less"),
        ("不低于2万元。", "不低于2万元 = at least CNY 20,000"),
        ("自2024年5月1日起施行。", "2024年5月1日 = 1 May 2024"),
        ("比重达到百分之六十五以上。", "百分之六十五以上 = 65% or more"),
        ("不得超过10%。", "不得超过10% = not more than 10%"),
        ("吸收1.2亿吨二氧化碳当量。", "1.2亿吨二氧化碳当量 = 120 million t CO2e"),
        ("消费能源49.8亿吨标准煤。", "49.8亿吨标准煤 = 4.98 billion t ce"),
        ("排放3万吨甲烷。", "3万吨甲烷 = 30,000 t CH4"),
        ("坝高六米。", "六米 = 6 m"),
        ("湿地500亩。", "500亩 = 500 mu (1 mu = 1/15 ha)"),
        ("约12.57亿吨。", "约12.57亿吨 = about 1.257 billion t"),
        ("占三分之二。", "三分之二 = two thirds"),
        ("降低了3个百分点。", "3个百分点 = 3 percentage points"),
        ("价格为50元/吨。", "50元/吨 = 50 CNY/t"),
        ("依照本法第二十条处罚。", "第二十条 = Article 20"),
    ],
)
def test_chinese_amounts_are_restated_in_english(quote: str, expected: str):
    assert one(quote, "en") == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("The fee is NZ$50,000 in all.", "NZ$50,000 = 5万新西兰元"),
        ("It will cost the state US$9 billion.", "US$9 billion = 90亿美元"),
        (
            "Net removals of 310 million tonnes of CO2 equivalent.",
            "310 million tonnes of CO2 equivalent = 3.1亿吨二氧化碳当量",
        ),
        ("Land that was forest on 31 December 1989.", "31 December 1989 = 1989年12月31日"),
        ("It is due no later than 31 March 2025.", "no later than 31 March 2025 = 不迟于2025年3月31日"),
        ("Within 20 working days of the notice.", "Within 20 working days = 20个工作日内"),
        ("The area is at least 1 hectare.", "at least 1 hectare = 至少1公顷"),
        ("The fine is not to exceed 5 million euros.", "not to exceed 5 million euros = 不超过500万欧元"),
        ("It falls by 50 to 52 percent.", "50 to 52 percent = 50%至52%"),
        ("Trees of 5 metres or more.", "5 metres or more = 5米以上"),
        ("Warming stays below 1.5 °C.", "below 1.5 °C = 低于1.5摄氏度"),
        ("Under Article 6 of the treaty.", "Article 6 = 第6条"),
    ],
)
def test_english_amounts_are_restated_in_chinese(quote: str, expected: str):
    assert one(quote, "zh") == expected


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("令和十二年度までの間における目標。", "令和十二年度 = fiscal year 2030 (FY2030)"),
        ("平成元年四月一日から施行する。", "平成元年四月一日 = 1 April 1989"),
        ("五十万円以下の罰金に処する。", "五十万円以下 = JPY 500,000 or less"),
        ("第十六条の二の規定による。", ""),
    ],
)
def test_japanese_years_of_an_era_and_sums_are_restated(quote: str, expected: str):
    assert one(quote, "en") == expected


def test_a_bare_dollar_sign_names_no_country_unless_told():
    quote = "A fine not exceeding $50,000 may be imposed."
    assert one(quote, "zh") == "not exceeding $50,000 = 不超过$5万"
    assert one(quote, "zh", dollar="新西兰元") == "not exceeding $50,000 = 不超过5万新西兰元"


@pytest.mark.parametrize(
    ("quote", "language"),
    [
        ("到2030年达到65%。", "en"),  # digits that read the same
        ("名单有391家企业。", "en"),
        ("第十三、十四条的规定。", "en"),
        ("国家鼓励植树造林。", "en"),
        ("The rules of the 2021-30 period hold.", "zh"),
        ("It costs 55 % of it, see https://a.example/2020/12/09/x for it.", "zh"),
        ("公示期为二十个工作日。", "zh"),
        ("公示期为二十个工作日。", "fr"),
    ],
)
def test_what_needs_no_restating_is_left_out(quote: str, language: str):
    assert restated(quote, language=language) == ()


def read(text: str) -> list[Amount]:
    folded = counted(cased(text))
    return [
        replace(each, bound="") if "内" in text or "within" in text else each
        for each in joined(amounts(folded), folded)
    ]


def says_the_same(term: str, rendering: str) -> bool:
    left, right = read(term), read(rendering)
    same = len(left) == len(right) == 1 and matches(left[0], right[0]) and matches(right[0], left[0])
    return same and left[0].bound == right[0].bound


NUMBERS = st.one_of(
    st.integers(2, 10**13).map(str),
    st.decimals(0, 10**4, places=2, allow_nan=False).map(lambda each: f"{each:f}"),
)
CHINESE = st.tuples(
    st.sampled_from(["", "不超过", "不低于", "至少", "超过", "约", "不得少于", "不足"]),
    NUMBERS,
    st.sampled_from(["", "万", "亿"]),
    st.sampled_from(
        ["元", "吨", "公顷", "亩", "倍", "米", "平方公里", "美元", "千瓦时", "%", "吨二氧化碳", "人", "年"]
    ),
)
ENGLISH = st.tuples(
    st.sampled_from(["", "at least ", "not more than ", "over ", "about ", "less than ", "not less than "]),
    NUMBERS,
    st.sampled_from(["", " million", " billion"]),
    st.sampled_from([" tonnes", " ha", " acres", " per cent", " euros", " metres", " years", " working days", " MW"]),
)


@given(CHINESE)
def test_every_restated_chinese_amount_equals_its_original(parts: tuple[str, ...]):
    for each in restated(f"这项任务的数量为{''.join(parts)}，其余照旧。", language="en"):
        assert says_the_same(each.term, each.rendering.partition(" (")[0]), each


@given(ENGLISH)
def test_every_restated_english_amount_equals_its_original(parts: tuple[str, ...]):
    found = restated(f"The size of it is {''.join(parts)} and the rest is as it was.", language="zh")
    for each in found:
        assert says_the_same(each.term, each.rendering), each


@given(st.integers(2, 9_999), st.integers(1, 9_999), st.sampled_from(["元", "万元", "倍", "公顷", "个工作日"]))
def test_a_range_is_restated_with_both_ends(low: int, more: int, unit: str):
    (found,) = restated(f"处{low}{unit}以上{low + more}{unit}以下的罚款。", language="en")
    (said,) = read(found.rendering)
    (least,), (most,) = read(f"{low}{unit}"), read(f"{low + more}{unit}")
    assert (said.low, said.high, said.dimension) == (least.low, most.high, least.dimension)


@given(st.dates())
def test_a_date_is_the_same_day_there_and_back(day):
    if not 1600 <= day.year < 2100:
        return
    (english,) = restated(f"本办法自{day.year}年{day.month}月{day.day}日起施行。", language="en")
    (chinese,) = restated(f"It takes effect on {english.rendering} and not before.", language="zh")
    assert chinese.rendering == f"{day.year}年{day.month}月{day.day}日"


@pytest.mark.parametrize("quote", ["3 million tonnes of N2O", "排放5吨N2O。"])
def test_an_amount_of_a_substance_without_a_word_here_is_left_as_it_stands(quote: str) -> None:
    assert not restated(quote, language="zh" if quote.isascii() else "en")
