from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.glossary import renderings
from sinkqa.index.glossary.renderings import as_units, glossary
from sinkqa.index.query.expansion import expand, matched_terms
from sinkqa.index.search.query import Alternative, Group
from sinkqa.ingest.text.analyzer import analyze


def others(text: str) -> set[tuple[str, ...]]:
    return {each.terms for group in expand(text) for each in group.alternatives}


def test_a_term_is_also_looked_for_in_the_other_language() -> None:
    assert ("湿地",) in others("How are wetlands mapped?")
    assert ("wetland",) in others("如何保护湿地")


def test_the_longest_rendering_counts() -> None:
    (group,) = (group for group in expand("blue carbon ecosystems") if group.alternatives)
    assert group.terms == ("blue", "carbon", "ecosystem")
    assert ("蓝碳",) in {each.terms for each in group.alternatives}


def test_an_abbreviation_is_also_looked_for_by_its_full_form() -> None:
    assert ("nation", "determin", "contribut") in others("the NDC of Japan")
    assert ("加州",) in others("加利福尼亚州的法律")


def test_synonyms_of_the_same_language_are_not_looked_for() -> None:
    assert ("timber",) not in others("lumber") and ("木材",) in others("lumber")


@pytest.mark.parametrize(("text", "meant"), [("tell us", False), ("the US", True), ("U.S. forests", True)])
def test_an_abbreviation_that_is_a_word_counts_in_capitals_only(text: str, meant: bool) -> None:
    assert (("美国",) in others(text)) is meant


@pytest.mark.parametrize(
    ("text", "rendering"),
    [
        ("How is a company fined?", ("罚款",)),
        ("Do I need a permit to cut down trees?", ("采伐",)),
        ("When did it come into force?", ("施行",)),
        ("砍树要办证吗", ("permit",)),
        ("由谁负责", ("compet", "author")),
        ("许可证的有效期", ("valid", "for")),
    ],
)
def test_everyday_words_meet_the_words_of_law(text: str, rendering: tuple[str, ...]) -> None:
    assert rendering in others(text)


@pytest.mark.parametrize(
    ("text", "rendering"),
    [
        ("What does it do?", ("design", "oper", "entiti")),
        ("in the future", ("期货",)),
        ("conventional tillage", ("公约",)),
        ("objectives of the plan", ("异议",)),
        ("projects", ("预测",)),
    ],
)
def test_a_word_is_not_taken_for_another_of_its_stem(text: str, rendering: tuple[str, ...]) -> None:
    assert rendering not in others(text)


def test_traditional_characters_are_known_to_the_glossary() -> None:
    assert others("濕地與紅樹林") == others("湿地与红树林")


def test_matched_terms_are_what_stands_in_the_passage() -> None:
    groups = [Group(("sink",), (Alternative(("碳汇",), 0.5), Alternative(("碳", "库"), 0.5))), Group(("tax",))]
    assert matched_terms(groups, {"碳汇", "碳", "tax"}) == ("碳汇", "tax")


def test_function_words_are_asked_for_only_where_there_is_nothing_else() -> None:
    assert [group.terms for group in expand("What is in the moss?")] == [("moss",)]
    assert [group.terms for group in expand("to be or not to be")] == [("not",)]
    assert [group.terms for group in expand("what is it")] == [("what",), ("is",), ("it",)]


def test_lines_that_say_nothing_are_passed_over() -> None:
    read = renderings._read_units(as_units("# notes\n\nsink of carbon|CS=碳汇\n"))
    assert list(read.find("the sinks of carbon")) == [(["sink", "of", "carbon"], [("cs",), ("碳汇",)])]


def test_every_rendering_is_found_and_no_alternative_is_empty() -> None:
    known = glossary()
    assert len(known.entries) > 800
    for entry in known.entries:
        assert len(entry) > 1 and all(entry), entry


def test_a_repeated_sign_is_one_term() -> None:
    assert {each for group in expand("二二二二吨，article 0，湿地湿地") for each in group.terms} >= {
        "二二",
        "articl",
        "湿地",
    }


@given(
    st.text(st.characters(codec=None), max_size=80)
    | st.text("湿地碳汇 UScap12.5亿万吨第三十条二二%article 01million", max_size=40)
)
def test_the_groups_of_any_text_hold_its_terms_once_each(text: str) -> None:
    groups, terms = expand(text), set(analyze(text))
    grouped = [term for group in groups for term in group.terms]
    assert len(set(grouped)) == len(grouped) and set(grouped) <= terms and bool(grouped) == bool(terms)
    assert all(
        group.terms and all(0 < each.weight < 1 and each.terms for each in group.alternatives) for group in groups
    )


def test_the_glossary_with_its_renderings_cut_is_of_the_glossary_that_people_edit() -> None:
    folder = Path(renderings.__file__).parent
    written = (folder / renderings.GLOSSARY).read_text("utf-8")
    assert as_units(written) == (folder / renderings._AS_UNITS).read_text("utf-8"), (
        "out of date: python -m sinkqa.index.glossary.renderings"
    )
