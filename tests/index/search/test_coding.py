from __future__ import annotations

import numpy as np
import pytest

from sinkqa.index.arrays import Floats
from sinkqa.index.search.embedded.coding import Coder, rotation

PINNED = [-0.0079103, -0.041899, -0.0368045]  # by numpy 2.4 on x86


def vectors(n: int, dim: int, *, seed: int = 0) -> Floats:
    """Unit vectors, nearly all of each in few coordinates."""
    drawn = np.random.default_rng(seed).normal(size=(n, dim)) / np.arange(1, dim + 1)
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("dim", [16, 30, 256, 384, 1_024])
def test_a_rotation_changes_no_product(dim: int) -> None:
    turned = rotation(dim)
    assert turned.shape == (dim, -(-dim // 4) * 4)
    assert np.allclose(turned @ turned.T, np.eye(dim), atol=1e-5)


def test_the_rotation_is_the_same_on_every_machine() -> None:
    assert rotation(256)[[0, 7, 255], [0, 100, 255]].tolist() == pytest.approx(PINNED, abs=1e-6)


@pytest.mark.parametrize("dim", [16, 30, 256, 384])
def test_a_scan_ranks_by_products(dim: int) -> None:
    stored, queries = vectors(3_000, dim), vectors(20, dim, seed=1)
    coder = Coder.of(stored)
    codes = coder.encode(stored)
    assert codes.shape == (3_000, coder.code_bytes)
    scan = coder.scan(codes)
    for query in queries:
        scores, found = scan.search(coder.turned(query), 3_000)
        products = stored[found[0]] @ query
        assert np.corrcoef(scores[0], products)[0, 1] > 0.9
        assert np.argmax(stored @ query) in found[0][:1_000]


def test_vectors_that_are_all_the_same_have_codes() -> None:
    same = np.repeat(vectors(1, 16), 5, axis=0)
    assert len(np.unique(Coder.of(same).encode(same), axis=0)) == 1


def test_codes_are_of_two_bits_each_in_the_order_of_coordinates() -> None:
    coder = Coder(np.zeros(8, np.float32), 1.0)
    levels = np.array([-2, -0.5, 0.5, 2, 2, 0.5, -0.5, -2], np.float32)
    (code,) = coder.encode((levels @ rotation(8).T)[None])
    assert code.tolist() == [0b11_10_01_00, 0b00_01_10_11]
