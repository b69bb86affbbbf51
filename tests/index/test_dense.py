from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.arrays import Floats, Rows
from index.errors import LibraryDamaged
from index.search.dense import RESCORED, Added, DenseIndex, Halves, write_dense

SIZES = [RESCORED // 2, 5 * RESCORED]  # scored at once, and by way of a scan of codes


def leaning(n: int, *, seed: int = 0, dim: int = 64) -> Halves:
    """Unit vectors with much in common, as those of transformers have."""
    vectors = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32) / 8
    vectors[:, 0] += 1
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float16)


def languages(n: int) -> list[str]:
    """Chinese every tenth, and one passage of a third language."""
    return ["fr" if place == n // 2 else "en" if place % 10 else "zh" for place in range(n)]


def written(folder: Path, rows: Rows, vectors: Halves, spoken: list[str] | None = None) -> DenseIndex:
    parts = (vectors[start : start + 999] for start in range(0, len(vectors), 999))
    write_dense(folder, Added(vectors.shape[1], spoken or languages(len(vectors)), parts))
    return DenseIndex(folder, rows)


def exactly(vectors: Halves, query: Floats, rows: Rows) -> list[int]:
    """All rows, best first."""
    best: list[int] = rows[np.lexsort((rows, -(vectors.astype(np.float32) @ query)))].tolist()
    return best


@pytest.mark.parametrize("n", SIZES)
def test_a_vector_finds_itself_first(tmp_path: Path, n: int) -> None:
    vectors, rows = leaning(n), np.arange(n, dtype=np.int64) * 3 + 1
    found = written(tmp_path / "index", rows, vectors).search(vectors[17].astype(np.float32), depth=5)
    assert found.rows[0] == rows[17]
    assert found.scores[0] == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("n", [*SIZES, RESCORED, RESCORED + 1])
def test_the_best_are_those_of_exact_search_at_any_size(tmp_path: Path, n: int) -> None:
    vectors, rows = leaning(n), np.arange(n, dtype=np.int64)
    index = written(tmp_path / "index", rows, vectors, ["en"] * n)
    for query in leaning(20, seed=1).astype(np.float32):
        assert index.search(query, depth=50).rows.tolist() == exactly(vectors, query, rows)[:50]


@pytest.mark.parametrize("n", SIZES)
def test_each_language_gives_its_own_best(tmp_path: Path, n: int) -> None:
    vectors, rows, spoken = leaning(n), np.arange(n, dtype=np.int64), languages(n)
    index = written(tmp_path / "index", rows, vectors)
    query = leaning(1, seed=1)[0].astype(np.float32)
    everything = exactly(vectors, query, rows)
    best = {row for each in ("en", "zh", "fr") for row in [row for row in everything if spoken[row] == each][:7]}
    found = index.search(query, depth=7, by_language=True)
    assert found.rows.tolist() == [row for row in everything if row in best]
    assert len(found.rows) == 15


def test_a_language_of_few_passages_gives_a_share_of_the_depth(tmp_path: Path) -> None:
    n = 1_000
    index = written(tmp_path / "index", np.arange(n, dtype=np.int64), leaning(n), ["sv"] * 30 + ["en"] * 970)
    query = leaning(1, seed=1)[0].astype(np.float32)
    found = index.search(query, depth=20, by_language=True).rows
    assert np.count_nonzero(found < 30) == 6 and len(found) == 26
    swedish = np.arange(30, dtype=np.int64)
    assert len(index.search(query, depth=20, allowed=swedish, by_language=True).rows) == 20


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("step", [2, 400])
def test_a_filter_still_gives_as_many_as_asked_for(tmp_path: Path, n: int, step: int) -> None:
    vectors, rows = leaning(n), np.arange(n, dtype=np.int64) * 2
    allowed = np.concatenate((rows[::step], [3, 2 * n + 100]))  # two that are not indexed, or no longer
    query = vectors[17].astype(np.float32)
    found = written(tmp_path / "index", rows, vectors).search(query, depth=2, allowed=allowed)
    assert found.rows.tolist() == exactly(vectors[::step], query, rows[::step])[:2]


def test_a_filter_that_leaves_only_the_worst_is_met(tmp_path: Path) -> None:
    n = 20 * RESCORED
    vectors, rows = leaning(n), np.arange(n, dtype=np.int64)
    query = vectors[0].astype(np.float32)
    worst = np.sort(exactly(vectors, query, rows)[n // 2 :])
    index = written(tmp_path / "index", rows, vectors, ["en"] * n)
    assert index.search(query, depth=5, allowed=worst).rows.tolist() == exactly(vectors[worst], query, worst)[:5]


@pytest.mark.parametrize("n", SIZES)
def test_an_updated_copy_has_the_new_and_not_the_removed(tmp_path: Path, n: int) -> None:
    vectors, rows = leaning(n), np.arange(n, dtype=np.int64)
    old = written(tmp_path / "old", rows, vectors)
    new = leaning(2, seed=9)
    added = Added(64, ["de", "zh"], iter([new]))
    write_dense(tmp_path / "new", added, base=old, kept=np.arange(10, n))
    index = DenseIndex(tmp_path / "new", np.append(rows[10:], [70_000, 70_001]))
    assert len(index) == n - 8
    assert index.spoken == ["zh", "en", "fr", "de"]
    assert index.search(new[1].astype(np.float32), depth=1).rows.tolist() == [70_001]
    third = vectors[3].astype(np.float32)
    assert index.search(third, depth=1).rows[0] != 3
    assert old.search(third, depth=1).rows.tolist() == [3]
    assert old.codes is None or np.array_equal(index.codes[:-2], old.codes[10:])  # type: ignore[index]


def test_codes_begin_when_a_language_outgrows_what_is_scored_anyway(tmp_path: Path) -> None:
    vectors = leaning(RESCORED + 1)
    small = written(tmp_path / "small", np.arange(RESCORED, dtype=np.int64), vectors[:-1], ["en"] * RESCORED)
    added = Added(64, ["en"], iter([vectors[-1:]]))
    write_dense(tmp_path / "grown", added, base=small, kept=np.arange(RESCORED))
    grown = DenseIndex(tmp_path / "grown", np.arange(RESCORED + 1, dtype=np.int64))
    assert small.codes is None and grown.codes is not None
    assert len(grown.codes) == RESCORED + 1


def test_what_is_found_of_the_exactly_best_is_measured(tmp_path: Path) -> None:
    n = SIZES[1]
    index = written(tmp_path / "index", np.arange(n, dtype=np.int64), leaning(n))
    at_10, at_100, queries = index.recall()
    assert (at_10, queries) == (1.0, 32) and at_100 > 0.99
    index.coder = None  # what is then scanned is nothing
    assert index.recall().at_100 == 1.0


def test_codes_that_say_nothing_are_measured_as_such(tmp_path: Path) -> None:
    n = SIZES[1]
    index = written(tmp_path / "index", np.arange(n, dtype=np.int64), leaning(n), ["en"] * n)
    index.codes = np.random.default_rng(0).integers(0, 256, (n, 16), np.uint8)
    assert index.recall().at_10 < 0.4


def test_a_passage_without_a_vector_is_damage(tmp_path: Path) -> None:
    with pytest.raises(LibraryDamaged, match="2 of 3 passages have a vector"):
        write_dense(tmp_path / "index", Added(64, ["en"] * 3, iter([leaning(2)])))


@pytest.mark.parametrize("n", SIZES)
def test_nothing_is_found_by_a_zero_vector_or_among_none(tmp_path: Path, n: int) -> None:
    vectors = leaning(n)
    index = written(tmp_path / "index", np.arange(n, dtype=np.int64), vectors)
    assert len(index.search(np.zeros(64, np.float32), depth=5).rows) == 0
    assert len(index.search(vectors[0].astype(np.float32), depth=5, allowed=np.zeros(0, np.int64)).rows) == 0
