"""Storing step of the flow: documents and passages in the store's tables, inside the caller's transaction."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from index.columns import read_metadata, to_json
from index.errors import AmbiguousDocument, DocumentNotFound
from index.hit import Filters
from index.lexical import Rows
from index.packed import Packed
from ingest.document import Metadata

SHORTEST_PREFIX = 6
_RECORD = (
    "doc_id, name, media_type, type, metadata, warnings, n_pages, n_bytes, text_sha256, added_at, generation, "
    "(SELECT count(*) FROM passages WHERE passages.doc = documents.doc), "
    "(SELECT json_group_array(source) FROM sources WHERE sources.doc = documents.doc)"
)


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document of the library, without its text.

    ``title`` falls back on the file's name; ``type`` is the short format name of :class:`index.hit.Filters`;
    ``added_at`` is UTC, ISO 8601; ``generation`` the library's when it was added; ``sources`` where it was read from.
    """

    doc_id: str
    name: str
    title: str
    media_type: str
    type: str
    metadata: Metadata
    warnings: tuple[str, ...]
    n_pages: int
    n_bytes: int
    n_passages: int
    text_sha256: str
    added_at: str
    generation: int
    sources: tuple[str, ...]


def insert_document(connection: sqlite3.Connection, packed: Packed, *, generation: int) -> int:
    """Writes one document whole and gives its number."""
    added = {"added_at": datetime.now(UTC).isoformat(timespec="seconds"), "generation": generation}
    values = packed.document | added
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    doc = connection.execute(f"INSERT INTO documents ({columns}) VALUES ({places})", values).lastrowid
    if doc is None:
        raise RuntimeError("SQLite gave no row number for an insertion")
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'passages'").fetchone()
    connection.executemany(
        'INSERT INTO passages (doc, "row", passage_id, position, language, page_start, page_end, body) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((doc, row, *passage) for row, passage in enumerate(packed.passages, last + 1)),
    )
    connection.executemany(
        "INSERT INTO features VALUES (?, ?, ?, ?)",
        ((row, *features) for row, features in enumerate(packed.features, last + 1)),
    )
    return doc


def claim_source(connection: sqlite3.Connection, source: str, doc: int) -> str | None:
    """Notes that ``source`` now holds document ``doc``; removes the one it held before unless another source has it.

    Gives the doc_id that was removed.
    """
    held = connection.execute("SELECT doc FROM sources WHERE source = ?", (source,)).fetchone()
    if held is not None and held[0] == doc:
        return None
    connection.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (source, doc))
    if held is None or connection.execute("SELECT 1 FROM sources WHERE doc = ?", held).fetchone():
        return None
    (doc_id,) = connection.execute("DELETE FROM documents WHERE doc = ? RETURNING doc_id", held).fetchone()
    return str(doc_id)


def free_sources(connection: sqlite3.Connection, sources: Sequence[str]) -> list[str]:
    """Those of ``sources`` that hold no document."""
    held = "SELECT source FROM sources WHERE source IN (SELECT value FROM json_each(?))"
    taken = {source for (source,) in connection.execute(held, (to_json(list(sources)),))}
    return [source for source in sources if source not in taken]


def resolve(connection: sqlite3.Connection, prefix: str) -> str:
    """The full id that begins with ``prefix``, at least 6 hex digits.

    Raises:
        DocumentNotFound: none does, or it is no such prefix.
        AmbiguousDocument: several do.
    """
    wanted = prefix.strip().lower()
    if not re.fullmatch(f"[0-9a-f]{{{SHORTEST_PREFIX},64}}", wanted):
        raise DocumentNotFound(
            f"no document {prefix[:80]!r}: expected its id or the first {SHORTEST_PREFIX} or more hex digits of it; "
            "list the documents to see their ids"
        )
    rows = connection.execute(
        "SELECT doc_id FROM documents WHERE doc_id >= ? AND doc_id < ? ORDER BY doc_id", (wanted, f"{wanted}g")
    )  # g is the letter after those of an id
    found = [str(doc_id) for (doc_id,) in rows]
    if not found:
        raise DocumentNotFound(f"no document begins with {wanted}; list the documents to see their ids")
    if len(found) > 1:
        raise AmbiguousDocument(f"{wanted} begins {len(found)} ids: {', '.join(found[:4])}; give more digits")
    return found[0]


def records(connection: sqlite3.Connection, *, doc_id: str | None = None) -> list[DocumentRecord]:
    """All documents in the order they were added, or the one with this full id."""
    where, values = ("", ()) if doc_id is None else ("WHERE doc_id = ?", (doc_id,))
    rows = connection.execute(f"SELECT {_RECORD} FROM documents {where} ORDER BY doc", values)
    return [_record(row) for row in rows]


def record(connection: sqlite3.Connection, prefix: str) -> DocumentRecord:
    """The document whose id begins with ``prefix``. Raises as :func:`resolve` does."""
    whole = resolve(connection, prefix)
    for found in records(connection, doc_id=whole):
        return found
    raise DocumentNotFound(f"the document {whole} was deleted just now; list the documents")


def allowed_rows(connection: sqlite3.Connection, filters: Filters) -> Rows | None:
    """Rows of the passages that meet every condition, ascending; None where there is no condition."""
    conditions: list[str] = []
    values: list[str | int] = []
    for column, choices in (
        ("doc_id", [resolve(connection, prefix) for prefix in filters.doc_ids]),
        ("jurisdiction COLLATE NOCASE", filters.jurisdictions),
        ("type COLLATE NOCASE", filters.types),
    ):
        if choices:
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(to_json(choices))
    for comparison, year in (("year >= ?", filters.year_from), ("year <= ?", filters.year_to)):
        if year is not None:
            conditions.append(comparison)
            values.append(year)
    if not conditions and not filters.languages:
        return None
    languages = "language IN (SELECT value FROM json_each(?))" if filters.languages else "?"
    values.append(to_json([language.lower() for language in filters.languages]) if filters.languages else 1)
    found = connection.execute(
        f'SELECT "row" FROM passages WHERE doc IN (SELECT doc FROM documents WHERE {" AND ".join(conditions) or 1}) '
        f"AND {languages}",
        values,
    )
    return np.sort(np.fromiter((row for (row,) in found), np.int64))


def _record(row: Sequence[Any]) -> DocumentRecord:
    doc_id, name, media_type, kind, metadata, warnings, n_pages, n_bytes, text_sha256, added_at, generation = row[:11]
    about = read_metadata(metadata)
    return DocumentRecord(
        doc_id=doc_id,
        name=name,
        title=about.title or name,
        media_type=media_type,
        type=kind,
        metadata=about,
        warnings=tuple(json.loads(warnings)),
        n_pages=n_pages,
        n_bytes=n_bytes,
        n_passages=row[11],
        text_sha256=text_sha256,
        added_at=added_at,
        generation=generation,
        sources=tuple(sorted(json.loads(row[12]))),
    )
