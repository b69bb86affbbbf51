"""The rows that each generation added and removed, so that an index can follow by differences."""

from __future__ import annotations

from itertools import chain

import numpy as np

from sinkqa.index.arrays import Rows
from sinkqa.index.store.sql import Connection
from sinkqa.index.store.store import Changes

HISTORY = """
CREATE TABLE generations (     -- the newest ones
    generation INTEGER PRIMARY KEY,
    last_row INTEGER NOT NULL  -- the last row that was issued until then
);
CREATE TABLE removals (        -- rows that a generation removed: those of one document lie together
    generation INTEGER NOT NULL,
    first_row INTEGER NOT NULL,
    last_row INTEGER NOT NULL
);
CREATE INDEX removals_by_generation ON removals (generation);
"""
REMEMBERED = 10_000
"""The number of generations kept. An index that is older is rebuilt."""


def last_row(connection: Connection) -> int:
    """Returns the highest row number ever issued. Inside a transaction, rows that it added itself count too."""
    (held,) = connection.execute('SELECT coalesce(max("row"), 0) FROM passages').fetchone()
    known = connection.execute("SELECT last_row FROM generations ORDER BY generation DESC LIMIT 1").fetchone()
    return max(int(held), int(known[0]) if known else 0)


def note_generation(connection: Connection, generation: int) -> None:
    """Records the rows issued up to this generation, inside its transaction, and forgets old generations."""
    connection.execute("INSERT INTO generations VALUES (?, ?)", (generation, last_row(connection)))
    for table in ("generations", "removals"):
        connection.execute(f"DELETE FROM {table} WHERE generation <= ?", (generation - REMEMBERED,))


def note_removal(connection: Connection, doc: int, *, generation: int) -> None:
    """Records the rows of a document's passages, which this generation is about to remove."""
    first, last = connection.execute('SELECT min("row"), max("row") FROM passages WHERE doc = ?', (doc,)).fetchone()
    if first is not None:
        connection.execute("INSERT INTO removals VALUES (?, ?, ?)", (generation, first, last))


def changes_since(connection: Connection, since: int | None, *, generation: int) -> Changes | None:
    """Returns the changes after ``since``, or None if that is too long ago.

    ``generation``: the store's in the same view.
    """
    if since is None:
        return Changes(generation, _rows_after(connection, 0), np.zeros(0, np.int64))
    then = connection.execute("SELECT last_row FROM generations WHERE generation = ?", (since,)).fetchone()
    if then is None:
        return None
    ranges = connection.execute(
        "SELECT first_row, last_row FROM removals WHERE generation > ? AND last_row <= ? ORDER BY first_row",
        (since, then[0]),
    )
    removed = [np.arange(first, last + 1, dtype=np.int64) for first, last in ranges]
    return Changes(
        generation, _rows_after(connection, then[0]), np.concatenate(removed) if removed else np.zeros(0, np.int64)
    )


def _rows_after(connection: Connection, last: int) -> Rows:
    found = connection.execute('SELECT "row" FROM passages WHERE "row" > ? ORDER BY "row"', (last,)).fetchall()
    return np.fromiter(chain.from_iterable(found), np.int64, len(found))
