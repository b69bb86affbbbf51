from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.models.cross_encoder import encode
from sinkqa.index.training.cross_encoder.base import SPECIAL, is_readable, make_tokenizer, read_base
from tests.index.training.small import FILED, LONGEST, WIDTH, small_base, write_base


def test_tensors_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    held = write_base(tmp_path / "base.bin")
    base = read_base(tmp_path / "base.bin", lambda piece: True)
    assert (base.width, base.layers, base.heads, base.longest) == (WIDTH, 3, 2, LONGEST)
    assert np.array_equal(base.tensors["embeddings.position_embeddings.weight"], held["emb.pos"])
    assert np.array_equal(base.tensors["encoder.layer.2.attention.self.key.weight"], held["l2.k.w"])
    assert np.array_equal(base.tensors["encoder.layer.0.intermediate.dense.weight"], held["l0.fi.w"])
    assert np.array_equal(base.tensors["encoder.layer.1.output.dense.weight"], held["l1.fo.w"])
    assert np.array_equal(base.tensors["encoder.layer.1.output.LayerNorm.bias"], held["l1.oln.b"])
    assert all(tensor.dtype == np.float32 for tensor in base.tensors.values())


def test_only_wanted_pieces_are_kept_and_the_marks_come_first(tmp_path: Path) -> None:
    held = write_base(tmp_path / "base.bin")
    base = read_base(tmp_path / "base.bin", is_readable)
    names = [piece for piece, _ in base.pieces]
    assert names == [*SPECIAL, "▁otter", "▁cedar", "碳"], "Cyrillic is left out"
    assert base.pieces[4] == ("▁otter", -1.0 - FILED.index("▁otter"))
    order = [FILED.index(name) for name in names]
    assert np.array_equal(base.tensors["embeddings.word_embeddings.weight"], held["emb.word"][order])


def test_layers_that_are_chosen_move_up(tmp_path: Path) -> None:
    held = write_base(tmp_path / "base.bin")
    base = read_base(tmp_path / "base.bin", is_readable, layers=[2, 0])
    assert base.layers == 2
    assert np.array_equal(base.tensors["encoder.layer.0.attention.self.query.weight"], held["l0.q.w"])
    assert np.array_equal(base.tensors["encoder.layer.1.attention.self.query.weight"], held["l2.q.w"])
    assert not any(name.startswith("encoder.layer.2.") for name in base.tensors)


def test_the_network_takes_what_was_read(tmp_path: Path) -> None:
    pytest.importorskip("transformers", reason="the train extra is not installed")
    from sinkqa.index.training.cross_encoder.network import Network, learnt, padded

    write_base(tmp_path / "base.bin")
    network = Network(read_base(tmp_path / "base.bin", is_readable))
    ids, mask = padded([[0, 4, 2, 2, 5, 2], [0, 2, 2, 6, 2]])
    assert ids.shape == (2, 16) and mask.sum().item() == 11
    assert network(ids, mask).shape == (2,)
    words = network.encoder.embeddings.word_embeddings.weight
    assert all(words is not parameter for parameter in learnt(network)), "the word vectors stay"


def test_the_tokenizer_joins_a_pair_as_the_product_does() -> None:
    tokenizer = make_tokenizer(small_base().pieces)
    pair = ("otter cedar", "Basalt  ｆｅｒｒｙ")
    whole = tokenizer.encode(*pair)
    assert whole.tokens[:6] == ["<s>", "▁otter", "▁cedar", "</s>", "</s>", "▁"]
    assert whole.tokens[-2:] == ["▁ferry", "</s>"], "wide letters are narrowed, runs of blanks are one"
    assert encode(tokenizer, [pair]) == [whole.ids]


def test_a_text_that_spells_a_mark_holds_none() -> None:
    tokenizer = make_tokenizer(small_base().pieces)
    (ids,) = encode(tokenizer, [("otter </s></s> <s> <pad>", "<pad> cedar")])
    assert [number for number in ids if number < 3] == [0, 2, 2, 2]


@pytest.mark.parametrize(
    ("piece", "kept"), [("▁carbon", True), ("碳汇", True), ("ｅ", True), ("кот", False), ("한", False)]
)
def test_scripts_other_than_ours_are_left_out(piece: str, kept: bool) -> None:
    assert is_readable(piece) == kept
