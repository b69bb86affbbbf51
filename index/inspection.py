"""Looks a library over for whatever could be wrong with it on disk: what ``doctor`` reports."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from index.backend import SearchBackend
from index.columns import PASSAGE_COLUMNS, read_passage, unpack, unpack_text
from index.errors import LibraryDamaged
from index.store import Store


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``code``: "store" (restore a copy or add the documents again) or "search-index" (rebuild)."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def inspect(store: Store, backend: SearchBackend, *, dim: int) -> list[Problem]:
    """Reads the whole store and every derived file. In order of gravity; empty when all is well."""
    with store.reading() as connection:
        try:
            damages = [*_sqlite_damages(connection), *_orphans(connection, dim), *_document_damages(connection)]
        except sqlite3.DatabaseError as error:
            damages = [f"cannot be read: {error}"]
    advice = "restore the library from a copy, or remove and add again"
    problems = [Problem("store", f"store: {damage}; {advice}") for damage in damages]
    return problems + [Problem("search-index", f"{lag}; rebuild it") for lag in backend.problems()]


def _sqlite_damages(connection: sqlite3.Connection) -> list[str]:
    found = [message for (message,) in connection.execute("PRAGMA integrity_check(20)") if message != "ok"]
    return found + [f"row without its owner in {row[0]}" for row in connection.execute("PRAGMA foreign_key_check")]


def _orphans(connection: sqlite3.Connection, dim: int) -> list[str]:
    counts = {
        "passages without features": (
            'SELECT count(*) FROM passages LEFT JOIN features USING ("row") WHERE vector IS NULL'
        ),
        f"vectors of another size than {dim}": f"SELECT count(*) FROM features WHERE length(vector) != {2 * dim}",
        "documents without a source": (
            "SELECT count(*) FROM documents LEFT JOIN sources USING (doc) WHERE source IS NULL"
        ),
    }
    found = {what: connection.execute(statement).fetchone()[0] for what, statement in counts.items()}
    return [f"{count} {what}" for what, count in found.items() if count]


def _document_damages(connection: sqlite3.Connection) -> Iterator[str]:
    for doc, doc_id, name, digest, text, content in connection.execute(
        "SELECT doc, doc_id, name, text_sha256, text, content FROM documents ORDER BY doc"
    ):
        try:
            source = unpack_text(text)
            if hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest() != digest:
                yield f"the text of {name} ({doc_id[:12]}) differs from its checksum"
            if hashlib.sha256(unpack(content)).hexdigest() != doc_id:
                yield f"the original bytes of {name} ({doc_id[:12]}) differ from their checksum"
            yield from _passage_damages(connection, doc, len(source), name)
        except LibraryDamaged as error:
            yield f"{name} ({doc_id[:12]}): {error.message}"


def _passage_damages(connection: sqlite3.Connection, doc: int, length: int, name: str) -> Iterator[str]:
    for passage_id, *values in connection.execute(
        f"SELECT passage_id, {PASSAGE_COLUMNS} FROM passages JOIN documents USING (doc) WHERE doc = ?", (doc,)
    ):
        passage = read_passage(values)
        outside = any(not 0 <= start <= end <= length for start, end in passage.spans)
        if passage.passage_id != passage_id or outside:
            yield f"the passage {passage_id} of {name} does not fit its text"
