from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from sinkqa.ingest.document import Block, BlockKind, Cell, Document, Metadata, Page, Span, Table
from sinkqa.ingest.errors import IngestError
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.readers import read
from sinkqa.ingest.splitting.packing import Splitting
from sinkqa.ingest.splitting.splitter import split
from sinkqa.ingest.text.normalised_text import reading_view
from tests.ingest.invariants import check_passages
from tests.strategies import documents

SHARED = Path(__file__).parents[2].parent / "shared"
REAL = sorted(
    path
    for path in [*SHARED.glob("paper/*.txt"), *SHARED.glob("policy/docs/*")]
    if path.suffix in (".txt", ".md", ".html", ".json") and path.stat().st_size < 200_000
)


def document(*parts: tuple[BlockKind, str, int], language: str | None = None) -> Document:
    """A document of one page whose blocks follow each other line by line."""
    blocks, text = [], ""
    for kind, part, level in parts:
        blocks.append(Block(kind, (Span(len(text), len(text) + len(part)),), level))
        text += part + "\n"
    return Document(
        name="made",
        content=text.encode(),
        media_type="text/plain",
        text=text,
        pages=(Page(1, 0, len(text)),),
        blocks=tuple(blocks),
        metadata=Metadata(language=language),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_the_invariants_hold_for_any_document(generated: Document):
    for params in (Splitting(), Splitting(target_chars=30, max_chars=60)):
        check_passages(generated, split(generated, params=params), params)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents())
def test_the_same_document_gives_the_same_passages(generated: Document):
    assert split(generated) == split(generated)


@pytest.mark.skipif(not REAL, reason="the shared documents are not beside the repository")
@pytest.mark.parametrize("path", REAL, ids=lambda path: path.name)
def test_the_invariants_hold_for_a_real_file(path: Path):
    try:
        real = read(path)
    except IngestError as error:
        pytest.skip(f"not readable: {error.message}")
    passages = split(real)
    assert passages
    check_passages(real, passages, Splitting())


def texts(passages: list[Passage]) -> list[str]:
    return [passage.text for passage in passages]


def test_sections_separate_passages_and_give_their_path():
    made = document(
        ("heading", "报告", 0),
        ("heading", "一、森林", 1),
        ("paragraph", "森林很大。", 0),
        ("heading", "（一）管护", 2),
        ("paragraph", "要管护。", 0),
        ("heading", "二、草原", 1),
        ("paragraph", "草原很广。", 0),
    )
    assert [(p.section, p.text) for p in split(made)] == [
        (("一、森林",), "森林很大。"),
        (("一、森林", "（一）管护"), "要管护。"),
        (("二、草原",), "草原很广。"),
    ]


def test_a_heading_without_text_joins_the_path_of_the_next():
    made = document(("heading", "Part 1", 1), ("heading", "Aims", 1), ("paragraph", "Trees.", 0))
    assert split(made)[0].section == ("Part 1", "Aims")


def test_a_last_heading_without_text_is_a_passage():
    made = document(("heading", "A", 1), ("paragraph", "Trees.", 0), ("heading", "Annex to come", 1))
    assert texts(split(made)) == ["Trees.", "Annex to come"]


def test_a_document_of_a_title_only_is_one_passage():
    assert texts(split(document(("heading", "Only a title", 0)))) == ["Only a title"]


def test_an_empty_document_has_no_passages():
    assert split(document()) == []
    assert split(document(("paragraph", " \n\x00", 0))) == []


def test_a_table_of_contents_does_not_fill_the_path():
    entries = [("heading", f"Chapter {number}", 1) for number in range(9)]
    made = document(*entries, ("heading", "Start", 1), ("paragraph", "Trees.", 0))
    assert len(split(made)[-1].section) <= 4
    assert "Chapter 3" in split(made)[0].text


def test_short_paragraphs_share_a_passage_and_long_ones_are_divided_evenly():
    made = document(
        ("paragraph", "短句子。", 0), ("paragraph", "另一句。", 0), ("paragraph", "森林吸收二氧化碳。" * 100, 0)
    )
    passages = split(made, params=Splitting(target_chars=300, max_chars=600))
    assert passages[0].text == "短句子。\n另一句。"
    lengths = [len(passage.text) for passage in passages[1:]]
    assert len(lengths) == 3
    assert max(lengths) - min(lengths) <= 2 * len("森林吸收二氧化碳。")


def test_a_long_list_repeats_its_lead_in():
    items = [("list_item", f"（{number}）" + "保护天然林和湿地；" * 12, 1) for number in range(12)]
    made = document(("paragraph", "采取下列措施：", 0), *items)
    passages = split(made)
    assert len(passages) > 2
    assert all(p.kind == "list" and p.text.startswith("采取下列措施：\n（") for p in passages)
    assert all(p.units[0].text == "采取下列措施：" for p in passages)


def test_only_the_last_sentence_of_a_long_paragraph_introduces_a_list():
    made = document(("paragraph", "森林很大。" * 40 + "措施如下：", 0), ("list_item", "种树", 1))
    text, items = split(made)
    assert items.text == "措施如下：\n种树"
    assert text.text.endswith("措施如下：")


def test_a_footnote_inside_a_paragraph_is_lifted_out():
    source = "Forests grow over\n1 See the annex.\nmany years."
    blocks = (Block("paragraph", (Span(0, 17), Span(35, 46))), Block("footnote", (Span(18, 34),)))
    made = Document("n", b"n", "text/plain", source, (Page(1, 0, len(source)),), blocks)
    assert sorted(texts(split(made))) == ["1 See the annex.", "Forests grow over many years."]


def test_notes_on_the_wording_of_a_section_share_passages_and_marked_notes_do_not():
    history = [("footnote", f"Section 4({i}): replaced by section {i} of the later Act.", 0) for i in range(40)]
    marked = [("footnote", f"{i} See the annex.", 0) for i in (1, 2)]
    passages = split(document(("paragraph", "Forests count.", 0), *history, *marked))
    notes = [p for p in passages if "replaced by" in p.text]
    assert "\n".join(p.text for p in notes) == "\n".join(text for _, text, _ in history)
    assert 1 < len(notes) < 5 and all("annex" not in p.text and "Forests" not in p.text for p in notes)
    assert {"1 See the annex.", "2 See the annex."} <= set(texts(passages))


def test_japanese_without_kana_takes_the_language_of_its_document():
    assert split(document(("paragraph", "（設置）", 0), language="ja"))[0].language == "ja"
    assert split(document(("paragraph", "（设置）", 0), language="zh"))[0].language == "zh"


def table_document(rows: list[list[str]], *, caption: str = "表1 试点", merged: bool = False) -> Document:
    source = caption + "\n"
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            span = Span(len(source), len(source) + len(text))
            tall = 2 if merged and (r, c) == (1, 0) else 1
            cells.append(Cell(r, c, (span,) if text else (), row_span=tall))
            source += text + "\n"
    table = Table(tuple(cells), len(rows), len(rows[0]), caption=(Span(0, len(caption)),), label="表1")
    block = Block("table", (Span(0, len(source)),), table=table)
    return Document("t", source.encode(), "text/plain", source, (Page(1, 0, len(source)),), (block,))


def test_each_row_is_a_passage_with_caption_label_and_headers():
    north, south, whole = split(table_document([["试点", "比例", "范围"], ["北方", "5%", "本地"], ["南方", "3%", ""]]))
    assert north.text == "表1 试点 | 试点: 北方 | 比例: 5% | 范围: 本地"
    assert [unit.label for unit in north.units] == ["试点", "北方 · 比例", "北方 · 范围"]
    assert south.text == "表1 试点 | 试点: 南方 | 比例: 3%"
    assert whole.text == "表1 试点 | 试点 | 比例 | 范围 | 北方: 5% | 本地 | 南方: 3%"
    assert (north.kind, whole.kind, north.table, whole.table) == ("row", "table", "表1", "表1")


def test_a_merged_label_counts_for_each_row_it_covers():
    passages = split(table_document([["Region", "Cap"], ["North", "5"], ["", "7"]], merged=True))
    assert [p.text for p in passages if p.kind == "row"] == [
        "表1 试点 | Region: North | Cap: 5",
        "表1 试点 | Region: North | Cap: 7",
    ]


def test_a_long_table_repeats_caption_and_header():
    rows = [["试点", "政策"], *([f"地区{number}", "要求重点单位按时清缴配额。" * 8] for number in range(12))]
    wholes = [p for p in split(table_document(rows)) if p.kind == "table"]
    assert len(wholes) > 1
    assert all(p.text.startswith("表1 试点 | 试点 | 政策 | 地区") for p in wholes)


@pytest.mark.parametrize(("target", "maximum"), [(0, 600), (700, 600), (10, 20)])
def test_impossible_sizes_are_refused(target: int, maximum: int):
    with pytest.raises(ValueError, match="target_chars"):
        Splitting(target_chars=target, max_chars=maximum)


def test_one_line_of_five_megabytes_is_split_in_time():
    made = document(("paragraph", "森林 forest（ a“；" * 400_000, 0))
    began = time.process_time()
    assert len(split(made)) > 5_000
    assert time.process_time() - began < 30


def test_a_unit_says_what_its_own_source_reads_even_where_a_long_sentence_was_cut():
    words = "in 2030, wind energy and " * 90
    made = document(("paragraph", f"Measures:\n{words}", 0), ("list_item", f"(a) {words}", 1))
    for passage in split(made):
        for unit in passage.units:
            assert unit.text == reading_view(made.text, unit.spans).text
