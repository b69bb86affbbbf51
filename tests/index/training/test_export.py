from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.models.cross_encoder import CrossEncoder, encode
from sinkqa.index.training.cross_encoder.base import make_tokenizer
from tests.index.training.small import WORDS, needs, small_base, write_small

PAIRS = [(WORDS[n % 8], " ".join(WORDS[(n + k) % 8] for k in range(1 + 3 * n))) for n in range(12)]


def floats(folder: Path) -> np.ndarray:
    """What torch says of the pairs with the state that was exported."""
    import torch

    from sinkqa.index.training.cross_encoder.network import Network, padded

    base = small_base()
    network = Network(base)
    network.load_state_dict(torch.load(folder / "state.pt")["network"])
    with torch.inference_mode():
        answers = network.eval()(*padded(encode(make_tokenizer(base.pieces), PAIRS)))
    assert answers.shape == (len(PAIRS),)
    return torch.sigmoid(answers).numpy()


def test_the_int8_file_says_what_the_network_says(tmp_path: Path) -> None:
    model = CrossEncoder(write_small(tmp_path))
    answers = floats(tmp_path)
    ours = np.concatenate([model.answers(question, [text]) for question, text in PAIRS])
    assert np.ptp(answers) > 0.05, "the tiny model must tell texts apart"
    assert np.abs(ours - answers).max() < 0.03


def test_a_state_with_a_head_that_is_no_more_is_written_without_it(tmp_path: Path) -> None:
    needs("torch", "transformers", "onnx", "onnxruntime")
    import torch

    from sinkqa.index.training.cross_encoder.export import write_model

    folder = write_small(tmp_path)
    state = torch.load(tmp_path / "state.pt")
    torch.save({"network": {**state["network"], "entails.bias": torch.zeros(3)}}, tmp_path / "old.pt")
    write_model(small_base(), tmp_path / "old.pt", tmp_path / "again", name="small")
    assert CrossEncoder(tmp_path / "again").fingerprint == CrossEncoder(folder).fingerprint
    del state["network"]["answers.bias"]
    torch.save(state, tmp_path / "half.pt")
    with pytest.raises(KeyError, match=r"answers\.bias"):
        write_model(small_base(), tmp_path / "half.pt", tmp_path / "half", name="small")


def test_the_folder_says_what_is_in_it(tmp_path: Path) -> None:
    folder = write_small(tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == ["model.json", "model.onnx", "tokenizer.json"]
    base = small_base()
    assert json.loads((folder / "model.json").read_text("utf-8")) == {
        "name": "small", "layers": 2, "width": 32, "tokens": len(base.pieces),
    }  # fmt: skip
    onnx = pytest.importorskip("onnx")
    graph = onnx.load(folder / "model.onnx").graph
    assert [each.name for each in graph.output] == ["answers"]
    weights = {tensor.name: tensor for tensor in graph.initializer}
    matrices = [tensor for tensor in weights.values() if len(tensor.dims) == 2 and min(tensor.dims) >= 32]
    kinds = {tensor.data_type for tensor in matrices if list(tensor.dims) != [256, 32]}
    assert kinds == {onnx.TensorProto.INT8}, "all but the positions"
