"""Markdown comes back as its rendered text, with front matter, page marks, tables and articles."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinkqa.ingest.errors import EmptyDocument
from sinkqa.ingest.readers.markdown import read_markdown
from tests.ingest.shape import assert_sound, grid, headings, tables, texts

DOCS = Path(__file__).parents[3].parent / "shared" / "policy" / "docs"

DIGEST = """---
title: A digest
authors: [Ann Lee, Bo Wu]
date: 2031-05-04
lang: en-GB
issuer: Office of Peat
jurisdiction: NZ
place: Otago
source_url: https://example.govt.nz/peat
digest_of: The Peat Report
---
# The digest

Opening with **bold**, `code` and [a link](https://example.org).

<!-- page: 8 -->
## Figures

Table 1 Peat by island

| Island | Area |
|---|---:|
| North | 1,200 |
| South | 30 % |

Source: own count.

- outer
  - inner

> quoted

<!-- page: 9 -->
Closing words.
"""


def read(text: str):
    document = read_markdown(text.encode(), "x.md")
    assert_sound(document)
    return document


def test_front_matter_gives_the_metadata():
    metadata = read(DIGEST).metadata
    assert (metadata.title, metadata.authors, metadata.year) == ("A digest", ("Ann Lee", "Bo Wu"), 2031)
    assert (metadata.language, metadata.issuer, metadata.jurisdiction) == ("en", "Office of Peat", "NZ")
    assert metadata.place == "Otago"
    assert (metadata.url, metadata.digest_of) == ("https://example.govt.nz/peat", "The Peat Report")


def test_page_marks_number_pages_as_the_original_does():
    document = read(DIGEST)
    assert [(page.number, page.label) for page in document.pages] == [(1, "1"), (8, "8"), (9, "9")]
    page = document.pages[1]
    assert document.text[page.start : page.end].startswith("Figures")
    assert tables(document)[0].pages == (8,)


def test_inline_markup_is_removed_and_link_texts_stay():
    assert texts(read(DIGEST), "paragraph")[0] == "Opening with bold, code and a link."


def test_what_is_struck_out_is_left_out_and_named():
    document = read("# Fen\n\n~~Alders may be cut.~~ Reeds may be cut.\n")
    assert "Alders" not in document.text and "Reeds may be cut." in document.text
    assert any("struck out" in warning for warning in document.warnings)


def test_tables_take_their_caption_and_source():
    document = read(DIGEST)
    (table,) = tables(document)
    assert table.label == "Table 1"
    assert grid(document, table)[2, 1] == "30 %"
    assert document.text[slice(*table.notes[0])] == "Source: own count."


def test_lists_nest_and_headings_are_levelled():
    document = read(DIGEST)
    assert headings(document) == [(0, "The digest"), (1, "Figures")]
    assert [block.level for block in document.blocks if block.kind == "list_item"] == [1, 2]


def test_bold_articles_of_a_law_are_headings():
    document = read("## 第一章 总则\n\n　　**第一条** 为了保护湿地。\n\n**第二条** 本法适用。\n")
    assert headings(document) == [(1, "第一章 总则"), (2, "第一条"), (2, "第二条")]


def test_without_marks_numbers_make_the_headings():
    assert headings(read("一、总体要求\n\n正文甲。\n\n二、主要目标\n\n正文乙。\n"))[0] == (1, "一、总体要求")


def test_raw_markup_in_markdown_is_read_like_a_page():
    document = read(
        "# 办法\n\n<p id=t1>&emsp;<b>第一条</b>&emsp;为了减排。<br>\n&emsp;第二段。</p>\n<script>x()</script>\n"
    )
    assert "x()" not in document.text
    assert texts(document, "paragraph") == ["为了减排。", "第二段。"]
    assert document.blocks[1].anchor == "t1"


def test_a_heading_that_is_a_sentence_is_a_paragraph():
    assert not headings(read("#### 项目寿命期限的开始时间为项目并网发电日期，结束于退役之前。\n"))


def test_footnotes_leave_the_body():
    document = read("Target 2030[^1] holds.\n\n[^1]: Set in law.\n")
    assert texts(document, "paragraph") == ["Target 2030 holds."]
    assert "Set in law." in texts(document, "footnote")[0]


def test_front_matter_that_multiplies_itself_stays_small():
    bomb = "---\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert read(bomb + "authors: *i\ndate: *i\n---\nwords here\n").metadata.authors == ()


def test_an_empty_body_is_refused():
    with pytest.raises(EmptyDocument):
        read_markdown(b"---\ntitle: x\n---\n\n", "x.md")


# fmt: off
LINES = [
    "# a", "- b", "  - c", "1. d", "> e", "| f | g |", "|---|---|", "```", "**h**", "", "表1 i", "<!-- page: 3 -->",
    "第一条 j", "[^1]", "[^1]: k", "<td>l", "&amp;", "\\*", "\u2028m",
]
# fmt: on


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LINES)))
def test_any_markdown_gives_a_sound_document(lines):
    try:
        read("\n".join(["seed", *lines]))
    except EmptyDocument:
        return


@pytest.mark.skipif(not DOCS.is_dir(), reason="the policy documents are not at ../shared/policy/docs")
@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.stem)
def test_real_markdown_is_sound(path):
    document = read_markdown(path.read_bytes(), path.name)
    assert_sound(document)
    assert len(document.blocks) > 10


@pytest.mark.skipif(not DOCS.is_dir(), reason="the policy documents are not at ../shared/policy/docs")
def test_every_article_of_a_real_law_is_a_heading():
    document = read_markdown((DOCS / "cn-forest-law-2019.md").read_bytes(), "law.md")
    articles = [text for _, text in headings(document) if text.endswith("条")]
    assert len(articles) == 84


def test_a_line_of_brackets_alone_is_read_in_time():
    assert "The levy is 30." in read_markdown(b"# Plan\n\nThe levy is 30.\n\n" + b"[" * 200_000, "x.md").text
