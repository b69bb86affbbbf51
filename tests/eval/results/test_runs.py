import pytest

from sinkqa.eval.data.trec import ScoredDoc, write_run
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.eval.results.runs import read_judged, score_run
from sinkqa.ingest.errors import FileMissing
from tests.eval.collections import CORPUS, QRELS, QUERIES, write_collection

RUN = {"q1": [("forest", 2.0), ("cement", 1.0)], "q2": [("ocean", 3.0), ("market", 1.0)], "q9": [("forest", 1.0)]}


def written(path, run):
    write_run(path, {q: [ScoredDoc(*each) for each in docs] for q, docs in run.items()})
    return path


def test_a_run_is_scored_over_every_judged_query_and_what_is_odd_is_warned_of(tmp_path):
    run = written(tmp_path / "theirs.run", RUN | {"q2": [("unknown", 3.0), ("market", 3.0)]})
    result = score_run(run, read_judged(write_collection(tmp_path / "small")))
    assert {each.query_id: each.scores["RR@10"] for each in result.questions} == {"q1": 1, "q2": 0.5, "q3": 0, "q4": 0}
    assert (result.dataset, result.label, result.kind) == ("small", "theirs", "beir")
    assert result.questions[0].text == QUERIES["q1"] and result.texts["market"] == CORPUS["market"][1]
    told = dict(line.rsplit(": ", 1) for line in result.warnings)
    assert list(told.values()) == ["2", "1", "1", "1", "2"]
    assert list(told)[2].startswith("entries of the run that are not in the collection")


def test_judgements_alone_are_enough(tmp_path):
    (tmp_path / "dl.qrels").write_text("q1 0 forest 2\nq2 0 market 1\n", "utf-8")
    result = score_run(written(tmp_path / "a.run", RUN), read_judged(tmp_path / "dl.qrels"), measures=["RR@10", "AP"])
    assert result.measures == ["RR@10", "AP"]
    assert result.dataset == "dl" and result.estimates()["AP"].mean == 0.75


def test_an_id_with_a_percent_sign_is_taken_as_the_judgements_have_it(tmp_path):
    names = {"a%20b": ("", "Wood."), "a b": ("", "Soil.")}
    folder = write_collection(tmp_path / "odd", corpus=names, queries={"q": "?"}, qrels={"q": {"a%20b": 1}})
    (tmp_path / "a.run").write_text("q Q0 a%20b 1 1.0 x\n", "utf-8")
    assert score_run(tmp_path / "a.run", read_judged(folder)).estimates()["RR@10"].mean == 1


def test_the_rank_does_not_matter_where_scores_differ_and_depth_never_does(tmp_path):
    (tmp_path / "a.run").write_text("q1 Q0 cement 1 0.1 x\nq1 Q0 forest 2 0.9 x\n", "utf-8")
    deep = "".join(f"q1 Q0 d{n} {n} {1 / n} x\n" for n in range(1, 3000)) + "q1 Q0 forest 3000 0 x\n"
    (tmp_path / "deep.run").write_text(deep, "utf-8")
    judged = read_judged(write_collection(tmp_path / "small", qrels={"q1": QRELS["q1"]}))
    assert score_run(tmp_path / "a.run", judged).questions[0].scores["RR@10"] == 1
    result = score_run(tmp_path / "deep.run", judged, measures=["RR"])
    assert result.questions[0].scores["RR"] == pytest.approx(1 / 3000)
    assert result.questions[0].wanted[0].rank == 3000 and len(result.questions[0].found) == 100


@pytest.mark.parametrize(
    ("run", "error", "told"),
    [
        ("q7 Q0 forest 1 1.0 x\n", NothingToMeasure, "'q7'"),
        ("", NothingToMeasure, "none"),
        ("q1 Q0 forest 1 nan x\n", MalformedData, r"a\.run:1"),
        ("q1 forest 1.0\n", MalformedData, r"a\.run:1"),
        (None, FileMissing, r"a\.run"),
    ],
)
def test_what_is_no_run_over_these_queries_is_named(tmp_path, run, error, told):
    if run is not None:
        (tmp_path / "a.run").write_text(run, "utf-8")
    with pytest.raises(error, match=told):
        score_run(tmp_path / "a.run", read_judged(write_collection(tmp_path / "small")))


def test_an_empty_file_of_judgements_is_named(tmp_path):
    (tmp_path / "a.qrels").touch()
    with pytest.raises(NothingToMeasure, match=r"a\.qrels"):
        read_judged(tmp_path / "a.qrels")
