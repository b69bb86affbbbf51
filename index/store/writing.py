"""Writing documents and passages into the store's tables, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sinkqa.index.naming.version import names_version
from sinkqa.index.store.documents.catalogue import AddResult
from sinkqa.index.store.documents.document_rows import NAMED_BY, Packed, pack_names
from sinkqa.index.store.documents.kept import Kept
from sinkqa.index.store.documents.names import NAMES_VERSION, write_names
from sinkqa.index.store.history import note_removal
from sinkqa.index.store.meta import set_meta
from sinkqa.index.store.sql import Connection, places
from sinkqa.index.store.statements import insert_statements

Leave = Callable[[str], None]
"""Called with the id of a document that is about to be superseded."""
_KNOWN = ("language", "jurisdiction", "year", "metadata", "edited")
_CLAIM = "INSERT INTO sources VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET doc = excluded.doc"


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction: its connection, and the ``generation`` that it makes.

    ``issue(count)`` reserves ``count`` consecutive rows that were never used, and returns the first.
    """

    connection: Connection
    generation: int
    issue: Callable[[int], int]


def put_document(transaction: Transaction, packed: Packed, *, leave: Leave) -> AddResult:
    """Writes a document unless the same reading is stored. It replaces the document that its source held before."""
    connection = transaction.connection
    held = connection.execute("SELECT doc, reading FROM documents WHERE doc_id = ?", (packed.doc_id,)).fetchone()
    status: Literal["added", "updated", "unchanged"] = "added"
    if held is None:
        doc = _insert_document(transaction, packed)
    elif held[1] == packed.document["reading"]:
        status, doc = "unchanged", held[0]
    else:
        sources = connection.execute("SELECT source FROM sources WHERE doc = ?", held[:1]).fetchall()
        _delete_document(transaction, held[0])
        status, doc = "updated", _insert_document(transaction, packed)
        connection.executemany("INSERT INTO sources VALUES (?, ?)", [(source, doc) for (source,) in sources])
    superseded = _claim_source(transaction, packed.source, doc, leave=leave)
    (count,) = connection.execute("SELECT count(*) FROM passages WHERE doc = ?", (doc,)).fetchone()
    return AddResult(packed.doc_id, status, superseded, count, transaction.generation)


def put_kept(transaction: Transaction, kept: Kept, *, added_at: str | None = None) -> None:
    """Writes a document with the rows it had elsewhere, replacing the same one; its sources become its own.

    ``added_at``: when it was added there; defaults to now.
    """
    remove_document(transaction, kept.packed.doc_id)
    doc = _insert_document(transaction, kept.packed, added_at=added_at)
    transaction.connection.executemany(_CLAIM, [(source, doc) for source in kept.sources])


def change_document(transaction: Transaction, packed: Packed, *, anew: bool) -> None:
    """Rewrites the metadata of a stored document; with ``anew`` also its passages, which get new rows."""
    connection = transaction.connection
    values = [packed.document[name] for name in _KNOWN]
    (doc,) = connection.execute(
        f"UPDATE documents SET {', '.join(f'{name} = ?' for name in _KNOWN)}, generation = ? "
        "WHERE doc_id = ? RETURNING doc",
        (*values, transaction.generation, packed.doc_id),
    ).fetchone()
    write_names(connection, doc, packed.names)
    if anew:
        note_removal(connection, doc, generation=transaction.generation)
        connection.execute("DELETE FROM passages WHERE doc = ?", (doc,))
        _insert_passages(transaction, packed, doc)


def remove_document(transaction: Transaction, doc_id: str) -> None:
    """Deletes a document and all its data, by its full id. Nothing happens if there is none."""
    found = transaction.connection.execute("SELECT doc FROM documents WHERE doc_id = ?", (doc_id,))
    for (doc,) in found.fetchall():
        _delete_document(transaction, doc)


def free_sources(connection: Connection, sources: Sequence[str]) -> list[str]:
    """Those of ``sources`` that hold no document."""
    if not sources:
        return []
    found = connection.execute(f"SELECT source FROM sources WHERE source IN {places(len(sources))}", tuple(sources))
    taken = {source for (source,) in found}
    return [source for source in sources if source not in taken]


def _insert_document(transaction: Transaction, packed: Packed, *, added_at: str | None = None) -> int:
    """Writes one document and returns its number."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    added = {"added_at": added_at or now, "generation": transaction.generation}
    columns = packed.document | added
    (doc,) = transaction.connection.execute(
        f"INSERT INTO documents ({', '.join(columns)}) VALUES {places(len(columns))} RETURNING doc",
        tuple(columns.values()),
    ).fetchone()
    write_names(transaction.connection, doc, packed.names)
    _insert_passages(transaction, packed, doc)
    return int(doc)


def _insert_passages(transaction: Transaction, packed: Packed, doc: int) -> None:
    """Writes passages in rows that were never used."""
    connection, first = transaction.connection, transaction.issue(len(packed.passages))
    connection.executemany(
        'INSERT INTO passages (doc, "row", passage_id, position, language, page_start, page_end, body) '
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(doc, row, *passage) for row, passage in enumerate(packed.passages, first)],
    )
    connection.executemany(
        'INSERT INTO features ("row", terms, vector, tokens) VALUES (?, ?, ?, ?)',
        [(row, *features) for row, features in enumerate(packed.features, first)],
    )
    insert_statements(connection, packed.statements, range(first, first + len(packed.passages)))


def _delete_document(transaction: Transaction, doc: int) -> None:
    note_removal(transaction.connection, doc, generation=transaction.generation)
    transaction.connection.execute("DELETE FROM documents WHERE doc = ?", (doc,))


def _claim_source(transaction: Transaction, source: str, doc: int, *, leave: Leave) -> str | None:
    """Records that ``source`` now holds document ``doc``. Removes the previous one unless another source has it.

    Returns the doc_id that was removed; ``leave`` is called with it before.
    """
    connection = transaction.connection
    held = connection.execute("SELECT doc FROM sources WHERE source = ?", (source,)).fetchone()
    if held is not None and held[0] == doc:
        return None
    connection.execute(_CLAIM, (source, doc))
    if held is None or connection.execute("SELECT 1 FROM sources WHERE doc = ?", held).fetchone():
        return None
    (doc_id,) = connection.execute("SELECT doc_id FROM documents WHERE doc = ?", held).fetchone()
    leave(doc_id)
    _delete_document(transaction, held[0])
    return str(doc_id)


def name_anew(connection: Connection) -> None:
    """Renames all documents by today's words and rules, inside the caller's transaction."""
    columns = ", ".join(NAMED_BY)
    for (doc,) in connection.execute("SELECT doc FROM documents").fetchall():
        found = connection.execute(f"SELECT {columns} FROM documents WHERE doc = ?", (doc,)).fetchone()
        write_names(connection, doc, pack_names(dict(zip(NAMED_BY, found, strict=True))))
    set_meta(connection, NAMES_VERSION, names_version())
