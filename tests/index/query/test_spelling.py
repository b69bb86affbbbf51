from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.query.spelling import respelled, within
from sinkqa.index.search.query import Group

WORDS = ("rewett", "peat", "store", "carbon", "sequestr", "in", "fores", "forest", "fire", "碳汇", "泥炭")


def terms(prefix: str) -> list[tuple[str, int]]:
    return [(word, 1) for word in WORDS if word.startswith(prefix)]


def test_a_misspelt_word_is_looked_for_as_the_nearest_there_is() -> None:
    found = respelled([Group(("forrest",)), Group(("seqeustr",)), Group(("carbon",))], terms)
    assert [[each.terms for each in group.alternatives] for group in found] == [[("forest",)], [("sequestr",)], []]


@pytest.mark.parametrize("word", ["fir", "2031", "carbon", "prest", "泥炭地", "qqqqqqq"])
def test_short_words_numbers_and_known_words_stay_as_they_are(word: str) -> None:
    assert respelled([Group((word,))], terms) == (Group((word,)),)


def test_words_said_together_are_not_respelled() -> None:
    assert respelled([Group(("forezt", "firee"))], terms) == (Group(("forezt", "firee")),)


def test_a_query_in_another_language_is_not_respelled() -> None:
    groups = tuple(Group((word,)) for word in ("forezt", "carbom", "storez", "rewettez", "foreste"))
    assert respelled(groups, terms) == groups
    assert respelled(groups[:4], terms) != groups[:4]


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.integers(0, 2))
def test_edits_are_counted_alike_in_both_directions(one: str, other: str, edits: int) -> None:
    assert within(one, other, edits) == within(other, one, edits)
    assert within(one, one, edits) and (not within(one, other, edits) or within(one, other, edits + 1))
