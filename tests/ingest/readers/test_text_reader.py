from __future__ import annotations

import json
import time
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinkqa.ingest.document import Document
from sinkqa.ingest.errors import EmptyDocument, UnreadableDocument
from sinkqa.ingest.readers.text import read_text

SHARED = Path(__file__).parents[3].parent / "shared"
PAPER = SHARED / "paper" / "guan-xu-carbon-sinks.txt"
POLICY_TEXTS = sorted((SHARED / "policy" / "docs").glob("*.txt"))


def read(text: str) -> Document:
    return read_text(text.encode("utf-8", "surrogatepass"), "a.txt")


@cache
def paper() -> Document:
    return read(PAPER.read_bytes().decode())


def shown(document: Document, *kinds: str) -> list[str]:
    return [
        "/".join(document.text[start:end] for start, end in block.spans)
        for block in document.blocks
        if block.kind in kinds
    ]


def outline(document: Document) -> list[tuple[int, str]]:
    return [
        (block.level, document.text[block.spans[0].start : block.spans[0].end])
        for block in document.blocks
        if block.kind == "heading"
    ]


def assert_sound(document: Document) -> None:
    """Pages cover the text; every character but white space lies in exactly one block; blocks stand in order."""
    edges = [page.start for page in document.pages] + [document.pages[-1].end]
    assert [page.end for page in document.pages] == edges[1:]
    assert (edges[0], edges[-1]) == (0, len(document.text))
    owners = [0] * len(document.text)
    for block in document.blocks:
        assert block.spans
        assert list(block.spans) == sorted(block.spans)
        for start, end in block.spans:
            assert start < end
            for position in range(start, end):
                owners[position] += 1
    assert max(owners) == 1
    lost = [at for at, letter in enumerate(document.text) if not owners[at] and not letter.isspace()]
    assert lost == []
    firsts = [block.spans[0].start for block in document.blocks]
    assert firsts == sorted(firsts)
    for block in document.blocks:
        inside = {at for start, end in block.spans for at in range(start, end)}
        for cell in block.table.cells if block.table else ():
            assert all(set(range(*span)) <= inside for span in cell.spans)


_PIECES = st.sampled_from(
    [
        "一、目标", "（一）范围", "第一条 为了修复海岸。", "1. Scope", "(a) first item;", "• 苗木", "①注。", "表1 面积",
        "| a | b |", "+---+---+", "x\ty\t3", "ABSTRACT", "Abstract: short.", "关键词：海岸", "注：估计。", "- 3 -",
        " \n", "\f", " 页", "续表1 面积", "-----", "The lagoon was dredged in spring and the spoil was",
        "heaped on the eastern bank.", "海堤每年检查一次，结果由当地部门公布",
    ]
)  # fmt: skip
_LINES = st.lists(
    st.one_of(_PIECES, st.text(st.characters(), max_size=40), st.text("海岸修复，。 ab.\t|", max_size=120)), max_size=40
)
_NEWLINES = st.sampled_from(["\n", "\r\n", "\r", "\n\n", "\n\f", "\u2028"])


@settings(max_examples=150, deadline=None)
@given(_LINES, _NEWLINES)
def test_no_character_is_lost_or_taken_twice(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    try:
        document = read(text)
    except (EmptyDocument, UnreadableDocument):
        return
    assert_sound(document)


@pytest.mark.parametrize("path", [PAPER, *POLICY_TEXTS], ids=lambda path: path.stem)
def test_real_files_are_read_without_loss(path: Path) -> None:
    if not path.exists():
        pytest.skip("shared documents are not beside this checkout")
    document = paper() if path == PAPER else read_text(path.read_bytes(), path.name)
    assert_sound(document)
    assert document.text == path.read_bytes().decode("utf-8-sig")


@pytest.mark.skipif(not PAPER.exists(), reason="shared documents are not beside this checkout")
def test_the_paper_comes_apart_as_its_ground_truth_says() -> None:
    truth = json.loads((SHARED / "gold" / "STRUCTURE.json").read_text(encoding="utf-8"))
    document = paper()
    pages = [(page.number, page.start, page.end) for page in document.pages]
    assert pages == [(page["page"], page["start"], page["end"]) for page in truth["pages"]]
    headings = [(block.level, *block.spans[0]) for block in document.blocks if block.kind == "heading"]
    assert {(h["level"], h["start"], h["end"]) for h in truth["outline"]} <= set(headings)
    assert len(headings) <= len(truth["outline"]) + 1
    notes = [block.spans for block in document.blocks if block.kind == "footnote"]
    assert notes == [((note["start"], note["end"]),) for note in truth["footnotes"]]
    starts = {block.spans[0].start for block in document.blocks if block.kind in ("paragraph", "heading")}
    assert {paragraph["start"] for paragraph in truth["paragraph_starts"]} <= starts
    interrupted = truth["anomalies"][0]["where"]
    around = [
        block
        for block in document.blocks
        if any(span.end <= interrupted["start"] for span in block.spans)
        and any(span.start >= interrupted["end"] for span in block.spans)
        and block.kind == "paragraph"
    ]
    assert [len(block.spans) for block in around] == [2]
    assert document.metadata.authors == tuple(truth["authors"]["zh"]["names"])


def test_one_five_megabyte_line_takes_seconds() -> None:
    for unit in ("海岸修复工程需要资金。", "a b | c\t", "第一条 1. (a) "):
        text = unit * (5_000_000 // len(unit.encode()))
        began = time.perf_counter()
        assert read(text).text == text
        assert time.perf_counter() - began < 5


def test_newlines_stay_as_they_are() -> None:
    text = "Harbour plan\r\n\r\nThe quay is raised.\rThe basin is dredged.\n"
    assert read(text).text == text


def test_wrapped_lines_between_blank_lines_are_one_paragraph() -> None:
    document = read(
        "HARBOUR WORKS\n\n"
        "The northern quay was raised by forty centimetres after the storm\n"
        "surge of last winter. The works took nine weeks, and the port kept\n"
        "two of its berths open all the time.\n\n"
        "Dredging of the basin starts in spring, as soon as the ice is gone\n"
        "and the survey vessel has come back from the yard in the south.\n\n"
        "1. Costs\n\n"
        "The works cost four million, half of which the province has paid\n"
        "already. The rest falls due on delivery.\n"
    )
    assert outline(document) == [(0, "HARBOUR WORKS"), (1, "1. Costs")]
    assert [text[:12] for text in shown(document, "paragraph")] == ["The northern", "Dredging of ", "The works co"]


def test_indents_begin_paragraphs_where_no_blank_line_does() -> None:
    lines = [
        "    The ferry left at dawn with all the seedlings stowed under tarps",
        "on the lower deck. Nobody had slept, and the radio spoke of a storm.",
        "    By noon the wind had turned, and the captain sent everyone below",
        "except the cook. He stayed because someone had to hold the lantern.",
    ]
    document = read("\n".join(lines * 3))
    assert len(shown(document, "paragraph")) == 6


def test_articles_are_headings_by_number_and_their_text_is_a_paragraph() -> None:
    document = read(
        "海岸带修复办法\n\n第一章　总则\n\n第一条　为了修复海岸带，制定本办法。\n"
        "第二条　下列区域应当优先修复：\n（一）受侵蚀的沙滩；\n（二）退化的盐沼。\n\n"
        "第二章　监督\n\n第三条　每年公布一次修复面积。\n"
    )
    assert outline(document) == [
        (0, "海岸带修复办法"), (1, "第一章　总则"), (2, "第一条"), (2, "第二条"), (1, "第二章　监督"), (2, "第三条")
    ]  # fmt: skip
    assert shown(document, "paragraph")[1] == "下列区域应当优先修复："
    assert shown(document, "list_item") == ["（一）受侵蚀的沙滩；", "（二）退化的盐沼。"]


def test_nested_lists_keep_their_depth() -> None:
    document = read(
        "The office shall report:\n(a)\tthe area restored;\n(b)\tthe money spent, by source:\n"
        "(i)\tprovincial;\n(ii)\tmunicipal;\n(c)\tthe losses.\nIt shall do so every year.\n"
    )
    items = [(block.kind, block.level) for block in document.blocks]
    assert items == [("paragraph", 0), *(("list_item", n) for n in (1, 1, 2, 2, 1)), ("paragraph", 0)]


def test_running_heads_and_page_numbers_are_furniture_and_sentences_go_on_across_pages() -> None:
    body = "海堤每年检查一次，结果由当地部门公布，任何人都可以查阅历年的记录并提出意见"
    words = "甲乙丙丁戊己庚辛壬癸"
    pages = [
        f"海岸年报\n\n{words[n]}{body}\n{body}{words[n]}\n{body}。\n{words[n]}{body[::-1]}\n- {n} -\n"
        for n in range(4, 9)
    ]
    document = read("\f".join(pages))
    heads = [x for n in range(4, 9) for x in ("海岸年报", f"- {n} -")]
    assert shown(document, "furniture") == heads[1:]
    assert outline(document) == [(0, "海岸年报")]
    assert [page.label for page in document.pages] == ["4", "5", "6", "7", "8"]
    assert sum(text.count("/") for text in shown(document, "paragraph")) == 4


def test_bars_draw_a_table_and_its_source_line_belongs_to_it() -> None:
    document = read(
        "Results follow.\n\nTable 2. Works by year\n"
        "| Year | Length |\n|------|--------|\n| 2001 | 14 km |\n| 2002 |  |\n"
        "Source: own survey.\n\nThe rest is open.\n"
    )
    (table,) = [block.table for block in document.blocks if block.table]
    cells = {(cell.row, cell.column): document.text[slice(*cell.spans[0])] for cell in table.cells}
    assert cells == {(0, 0): "Year", (0, 1): "Length", (1, 0): "2001", (1, 1): "14 km", (2, 0): "2002"}
    assert (table.n_rows, table.n_columns, table.header_rows, table.label) == (3, 2, 1, "Table 2")
    assert [document.text[slice(*span)] for span in table.notes] == ["Source: own survey."]


def test_tabs_set_a_table_but_not_numbered_paragraphs() -> None:
    document = read(
        "Port\tShips\tLoad\nEast\t12\t400\nWest\t\t90\n\n1.\tThe port opens.\n2.\tThe port closes.\n3.\tAll rest.\n"
    )
    (table,) = [block.table for block in document.blocks if block.table]
    assert (table.n_rows, table.n_columns, table.header_rows) == (3, 3, 1)
    assert len(table.cells) == 8


def test_a_box_around_text_is_furniture_and_the_text_is_not() -> None:
    document = read("| I. Purpose |\n| The fund pays for dunes. |\n| It is small. |\n")
    assert "The fund pays for dunes." in shown(document, "paragraph")
    assert shown(document, "furniture") == ["/".join("|" * 6)]


def test_columns_of_spaces_are_a_table_when_they_align() -> None:
    document = read(
        "Funds\n\nWho paid is shown below.\n\n"
        "Source      Amount   Share\nFund         4.5 m     50%\nProvince     3.6 m     40%\n"
        "Gifts        0.9 m     10%\n\nNothing else  was paid.\nNot one  cent more.\nNor was  any asked for.\n"
    )
    (table,) = [block.table for block in document.blocks if block.table]
    assert (table.n_rows, table.n_columns, len(table.cells)) == (4, 3, 12)


def test_articles_without_a_space_are_found_by_their_sequence() -> None:
    document = read(
        "海岸办法\n\n第一条海岸归全体居民使用。\n第二条违反第一条规定的，责令改正。\n第五条的例外另行公布。\n"
    )
    assert [title for _, title in outline(document)] == ["海岸办法", "第一条", "第二条"]


def test_contents_pages_are_furniture_with_page_numbers_or_without() -> None:
    body = "\n\n".join(
        f"第{n}章　{t}\n\n海堤每年检查一次，结果由当地部门公布。"
        for n, t in zip("一二三", ("总则", "资金", "附则"), strict=True)
    )
    bare = read("海岸办法\n\n目　录\n第一章　总则\n第二章　资金\n第三章　附则\n\n" + body)
    numbered = read("海岸办法\n\n目录\n第一章　总则……1\n第二章　资金……2\n第三章　附则……9\n\n" + body)
    for document in (bare, numbered):
        assert [title for _, title in outline(document)[1:]] == ["第一章　总则", "第二章　资金", "第三章　附则"]
        assert len(shown(document, "furniture")) == 4


def test_short_lines_between_whole_sentences_are_headings_one_level_down() -> None:
    long = "Every district reports in autumn what was planted and what it cost to replace."
    document = read(
        f"Shore report\n\n1. Money\n\n{long}\n\nCommon fund\n\n{long}\n\nGifts\n\n{long}\n\n2. Rest\n\n{long}\n"
    )
    assert outline(document)[1:] == [(1, "1. Money"), (2, "Common fund"), (2, "Gifts"), (1, "2. Rest")]


def test_letters_and_roman_numbers_are_told_apart_by_what_comes_before() -> None:
    items = "".join(f"({c}) the {c} report;\n" for c in "abcdefgh")
    document = read(f"The office keeps:\n{items}(i) the last report.\nIt keeps them long.\n")
    assert {block.level for block in document.blocks if block.kind == "list_item"} == {1}


@pytest.mark.skipif(not PAPER.exists(), reason="shared documents are not beside this checkout")
@pytest.mark.parametrize(("newline", "encoding"), [("\r\n", "gb18030"), ("\r", "utf-16")])
def test_newlines_and_encodings_change_nothing_in_the_structure(newline: str, encoding: str) -> None:
    plain = PAPER.read_bytes().decode()
    other = read_text(plain.replace("\n", newline).encode(encoding), "a.txt")
    assert outline(other) == [(level, title.replace("\n", newline)) for level, title in outline(paper())]
    assert [block.kind for block in other.blocks] == [block.kind for block in paper().blocks]
    assert len(other.pages) == len(paper().pages)


@pytest.mark.skipif(not PAPER.exists(), reason="shared documents are not beside this checkout")
def test_form_feeds_divide_pages_as_leading_spaces_do() -> None:
    plain = PAPER.read_bytes().decode()
    fed = read("\n".join("\f" + line[1:] if line.startswith(" ") else line for line in plain.split("\n"))[1:])
    assert len(fed.pages) == len(paper().pages)
    assert outline(fed) == outline(paper())


def test_notes_at_the_foot_of_pages_leave_the_body_and_its_sentences_whole() -> None:
    pages = [
        f"The {thing} was surveyed in the autumn of that year, and the board{n}\n"
        f"paid for it out of the common fund, which the\n\n{n} The board of {thing} owners.\n"
        for n, thing in enumerate(("dune", "marsh", "dike"), 1)
    ]
    document = read("\f".join([*pages, "court audits.\n"]))
    assert shown(document, "footnote") == [
        f"{n} The board of {t} owners." for n, t in enumerate(("dune", "marsh", "dike"), 1)
    ]


def test_names_and_affiliations_stand_between_title_and_abstract() -> None:
    document = read(
        "Dunes and Marshes: A Survey of\nRepair in Small Districts\n\nAnn Lee1, Bo van Chen2 and C. Diaz\n\n"
        "1 University of the Coast\n\nAbstract. Dunes are repaired by hand in most of the districts.\n\n"
        "1. Introduction\n\nDunes move with the wind.\n"
    )
    assert document.metadata.title == "Dunes and Marshes: A Survey of Repair in Small Districts"
    assert document.metadata.authors == ("Ann Lee", "Bo van Chen", "C. Diaz")
    assert [title for _, title in outline(document)[1:]] == ["Abstract.", "1. Introduction"]


def test_a_title_stands_below_the_masthead_and_the_issuer_goes_on_over_its_line() -> None:
    document = read(
        "Conference of the Parties serving as the meeting\nof the Parties to the Dune Convention\n"
        "Report on the dunes\n\nDunes move with the wind, and the wind moves with the sea.\n"
    )
    assert document.metadata.title == "Report on the dunes"
    assert document.metadata.issuer == (
        "Conference of the Parties serving as the meeting of the Parties to the Dune Convention"
    )
    order = read("国家林业和草原局\n财政部\n文件\n林发〔2031〕7号\n关于沙丘的通知\n各地要重视沙丘。\n")
    assert (order.metadata.title, order.metadata.issuer) == ("关于沙丘的通知", "国家林业和草原局、财政部")


def test_a_day_told_of_in_prose_is_no_year_of_issue() -> None:
    assert (
        read("Dunes\n\nWhoever saw the storm of 12 May 2003 from\nhis roof will keep it in mind.\n").metadata.year
        is None
    )


def test_a_list_ends_at_a_heading() -> None:
    document = read("第一条 下列区域优先：\n（一）沙滩；\n（二）盐沼。\n第二条 （一）这一款只有一句话，并不是列表。\n")
    assert shown(document, "list_item") == ["（一）沙滩；", "（二）盐沼。"]
