"""An overview of a document is its outline with first sentences as they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answering.provisions.summarising import FEWEST, MOST, summary
from tests.service.answering.outlines import passage

SHARED = Path(__file__).parents[5] / "shared" / "policy" / "docs"
CHAPTERS = ("第一章 总则", "第二章 造林", "第三章 管护", "第四章 附则")


def law(*, articles: int = 3):
    return [
        passage(
            (chapter, f"第{number}条"),
            f"{chapter[4:]}的第{number}款规定林场应当按年报告。",
            f"第二句{number}不在概要里出现。",
        )
        for chapter in CHAPTERS
        for number in range(articles)
    ]


def told(passages, language="zh", **more):
    return [(heading, evidence.text) for heading, evidence in summary(passages, language, **more).parts]


def test_chapters_stand_for_their_articles_with_the_first_sentence_of_each():
    assert told(law()) == [(chapter, f"{chapter[4:]}的第0款规定林场应当按年报告。") for chapter in CHAPTERS]


def test_evidence_is_units_of_its_passage_as_they_are():
    for _, evidence in summary(law(), "zh").parts:
        assert evidence.units == evidence.passage.units[:1] and evidence.text == evidence.units[0].text


def test_a_heading_over_all_is_opened():
    nested = [passage(("林场法", *each.section), *(unit.text for unit in each.units)) for each in law()]
    assert [heading for heading, _ in told(nested)] == list(CHAPTERS)


def test_of_many_articles_some_are_shown_the_first_and_last_among_them_and_the_note_says_so():
    flat = [passage((f"第{number}条",), f"林场在第{number}年应当向主管部门报告面积。") for number in range(40)]
    shown = summary(flat, "zh")
    assert len(shown.parts) == MOST and (shown.parts[0][0], shown.parts[-1][0]) == ("第0条", "第39条")
    assert shown.notes == ("共40节，这里列出其中14节，各引第一句。",)
    assert summary(flat, "en").notes == ("14 of its 40 sections, each by its first sentence.",)


def test_parts_go_before_articles_that_stand_beside_them():
    mixed = [
        passage((f"{number} Woods",), f"Woods of kind {number} are counted each year.", language="en")
        for number in range(20)
    ]
    parts = [
        passage((f"Part {n} Elms", f"{n} Rows"), f"Rows of kind {n} are planted each spring.", language="en")
        for n in range(FEWEST)
    ]
    assert [heading for heading, _ in told([*mixed, *parts], "en")] == [f"Part {n} Elms" for n in range(FEWEST)]


@pytest.mark.parametrize(
    ("first", "passed_over"),
    [
        (passage(("目 录",), "第一章总则，第二章造林，第三章管护。"), "目 录"),
        (passage(("表一",), "面积与年份的表格说明见下。", kind="table"), "表一"),
        (passage(("Contents",), "Chapter one is on general provisions of woods."), "Contents"),
        (passage(("短",), "短句。"), "短"),
    ],
)
def test_contents_tables_and_scraps_are_passed_over(first, passed_over):
    assert passed_over not in [heading for heading, _ in told([first, *law()])]


def test_notes_of_amendments_footnotes_and_loose_items_are_no_first_sentence():
    scraps = (
        "Section 3(1): replaced, on 1 May 2030, by section 5 of the Elm Act 2029.",
        "3 See the annual report of the forest office for this.",
        "(ii) are planted on land that was bare in 1990.",
    )
    sections = [
        passage((f"Part {n} Elms",), *scraps, f"Rows of kind {n} are planted each spring.", language="en")
        for n in range(4)
    ]
    assert [text for _, text in told(sections, "en")] == [
        f"Rows of kind {n} are planted each spring." for n in range(4)
    ]


def test_a_short_list_comes_with_its_lead_in_and_a_long_one_gives_way():
    lead, items = "林场应当报告下列事项：", ("（一）面积；", "（二）树种。")
    short = [*law(), passage(("第五章 报告",), lead, *items)]
    assert told(short)[-1] == ("第五章 报告", lead + "".join(items))
    long = [
        *law(),
        passage(
            ("第五章 报告",),
            lead,
            *(f"（{n}）{'面积和树种以及林龄' * 6}；" for n in "一二三四五六"),
            "报告每年公布一次，由林场负责。",
        ),
    ]
    assert told(long)[-1] == ("第五章 报告", "报告每年公布一次，由林场负责。")


def test_what_bears_the_title_alone_is_left_out():
    titled = [passage(("林场法",), "二〇三〇年五月一日由大会通过并公布。"), *law()]
    assert told(titled, title="林场法")[0][0] == CHAPTERS[0]
    assert told(titled)[0][0] == "林场法"


def test_without_headings_paragraphs_tell():
    bare = [passage((), f"林场在第{number}年应当报告面积。", "这一句不出现在概要里。") for number in range(3)]
    shown = summary(bare, "zh")
    assert [text for _, text in told(bare)] == [f"林场在第{number}年应当报告面积。" for number in range(3)]
    assert "没有章节标题" in shown.notes[0]


def test_nothing_readable_is_said():
    assert summary([], "en").parts == () and "no sentences" in summary([], "en").notes[0]
    assert summary([], "zh").settled.evidence == ()


@pytest.mark.parametrize(
    ("name", "first", "last", "number"),
    [
        ("cn-wetland-law-2021.md", "第一章 总 则", "第七章 附 则", 7),
        ("cn-ets-interim-regulations-2024.md", "第一条", "第三十三条", MOST),
        ("us-eo-14072-2022.md", "Section 1. Policy.", "Sec. 5. General Provisions.", 5),
        ("jp-natural-parks-act-1957.html", "第一章 総則", "第四章 罰則", 4),
    ],
)
def test_real_documents_give_the_outline_that_a_reader_expects(name, first, last, number):
    if not (SHARED / name).is_file():
        pytest.skip("the reference documents are not here")
    document = read(SHARED / name)
    shown = summary(split(document), "zh", title=document.metadata.title or "")
    headings = [heading for heading, _ in shown.parts]
    assert (headings[0], headings[-1], len(headings)) == (first, last, number)
    for _, evidence in shown.parts:
        assert set(evidence.units) <= set(evidence.passage.units)
        assert evidence.text == "".join(unit.text for unit in evidence.units) or len(evidence.units) > 1
