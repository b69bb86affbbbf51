import itertools

import pytest

from eval.withholding import area, auroc, risk_coverage


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
