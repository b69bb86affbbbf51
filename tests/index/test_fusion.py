from __future__ import annotations

import numpy as np
import pytest

from index.fusion import Weights, fuse


def scores(raw: list[float], languages: list[str]) -> list[float]:
    """Fused scores of candidates that only their cosines tell apart."""
    nothing = np.zeros(len(raw), np.float32)
    fused = fuse(dense=np.array(raw, np.float32), lexical=nothing, late=nothing, languages=languages, weights=Weights())
    return [float(score) for score in fused]


def test_in_one_language_the_score_is_the_weighted_sum() -> None:
    dense, lexical, late = (np.array(values, np.float32) for values in ((0.5, 0.1), (0.2, 0.4), (0.3, 0.0)))
    fused = fuse(dense=dense, lexical=lexical, late=late, languages=["zh", "zh"], weights=Weights(lexical=2, late=3))
    assert fused.tolist() == pytest.approx([1.8, 0.9])


def test_an_outstanding_passage_is_not_hidden_by_ordinary_ones_of_the_question_s_language() -> None:
    ordinary, across = [0.6 + i / 1_000 for i in range(50)], [0.2 + i / 1_000 for i in range(50)]
    fused = scores([*ordinary, *across, 0.5], ["en"] * 50 + ["zh"] * 51)
    assert fused.index(max(fused)) == 100


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
