"""Storing step of the flow: a stored document as rows again, to be written elsewhere or anew."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from index.store.packed import Packed

_STATEMENTS = """
SELECT kind, term, place, unit
FROM statements JOIN (SELECT "row", row_number() OVER (ORDER BY position) - 1 AS place FROM passages WHERE doc = ?)
USING ("row") ORDER BY place
"""
_STAMPED = ("doc", "added_at", "generation")  # set anew wherever a document is written


@dataclass(frozen=True, slots=True)
class Kept:
    """A document as it is stored, and the sources it was read from."""

    packed: Packed
    sources: tuple[str, ...]


def read_kept(connection: sqlite3.Connection, doc_id: str, encoder: str) -> Kept:
    """The rows of a document that is there, by its whole id."""
    found = connection.execute("SELECT * FROM documents WHERE doc_id = ?", (doc_id,))
    names = [column[0] for column in found.description]
    document = dict(zip(names, found.fetchone(), strict=True))
    doc = (document["doc"],)
    rows = connection.execute(
        "SELECT passage_id, position, language, page_start, page_end, body, terms, vector, tokens "
        'FROM passages JOIN features USING ("row") WHERE doc = ? ORDER BY position',
        doc,
    ).fetchall()
    sources = [source for (source,) in connection.execute("SELECT source FROM sources WHERE doc = ?", doc)]
    packed = Packed(
        source="",
        encoder=encoder,
        document={name: value for name, value in document.items() if name not in _STAMPED},
        passages=tuple(row[:6] for row in rows),
        features=tuple(row[6:] for row in rows),
        statements=tuple(connection.execute(_STATEMENTS, doc)),
    )
    return Kept(packed, tuple(sources))
