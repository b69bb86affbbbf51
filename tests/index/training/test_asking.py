from __future__ import annotations

import pytest

from sinkqa.index.training.corpus import Pair
from sinkqa.index.training.cross_encoder.asking import Made, asked_of_statutes
from tests.index.made import CHINESE, ENGLISH

ASKED = [
    ("zh", "penalty", "违反本办法规定,擅自砍伐保护林木的,处五千元以下罚款。", "擅自砍伐保护林木"),
    ("zh", "condition", "第三条之外。申请碳汇认证的单位应当具备下列条件:(一)有固定场所。", "申请碳汇认证的单位"),
    ("zh", "case", "登记后的项目有下列情形之一的,林业部门可以撤销登记:(一)数据不实。", "林业部门可以撤销登记"),
    ("zh", "body", "湿地修复的监督工作由市林业主管部门负责。", "湿地修复的监督"),
    ("zh", "duty", "(二)项目业主应当自收到通知之日起十五日内补交材料。", "项目业主"),
    ("zh", "forbidden", "保护区设界碑。禁止向湿地倾倒废弃渣土。", "向湿地倾倒废弃渣土"),
    ("en", "penalty", "Any person who drains a listed bog without a permit shall be fined.", "drains a listed bog"),
    ("en", "deadline", "The operator shall submit the yearly report within thirty days.", "submit the yearly report"),
    ("en", "body", "The Wetland Office is responsible for the upkeep of dykes.", "the upkeep of dykes"),
    (
        "en",
        "condition",
        "Holders of a planting grant shall meet the following conditions:",
        "Holders of a planting grant",
    ),
    ("en", "case", "Under any of the following circumstances, the registry may cancel a project:", "cancel a project"),
]


def made(*pairs: Pair) -> list[Made]:
    """What the rules of this module make; amounts and headings are asked for by :mod:`sinkqa.index.training.corpus`."""
    return [each for each in asked_of_statutes(pairs) if each.rule != "statute"]


@pytest.mark.parametrize(("language", "rule", "text", "about"), ASKED)
def test_each_rule_asks_for_what_its_clause_says(language: str, rule: str, text: str, about: str) -> None:
    (found,) = [each for each in made(Pair("laws", f"ict_{language}", "", text)) if each.rule == rule]
    assert found.text == text
    if about in found.question:
        assert found.question != about and found.question not in text
    else:  # a wording that leaves this part of the clause out
        assert rule == "deadline" and "operator" in found.question


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("zh", "未按前条要求报送年度数据的,处一万元罚款。"),
        ("zh", "第二款所列的经营单位应当具备下列条件:有场所。"),
        ("zh", "本条例由市政府另行公布。"),
        ("en", "Any person who breaches the preceding article in any way shall be fined."),
        ("en", "A report has to be written by the office."),
        *(("zh", text) for text in CHINESE),
        *(("en", text) for text in ENGLISH),
    ],
)
def test_what_points_elsewhere_or_is_no_clause_of_a_statute_is_not_asked(language: str, text: str) -> None:
    assert made(Pair("laws", f"ict_{language}", "", text)) == []


def test_a_rule_of_one_language_asks_nothing_of_the_other() -> None:
    for language, _, text, _ in ASKED:
        other = "en" if language == "zh" else "zh"
        assert made(Pair("laws", f"ict_{other}", "", text)) == []


@pytest.mark.parametrize("start", ["", "1.", "CO2储存场和"])
def test_a_translated_statute_is_asked_across_languages(start: str) -> None:
    english = "Holders of a planting grant shall meet the following conditions: a fixed place."
    chinese = f"{start}持有造林补助的单位应当具备下列条件:有固定场所。"
    across = [each for each in made(Pair("mojLaw", "par", english, chinese)) if each.rule == "condition across"]
    assert [each.text for each in across] == [english, chinese], "the Chinese question first"
    assert "造林补助" in across[0].question and "planting grant" in across[1].question


def test_only_statutes_are_asked() -> None:
    pairs = [Pair("captions", "par", ASKED[6][2], ASKED[0][2]), Pair("CLAPnq", "qp_en", "who?", ASKED[8][2])]
    assert made(*pairs) == []


def test_definitions_are_asked_too() -> None:
    pair = Pair("mojLaw", "par", "It is so.", "本办法所称碳汇,系指吸收碳之场所。")
    assert {(each.rule, each.text) for each in asked_of_statutes([pair])} == {
        ("statute", pair.right),
        ("definition", pair.left),
    }
