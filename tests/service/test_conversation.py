"""A thread over a real library: turns that lean on those before, and what could be asked next."""

from __future__ import annotations

import pytest

from sinkqa.service.conversation import NEXT, ask_in_turn, next_questions
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings

LAW = "\n\n".join(
    f"第{number}条 {text}"
    for number, text in (
        ("一", "为了保护沼泽，维护碳库，制定本条例。"),
        ("二", "本条例所称沼泽，是指常年积水、生长湿生植物、能够积累泥炭的土地。"),
        ("三", "擅自排干沼泽的，由林业主管部门责令限期恢复，并处每平方米五百元的罚款。"),
        ("四", "沼泽修复资金由省级人民政府列入财政预算，每年不少于三千万元，专款专用，任何单位和个人不得截留、挪用。"),
    )
)
FILES = {
    "marsh.md": f"# 沼泽保护条例\n\n{LAW}\n",
    "pond.md": "# 池塘保护条例\n\n第一条 为了保护池塘，制定本条例。\n\n"
    "第二条 擅自排干池塘的，由水务主管部门责令限期恢复，并处每平方米二百元的罚款。\n",
    "china.md": "---\njurisdiction: CN\n---\n\n# Chinese offset rules\n\n## Limit\n\n"
    "In China an operator may cover at most 5 percent of its obligation with forestry offsets.\n",
    "japan.md": "---\njurisdiction: JP\n---\n\n# Japanese offset rules\n\n## Limit\n\n"
    "In Japan an operator may cover at most 10 percent of its obligation with forestry offsets.\n",
}
LIMIT = "How much of its obligation may an operator cover in China?"


@pytest.fixture(scope="module")
def engine(tmp_path_factory) -> Engine:
    folder = tmp_path_factory.mktemp("thread")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    engine = Engine.open(Settings(library=folder / "library", workers=1), create=True)
    assert not engine.add([folder / name for name in FILES]).failed
    return engine


def last(engine, *turns):
    *_, answer = ask_in_turn(engine, turns)
    return answer


def test_a_turn_that_leans_on_the_one_before_is_answered_as_the_whole_question(engine):
    whole = "How much of its obligation may an operator cover in Japan?"
    answer = last(engine, LIMIT, "And in Japan?")
    assert (answer.question, answer.answer) == (whole, engine.ask(whole).answer)
    assert "10 percent" in answer.answer


def test_a_turn_of_its_own_is_answered_as_it_stands(engine):
    question = "擅自排干沼泽怎么处罚？"
    assert last(engine, LIMIT, question).answer == engine.ask(question).answer


def test_what_leans_on_nothing_is_asked_back(engine):
    answer = last(engine, "hello", "And in Japan?")
    assert (answer.abstain_reason, answer.segments, answer.passages) == ("no_question", (), ())
    assert "full question" in answer.answer
    assert answer.as_dict().keys() == engine.ask(LIMIT).as_dict().keys()


def test_questions_of_the_sections_beside_and_of_another_country_are_offered_and_answered(engine):
    law = engine.ask("沼泽保护条例第三条规定了什么？")
    offered = next_questions(engine, law.question, [each.passage_id for each in law.citations])
    assert {"《沼泽保护条例》第四条规定了什么？"} <= set(offered) and len(offered) <= NEXT
    limit = engine.ask(LIMIT)
    elsewhere = next_questions(engine, LIMIT, [each.passage_id for each in limit.passages])
    assert "How much of its obligation may an operator cover in Japan?" in elsewhere
    for question in (*offered, *elsewhere):
        assert engine.ask(question).status == "answered"


def test_the_same_is_offered_of_another_document(engine):
    asked = engine.ask("沼泽保护条例对擅自排干的罚款是多少？")
    offered = next_questions(engine, asked.question, [each.passage_id for each in asked.citations])
    assert "《池塘保护条例》对擅自排干的罚款是多少？" in offered
    assert "二百元" in engine.ask("《池塘保护条例》对擅自排干的罚款是多少？").answer


def test_nothing_is_offered_where_nothing_is_near_or_it_is_gone(engine):
    assert next_questions(engine, LIMIT, []) == next_questions(engine, LIMIT, ["0" * 64]) == ()
