"""JSON records come back as sections; flattened laws find their articles again; broken JSON says where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sinkqa.ingest.errors import UnreadableDocument, UnsupportedFormat
from sinkqa.ingest.readers.records import read_records
from tests.ingest.shape import assert_sound, grid, headings, tables, texts

DOCS = Path(__file__).parents[3].parent / "shared" / "policy" / "docs"


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
    [(b'{"text": "a",}', "line 1 column"), (b'{"text":\n"a" 5}\n', "line 2"), (b"[" * 100_000, "deep")],
)
def test_broken_json_says_where(content, where):
    with pytest.raises(UnreadableDocument, match=where):
        read_records(content, "x.json")


def test_a_broken_line_is_named_and_the_others_are_read():
    document = read(b'{"title":"A","text":"one"}\n{"text": "tw\n{"title":"C","text":"three"}\n')
    assert texts(document, "paragraph") == ["one", "three"]
    assert "line 2 column 10" in document.warnings[0]


def test_all_words_of_a_record_are_read_whatever_their_field_is_called():
    document = read(
        [
            {
                "title": "A",
                "text": "The levy is 30 a tonne.",
                "embedding": [0.5, 0.25],
                "note": "Peat alone is meant.",
            },
            {"title": "B", "parts": ["A late report costs 90 a day.", "It is due in May."], "id": "b7f3a9c0d1e2f4a5"},
            {"title": "C", "摘要": "逾期不报的，处三万元罚款。", "detail": {"zh": "情节严重的，处九万元罚款。"}},
            {"title": "D", "score": 0.5, "hash": "b7f3a9c0d1e2f4a5"},
        ]
    )
    assert texts(document, "paragraph") == [
        "The levy is 30 a tonne.", "note: Peat alone is meant.", "A late report costs 90 a day.",
        "It is due in May.", "摘要: 逾期不报的，处三万元罚款。", "zh: 情节严重的，处九万元罚款。",
    ]  # fmt: skip
    assert "1 of 4 records hold no text" in document.warnings[0]
    assert document.warnings[1].endswith("fields left out as they hold no prose: embedding, id, score, hash")


def test_a_question_and_its_answer_stay_together():
    document = read(
        {"data": [{"id": 1, "question": "罚款多少？", "answer": "每吨九十元。"}, {"q": "When?", "a": "May."}]}
    )
    assert texts(document, "paragraph") == ["罚款多少？\n每吨九十元。", "When?\nMay."]


def test_articles_in_records_have_their_numbers_as_headings():
    document = read({"法律名称": "海岸办法", "条文": [{"条号": "第一条", "内容": "为了修复海岸，制定本办法。"}]})
    assert headings(document) == [(0, "海岸办法"), (1, "第一条")]


@pytest.mark.parametrize(
    "value",
    [
        [{"bay": "North", "2030": 12, "cap": 4.5}, {"bay": "South", "2030": 9, "cap": 3.5}],
        [["bay", "2030", "cap"], ["North", 12, 4.5], ["South", 9, 3.5]],
    ],
)
def test_records_of_numbers_are_rows_of_a_table(value):
    document = read(value)
    (table,) = tables(document)
    assert table.header_rows == 1
    assert [*grid(document, table).values()] == ["bay", "2030", "cap", "North", "12", "4.5", "South", "9", "3.5"]


def test_features_of_a_map_are_read_without_their_shapes():
    shape = {"type": "Point", "coordinates": [1, 2]}
    said = {"name": "Otter bog", "note": "Its ditch was closed in 2031."}
    features = [{"type": "Feature", "geometry": shape, "properties": said}]
    document = read({"type": "FeatureCollection", "features": features})
    assert headings(document) == [(0, "Otter bog")] and "ditch" in document.text and "shapes" in document.warnings[0]


def test_an_array_of_strings_is_read():
    assert texts(read(["The levy is 30.", "罚款为三万元。"]), "paragraph") == ["The levy is 30.", "罚款为三万元。"]


def test_what_the_markup_of_records_strikes_out_is_told_once():
    (told,) = read([{"title": key, "text": f"<p>Bay {key} pays <s>90</s> 80 euro.</p>"} for key in "ab"]).warnings
    assert "struck out" in told


def test_halves_of_characters_and_nuls_are_no_words():
    document = read(b'{"title": "Peat\\ud800", "text": "The levy \\u0000 is thirty \\udc12 euro."}')
    assert (document.metadata.title, "thirty \ufffd euro" in document.text) == ("Peat\ufffd", True)
    assert any("read as U+FFFD" in warning for warning in document.warnings)
    assert document.text.encode() and "\0" not in document.text


def test_json_nested_too_deep_says_so():
    with pytest.raises(UnsupportedFormat, match="below 40 nested objects"):
        read_records(b'{"a":' * 99 + b'"Words stand here, far below."' + b"}" * 99, "x.json")


def test_json_without_text_is_refused():
    with pytest.raises(UnsupportedFormat, match="without text"):
        read_records(b'{"a": 1, "b": [2]}', "x.json")


@pytest.mark.skipif(not DOCS.is_dir(), reason="the policy documents are not at ../shared/policy/docs")
@pytest.mark.parametrize("path", sorted(DOCS.glob("cn-*.json")), ids=lambda path: path.stem)
def test_real_records_are_sound(path):
    document = read_records(path.read_bytes(), path.name)
    assert_sound(document)
    assert max(map(len, texts(document, "paragraph"))) < 3_000  # they come as one line of up to 9,000
