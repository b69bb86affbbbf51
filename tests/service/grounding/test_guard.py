"""A claim is supported only by whole clauses that say it; what fails is named, and the contrary is told as such."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.models.encoder import Encoder, WordTokens, load_encoder
from sinkqa.service.grounding import guard
from sinkqa.service.grounding.guard import Verdict
from sinkqa.service.grounding.quote import Quote

QUOTES = [
    "第三条 企业不得使用超过15%的配额，应当在2025年底前报告。",
    "In 2020, the forests of Finland absorbed 12.57 Mt of CO2. If prices fall, mines may close; rivers stay cold.",
    "北京CCER抵销比例不超过5%。",
    "Each city reports every 5 years and may not use offsets from Chile.",
]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="module", params=["late interaction", "shared words"])
def either(request: pytest.FixtureRequest, encoder: Encoder) -> Encoder:
    return encoder if request.param == "late interaction" else WordTokens(encoder)


def check(claim: str, quotes: list[str], encoder: Encoder) -> Verdict:
    return guard.check(claim, [Quote(quote) for quote in quotes], encoder)


def told(verdict: Verdict) -> list[tuple[str, str, str | None]]:
    return [(each.element, each.said, each.found) for each in verdict.findings]


@pytest.mark.parametrize(
    "claim",
    [
        "企业不得使用超过百分之十五的配额",
        "第三条企業不得使用超過１５％的配額，應當在2025年底前報告",
        "In 2020, the forests of Finland absorbed 12.57 million tonnes of CO2.",
        "In 2020, the forests of Finland\nabsorbed 12.57 Mt of CO₂",
        "rivers stay cold",
        "Rivers stay cold. 北京CCER抵销比例不超过5%。",
    ],
)
def test_whole_clauses_are_supported_in_any_dress(claim: str, either: Encoder) -> None:
    quotes = [*QUOTES, "企业不得使用超过15%的配额。"]
    assert check(claim, quotes, either) == Verdict("supported", 1.0)


@pytest.mark.parametrize(
    ("claim", "finding"),
    [
        ("第三条企业不得使用超过16%的配额", ("number", "16%", "15%")),
        ("第三条企业可以使用超过15%的配额", ("modality", "可以", "不得")),
        ("应当在2026年底前报告", ("year", "2026年", "2025年")),
        ("The forests of Finland emitted 12.57 Mt of CO2", ("direction", "emitted", "absorbed")),
        ("The forests of Finland absorbed 12.57 kt of CO2", ("unit", "12.57 kt of co2", "12.57 Mt of co2")),
        ("The forests of Sweden absorbed 12.57 Mt of CO2", ("entity", "Sweden", "finland")),
        ("北京CCER抵销比例超过5%", ("direction", "超过5%", "不超过5%")),
        ("rivers do not stay cold", ("negation", "not", None)),
        ("Parties may use offsets from Chile", ("modality", "may", "may not")),
        ("北京CCER抵销比例不超过10%", ("number", "10%", "5%")),
    ],
)
def test_the_contrary_is_told_with_what_stands_there(
    claim: str, finding: tuple[str, str, str | None], either: Encoder
) -> None:
    quotes = [*QUOTES, "Parties may not use offsets from Chile."]
    verdict = check(claim, quotes, either)
    assert verdict.label == "contradicted"
    assert finding in told(verdict)


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Warming stays below 2C.", "Warming stays far below 2 °C."),
        ("Parties report whether or not they ratified it.", "Parties report irrespective of whether they ratified it."),
        ("Forests absorb more than 30% of emissions.", "Forests absorb 35% of all emissions."),
        ("Forests absorb at most 40% of emissions.", "Forests absorb 35% of all emissions."),
        ("Forests absorb 35% of emissions.", "Forests absorb between 30% and 40% of all emissions."),
        ("排放量超过1万吨的企业应当报告。", "年排放量1.2万吨的企业应当报告。"),
        ("森林面积不断增加。", "森林面积持续增加。"),
        ("2025年森林覆盖率达到24.1%。", "到2025年，单位能耗比2020年下降13.5%；森林覆盖率达到24.1%。"),
        ("Emissions fell by 62 Mt in 2018.", "Emissions fell by 50 Mt in 2019, after 62 Mt in 2018."),
    ],
)
def test_what_may_be_true_is_not_contradicted(claim: str, quote: str, either: Encoder) -> None:
    assert check(claim, [quote], either).label in ("partly", "unknown")


def test_another_amount_is_told_only_where_it_stands_in_the_same_clause(encoder: Encoder) -> None:
    verdict = check("2025年覆盖率达到24.1%。", ["能耗比2020年下降；覆盖率达到24.1%。"], encoder)
    assert ("year", "2025年", None) in told(verdict)


@pytest.mark.parametrize("said", ["The fund can't pay.", "The fund cannot pay.", "The fund can not pay."])
def test_a_contraction_says_what_it_stands_for(said: str, encoder: Encoder) -> None:
    assert check(said, ["The fund can’t pay."], encoder).label == "supported"


def test_an_amount_is_held_against_a_quote_in_another_language(encoder: Encoder) -> None:
    verdict = check("Beijing's CCER offset ratio is at most 10%", QUOTES, encoder)
    assert ("number", "10%", "5%") in told(verdict)
    assert check("Beijing's CCER offset ratio is at most 5%", QUOTES, encoder).label in ("partly", "unknown")


@pytest.mark.parametrize(
    ("claim", "left_out"),
    [
        ("mines may close", "if prices fall"),
        ("应当在2025年底前报告。", "第三条企业不得使用超过15%的配额"),
        ("The forests of Finland absorbed 12.57 million tonnes of CO2.", "in 2020"),
        ("The forests of Finland absorbed", None),
        ("企业使用超过15%的配额", None),
    ],
)
def test_what_limits_a_clause_may_not_be_left_out(claim: str, left_out: str | None, either: Encoder) -> None:
    verdict = check(claim, QUOTES, either)
    assert verdict.label != "supported"
    assert verdict.findings
    assert left_out is None or ("words", "", left_out) in told(verdict)


@pytest.mark.parametrize(
    "claim", ["Rivers cold stay", "cold stay rivers", "rivers stay", "stay cold", "rivers usually stay cold"]
)
def test_words_alone_do_not_support(claim: str, either: Encoder) -> None:
    assert check(claim, QUOTES, either).label != "supported"


@pytest.mark.parametrize(
    "claim", ["The moon has no atmosphere worth the name", "股票市场昨日大幅收跌", "", "。", "\ud800"]
)
def test_what_the_quotes_do_not_speak_of_is_unknown(claim: str, either: Encoder) -> None:
    verdict = check(claim, QUOTES, either)
    assert verdict.label == "unknown"
    assert verdict.findings


@pytest.mark.parametrize("quotes", [[], [""], ["…"]])
def test_without_quotes_all_is_unknown(quotes: list[str], either: Encoder) -> None:
    assert check("Rivers stay cold", quotes, either).label == "unknown"


def test_a_question_does_not_support_its_statement(encoder: Encoder) -> None:
    assert check("Rivers stay cold.", ["Rivers stay cold?"], encoder).label != "supported"
    assert check("Rivers stay cold?", ["Rivers stay cold?"], encoder).label == "supported"


def test_of_two_statements_one_that_fails_tells(encoder: Encoder) -> None:
    assert check("Rivers stay cold. Nobody knows the name of the dog.", QUOTES, encoder).label == "partly"
    assert check("Rivers stay cold. 北京CCER抵销比例不超过9%。", QUOTES, encoder).label == "contradicted"


@given(st.text(max_size=120), st.lists(st.text(max_size=120), max_size=3))
def test_any_text_gets_a_verdict(encoder: Encoder, claim: str, quotes: list[str]) -> None:
    verdict = check(claim, quotes, encoder)
    assert 0 <= verdict.support <= 1
    assert (verdict.label == "supported") == (not verdict.findings)
