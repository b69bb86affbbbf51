"""Statements of passages, by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sinkqa.index.hit import Filters
from sinkqa.index.store.rows import filtered_rows, rows_statement
from sinkqa.index.store.sql import Connection


def insert_statements(
    connection: Connection, statements: Iterable[tuple[str, str, int, int]], rows: Sequence[int]
) -> None:
    """Writes the statements of passages, as in :class:`Packed`. ``rows``: the rows of those passages."""
    connection.executemany(
        "INSERT INTO statements VALUES (?, ?, ?, ?)",
        [(kind, term, rows[place], unit) for kind, term, place, unit in statements],
    )


def stated_rows(
    connection: Connection, kind: str, *, term: str | None, filters: Filters | None, most: int | None
) -> list[tuple[int, int, str]]:
    """Returns row, unit and term of the statements of a kind, by row: that is in the order of adding and reading."""
    conditions, values = ["kind = ?"], list[str | int]((kind,))
    if term is not None:
        conditions.append("term = ?")
        values.append(term)
    of_few = filters is not None and bool(filters.doc_ids)  # whose rows are found before those of the kind
    if filters and of_few:
        rows_of_few, few = rows_statement(connection, filters)
        conditions.append(f'"row" IN ({rows_of_few})')
        values += few
    allowed = filtered_rows(connection, filters) if filters and not of_few else None
    found = connection.execute(
        f'SELECT "row", unit, term FROM statements WHERE {" AND ".join(conditions)} ORDER BY "row", unit', values
    ).fetchall()
    rows = None if allowed is None else set(allowed.tolist())
    return [each for each in found if rows is None or each[0] in rows][:most]


def defined_terms(connection: Connection, *, filters: Filters | None) -> list[str]:
    """The distinct defined terms, in code-point order."""
    return sorted({term for _, _, term in stated_rows(connection, "definition", term=None, filters=filters, most=None)})
