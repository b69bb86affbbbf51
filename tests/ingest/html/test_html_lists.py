"""Items of lists carry the numbers that the page shows before them."""

from __future__ import annotations

import pytest

from sinkqa.ingest.readers.html.numbering import marker, numbers_itself, numeral
from tests.ingest.pages import lines, page


def test_lists_are_numbered_as_the_page_numbers_them():
    document = page(
        "<ol start=3><li>third<ol type=a><li>inner</ol><li value=9>ninth<li>tenth</ol><p>between</p><ol start=11>"
        "<li>eleventh</ol><ol reversed><li>b<li>a</ol><ol type=I><li value=44>upper</ol><ol type=a start=27>"
        "<li>late</ol>"
    )
    assert lines(document) == [
        "3. third", "a. inner", "9. ninth", "10. tenth", "between", "11. eleventh", "2. b", "1. a", "XLIV. upper",
        "aa. late",
    ]  # fmt: skip


def test_the_style_sheet_chooses_the_numerals_or_none():
    document = page(
        "<ol class=cn><li>总则<li>分则</ol><ol style='list-style-type:lower-greek'><li>first</ol>"
        "<ol style='list-style:none'>"
        "<li>bare</ol><ol class=up><li>big</ol><ul style='list-style-type:decimal'><li>counted</ul><ul><li>dot</ul>"
        "<ol style='list-style: cjk-heavenly-stem inside'><li>方</ol>",
        "<style>ol.cn{list-style-type:simp-chinese-informal} .up li{list-style-type:upper-alpha}</style>",
    )
    assert lines(document) == ["一、总则", "二、分则", "α. first", "bare", "A. big", "1. counted", "dot", "甲、方"]


def test_rules_that_count_set_their_numbers_before_items():
    document = page(
        "<ol class=p><li>first<li>second</ol><ul class=z><li>甲方<li>乙方</ul><ol class=n><li>one<ol>"
        "<li>inner<li>last</ol>"
        "<li>two</ol><ul class=q><li>dot</ul>",
        "<style>.p,.n,.n ol{list-style:none}.p li::before{content:'(' counter(c,lower-alpha) ') '}"
        ".z li:before{content:'第' counter(a,cjk-ideographic) '条'} .n li::before{content:counters(item,'.') ' '}"
        ".q li::before{content:'•'}</style>",
    )
    assert lines(document) == [
        "(a) first", "(b) second", "第一条 甲方", "第二条 乙方", "1 one", "1.1 inner", "1.2 last", "2 two", "dot",
    ]  # fmt: skip


def test_an_item_that_brings_its_number_is_not_numbered_twice():
    items = [
        "1. one",
        "(2) two",
        "3) three",
        "1.5 t a year",
        "e.g. kilns",
        "U.S. law",
        "2033 is the year",
        "2.1. nested",
    ]
    document = page("<ol><li>" + "<li>".join(items) + "</ol>")
    assert lines(document) == [
        "1. one", "(2) two", "3) three", "4. 1.5 t a year", "5. e.g. kilns", "6. U.S. law", "7. 2033 is the year",
        "2.1. nested",
    ]  # fmt: skip


def test_the_number_of_an_item_stands_before_its_first_words_alone():
    document = page("<ol><li><p>one</p><p>more</p><li><li><ol type=a><li>nested</ol></ol>")
    assert lines(document) == ["1. one", "more", "3. a. nested"]


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [(12, "cjk-ideographic", "十二、"), (3, "simp-chinese-formal", "叁、"), (7, "decimal-leading-zero", "07. "),
     (2, "katakana-iroha", "ロ、"), (30, "lower-greek", "30. "), (4, "lower-roman", "iv. "), (0, "upper-latin", "0. ")],
)  # fmt: skip
def test_markers_of_all_kinds(number, style, shown):
    assert marker(number, style) == shown


def test_letters_and_roman_numerals_go_on():
    assert [numeral(n, "a") for n in (26, 27, 703)] == ["z", "aa", "aaa"]
    assert numeral(1994, "I") == "MCMXCIV"


@pytest.mark.parametrize("text", ["（三）条", "③ 项", "第四条 项", "b) part", "iv. part", "十一、项"])
def test_labels_are_known_as_numbers(text):
    assert numbers_itself(text)
