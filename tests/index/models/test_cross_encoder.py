from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.errors import RerankerMissing
from sinkqa.index.models.cross_encoder import LONGEST, CrossEncoder
from tests.index.made import CHINESE, ENGLISH
from tests.index.training.small import WORDS, write_small

TEXTS = [" ".join(WORDS[n:] + WORDS[:n]) * (1 + n % 3) for n in range(8)] + [*ENGLISH, *CHINESE]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small(tmp_path_factory.mktemp("cross-encoder"))


@pytest.fixture(scope="module")
def model(folder: Path) -> CrossEncoder:
    return CrossEncoder(folder, threads=1)


def test_answers_are_between_0_and_1_in_the_order_of_the_texts(model: CrossEncoder) -> None:
    scores = model.answers("otter", TEXTS)
    assert scores.dtype == np.float32 and scores.shape == (len(TEXTS),)
    assert ((scores > 0) & (scores < 1)).all() and np.ptp(scores) > 0.05
    assert np.array_equal(scores, model.scores("otter", TEXTS))
    assert len(model.answers("otter", [])) == 0


def test_what_a_text_scores_does_not_depend_on_the_others(model: CrossEncoder) -> None:
    scores = model.answers("otter", TEXTS)
    assert np.array_equal(model.answers("otter", TEXTS[::-1])[::-1], scores)
    assert [model.answers("otter", [text])[0] for text in TEXTS] == scores.tolist()


def test_long_texts_are_cut_where_nothing_more_is_read(model: CrossEncoder) -> None:
    start = "otter " * LONGEST
    (short, long) = (model.answers("cedar", [text])[0] for text in (start, start + "cedar " * 5_000))
    assert short == long
    question = "cedar " * 100
    assert model.answers(question, ["otter"]) == model.answers(question * 50, ["otter"])


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "otter \udfff", "🌳", "</s><pad><s><unk>", "\n\n"])
def test_odd_texts_have_scores_between_0_and_1(model: CrossEncoder, text: str) -> None:
    (score,) = model.answers(text, [text])
    assert 0 < score < 1


def test_the_fingerprint_tells_models_and_tokenizers_apart(folder: Path, model: CrossEncoder, tmp_path: Path) -> None:
    assert model.name == "small" and len(model.fingerprint) == 16
    assert CrossEncoder(folder).fingerprint == model.fingerprint
    (tmp_path / "other").mkdir()
    assert CrossEncoder(write_small(tmp_path / "other", seed=3)).fingerprint != model.fingerprint
    copy = shutil.copytree(folder, tmp_path / "copy")
    pieces = copy / "tokenizer.json"
    pieces.write_text(pieces.read_text("utf-8").replace("▁otter", "▁stoat"), "utf-8")
    assert CrossEncoder(copy).fingerprint != model.fingerprint


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: shutil.rmtree(path),
        lambda path: path.joinpath("model.json").write_text("{"),
        lambda path: path.joinpath("model.json").write_text("[]"),
        lambda path: path.joinpath("model.json").write_text("{}"),
        lambda path: path.joinpath("model.onnx").write_bytes(b"\xff" * 9),
        lambda path: path.joinpath("model.onnx").write_bytes(b""),
        lambda path: path.joinpath("model.onnx").unlink(),
        lambda path: path.joinpath("tokenizer.json").write_text("{"),
        lambda path: path.joinpath("tokenizer.json").unlink(),
    ],
)
def test_a_folder_that_holds_no_model_is_named(folder: Path, tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    copy = shutil.copytree(folder, tmp_path / "model")
    spoil(copy)
    with pytest.raises(RerankerMissing, match="reinstall sinkqa or write the folder again") as caught:
        CrossEncoder(copy)
    assert "\n" not in caught.value.message and str(copy) in caught.value.message


def test_without_onnxruntime_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # as Python marks what cannot be imported
    with pytest.raises(RerankerMissing, match="the extra cross-encoder"):
        CrossEncoder(tmp_path)
