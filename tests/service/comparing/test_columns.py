"""What a column asks for."""

import pytest

from sinkqa.ingest.text.analyzer import analyze, units
from sinkqa.service.comparing.columns import Column, columns, holds, says


@pytest.mark.parametrize(
    ("label", "topic", "kind"),
    [
        ("森林", "森林", None),
        ("penalty", "", "penalty"),
        ("处罚", "", "penalty"),
        ("主管部门", "", "authority"),
        ("forest measures", "forest", None),
        ("finance for wetlands", "wetlands", None),
        ("湿地资金", "湿地", None),
        ("施行日期", "", "effect"),
    ],
)
def test_a_column_is_a_topic_a_kind_of_statement_or_both(label, topic, kind):
    column = Column(label)
    assert column.topic == topic
    assert (column.aspect.kind if column.aspect else None) == kind


def test_a_topic_is_known_in_both_languages():
    assert holds(Column("草原").concepts, frozenset(analyze("The plan restores grasslands.")))
    assert holds(Column("wetland").concepts, frozenset(analyze("加强湿地保护")))
    assert not holds(Column("草原").concepts, frozenset(analyze("The plan restores forests.")))
    assert Column("草原").query("en") == "grassland" and Column("forest").query("zh") == "森林"


def test_the_words_of_a_term_stand_together():
    market = Column("carbon market").concepts

    def said(text):
        return says(market, frozenset(analyze(text)), units(text))

    assert said("Each carbon market has a registry.")
    assert not said("It reduces carbon from industry and supports early markets for new goods.")


def test_a_column_that_asks_for_an_amount_is_told_from_others():
    assert Column("抵销比例").counted and Column("offset limit").counted
    assert not Column("抵销机制").counted and not Column("比例").counted


def test_each_column_comes_once_without_spaces_around():
    assert [each.label for each in columns([" forest ", "forest", "", "  ", "湿地"])] == ["forest", "湿地"]
