"""A stored document as rows, which can be written elsewhere or again."""

from __future__ import annotations

from dataclasses import dataclass

from sinkqa.index.errors import DocumentNotFound
from sinkqa.index.store.documents.document_rows import Packed
from sinkqa.index.store.documents.names import read_names
from sinkqa.index.store.documents.serialization import DOCUMENT_COLUMNS
from sinkqa.index.store.sql import Connection

_DOCUMENT = f"SELECT doc, {', '.join(DOCUMENT_COLUMNS)} FROM documents WHERE doc_id = ?"
_PASSAGES = """
SELECT passage_id, position, language, page_start, page_end, body, terms, vector, tokens
FROM passages JOIN features USING ("row") WHERE doc = ? ORDER BY position
"""
_STATEMENTS = """
SELECT kind, term, place, unit
FROM statements JOIN (
    SELECT "row", row_number() OVER (ORDER BY position) - 1 AS place FROM passages WHERE doc = ?
) AS places USING ("row") ORDER BY place
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as stored, with the sources from which it was read."""

    packed: Packed
    sources: tuple[str, ...]


def read_kept(connection: Connection, doc_id: str, encoder: str) -> Kept:
    """The rows of a document, by its whole id.

    Raises:
        DocumentNotFound: there is no such document.
    """
    found = connection.execute(_DOCUMENT, (doc_id,)).fetchone()
    if found is None:
        raise DocumentNotFound(f"no document {doc_id[:80]!r}; list the documents to see their ids")
    doc, *columns = found
    rows = connection.execute(_PASSAGES, (doc,)).fetchall()
    packed = Packed(
        source="",
        encoder=encoder,
        document=dict(zip(DOCUMENT_COLUMNS, columns, strict=True)),
        passages=tuple(row[:6] for row in rows),
        features=tuple(row[6:] for row in rows),
        statements=tuple(connection.execute(_STATEMENTS, (doc,))),
        names=read_names(connection, doc),
    )
    sources = connection.execute("SELECT source FROM sources WHERE doc = ? ORDER BY source", (doc,))
    return Kept(packed, tuple(source for (source,) in sources))
