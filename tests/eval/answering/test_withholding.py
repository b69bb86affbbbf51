import itertools

import pytest

from sinkqa.eval.answering.withholding import area, auroc, calibration_error, reliability, risk_coverage


@pytest.mark.parametrize("truth", [t for t in itertools.product([True, False], repeat=5) if 0 < sum(t) < 5])
def test_auroc_is_the_share_of_pairs_in_order_ties_counting_half(truth):
    scores = [0.1, 0.5, 0.5, 0.2, 0.9]
    pairs = [
        (a, b) for a, x in zip(scores, truth, strict=True) for b, y in zip(scores, truth, strict=True) if x and not y
    ]
    expected = sum((a > b) + 0.5 * (a == b) for a, b in pairs) / len(pairs)
    assert auroc(scores, truth) == pytest.approx(expected)


def test_auroc_needs_both_kinds():
    with pytest.raises(ValueError, match="both kinds"):
        auroc([0.1, 0.2], [True, True])


def test_an_interval_holds_the_value_and_is_wider_where_questions_share_their_passages():
    scores = [i % 10 / 10 + (0.2 if i < 60 else 0) for i in range(120)]
    truth = [i < 60 for i in range(120)]
    free = area(scores, truth, clusters=range(120))
    tied = area(scores, truth, clusters=[i // 12 for i in range(120)])
    assert free.low < free.value < free.high
    assert tied.value == free.value == auroc(scores, truth)
    assert area(scores, truth, clusters=range(120)) == free


def test_risk_and_coverage_are_told_at_every_confidence_from_the_highest_down():
    curve = risk_coverage([0.9, 0.2, 0.5, 0.5], [1, 0, 1, 0.5])
    assert [tuple(point) for point in curve] == [
        (0.9, 0.25, 0.0),
        (0.5, 0.75, pytest.approx(1 / 6)),
        (0.2, 1.0, pytest.approx(0.375)),
    ]


def test_bins_are_of_equal_number_from_the_lowest_confidence_up_and_hold_every_answer():
    confidence = [((i * 37) % 100) / 100 for i in range(100)]
    complete = [float(each >= 0.5) for each in confidence]
    bins = reliability(confidence, complete, clusters=range(100))
    assert [each.complete.n for each in bins] == [10] * 10
    assert [each.confidence for each in bins] == pytest.approx([0.045 + i / 10 for i in range(10)])
    assert [each.complete.mean for each in bins] == [0] * 5 + [1] * 5


def test_answers_of_equal_confidence_stay_in_one_bin():
    bins = reliability([0.6] * 15 + [0.9] * 15, [1.0, 0.0, 0.0] * 10, clusters=range(30))
    assert [(each.confidence, each.complete.n) for each in bins] == [(pytest.approx(0.6), 15), (pytest.approx(0.9), 15)]
    assert reliability([0.6] * 15 + [0.9] * 15, [0.0, 0.0, 1.0] * 10, clusters=range(30))[0].complete.mean == 1 / 3


def test_few_answers_are_one_bin_and_none_are_no_bin():
    ((confidence, complete),) = reliability([0.9, 0.7], [1, 0], clusters=["a", "b"])
    assert (confidence, complete.mean) == (pytest.approx(0.8), 0.5)
    assert reliability([], [], clusters=[]) == []
    with pytest.raises(ValueError, match="bin"):
        calibration_error([])


def test_the_calibration_error_is_the_mean_gap_by_size_of_bin():
    confidence, complete = [0.6] * 10 + [0.9] * 30, [1.0] * 6 + [0.0] * 4 + [1.0] * 15 + [0.0] * 15
    bins = reliability(confidence, complete, clusters=range(40))
    assert calibration_error(bins) == pytest.approx((10 * 0 + 30 * 0.4) / 40)
    held = [1.0, *[0.0] * 9, *[1.0] * 9, 0.0]
    assert calibration_error(reliability([0.1] * 10 + [0.9] * 10, held, clusters=range(20))) == pytest.approx(0)
