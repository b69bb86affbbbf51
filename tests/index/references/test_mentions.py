"""Where a text names documents is found, with the year or number beside the name."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from sinkqa.index.references.mention import Mention
from sinkqa.index.references.mentions import mentions


def said(text: str) -> list[tuple[str, str, int | None, str]]:
    return [(each.by, each.name, each.year, each.code) for each in mentions(text)]


def only(text: str) -> Mention:
    (found,) = mentions(text)
    return found


@pytest.mark.parametrize(
    ("text", "name", "year", "code"),
    [
        ("依据《湿地保护法》的规定", "湿地保护法", None, ""),
        ("见《滩涂修复法》（2031）。", "滩涂修复法", 2031, ""),
        ("《滩涂修复\n\n法》 (2031年修订)", "滩涂修复法", 2031, ""),
        ("《滩涂碳汇监测技术规范》（GB/T 94330—2031）", "滩涂碳汇监测技术规范", 2031, "GBT943302031"),
        ("《关于滩涂的意见》（国办发〔2031〕12号）", "关于滩涂的意见", 2031, "文国办发203112"),
        ("《国务院关于修改〈滩涂修复法〉的决定》", "国务院关于修改〈滩涂修复法〉的决定", None, ""),
        ("《关于废止《滩涂办法》的决定》", "关于废止《滩涂办法》的决定", None, ""),
        ("《滩涂办法（试行）》（以下同）", "滩涂办法（试行）", None, ""),
    ],
)
def test_titles_in_marks(text, name, year, code):
    found = only(text)
    assert (found.by, found.name, found.year, found.code) == ("title", name, year, code)
    assert text[found.start] == "《" and text[found.end - 1] in "》）)"


def test_a_short_form_stands_for_the_title_that_it_was_given_to():
    text = "根据《滩涂修复管理办法》（以下简称《办法》）制定。依照《办法》第三条。"
    assert [name for _, name, *_ in said(text)] == ["滩涂修复管理办法", "滩涂修复管理办法", "滩涂修复管理办法"]
    assert [name for _, name, *_ in said("依照《办法》第三条。")] == ["办法"]


@pytest.mark.parametrize(
    ("text", "name", "year"),
    [
        ("under the Peat Carbon Act 2027, and", "Peat Carbon Act 2027", 2027),
        (
            "the Peat Carbon (Trading and Other Matters) Act 2027.",
            "Peat Carbon (Trading and Other Matters) Act 2027",
            2027,
        ),
        ("Parties to the Lisbon Agreement shall", "Lisbon Agreement", None),
        ("the Marsh Act of 2027 says", "Marsh Act", 2027),
        ("The Convention on Peat and Fen Diversity is", "Convention on Peat and Fen Diversity", None),
        (
            "secretariat of the United Nations Framework Convention on Peat",
            "United Nations Framework Convention on Peat",
            None,
        ),
        ("This is the Plan to Conserve Global Fens.", "Plan to Conserve Global Fens", None),
        ("Fen Adaptation Act (Act No. 50 of 2028)", "Fen Adaptation Act", 2028),
        ("（昭和）森林法（昭和二十六年法律第二百四十九号）第五条", "森林法", 1951),
        (
            "ただし、間伐等の実施の促進に関する特別措置法（平成二十年法律第三十二号）",
            "間伐等の実施の促進に関する特別措置法",
            2008,
        ),
    ],
)
def test_names_by_their_capitals_and_japanese_laws_by_their_number(text, name, year):
    found = only(text)
    assert (found.by, found.name, found.year) == ("name", name, year)
    assert text[found.start : found.end].startswith(name)


@pytest.mark.parametrize(
    "text",
    [
        "this Act, the Agreement and the Regulations",
        "Officials of the Council to Act",
        "the secretariat of the Convention",
        "An Executive Order or a National Action Plan",
        "emissions in NDC2030 and FY2016",
        "PARIS, in part 4 of the law",
        "《》《 》《。》",
    ],
)
def test_what_names_no_document_is_none(text):
    assert mentions(text) == []


@pytest.mark.parametrize(
    ("text", "name", "code"),
    [
        ("revoked by Executive Order 20301 of March", "Executive Order 20301", "EO20301"),
        ("公布广东省人民政府令第197号", "广东省人民政府令第197号", "令197"),
        ("Regulation (EU) 2031/841 of", "Regulation (EU) 2031/841", "EU2031841"),
        ("see decision 9/CMA.3, paragraph 2", "9/CMA.3", "DEC9CMA3"),
        ("采用CCER-14-001-V01方法学", "CCER-14-001-V01", "CCER14001"),
        ("按照 GB/T 94330 执行", "GB/T 94330", "GBT94330"),
    ],
)
def test_numbers(text, name, code):
    found = only(text)
    assert (found.by, found.name, found.code) == ("code", name, code) and text[found.start : found.end] == name


def test_an_address_ends_where_the_sentence_goes_on():
    assert [each[:2] for each in said("见 https://example.org/a/b。又 (https://example.org/c).")] == [
        ("address", "https://example.org/a/b"),
        ("address", "https://example.org/c"),
    ]


def test_authors_and_years_without_a_list():
    text = "成本较低（Jin et al.，2030；张三、李四，2032）。Peat burns (Smith and Roe, 2029a)."
    assert said(text) == [
        ("author", "Jin et al.，2030", 2030, ""),
        ("author", "张三、李四，2032", 2032, ""),
        ("author", "Smith and Roe, 2029a", 2029, ""),
    ]


def test_a_list_of_references_tells_the_title():
    text = (
        "Peat burns (Smith et al., 2029) and rots [2]. 滩涂增汇（张三等，2031）。\n\nReferences\n\n"
        "Smith, J. and Roe, B. (2029). How peat burns in summer. Journal of Fens 3.\n"
        "[2] Roe B. Rotting fens of the north[J]. Fens, 2030, 3(1): 1-9.\n"
        "[3] 张三, 李四. 滩涂碳汇的核算[J]. 生态, 2031(2).\n"
    )
    assert [(name, year) for by, name, year, _ in said(text) if by == "author"] == [
        ("How peat burns in summer", 2029),
        ("Rotting fens of the north", 2030),
        ("滩涂碳汇的核算", 2031),
    ]
    assert mentions("It rots [2].") == []


def test_mentions_come_in_order_and_never_overlap():
    text = (
        "《滩涂法》（GB/T 94330—2031）见 https://example.org/Peat_Act_2027 ，the Peat Act 2027（Roe，2030），EO 20301"
    )
    found = mentions(text)
    assert [each.by for each in found] == ["title", "address", "name", "author", "code"]
    assert all(one.end <= other.start for one, other in pairwise(found))


@pytest.mark.parametrize(
    "text",
    [
        "《" * 10_000,
        "《湿地保护法" + "甲" * 200_000,
        "《》" * 10_000,
        "of the " * 150_000,
        "Act of the " * 90_000,
        "Peat Act and " * 80_000,
        "Aa " * 300_000 + "Act",
        "Order of the " * 80_000,
        "FCCC/" * 200_000,
        "AB-" * 300_000,
        "(A，2020" * 60_000,
        "\n" * 500_000 + "References" + "\n " * 200_000,
        "http://" * 100_000,
        "法" * 300_000,
        "（昭和一年法律第一号" * 50_000,
        "の法" * 200_000 + "（昭和一年法律第一号）",
    ],
    ids=lambda text: text[:12].strip(),
)
def test_hostile_texts_take_no_longer_than_others(text):
    began = time.perf_counter()
    mentions(text)
    assert time.perf_counter() - began < 4


def test_a_mark_that_is_never_closed_hides_no_title():
    assert [name for _, name, *_ in said("《从未结束，依照《滩涂修复法》。")] == ["滩涂修复法"]
    assert len(mentions("《滩涂法》" * 10_000)) == 10_000
