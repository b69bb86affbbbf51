from __future__ import annotations

import pytest

from sinkqa.ingest.structure.headings import find_headings, heading_level, match

BODY = "这一段是正文，说明沿海城市如何安排湿地修复的资金，并在年底公布结果。"


def titles(lines: list[str]) -> list[tuple[int, str]]:
    return [(h.level, lines[i][h.start : h.end]) for i, h in find_headings(lines).items()]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("一、引言", 1), ("（二）资金来源", 2), ("(三) 监督", 2), ("第三编 监督", 1),
        ("第一章 总则", 1), ("第二节　审批", 2),
        ("1. Introduction", 1), ("2.1 Data and method", 2), ("2.1.3 Sampling", 3), ("1.1 目标", 2),
        ("PART II FINANCE", 1), ("Chapter 4: Coasts", 1), ("Article 6", 3), ("Annex I", 1), ("SUMMARY OF FINDINGS", 1),
        ("摘 要", 1), ("References", 1), ("IV. Finance", 1), ("附件1", 1), ("① 基本原则", 5),
    ],
)  # fmt: skip
def test_a_numbered_or_named_line_is_a_heading_of_its_level(line: str, level: int) -> None:
    assert heading_level(line) == level


@pytest.mark.parametrize(
    "line",
    [
        "", "   ", "第一，扩大造林面积", "一、扩大造林面积，并在次年完成验收。", "12 March 2020", "1.5 million people",
        "第二十条规定的面积", "Section 3 of the act applies here.", "Part of the plan", "Article 5 of the treaty",
        "2030年目标", "GHG", "5 tonnes", "1.1 Scope ........ 12", "3.5%的比例", "1、2、3", "A. it begins small;",
        "Sec. 2 applies to all agencies, and they shall report.", "① 网址：https://example.org/a",
    ],
)  # fmt: skip
def test_sentences_dates_and_quantities_are_not_headings(line: str) -> None:
    assert heading_level(line) is None


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("摘要：本文讨论湿地。", "摘要："),
        ("关键词：湿地；造林", "关键词："),
        ("Abstract: Wetlands store carbon.", "Abstract:"),
        ("Key words: wetland", "Key words:"),
        ("  第二十九条　国家保护湿地。", "第二十九条"),
        ("第十二条之一 国家鼓励造林。", "第十二条之一"),
        ("Sec. 4. Reporting Progress. The office shall report.", "Sec. 4. Reporting Progress."),
    ],
)
def test_a_heading_that_text_runs_on_from_covers_only_its_own_words(line: str, heading: str) -> None:
    found = match(line)
    assert found is not None
    assert line[found.start : found.end] == heading


def test_levels_are_dense_within_a_document() -> None:
    law = ["第一章 总则", "第一条 为了保护湿地，制定本法。", "第二章 监督", "第一节 检查", "第二条 每年检查一次。"]
    assert [level for level, _ in titles(law)] == [1, 3, 1, 2, 3]
    paper = [
        "一、引言",
        BODY,
        "（一）背景",
        BODY,
        "1. 数据",
        BODY,
        "（二）方法",
        BODY,
        "1. 样本",
        BODY,
        "二、结论",
        BODY,
    ]
    assert [level for level, _ in titles(paper)] == [1, 2, 3, 2, 3, 1]


def test_articles_run_on_through_chapters_and_each_is_found() -> None:
    law = ["第一章 总则", "第一条 甲。", "第二条 乙。", "第二章 附则", "第三条 丙。"]
    assert [title for _, title in titles(law)] == ["第一章 总则", "第一条", "第二条", "第二章 附则", "第三条"]


def test_items_of_a_list_are_not_headings() -> None:
    assert titles(["Bring these:", "1. Boots", "2. Gloves", "3. Seedlings", BODY]) == []


def test_a_contents_page_is_not_taken_for_the_headings_it_lists() -> None:
    lines = [
        "第一章 总则",
        "第二章 造林",
        "第三章 附则",
        BODY,
        "第一章 总则",
        BODY,
        "第二章 造林",
        BODY,
        "第三章 附则",
        BODY,
    ]
    assert list(find_headings(lines)) == [4, 6, 8]


def test_a_number_out_of_order_is_not_a_heading() -> None:
    assert [t for _, t in titles(["一、引言", BODY, "七、八月的雨量", BODY, "二、方法", BODY])] == [
        "一、引言",
        "二、方法",
    ]
    assert titles([BODY, "17 Parties", BODY]) == []


def test_an_extract_may_begin_in_the_middle() -> None:
    assert [t for _, t in titles(["三、监督", BODY, "四、附则", BODY])] == ["三、监督", "四、附则"]


def test_one_endless_line_costs_no_time() -> None:
    assert match("1. " + "W" * 5_000_000) is None


def test_names_below_a_number_alone_in_its_line_are_headings_of_its_level() -> None:
    lines = [
        "CHAPTER I", "GENERAL PROVISIONS", "Article 1", "Subject matter", "This Regulation is about kelp in bays.",
        "Article 2", "It applies to kelp.", "CHAPTER II", "SECTION 1", "Harvest", "Article 3", "Definitions",
        "For the purposes of this Regulation kelp is a plant.", "ANNEX I", "KELP AND SEAGRASS", "Kelp.",
    ]  # fmt: skip
    assert titles(lines) == [
        (1, "CHAPTER I"), (1, "GENERAL PROVISIONS"), (3, "Article 1"), (3, "Subject matter"), (3, "Article 2"),
        (1, "CHAPTER II"), (2, "SECTION 1"), (2, "Harvest"), (3, "Article 3"), (3, "Definitions"), (1, "ANNEX I"),
        (1, "KELP AND SEAGRASS"),
    ]  # fmt: skip


def test_bills_and_rules_set_a_full_stop_behind_the_names_of_sections() -> None:
    lines = [
        "TITLE I—KELP", "Subtitle A—General Provisions", "SEC. 10001. DEFINITIONS.", "In this title, kelp is kelp.",
        "SEC. 10002. GRANTS FOR KELP.", "(a) IN GENERAL.—The Secretary shall make grants.", "Subtitle B—Seagrass",
        "SEC. 11001. LOANS.", "The Secretary shall make loans.",
    ]  # fmt: skip
    assert titles(lines) == [
        (1, lines[0]), (2, lines[1]), (3, lines[2]), (3, lines[4]), (2, lines[6]), (3, lines[7]),
    ]  # fmt: skip
    assert heading_level("§ 98.2 Purpose and scope.") == 2
    assert heading_level("SEC. 3. The Secretary shall make grants.") is None


def test_japanese_sections_stand_in_their_chapters() -> None:
    lines = [
        "第一章 総則",
        "第一条 海を守る。",
        "第二章 公園",
        "第一節 指定",
        "第二条 海を指定する。",
        "第一節の二 計画",
    ]
    assert [level for level, _ in titles(lines)] == [1, 3, 1, 2, 3, 2]


def test_annexes_stand_beside_clauses_that_do_not_begin_again_in_them() -> None:
    standard = [
        "1 范围",
        "海水。",
        "2 要求",
        "2.1 采样",
        "按规定采样。",
        "3 监督",
        "监督。",
        "附录A",
        "计算。",
        "A.1 总则",
        "计算。",
    ]
    assert [level for level, _ in titles(standard)] == [1, 1, 2, 1, 1, 2]
    report = ["1. Kelp", "Kelp grows.", "2. Eel", "Eelgrass grows.", "Annex", "Text.", "1. Data", "Data are few."]
    assert [level for level, _ in titles(report)] == [2, 2, 1, 2]
