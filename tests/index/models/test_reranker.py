from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.errors import RerankerMissing
from sinkqa.index.hit import Hit, Why
from sinkqa.index.library import Library
from sinkqa.index.models.passage_text import vector_text
from sinkqa.index.models.reranker import Reranker, load_reranker, rerank
from sinkqa.service.engine import Engine
from sinkqa.service.settings import Settings
from tests.conftest import Ran
from tests.index.made import CHINESE, ENGLISH, addition
from tests.index.tiny import write_bert

TEXTS = [*ENGLISH, *CHINESE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture(scope="module")
def reranker(folder: Path) -> Reranker:
    return load_reranker(folder)


def logits(folder: Path, query: str, texts: list[str]) -> np.ndarray:
    """What transformers alone says of the pairs."""
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
    pairs = tokenizer([query] * len(texts), texts, padding=True, truncation=True, max_length=64, return_tensors="pt")
    with torch.no_grad():
        return np.asarray(model(**pairs).logits, np.float64)


def test_scores_are_the_sigmoid_of_the_model_s_one_label(folder: Path, reranker: Reranker) -> None:
    scores = reranker.scores(ENGLISH[0], TEXTS)
    assert scores.dtype == np.float32 and scores.shape == (len(TEXTS),)
    assert scores == pytest.approx(1 / (1 + np.exp(-logits(folder, ENGLISH[0], TEXTS)[:, 0])), abs=1e-5)
    assert np.ptp(scores) > 0.01, "the tiny model must tell texts apart"


def test_of_two_labels_the_second_is_relevance(tmp_path: Path) -> None:
    folder = write_bert(tmp_path / "two", labels=2)
    powers = np.exp(logits(folder, CHINESE[1], TEXTS))
    expected = powers[:, 1] / powers.sum(axis=1)
    assert load_reranker(folder).scores(CHINESE[1], TEXTS) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("text", ["", "\x00", "\ud800", "🌳", "carbon " * 3_000])
def test_odd_texts_have_scores_between_0_and_1(reranker: Reranker, text: str) -> None:
    (score,) = reranker.scores(text, [text])
    assert 0 <= score <= 1
    assert len(reranker.scores(text, [])) == 0


def test_a_model_that_says_no_number_says_irrelevant(tmp_path: Path) -> None:
    folder = write_bert(tmp_path / "broken")
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["classifier.bias"].fill_(float("nan"))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    assert load_reranker(folder).scores("peat", TEXTS[:2]) == pytest.approx([0, 0], abs=1e-9)


def test_the_fingerprint_tells_weights_apart_and_stays(folder: Path, tmp_path: Path) -> None:
    other = write_bert(tmp_path / "other", seed=7)
    first = load_reranker(folder).fingerprint
    assert load_reranker(folder).fingerprint == first
    assert load_reranker(other).fingerprint != first and len(first) == 16


def test_search_orders_the_best_passages_by_the_reranker_and_says_so(library: Library, reranker: Reranker) -> None:
    list(library.add_all([addition("a.txt", ENGLISH), addition("b.txt", CHINESE, language="zh")]))
    plain, reranked = (library.search("carbon credits 碳汇", k=5, reranker=each) for each in (None, reranker))
    everything = library.search("carbon credits 碳汇", k=30)
    scores = reranker.scores("carbon credits 碳汇", [vector_text(hit.title, hit.passage) for hit in everything])
    expected = sorted(zip(scores.tolist(), everything, strict=True), key=lambda pair: -pair[0])[:5]
    assert [hit.passage for hit in reranked] == [hit.passage for _, hit in expected]
    assert [hit.score for hit in reranked] == pytest.approx([score for score, _ in expected], abs=1e-5)
    assert all(hit.why.rerank == hit.score for hit in reranked)
    assert all(hit.why.rerank is None for hit in plain)
    before = {hit.passage.passage_id: hit.why for hit in everything}
    assert all(dataclasses.replace(h.why, rerank=None) == before[h.passage.passage_id] for h in reranked)


def test_more_passages_than_are_usually_reranked_are_all_reranked(library: Library, reranker: Reranker) -> None:
    texts = [f"Plot {number} holds carbon in the soil of the forest." for number in range(50)]
    list(library.add_all([addition("many.txt", texts)]))
    hits = library.search("carbon in the soil", k=40, reranker=reranker)
    assert len(hits) == 40 and all(hit.why.rerank is not None for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert library.search("\u3000", reranker=reranker) == []


def test_an_engine_with_a_reranker_answers_with_checked_quotes(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "notes.txt").write_text("\n\n".join(ENGLISH), "utf-8")
    monkeypatch.setenv("SINKQA_LIBRARY", str(tmp_path / "library"))
    plain = Engine.open(Settings.load(), create=True)
    plain.add([tmp_path / "notes.txt"])
    monkeypatch.setenv("SINKQA_RERANKER", str(folder))
    engine = Engine.open(Settings.load())
    question = "What does an auditor measure in the third year?"
    answer, without = engine.ask(question), plain.ask(question)
    reranked = engine.search(question, k=len(answer.passages))
    assert {passage.passage_id for passage in answer.passages} == {passage.passage_id for passage in reranked.hits}
    assert all(passage.why["rerank"] == pytest.approx(passage.score, abs=1e-4) for passage in reranked.hits)
    assert all(passage.why["rerank"] <= passage.score + 1e-4 for passage in answer.passages), "raised, never lowered"
    assert all(passage.why["rerank"] is None for passage in without.passages)
    assert answer.status == without.status == "answered"
    assert "auditor" in answer.citations[0].quote
    assert answer.confidence == pytest.approx(without.confidence, abs=0.1)
    assert engine.doctor().facts["reranker"] == load_reranker(folder).fingerprint
    assert plain.doctor().facts["reranker"] == "none"


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: write_bert(path, "BertModel"), "BertModel, without"),
        (lambda path: write_bert(path, labels=3), "3 labels"),
        (lambda path: write_bert(path).joinpath("model.safetensors").write_bytes(b"\xff" * 9), "header"),
        (lambda path: write_bert(path).joinpath("config.json").write_text("{"), "JSON"),
        (lambda path: write_bert(path).joinpath("config.json").write_text(json.dumps([])), "model_type"),
        (lambda path: write_bert(path).joinpath("model.safetensors").unlink(), "no file named"),
        (Path.mkdir, "model_type"),
        (lambda path: None, "no such folder"),
    ],
)
def test_a_folder_that_holds_no_reranker_is_named(tmp_path: Path, make: Callable[[Path], object], reason: str) -> None:
    pytest.importorskip("sentence_transformers", reason="the models extra is not installed")
    make(tmp_path / "model")
    with pytest.raises(RerankerMissing, match=reason) as caught:
        load_reranker(tmp_path / "model")
    assert "\n" not in caught.value.message and str(tmp_path / "model") in caught.value.message


@pytest.mark.parametrize("flag", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_offline_a_model_that_was_not_downloaded_is_named_at_once(monkeypatch: pytest.MonkeyPatch, flag: str) -> None:
    pytest.importorskip("sentence_transformers", reason="the models extra is not installed")
    monkeypatch.setenv(flag, "1")
    with pytest.raises(RerankerMissing, match="nobody/no-such-reranker"):
        load_reranker("nobody/no-such-reranker")


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)  # as Python marks what cannot be imported
    with pytest.raises(RerankerMissing, match="the extra models"):
        load_reranker("some/reranker")


def test_a_reranker_that_is_not_there_is_one_line_and_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sinkqa: Callable[..., Ran]
) -> None:
    monkeypatch.setenv("SINKQA_RERANKER", str(tmp_path / "nowhere"))
    (tmp_path / "a.txt").write_text(ENGLISH[2], "utf-8")
    library = tmp_path / "library"
    assert sinkqa("add", tmp_path / "a.txt", "-l", library).status == 0, "adding needs no reranker"
    ran = sinkqa("ask", "What does the fund pay for?", "-l", library)
    assert ran.status == 1 and ran.err.startswith("error[reranker-missing]: ")
    assert ran.err.count("\n") == 1


class Fixed:
    """Says of each text what it was told to, and keeps what it was asked."""

    name, fingerprint = "fixed", "0"

    def __init__(self, says: dict[str, float], *, weight: float | None, depth: int) -> None:
        self.says, self.weight, self.depth = says, weight, depth
        self.read: list[str] = []

    def scores(self, query: str, texts: list[str]) -> np.ndarray:
        self.read += texts
        return np.array([self.says.get(text, 0.2) for text in texts], np.float32)


def hits(*scores: float) -> list[Hit]:
    passages = addition("a.txt", ENGLISH).passages
    return [Hit(passages[n], "T", score, Why()) for n, score in enumerate(scores)]


def test_a_reranker_beside_the_search_reads_the_first_hits_and_is_added() -> None:
    found = hits(8.0, 7.0, 6.0, 5.0)
    told = Fixed({vector_text("T", found[1].passage): 0.9}, weight=0.5, depth=2)
    ordered = rerank(told, "q", found)
    assert told.read == [vector_text("T", hit.passage) for hit in found[:2]]
    assert [hit.passage for hit in ordered] == [found[n].passage for n in (1, 0, 2, 3)]
    expected = [
        (7 + 0.5 * 0.9 * 8) / 1.5,
        (8 + 0.5 * 0.2 * 8) / 1.5,
        (6 + 0.5 * 0.2 * 8) / 1.5,
        (5 + 0.5 * 0.2 * 8) / 1.5,
    ]
    assert [hit.score for hit in ordered] == pytest.approx(expected), "on the scale of the search"
    assert [hit.why.rerank for hit in ordered] == pytest.approx([0.9, 0.2, 0.2, 0.2]), (
        "the lowest stands for the unread"
    )


def test_a_reranker_that_alone_orders_reads_all_hits() -> None:
    found = hits(8.0, 7.0, 6.0)
    told = Fixed({vector_text("T", found[2].passage): 0.7}, weight=None, depth=1)
    ordered = rerank(told, "q", found)
    assert len(told.read) == 3 and ordered[0].passage == found[2].passage and ordered[0].score == pytest.approx(0.7)


def test_nothing_is_reranked_to_nothing() -> None:
    assert rerank(Fixed({}, weight=0.3, depth=5), "q", []) == []
