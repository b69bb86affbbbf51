"""Storing step of the flow: what passages state, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from index.hit import Filters
from index.store.rows import filtered_rows
from index.store.sql import Connection


def insert_statements(
    connection: Connection, statements: Iterable[tuple[str, str, int, int]], rows: Sequence[int]
) -> None:
    """Writes what passages state, as :class:`index.store.packed.Packed` has it; ``rows``: of those passages."""
    connection.executemany(
        "INSERT INTO statements VALUES (?, ?, ?, ?)",
        [(kind, term, rows[place], unit) for kind, term, place, unit in statements],
    )


def stated_rows(
    connection: Connection, kind: str, *, term: str | None, filters: Filters | None, most: int | None
) -> list[tuple[int, int, str]]:
    """Row, unit and term of the statements of a kind, by row: as documents were added and are read."""
    allowed = filtered_rows(connection, filters) if filters else None
    found = connection.execute(
        f'SELECT "row", unit, term FROM statements WHERE kind = ? {"AND term = ?" if term is not None else ""} '
        'ORDER BY "row", unit',
        (kind,) if term is None else (kind, term),
    ).fetchall()
    rows = None if allowed is None else set(allowed.tolist())
    return [each for each in found if rows is None or each[0] in rows][:most]


def defined_terms(connection: Connection, *, filters: Filters | None) -> list[str]:
    """The distinct terms that are defined, in the order of their code points."""
    return sorted({term for _, _, term in stated_rows(connection, "definition", term=None, filters=filters, most=None)})
