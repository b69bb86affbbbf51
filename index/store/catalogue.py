"""Storing step of the flow: documents and passages in the store's tables, inside the caller's transaction."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np

from index.arrays import Rows
from index.errors import AmbiguousDocument, DocumentNotFound
from index.hit import Filters
from index.store.columns import read_edited, read_front, read_list, read_metadata, to_json
from index.store.history import last_row, remove_passages
from index.store.packed import Packed
from ingest.document import Metadata

SHORTEST_PREFIX = 6
_WHOLE = re.compile("[0-9a-f]{64}")
_RECORD = (
    "doc_id, name, media_type, type, metadata, warnings, n_pages, n_bytes, text_sha256, added_at, generation, "
    "(SELECT count(*) FROM passages WHERE passages.doc = documents.doc), "
    "(SELECT json_group_array(source) FROM sources WHERE sources.doc = documents.doc), edited"
)
Leave = Callable[[str], None]
"""Called with the id of a document that is about to be superseded."""
_KNOWN = ("language", "jurisdiction", "year", "metadata", "edited")


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document of the library, without its text.

    ``title`` falls back on the file's name; ``type`` is the short format name of :class:`index.hit.Filters`;
    ``added_at`` is UTC, ISO 8601; ``generation`` the library's when it was added or corrected last; ``sources`` where
    it was read from. ``edited`` are the fields of ``metadata`` that were corrected, each with what was "read" there.
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
    edited: Mapping[str, Mapping[str, str | int | None]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of a document: durable and findable once this is given.

    ``unchanged``: the same bytes, read to the same passages, were there. ``updated``: the same bytes were there, read
    otherwise. ``superseded`` is the doc_id of what the source held before, now gone.
    """

    doc_id: str
    status: Literal["added", "updated", "unchanged"]
    superseded: str | None
    n_passages: int
    generation: int


@dataclass(frozen=True, slots=True)
class Size:
    """How many documents a library holds, and how many bytes their files had."""

    documents: int
    n_bytes: int


@dataclass(frozen=True, slots=True)
class Front:
    """What a document shows of itself first: the first 3,000 characters, and its distinct highest headings in order."""

    opening: str
    headings: tuple[str, ...]


def size(connection: sqlite3.Connection) -> Size:
    """Of all documents."""
    return Size(*connection.execute("SELECT count(*), coalesce(sum(n_bytes), 0) FROM documents").fetchone())


def fronts(connection: sqlite3.Connection) -> dict[str, Front]:
    """Of all documents, by doc_id."""
    rows = connection.execute("SELECT doc_id, front FROM documents")
    return {doc_id: Front(*read_front(front)) for doc_id, front in rows}


def insert_document(connection: sqlite3.Connection, packed: Packed, *, generation: int) -> int:
    """Writes one document whole and gives its number."""
    added = {"added_at": datetime.now(UTC).isoformat(timespec="seconds"), "generation": generation}
    values = packed.document | added
    columns, places = ", ".join(values), ", ".join(f":{name}" for name in values)
    doc = connection.execute(f"INSERT INTO documents ({columns}) VALUES ({places})", values).lastrowid
    if doc is None:
        raise RuntimeError("SQLite gave no row number for an insertion")
    _insert_passages(connection, packed, doc)
    return doc


def _insert_passages(connection: sqlite3.Connection, packed: Packed, doc: int) -> None:
    """In rows that were never used."""
    last = last_row(connection)
    connection.executemany(
        'INSERT INTO passages (doc, "row", passage_id, position, language, page_start, page_end, body) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((doc, row, *passage) for row, passage in enumerate(packed.passages, last + 1)),
    )
    connection.executemany(
        "INSERT INTO features VALUES (?, ?, ?, ?)",
        ((row, *features) for row, features in enumerate(packed.features, last + 1)),
    )
    insert_statements(connection, packed.statements, range(last + 1, last + 1 + len(packed.passages)))


def change_document(connection: sqlite3.Connection, packed: Packed, *, anew: bool, generation: int) -> None:
    """Writes anew what is known of a document that is there; ``anew``: its passages too, which get other rows."""
    changed = {name: packed.document[name] for name in _KNOWN} | {"generation": generation, "doc_id": packed.doc_id}
    sets = ", ".join(f"{name} = :{name}" for name in (*_KNOWN, "generation"))
    (doc,) = connection.execute(f"UPDATE documents SET {sets} WHERE doc_id = :doc_id RETURNING doc", changed).fetchone()
    if anew:
        remove_passages(connection, doc, generation=generation)
        _insert_passages(connection, packed, doc)


def insert_statements(
    connection: sqlite3.Connection, statements: Iterable[tuple[str, str, int, int]], rows: Sequence[int]
) -> None:
    """Writes what passages state, as :class:`index.store.packed.Packed` has it; ``rows``: of those passages."""
    connection.executemany(
        "INSERT INTO statements VALUES (?, ?, ?, ?)",
        ((kind, term, rows[place], unit) for kind, term, place, unit in statements),
    )


def put_document(connection: sqlite3.Connection, packed: Packed, *, generation: int, leave: Leave) -> AddResult:
    """Writes a document unless it is there as it was read, in place of what its source held before."""
    held = connection.execute("SELECT doc, reading FROM documents WHERE doc_id = ?", (packed.doc_id,)).fetchone()
    status: Literal["added", "updated", "unchanged"] = "added"
    if held is None:
        doc = insert_document(connection, packed, generation=generation)
    elif held[1] == packed.document["reading"]:
        status, doc = "unchanged", held[0]
    else:
        sources = connection.execute("SELECT source FROM sources WHERE doc = ?", held[:1]).fetchall()
        delete_document(connection, held[0], generation=generation)
        status, doc = "updated", insert_document(connection, packed, generation=generation)
        connection.executemany("INSERT INTO sources VALUES (?, ?)", [(source, doc) for (source,) in sources])
    superseded = claim_source(connection, packed.source, doc, generation=generation, leave=leave)
    (count,) = connection.execute("SELECT count(*) FROM passages WHERE doc = ?", (doc,)).fetchone()
    return AddResult(packed.doc_id, status, superseded, count, generation)


def delete_document(connection: sqlite3.Connection, doc: int, *, generation: int) -> None:
    """Deletes a document, by its number, with all that belongs to it."""
    remove_passages(connection, doc, generation=generation)
    connection.execute("DELETE FROM documents WHERE doc = ?", (doc,))


def delete_named(connection: sqlite3.Connection, doc_id: str, *, generation: int) -> None:
    """As :func:`delete_document`, by its whole id; nothing where it is not there."""
    for (doc,) in connection.execute("SELECT doc FROM documents WHERE doc_id = ?", (doc_id,)).fetchall():
        delete_document(connection, doc, generation=generation)


def claim_source(connection: sqlite3.Connection, source: str, doc: int, *, generation: int, leave: Leave) -> str | None:
    """Notes that ``source`` now holds document ``doc``; removes the one it held before unless another source has it.

    Gives the doc_id that was removed, of which ``leave`` hears before.
    """
    held = connection.execute("SELECT doc FROM sources WHERE source = ?", (source,)).fetchone()
    if held is not None and held[0] == doc:
        return None
    connection.execute("INSERT OR REPLACE INTO sources VALUES (?, ?)", (source, doc))
    if held is None or connection.execute("SELECT 1 FROM sources WHERE doc = ?", held).fetchone():
        return None
    (doc_id,) = connection.execute("SELECT doc_id FROM documents WHERE doc = ?", held).fetchone()
    leave(doc_id)
    delete_document(connection, held[0], generation=generation)
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
    for found in records(connection, doc_id=prefix) if _WHOLE.fullmatch(prefix) else ():
        return found
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
        ("coalesce(jurisdiction, '') COLLATE NOCASE", filters.jurisdictions),
        ("type COLLATE NOCASE", filters.types),
    ):
        if choices:
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(to_json(choices))
    for comparison, year in (("year >= ?", filters.year_from), ("year <= ?", filters.year_to)):
        if year is not None:
            conditions.append(comparison)
            values.append(year)
    of_documents = f"doc IN (SELECT doc FROM documents WHERE {' AND '.join(conditions)})" if conditions else ""
    of_passages = [of_documents] if of_documents else []
    if filters.languages:
        of_passages.append("language IN (SELECT value FROM json_each(?))")
        values.append(to_json([language.lower() for language in filters.languages]))
    if filters.kinds:
        of_passages.append('"row" IN (SELECT "row" FROM statements WHERE kind IN (SELECT value FROM json_each(?)))')
        values.append(to_json(filters.kinds))
    if not of_passages:
        return None
    found = connection.execute(f'SELECT "row" FROM passages WHERE {" AND ".join(of_passages)}', values)
    return np.sort(np.fromiter((row for (row,) in found), np.int64))


def stated_rows(
    connection: sqlite3.Connection, kind: str, *, term: str | None, allowed: Rows | None
) -> list[tuple[int, int, str]]:
    """Row, unit and term of the statements of a kind, by row: as documents were added and are read."""
    found = connection.execute(
        f'SELECT "row", unit, term FROM statements WHERE kind = ? {"AND term = ?" if term is not None else ""} '
        'ORDER BY "row", unit',
        (kind,) if term is None else (kind, term),
    ).fetchall()
    rows = None if allowed is None else set(allowed.tolist())
    return found if rows is None else [each for each in found if each[0] in rows]


def defined_terms(connection: sqlite3.Connection, *, allowed: Rows | None) -> list[str]:
    """The distinct terms that are defined, in the order of their letters."""
    if allowed is None:
        found = connection.execute("SELECT DISTINCT term FROM statements WHERE kind = 'definition' ORDER BY term")
        return [term for (term,) in found]
    return sorted({term for _, _, term in stated_rows(connection, "definition", term=None, allowed=allowed)})


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
        warnings=tuple(read_list(warnings)),
        n_pages=n_pages,
        n_bytes=n_bytes,
        n_passages=row[11],
        text_sha256=text_sha256,
        added_at=added_at,
        generation=generation,
        sources=tuple(sorted(read_list(row[12]))),
        edited={name: {"read": value} for name, value in read_edited(row[13]).items()},
    )
