"""Grounding measured: the area under the curve, halves that share no claim, and a score that must beat its floor."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest

from sinkqa.eval.answering.ground import area, best_threshold, fit, overlap, read_items, score_set, write_weights
from sinkqa.eval.cli import main
from sinkqa.eval.errors import MalformedData, NothingToMeasure
from sinkqa.index.models.encoder import load_encoder
from sinkqa.service.grounding.support import FEATURES
from tests.service.forging import alterations

SENTENCES = [
    "Forests of {place} absorb {n} million tonnes of carbon dioxide each year, the report says.",
    "{place} shall report its wetland emissions within {n} months, and may ask for help.",
    "The land sector of {place} reduced its emissions by {n} percent between 2010 and 2020.",
]
PLACES = ["Finland", "Chile", "Kenya", "Nepal", "Fiji", "Peru", "Gabon", "Laos"]


def written(path: Path) -> Path:
    """A set in which every third claim is supported, the rest altered."""
    rows = []
    for number, place in enumerate(PLACES):
        for sentence in SENTENCES:
            evidence = sentence.format(place=place, n=number + 4)
            rows.append({"claim": evidence, "evidence": [evidence], "label": "supported"})
            for kind, altered in alterations(evidence, Random(number)):
                label = "contradicted" if kind in ("number", "negation") else "not_supported"
                rows.append({"claim": altered, "evidence": [evidence, "Another sentence."], "label": label})
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return path


def test_the_area_counts_pairs_in_order_and_ties_for_half() -> None:
    truth = np.array([True, True, False, False])
    assert area(np.array([4.0, 3, 2, 1]), truth) == 1
    assert area(np.array([1.0, 2, 3, 4]), truth) == 0
    assert area(np.array([1.0, 1, 1, 1]), truth) == 0.5
    assert area(np.array([3.0, 1, 2, 1]), truth) == pytest.approx(5 / 8)
    with pytest.raises(ValueError, match="some true"):
        area(np.array([1.0, 2]), np.array([True, True]))


def test_the_area_is_that_of_mann_and_whitney() -> None:
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(1)
    scores, truth = random.integers(0, 20, 200).astype(float), random.random(200) < 0.3
    by_scipy = stats.mannwhitneyu(scores[truth], scores[~truth]).statistic / truth.sum() / (~truth).sum()
    assert area(scores, truth) == pytest.approx(by_scipy)


def test_the_threshold_is_where_both_sides_are_told_best() -> None:
    assert best_threshold(np.array([0.1, 0.2, 0.6, 0.9]), np.array([False, False, True, True])) == 0.6


def test_the_floor_is_the_share_of_words_that_stand_in_the_evidence() -> None:
    assert overlap("forests absorb carbon", ["Carbon in soils", "a forest"]) == pytest.approx(2 / 3)
    assert overlap("", ["x"]) == 0


def test_evidence_of_one_claim_is_on_one_side(tmp_path: Path) -> None:
    rows = [{"claim": c, "evidence": [e], "label": "supported"} for c, e in [("a", "1"), ("b", "2"), ("a", "3")]]
    path = tmp_path / "set.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert [item.number for item in read_items(path)] == [0, 1, 0]


def test_data_that_cannot_be_measured_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"claim": "a", "evidence": "no list", "label": "supported"}', "utf-8")
    with pytest.raises(MalformedData, match=r"set\.jsonl:1"):
        read_items(path)
    path.write_text("\n", "utf-8")
    with pytest.raises(NothingToMeasure):
        read_items(path)


def test_altered_claims_score_below_true_ones_and_get_another_label(tmp_path: Path) -> None:
    items = read_items(written(tmp_path / "set.jsonl"))
    (score,) = score_set("set", items, load_encoder(), on_progress=lambda *_: None)
    assert score.language == "en"
    assert score.auc.mean == 1
    assert score.gain.mean == pytest.approx(score.auc.mean - score.floor.mean)
    assert score.labels["supported"] == {"supported": score.auc.n - sum(map(sum_of, others(score.labels)))}
    assert all("supported" not in given for given in others(score.labels))
    assert score.labels["contradicted"]["contradicted"] / sum_of(score.labels["contradicted"]) > 0.8


def others(labels: dict[str, dict[str, int]]) -> list[dict[str, int]]:
    return [given for label, given in labels.items() if label != "supported"]


def sum_of(given: dict[str, int]) -> int:
    return sum(given.values())


def test_fitted_weights_are_of_the_form_that_the_score_reads(tmp_path: Path) -> None:
    weights = fit([read_items(written(tmp_path / "set.jsonl"))], load_encoder(), on_progress=lambda *_: None)
    assert list(weights) == ["en"]
    assert len(weights["en"]) == 2 * len(FEATURES) + 2
    assert np.isfinite(weights["en"]).all()
    write_weights(tmp_path / "weights.json", weights)
    assert json.loads((tmp_path / "weights.json").read_text("utf-8")) == weights


def test_the_command_prints_the_area_beside_its_floor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(written(tmp_path / "forged.jsonl"))
    monkeypatch.setattr(sys, "argv", ["sinkqa-eval", "ground", path, "--json"])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert not leaving.value.code
    (score,) = json.loads(capsys.readouterr().out)
    assert score["auc"]["mean"] > score["floor"]["mean"]
    monkeypatch.setattr(sys, "argv", ["sinkqa-eval", "ground", path])
    with pytest.raises(SystemExit):
        main()
    assert "forged" in capsys.readouterr().out
