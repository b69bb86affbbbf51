"""Which pieces can answer at all, and how much of them an answer shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sinkqa.index.hit import Hit
from sinkqa.service.answering.judging.answerer import candidates
from sinkqa.service.answering.judging.judge import RuleJudge
from sinkqa.service.answering.judging.selecting import Selection, comes_into_question, gather
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.pieces import Candidate, Evidence, Pieces, share_of_answer
from tests.service.answering.judging.test_judging import CASES, PLAN

PAPER = """# Fen paper

By Ann Wells and Tom Reed

This paper reviews the work of the council on the fen.

The remainder of this report is organised as follows.

(Amended by the second session of the council in 2004)

Section 4 was inserted, on 1 May 2004, by section 3 of the Sluice Act.

2004年5月1日榆谷议会第三次会议通过

根据2009年8月27日榆谷议会《关于修改部分法规的决定》第一次修正

本文旨在分析榆谷补贴。

This paper finds that the council rewetted nine hectares of the swamp.

结果表明，议会对榆谷每公顷补贴四十马克。

Sluices are opened in June.
"""
SAYS_SOMETHING = [
    "This paper finds that the council rewetted nine hectares of the swamp.",
    "结果表明，议会对榆谷每公顷补贴四十马克。",
    "Sluices are opened in June.",
]


@pytest.fixture
def offered(found, encoder) -> Callable[..., list[str]]:
    """What of a text comes into question."""

    def offer(question: str, text: str, **how: object) -> list[str]:
        pieces = [each.piece for each in Pieces(encoder).of(found(text, **how))]
        return [piece.said.text for piece in pieces if comes_into_question(understand(question), piece)]

    return offer


@pytest.fixture
def judged(found, encoder) -> Callable[[str], list[Candidate]]:
    """The candidates for a question to the plan."""

    def judge(question: str, hits: list[Hit] | None = None) -> list[Candidate]:
        return candidates(understand(question), hits or found(PLAN), RuleJudge(encoder), Pieces(encoder))

    return judge


@pytest.mark.parametrize("question", ["How wet is Elm?", "榆谷有多湿？"])
def test_announcements_bylines_and_amendment_notes_are_no_answers(offered, question):
    assert offered(question, PAPER) == SAYS_SOMETHING


@pytest.mark.parametrize(
    "question", ["What is the aim of the paper?", "When was Section 4 amended?", "Who wrote this?"]
)
def test_unless_these_are_asked_for(offered, question):
    assert set(offered(question, PAPER)) > set(SAYS_SOMETHING)


@pytest.mark.parametrize("question", ["Which claims does Elm pay?", "What do we know about Elm?"])
def test_a_word_that_holds_aim_or_is_about_asks_for_none_of_these(offered, question):
    assert offered(question, PAPER) == SAYS_SOMETHING


def test_a_sentence_that_repeats_the_question_is_no_answer(offered):
    again, news = (
        "The sluices of the upper fen are opened.",
        "The sluices of the upper fen are opened by wardens in boats.",
    )
    text = f"# Notes\n\n{again} {news}\n"
    assert offered("Are the sluices of the upper fen opened?", text) == [news]


def test_a_heading_that_repeats_the_title_is_no_answer_and_a_sentence_that_does_is(offered):
    title = "Sluices of the upper fen that wardens in boats open when the river is high in spring"
    assert offered("Is it wet?", f"# Notes\n\n{title}\n", title="Fens") == [title]
    assert offered("Is it wet?", f"# Notes\n\n{title}\n", title=title) == []
    assert offered("Is it wet?", f"# Notes\n\n{title}.\n", title=title) == [f"{title}."]


def test_a_new_number_is_enough(offered):
    text = "# Notes\n\nThe warden opens 7 sluices. The warden opens sluices.\n"
    assert offered("How many sluices does the warden open?", text) == ["The warden opens 7 sluices."]


def test_a_long_row_answers_by_its_cells_alone(offered):
    more = "where the grass is short and dry and the birds have left the reeds " * 3
    text = (
        f"# Fen\n\nTable 1 Parcels\n\n| Parcel | Cows | Mowing |\n|---|---|---|\n| North | 2 {more} | July {more} |\n"
    )
    found = offered("When is the north mown?", text)
    assert found and not any("Cows" in text and "Mowing" in text for text in found)


@pytest.mark.parametrize("question", [question for question, _ in CASES])
def test_evidence_is_units_of_the_candidates_best_first_and_short(judged, question):
    given, params = judged(question), Selection()
    evidence = gather(understand(question), given)
    passages = [each.piece.passage for each in given]
    assert 1 <= len(evidence) <= params.most
    assert evidence[0].passage == passages[0]
    for shown in evidence:
        assert shown.passage in passages
        assert shown.units and set(shown.units) <= set(shown.passage.units)
        assert params.beside * evidence[0].relevance <= shown.relevance <= 1
        assert all(unit.text in shown.text for unit in shown.units)
    assert len(evidence) == 1 or sum(share_of_answer(shown.text) for shown in evidence) <= 1


def test_no_candidates_are_no_evidence():
    assert gather(understand("How many cows?"), []) == []


def test_a_row_says_whose_cells_it_gives_under_which_header(judged):
    question = "How many cows may graze on the river bank?"
    evidence = gather(understand(question), judged(question))
    assert "River bank" in evidence[0].text and "Grazing limit" in evidence[0].text
    assert "North fen" not in evidence[0].text


def test_a_short_list_is_shown_whole_with_its_lead_in(judged):
    question = "What are the duties of the warden?"
    evidence = gather(understand(question), judged(question))
    assert all(part in evidence[0].text for part in ("three duties", "every week", "first frost", "within a day"))


def test_fewer_pieces_can_be_asked_for(judged):
    asked = understand(CASES[0][0])
    given = judged(CASES[0][0])
    assert len(gather(asked, given, params=Selection(most=1))) == 1
    assert len(gather(asked, given, params=Selection(keep=0.0, beside=0.0))) > 1


FENS = """# Fens

## A

The fen holds nine cows. Birds breed in the reeds. Nobody mows.

## B

The fen holds nine cows now.
"""


def shown(candidates: list[Candidate], *likely: float, question: str = "How many cows?") -> list[Evidence]:
    """What is shown of candidates that are so likely."""
    given = [each._replace(likely=share) for each, share in zip(candidates, likely, strict=True)]
    return gather(understand(question), sorted(given, key=lambda each: -each.likely))


def test_what_says_the_same_elsewhere_is_named_and_not_shown_again(found, encoder):
    given = Pieces(encoder).of(found(FENS))
    (cows,) = shown(given, 0.9, 0.1, 0.1, 0.89)
    assert cows.text == "The fen holds nine cows." and [passage.section[-1] for passage in cows.also] == ["B"]


@pytest.mark.parametrize(
    "other",
    ["The fen holds ten cows now.", "The fen holds no more than nine cows.", "The fen in Japan holds nine cows."],
)
def test_what_says_something_else_in_the_same_words_is_not_named(found, encoder, other):
    given = Pieces(encoder).of(found(FENS.replace("The fen holds nine cows now.", other)))
    cows = shown(given, 0.9, 0.1, 0.1, 0.89)[0]
    assert cows.text == "The fen holds nine cows." and not cows.also


def test_beside_the_best_one_less_is_enough_and_its_passage_is_quoted_once(found, encoder):
    given = Pieces(encoder).of(found(FENS))
    both = shown(given, 0.9, 0.8, 0.1, 0.1)
    assert [each.text for each in both] == ["The fen holds nine cows. Birds breed in the reeds."]
    elsewhere = shown(given, 0.1, 0.1, 0.9, 0.8)
    assert [each.text for each in elsewhere] == ["Nobody mows."]


def test_what_is_skipped_between_two_pieces_is_marked(found, encoder):
    given = Pieces(encoder).of(found(FENS))
    (first_and_last,) = shown(given, 0.9, 0.1, 0.85, 0.1)
    assert first_and_last.text == "The fen holds nine cows. … Nobody mows." and len(first_and_last.units) == 2


def test_what_the_premise_speaks_of_is_shown_second_unless_it_is_shown_anyway(found, encoder):
    given = [each._replace(likely=0.5) for each in Pieces(encoder).of(found(FENS))]
    asked = understand("How many cows?")
    cows, birds, mows, again = given
    first = cows._replace(likely=0.9)
    two = gather(asked, [first], again._replace(piece=replace(mows.piece, passage=again.piece.passage)))
    assert [each.text for each in two] == ["The fen holds nine cows.", "Nobody mows."]
    assert [each.text for each in gather(asked, [first], again)] == ["The fen holds nine cows."]
    assert gather(asked, [], birds) == []


def test_a_comparison_shows_each_side_before_more_of_the_first(judged, found):
    more = "Japan counts its forest credits with care, and Japan prints the forest credits that it counts. "
    hits = found(
        "# Forest credits\n\n## Japan\n\nJapan counts forest credits each year. " + more * 12 + "\n\n"
        "## Europe\n\nThe EU counts forest credits every five years.\n"
    )
    question = "How do Japan and the EU differ in how they count forest credits?"
    said = " ".join(piece.text for piece in gather(understand(question), judged(question, hits)))
    assert "every five years" in said and "each year" in said
