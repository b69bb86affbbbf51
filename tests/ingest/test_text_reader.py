from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Document
from ingest.errors import EmptyDocument, UnreadableDocument
from ingest.readers.text import read_text

SHARED = Path(__file__).parents[2].parent / "shared"
PAPER = SHARED / "paper" / "guan-xu-carbon-sinks.txt"
POLICY_TEXTS = sorted((SHARED / "policy" / "docs").glob("*.txt"))


def read(text: str) -> Document:
    return read_text(text.encode("utf-8", "surrogatepass"), "a.txt")


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


@settings(max_examples=250, deadline=None)
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
    document = read_text(path.read_bytes(), path.name)
    assert_sound(document)
    assert document.text == path.read_bytes().decode("utf-8-sig")


@pytest.mark.skipif(not PAPER.exists(), reason="shared documents are not beside this checkout")
def test_the_paper_comes_apart_as_its_ground_truth_says() -> None:
    truth = json.loads((SHARED / "gold" / "STRUCTURE.json").read_text(encoding="utf-8"))
    document = read_text(PAPER.read_bytes(), PAPER.name)
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
    assert shown(document, "furniture") == [x for n in range(4, 9) for x in ("海岸年报", f"- {n} -")]
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
