from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.text.sentences import sentence_spans
from tests.strategies import hostile_text


def sentences(text: str, language: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text, language)]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["Under Art. 29 of the Act, see para. 3 and Sec. 5(b).", "It holds (see Fig. 2)."]),
        ("en", ["Lu et al. (2018) show 3.5 Mt.", "No. 12 of 2020 is approx. 4 ha; cf. Smith et al. 2019."]),
        ("en", ["U.S. Forest Service policy changed.", "Why?", "He said “It works. Really.”"]),
        ("en", ["1. First item.", "(a) Second item, e.g. forests, i.e. trees.", "The end."]),
        ("en", ["There were 12.", "The next had 13."]),
        ("zh", ["《意见。附件》指出“必须做到！绝不能。”", "（见图1。）其次，增长3.5%。", "然后呢？！", "好"]),
        ("zh", ["根据Smith et al. 2018年研究和No. 12文件，森林很大。", "草原很广。"]),
        ("ja", ["第三条 大臣は、「計画。」を定める。", "ただし、（例。以下同じ。）この限りでない。"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, expected: list[str]):
    glue = " " if language == "en" else ""
    assert sentences(glue.join(expected), language) == expected


def test_a_long_enumeration_is_cut_at_semicolons_outside_brackets():
    items = [f"（{number}）保护森林、草原和湿地（甲；乙），并开展监测和评估工作" for number in range(12)]
    text = "；".join(items) + "。"
    assert sentences(text, "zh") == [f"{item}；" for item in items[:-1]] + [f"{items[-1]}。"]
    assert sentences("；".join(items[:2]) + "。", "zh") == ["；".join(items[:2]) + "。"]


def test_a_sentence_over_the_limit_is_cut_at_the_best_place():
    text = "carbon sinks, " * 20
    parts = sentence_spans(text, "en", limit=100)
    assert all(text[:end].endswith(",") for _, end in parts)
    assert sentences("x" * 250, "en") == ["x" * 250]
    assert [end - start for start, end in sentence_spans("x" * 250, "en", limit=100)] == [100, 100, 50]


def test_a_comma_inside_a_number_is_no_place_to_cut():
    text = "worth 12,500 " * 20
    assert all(not part.endswith("12,") for part in (text[s:e] for s, e in sentence_spans(text, "en", limit=60)))


def test_a_limit_below_one_is_refused():
    with pytest.raises(ValueError, match="limit"):
        sentence_spans("a", "en", limit=0)


@given(hostile_text(), st.sampled_from(("zh", "en", "ja", "fr", "und")), st.integers(1, 300))
def test_sentences_hold_all_words_in_order_within_the_limit(text: str, language: str, limit: int):
    spans = sentence_spans(text, language, limit=limit)
    assert all(0 < end - start <= limit for start, end in spans)
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert "".join("".join(text[start:end] for start, end in spans).split()) == "".join(text.split())
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize("unit", ["（a。", "“", "《", "1. ", "；", "\n", "“a. ", "x", "Mr. "])
def test_hostile_lines_take_time_in_proportion(unit: str):
    text = unit * (100_000 // len(unit))
    began = time.process_time()
    spans = sentence_spans(text, "zh")
    assert time.process_time() - began < 5
    assert all(end - start <= 1_000 for start, end in spans)
