"""Selects rows of the store for search by filters, and reads them in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np

from sinkqa.index.arrays import Rows
from sinkqa.index.hit import Filters
from sinkqa.index.store.documents import catalogue
from sinkqa.index.store.documents.serialization import PASSAGE_COLUMNS, read_metadata, read_passage
from sinkqa.index.store.sql import Connection, batches, places
from sinkqa.index.store.store import Features, StoredPassage
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.passage import Passage

_READ_AT_ONCE = 2_000  # rows of features, some 5 MB
_MOST_KEPT = 2_000  # passages, some 20 MB


def filtered_rows(connection: Connection, filters: Filters) -> Rows | None:
    """Returns rows of the passages that meet every condition, ascending; None if there is no condition."""
    if filters.languages or filters.kinds:
        statement, values = rows_statement(connection, filters)
        found = connection.execute(statement, values).fetchall()
        return np.sort(np.fromiter(chain.from_iterable(found), np.int64, len(found)))
    of_documents, values = _document_conditions(connection, filters)
    return _rows_of_documents(connection, " AND ".join(of_documents), values) if of_documents else None


def rows_statement(connection: Connection, filters: Filters) -> tuple[str, Sequence[str | int]]:
    """Returns the statement that selects the rows of passages that meet every condition, unordered, and its values."""
    of_documents, values = _document_conditions(connection, filters)
    conditions = [f"doc IN (SELECT doc FROM documents WHERE {' AND '.join(of_documents)})"] if of_documents else []
    if filters.languages:
        conditions.append(f"language IN {places(len(filters.languages))}")
        values += [language.lower() for language in filters.languages]
    if filters.kinds:
        conditions.append(f'"row" IN (SELECT "row" FROM statements WHERE kind IN {places(len(filters.kinds))})')
        values += filters.kinds
    return f'SELECT "row" FROM passages WHERE {" AND ".join(conditions or ["true"])}', values


def _rows_of_documents(connection: Connection, condition: str, values: Sequence[str | int]) -> Rows:
    """Reads only the first and last row of each document: a document's rows are contiguous, in passage order."""
    place = '(SELECT "row" FROM passages WHERE passages.doc = documents.doc ORDER BY position {} LIMIT 1)'
    found = connection.execute(
        f"SELECT {place.format('ASC')}, {place.format('DESC')} FROM documents WHERE {condition}", values
    ).fetchall()
    ends = np.array(sorted(each for each in found if each[0] is not None), np.int64).reshape(-1, 2)
    lengths = ends[:, 1] - ends[:, 0] + 1
    before = np.cumsum(lengths) - lengths
    return np.repeat(ends[:, 0] - before, lengths) + np.arange(lengths.sum())


def _document_conditions(connection: Connection, filters: Filters) -> tuple[list[str], list[str | int]]:
    """Conditions on columns of documents, with their values in order."""
    conditions: list[str] = []
    values: list[str | int] = []
    if filters.doc_ids:
        conditions.append(f"doc_id IN {places(len(filters.doc_ids))}")
        values += [catalogue.resolve(connection, prefix) for prefix in filters.doc_ids]
    for column, choices in (("coalesce(jurisdiction, '')", filters.jurisdictions), ("type", filters.types)):
        if choices:  # lower-cased by the database on both sides, as databases differ in it beyond ASCII
            conditions.append(f"lower({column}) IN ({', '.join(['lower(?)'] * len(choices))})")
            values += choices
    for comparison, year in (("year >= ?", filters.year_from), ("year <= ?", filters.year_to)):
        if year is not None:
            conditions.append(comparison)
            values.append(year)
    return conditions, values


def held_rows(connection: Connection, rows: Rows) -> Rows:
    """Returns those of the rows that exist, ascending."""
    held: list[int] = []
    for marks, part in batches(rows.tolist()):
        held += [row for (row,) in connection.execute(f'SELECT "row" FROM passages WHERE "row" IN {marks}', part)]
    return np.sort(np.array(held, np.int64))


def features_of(connection: Connection, rows: Rows) -> Iterator[Features]:
    """Yields search features of the rows, by row, ascending. Deleted rows are left out."""
    for marks, part in batches(np.sort(rows).tolist(), most=_READ_AT_ONCE):
        found = connection.execute(
            'SELECT "row", passage_id, language, terms, vector, tokens '
            f'FROM passages JOIN features USING ("row") WHERE "row" IN {marks} ORDER BY "row"',
            part,
        )
        yield from map(Features._make, found)


def stored_passages(connection: Connection, rows: Sequence[int]) -> dict[int, StoredPassage]:
    """Returns, for each row that exists, the values that a hit needs."""
    read: dict[int, StoredPassage] = {}
    for marks, part in batches(rows):
        found = connection.execute(
            f'SELECT "row", terms, name, metadata, {PASSAGE_COLUMNS} FROM passages '
            f'JOIN documents USING (doc) JOIN features USING ("row") WHERE "row" IN {marks}',
            part,
        )
        for row, terms, name, metadata, *columns in found:
            about = _metadata(metadata)
            read[row] = StoredPassage(about.title or str(name), about, _passage(*columns), terms)
    return read


@lru_cache(maxsize=_MOST_KEPT)
def _metadata(column: str) -> Metadata:
    return read_metadata(column)


@lru_cache(maxsize=_MOST_KEPT)
def _passage(*columns: Any) -> Passage:
    """Cached by stored bytes: questions meet the same passages again, and unpacking is most of reading."""
    return read_passage(columns)
