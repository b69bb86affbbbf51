"""Vector graphs (HNSW) of a PostgreSQL library, one for each large language."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from sinkqa.index.errors import LibraryBusy, LibraryReadOnly
from sinkqa.index.search.backend import Recall
from sinkqa.index.search.postgres.vectors import NEAREST, vector_text
from sinkqa.index.store.documents.serialization import unpack_halves
from sinkqa.index.store.postgres.wire import PostgresConnection

EXACT_UP_TO = 10_000  # passages of a language: of so many all are compared, and from there on a graph is walked
_BUILDER = 0x534E4B52  # the advisory lock of whoever builds
_MEASURED = 16  # queries


def build_graphs(connection: PostgresConnection) -> None:
    """Starts a graph for each language that is too large for exact comparison, and restarts interrupted ones.

    Readers and writers continue meanwhile. Nothing happens if another process is building, or if this user may not.
    """
    large = "SELECT language FROM buckets GROUP BY language HAVING sum(passages) > ?"
    languages = [language for (language,) in connection.execute(large, (EXACT_UP_TO,))]
    lacking = [each for each in languages if not _stands(connection, each)]
    if not lacking or not connection.execute("SELECT pg_try_advisory_lock(?)", (_BUILDER,)).fetchone()[0]:
        return
    try:
        with suppress(LibraryReadOnly, LibraryBusy):  # comparing serves on
            for language in lacking:
                _build(connection, language)
            connection.script("ANALYZE")  # a library that was filled at once is planned for as an empty one till then
    finally:
        connection.execute("SELECT pg_advisory_unlock(?)", (_BUILDER,))


def _build(connection: PostgresConnection, language: str) -> None:
    name, quoted = _name(language), language.replace("'", "''")
    connection.script(f"DROP INDEX IF EXISTS {name}; SET maintenance_work_mem = '512MB'")  # slow where it overflows
    connection.script(
        f"CREATE INDEX CONCURRENTLY {name} ON vectors USING hnsw (embedding halfvec_ip_ops) "
        f"WITH (m = 16, ef_construction = 64) WHERE language = '{quoted}'"
    )


def _stands(connection: PostgresConnection, language: str) -> bool:
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(?)"
    return bool((connection.execute(valid, (_name(language),)).fetchone() or (False,))[0])


def _name(language: str) -> str:
    return f"vectors_{language.encode().hex()}"


def measured_recall(connection: PostgresConnection, dim: int) -> Recall | None:
    """Measures the share of each language's exact best that is found. Some stored vectors serve as queries."""
    drawn = connection.execute(
        'SELECT language, vector FROM features JOIN passages USING ("row") ORDER BY md5("row"::text) LIMIT ?',
        (_MEASURED,),
    ).fetchall()
    shares: dict[int, list[float]] = {10: [], 100: []}
    for language, packed in drawn:
        values = (language, vector_text(unpack_halves([packed], dim)[0]), 100)
        found = [row for (row,) in connection.execute(NEAREST, values)]
        connection.execute("SET LOCAL enable_indexscan = off")
        exact = [row for (row,) in connection.execute(NEAREST, values)]
        connection.execute("SET LOCAL enable_indexscan = on")
        for depth, measured in shares.items():
            measured.append(float(np.isin(exact[:depth], found[:depth]).mean()))
    return Recall(float(np.mean(shares[10])), float(np.mean(shares[100])), len(drawn)) if drawn else None
