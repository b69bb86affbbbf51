from __future__ import annotations

import numpy as np
import pytest

from sinkqa.index.arrays import Floats
from sinkqa.index.query.fusion import Weights, fuse


def floats(*values: float) -> Floats:
    return np.array(values, np.float32)


def scores(raw: list[float], languages: list[str]) -> list[float]:
    """Fused scores of candidates that only their cosines tell apart, asked in English."""
    nothing = np.zeros(len(raw), np.float32)
    fused = fuse(
        dense=floats(*raw),
        lexical=nothing,
        maxsim=nothing,
        words=[9] * len(raw),
        languages=languages,
        asked_in="en",
        weights=Weights(),
    )
    return [float(score) for score in fused]


def test_in_one_language_the_score_is_the_weighted_sum() -> None:
    fused = fuse(
        dense=floats(0.5, 0.1),
        lexical=floats(0.2, 0.4),
        maxsim=floats(0.3, 0.0),
        words=[9, 9],
        languages=["zh", "zh"],
        asked_in="zh",
        weights=Weights(lexical=2, maxsim=3),
    )
    assert fused.tolist() == pytest.approx([1.8, 0.9])


def test_an_outstanding_passage_is_not_hidden_by_ordinary_ones_of_the_question_s_language() -> None:
    ordinary, across = [0.6 + i / 1_000 for i in range(50)], [0.2 + i / 1_000 for i in range(50)]
    fused = scores([*ordinary, *across, 0.5], ["en"] * 50 + ["zh"] * 51)
    assert fused.index(max(fused)) == 100


def test_words_that_another_language_cannot_share_are_estimated_from_the_question_s_own() -> None:
    meaning = floats(*np.linspace(0.1, 0.9, 60), 0.9)
    shared = floats(*np.linspace(0.1, 0.5, 60), 0.0)

    def fused(languages: list[str], **changed: float) -> list[float]:
        weights = Weights(language_shift=0, **changed)
        nothing = np.zeros(61, np.float32)
        return fuse(
            dense=meaning,
            lexical=shared,
            maxsim=nothing,
            words=[9] * 61,
            languages=languages,
            asked_in="en",
            weights=weights,
        ).tolist()

    across, alike = ["en"] * 60 + ["zh"], ["en"] * 61
    assert fused(across, unshared=1.0)[:60] == pytest.approx(fused(alike)[:60])
    assert fused(alike)[60] == pytest.approx(0.9)  # in the question's language, to share no word is to share none
    assert fused(across, unshared=1.0)[60] == pytest.approx(0.9 + 5 * 0.5 * 60 / 70, abs=0.01)
    assert fused(across, unshared=0)[60] == pytest.approx(0.9)


def test_a_longer_passage_comes_near_the_question_s_words_by_chance() -> None:
    fused = fuse(
        dense=floats(0, 0, 0),
        lexical=floats(0, 0, 0),
        maxsim=floats(0.5, 0.5, 0.5),
        words=[3, 10, 200],
        languages=["zh"] * 3,
        asked_in="zh",
        weights=Weights(maxsim=2, length=0.1),
    )
    assert fused[0] == fused[1]
    assert fused[1] - fused[2] == pytest.approx(2 * 0.1 * np.log(20), abs=1e-5)


def test_where_no_candidate_is_in_the_question_s_language_nothing_is_estimated() -> None:
    weights, nothing = Weights(language_shift=0), floats(0, 0)
    fused = fuse(
        dense=floats(0.5, 0.1),
        lexical=floats(0.2, 0.0),
        maxsim=nothing,
        words=[9, 9],
        languages=["zh", "zh"],
        asked_in="en",
        weights=weights,
    )
    assert fused.tolist() == pytest.approx([0.7, 0.1])


def test_the_order_within_a_language_never_changes() -> None:
    raw = np.random.default_rng(4).random(60).tolist()
    languages = ["zh" if number % 3 else "en" for number in range(60)]
    fused = scores(raw, languages)
    for language in ("zh", "en"):
        chosen = [number for number in range(60) if languages[number] == language]
        assert sorted(chosen, key=lambda i: raw[i]) == sorted(chosen, key=lambda i: fused[i])


def test_a_lone_passage_of_a_language_is_lifted_by_an_eighth_of_the_difference() -> None:
    assert scores([0.8, 0.8, 0.8, 0.4], ["en", "en", "en", "zh"])[3] == pytest.approx(0.45)


def test_the_order_of_the_candidates_does_not_matter() -> None:
    raw, languages = [0.9, 0.2, 0.4, 0.7], ["zh", "en", "zh", "en"]
    assert scores(raw[::-1], languages[::-1])[::-1] == pytest.approx(scores(raw, languages))
