import pytest

from sinkqa.eval import extras
from tests.eval.collections import write_collection
from tests.eval.commands.test_cli import evaluate

__all__ = ["evaluate"]


@pytest.mark.parametrize(
    ("args", "package"),
    [
        (("beir", "small"), "ir_measures"),
        (("ablation", "small"), "ir_measures"),
        (("score", "a.run", "--qrels", "small"), "ir_measures"),
        (("compare", "a.run", "b.run", "--qrels", "small"), "ir_measures"),
        (("compare", "a.json", "b.json", "--report", "page.html"), "matplotlib"),
        (("report", "small"), "matplotlib"),
        (("calibrate",), "scipy"),
        (("ground", "a.jsonl", "--fit", "weights.json"), "scipy"),
        (("growth",), "psutil"),
        (("load",), "psutil"),
        (("attack",), "psutil"),
        (("roundtrip",), "reportlab"),
    ],
)
def test_a_missing_extra_is_named_before_any_work(tmp_path, evaluate, monkeypatch, args, package):
    write_collection(tmp_path / "small")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    status, printed, told = evaluate(*args)
    assert status == 1 and printed == ""
    assert told.count("\n") == 1 and told.startswith("extra-missing") and package in told and "pip install" in told
