import pytest

from sinkqa.eval.answering.losses import losses, reliability_of, retrieval_counts, stage
from sinkqa.eval.results.saved import Loss, QuestionResult, Result, read_result, write_result


def loss(name="retrieval", rank=None, *, given=True, astray=False, **more):
    about = {"first": "b.md", "right": ("a.md",), "quoted": (("b.md", "Oaks."),), "missing": ("oak",)}
    return Loss(stage=name, rank=rank, given=given, astray=astray, **(about | more))


def question(query_id, lost=None, *, scores=None, counts=None, **traits):
    return QuestionResult(query_id, f"{query_id}?", scores or {}, (), (), traits, None, counts or {}, lost)


def result(*questions, dataset="set", facts=None):
    prints = dict.fromkeys(("corpus", "questions", "index", "configuration", "code"), "same")
    return Result("answers", dataset, "answers", prints, {}, facts or {}, questions, {})


@pytest.mark.parametrize(
    ("rank", "given", "quoted", "lost"),
    [
        (1, True, True, "items"),
        (9, True, True, "items"),
        (5, True, False, "choice"),
        (6, True, False, "retrieval"),
        (None, True, False, "retrieval"),
        (5, False, False, "abstention"),
        (1, False, True, "abstention"),
        (6, False, False, "retrieval"),
        (None, False, True, "retrieval"),
    ],
)
def test_an_answer_is_lost_at_the_first_stage_that_fails(rank, given, quoted, lost):
    assert stage(rank=rank, given=given, quoted=quoted) == lost


def test_questions_are_told_by_stage_in_the_order_of_the_flow():
    found = losses(result(question("a", loss("items")), question("b", loss("retrieval", 6)), question("c")))
    assert [(each.stage, [q.query_id for q in each.questions]) for each in found] == [
        ("retrieval", ["b"]),
        ("abstention", []),
        ("choice", []),
        ("items", ["a"]),
    ]


def test_retrieval_tells_how_far_down_and_what_came_first():
    ranks = [(6, True), (10, True), (11, False), (None, True)]
    lost = [
        question(str(i), loss("retrieval", rank, given=given, astray=i == 0)) for i, (rank, given) in enumerate(ranks)
    ]
    assert retrieval_counts(lost) == "2 at 6 to 10, 2 beyond 10; 1 with another file first, 1 withheld"


def test_reliability_counts_answers_to_questions_that_have_none_as_incomplete():
    answers = result(
        question("a", scores={"confidence": 0.8, "answered": 1.0, "complete": 1.0}),
        question("b", scores={"confidence": 0.8, "withheld": 0.0}),
        question("c", scores={"confidence": 0.1, "withheld": 1.0}),
        question("d", scores={"confidence": 0.2, "answered": 0.0, "complete": 0.0}),
    )
    (whole,) = reliability_of([answers])
    assert (whole.confidence, whole.complete.mean, whole.complete.n) == (0.8, 0.5, 2)
    (both,) = reliability_of([answers, result(*answers.questions[:1], dataset="other")])
    assert (both.complete.n, both.complete.mean) == (3, pytest.approx(2 / 3))
    assert reliability_of([]) == []


def test_a_share_of_citations_counts_each_citation_and_is_told_so():
    wrong = [("a", 1.0, 1, "zh"), ("b", 0.0, 3, "zh"), ("c", 0.5, 2, "en"), ("d", 0.5, 0, "fr")]
    asked = [question(n, scores={"wrong": s}, counts={"wrong": k}, language=language) for n, s, k, language in wrong]
    found = result(*asked).estimates()["wrong"]
    assert (found.mean, found.n) == (pytest.approx(2 / 6), 6)
    assert found.low < found.mean < found.high
    assert result(*asked).estimates(language="zh")["wrong"].mean == 0.25
    assert result(*asked).estimates(language="fr") == {}


def test_losses_and_counts_are_kept_on_disk(tmp_path):
    kept = result(question("a", loss("items", 3), scores={"wrong": 0.5}, counts={"wrong": 2}), question("b"))
    write_result(tmp_path / "a.json", kept)
    assert read_result(tmp_path / "a.json") == kept
    assert kept.summary()["lost"] == {"items": 1}
