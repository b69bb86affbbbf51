import json
from dataclasses import fields

import pytest

from sinkqa.eval.results.saved import read_result
from sinkqa.index.models.reranker import load_reranker
from sinkqa.index.query.fusion import Weights
from tests.eval.collections import CORPUS, QRELS, write_collection, write_rows
from tests.index.tiny import write_bert


def test_beir_compare_and_report_go_hand_in_hand(tmp_path, evaluate):
    folder, out = write_collection(tmp_path / "small"), tmp_path / "out"
    status, printed, _ = evaluate("beir", folder, "--mode", "lexical", "--mode", "hybrid", "--out", out, "--json")
    assert status == 0
    by_label = {each["label"]: each for each in json.loads(printed)}
    assert by_label.keys() == {"lexical", "hybrid"}
    assert by_label["hybrid"]["mean_and_interval"]["nDCG@10"]["n"] == len(QRELS)
    assert by_label["hybrid"]["facts"]["p50_ms"] > 0
    status, printed, told = evaluate("beir", folder, "--mode", "lexical", "--out", out)
    assert "small lexical: as kept" in told
    assert "nDCG@10" in printed
    status, printed, _ = evaluate("compare", out / "small.lexical.json", out / "small.hybrid.json")
    assert status == 0
    assert "95 % interval" in printed
    status, printed, _ = evaluate("report", out, "-o", tmp_path / "report.html")
    assert status == 0
    assert (tmp_path / "report.html").stat().st_size > 20_000


def test_gold_prints_recall_by_kind_of_question(tmp_path, evaluate):
    (tmp_path / "a.md").write_text("# Peat\n\nThe bog of Lund stores nine million tonnes of carbon.\n", "utf-8")
    evidence = [{"hop": 1, "must_contain": ["nine million tonnes"]}]
    rows = [{"id": "1", "lang": "en", "question": "What does the bog store?", "type": "numeric", "evidence": evidence}]
    write_rows(tmp_path / "q.jsonl", rows)
    status, printed, _ = evaluate(
        "gold", "--questions", tmp_path / "q.jsonl", "--document", tmp_path / "a.md", "--json"
    )
    assert status == 0
    (about,) = json.loads(printed)
    assert about["by"]["type=numeric"]["recall@1"]["mean"] == 1
    assert about["dataset"] == "q"


def test_latency_is_told_for_each_size_and_mode(evaluate):
    status, printed, _ = evaluate("latency", "--passages", "30,60", "--mode", "lexical", "--json")
    assert status == 0
    assert [(each["passages"], each["mode"]) for each in json.loads(printed)] == [(30, "lexical"), (60, "lexical")]


def test_expected_figures_are_ok_fail_or_skipped(tmp_path, evaluate):
    write_collection(tmp_path / "small")
    text = '[[run]]\nname = "small"\nbeir = "small"\nmode = "lexical"\n[run.expected]\n"R@20" = {}\n'
    lost = '[[run]]\nname = "lost"\nbeir = "lost"\n[run.expected]\n"R@20" = 0.5\n'
    path = tmp_path / "expected.toml"
    for value, status in ((0.75, 0), (0.5, 1), (1.0, 1)):
        path.write_text(text.format(value) + lost, "utf-8")
        left, printed, _ = evaluate("expected", "--file", path, "--json")
        first, second = json.loads(printed)
        assert left == status
        assert first["ok"] is (status == 0)
        assert first["measured"] == 0.75
        assert second["measured"] is second["ok"] is None
        assert "lost" in second["skipped"]
    assert "FAIL" in evaluate("expected", "--file", path)[1]


@pytest.mark.parametrize(
    ("args", "status", "told"),
    [
        (["beir", "nowhere"], 1, "file-missing"),
        (["compare", "nowhere", "nowhere"], 1, "file-missing"),
        (["report", "nowhere.json"], 1, "file-missing"),
        (["expected", "--file", "nowhere"], 1, "file-missing"),
        (["gold", "--questions", "nowhere", "--document", "nowhere"], 1, "file-missing"),
        (["beir", "x", "--mode", "magic"], 2, "hybrid"),
        (["beir", "x", "--weight", "magic=1"], 2, "maxsim"),
        (["beir", "x", "--label", "../x"], 2, "letters"),
        (["latency", "--passages", "0"], 2, "whole numbers"),
        (["ablation"], 2, "collections"),
        (["ablation", "--questions", "q.jsonl"], 2, "--document"),
        (["ablation", "nowhere"], 1, "file-missing"),
        (["ablation", "x", "--beside", "y"], 2, "--questions"),
        (["table", "nowhere"], 1, "file-missing"),
        (["structure", "--document", "nowhere", "--structure", "nowhere", "--tables", "nowhere"], 1, "file-missing"),
    ],
)
def test_mistakes_are_one_named_line(evaluate, args, status, told):
    left, _, error = evaluate(*args)
    assert left == status
    assert told in error
    assert "Traceback" not in error


@pytest.mark.parametrize(
    "text", ["[[run]]\n", "run = 3", "x = [", '[[run]]\nname="a"\nbeir="."\n[run.expected]\n"R@99"=1\n']
)
def test_a_malformed_file_of_figures_is_named(tmp_path, evaluate, text):
    (tmp_path / "expected.toml").write_text(text, "utf-8")
    status, _, error = evaluate("expected", "--file", tmp_path / "expected.toml")
    assert status == 1
    assert "Traceback" not in error


def test_an_ablation_sets_every_part_against_the_whole(tmp_path, evaluate):
    folder, out = write_collection(tmp_path / "small"), tmp_path / "out"
    write_collection(tmp_path / "tall")
    (tmp_path / "a.md").write_text("# Peat\n\nThe bog of Lund stores nine million tonnes of carbon.\n", "utf-8")
    evidence = [{"hop": 1, "must_contain": ["nine million tonnes"]}]
    write_rows(
        tmp_path / "q.jsonl", [{"id": "1", "lang": "en", "question": "What does the bog store?", "evidence": evidence}]
    )
    status, printed, told = evaluate(
        "ablation", folder, tmp_path / "tall", "--questions", tmp_path / "q.jsonl", "--document", tmp_path / "a.md",
        "--out", out, "--json",
    )  # fmt: skip
    assert status == 0, told
    ranking, gold = json.loads(printed)
    assert (ranking["measure"], gold["measure"]) == ("nDCG@10", "recall@5")
    assert ranking["collections"] == ["small", "tall"] and gold["collections"] == ["q"]
    labels = [each["label"] for each in ranking["systems"]]
    parts = [f"without-{each.name}" for each in fields(Weights)]
    assert labels == ["shipped", *parts, "cosine-alone", "words-alone"] == [each["label"] for each in gold["systems"]]
    shipped, *others = ranking["systems"]
    assert shipped["mean"]["p"] is shipped["cells"]["small"]["p"] is None
    assert all(0 < each["mean"]["p"] <= 1 and 0 < each["cells"]["small"]["p"] <= 1 for each in others)
    mean = sum(each["value"]["mean"] for each in shipped["cells"].values()) / 2
    assert shipped["mean"]["value"]["mean"] == pytest.approx(mean)
    again = evaluate("table", out, "--measure", "nDCG@10", "--baseline", "shipped", "--markdown")[1]
    ablated = evaluate("ablation", folder, tmp_path / "tall", "--out", out, "--markdown")[1]
    assert sorted(again.splitlines()) == sorted(ablated.splitlines())
    assert again.splitlines()[0] == "| nDCG@10 | small | tall | mean of 2 | p50 ms | models MB |"
    assert evaluate("table", out, "--by-collection")[0] == 0


def test_a_reranker_is_part_of_what_is_measured(tmp_path, evaluate):
    folder, model = write_collection(tmp_path / "small"), write_bert(tmp_path / "models" / "tiny")
    out = tmp_path / "out"
    status, printed, told = evaluate("beir", folder, "--reranker", model, "--out", out, "--json")
    assert status == 0, told
    (reranked,) = json.loads(printed)
    (plain,) = json.loads(evaluate("beir", folder, "--json")[1])
    assert (reranked["label"], plain["label"]) == ("hybrid-reranked-tiny", "hybrid")
    assert reranked["configuration"]["reranker_fingerprint"] == load_reranker(model).fingerprint
    assert reranked["fingerprints"]["configuration"] != plain["fingerprints"]["configuration"]
    assert reranked["fingerprints"]["index"] == plain["fingerprints"]["index"]
    assert reranked["facts"]["reranker_mb"] > 0 and "reranker_mb" not in plain["facts"]
    judged = read_result(out / "small.hybrid-reranked-tiny.json").questions[0]
    expected = load_reranker(model).scores(judged.text, ["\n".join(filter(None, CORPUS[n])) for n, _ in judged.found])
    assert [score for _, score in judged.found] == pytest.approx(expected, abs=1e-4)
    timed = json.loads(
        evaluate("latency", "--passages", "5", "--corpus", folder, "--mode", "lexical", "--reranker", model, "--json")[
            1
        ]
    )
    assert [each["mode"] for each in timed] == ["lexical-reranked-tiny"]
    ablated = json.loads(evaluate("ablation", folder, "--reranker", model, "--json")[1])
    assert ablated[0]["systems"][-1]["label"] == "without-reranker"
    assert evaluate("beir", folder, "--reranker", tmp_path / "nowhere")[0] == 1
