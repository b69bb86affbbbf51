"""Stores of every kind, empty, and documents packed for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sinkqa.index.hit import Filters
from sinkqa.index.library import Addition
from sinkqa.index.models.encoder import Encoder, load_encoder
from sinkqa.index.store.documents.catalogue import AddResult
from sinkqa.index.store.documents.document_rows import Packed, pack_document
from sinkqa.index.store.postgres.store import PostgresStore
from sinkqa.index.store.sqlite.store import SqliteStore
from sinkqa.index.store.store import Changes, Store

Open = Callable[[], Store]

LAW = "# Fen Act\n\n## 4 Interpretation\n\nIn this Act, warden means a person appointed under section 9.\n\n"
FINE = "## 8 Fines\n\nA farmer who digs a ditch in a fen is liable on conviction to a fine not exceeding 900 marks.\n"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return load_encoder()


def in_a_folder(folder: Path, encoder: Encoder) -> Open:
    return lambda: SqliteStore.open(folder, create=True, encoder=encoder.fingerprint, lock_timeout_s=30)


def in_a_database(address: str, encoder: Encoder) -> Open:
    about = {"encoder": encoder.fingerprint, "dim": encoder.dim}
    return lambda: PostgresStore.open(address, create=True, lock_timeout_s=30, **about)


@pytest.fixture(params=[in_a_folder, in_a_database])
def opens(request: pytest.FixtureRequest, tmp_path: Path, encoder: Encoder) -> Iterator[Open]:
    """Opens the same store again and again, as other processes would."""
    opened: list[Store] = []
    place = request.getfixturevalue("database")() if request.param is in_a_database else tmp_path
    kind: Open = request.param(place, encoder)

    def open_one() -> Store:
        opened.append(kind())
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture
def store(opens: Open) -> Store:
    return opens()


@pytest.fixture(scope="module")
def pack(encoder: Encoder) -> Callable[..., Packed]:
    def packed(made: Addition, source: str | None = None) -> Packed:
        return pack_document(made.document, made.passages, encoder, source=source)

    return packed


Pack = Callable[..., Packed]


def put(store: Store, *documents: Packed) -> list[AddResult]:
    """In one transaction."""
    with store.writing():
        return [store.put(each) for each in documents]


def rows_of(store: Store, doc_id: str) -> list[int]:
    rows = store.rows(Filters(doc_ids=(doc_id,)))
    assert rows is not None and rows.dtype == np.int64
    return [*map(int, rows)]


def changes(store: Store, since: int | None) -> Changes:
    found = store.changes(since)
    assert found is not None and found.generation == store.generation
    return found


def everything(store: Store) -> list[object]:
    """All that is stored, but for row numbers and generations."""
    records = [replace(each, generation=0, added_at="") for each in store.records()]
    features = [each[1:] for each in store.features(changes(store, None).added)]
    names = [store.kept(each.doc_id).packed.names for each in records]
    return [records, sorted(features), names, [store.passages(each.doc_id) for each in records]]
