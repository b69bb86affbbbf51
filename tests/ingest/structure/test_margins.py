"""Plain text as it is set: tables of years, wrapped prose, numbers and marks before lines, ends of lines."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers.text import read_text
from tests.ingest.shape import assert_sound, headings, tables, texts


def read(content):
    document = read_text(content, "a.txt")
    assert_sound(document)
    return document


@pytest.mark.parametrize("rows", ["{}\t{}\t{}", "| {} | {} | {} |", "{:<12}{:<8}{}"], ids=["tabs", "bars", "spaces"])
def test_a_header_of_years_is_a_header_however_its_columns_are_set(rows):
    lines = [("Bay", "2031", "2032"), ("North", "11", "12"), ("South", "21", "22"), ("West", "31", "32")]
    document = read("".join(rows.format(*line) + "\n" for line in lines).encode())
    (table,) = tables(document)
    assert table.header_rows == 1 and table.n_rows == 4


def test_wrapped_chinese_prose_is_one_paragraph_and_no_title():
    text = (
        "各海湾管理单位应当于每年四月二十日前向所在地海洋主管部\n门报送上一年度修复结果，并对结果的真实性、准确性和完整\n"
        "性负责。逾期不报的，处三万元罚款。\n"
    )
    document = read(text.encode())
    assert texts(document, "paragraph") == [text.strip()] and not headings(document)


def test_numbers_that_count_lines_are_no_words():
    document = read(
        b"11  The harbour board shall survey each reef\n12  by 20 April each year. The survey shall\n"
        b"13  be made by a body that is not paid by\n14  the board. A late survey costs 90 euro.\n"
    )
    (block,) = [block for block in document.blocks if block.kind == "paragraph"]
    words = "".join(document.text[start:end] for start, end in block.spans)
    assert "each reef" in words and not any(number in words for number in ("11", "12 ", "13", "14"))


def test_rows_that_are_counted_stay_rows():
    document = read(b"1  North bay  12\n2  South bay  14\n3  West bay  15\n4  East bay  19\n")
    assert "furniture" not in {block.kind for block in document.blocks}


def test_marks_of_quoted_mail_are_no_words():
    document = read(b"Dear board,\n\n> Is the survey due in May?\n> I hope so.\n\nIt is due in April.\n")
    assert texts(document, "paragraph") == [
        "Dear board,",
        "Is the survey due in May?",
        "I hope so.",
        "It is due in April.",
    ]


@pytest.mark.parametrize("end", ["\r", "\x85", "\u2028", "\f", "\r\n"], ids=["cr", "nel", "line", "page", "crlf"])
def test_lines_end_in_many_ways(end):
    document = read(f"The survey is due in April.{end}A late one costs 90 euro.{end}".encode())
    assert texts(document, "paragraph") == ["The survey is due in April.", "A late one costs 90 euro."]
