"""Checks the store for damage by reading all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from sinkqa.index.errors import LibraryDamaged
from sinkqa.index.store.documents.serialization import PASSAGE_COLUMNS, read_passage, unpack, unpack_text
from sinkqa.index.store.sql import Connection


def found_by(check: Callable[[], Iterator[str]], view: AbstractContextManager[None]) -> Iterator[str]:
    """Runs a check in one view of the store. Adds a line for each part that it could not read."""
    try:
        with view:
            yield from check()
    except LibraryDamaged as error:
        yield error.message.partition("; ")[0]


def orphans(connection: Connection, dim: int) -> Iterator[str]:
    """Yields rows whose counterparts are missing. ``dim``: the length of the encoder's vectors."""
    counts = {
        "passages without features": (
            'SELECT count(*) FROM passages LEFT JOIN features USING ("row") WHERE vector IS NULL'
        ),
        f"vectors of another size than {dim}": f"SELECT count(*) FROM features WHERE length(vector) != {2 * dim}",
        "documents without a source": (
            "SELECT count(*) FROM documents LEFT JOIN sources USING (doc) WHERE source IS NULL"
        ),
    }
    for what, statement in counts.items():
        (count,) = connection.execute(statement).fetchone()
        if count:
            yield f"{count} {what}"


def document_damages(connection: Connection) -> Iterator[str]:
    """Checks document by document, so that an unreadable document hides no other."""
    docs = [doc for (doc,) in connection.execute("SELECT doc FROM documents ORDER BY doc")]
    whole = 0
    for doc in docs:
        damages = []
        try:
            damages = [*_damages_of(connection, doc)]
        except (LibraryDamaged, TypeError, ValueError, LookupError, AttributeError) as error:
            damages = [f"document {doc}: {str(error).partition('; ')[0]}"]
        yield from damages
        whole += not damages
    if whole < len(docs):
        yield f"{whole} of {len(docs)} documents read completely"


def _damages_of(connection: Connection, doc: int) -> Iterator[str]:
    found = connection.execute(
        "SELECT doc_id, name, text_sha256, text, content FROM documents WHERE doc = ?", (doc,)
    ).fetchone()
    if found is None:
        yield f"document {doc} is listed but cannot be found"
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
