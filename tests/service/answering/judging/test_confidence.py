"""Signs that a piece answers: each a share, and each tells one thing apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sinkqa.index.hit import Hit, Why
from sinkqa.index.models.encoder import load_encoder
from sinkqa.ingest.document import Metadata
from sinkqa.service.answering.judging.confidence import BAR, OFFSET, SCOPE, SIGNS, WEIGHTS, nearness, signs, trust
from sinkqa.service.answering.judging.judge import shortlist
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.pieces import Pieces
from tests.index.made import ENGLISH, made
from tests.strategies import passages

RULE = "# Rule\n\nA firm must surrender one unit for each tonne by 30 May.\n"
ACT = """# Fen Act

## Article 5

Owners of fens must not mow in June.

## Article 6

Owners of fens may burn reeds in May.
"""
YEARS = """# Fen

## One

In 2019 the council rewetted nine hectares.

## Two

In 2021 the council rewetted forty hectares.

## Three

The council rewetted two hectares (Smith and Wu, 2019).
"""


@pytest.fixture
def told(found, encoder) -> Callable[..., list[dict[str, float]]]:
    """The signs of each piece of a text in its order, by name."""

    def tell(question: str, text: str, **how: object) -> list[dict[str, float]]:
        asked, hits = understand(question), found(text, **how)
        every = Pieces(encoder).of(hits)
        fit = np.full(len(every), 0.5, np.float32)
        return [dict(zip(SIGNS, row, strict=True)) for row in signs(asked, every, fit, hits, encoder).tolist()]

    return tell


@settings(max_examples=30, deadline=None)  # the first call loads the encoder and the tagger
@given(st.lists(passages(), min_size=1, max_size=3, unique_by=lambda each: each.passage_id), st.text(max_size=40))
def test_every_sign_of_anything_is_a_share(given_passages, question):
    encoder, given_hits = load_encoder(), [Hit(each, "Fen", 1.0, Why()) for each in given_passages]
    asked, every = understand(question), Pieces(encoder).of(given_hits)
    if every:
        chosen, fit = shortlist(asked, every, encoder)
        found = signs(asked, [every[place] for place in chosen], fit, given_hits, encoder)
        assert found.shape == (len(chosen), len(SIGNS)) and found.dtype == np.float32
        assert ((found >= 0) & (found <= 1 + 1e-6)).all()


def test_every_sign_has_a_weight_and_none_speaks_against():
    assert tuple(WEIGHTS) == SIGNS and min(WEIGHTS.values()) >= 0
    assert 0 < BAR < 1 and OFFSET < 0


QUESTION = "By what date must a firm in {} surrender its units?"


def test_evidence_of_another_place_is_doubted(told):
    said = RULE.replace("A firm", "A firm in Japan")
    (ours,), (other,) = (told(QUESTION.format(place), said) for place in ("Japan", "Canada"))
    assert (ours["home"], other["home"]) == (1, 0)


def test_a_document_that_names_no_country_is_of_its_own(told):
    home = Metadata(jurisdiction="NZ")
    (ours,), (other,) = (told(QUESTION.format(place), RULE, about=home) for place in ("New Zealand", "Canada"))
    assert (ours["home"], other["home"]) == (1, 0)


def test_where_nothing_tells_of_a_place_it_is_neither(told):
    assert 0 < told(QUESTION.format("Japan"), RULE)[0]["home"] < 1
    assert told("By what date must a firm surrender its units?", RULE)[0]["home"] == 1


def test_a_piece_is_nearly_of_the_place_that_its_document_names_elsewhere(told):
    further = "\n## More\n\nThe forests of Japan are old, and its firms are many.\n"
    alone = told(QUESTION.format("Japan"), RULE)[0]["home"]
    assert alone < told(QUESTION.format("Japan"), RULE + further)[0]["home"] < 1


def test_a_piece_is_of_the_article_that_is_above_it(told):
    five, six = told("What does Article 5 say of owners of fens?", ACT)
    assert (five["provision"], six["provision"]) == (1, 0)
    assert {each["provision"] for each in told("What may owners of fens burn?", ACT)} == {1}


@pytest.mark.parametrize(
    "question", ["What must owners of fens do under Article 5?", "May reeds burn under Article 5?"]
)
def test_what_is_done_under_an_article_is_of_it(told, question):
    five, six = told(question, ACT)
    assert (five["provision"], six["provision"]) == (1, 0)


def test_a_provision_counts_only_in_the_act_that_is_named(told):
    question = "What does Article 5 of the Paris Agreement say of owners?"
    assert [each["provision"] for each in told(question, ACT)] == [0, 0]
    assert [each["provision"] for each in told(question, ACT, title="Paris Agreement")] == [1, 0]


def test_the_year_of_a_cited_work_is_no_year_of_what_is_said(told):
    wanted, other, cited = (each["year"] for each in told("How many hectares did the council rewet in 2019?", YEARS))
    assert (wanted, other) == (1, 0) and 0 < cited < 1


def test_a_document_of_the_year_is_of_it(told):
    said = "# Fen\n\nThe council rewetted nine hectares.\n"
    question = "How many hectares did the council rewet in 2019?"
    ours, other, neither = (told(question, said, about=Metadata(year=year))[0]["year"] for year in (2019, 2004, None))
    assert (ours, other) == (1, 0) and 0 < neither < 1


def test_what_its_amount_counts_should_be_what_is_asked_for(told):
    said = "# Fen\n\nThe fen holds 41 sluices.\n\n## More\n\nThe fen holds 41 visitors.\n"
    sluices, visitors = (each["counted"] for each in told("How many sluices does the fen hold?", said))
    assert sluices > 0.9 > 0.6 > visitors


def test_a_name_counts_where_the_document_or_a_heading_goes_by_it(told):
    question = "What does the Elm Council pay for?"
    said = "# Notes\n\n## {}\n\nThe fen is kept wet.\n"
    assert told(question, said.format("Elm Council"))[0]["named"] == 1
    assert told(question, said.format("Fens"), title="Elm Council")[0]["named"] == 1
    assert told(question, said.format("Fens"))[0]["named"] < 0.5


def test_a_form_of_statement_that_is_asked_for_should_be_there(told):
    said = "# Fen\n\nWho mows in June pays a fine of 40 marks.\n\n## More\n\nNobody mows in June.\n"
    assert [each["form"] for each in told("What is the penalty for mowing in June?", said)] == [1, 0]


def test_another_language_is_told(told):
    assert [each["across"] for each in told("湿地何时可以割草？", ACT)] == [1, 1]
    assert [each["across"] for each in told("When are fens mown?", ACT)] == [0, 0]


def hits(**how: float) -> list[Hit]:
    return [Hit(passage, "", 1.0, Why(**how)) for passage in made("a.txt", ENGLISH)[1]]


def test_signs_are_trusted_less_the_farther_the_library_is_from_the_subject():
    asked = understand("How many cows graze on the fen?")
    shares = [trust(asked, hits(dense=near, late=near, lexical=0.5)) for near in (0.9, SCOPE, SCOPE / 2, 0.0)]
    assert shares[:2] == [1, pytest.approx(1)] and 0 < shares[2] < 0.5 and shares[3] == 0
    assert trust(asked, []) == 0


@pytest.mark.parametrize("question", ["a", "的", "0", "What is it of?"])
def test_without_a_subject_no_sign_is_trusted(question):
    assert trust(understand(question), hits(dense=0.9, late=0.9, lexical=0.9)) == 0


def test_a_library_is_near_that_shares_words_and_meaning():
    def near(**how: float) -> float:
        return nearness(hits(**how))

    assert near(dense=0.8, late=0.6, lexical=0.5) == pytest.approx(0.7)
    assert near(dense=0.8, late=0.6) < near(dense=0.8, late=0.6, lexical=0.5)
    assert near(dense=-0.4) == 0
