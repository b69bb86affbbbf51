"""Files of values come back as tables under their header, whatever parts the values and in whatever encoding."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers import format_of, read_bytes
from sinkqa.ingest.readers.sheets.values import delimiter_of, read_values
from sinkqa.ingest.splitting.splitter import split
from tests.ingest.shape import assert_sound, grid, tables, texts


def read(content, name="reefs.csv"):
    document = read_bytes(content if isinstance(content, bytes) else content.encode(), name)
    assert_sound(document)
    return document


def rows(document):
    return [passage.text for passage in split(document) if passage.kind == "row"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_each_value_stands_under_the_name_of_its_column(encoding):
    document = read('海湾,2031年面积（公顷）,2032年面积（公顷）\n北湾,"1,200",1250\n南湾,800,790\n'.encode(encoding))
    assert rows(document) == [
        "海湾: 北湾 | 2031年面积（公顷）: 1,200 | 2032年面积（公顷）: 1250",
        "海湾: 南湾 | 2031年面积（公顷）: 800 | 2032年面积（公顷）: 790",
    ]
    assert format_of(document) == "csv" and document.metadata.title == "reefs" and not document.warnings


@pytest.mark.parametrize(
    "text",
    [
        "bay\tarea 2031\tarea 2032\nNorth\t12\t14\nSouth\t9\t8\n",
        "sep=;\nbay;area 2031;area 2032\nNorth;12;14\nSouth;9;8\n",
        "bay|area 2031|area 2032\nNorth|12|14\nSouth|9|8\n",
        "bay，area 2031，area 2032\nNorth，12，14\nSouth，9，8\n",
        "\n bay, area 2031, area 2032\nNorth, 12, 14\n\nSouth, 9, 8\n",
    ],
)
def test_any_mark_may_part_the_values(text):
    assert rows(read(text)) == [
        "bay: North | area 2031: 12 | area 2032: 14", "bay: South | area 2031: 9 | area 2032: 8",
    ]  # fmt: skip


def test_title_unit_and_note_of_the_sheet_are_its_caption_and_note():
    document = read("表1 礁石面积\n单位：公顷\n海湾,2031年,2032年\n北湾,12,14\n南湾,9,8\n注：2032年为估计。\n")
    (table,) = tables(document)
    said = [document.text[start:end] for start, end in (*table.caption, *table.notes)]
    assert said == ["表1 礁石面积", "单位：公顷", "注：2032年为估计。"] and table.header_rows == 1


def test_quoted_values_hold_line_ends_and_a_file_without_names_has_no_header():
    document = read('bay,remark\nNorth,"first line\nsecond line"\nSouth,none yet\n')
    (table,) = tables(document)
    assert grid(document, table)[1, 1] == "first line\nsecond line"
    (table,) = tables(read("北湾,1200,1250\n南湾,800,790\n"))
    assert table.header_rows == 0


def test_tables_one_below_the_other_keep_their_own_headers_and_groups_go_on():
    first, second = tables(read("bay,2031\nNorth,12\n\nport,2031,2032\nEast,1,2\nWest,3,4\n"))
    assert (first.n_columns, second.n_columns) == (2, 3) and first.header_rows == second.header_rows == 1
    (whole,) = tables(read("bay,2031,2032\nNorth,12,14\n\nSouth,9,8\nWest,7,6\n"))
    assert whole.n_rows == 4


def test_rows_with_more_values_than_columns_are_named():
    document = read("bay,area\nNorth,12\nSouth,1,200\nWest,9\n")
    assert "row 3 has more values than there are columns" in document.warnings[0]


def test_a_mark_that_is_only_declared_and_a_field_without_end_are_read():
    for mark in ('"', " ", "\r"):
        assert "North" in read_values(f"sep={mark}\nbay{mark}area\nNorth{mark}12\n".encode(), "x.csv").text
    field = "reef grass " * 200_000
    assert len(read_values(f"bay,note\nNorth,{field}\n".encode(), "x.csv").text) > len(field) - 2


def test_prose_named_as_values_is_read_as_text_with_a_warning():
    document = read("The reef is old, says the board.\nIt is small, and grows.\n")
    assert not tables(document) and "read as plain text" in document.warnings[0]
    assert "The reef is old, says the board." in texts(document, "paragraph")
    assert delimiter_of("") is None


def test_a_file_beyond_the_bound_says_which_rows_are_left_out(monkeypatch):
    monkeypatch.setattr("sinkqa.ingest.readers.sheets.values.MAX_CELLS", 200)
    document = read_values(b"bay,area\n" + b"North,1\n" * 120, "long.csv")
    assert "rows 101 to 121 are left out" in document.warnings[0]
    assert tables(document)[0].n_rows == 100
