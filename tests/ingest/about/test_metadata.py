"""Open fields are filled from the address, the title and the text; what a reader found is kept."""

from __future__ import annotations

import pytest

from sinkqa.ingest.about.metadata import complete
from sinkqa.ingest.document import Metadata


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
        ("https://www.legislation.gov.uk/x", "GB"),
        ("https://moef.gov.in/x", "IN"),
        ("https://example.org/gov.cn", None),
        ("https://notgov.cn.example.com/", None),
        ("http://[broken", None),
    ],
)
def test_the_host_of_the_address_gives_the_jurisdiction(url, where):
    assert filled("Plain words.", url=url).jurisdiction == where


def test_what_the_reader_found_is_kept():
    metadata = filled("中共中央 国务院 2021年1月1日", title="T", year=1999, issuer="Me", jurisdiction="NZ")
    assert (metadata.title, metadata.year, metadata.issuer, metadata.jurisdiction) == ("T", 1999, "Me", "NZ")


def test_a_revision_that_the_text_tells_of_is_later_than_the_year_found():
    revised = "（2031年1月15日以某府令第97号公布，根据2035年5月12日某府令第275号第一次修改）\n第一条 为了滩涂。"
    assert filled(revised, year=2031).year == 2035
    assert filled(revised, year=2036).year == 2036


def test_the_text_shows_its_language_whatever_was_declared():
    assert filled("森林碳汇是指森林吸收二氧化碳。", language="en").language == "zh"
    assert filled("12 34", language="en").language == "en"


def test_bodies_named_in_the_title_or_the_opening_give_issuer_and_jurisdiction():
    assert filled("words", title="广东省生态环境厅关于湿地的通知").issuer == "广东省生态环境厅"
    law = filled("2031年1月1日第十五届全国人民代表大会常务委员会通过", title="中华人民共和国湿地法")
    assert (law.issuer, law.jurisdiction) == ("全国人民代表大会常务委员会", "CN")
    assert filled("THE WHITE HOUSE\nRemarks").jurisdiction == "US"


def test_the_united_nations_keep_the_papers_of_every_country():
    assert filled("words", url="https://unfccc.int/x", title="Long-term strategy of Norway").jurisdiction == "NO"


def test_the_place_is_kept_beside_the_country():
    assert _home("words 一", title="宁波市蓝碳行动方案") == ("CN", "宁波市")
    assert _home("words 一", title="云南省泥炭地保护条例") == ("CN", "云南省")
    assert _home("words 一", title="北京大学的湿地") == (None, None)
    assert _home("words 一", title="城市湿地公园") == (None, None)
    assert _home("長野県は森林を守る。", title="長野県森林づくり条例") == ("JP", "長野県")
    assert _home("CALIFORNIA AIR RESOURCES BOARD\nOffset Protocol for Kelp") == ("US", "California")


def _home(text: str, **fields: object) -> tuple[str | None, str | None]:
    metadata = filled(text, **fields)
    return metadata.jurisdiction, metadata.place


def test_a_title_is_the_first_telling_line_else_the_file_name():
    assert filled("12\n\nThe state of peat\nwords").title == "The state of peat"
    assert filled("1 2 3", name="peat.pdf").title == "peat"
