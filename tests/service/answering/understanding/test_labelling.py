"""Tables that questions name: by the label that is printed over them, and as a whole."""

from __future__ import annotations

import pytest

from sinkqa.service.answering.understanding.labelling import TableAsked, table_asked


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("表4", "4"),
        ("表４的内容是什么？", "4"),
        ("《湿地报告》表十二", "12"),
        ("请列出附表1", "附1"),
        ("What is in Table 4?", "4"),
        ("Show me the whole table A-2, please", "A-2"),
    ],
)
def test_a_table_is_asked_for_as_a_whole_by_its_label(question, label):
    assert table_asked(question) == TableAsked(label, whole=True)


@pytest.mark.parametrize(
    "question",
    [
        "各湿地的水位上限分别是多少？",
        "列出所有湿地的水位上限",
        "List all wardens' duties",
        "What is the limit for each fen?",
    ],
)
def test_rows_are_asked_for_without_a_label(question):
    assert table_asked(question) == TableAsked(None, whole=True)


def test_a_thing_in_a_table_is_not_the_whole_of_it():
    assert table_asked("表4里北岸的水位是多少？") == TableAsked("4", whole=False)
    assert table_asked("What does Table 4 say about the north bank?") == TableAsked("4", whole=False)


@pytest.mark.parametrize("question", ["谁代表3个村？", "报告表3份", "A stable 4 m", "湿地法第二十一条", "How?"])
def test_other_questions_say_nothing_of_tables(question):
    assert table_asked(question) is None


@pytest.mark.parametrize("printed", ["表4", "表 4", "Table 4", "TABLE 4", "表四", "Tab. 4"])
def test_a_label_names_a_table_however_it_is_printed(printed):
    asked = table_asked("表4")
    assert asked is not None and asked.names(printed)


@pytest.mark.parametrize("printed", ["附表4", "表14", "Table 4-1", "Table A4", None, ""])
def test_a_label_names_no_other_table(printed):
    asked = table_asked("Table 4")
    assert asked is not None and not asked.names(printed)


def test_two_labels_name_no_one_table():
    asked = table_asked("表4和表5")
    assert asked is not None and asked.label is None and not asked.names("表4")
