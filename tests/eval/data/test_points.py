import importlib.util
import json
from pathlib import Path

import pytest

from sinkqa.eval.data.points import says, share_said

GOLD = Path(__file__).parents[3].parent / "shared" / "gold"


@pytest.mark.parametrize(
    ("text", "variant", "language", "held"),
    [
        ("a limit of 5% applies", "5%", "en", True),
        ("a limit of 25% applies", "5%", "en", False),
        ("上限为10%", "10%", "zh", True),
        ("上限为10.5%", "10", "zh", False),
        ("1,267 projects", "1267", "en", True),
        ("European forests", "EU", "en", False),
        ("the EU pledges", "EU", "en", True),
        ("the eu pledges", "EU", "en", False),
        ("three oaks", "oak", "en", True),
        ("three oaken doors", "oak", "en", False),
        ("methodological work", "methodolog", "en", True),
        ("New-Zealand’s forests", "New Zealand's forest", "en", True),
        ("轮 牧\n制度", "轮牧", "zh", True),
        ("１０％", "10%", "zh", False),
        ("anything", "", "en", False),
    ],
)
def test_a_variant_is_matched_as_words_and_numbers_are(text, variant, language, held):
    point = {"zh": [variant] if language == "zh" else [], "en": [variant] if language == "en" else []}
    assert says(text, point, language) is held


def test_every_point_counts_once_in_whichever_language_it_is_said():
    points = [
        {"zh": ["北京"], "en": ["Beijing"]},
        {"zh": ["五成", "50%"], "en": ["half"]},
        {"zh": ["湖"], "en": ["lake"]},
    ]
    assert share_said({"zh": "北京占50%", "en": ""}, points) == pytest.approx(2 / 3)
    assert share_said({"zh": "占五成", "en": "Beijing"}, points) == pytest.approx(2 / 3)
    assert share_said({"zh": "", "en": ""}, points) == 0
    assert share_said({"en": "x"}, []) == 0


@pytest.mark.skipif(not GOLD.exists(), reason="the shared gold questions are not beside this checkout")
def test_the_reference_matcher_agrees_on_every_gold_answer_and_quote():
    spec = importlib.util.spec_from_file_location("reference", GOLD / "match.py")
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    rows = [json.loads(line) for line in (GOLD / "dev.jsonl").read_text("utf-8").splitlines()]
    texts = [row["answer"] for row in rows] + [
        " ".join(place["must_contain"]) for row in rows for place in row["evidence"]
    ]
    points = [point for row in rows for point in row["answer_points"]]
    differ = [
        (text, point)
        for text in texts[::3]
        for point in points[::2]
        for language in ("zh", "en")
        if reference.point_hit(text, point, language) != says(text, point, language)
    ]
    assert not differ
    assert sum(reference.point_hit(row["answer"], p, row["lang"]) for row in rows for p in row["answer_points"]) > 150
