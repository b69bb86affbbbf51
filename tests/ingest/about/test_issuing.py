"""An issuer is who signs, heads or enacts; a jurisdiction follows from it, the norms or the one country spoken of."""

from __future__ import annotations

import pytest

from sinkqa.ingest.about.metadata import complete
from sinkqa.ingest.document import Metadata

_PADDING = "各地要重视这项工作。\n" * 300


def _issued(text: str, **fields: object) -> tuple[str | None, str | None]:
    metadata = complete(Metadata(**fields), text, name="x.txt")  # type: ignore[arg-type]
    return metadata.issuer, metadata.jurisdiction


@pytest.mark.parametrize(
    ("text", "issuer", "where"),
    [
        ("中华人民共和国国家标准\n滩涂\n环 境 保 护 部\n发 布\n国家海洋局", "环境保护部、国家海洋局", "CN"),
        ("滩涂条例\n2031年5月26日云南省第十三届人民代表大会第三次会议通过", "云南省人民代表大会", "CN"),
        ("滩涂条例\n2000年1月29日 中华人民共和国国务院令第278号发布", "国务院", "CN"),
        ("滩涂办法\n依照《国务院关于滩涂的决定》\n财政部令第2号", "财政部", "CN"),
        ("国家发展改革委 生态环境部关于海湾的意见\n海湾重要。", "国家发展改革委、生态环境部", "CN"),
        (f"海湾通知\n{_PADDING}自然资源部\n2030年11月2日", "自然资源部", "CN"),
        (f"海湾办法\n{_PADDING}本办法由自然资源部、市场监管总局负责解释。", "自然资源部、市场监管总局", "CN"),
        ("環境省告示第十五号\n藻場の要領\n藻場について定める。", "環境省", "JP"),
        ("GREAT LAKES\nISSUED BY: Board of Lakes\nKelp grows.", "Board of Lakes", None),
        ("9 Federal Register / Vol. 9\nKelp\nAGENCY: Sea Service,\nInterior.", "Sea Service, Interior", "US"),
        ("Kelp Plan\n© 2031 The Kelp Authority\nKelp grows.", "The Kelp Authority", None),
        ("New Zealand\nNationally Determined Contribution\nKelp", "New Zealand", "NZ"),
        ("THE WHITE HOUSE\nRemarks", "The White House", "US"),
        ("HM Government\nNet Gain: a White Paper", "HM Government", "GB"),
    ],
)
def test_who_signs_heads_or_enacts_is_the_issuer(text, issuer, where):
    assert _issued(text) == (issuer, where)


@pytest.mark.parametrize(
    "text",
    [
        "滩涂笔记\n滩涂每天被淹没两次，生态环境部、国家林业和草原局派人来过，美国和日本也有滩涂。",
        "滩涂笔记\n2019年5月3日自然资源部发布了名录，村里的滩涂没有列入。",
        "About the tide\nIn 2019 the European Commission asked how many\nboats were lost. The UNFCCC was not asked.",
    ],
)
def test_a_body_that_prose_mentions_is_no_issuer_and_gives_no_jurisdiction(text):
    assert _issued(text) == (None, None)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("An Act about kelp\nThe Parliament of Australia enacts:", "AU"),
        ("An Act about kelp\nBE IT ENACTED by the King's most Excellent Majesty, by and with the advice", "GB"),
        ("A scheme\nIn exercise of its powers, the Central Government hereby makes the following scheme.", "IN"),
        ("On kelp\nTHE EUROPEAN PARLIAMENT AND THE COUNCIL OF THE EUROPEAN UNION,\nHaving regard to the Treaty", "EU"),
    ],
)
def test_the_words_with_which_a_law_begins_tell_whose_it_is(text, where):
    assert _issued(text)[1] == where


def test_the_wording_of_norms_tells_their_country():
    rule = "第一条 制定本{0}。\n第二条 国务院有关部门、省、自治区、直辖市执行本{0}。\n第三条 县级以上人民政府负责。"
    assert _issued(f"滩涂办法\n{rule.format('办法')}") == (None, "CN")
    assert _issued(f"滩涂条例\n{rule.format('条例')}") == ("国务院", "CN")
    assert _issued(f"滩涂条例\n{rule.format('条例')}本省适用。") == (None, "CN")
    method = "海草方法学\n本方法学和本文件引用GB 17378、GB/T 12763、HY/T 0349。"
    assert _issued(method)[1] == "CN"
    japanese = "藻場法\nこの法律は、政令で定める。都道府県知事は、この法律により計画を定める。大臣が認める。"
    assert _issued(japanese)[1] == "JP"
    assert _issued("海岸保护法\n第一条 为了保护海岸，制定本法。\n第二条 本法所称海岸，由邦政府规定。")[1] is None


def test_the_country_that_is_named_far_more_than_others_is_the_jurisdiction():
    assert _issued("Pasture\n" + "Norway has farms. " * 5 + "Sweden too.")[1] == "NO"
    assert _issued("Pasture\n" + "Norway has farms. " * 4)[1] is None


def test_a_comparison_of_countries_has_no_jurisdiction():
    paper = "滩涂比较\n摘要：比较滩涂。\n" + "中国、美国、日本和欧盟有滩涂，国务院重视。" * 9
    assert _issued(paper) == (None, None)
    assert _issued(paper, issuer="北京大学滩涂研究院") == ("北京大学滩涂研究院", None)


def test_a_title_with_two_countries_leaves_the_question_open():
    assert _issued("words", title="Trade of Japan with Norway")[1] is None
    assert _issued("words", title="Japan and its kelp")[1] == "JP"
