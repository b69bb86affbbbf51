from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.document import Span
from sinkqa.ingest.text.normalised_text import cased, fold, plain_view, reading_view, search_view
from tests.ingest.invariants import same_words
from tests.strategies import hostile_text


def read(text: str) -> str:
    return reading_view(text, [Span(0, len(text))]).text


@pytest.mark.parametrize(
    ("source", "reading"),
    [
        ("森林碳\n\n汇项目", "森林碳汇项目"),
        ("carbon\r\n\r\nsinks", "carbon sinks"),
        ("参与CCER\n市场", "参与CCER市场"),
        ("中国 2018年约 12.57亿吨，占 5%至 10%的", "中国2018年约12.57亿吨，占5%至10%的"),
        ("3.1 总则", "3.1 总则"),
        ("表4 试点", "表4 试点"),
        ("财政部 林草局", "财政部 林草局"),
        ("a\t b\u3000c\u00a0d", "a b c d"),
        ("a\x00b\ufeffc\u200bd", "abcd"),
        ("ＡＢ％①", "ＡＢ％①"),
        ("  edge \n", "edge"),
        ("", ""),
    ],
)
def test_lines_are_joined_and_spaces_mended(source: str, reading: str):
    assert read(source) == reading


@pytest.mark.parametrize(
    ("source", "reading"),
    [
        ("stor-\nage", "storage"),
        ("Smi⁃\n\nthson", "Smithson"),
        ("co\u00adop co\u00ad\nop", "coop coop"),
        ("long-\nterm", "long-term"),
        ("nature-\nbased", "nature-based"),
        ("air-\nborne and air-borne", "air-borne and air-borne"),
        ("long-\nbow and longbow", "longbow and longbow"),
        ("Mid-\nTerm", "Mid-Term"),
        ("COVID-\n19", "COVID-19"),
        ("2020-\n2030", "2020-2030"),
        ("short-\nand long-term", "short- and long-term"),
        ("https://a.org/some-\npage", "https://a.org/some-page"),
        ("trees -\nall of them", "trees - all of them"),
        ("碳-\n汇", "碳-汇"),
    ],
)
def test_hyphens_at_line_ends_are_mended_with_reason(source: str, reading: str):
    assert read(source) == reading


def test_a_range_of_the_view_leads_back_to_its_source():
    view = reading_view("See stor-\nage now", [Span(0, 17)])
    assert view.text == "See storage now"
    assert view.to_source(4, 11) == (Span(4, 13),)
    assert view.to_source(4, 4) == ()


def test_spans_interrupted_by_other_text_stay_apart():
    source = "Trees grow\n1 A footnote.\nfor years."
    view = reading_view(source, [Span(0, 10), Span(25, 35)])
    assert view.text == "Trees grow for years."
    assert view.to_source(0, len(view.text)) == (Span(0, 10), Span(25, 35))
    assert view.to_source(6, 14) == (Span(6, 10), Span(25, 28))


def test_a_word_broken_over_an_interruption_is_mended():
    source = "stor-\nFOOT\nage"
    assert reading_view(source, [Span(0, 5), Span(11, 14)]).text == "storage"


def test_spans_with_only_white_space_between_are_one():
    view = reading_view("森林\n\n碳汇", [Span(0, 2), Span(4, 6)])
    assert view.to_source(0, 4) == (Span(0, 6),)


@given(hostile_text())
def test_the_reading_form_keeps_every_character_but_hyphens_and_controls(text: str):
    view = reading_view(text, [Span(0, len(text))])
    assert same_words(text, view.text)
    assert view.text == view.text.strip()
    assert len(view.starts) == len(view.ends) == len(view.text)


@given(hostile_text(), st.data())
def test_any_range_of_the_reading_form_is_that_of_its_source(text: str, data: st.DataObject):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), min_size=4, max_size=4)))
    view = reading_view(text, [Span(cuts[0], cuts[1]), Span(cuts[2], cuts[3])])
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(view.text))] * 2)))
    spans = view.to_source(start, end)
    assert same_words("".join(text[first:last] for first, last in spans), view.text[start:end])


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ，１２％", "abc,12%"),
        ("森林⼈⻋⺠", "森林人车民"),
        ("漢語與後裏", "汉语与后里"),
        ("“双碳”—「目标」", '"双碳"-"目标"'),
        ("NDCs①提出", "ndcs 提出"),
        ("km² CO₂", "km2 co2"),
        ("Cafe\u0301", "caf\u00e9"),
        ("10⁶ ha, 10⁻³, １０²", "10^6 ha, 10^-3, 10^2"),
        ("10₂", "10_2"),
        ("3½ t, ½ t", "3 1/2 t, 1/2 t"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_search_forms_of_one_word_are_alike(text: str, folded: str):
    assert fold(text) == folded


def test_every_radical_with_a_character_of_its_own_folds_to_it():
    named = [chr(code) for code in range(0x2F00, 0x2FD6)]
    assert not [char for char in named if unicodedata.name(fold(char)).startswith("KANGXI")]


@given(hostile_text())
def test_folding_twice_changes_nothing_more(text: str):
    assert fold(fold(text)) == fold(text)


@given(hostile_text())
def test_the_cased_form_is_as_long_and_keeps_capitals_and_circled_numbers_alone(text: str):
    form = cased(text)
    assert re.sub("[\u2460-\u249b]", " ", form.lower()) == fold(text)
    assert search_view(text, keep_case=True).text == form


def test_capitals_and_circled_numbers_stay_in_the_cased_form():
    assert cased("ＷＨＯ提出⑩項 5 ㎿") == "WHO提出⑩项 5 MW"


@given(hostile_text())
def test_the_search_view_is_the_folded_text_with_its_source(text: str):
    view = search_view(text)
    assert view.text == fold(text)
    for place in range(len(view.text)):
        [(first, last)] = view.to_source(place, place + 1)
        assert view.text[place] in f"{fold(text[first:last])}^_ "


def test_the_search_view_of_a_reading_view_leads_to_the_source():
    source = "其⼀、Stor-\nage ＣＯ２"
    view = search_view(reading_view(source, [Span(0, len(source))]))
    assert view.text == "其一、storage co2"
    assert [source[s:e] for s, e in view.to_source(3, 10)] == ["Stor-\nage"]
    assert [source[s:e] for s, e in view.to_source(11, 14)] == ["ＣＯ２"]


def test_the_plain_view_changes_nothing():
    assert plain_view("a\n b").to_source(1, 3) == (Span(1, 3),)


def test_folding_takes_well_under_a_second_for_a_million_characters():
    text = "全国碳市场 Carbon “trading” ２０２４年。" * 40_000
    began = time.process_time()
    fold(text)
    assert time.process_time() - began < 1.0
