"""The flow of one question: what is settled goes before what is judged, a name narrows, and all parts are answered."""

from __future__ import annotations

import pytest

from sinkqa.index.hit import Filters
from tests.service.answering.laws import engine, ids, quotes

__all__ = ["engine", "ids", "quotes"]

DITCH = "违反本条例第四条规定，在深泥炭上开沟排水的，由榆谷议会处三千马克罚款。"
EFFECT = "本条例自2031年5月1日起施行。"
NORWAY, CHILE = (
    "The council of Norway pays 40 marks for each hectare of alder swamp.",
    "The council of Chile pays 70 marks for each hectare of alder swamp.",
)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("榆谷泥炭条例第五条规定了什么？", "第五条 农户应当在每年五月之前关闭水闸，并在十月之后开启水闸。"),
        ("榆谷泥炭条例什么时候施行？", EFFECT),
        ("什么是深泥炭？", "本条例所称深泥炭，是指厚度超过四十厘米的泥炭。"),
        ("When does the Elmvale Fen Act 2031 come into force?", "This Act comes into force on 1 March 2031."),
        (
            "What does warden mean in the Elmvale Fen Act?",
            "In this Act, warden means a person appointed by the council of Elmvale under section 3.",
        ),
    ],
)
def test_what_a_documents_structure_settles_is_not_judged(engine, question, said):
    answer = engine.ask(question, bar=1.0)  # no judgement is that sure
    assert (answer.status, [segment.text for segment in answer.segments]) == ("answered", [said])
    assert answer.confidence > 0.95
    assert answer.passages[0].passage_id == answer.citations[0].passage_id


def test_an_article_that_is_not_there_is_said_to_be_missing_and_nothing_is_quoted_in_its_place(engine):
    answer = engine.ask("榆谷泥炭条例第九条规定了什么？")
    assert (answer.abstain_reason, answer.citations, answer.segments) == ("unsupported", (), ())
    assert answer.notes == ("《榆谷泥炭条例》共七条，没有第九条。",)


@pytest.mark.parametrize(
    "question", ["榆谷林木条例对砍伐林木怎么处罚？", "《榆谷林木条例》怎么处罚？", "榆谷林木条例要求农户做什么？"]
)
def test_nothing_is_quoted_but_of_the_document_that_is_named(engine, ids, question):
    answer = engine.ask(question)
    assert answer.status == "answered"
    assert {citation.doc_id for citation in answer.citations} == {ids["榆谷林木条例"]}
    assert {passage.doc_id for passage in answer.passages} == {ids["榆谷林木条例"]}


def test_a_named_document_that_does_not_say_it_is_answered_from_no_other(engine, quotes):
    assert quotes("榆谷泥炭条例规定农户在每年几月之前关闭水闸？")
    assert quotes("榆谷林木条例规定农户在每年几月之前关闭水闸？") != quotes(
        "榆谷泥炭条例规定农户在每年几月之前关闭水闸？"
    )
    answer = engine.ask("榆谷林木条例中什么是深泥炭？")
    assert not any("四十厘米" in citation.quote for citation in answer.citations)


def test_filters_hold_beside_a_name(engine, ids, quotes):
    question = "榆谷泥炭条例什么时候施行？"
    assert quotes(question, filters=Filters(doc_ids=(ids["榆谷泥炭条例"], ids["榆谷林木条例"]))) == [EFFECT]
    assert quotes(question, filters=Filters(languages=("zh",))) == [EFFECT]
    for other in (Filters(doc_ids=(ids["Elmvale Fen Act 2031"],)), Filters(doc_ids=(ids["榆谷林木条例"],))):
        answer = engine.ask(question, filters=other)
        assert {each.doc_id for each in (*answer.citations, *answer.passages)} <= set(other.doc_ids)
        assert EFFECT not in [citation.quote for citation in answer.citations]


def test_one_document_that_filters_let_through_is_the_one_that_is_meant(ids, quotes):
    for title, said in (("榆谷泥炭条例", EFFECT), ("榆谷林木条例", "本条例自2033年7月1日起施行。")):
        assert quotes("什么时候施行？", filters=Filters(doc_ids=(ids[title][:8],))) == [said]


@pytest.mark.parametrize("question", ["在深泥炭上开沟排水会被罚多少？", "榆谷泥炭条例对在深泥炭上开沟排水怎么处罚？"])
def test_who_asks_for_the_penalty_gets_the_sanction_and_not_the_ban(quotes, question):
    assert quotes(question) == [DITCH]


def test_who_asks_for_the_ban_gets_it(quotes):
    assert quotes("榆谷泥炭条例禁止在深泥炭上做什么？")[0] == "任何单位不得在深泥炭上开沟排水。"


def test_each_side_is_answered_and_the_one_that_is_not_is_missing(engine):
    both = engine.ask("How much do Norway and Chile each pay per hectare of alder swamp?")
    assert (both.status, [citation.quote for citation in both.citations]) == ("answered", [NORWAY, CHILE])
    assert [row.label for row in both.table.rows] == ["Norway", "Chile"]
    one = engine.ask("How much do Norway and Peru each pay per hectare of alder swamp?")
    assert (one.status, one.missing) == ("partial", ("Peru",))
    assert [citation.quote for citation in one.citations] == [NORWAY]


def test_a_question_that_asks_for_one_of_the_sides_is_left_whole(engine):
    answer = engine.ask("Which pays 70 marks per hectare of alder swamp, Norway or Chile?")
    assert (answer.status, answer.table, answer.missing) == ("answered", None, ())
    assert [citation.quote for citation in answer.citations] == [CHILE]


def test_sides_that_are_rows_of_one_table_are_that_table(engine):
    answer = engine.ask("How many wardens do Norway, Chile and Peru each have?")
    assert answer.table.caption.startswith("Table 1")
    assert [row.label for row in answer.table.rows] == ["Norway", "Chile"]
    assert (answer.status, answer.missing) == ("partial", ("Peru",))


def test_each_clause_is_answered(engine):
    answer = engine.ask("什么是深泥炭？在深泥炭上开沟排水罚款多少？")
    assert [citation.quote for citation in answer.citations] == [
        "本条例所称深泥炭，是指厚度超过四十厘米的泥炭。",
        DITCH,
    ]
    assert [segment.part for segment in answer.segments] == ["什么是深泥炭", ""]  # the second says what the whole does
    assert (answer.status, answer.missing) == ("answered", ())


def test_a_clause_that_is_not_answered_is_missing(engine):
    answer = engine.ask("Who appoints a warden, and how many otters live in Peru?")
    assert (answer.status, answer.missing) == ("partial", ("how many otters live in Peru",))
    assert "appoint a warden" in answer.citations[0].quote


def test_a_clause_that_what_is_shown_answers_adds_nothing(engine):
    answer = engine.ask("What must the council of Elmvale appoint, and when must it appoint a warden?")
    assert len(answer.citations) == 1 and answer.missing == ()


@pytest.mark.parametrize(("turn", "begins"), [("你好", "我根据资料库"), ("hello", "I answer from the documents")])
def test_a_greeting_is_told_what_there_is_and_what_can_be_asked(engine, turn, begins):
    answer = engine.ask(turn)
    assert (answer.status, answer.abstain_reason, answer.citations) == ("abstained", "no_question", ())
    assert answer.answer.startswith(begins) and answer.suggestions
    assert all(engine.ask(question).status == "answered" for question in answer.suggestions)


def test_a_summary_takes_each_part_of_the_named_document(engine, ids):
    answer = engine.ask("总结一下榆谷泥炭条例")
    assert answer.status == "answered" and len(answer.citations) >= 3
    assert {citation.doc_id for citation in answer.citations} == {ids["榆谷泥炭条例"]}
    assert [segment.part for segment in answer.segments][-1] == "第三章 法律责任"


def test_a_table_that_is_asked_for_comes_whole(engine):
    answer = engine.ask("Show all of Table 1 of Payments in the valleys")
    assert answer.status == "answered" and answer.table.columns == ("Number of wardens", "Paid by")
    assert [[cell.text for cell in row.cells] for row in answer.table.rows] == [
        ["12 wardens", "council"],
        ["31 wardens", "parish"],
        ["7 wardens", "farmers"],
    ]
