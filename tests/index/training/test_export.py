from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from index.cross_encoder import CrossEncoder, encode
from index.training.cross_encoder.base import make_tokenizer
from tests.index.training.small import WORDS, small_base, write_small

PAIRS = [(WORDS[n % 8], " ".join(WORDS[(n + k) % 8] for k in range(1 + 3 * n))) for n in range(12)]


def floats(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """What torch says of the pairs with the state that was exported."""
    import torch

    from index.training.cross_encoder.network import CrossEncoder as Network
    from index.training.cross_encoder.network import padded

    base = small_base()
    network = Network(base)
    network.load_state_dict(torch.load(folder / "state.pt")["network"])
    with torch.inference_mode():
        answers, entails = network.eval()(*padded(encode(make_tokenizer(base.pieces), PAIRS)))
    return torch.sigmoid(answers).numpy(), entails.softmax(1).numpy()


def test_the_int8_file_says_what_the_network_says(tmp_path: Path) -> None:
    model = CrossEncoder(write_small(tmp_path))
    answers, entails = floats(tmp_path)
    ours = np.concatenate([model.answers(question, [text]) for question, text in PAIRS])
    assert np.ptp(answers) > 0.05, "the tiny model must tell texts apart"
    assert np.abs(ours - answers).max() < 0.03
    assert np.abs(model.entails(PAIRS) - entails).max() < 0.03


def test_the_folder_says_what_is_in_it(tmp_path: Path) -> None:
    folder = write_small(tmp_path)
    assert sorted(file.name for file in folder.iterdir()) == ["model.json", "model.onnx", "tokenizer.json"]
    base = small_base()
    assert json.loads((folder / "model.json").read_text("utf-8")) == {
        "name": "small", "layers": 2, "width": 32, "tokens": len(base.pieces),
    }  # fmt: skip
    onnx = pytest.importorskip("onnx")
    weights = {tensor.name: tensor for tensor in onnx.load(folder / "model.onnx").graph.initializer}
    matrices = [tensor for tensor in weights.values() if len(tensor.dims) == 2 and min(tensor.dims) >= 32]
    kinds = {tensor.data_type for tensor in matrices if list(tensor.dims) != [256, 32]}
    assert kinds == {onnx.TensorProto.INT8}, "all but the positions"
