from math import log2

import pytest

from sinkqa.eval.data.trec import ScoredDoc
from sinkqa.eval.results.measures import MEASURES, measure

# by hand: q1 has relevant a (2) and b (1); q2 has c (1); q3 has d (1)
QRELS = {"q1": {"a": 2, "b": 1, "x": 0}, "q2": {"c": 1}, "q3": {"d": 1}}
RUN = {
    "q1": [ScoredDoc("x", 0.9), ScoredDoc("a", 0.8), ScoredDoc("y", 0.7), ScoredDoc("b", 0.6)],
    "q2": [ScoredDoc(f"n{i}", 1.0 - i / 100) for i in range(5)] + [ScoredDoc("c", 0.1)],
}


def test_values_are_those_computed_by_hand():
    values = measure(QRELS, RUN)
    ideal = 2 + 1 / log2(3)
    assert values["nDCG@10"]["q1"] == pytest.approx((2 / log2(3) + 1 / log2(5)) / ideal)
    assert values["nDCG@10"]["q2"] == pytest.approx(1 / log2(7))
    assert values["RR@10"] == pytest.approx({"q1": 1 / 2, "q2": 1 / 6, "q3": 0})
    assert values["R@5"] == {"q1": 1, "q2": 0, "q3": 0}
    assert values["R@20"] == {"q1": 1, "q2": 1, "q3": 0}


@pytest.mark.parametrize("run", [{}, {"q1": []}, {"q1": [], "q2": [], "q3": []}, {"other": [ScoredDoc("a", 1.0)]}])
def test_a_judged_query_without_hits_scores_zero(run):
    assert measure(QRELS, run) == {name: {"q1": 0, "q2": 0, "q3": 0} for name in MEASURES}


def test_a_query_that_lost_its_hits_still_counts_in_the_mean():
    whole = measure(QRELS, {**RUN, "q3": [ScoredDoc("d", 1.0)]})["RR@10"]
    assert sum(whole.values()) - sum(measure(QRELS, RUN)["RR@10"].values()) == pytest.approx(1)
    assert whole.keys() == measure(QRELS, RUN)["RR@10"].keys()


def test_a_perfect_ranking_scores_one():
    run = {q: [ScoredDoc(d, float(rel)) for d, rel in sorted(j.items(), key=lambda p: -p[1])] for q, j in QRELS.items()}
    assert all(value == pytest.approx(1) for values in measure(QRELS, run).values() for value in values.values())


def test_equal_scores_count_in_the_order_given():
    for order, value in (("ab", 1.0), ("ba", 0.5)):
        ranking = [ScoredDoc(doc, 0.5) for doc in order]
        assert measure({"q": {"a": 1}}, {"q": ranking})["RR@10"]["q"] == value


def test_an_unknown_measure_is_refused():
    with pytest.raises(ValueError, match="nDCG@10"):
        measure(QRELS, RUN, measures=["goodness"])
