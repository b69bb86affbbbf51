"""A heading that tells a date, an amount or a field's value is text as well; all others only say what is below."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.ingest.structure.telling import is_bare, tells


@pytest.mark.parametrize(
    "heading",
    [
        "罚款：每吨520元", "提交截止日期：2031年3月31日", "（二）截止时间：6月30日", "三、每吨罚款520元",
        "目标：较2030年下降30%", "地点：海湾市会议中心", "2031-05-16 发布 2031-07-01 实施", "14:30 茶歇",
        "Deadline: 31 March", "Tuesday, June 5, 2031", "6:30 PM", "1. Fine: 90 euro per tonne", "Meeting of 4 May 2031",
        "Verified emissions (t): 51,300.5", "Venue: Town Hall", "Docket No.: KELP-7",
    ],
)  # fmt: skip
def test_headings_that_tell_a_fact(heading):
    assert tells(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "第一章 总则", "第三条", "碳市场：制度与实践", "2030年前碳达峰行动方案", "关于2031年度配额的通知", "表1 30%",
        "附件2：限值", "5 排放限值", "Part 1: Scope of 30 days", "Kelp for all: delivering the 2030 target",
        "180B Plots of less than 50 hectares", "1. Purpose: what it is for", "Section 4: 30 days", "ISO 94064-1:2031",
        "(applies on and after 1 January 2008)", "May decline 5", "Scope 1, 2 and 3", "Net zero by 2050",
        "Reef Order 9142 of May 3, 2031",
    ],
)  # fmt: skip
def test_headings_that_only_name_what_is_below(heading):
    assert not tells(heading)


def test_a_date_alone_is_bare_and_one_of_something_is_not():
    assert is_bare("Tuesday, June 5, 2031")
    assert is_bare("2031年5月3日（星期六）")
    assert not is_bare("Meeting of June 5, 2031")


def test_what_a_heading_tells_stands_in_the_passage_below_it():
    text = "# 通知\n\n## 罚款：每吨520元\n\n逾期加倍。\n\n## 处理程序\n\n按规定办理。\n\n## 截止：2031年3月31日\n"
    passages = split(read_bytes(text.encode(), "n.md"))
    assert [(passage.section, [unit.text for unit in passage.units]) for passage in passages] == [
        (("罚款：每吨520元",), ["罚款：每吨520元", "逾期加倍。"]),
        (("处理程序",), ["按规定办理。"]),
        (("截止：2031年3月31日",), ["截止：2031年3月31日"]),
    ]


def test_a_bare_date_is_told_with_the_heading_above_it():
    text = "# Town\n\n## Meeting of the council\n\n### June 5, 2031\n\n### 6:30 PM\n\n### Venue: Town Hall\n\nCome.\n"
    (passage,) = split(read_bytes(text.encode(), "n.md"))
    assert [unit.text for unit in passage.units] == [
        "Meeting of the council June 5, 2031 6:30 PM",
        "Venue: Town Hall",
        "Come.",
    ]
