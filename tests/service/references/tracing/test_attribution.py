"""What names the source of a claim is taken away, and nothing that turns its meaning."""

from __future__ import annotations

import time

import pytest

from sinkqa.index.references.mentions import mentions
from sinkqa.service.references.tracing.attribution import without_source


def bare(claim, **about):
    return without_source(claim, mentions(claim), **about)


@pytest.mark.parametrize(
    ("claim", "statement"),
    [
        ("《苔原保护法》规定，国家对苔原实行分级管理。", "国家对苔原实行分级管理。"),
        ("根据《苔原保护法》（2022）第三条第二款的规定，开垦苔原的处以罚款。", "开垦苔原的处以罚款。"),
        ("《苔原保护法》禁止开垦苔原。", "禁止开垦苔原。"),
        ("According to the Tundra Protection Act, tundra is managed by grades.", "tundra is managed by grades."),
        ("The Tundra Protection Act 2012, section 3, provides that tundra is graded.", "tundra is graded."),
        ("The Tundra Protection Act forbids the draining of tundra.", "forbids the draining of tundra."),
        ("国家对苔原实行分级管理。", "国家对苔原实行分级管理。"),
    ],
)
def test_the_source_is_taken_away(claim, statement):
    assert bare(claim) == statement


@pytest.mark.parametrize(
    "claim",
    [
        "并非《苔原保护法》规定，国家对苔原实行分级管理。",
        "《苔原保护法》（2021年已废止）规定，国家对苔原实行分级管理。",
        "It is false that the Tundra Protection Act provides that tundra is graded.",
        "Contrary to the Tundra Protection Act, tundra is drained.",
        "《苔原保护法》草案规定，国家对苔原实行分级管理。",
        "《苔原保护法》并未规定国家对苔原实行分级管理。",
    ],
)
def test_what_turns_the_meaning_stays(claim):
    kept = bare(claim)
    turning = ("并非", "已废止", "false", "Contrary", "草案", "并未")
    assert any(word in kept for word in turning if word in claim)


def test_only_the_country_and_the_issuer_of_the_source_go_with_it():
    claim = "中国《苔原保护法》规定，国家对苔原实行分级管理。"
    assert bare(claim, home="CN") == "国家对苔原实行分级管理。"
    assert bare(claim.replace("中国", "日本"), home="CN").startswith("日本")
    claim = "根据北山省《地衣办法》，企业应当清缴配额。"
    assert bare(claim, names="北山省地衣办法") == "企业应当清缴配额。"
    assert "南海省" in bare(claim.replace("北山", "南海"), names="北山省地衣办法")


def test_long_texts_are_read_in_little_time():
    began = time.process_time()
    for text in ("《苔原保护法》" + "的" * 4000, "according to the " * 300, "（2020" * 800, "《" * 4000):
        bare(text, home="CN", names="苔原")
    assert time.process_time() - began < 1
