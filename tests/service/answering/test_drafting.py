"""What came of each thing asked as one answer: numbers, labels, a table of sides, what is missing or withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sinkqa.service.answer import AnswerCell, AnswerRow
from sinkqa.service.answering.drafting import Answered, draft
from sinkqa.service.answering.judging.answerer import Outcome, withheld
from sinkqa.service.answering.judging.tabulating import SourceTable
from sinkqa.service.answering.understanding.question import understand
from sinkqa.service.evidence.pieces import Evidence
from tests.service.answering.laws import engine

__all__ = ["engine"]

QUESTION = "How much do Norway and Chile pay?"


@pytest.fixture(scope="module")
def library(engine):
    return engine._library


@pytest.fixture
def said(engine):
    """The first sentence that holds the words, as evidence."""
    passages = [each for record in engine.documents() for each in engine.passages(record.doc_id)]

    def find(words):
        sentences = ((passage, unit) for passage in passages for unit in passage.units)
        passage, unit = next(each for each in sentences if words in each[1].text)
        return Evidence(passage, (unit,), unit.text)

    return find


def outcome(*evidence, why=None, sure=0.9, question=QUESTION, **how):
    return Outcome(understand(question), evidence, sure, why, **how)


def test_citations_are_numbered_as_they_are_said_and_one_quote_has_one_number(library, said):
    norway, chile = said("40 marks"), said("70 marks")
    drafted = draft([Answered("", outcome(norway, chile)), Answered("how much", outcome(chile))], library)
    assert [each.citations for each in drafted.segments] == [(1,), (2,)], "what answers two clauses is said once"
    assert [each.number for each in drafted.citations] == [1, 2] and not drafted.missing
    sides = [Answered(side, outcome(chile, is_side=True)) for side in ("Chile", "Peru")]
    assert [each.citations for each in draft(sides, library).segments] == [(1,), (1,)], "and for each side"


def test_it_is_as_sure_as_the_least_sure_of_what_is_answered(library, said):
    parts = [Answered("a", outcome(said("40 marks"), sure=0.9)), Answered("b", outcome(said("70 marks"), sure=0.6))]
    missing = Answered("c", outcome(why="unsupported", sure=0.1))
    drafted = draft([*parts, missing], library)
    assert (drafted.confidence, drafted.status, drafted.missing, drafted.why) == (0.6, "partial", ("c",), None)


def test_where_nothing_is_answered_the_first_says_why_and_nothing_is_missing(library):
    parts = [Answered("a", outcome(why="out_of_scope")), Answered("b", outcome(why="unsupported"))]
    drafted = draft(parts, library)
    assert (drafted.status, drafted.why, drafted.missing) == ("abstained", "out_of_scope", ())
    assert drafted.segments == () == drafted.citations
    assert drafted.text == "The library has nothing on the subject of this question."


def test_what_stands_against_a_premise_is_shown_with_the_reason(library, said):
    drafted = draft([Answered("", outcome(said("40 marks"), why="premise_contradicted"))], library)
    assert drafted.status == "abstained" and len(drafted.citations) == 1
    assert drafted.text.startswith("The library does not support the premise") and "40 marks" in drafted.text


def test_short_answers_to_sides_are_a_table(library, said):
    sides = [
        Answered("Norway", outcome(said("40 marks"), is_side=True)),
        Answered("Peru", outcome(why="unsupported", is_side=True)),
        Answered("Chile", outcome(said("70 marks"), is_side=True)),
    ]
    drafted = draft(sides, library)
    assert drafted.table.columns == ("What is said",) and drafted.missing == ("Peru",)
    assert drafted.table.rows == (
        AnswerRow("Norway", (AnswerCell(said("40 marks").text, (1,)),)),
        AnswerRow("Peru", (AnswerCell(missing="not found"),)),
        AnswerRow("Chile", (AnswerCell(said("70 marks").text, (2,)),)),
    )
    assert [(each.citations, each.tabled) for each in drafted.segments] == [((1,), True), ((2,), True)]


def test_a_long_answer_or_one_to_no_side_is_no_cell(library, said):
    norway = Answered("Norway", outcome(said("40 marks"), is_side=True))
    for other in (outcome(said("70 marks")), outcome(replace(said("70 marks"), text="so it is " * 60), is_side=True)):
        drafted = draft([norway, Answered("Chile", other)], library)
        assert drafted.table is None and [each.part for each in drafted.segments] == ["Norway", "Chile"]


def test_a_quote_that_the_store_does_not_say_is_withdrawn_and_takes_no_number(library, said):
    norway, chile = said("40 marks"), said("70 marks")
    forged = replace(norway, units=(replace(norway.units[0], text="The council of Norway pays 90 marks."),))
    drafted = draft([Answered("a", outcome(forged)), Answered("b", outcome(forged, chile))], library)
    assert [each.citations for each in drafted.segments] == [(1,)] and drafted.missing == ("a",)
    assert [each.quote for each in drafted.citations] == [chile.text]
    alone = draft([Answered("", outcome(forged))], library)
    assert (alone.status, alone.why, alone.citations) == ("abstained", "unsupported", ())


def test_notes_come_once_and_abstentions_in_the_language_of_the_question(library):
    noted = Answered("", outcome(why="no_evidence", question="补贴多少马克？", notes=("一", "二")))
    drafted = draft([noted, noted], library)
    assert drafted.notes == ("一", "二") and drafted.text.startswith("资料库")


def test_a_quote_in_another_language_is_glossed(library, said):
    (foreign,) = draft([Answered("", outcome(said("四十厘米"), question="What is deep peat?"))], library).citations
    (own,) = draft([Answered("", outcome(said("四十厘米"), question="什么是深泥炭？"))], library).citations
    assert foreign.glosses and not own.glosses


def test_what_is_withheld_shows_nothing_and_no_table_either():
    table = SourceTable("Fees", "", ("marks",), ())
    kept = withheld(outcome(why=None, table=table))
    assert (kept.why, kept.evidence, kept.table) == ("unsupported", (), None)


def test_beside_what_is_answered_a_part_that_is_withheld_is_cited_nowhere(library, said):
    against = Answered("a", outcome(said("40 marks"), why="premise_contradicted"))
    drafted = draft([against, Answered("b", outcome(said("70 marks")))], library)
    assert [each.citations for each in drafted.segments] == [(1,)] and len(drafted.citations) == 1
    assert (drafted.status, drafted.missing) == ("partial", ("a",))
