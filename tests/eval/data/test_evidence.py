import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.eval.data.evidence import bare, stretches

TABLE = "Finland\t12\nSweden 7\n\nLimits\nSweden: 9 parts\nFinland:\u3000 -17 754 parts\nNorway 3"


def said(words, text):
    return [text[start:end] for start, end in stretches(words, text)]


def test_words_are_found_across_white_space_of_either_side():
    assert said(["-17754 pa rts"], TABLE) == ["-17 754 parts"]
    assert said(["九公顷"], "共九\n公 顷。") == ["九\n公 顷"]


def test_a_word_that_stands_often_is_meant_where_the_others_stand():
    ((start, _), _) = stretches(["Finland", "-17 754"], TABLE)
    assert start == TABLE.rindex("Finland")
    assert len(stretches(["Finland"], TABLE)) == 2


def test_where_a_word_is_missing_nothing_is_found():
    assert stretches(["Finland", "whales"], TABLE) == []
    assert stretches(["Finland"], "") == stretches([], TABLE) == []


@given(st.text("ab \n", max_size=30), st.text("ab ", min_size=1, max_size=4).filter(str.strip))
def test_what_is_found_is_the_word_and_nothing_is_overlooked(text, word):
    found = stretches([word], text)
    assert all(bare(text[start:end]) == bare(word) for start, end in found)
    assert not any(text[place].isspace() for start, end in found for place in (start, end - 1))
    assert len(found) == sum(bare(text).startswith(bare(word), i) for i in range(len(bare(text))))


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_the_words_does_not_matter(order):
    assert stretches(["Limits", "Sweden"][::order], TABLE) == stretches(["Limits", "Sweden"], TABLE)
