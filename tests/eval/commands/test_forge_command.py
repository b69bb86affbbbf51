import json

from tests.eval.forging.texts import write_library


def test_the_command_prints_a_row_for_each_kind_and_the_true_statements(tmp_path, evaluate):
    folder = write_library(tmp_path / "library")
    kinds = ("--kind", "figure changed", "--kind", "condition behind dropped")
    few = ("forge", folder, "--sentences", 1, "--truths", 6, *kinds)
    status, printed, _ = evaluate(*few)
    assert status == 0
    assert "figure changed" in printed and "condition behind dropped" in printed
    assert "True statements" in printed
    status, printed, _ = evaluate(*few, "--json")
    report = json.loads(printed)
    assert sorted((each["kind"], each["language"], each["tried"]) for each in report["forged"]) == [
        ("condition behind dropped", "en", 1),
        ("condition behind dropped", "zh", 1),
        ("figure changed", "en", 1),
        ("figure changed", "zh", 1),
    ]
    assert sum(each["tried"] for each in report["true"]) == 6
    assert report["seed"] == 1


def test_examples_show_what_passed_and_what_it_was_forged_from(tmp_path, evaluate):
    folder = write_library(tmp_path / "library")
    printed = evaluate("forge", folder, "--sentences", 2, "--truths", 40, "--kind", "year changed", "--examples", 40)[1]
    assert "of: " in printed


def test_a_kind_that_is_not_there_is_named(tmp_path, evaluate):
    status, _, told = evaluate("forge", write_library(tmp_path / "library"), "--kind", "nonsense")
    assert status == 2
    assert "nonsense" in told
