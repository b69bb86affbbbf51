"""Looks a library over for whatever could be wrong with it on disk: what ``doctor`` reports."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from index.errors import LibraryDamaged
from index.search.backend import SearchBackend
from index.store.columns import PASSAGE_COLUMNS, read_passage, unpack, unpack_text
from index.store.connection import Connection
from index.store.sqlite import Store


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. ``code``: "store" (restore a copy or add the documents again) or "search-index" (rebuild)."""

    code: str
    message: str

    def __str__(self) -> str:
        return self.message


def inspect(store: Store, backend: SearchBackend, *, dim: int) -> list[Problem]:
    """Reads the whole store and every derived file. In order of gravity; empty when all is well.

    Where something cannot be read, the rest still is: the last finding of the store says what of it reads.
    """
    checks = (_sqlite_damages, lambda connection: _orphans(connection, dim), _document_damages)
    damages = [damage for check in checks for damage in _found(store, check)]
    advice = "restore the library from a copy, or remove and add again"
    problems = [Problem("store", f"store: {damage}; {advice}") for damage in damages]
    return problems + [Problem("search-index", f"{lag}; rebuild it") for lag in _lags(backend)]


def _found(store: Store, check: Callable[[Connection], Iterable[str]]) -> Iterator[str]:
    """What a check finds, and at last what it could not read."""
    try:
        with store.reading() as connection:
            yield from check(connection)
    except LibraryDamaged as error:
        yield error.message.partition("; ")[0]


def _lags(backend: SearchBackend) -> list[str]:
    try:
        return backend.problems()
    except LibraryDamaged:  # told already
        return []


def _sqlite_damages(connection: Connection) -> Iterator[str]:
    for (message,) in connection.execute("PRAGMA integrity_check(20)"):
        if message != "ok":
            yield str(message)
    for row in connection.execute("PRAGMA foreign_key_check"):
        yield f"row without its owner in {row[0]}"


def _orphans(connection: Connection, dim: int) -> list[str]:
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


def _document_damages(connection: Connection) -> Iterator[str]:
    """Document by document, so that one that cannot be read hides no other."""
    docs = [doc for (doc,) in connection.execute("SELECT doc FROM documents ORDER BY doc")]
    whole = 0
    for doc in docs:
        damages = []
        try:
            damages = [*_damages_of(connection, doc)]
        except (
            LibraryDamaged,
            TypeError,
            ValueError,
            LookupError,
            AttributeError,
        ) as error:
            damages = [f"document {doc}: {str(error).partition('; ')[0]}"]
        yield from damages
        whole += not damages
    if whole < len(docs):
        yield f"{whole} of {len(docs)} documents read whole"


def _damages_of(connection: Connection, doc: int) -> Iterator[str]:
    found = connection.execute(
        "SELECT doc_id, name, text_sha256, text, content FROM documents WHERE doc = ?", (doc,)
    ).fetchone()
    if found is None:
        yield f"document {doc} is listed and cannot be found"
        return
    doc_id, name, digest, text, content = found
    try:
        source = unpack_text(text)
        if hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest() != digest:
            yield f"the text of {name} ({doc_id[:12]}) differs from its checksum"
        if hashlib.sha256(unpack(content)).hexdigest() != doc_id:
            yield f"the original bytes of {name} ({doc_id[:12]}) differ from their checksum"
        yield from _passage_damages(connection, doc, len(source), name)
    except LibraryDamaged as error:
        yield f"{name} ({str(doc_id)[:12]}): {error.message.partition('; ')[0]}"


def _passage_damages(connection: Connection, doc: int, length: int, name: str) -> Iterator[str]:
    for passage_id, *values in connection.execute(
        f"SELECT passage_id, {PASSAGE_COLUMNS} FROM passages JOIN documents USING (doc) WHERE doc = ?", (doc,)
    ):
        passage = read_passage(values)
        outside = any(not 0 <= start <= end <= length for start, end in passage.spans)
        if passage.passage_id != passage_id or outside:
            yield f"the passage {passage_id} of {name} does not fit its text"
