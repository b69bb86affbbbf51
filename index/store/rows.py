"""Storing step of the flow: what search needs of the store's rows, read in batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np

from index.arrays import Rows
from index.store.store import Features

_MOST_VARIABLES = 30_000  # SQLite takes 32 766 in one statement, PostgreSQL 65 535
_READ_AT_ONCE = 2_000  # rows of features, some 5 MB


def batches(rows: Sequence[int], *, most: int = _MOST_VARIABLES) -> Iterator[tuple[str, Sequence[int]]]:
    """Parts of ``rows``, at most ``most`` each, that fit one statement, each with its ``(?, ?, …)``."""
    for start in range(0, len(rows), most):
        part = rows[start : start + most]
        yield f"({','.join('?' * len(part))})", part


def held_rows(connection: sqlite3.Connection, rows: Rows) -> Rows:
    """Those of the rows that are there, ascending."""
    held: list[int] = []
    for places, part in batches(rows.tolist()):
        held += [row for (row,) in connection.execute(f'SELECT "row" FROM passages WHERE "row" IN {places}', part)]
    return np.sort(np.array(held, np.int64))


def features_of(connection: sqlite3.Connection, rows: Rows) -> Iterator[Features]:
    """What search needs of the rows, by row, ascending; rows that are gone are left out."""
    for places, part in batches(np.sort(rows).tolist(), most=_READ_AT_ONCE):
        found = connection.execute(
            'SELECT "row", passage_id, language, terms, vector, tokens '
            f'FROM passages JOIN features USING ("row") WHERE "row" IN {places} ORDER BY "row"',
            part,
        )
        yield from map(Features._make, found)
