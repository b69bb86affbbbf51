"""Open fields are filled from address, title and opening; never from a number that only looks like a year."""

from __future__ import annotations

import pytest

from ingest.dating import issue_year
from ingest.document import Metadata
from ingest.metadata import complete


def filled(text: str = "", name: str = "x.txt", **fields: object) -> Metadata:
    return complete(Metadata(**fields), text, name=name)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://www.mee.gov.cn/a", "CN"),
        ("https://eur-lex.europa.eu/x", "EU"),
        ("https://www.fs.usda.gov/x", "US"),
        ("https://laws.e-gov.go.jp/x", "JP"),
        ("https://www.legislation.govt.nz/x", "NZ"),
        ("https://unfccc.int/documents/1", "UN"),
        ("https://example.org/gov.cn", None),
        ("https://notgov.cn.example.com/", None),
        ("http://[broken", None),
    ],
)
def test_the_host_of_the_address_gives_the_jurisdiction(url, where):
    assert filled("Plain words.", url=url).jurisdiction == where


@pytest.mark.parametrize(
    ("title", "opening", "year"),
    [
        ("Forest Act 2031", "", 2031),
        ("关于湿地的意见（2031年9月2日）", "", 2031),
        ("Reaching the 2030 target", "", None),
        ("Target for 2030-2050", "By 2050 we shall.", None),
        ("湿地法", "2021年12月24日 某会通过\n2033年1月2日 某会修订\n第一条 到2060年，", 2033),
        ("湿地法", "第一条 产生于2020年9月22日之后的减排量", None),
        ("森林法", "昭和三十九年法律第百号", 1964),
        ("森林法", "令和元年法律第三号", 2019),
        ("A communication", "Brussels, 14.7.2021\nCOM(2021)", 2021),
        ("An order", "April 22, 2022.\nBy the authority", 2022),
    ],
)
def test_the_year_is_that_of_issue(title, opening, year):
    assert issue_year(title, opening, "x.txt") == year


def test_the_file_name_is_asked_last():
    assert issue_year("A plan", "words", "plan-2031.txt") == 2031
    assert issue_year("A plan", "words", "plan-120312.txt") is None


def test_what_the_reader_found_is_kept():
    metadata = filled("中共中央 国务院 2021年1月1日", title="T", year=1999, issuer="Me", jurisdiction="NZ")
    assert (metadata.title, metadata.year, metadata.issuer, metadata.jurisdiction) == ("T", 1999, "Me", "NZ")


def test_the_text_shows_its_language_whatever_was_declared():
    assert filled("森林碳汇是指森林吸收二氧化碳。", language="en").language == "zh"
    assert filled("12 34", language="en").language == "en"


def test_bodies_named_in_the_title_or_the_opening_give_issuer_and_jurisdiction():
    assert filled("words", title="广东省生态环境厅关于湿地的通知").issuer == "广东省生态环境厅"
    law = filled("2031年1月1日第十五届全国人民代表大会常务委员会通过", title="中华人民共和国湿地法")
    assert (law.issuer, law.jurisdiction) == ("全国人民代表大会常务委员会", "CN")
    assert filled("THE WHITE HOUSE\nRemarks").jurisdiction == "US"


def test_a_title_is_the_first_telling_line_else_the_file_name():
    assert filled("12\n\nThe state of peat\nwords").title == "The state of peat"
    assert filled("1 2 3", name="peat.pdf").title == "peat"
