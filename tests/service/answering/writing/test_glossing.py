"""A quote in another language comes with what carries the answer: telling terms in their sense, and its amounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.answering.writing.glossing import gloss
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings


def known(quote: str, language: str, question: str = "") -> dict[str, str]:
    asked = understand(question) if question else None
    return {each.term: each.rendering for each in gloss(quote, language=language, asked=asked)}


def test_terms_of_a_quote_in_the_other_language_are_rendered():
    found = known("生态碳汇可以吸收二氧化碳，有碳市场。", "en")
    assert found["碳市场"].startswith("carbon market") and "ecological carbon sink" in found.values()
    assert known("生态碳汇可以吸收二氧化碳。", "zh") == {}
    assert "碳汇" in known("A carbon sink takes up gas.", "zh").values()
    assert known("", "en") == {} and known("Le marché du carbone est grand.", "en") == {}


@pytest.mark.parametrize(
    ("quote", "language", "term", "rendering"),
    [
        ("能源、工业等部门的排放逐年下降。", "en", "部门", "sector"),
        ("由县级以上主管机关和有关部门负责监督。", "en", "部门", "department"),
        ("新西兰的林业部门必须参加排放交易。", "en", "林业部门", "forestry sector"),
        ("村庄的林业部门应当每年检查两次。", "en", "林业部门", "forestry department"),
        ("企业可以出售多余的配额。", "en", "配额", "allowance"),
        ("采伐的配额由县里下达。", "en", "配额", "quota"),
        ("企业应当按时完成清缴。", "en", "清缴", "surrender"),
        ("この町では間伐を行うことができる。", "en", "間伐", "thinning"),
        ("The forest is a sink of greenhouse gas.", "zh", "sink", "汇"),
        ("Owners surrender units from the registry.", "zh", "units", "排放单位"),
        ("The reservoir holds water for the town.", "zh", "reservoir", "水库"),
        ("Each Party shall tell the others of its plans.", "zh", "Party", "缔约方"),
        ("The stand age of the trees is kept by all.", "zh", "stand", "林分"),
    ],
)
def test_a_term_is_rendered_by_the_words_around_it(quote: str, language: str, term: str, rendering: str):
    assert known(quote, language)[term] == rendering


@pytest.mark.parametrize(
    ("quote", "language", "wrong"),
    [
        ("人为活动引起的变化很大。", "en", "anthropogenic emissions"),
        ("国有林业企业应当编制计划。", "en", "state-owned forest"),
        ("欠发达国家与发达国家共同承担。", "en", "developing country"),
        ("We met in the kitchen and cleaned the sink with soap.", "zh", "汇"),
        ("They party all night and act as if nothing were wrong.", "zh", "缔约方"),
        ("The apartment units were sold in a day.", "zh", "排放单位"),
    ],
)
def test_no_gloss_contradicts_the_quote(quote: str, language: str, wrong: str):
    assert wrong not in known(quote, language).values()


def test_a_compound_is_not_rendered_by_a_part_of_it():
    found = known("责令停产整治并没收违法所得。", "en")
    assert found == {
        "责令停产整治": "order to suspend production for rectification",
        "没收违法所得": "confiscate illegal gains",
    }


def test_amounts_stand_among_the_terms_in_the_order_of_the_quote():
    quote = "由林业主管部门责令改正，处二万元以上十万元以下罚款。"
    assert list(known(quote, "en").values()) == [
        "competent forestry department",
        "order to make corrections",
        "CNY 20,000 to 100,000",
        "fine",
    ]


def test_of_many_terms_those_stay_that_carry_the_answer():
    quote = (
        "违反本法规定，未编制森林经营方案、未履行义务、擅自占用林地、毁坏林木、未经批准采伐公益林、伪造采伐许可证、"
        "拒绝监督检查、滥用职权、玩忽职守的，由县级以上人民政府林业主管部门责令改正，处五万元以下罚款。"
    )
    found = known(quote, "en", "What is the fine for felling without a permit?")
    assert len(found) == 10
    assert {"五万元以下", "罚款", "采伐许可证"} <= set(found)
    assert "滥用职权" not in found


def test_a_commonplace_is_told_only_where_it_is_asked_about():
    quote = "政府应当保护湿地。"
    assert "政府" not in known(quote, "en") and known(quote, "en")["湿地"] == "wetland"
    assert known(quote, "en", "What must the government do about wetlands?")["政府"] == "government"


def test_links_hold_no_terms():
    assert known("See https://a.example/world-bank/carbon-market/2020/12/09 for it.", "zh") == {}


def test_only_quotes_in_another_language_are_glossed(tmp_path: Path):
    (tmp_path / "notes.md").write_text("# 市场\n\n新西兰的林业部门必须参加碳市场。\n", "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    engine.add([tmp_path / "notes.md"])
    ours = engine.ask("新西兰的林业部门必须参加什么市场？", bar=0.0)
    other = engine.ask("Which market must forestry in New Zealand join?", bar=0.0)
    assert [citation.glosses for citation in ours.citations] == [()]
    assert [bool(citation.glosses) for citation in other.citations] == [True]
