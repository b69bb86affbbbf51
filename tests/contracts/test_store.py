"""What every store promises."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from index.hit import Filters
from index.library import Library
from index.models.encoder import Encoder, load_encoder
from index.store.postgres import PostgresStore
from index.store.sqlite import STORE_FILE, SqliteStore
from index.store.store import Store
from tests.index.made import CHINESE, ENGLISH, addition, random_addition


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(params=["folder", "database"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    return tmp_path if request.param == "folder" else request.getfixturevalue("database")()


@pytest.fixture
def library(place: Path | str, encoder: Encoder) -> Iterator[Library]:
    with Library.open(place, create=True, encoder=encoder) as library:
        yield library


@pytest.fixture
def store(library: Library, place: Path | str) -> Iterator[Store]:
    store = PostgresStore(place) if isinstance(place, str) else SqliteStore(place / STORE_FILE)
    yield store
    store.close()


def add(library: Library, *additions) -> list[str]:
    return [result.doc_id for result in library.add_all(additions)]


def rows_of(store: Store, doc_id: str) -> list[int]:
    rows = store.rows(Filters(doc_ids=(doc_id,)))
    assert rows is not None and rows.dtype == np.int64
    return rows.tolist()


def test_changes_name_the_rows_that_came_and_went(library: Library, store: Store) -> None:
    first, second = add(library, addition("en.txt", ENGLISH), addition("zh.txt", CHINESE, language="zh"))
    then, old = store.generation, rows_of(store, first)
    library.remove(first)
    (third,) = add(library, random_addition(3))
    changes = store.changes(then)
    assert changes is not None and changes.generation == store.generation
    assert changes.added.tolist() == rows_of(store, third) and changes.removed.tolist() == old
    assert min(rows_of(store, third)) > max(rows_of(store, second))
    nothing = store.changes(store.generation)
    assert nothing is not None and len(nothing.added) == len(nothing.removed) == 0


def test_rows_that_came_and_went_since_are_no_change(library: Library, store: Store) -> None:
    add(library, addition("en.txt", ENGLISH))
    then = store.generation
    (brief,) = add(library, random_addition(1))
    used = rows_of(store, brief)
    library.remove(brief)
    changes = store.changes(then)
    assert changes is not None and len(changes.added) == len(changes.removed) == 0
    (again,) = add(library, random_addition(2))
    assert not {*rows_of(store, again)} & {*used}


def test_from_nothing_everything_is_added(library: Library, store: Store) -> None:
    add(library, addition("en.txt", ENGLISH), random_addition(1))
    changes = store.changes(None)
    assert changes is not None and len(changes.added) == len(ENGLISH) + 3 and not len(changes.removed)
    assert store.held(np.append(changes.added, 10_000)).tolist() == changes.added.tolist()


def test_a_generation_that_never_was_or_is_forgotten_has_no_changes(
    library: Library, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert store.changes(99) is None
    monkeypatch.setattr("index.store.history.REMEMBERED", 2)
    for seed in range(4):
        add(library, random_addition(seed))
    assert store.changes(2) is None
    known = store.changes(3)
    assert known is not None and len(known.added) == 3


def test_features_come_by_row_and_lack_what_is_gone(library: Library, store: Store, encoder: Encoder) -> None:
    (first,) = add(library, addition("zh.txt", CHINESE, language="zh"))
    rows = rows_of(store, first)
    features = [*store.features(np.array([rows[2], 10_000, rows[0]], np.int64))]
    assert [each.row for each in features] == [rows[0], rows[2]]
    assert {each.language for each in features} == {"zh"}
    assert [each.passage_id for each in features] == [
        passage.passage_id for passage in library.passages(first) if passage.text in (CHINESE[0], CHINESE[2])
    ]
    assert {len(each.vector) for each in features} == {2 * encoder.dim}
