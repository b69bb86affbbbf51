"""Sanctions that name by number what they punish, found by what is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

REEDS = """# 榆谷芦苇条例

## 第一章 总则

**第一条** 为了保护芦苇，制定本条例。

**第二条** 榆谷议会主管全国芦苇工作。

## 第二章 管理

**第三条** 任何人不得用火烧毁芦苇荡。

**第四条** 农户应当在每年五月之前登记割芦苇的镰刀。

## 第三章 法律责任

**第五条** 违反本条例第三条规定的，处七千马克罚款。

**第六条** 违反本条例第四条规定的，处九十马克罚款。

**第七条** 有下列行为之一的，责令改正，并处以罚款：

（一）向水渠倾倒泥浆的；

（二）夜间吹奏号角惊扰水鸟的；

有前款第一项行为的，处六百马克罚款；有前款第二项行为的，处八百马克罚款。
"""
PROVINCE = """# 榆北省鱼塘办法

**第一条** 违反规定在鱼塘捕捉青蛙的，处五十马克罚款。

**第二条** 本办法自2032年1月1日起施行。
"""
ORCHARD = """# Elmvale Orchard Act 2031

## 3 Ladders

A grower must not lean a ladder on a young pear tree.

## 4 Bees

A keeper must move beehives away from the road by the first week of May.

## 9 Penalties

(1) A person who contravenes section 3 is liable on conviction to a fine not exceeding 700 marks.

(2) A person who contravenes section 4 is liable on conviction to a fine not exceeding 90 marks.

(3) A person who contravenes section 3 of the Bridges Act is liable on conviction to a fine not exceeding 20 marks.
"""


@pytest.fixture(scope="module")
def quotes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    folder = tmp_path_factory.mktemp("sanctions")
    texts = {"reeds.md": REEDS, "ponds.md": PROVINCE, "orchard.md": ORCHARD}
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    engine = Engine.open(Settings(library=folder / "library"), create=True)
    assert not engine.add([folder / name for name in texts]).failed

    def ask(question: str) -> list[str]:
        answer = engine.ask(question)
        return [citation.quote for citation in answer.citations] if answer.status != "abstained" else []

    return ask


def test_a_sanction_is_found_by_the_ban_that_it_names(quotes):
    assert "七千马克" in quotes("榆谷芦苇条例对用火烧毁芦苇荡怎么处罚？")[0]


def test_another_duty_has_its_own_sanction(quotes):
    assert "九十马克" in quotes("榆谷芦苇条例里农户不登记镰刀怎么处罚？")[0]


def test_a_sanction_is_found_by_an_item_of_the_paragraph_before(quotes):
    assert "八百马克" in " ".join(quotes("榆谷芦苇条例规定夜间吹奏号角惊扰水鸟罚多少？"))


def test_an_english_sanction_is_found_by_the_section_that_it_names(quotes):
    found = quotes("What is the fine under the Elmvale Orchard Act for leaning a ladder on a young pear tree?")
    assert "700 marks" in found[0]
    assert not any("20 marks" in each for each in found)  # of another act's section 3


def test_a_conduct_that_no_law_punishes_has_no_sanction(quotes):
    assert not quotes("醉酒驾驶摩托车罚多少？")


def test_few_words_are_enough_where_the_sanction_has_them(quotes):
    assert "五十马克" in quotes("捕捉青蛙 罚款")[0]


def test_a_sanction_is_found_for_the_provision_that_is_cited(quotes):
    assert quotes("违反榆谷芦苇条例第四条怎么处罚？") == ["违反本条例第四条规定的，处九十马克罚款。"]
    (found,) = quotes("What is the fine for contravening section 4 of the Elmvale Orchard Act?")
    assert "90 marks" in found


def test_a_sanction_that_is_itself_cited_is_shown_whole(quotes):
    (found,) = quotes("榆谷芦苇条例第五条规定的处罚是什么？")
    assert "七千马克" in found
