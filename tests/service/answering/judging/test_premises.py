"""What a question takes for granted: what contradicts it, what speaks of it, and why nothing is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sinkqa.index.hit import Hit
from sinkqa.service.answering.judging.answerer import candidates
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.answering.judging.premises import contrary, on_premise, reason
from sinkqa.service.answering.understanding.question import Asked, understand
from sinkqa.service.evidence.pieces import Candidate, Pieces

PAID = "# Fen plan\n\nThe council pays {} for each hectare of fen, since farmers lose pasture there.\n"
SWAMP = """# Fen plan

## Payments

Owners receive 40 marks for each hectare of alder swamp.

## Duties

Owners of an alder swamp must not drain the swamp.

## Fires

The warden reports fires to the council within a day.
"""


@pytest.fixture
def judged(found, encoder) -> Callable[..., list[Candidate]]:
    def judge(question: str, text: str) -> list[Candidate]:
        return candidates(understand(question), found(text), RuleJudge(encoder), Pieces(encoder))

    return judge


def said_otherwise(question: str, given: list[Candidate]) -> str | None:
    otherwise = contrary(understand(question), given)
    return otherwise and otherwise.piece.said.text


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("Why does the council pay 40 euros for each hectare of fen?", "30 euros"),
        ("Since the council pays 40 euros for each hectare of fen, who applies?", "90 euros"),
        ("The council pays 40 euros for each hectare of fen. Who applies?", "90 euros"),
        ("既然议会对每公顷湿地补贴40欧元，为什么没人申请？", "30 euros"),
    ],
)
def test_another_amount_than_is_presumed_is_a_contradiction(judged, question, amount):
    given = judged(question, PAID.format(amount))
    assert amount in (said_otherwise(question, given) or "")
    assert said_otherwise(question, judged(question, PAID.format("40 euros"))) is None


@pytest.mark.parametrize(
    "question",
    [
        "How much does the council pay for each hectare of fen?",
        "Does the council pay 40 euros for each hectare of fen?",
        "Who pays farmers for each hectare of fen?",
    ],
)
def test_what_is_asked_is_not_presumed(judged, question):
    assert said_otherwise(question, judged(question, PAID.format("30 euros"))) is None


def test_an_amount_of_another_kind_contradicts_nothing(judged):
    question = "Why does the council pay 40 euros for each hectare of fen?"
    assert said_otherwise(question, judged(question, PAID.format("a price that holds for 9 months"))) is None


def test_a_fifth_stands_against_five_times(judged):
    question = "Given that a fen costs five times as much as a filter, why keep it wet?"
    given = judged(question, "# Fen\n\nA fen that is kept wet costs one fifth of what a filter costs.\n")
    assert "one fifth" in (said_otherwise(question, given) or "")


@pytest.mark.parametrize(
    ("question", "text"),
    [
        (
            "Why does Article 5 forbid mowing in June on the fen?",
            "# Fen\n\n## Article 5\n\nMowing in June on the fen is forbidden, for birds of Article 6 breed there.\n",
        ),
        (
            "为什么第五条禁止六月在湿地割草？",
            "# 湿地\n\n## 第五条\n\n六月禁止在湿地割草，因为第六条所列鸟类在此繁殖。\n",
        ),
        (
            "Why does the Fen Act 2019 forbid mowing in June on the fen?",
            "# Fen Act 2019\n\nMowing in June on the fen is forbidden, for birds of the Bird Act 2004 breed.\n",
        ),
    ],
)
def test_numbers_of_articles_and_years_of_laws_are_references_that_contradict_nothing(judged, question, text):
    assert said_otherwise(question, judged(question, text)) is None


def test_the_rule_of_another_place_contradicts_nothing(judged):
    question = "Why may a firm in {} offset 30% of its emissions?"
    text = "# Rules\n\nIn Japan a firm may offset at most 5% of its emissions with forest credits.\n"
    here, there = (question.format(place) for place in ("Japan", "Canada"))
    assert said_otherwise(here, judged(here, text)) and said_otherwise(there, judged(there, text)) is None


def test_who_else_was_first_is_a_contradiction(judged):
    text = "# Peat credits\n\nJapan was the first country that sold peat credits, through its forest bank.\n"
    question = "Given that {} was the first country that sold peat credits, who bought them?"
    wrong, right = (question.format(place) for place in ("Norway", "Japan"))
    assert said_otherwise(wrong, judged(wrong, text)) and said_otherwise(right, judged(right, text)) is None


@pytest.mark.parametrize(
    "question",
    [
        "Given that owners may drain the alder swamp, how much do they receive for each hectare?",
        "Owners of an alder swamp may drain the swamp. How many marks do they receive for each hectare?",
    ],
)
def test_what_is_said_of_that_which_is_presumed_is_found(judged, encoder, question):
    premise = on_premise(understand(question), judged(question, SWAMP), encoder)
    assert premise and premise.piece.said.text == "Owners of an alder swamp must not drain the swamp."


def test_an_unlikely_piece_of_another_document_is_not_shown_for_a_premise(judged, encoder):
    asked = understand("Owners of an alder swamp may drain the swamp. How many marks do they receive for each hectare?")
    best, *others = judged(asked.text, SWAMP)
    premise = on_premise(asked, [best, *others], encoder)
    assert premise
    unlikely = premise._replace(likely=0.3)
    passage = replace(premise.piece.passage, doc_id="another")
    elsewhere = unlikely._replace(piece=replace(premise.piece, passage=passage))
    assert on_premise(asked, [best, unlikely], encoder) is unlikely
    assert on_premise(asked, [best, elsewhere], encoder) is None


def test_nothing_is_said_of_what_is_not_presumed_or_not_spoken_of(judged, encoder):
    plain = "How many marks do owners receive for each hectare of alder swamp?"
    assert on_premise(understand(plain), judged(plain, SWAMP), encoder) is None
    other = "The opera about the barber was sung by two tenors. How many marks do owners receive for each hectare?"
    assert on_premise(understand(other), judged(other, SWAMP), encoder) is None
    assert on_premise(understand(other), [], encoder) is None


def near(hits: list[Hit], share: float) -> list[Hit]:
    return [replace(hit, why=replace(hit.why, dense=share, late=share)) for hit in hits]


def why_not(asked: Asked, hits: list[Hit], given: list[Candidate]) -> str:
    return reason(asked, hits, given, contrary(asked, given))


def test_why_nothing_is_answered_is_told_by_the_first_rule_that_fits(found, judged):
    question = "Why does the council pay 40 euros for each hectare of fen?"
    hits, given = found(PAID.format("30 euros")), judged(question, PAID.format("30 euros"))
    asked = understand(question)
    assert why_not(asked, hits, []) == "no_evidence"
    assert why_not(asked, near(hits, 0.5), given) == "premise_contradicted"
    assert why_not(asked, near(hits, 0.1), given) == "out_of_scope"
    assert why_not(understand("What does the council pay?"), near(hits, 0.5), given) == "unsupported"
    assert why_not(understand("is it of the"), near(hits, 0.1), given) == "unsupported"


def test_a_known_name_that_the_library_holds_is_within_its_scope(found, judged):
    text = PAID.format("30 euros").replace("The council", "The council in Norway")
    question = "How many opera houses does {} paint?"
    for place, why in (("Norway", "unsupported"), ("Canada", "out_of_scope")):
        asked = understand(question.format(place))
        assert why_not(asked, near(found(text), 0.1), judged(asked.text, text)) == why


def test_of_pieces_that_fit_alike_the_one_that_forbids_speaks_of_the_premise(judged, encoder):
    text = SWAMP + "\n## Rights\n\nOwners of an alder swamp may drain a swamp of willows.\n"
    asked = understand("Owners of an alder swamp may drain the swamp. How many marks do they receive for each hectare?")
    premise = on_premise(asked, judged(asked.text, text), encoder)
    assert premise and "must not drain" in premise.piece.said.text
