import random

import pytest

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.results.saved import QuestionResult, Result
from sinkqa.eval.results.standings import holm, standings


def result(label, values, *, measure="nDCG@10", corpus="c", dataset="one"):
    questions = tuple(
        QuestionResult(f"q{i}", f"question {i}", {measure: value}, (), ()) for i, value in enumerate(values)
    )
    prints = {"corpus": corpus, "questions": "q", "index": "", "configuration": label, "code": ""}
    return Result("beir", dataset, label, prints, {}, {"p50_ms": 2.0}, questions, {})


def test_p_values_are_corrected_as_by_hand():
    """Sorted .01 .02 .03 .04 times 4 3 2 1, none below the one before; statsmodels and R give the same."""
    assert holm([0.03, 0.01, 0.04, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.6, 0.9]) == [1, 1]
    assert holm([]) == []


def test_systems_stand_in_order_with_what_they_beat():
    dice = random.Random(1)
    base = [dice.random() / 2 for _ in range(60)]
    values = {"good": [v + 0.4 for v in base], "same": [v + dice.uniform(-0.02, 0.02) for v in base], "base": base}
    (board,) = standings([result(label, each) for label, each in values.items()])
    assert board.systems[0].label == "good" and set(board.systems[0].beats) == {"same", "base"}
    assert all(not each.beats for each in board.systems[1:])
    assert len(board.pairs) == 3
    assert all(each.corrected >= each.p for each in board.pairs)


def test_equal_systems_share_a_place_and_lower_is_better_where_it_is():
    (board,) = standings([result("a", [1, 0]), result("b", [0, 1]), result("c", [0, 0])])
    assert [(each.label, each.place) for each in board.systems] == [("a", 1), ("b", 1), ("c", 3)]
    wrong = "wrong-document citations"
    low, high = result("low", [0.1] * 30, measure=wrong), result("high", [0.9] * 30, measure=wrong)
    (board,) = standings([high, low], measures=[wrong])
    assert [(each.label, each.place, each.beats) for each in board.systems] == [("low", 1, ("high",)), ("high", 2, ())]


def test_many_systems_can_still_differ_significantly():
    """With 20 systems there are 190 pairs: the least p that 5,000 draws can tell would be corrected to .04 and more."""
    dice = random.Random(2)
    base = [dice.random() / 4 for _ in range(40)]
    (board,) = standings([result(f"s{i:02}", [v + i / 30 for v in base]) for i in range(20)])
    assert len(board.systems[0].beats) == 19


def test_results_over_other_passages_stand_apart():
    found = standings([result("a", [1, 0]), result("b", [0, 1], corpus="other")])
    assert len(found) == 2 and all("stand apart" in board.notes[0] for board in found)
    assert len({board.dataset for board in found}) == 2


def test_one_question_and_one_system_are_a_board_too():
    (board,) = standings([result("a", [1])])
    assert (board.systems[0].place, board.pairs) == (1, ())
    with pytest.raises(NothingToMeasure, match="got nDCG@10"):
        standings([result("a", [1])], measures=["AP"])
