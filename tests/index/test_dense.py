from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.dense import DenseIndex, update_dense, write_dense
from index.static import Floats


def unit_vectors(n: int, *, seed: int = 0) -> Floats:
    vectors = np.random.default_rng(seed).normal(size=(n, 16)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("flat_up_to", [10_000, 100])
def test_a_vector_finds_itself_first(tmp_path: Path, flat_up_to: int) -> None:
    vectors, rows = unit_vectors(4_000), np.arange(4_000, dtype=np.int64) * 3 + 1
    write_dense(tmp_path / "index", rows, vectors, flat_up_to=flat_up_to)
    index = DenseIndex(tmp_path / "index")
    found = index.search(vectors[17], depth=5)
    assert found.rows[0] == rows[17]
    assert found.scores[0] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("flat_up_to", [10_000, 100])
def test_a_narrow_filter_still_gives_as_many_as_asked_for(tmp_path: Path, flat_up_to: int) -> None:
    vectors, rows = unit_vectors(4_000), np.arange(4_000, dtype=np.int64)
    write_dense(tmp_path / "index", rows, vectors, flat_up_to=flat_up_to)
    allowed = np.arange(0, 4_000, 400, dtype=np.int64)
    found = DenseIndex(tmp_path / "index").search(vectors[17], depth=5, allowed=allowed)
    best = allowed[np.argsort(-(vectors[allowed] @ vectors[17]))][:5]
    assert found.rows.tolist() == best.tolist()


@pytest.mark.parametrize("flat_up_to", [10_000, 100])
def test_an_updated_copy_has_the_new_and_not_the_removed(tmp_path: Path, flat_up_to: int) -> None:
    vectors, rows = unit_vectors(4_000), np.arange(4_000, dtype=np.int64)
    write_dense(tmp_path / "old", rows, vectors, flat_up_to=flat_up_to)
    mapped = DenseIndex(tmp_path / "old")
    new = unit_vectors(2, seed=9)
    update_dense(tmp_path / "old", tmp_path / "new", removed=rows[:10], rows=np.array([7_000, 7_001]), vectors=new)
    index = DenseIndex(tmp_path / "new")
    assert len(index) == 3_992
    assert index.search(new[1], depth=1).rows.tolist() == [7_001]
    assert index.search(vectors[3], depth=1).rows[0] != 3
    assert mapped.search(vectors[3], depth=1).rows.tolist() == [3]
