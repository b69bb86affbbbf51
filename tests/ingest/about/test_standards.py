"""A standard is called by the title on its cover, with its number; its cover tells its issuer, place and year too."""

from __future__ import annotations

import pytest

from sinkqa.ingest.about.metadata import complete
from sinkqa.ingest.about.standards import is_series, joined, province_of, read_cover, titled
from sinkqa.ingest.document import Metadata

_BODY = "\n目 次\n前言 .... II\n1 适用范围 ... 1\n前 言\n本标准规定了海草床的限值。\n1 适用范围\n本标准适用于海湾。\n"
_COVERS = [
    (
        "ICS 13.020.40\nZ 50\n中 华 人 民 共 和 国 国 家 标 准\nGB 77123—2031\n代替GB 77123—2019\n海草床修复标准\n"
        "Standard for the restoration of seagrass\n2031-05-16发布 2031-07-01实施\n环 境 保 护 部 发 布",
        ("海草床修复标准（GB 77123—2031）", "环境保护部", "CN", None, 2031),
    ),
    (
        "DB44\n广东省地方标准\nDB44/ 7367—2032\n滩涂碳汇\n监测方法\nMonitoring of carbon on tidal flats\n"
        "2032-06-01 发布 2032-09-01 实施\n广东省生态环境厅\n广东省市场监督管理局 发 布",
        ("滩涂碳汇监测方法（DB44/7367—2032）", "广东省生态环境厅、广东省市场监督管理局", "CN", "广东省", 2032),
    ),
    (
        "团 体 标 准\nT/XYZA 001—2031\n海藻场核算指南\n2031-03-01 发布 2031-04-01 实施\n海藻利用协会 发布",
        ("海藻场核算指南（T/XYZA 001—2031）", "海藻利用协会", "CN", None, 2031),
    ),
    (
        "HJ\n国家生态环境标准\nHJ 9234—2031\n固定源废气\n海盐的测定\n2031-12-30发布\n生 态 环 境 部 发 布",
        ("固定源废气 海盐的测定（HJ 9234—2031）", "生态环境部", "CN", None, 2031),
    ),
    (
        "INTERNATIONAL STANDARD\nISO 94064-1\nSecond edition\n2031-12\nKelp gases —\nPart 1:\nGuidance for harbours\n"
        "Reference number\nISO 94064-1:2031(E)\nContents",
        ("Kelp gases — Part 1: Guidance for harbours (ISO 94064-1:2031)", None, None, None, None),
    ),
]


@pytest.mark.parametrize(("cover", "told"), _COVERS)
def test_the_cover_tells_title_number_issuer_place_and_year(cover, told):
    metadata = complete(Metadata(), cover + _BODY, name="x.pdf")
    assert (metadata.title, metadata.issuer, metadata.jurisdiction, metadata.place, metadata.year) == told


@pytest.mark.parametrize("property_", ["中华人民共和国国家标准", "中 华 人 民 共 和 国 国 家 标 准", "海草床", "HJ"])
def test_the_printed_title_wins_over_a_series_and_over_a_piece_of_itself(property_):
    cover, _ = _COVERS[0]
    assert complete(Metadata(title=property_), cover + _BODY, name="x").title == "海草床修复标准（GB 77123—2031）"


def test_a_number_before_a_title_goes_behind_it_and_is_not_told_twice():
    assert titled("GB 77123-2031 海草床修复标准", "GB 77123-2031") == "海草床修复标准（GB 77123-2031）"
    assert titled("VM9947 Kelp Forests", "VM9947") == "Kelp Forests (VM9947)"
    assert titled("海草床修复标准（GB 77123—2031）", "GB 77123-2031") == "海草床修复标准（GB 77123—2031）"
    assert titled("方法学 AR-AM9914 第二版", "AR-AM9914") == "方法学 AR-AM9914 第二版"
    assert complete(Metadata(), "GB 77123-2031 海草床修复标准\n1 范围\n海湾。", name="x").title == (
        "海草床修复标准（GB 77123-2031）"
    )


def test_a_methodology_has_its_number_beside_its_title():
    text = "VM9947\nKelp Forests and Seagrass\nVersion 1.0\n28 September 2031\nThis methodology is about kelp."
    assert complete(Metadata(), text, name="x").title == "Kelp Forests and Seagrass (VM9947)"
    running = "UNFCCC/CCNUCC\nCDM – Executive Board AR-AM9903 / Version 01\nKelp in wetlands\nI. Scope"
    assert complete(Metadata(title="Kelp in wetlands"), running, name="x").title == "Kelp in wetlands (AR-AM9903)"
    chinese = "温室气体自愿减排项目方法学\n海草床修复\n（CCER-94-001-V01）\n1 引言\n海草床重要。"
    assert complete(Metadata(), chinese, name="x").title == "温室气体自愿减排项目方法学 海草床修复（CCER-94-001-V01）"


@pytest.mark.parametrize(
    "text",
    [
        "海草床标准的说明\n现行标准如下：\nGB 77123-2031\nGB 7095-2032\n这些标准由环境保护部发布。",
        "海草床通知\n企业应当执行GB 77123-2031。\n1 总则",
        "1 范围\n中华人民共和国国家标准\nGB 77123-2031",
    ],
)
def test_standards_that_a_text_lists_or_cites_do_not_give_it_their_number(text):
    assert read_cover(text) is None


def test_the_name_of_a_series_is_told_from_a_title():
    for series in ("中华人民共和国国家标准", "华人民共和国国家标准", "地 方 标 准", "北京市地方标准", "团体标准",
                   "国家环境保护标准", "中华人民共和国林业行业标准", "INTERNATIONAL STANDARD"):  # fmt: skip
        assert is_series(series)
    for title in ("海草床修复标准", "食品安全国家标准 海盐", "国家标准管理办法", "Standard for kelp"):
        assert not is_series(title)


def test_letters_set_apart_are_brought_together():
    assert joined("环 境  保 护 部") == "环境保护部"
    assert joined("G B 7 7 1") == "GB771"
    assert joined("总则 与 范围") == "总则 与 范围"
    assert joined("a b c") == "a b c"


def test_local_standards_tell_their_province():
    assert province_of("DB44/27—2031") == "广东省"
    assert province_of("DB4401/T 10—2031") == "广东省"
    assert province_of("GB 27—2031") is None
