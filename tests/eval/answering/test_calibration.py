"""Weights are fitted to questions of many kinds, and judged on those that were left out."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np
import pytest

from sinkqa.eval.answering.abstain import Posed
from sinkqa.eval.answering.calibration import Calibration, Example, calibrate, gold_examples, posed_examples
from sinkqa.eval.data.gold import Evidence, Question
from sinkqa.index.models.encoder import load_encoder
from sinkqa.service.answering.judging.confidence import BAR, SIGNS
from sinkqa.service.answering.judging.judge import RuleJudge

ORN = """# Orn

The lake of Orn is 40 metres deep, and its ferry was built in 1931 by the harbour master.

## Fishing

A boat that fishes in the lake of Orn at night pays a fine of 900 crowns.
"""


def example(
    kind: str,
    name: str,
    *candidates: tuple[dict[str, float], float],
    answerable: bool = True,
    cluster: Hashable = None,
    shown: Sequence[float] | None = None,
) -> Example:
    """A question by its candidates: the signs that are not 0.5, and what each is worth."""
    signs = np.full((len(candidates), len(SIGNS)), 0.5, np.float32)
    for row, (told, _) in enumerate(candidates):
        for sign, value in told.items():
            signs[row, SIGNS.index(sign)] = value
    worth = np.array([share for _, share in candidates])
    return Example(
        kind,
        name,
        name if cluster is None else cluster,
        answerable,
        signs,
        worth,
        worth if shown is None else np.array(shown, float),
    )


def told_by(sign: str, kind: str, count: int, *, posed: bool = False, noise: float = 0.1) -> list[Example]:
    """Questions that one sign tells: high in the right candidate, low in the wrong ones and where none is right."""
    random, found = np.random.default_rng(3), list[Example]()
    for number in range(count):
        high, low, none = (float(random.normal(mean, noise)) for mean in (0.8, 0.3, 0.3))
        name = f"{kind}{number}"
        cluster: Hashable = (name,) if posed else name
        found.append(example(kind, name, ({sign: high}, 1), ({sign: low}, 0), cluster=cluster))
        found.append(example(kind, f"{name}-not", ({sign: none}, 0), answerable=False, cluster=cluster))
    return found


def sure(calibrated: Calibration, **told: float) -> float:
    """The confidence in a candidate with these signs."""
    logit = sum(weight * told.get(sign, 0.5) for sign, weight in calibrated.weights.items()) + calibrated.offset
    return 1 / (1 + math.exp(-logit))


def test_the_sign_that_tells_weighs_most_and_none_speaks_against():
    random = np.random.default_rng(5)
    found = [replace(each, signs=each.signs.copy()) for each in told_by("fit", "a", 40)]
    for each in found:
        right = each.worth[:, None] > 0
        each.signs[:, [SIGNS.index("rank")]] = np.where(right, 0.1, 0.9)
        each.signs[:, SIGNS.index("named")] = random.random(len(each.worth))
    weights = calibrate(found).weights
    assert weights.keys() == set(SIGNS) and min(weights.values()) >= 0
    assert weights["rank"] == 0, "what is high where nothing is right may not lower a confidence"
    assert weights["fit"] > 10 * weights["named"] and weights["fit"] > 1


def test_kinds_weigh_alike_however_many_questions_each_has():
    few = told_by("fit", "a", 30, noise=0.3)
    many = told_by("covered", "b", 30, noise=0.3, posed=True)
    for each in few:  # the sign that tells the one kind misleads a little in the other
        each.signs[:, SIGNS.index("covered")] = 0.6 - 0.2 * each.worth
    copies = [
        replace(each, query_id=f"{each.query_id}-{n}", cluster=(each.cluster, n)) for each in many for n in range(8)
    ]
    one, eight = (calibrate([*few, *part]).weights for part in (many, copies))
    assert one["fit"] > 0 and one["covered"] > 0
    assert eight["covered"] / eight["fit"] == pytest.approx(one["covered"] / one["fit"], rel=0.15)


def test_wordings_of_a_question_are_held_out_together():
    found = []
    for place, sign in enumerate(SIGNS):  # a sign that no other cluster knows anything about
        for wording in range(3):
            name = f"{place}-{wording}"
            found.append(example("a", name, ({sign: 0.9}, 1), cluster=f"c{place}"))
            found.append(example("a", f"{name}-not", ({}, 0), answerable=False, cluster=f"c{place}"))
    (score,) = calibrate(found).kinds
    assert score.n == len(found) and score.seen == 1
    assert score.unseen == 0.5, "what was learnt from other clusters cannot tell these"


def test_a_kind_is_left_out_whole():
    apart = calibrate([*told_by("fit", "a", 20), *told_by("covered", "b", 20)]).kinds
    assert [score.kind for score in apart] == ["a", "b"]
    for score in apart:
        assert score.seen > 0.95 and score.unseen > 0.95
        assert score.left_out == pytest.approx(0.5, abs=0.1), "the other kind knows nothing of its sign"
    alike = calibrate([*told_by("fit", "a", 20), *told_by("fit", "b", 20)]).kinds
    assert all(score.left_out > 0.95 for score in alike)


def test_a_kind_of_one_sort_has_no_area_and_a_single_kind_is_not_left_out():
    answerable = [each for each in told_by("fit", "b", 10) if each.answerable]
    first, second = calibrate([*told_by("fit", "a", 20), *answerable]).kinds
    assert (second.seen, second.unseen, second.left_out, second.false_answers) == (None, None, None, None)
    assert second.chosen == 1 and first.left_out is None, "the rest holds no question without an answer"


def of_two_sorts(sure_share: float, less_share: float) -> list[Example]:
    """Library questions, sure ones and less sure ones of which such shares are complete, and some without an answer."""
    found = []
    for number in range(100):
        for sort, sign, share in (("sure", 0.9, sure_share), ("less", 0.6, less_share)):
            complete = float(number < 100 * share)
            found.append(example("a", f"{sort}{number}", ({"fit": sign}, complete), ({"fit": 0.2}, 0)))
        found.append(example("a", f"none{number}", ({"fit": 0.1}, 0), answerable=False))
    return found


@pytest.mark.parametrize(("sure_share", "less_share"), [(0.8, 0.4), (0.6, 0.5), (0.95, 0.7)])
def test_a_confidence_is_the_share_of_answers_that_are_complete(sure_share, less_share):
    calibrated = calibrate(of_two_sorts(sure_share, less_share))
    assert sure(calibrated, fit=0.9) == pytest.approx(sure_share, abs=0.02)
    assert sure(calibrated, fit=0.6) == pytest.approx(less_share, abs=0.02)
    assert sure(calibrated, fit=0.1) < less_share


def test_an_answer_is_as_complete_as_the_passage_that_it_shows_more_of():
    half = [replace(each, worth=each.worth / 2) for each in of_two_sorts(0.8, 0.4)]
    assert sure(calibrate(half), fit=0.9) == pytest.approx(0.8, abs=0.02)
    part = [replace(each, shown=each.shown / 2) for each in of_two_sorts(0.8, 0.4)]
    assert sure(calibrate(part), fit=0.9) < 0.1


def test_questions_with_their_passages_tell_nothing_of_shares():
    library = of_two_sorts(0.8, 0.4)
    posed = [
        replace(each, kind="b", cluster=(each.cluster,), shown=np.ones_like(each.shown))
        for each in of_two_sorts(0.8, 0.4)
    ]
    assert sure(calibrate([*library, *posed]), fit=0.9) == pytest.approx(0.8, abs=0.02)


def test_questions_with_their_passages_alone_are_enough():
    calibrated = calibrate(told_by("fit", "a", 20, posed=True))
    assert sure(calibrated, fit=0.8) > sure(calibrated, fit=0.3)


def test_what_is_answered_at_the_shipped_bar_is_told():
    found = told_by("fit", "a", 40, noise=0.01)
    (score,) = calibrate(found).kinds
    calibrated = calibrate(found)
    assert sure(calibrated, fit=0.8) > BAR > sure(calibrated, fit=0.3)
    assert (score.chosen, score.answered, score.false_answers) == (1, 1, 0)


def test_a_question_without_candidates_counts_as_not_answered():
    empty = example("a", "empty", cluster="empty")
    (score,) = calibrate([*told_by("fit", "a", 19, noise=0.01), empty]).kinds
    assert score.n == 39 and score.chosen == pytest.approx(0.95) and score.answered == pytest.approx(0.95)


@pytest.mark.parametrize("answerable", [True, False])
def test_one_sort_of_questions_is_not_enough(answerable):
    found = [each for each in told_by("fit", "a", 8) if each.answerable == answerable]
    with pytest.raises(ValueError, match="answerable and other questions"):
        calibrate(found)
    with pytest.raises(ValueError, match="answerable and other questions"):
        calibrate([])


def test_the_same_questions_give_the_same_weights():
    found = [*told_by("fit", "a", 20), *told_by("covered", "b", 20, posed=True)]
    first, again = calibrate(found), calibrate(found)
    assert first == again


@pytest.fixture(scope="module")
def orn(tmp_path_factory) -> Callable[..., list[Example]]:
    folder = tmp_path_factory.mktemp("orn")
    (folder / "orn.md").write_text(ORN, "utf-8")

    judge = RuleJudge(load_encoder())

    def examples(*questions: Question) -> list[Example]:
        return gold_examples("orn", questions, judge, documents=[folder])

    return examples


FINE = Question(
    "fine",
    "What fine does a boat pay that fishes in the lake of Orn at night?",
    "en",
    None,
    (Evidence(1, ("a fine of 900 crowns",)),),
    points=({"en": ["900 crowns"], "zh": []},),
    cluster="fines",
)


def test_a_gold_question_becomes_candidates_of_which_the_right_one_is_worth_its_points(orn):
    nothing = replace(
        FINE, query_id="opera", text="Who composed the opera about the lake of Orn?", evidence=(), cluster=None
    )
    premise = replace(FINE, query_id="premise", traits={"type": "false-premise"})
    fine, opera = orn(FINE, nothing, premise)
    assert [each.query_id for each in (fine, opera)] == ["fine", "opera"], "false premises are left out"
    assert (fine.kind, fine.cluster, fine.answerable) == ("orn", "fines", True)
    assert (opera.cluster, opera.answerable) == ("opera", False)
    assert fine.signs.shape == (len(fine.worth), len(SIGNS)) and len(fine.worth) >= 2
    assert fine.worth.max() == 1 and list(fine.worth).count(1) == 1
    assert (fine.shown >= fine.worth).all()
    assert not opera.worth.any() and not opera.shown.any()


def test_half_of_the_points_is_worth_half(orn):
    (both,) = orn(replace(FINE, points=(*FINE.points, {"en": ["a year in prison"], "zh": []})))
    assert both.worth.max() == 0.5


def test_a_posed_question_becomes_candidates_of_its_own_passages():
    mill = "The mill of Tarn grinds oats and barley. It was sold to the village for nine thousand euros."
    can = Posed("1", "What does the mill of Tarn grind?", (("", mill),), True, answers=("oats",))
    cannot = Posed("2", "When was the castle of Brunn destroyed?", (("", mill),), False)
    found = posed_examples("posed", [can, cannot], RuleJudge(load_encoder()))
    assert [each.answerable for each in found] == [True, False]
    assert found[0].cluster == found[1].cluster == can.passages, "they share their passages"
    assert sorted(found[0].worth) == [0, 1] and found[0].shown.tolist() == [1, 1]
    assert not found[1].worth.any()
    assert found[0].signs[found[0].worth.argmax()].mean() > found[1].signs[0].mean()
