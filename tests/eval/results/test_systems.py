from dataclasses import replace

import pytest

from sinkqa.eval.errors import NothingToMeasure
from sinkqa.eval.reporting.tables import markdown
from sinkqa.eval.results.comparison import compare
from sinkqa.eval.results.saved import QuestionResult, Result, write_result
from sinkqa.eval.results.systems import boards


def result(dataset, label, scores, *, measure="nDCG@10", questions="same", **facts):
    rows = tuple(QuestionResult(f"q{i}", f"question {i}", {measure: score}, (), ()) for i, score in enumerate(scores))
    prints = {"corpus": "same", "questions": questions, "index": "i", "configuration": label, "code": "c"}
    return Result("beir", dataset, label, prints, {}, {"p50_ms": 2.0, "encoder_mb": 17.0} | facts, rows, {})


WEAK = [result("a", "weak", [0.1] * 20), result("b", "weak", [0.3, 0.5] * 5)]
STRONG = [result("a", "strong", [0.2, 0.4] * 10, reranker_mb=3.0), result("b", "strong", [0.8] * 10, reranker_mb=3.0)]


def test_systems_stand_weakest_first_with_the_mean_of_collections_each_counting_alike():
    (board,) = boards([*STRONG, *WEAK])
    assert [each.label for each in board.systems] == ["weak", "strong"]
    weak, strong = board.systems
    assert weak.mean.value.mean == pytest.approx((0.1 + 0.4) / 2)
    assert strong.mean.value.mean == pytest.approx((0.3 + 0.8) / 2)
    assert strong.mean.value.low < strong.mean.value.mean < strong.mean.value.high
    assert (weak.megabytes, strong.megabytes, weak.p50_ms) == (17, 20, 2)
    assert weak.mean.p is weak.cells["a"].change is None


def test_change_and_p_are_those_of_a_comparison_of_the_two(tmp_path):
    (board,) = boards([*STRONG, *WEAK], baseline="weak")
    base, strong = board.systems
    assert base.label == "weak" and base.mean.p is None
    for name, each in (("a.json", WEAK[0]), ("b.json", STRONG[0])):
        write_result(tmp_path / name, each)
    (expected,) = compare(tmp_path / "a.json", tmp_path / "b.json")
    assert (strong.cells["a"].change, strong.cells["a"].p) == (expected.difference, expected.p)
    assert strong.mean.change.mean == pytest.approx(strong.mean.value.mean - base.mean.value.mean)
    assert strong.mean.p <= strong.cells["a"].p < 0.001


def test_a_change_that_cancels_out_over_collections_is_no_change():
    up, down = [0.5] * 6, [0.4] * 6
    (board,) = boards(
        [result("a", "x", up), result("b", "x", down), result("a", "y", down), result("b", "y", up)], baseline="x"
    )
    assert board.systems[1].mean.change.mean == pytest.approx(0)
    assert board.systems[1].mean.p == pytest.approx(1)
    assert board.systems[1].cells["a"].p < 0.05


def test_a_mean_is_given_to_systems_that_ran_everything_and_the_others_come_last():
    (board,) = boards([*WEAK, *STRONG, result("a", "partial", [0.0] * 20, encoder_mb=0.0)])
    assert board.collections == ("a", "b")
    heads, *rows = board.grid(lambda cell, best: f"{cell.value.mean:.2f}{'!' * best}")
    assert heads == ["", "a", "b", "mean of 2", "p50 ms", "models MB"]
    assert rows == [
        ["weak", "0.10", "0.40", "0.25", "2.0", "17.0"],
        ["strong", "0.30!", "0.80!", "0.55!", "2.0", "20.0"],
        ["partial", "0.00", "", "", "2.0", "–"],
    ]
    turned = board.grid(lambda cell, best: f"{cell.value.mean:.2f}{'!' * best}", by_collection=True)
    assert [list(row) for row in zip(*turned, strict=True)] == [heads, *rows]
    (against,) = boards([*WEAK, *STRONG, result("a", "partial", [0.0] * 20)], baseline="partial")
    assert all(each.mean is None or each.mean.p is None for each in against.systems)


def test_collections_asked_otherwise_are_left_out_and_noted():
    other = replace(STRONG[0], fingerprints=STRONG[0].fingerprints | {"questions": "fewer", "code": "d"})
    (board,) = boards([*WEAK, other, STRONG[1]], baseline="weak")
    assert board.collections == ("b",) and board.systems[0].mean is None
    assert board.notes == (
        "a: left out, measured over different corpora or questions",
        "measured by 2 versions of the code",
    )


def test_kinds_of_result_have_tables_of_their_own_unless_one_measure_is_asked_for():
    gold = result("g", "weak", [1.0, 0.0], measure="recall@5")
    assert [each.measure for each in boards([*WEAK, gold])] == ["nDCG@10", "recall@5"]
    (board,) = boards([*WEAK, gold], measure="recall@5")
    assert board.collections == ("g",)


@pytest.mark.parametrize("how", [{"measure": "R@99"}, {"baseline": "nobody"}])
def test_what_is_not_there_is_named(how):
    with pytest.raises(NothingToMeasure, match="expected"):
        boards(WEAK, **how)
    with pytest.raises(NothingToMeasure):
        boards([])


def test_markdown_has_one_row_a_system_with_as_many_cells_as_heads():
    odd = [replace(each, dataset="odd|name") for each in (WEAK[0], STRONG[0])]
    (board,) = boards([*WEAK, *STRONG, *odd], baseline="weak")
    lines = markdown([board]).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == 2 + 2 and len({line.replace("\\|", "").count("|") for line in rows}) == 1
    assert "+0.200, p<.001" in rows[3] and "**.300**" in rows[3]
    mixed = replace(STRONG[0], fingerprints=STRONG[0].fingerprints | {"corpus": "other"})
    last = markdown(boards([*WEAK, mixed, STRONG[1]])).splitlines()[-1]
    assert last == "Note: a: left out, measured over different corpora or questions."
