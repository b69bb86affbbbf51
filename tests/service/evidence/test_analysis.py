"""A text analysed says what the plain functions say, and tells what it states from what it cites."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import cased, fold
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.entities import entities
from tests.strategies import hostile_text

_SAID = (
    "Japan pays 40 euros in 2019.",
    "欧盟补贴三百公顷。",
    "(Smith and Wu, 2019)",
    "Elm Council",
    "《森林法》第五条",
)
_TEXTS = hostile_text(5) | st.lists(st.sampled_from(_SAID), max_size=4).map(" ".join)


@given(_TEXTS)
def test_each_property_is_what_the_plain_function_gives(text: str) -> None:
    said = Analysis(text)
    assert said.text == text
    assert said.folded == fold(text) and said.language == detect(text)
    assert said.terms == set(analyze(text))
    assert said.amounts == tuple(amounts(cased(text)))
    assert said.names == {each.name for each in entities(text)} == {each.name for each in said.entities}


@given(_TEXTS)
def test_what_is_stated_is_part_of_the_amounts_in_their_order(text: str) -> None:
    said, rest = Analysis(text), iter(Analysis(text).amounts)
    assert all(any(each == other for other in rest) for each in said.stated)


@given(_TEXTS)
def test_a_text_holds_its_own_names(text: str) -> None:
    said = Analysis(text)
    assert all(said.holds(entity) for entity in said.entities)


def test_a_property_is_worked_out_once() -> None:
    said = Analysis("Japan pays 40 euros in 2019.")
    assert said.amounts is said.amounts and said.entities is said.entities and said.terms is said.terms


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("Otters came back in 2001 (Smith and Wu, 2019).", ["2001"]),
        ("As was seen (Smith and Wu, 2019; Li, 2020), otters came back in 2001.", ["2001"]),
        ("水獭于2001年归来（王某等，2019）。", ["2001年"]),
        ("The fen (40 hectares) was rewetted in 2019.", ["40 hectares", "2019"]),
        ("The Fen Act (2019) forbids mowing.", ["2019"]),
    ],
)
def test_the_year_of_a_cited_work_is_not_stated(text: str, stated: list[str]) -> None:
    assert [amount.said for amount in Analysis(text).stated] == stated


@pytest.mark.parametrize("text", ["Smith et al. (2019) saw otters.", "王某等（2019）看到了水獭。"])
def test_nor_is_that_of_a_work_whose_authors_are_part_of_the_sentence(text: str) -> None:
    assert Analysis(text).stated == ()


@pytest.mark.parametrize("text", ["The market (opened in 2019) sells credits.", "Mowing stops (by May 2019)."])
def test_a_year_in_brackets_beside_words_that_are_no_author_is_stated(text: str) -> None:
    assert len(Analysis(text).stated) == 1


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("The EU acts.", "欧盟采取行动。"),
        ("Shanghai joined.", "上海加入。"),
        ("The Lund Trust pays.", "It is the Lund Trust."),
    ],
)
def test_a_name_is_held_under_any_alias_and_no_other(text: str, other: str) -> None:
    (name,) = Analysis(other).entities
    assert Analysis(text).holds(name)
    assert not Analysis("Nobody of a name is here.").holds(name)


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("由县级以上人民政府林业主管部门责令改正。", "部门"),
        ("It is fixed by the Secretary of the Interior.", "secretary"),
        ("It was the Elm Trust that bought the fen.", "elm trust"),
    ],
)
def test_who_acts_is_found_where_it_has_no_name_of_its_own(text: str, actor: str) -> None:
    assert actor in Analysis(text).actors
    assert Analysis("The fen is wet. 地面很湿。").actors == frozenset()


def test_a_place_that_no_list_holds_is_a_site() -> None:
    assert Analysis("The fair was held in Tarnby.").sites == {"tarnby"}
    assert "杭州" in Analysis("博览会在杭州举办。").sites
    assert Analysis("The fair was cold.").sites == frozenset()
