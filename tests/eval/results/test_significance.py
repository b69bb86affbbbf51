import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sinkqa.eval.results.significance import estimate, randomisation

shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


@given(shares)
def test_the_interval_lies_within_the_values_and_repeats(values):
    first = estimate(values)
    assert min(values) - 1e-9 <= first.low <= first.high <= max(values) + 1e-9
    assert first == estimate(values)
    assert first.n == len(values)


def test_the_interval_covers_about_as_scipy_says():
    values = np.random.default_rng(1).random(80)
    theirs = stats.bootstrap((values,), np.mean, method="percentile", rng=np.random.default_rng(2)).confidence_interval
    ours = estimate(values.tolist())
    assert ours.low == pytest.approx(theirs.low, abs=0.01)
    assert ours.high == pytest.approx(theirs.high, abs=0.01)


def test_wordings_of_one_question_widen_the_interval():
    values = [0.0, 1.0] * 20
    alone = estimate(sorted(values))
    shared = estimate(sorted(values), clusters=[i // 10 for i in range(40)])
    assert shared.mean == alone.mean == 0.5
    assert shared.high - shared.low > 1.5 * (alone.high - alone.low)


def test_no_value_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        estimate([])


@pytest.mark.parametrize("n", [6, 40])
def test_the_test_agrees_with_scipy(n):
    differences = np.random.default_rng(n).normal(0.25, 0.6, n)
    theirs = stats.permutation_test(
        (differences,), np.mean, permutation_type="samples", n_resamples=9_999, rng=np.random.default_rng(3)
    ).pvalue
    assert randomisation(differences.tolist()) == pytest.approx(theirs, abs=0.02)


def test_equal_systems_do_not_differ():
    assert randomisation([]) == randomisation([0.0] * 50) == 1.0
    assert randomisation([0.1, -0.1] * 100) > 0.9


def test_a_clear_win_is_significant_and_questions_that_tie_change_nothing():
    assert randomisation([0.5] * 6) == 2 / 2**6
    assert randomisation([0.5] * 6 + [0.0] * 500) == 2 / 2**6
    assert randomisation([0.2] * 100) < 0.001


def test_false_alarms_are_as_rare_as_promised():
    random = np.random.default_rng(5)
    alarms = sum(randomisation(random.normal(0, 1, 10).tolist()) < 0.05 for _ in range(300))
    assert 3 <= alarms <= 30
