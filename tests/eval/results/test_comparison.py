from dataclasses import replace

import pytest

from sinkqa.eval.data.trec import ScoredDoc, write_run
from sinkqa.eval.errors import MalformedData, NotComparable
from sinkqa.eval.results.comparison import compare
from sinkqa.eval.results.saved import QuestionResult, Result, write_result
from sinkqa.ingest.errors import FileMissing


def result(label, values, **more):
    questions = tuple(
        QuestionResult(name, f"text of {name}", {"nDCG@10": value}, (), (), cluster=more.get("cluster"))
        for name, value in values.items()
    )
    prints = dict.fromkeys(("corpus", "questions", "index", "configuration", "code"), "same")
    return Result("beir", "set", label, prints, {}, {}, questions, {})


def pair(tmp_path, a, b):
    for name, each in (("a", a), ("b", b)):
        write_result(tmp_path / f"{name}.json", each)
    return tmp_path / "a.json", tmp_path / "b.json"


def test_differences_wins_and_losses_are_told(tmp_path):
    (change,) = compare(
        *pair(tmp_path, result("a", {"x": 0.2, "y": 0.5, "z": 1}), result("b", {"x": 1, "y": 0.4, "z": 1}))
    )
    assert (change.measure, change.wins, change.losses) == ("nDCG@10", 1, 1)
    assert change.difference.mean == pytest.approx(0.7 / 3)
    assert [(each.query_id, each.text) for each in change.changes] == [("x", "text of x"), ("y", "text of y")]
    assert change.p == 1.0 or 0 < change.p < 1


def test_a_result_does_not_differ_from_itself(tmp_path):
    same = result("a", {"x": 0.2, "y": 0.5})
    (change,) = compare(*pair(tmp_path, same, same))
    assert (change.difference.mean, change.p, change.changes) == (0, 1, ())


def test_ten_clear_wins_are_significant(tmp_path):
    names = [f"q{i}" for i in range(10)]
    (change,) = compare(*pair(tmp_path, result("a", dict.fromkeys(names, 0.1)), result("b", dict.fromkeys(names, 0.6))))
    assert change.p == pytest.approx(2 / 2**10)
    assert change.difference.low > 0


def test_wordings_of_one_question_are_one_win(tmp_path):
    names = [f"q{i}" for i in range(10)]
    a, b = (result(n, dict.fromkeys(names, v), cluster="one") for n, v in (("a", 0.1), ("b", 0.6)))
    (change,) = compare(*pair(tmp_path, a, b))
    assert change.p == 1.0


def test_runs_are_compared_by_judgements_and_a_lost_query_counts(tmp_path):
    (tmp_path / "x.qrels").write_text("q1 0 a 1\nq2 0 b 1\n", "utf-8")
    write_run(tmp_path / "a.run", {"q1": [ScoredDoc("a", 1.0)], "q2": [ScoredDoc("b", 1.0)]})
    write_run(tmp_path / "b.run", {"q1": [ScoredDoc("a", 1.0)]})
    by_measure = {c.measure: c for c in compare(tmp_path / "a.run", tmp_path / "b.run", qrels=tmp_path / "x.qrels")}
    assert by_measure["RR@10"].difference.mean == -0.5
    assert by_measure["RR@10"].losses == 1
    with pytest.raises(MalformedData, match="--qrels"):
        compare(tmp_path / "a.run", tmp_path / "b.run")


def test_other_questions_or_corpora_are_refused(tmp_path):
    a = result("a", {"x": 1})
    with pytest.raises(NotComparable, match="corpus"):
        compare(*pair(tmp_path, a, replace(a, fingerprints=a.fingerprints | {"corpus": "other"})))
    with pytest.raises(NotComparable, match="in common"):
        compare(*pair(tmp_path, a, result("b", {"y": 1})))


def test_answers_are_compared_by_each_measure_over_the_questions_that_it_fits(tmp_path):
    a, b = result("a", {"x": 1, "y": 0.5, "z": 0}), result("b", {"x": 0, "y": 0.5, "z": 0})
    told = [replace(a.questions[0], scores={"length": 1.0}), *a.questions[1:]]
    other = [*b.questions[:2], replace(b.questions[2], scores={"length": 0.5})]
    both = replace(a, questions=tuple(told)), replace(b, questions=tuple(other))
    (change,) = compare(*pair(tmp_path, *both))  # of "length" the two have no question in common
    assert (change.measure, change.difference.n) == ("nDCG@10", 1)


def test_what_is_no_result_is_named(tmp_path):
    (tmp_path / "a.json").write_text("{}", "utf-8")
    with pytest.raises(MalformedData, match=r"a\.json"):
        compare(tmp_path / "a.json", tmp_path / "a.json")
    with pytest.raises(FileMissing):
        compare(tmp_path / "none.json", tmp_path / "a.json")
