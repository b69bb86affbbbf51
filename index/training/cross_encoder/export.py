"""Last step of training: the network as an int8 ONNX file, with its tokenizer and description."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor, nn
from torch.nn import functional

from sinkqa.index.training.cross_encoder.base import Base, make_tokenizer
from sinkqa.index.training.cross_encoder.network import PADDING, Network

_OPSET = 17


class _Words(nn.Module):  # type: ignore[misc]  # torch is not followed
    """Word vectors as int8 with one scale a row. They are a lookup, which the runtime does not quantise."""

    def __init__(self, vectors: Tensor) -> None:
        super().__init__()
        scale = vectors.abs().amax(1, keepdim=True).clamp(min=1e-9) / 127
        self.register_buffer("numbers", (vectors / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """Vectors of token ids, float32, with one dimension more."""
        return functional.embedding(ids, self.numbers).float() * functional.embedding(ids, self.scale)


def write_model(base: Base, state: Path, out: Path, *, name: str) -> None:
    """Writes ``model.onnx``, ``tokenizer.json`` and ``model.json``. ``state``: a file that :func:`fit` wrote."""
    network = Network(base)
    kept = torch.load(state, weights_only=True)["network"]
    network.load_state_dict({key: kept[key] for key in network.state_dict()})  # an older one has a head more
    network.eval()
    embeddings = network.encoder.embeddings
    embeddings.word_embeddings = _Words(embeddings.word_embeddings.weight.detach())
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        _write_floats(network, whole)
        _write_int8(whole, out / "model.onnx")
    make_tokenizer(base.pieces).save(str(out / "tokenizer.json"), pretty=False)
    card = {"name": name, "layers": base.layers, "width": base.width, "tokens": len(base.pieces)}
    (out / "model.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def _write_floats(network: nn.Module, file: Path) -> None:
    """The network in full precision, for any number of pairs of any length."""
    ids = torch.tensor([[0, 3, 2, 2, 3, 3, 2], [0, 3, 2, 2, 3, 2, PADDING]])
    free = {0: "n", 1: "longest"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of this exporter: the new one needs another package
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # whether there is padding: here there is
        warnings.filterwarnings("ignore", "Exporting aten::index", UserWarning)  # none of the mask's is negative
        torch.onnx.export(
            network,
            (ids, (ids != PADDING).long()),
            str(file),
            input_names=["ids", "mask"],
            output_names=["answers"],
            dynamic_axes={"ids": free, "mask": free},
            opset_version=_OPSET,
            dynamo=False,
        )


def _write_int8(whole: Path, file: Path) -> None:
    """Its matrices as int8, one scale a column; the other factors are quantised at run time."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = whole.with_suffix(".prepared")
    quant_pre_process(str(whole), str(prepared), skip_symbolic_shape=True)
    quantize_dynamic(
        str(prepared),
        str(file),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
    )
