from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.arrays import Floats
from sinkqa.index.search.embedded.building import merge_segments, write_segment
from sinkqa.index.search.embedded.coding import Coder
from sinkqa.index.search.embedded.dense import RESCORED, DenseIndex
from sinkqa.index.search.embedded.segment import Halves, Places, Segment
from tests.index.made import features

SIZES = [RESCORED // 2, 5 * RESCORED]  # scored at once, and by way of a scan of codes


def leaning(n: int, *, seed: int = 0, dim: int = 64) -> Halves:
    """Unit vectors with much in common, as those of transformers have."""
    vectors = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32) / 8
    vectors[:, 0] += 1
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float16)


def languages(n: int) -> list[str]:
    """Chinese every tenth, and one passage of a third language."""
    return ["fr" if place == n // 2 else "en" if place % 10 else "zh" for place in range(n)]


def segments_of(
    folder: Path, vectors: Halves, coder: Coder | None, spoken: list[str] | None = None, *, n: int = 1
) -> list[Segment]:
    """So many segments of neighbours."""
    named, made = spoken or languages(len(vectors)), []
    for places in np.array_split(np.arange(len(vectors)), n):
        path = folder / f"{places[0]}.segment"
        passages = [features(int(place), vector=vectors[place], language=named[place]) for place in places]
        size, crc, *_ = write_segment(path, passages, dim=vectors.shape[1], coder=coder)
        made.append(Segment(path, size=size, crc=crc))
    return made


def written(folder: Path, vectors: Halves, spoken: list[str] | None = None, *, n: int = 1) -> DenseIndex:
    coder = Coder.of(vectors[:10_000].astype(np.float32)) if len(vectors) > RESCORED else None
    return DenseIndex(segments_of(folder, vectors, coder, spoken, n=n), coder, None)


def exactly(vectors: Halves, query: Floats, places: Places) -> list[int]:
    """All places, best first."""
    scores = vectors[places].astype(np.float32) @ query
    best: list[int] = places[np.lexsort((places, -scores))].tolist()
    return best


def only(places: Places, n: int) -> np.ndarray:
    return np.isin(np.arange(n), places)


@pytest.mark.parametrize("n", SIZES)
def test_a_vector_finds_itself_first(tmp_path: Path, n: int) -> None:
    vectors = leaning(n)
    found = written(tmp_path, vectors).search(vectors[17].astype(np.float32), depth=5)
    assert found.rows[0] == 17
    assert found.scores[0] == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("segments", [1, 7])
@pytest.mark.parametrize("n", [*SIZES, RESCORED, RESCORED + 1])
def test_the_best_are_those_of_exact_search_at_any_size(tmp_path: Path, n: int, segments: int) -> None:
    vectors = leaning(n)
    index = written(tmp_path, vectors, ["en"] * n, n=segments)
    for query in leaning(20, seed=1).astype(np.float32):
        assert index.search(query, depth=50).rows.tolist() == exactly(vectors, query, np.arange(n))[:50]


def test_the_best_are_found_where_they_all_lie_in_one_segment(tmp_path: Path) -> None:
    n = SIZES[1]
    vectors = leaning(n)
    vectors[n // 2 : n // 2 + 1_500, 1:3] += np.float16(0.5)
    query = vectors[n // 2].astype(np.float32)
    index = written(tmp_path, vectors, ["en"] * n, n=6)
    assert index.search(query, depth=200).rows.tolist() == exactly(vectors, query, np.arange(n))[:200]


@pytest.mark.parametrize("segments", [1, 5])
@pytest.mark.parametrize("n", SIZES)
def test_each_language_gives_its_own_best(tmp_path: Path, n: int, segments: int) -> None:
    vectors, spoken = leaning(n), languages(n)
    index = written(tmp_path, vectors, n=segments)
    query = leaning(1, seed=1)[0].astype(np.float32)
    everything = exactly(vectors, query, np.arange(n))
    best = {place for each in ("en", "zh", "fr") for place in [one for one in everything if spoken[one] == each][:7]}
    found = index.search(query, depth=7, by_language=True)
    assert found.rows.tolist() == [place for place in everything if place in best]
    assert len(found.rows) == 15


def test_a_language_of_few_passages_gives_a_share_of_the_depth(tmp_path: Path) -> None:
    n = 1_000
    index = written(tmp_path, leaning(n), ["sv"] * 30 + ["en"] * 970)
    query = leaning(1, seed=1)[0].astype(np.float32)
    found = index.search(query, depth=20, by_language=True).rows
    assert np.count_nonzero(found < 30) == 6 and len(found) == 26
    swedish = only(np.arange(30), n)
    assert len(index.search(query, depth=20, within=swedish, by_language=True).rows) == 20


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("step", [2, 400])
def test_a_filter_still_gives_as_many_as_asked_for(tmp_path: Path, n: int, step: int) -> None:
    vectors, allowed = leaning(n), np.arange(0, n, step)
    query = vectors[17].astype(np.float32)
    found = written(tmp_path, vectors, n=2).search(query, depth=2, within=only(allowed, n))
    assert found.rows.tolist() == exactly(vectors, query, allowed)[:2]


def test_a_filter_that_leaves_only_the_worst_is_met(tmp_path: Path) -> None:
    n = 20 * RESCORED
    vectors = leaning(n)
    query = vectors[0].astype(np.float32)
    worst = np.sort(exactly(vectors, query, np.arange(n))[n // 2 :])
    index = written(tmp_path, vectors, ["en"] * n)
    found = index.search(query, depth=5, within=only(worst, n))
    assert found.rows.tolist() == exactly(vectors, query, worst)[:5]


@pytest.mark.parametrize("n", SIZES)
def test_what_is_gone_is_not_found(tmp_path: Path, n: int) -> None:
    vectors = leaning(n)
    coder = Coder.of(vectors.astype(np.float32)) if n > RESCORED else None
    query = vectors[0].astype(np.float32)
    best = exactly(vectors, query, np.arange(n))
    segments = segments_of(tmp_path, vectors, coder, ["en"] * n, n=3)
    index = DenseIndex(segments, coder, ~only(np.array(best[:40]), n))
    assert index.search(query, depth=50).rows.tolist() == best[40:90]
    assert index.recall().at_100 > 0.99


@pytest.mark.parametrize("begun", [True, False], ids=["codes taken over", "codes made"])
def test_merged_segments_hold_what_stays_of_them(tmp_path: Path, begun: bool) -> None:
    n = SIZES[1]
    vectors = leaning(n)
    coder = Coder.of(vectors.astype(np.float32))
    parts = segments_of(tmp_path, vectors, coder if begun else None, n=3)
    staying = [np.arange(5, len(each)) for each in parts]
    size, crc, rows = merge_segments(tmp_path / "merged", list(zip(parts, staying, strict=True)), coder=coder)
    merged = Segment(tmp_path / "merged", size=size, crc=crc)
    assert rows == len(merged) == n - 15
    left = merged.rows
    assert np.array_equal(merged.vectors, vectors[left])
    assert np.array_equal(merged["codes"], coder.encode(vectors[left].astype(np.float32)))
    assert [merged.spoken[each] for each in merged["languages"]] == [languages(n)[row] for row in left]


def test_what_is_found_of_the_exactly_best_is_measured(tmp_path: Path) -> None:
    at_10, at_100, queries = written(tmp_path, leaning(SIZES[1]), n=2).recall()
    assert (at_10, queries) == (1.0, 32) and at_100 > 0.99


def test_codes_that_say_nothing_are_measured_as_such(tmp_path: Path) -> None:
    n = SIZES[1]
    vectors = leaning(n)
    coder = Coder.of(vectors.astype(np.float32))
    (segment,) = segments_of(tmp_path, vectors, coder, ["en"] * n)
    segment._arrays["codes"] = np.random.default_rng(0).integers(0, 256, (n, 16), np.uint8)
    assert DenseIndex([segment], coder, None).recall().at_10 < 0.4


@pytest.mark.parametrize("n", SIZES)
def test_nothing_is_found_by_a_zero_vector_or_among_none(tmp_path: Path, n: int) -> None:
    vectors = leaning(n)
    index = written(tmp_path, vectors)
    assert len(index.search(np.zeros(64, np.float32), depth=5).rows) == 0
    assert len(index.search(vectors[0].astype(np.float32), depth=5, within=np.zeros(n, bool)).rows) == 0
