"""Writes postings and vectors in PostgreSQL, in the transaction that changes the documents.

Triggers record which passages were added and removed (see ``index.store.postgres.store``). A bucket of some thousand
passages has one row per term, so a query reads few rows and a document changes few.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sinkqa.index.search.embedded.lexical import weighed
from sinkqa.index.search.postgres.bm25 import (
    POSTING_BYTES,
    pack_counts,
    pack_postings,
    read_counts,
    storable_lengths,
    without_rows,
)
from sinkqa.index.search.postgres.vectors import vector_text
from sinkqa.index.store.documents.serialization import unpack_halves, unpack_terms
from sinkqa.index.store.postgres.wire import PostgresConnection

BUCKET = 4_096  # passages: a query reads a row for each term and bucket, a document writes its bucket's common terms
_AT_ONCE = 2_000  # passages

_FRESH = """
WITH taken AS (DELETE FROM fresh WHERE "row" IN (SELECT "row" FROM fresh ORDER BY "row" LIMIT ?) RETURNING "row")
SELECT "row", language, terms, vector FROM taken JOIN passages USING ("row") JOIN features USING ("row") ORDER BY "row"
"""
_ROOM = """
SELECT bucket, sum(passages) FROM buckets GROUP BY bucket HAVING sum(passages) < ? ORDER BY 2 DESC, 1 LIMIT 1
"""
_ADD_POSTINGS = """
INSERT INTO postings SELECT term, ?, n, entries FROM unnest(?::int[], ?::int[], ?::bytea[]) AS given (term, n, entries)
ON CONFLICT (term, bucket) DO UPDATE SET n = postings.n + excluded.n, entries = postings.entries || excluded.entries
"""
_COUNT_IN = """
INSERT INTO buckets SELECT ?, * FROM unnest(?::text[], ?::int[], ?::bigint[])
ON CONFLICT (bucket, language) DO UPDATE
SET passages = buckets.passages + excluded.passages, length = buckets.length + excluded.length
"""
_IN_BUCKET = "SELECT term, entries FROM postings WHERE bucket = ? AND term = ANY(?::int[])"
_FORGET_WORDS = """
DELETE FROM words WHERE term = ANY(?::int[]) AND NOT EXISTS (SELECT 1 FROM postings WHERE postings.term = words.term)
"""


class _Fresh(NamedTuple):
    row: int
    language: str
    counts: Counter[str]
    vector: str


def index_changes(connection: PostgresConnection, dim: int) -> None:
    """Updates postings, vectors and statistics with this transaction's changes to the passages."""
    _take_out(connection)
    _fit(connection, dim)
    while fresh := list(_read_fresh(connection, dim)):
        _put_in(connection, fresh)


def _fit(connection: PostgresConnection, dim: int) -> None:
    """Resizes the vector column for another encoder; the vectors in it are dropped."""
    (known,) = connection.execute("SELECT value FROM meta WHERE name = 'dim'").fetchone()
    if int(known) != dim:
        connection.script(
            "TRUNCATE vectors; ALTER TABLE vectors DROP COLUMN embedding;"
            f"ALTER TABLE vectors ADD COLUMN embedding halfvec({dim}) STORAGE PLAIN NOT NULL"
        )
        connection.execute("UPDATE meta SET value = ? WHERE name = 'dim'", (str(dim),))


def _read_fresh(connection: PostgresConnection, dim: int) -> Iterator[_Fresh]:
    for row, language, terms, vector in connection.execute(_FRESH, (_AT_ONCE,)):
        words = " ".join(weighed(unpack_terms(terms))).replace("\0", "\ufffd")
        yield _Fresh(row, language, Counter(words.split()), vector_text(unpack_halves([vector], dim)[0]))


def _put_in(connection: PostgresConnection, fresh: Sequence[_Fresh]) -> None:
    number = _numbers(connection, sorted({word for each in fresh for word in each.counts}))
    at = 0
    while at < len(fresh):
        bucket, room = _bucket(connection)
        part = fresh[at : at + room]
        _put_into_bucket(connection, bucket, part, number)
        at += len(part)


def _numbers(connection: PostgresConnection, words: Sequence[str]) -> dict[str, int]:
    """The number of each word; new words get new numbers."""
    known: dict[str, int] = dict(
        connection.execute("SELECT word, term FROM words WHERE word = ANY(?::text[])", (words,))
    )
    if new := [word for word in words if word not in known]:
        inserted = "INSERT INTO words (word) SELECT unnest(?::text[]) RETURNING word, term"
        known.update(connection.execute(inserted, (new,)))
    return known


def _bucket(connection: PostgresConnection) -> tuple[int, int]:
    """The fullest bucket with room, or a new one, and the number of passages it can take."""
    found = connection.execute(_ROOM, (BUCKET,)).fetchone()
    if found is not None:
        return found[0], BUCKET - found[1]
    return connection.execute("SELECT nextval('bucket_numbers')::int").fetchone()[0], BUCKET


def _put_into_bucket(
    connection: PostgresConnection, bucket: int, fresh: Sequence[_Fresh], number: dict[str, int]
) -> None:
    terms, rows, times, held = [], [], [], []
    lengths = [each.counts.total() for each in fresh]
    counted: list[bytes] = []
    for each, size in zip(fresh, storable_lengths(lengths), strict=True):
        numbers = np.array([number[word] for word in each.counts], np.int64)
        often = np.fromiter(each.counts.values(), np.int64, len(each.counts))
        counted.append(pack_counts(numbers, often))
        terms.append(numbers)
        times.append(often)
        rows.append(np.full(len(numbers), each.row))
        held.append(np.full(len(numbers), size))
    all_terms = np.concatenate(terms)
    order = np.argsort(all_terms, kind="stable")
    postings = pack_postings(*(np.concatenate(each)[order] for each in (rows, times, held)))
    distinct, starts = np.unique(all_terms[order], return_index=True)
    blobs = [part.tobytes() for part in np.split(postings, starts[1:])]
    sizes = np.diff(starts, append=len(postings)).tolist()
    connection.execute(_ADD_POSTINGS, (bucket, distinct.tolist(), sizes, blobs))
    connection.execute(
        "INSERT INTO counts SELECT * FROM unnest(?::bigint[], ?::int[], ?::text[], ?::int[], ?::bytea[])",
        (
            [each.row for each in fresh],
            [bucket] * len(fresh),
            [each.language for each in fresh],
            lengths,
            counted,
        ),
    )
    connection.execute(
        "INSERT INTO vectors SELECT given, spoken, embedding::halfvec "
        "FROM unnest(?::bigint[], ?::text[], ?::text[]) AS each (given, spoken, embedding)",
        ([each.row for each in fresh], [each.language for each in fresh], [each.vector for each in fresh]),
    )
    _count_in(connection, bucket, [(each.language, 1, length) for each, length in zip(fresh, lengths, strict=True)])


def _count_in(connection: PostgresConnection, bucket: int, changes: Sequence[tuple[str, int, int]]) -> None:
    """Adds passages to the statistics: language, number, length."""
    passages: Counter[str] = Counter()
    length: Counter[str] = Counter()
    for language, n, terms in changes:
        passages[language] += n
        length[language] += terms
    spoken = sorted(passages)
    connection.execute(
        _COUNT_IN, (bucket, spoken, [passages[each] for each in spoken], [length[each] for each in spoken])
    )


def _take_out(connection: PostgresConnection) -> None:
    """Removes the postings of deleted passages, and words that no passage has any more."""
    gone = defaultdict(list)
    for bucket, *about in connection.execute('DELETE FROM gone RETURNING bucket, "row", language, length, counted'):
        gone[bucket].append(about)
    for bucket, each in sorted(gone.items()):
        rows = np.array([row for row, *_ in each], np.int64)
        terms = np.unique(read_counts([counted for *_, counted in each])[1]).tolist()
        found = connection.execute(_IN_BUCKET, (bucket, terms)).fetchall()
        left = dict(zip([term for term, _ in found], without_rows([held for _, held in found], rows), strict=True))
        kept = [term for term, entries in left.items() if entries]
        connection.execute(
            f"UPDATE postings SET n = length(given.entries) / {POSTING_BYTES}, entries = given.entries "
            "FROM unnest(?::int[], ?::bytea[]) AS given (term, entries) "
            "WHERE postings.term = given.term AND bucket = ?",
            (kept, [left[term] for term in kept], bucket),
        )
        empty = [term for term, entries in left.items() if not entries]
        connection.execute("DELETE FROM postings WHERE bucket = ? AND term = ANY(?::int[])", (bucket, empty))
        connection.execute(_FORGET_WORDS, (empty,))
        _count_in(connection, bucket, [(language, -1, -length) for _, language, length, _ in each])
        connection.execute("DELETE FROM buckets WHERE bucket = ? AND passages = 0", (bucket,))
