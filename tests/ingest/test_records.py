"""JSON records come back as sections; flattened laws find their articles again; broken JSON says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.errors import UnreadableDocument, UnsupportedFormat
from ingest.readers.records import read_records
from tests.ingest.shape import assert_sound, headings, tables, texts

DOCS = Path(__file__).parents[2].parent / "shared" / "policy" / "docs"


def read(value: object):
    content = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
    document = read_records(content, "x.json")
    assert_sound(document)
    return document


def test_one_record_is_a_document_with_its_title():
    document = read(
        {"title": "Peat plan", "url": "https://a.gov/x", "publish_date": "2031-02-03", "content": "Grow it."}
    )
    assert headings(document) == [(0, "Peat plan")]
    assert (document.metadata.url, document.metadata.year) == ("https://a.gov/x", 2031)


def test_records_are_sections_in_order():
    document = read([{"title": "A", "text": "one two"}, {"标题": "B", "正文": "三四"}, {"note": 5}])
    assert headings(document) == [(1, "A"), (1, "B")]
    assert texts(document, "paragraph") == ["one two", "三四"]


def test_json_lines_are_records():
    assert len(headings(read(b'{"title":"A","text":"one"}\n{"title":"B","text":"two"}\n'))) == 2


def test_records_inside_a_wrapper_are_found():
    assert headings(read({"meta": 1, "data": [{"title": "A", "text": "one"}]})) == [(0, "A")]


def test_the_longest_string_is_the_text_where_no_field_is_named_so():
    assert (
        "a longer story about peat and trees" in read({"id": "7", "story": "a longer story about peat and trees"}).text
    )


def test_markdown_in_a_record_keeps_its_headings_and_tables():
    document = read({"title": "T", "text": "## Part\n\nwords\n\n| a | b |\n|---|---|\n| c | d |\n"})
    assert headings(document) == [(0, "T"), (1, "Part")]
    assert len(tables(document)) == 1


def test_a_law_flattened_to_one_line_finds_its_articles_again():
    filler = "各级人民政府应当加强湿地保护工作，依照本法第二条的规定执行。" * 4
    text = f"第一章 总 则 第一条 为了保护湿地。{filler} 第二条 本法适用。{filler} 第二章 管理 第三条 政府负责。"
    document = read({"title": "湿地办法", "content": text})
    assert [text for _, text in headings(document)] == [
        "湿地办法", "第一章 总 则", "第一条", "第二条", "第二章 管理", "第三条",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "where"),
    [(b'{"text": "a",}', "line 1 column"), (b'{"text":"a"}\n{"text":\n', "line 2"), (b"[" * 100_000, "deep")],
)
def test_broken_json_says_where(content, where):
    with pytest.raises(UnreadableDocument, match=where):
        read_records(content, "x.json")


def test_json_without_text_is_refused():
    with pytest.raises(UnsupportedFormat, match="without text"):
        read_records(b'{"a": 1, "b": [2]}', "x.json")


@pytest.mark.skipif(not DOCS.is_dir(), reason="the policy documents are not at ../shared/policy/docs")
@pytest.mark.parametrize("path", sorted(DOCS.glob("cn-*.json")), ids=lambda path: path.stem)
def test_real_records_are_sound(path):
    document = read_records(path.read_bytes(), path.name)
    assert_sound(document)
    assert max(map(len, texts(document, "paragraph"))) < 3_000  # they come as one line of up to 9,000
