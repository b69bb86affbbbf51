"""Keys by which questions find documents, written and looked up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sinkqa.index.naming.known import Known
from sinkqa.index.references.mention import References
from sinkqa.index.store.documents.serialization import unpack_known, unpack_references
from sinkqa.index.store.sql import Connection, batches, places

NAMES_VERSION = "names"
"""The setting with the version of the words and rules that made the keys."""
_MOST_KEYS = 5_000  # in one statement
_KNOWN = "INSERT INTO known (doc, known) VALUES (?, ?) ON CONFLICT (doc) DO UPDATE SET known = excluded.known"
_MENTIONS = "INSERT INTO mentions (doc, found) VALUES (?, ?) ON CONFLICT (doc) DO UPDATE SET found = excluded.found"
_SHARED = """
WITH asked (key) AS (VALUES {})
SELECT key,
    (SELECT count(*) FROM (SELECT 1 FROM names WHERE names.key = asked.key LIMIT ?) AS counted),
    (SELECT min(doc) FROM names WHERE names.key = asked.key),
    (SELECT max(doc) FROM names WHERE names.key = asked.key)
FROM asked WHERE EXISTS (SELECT 1 FROM names WHERE names.key = asked.key)
"""


class PackedNames(NamedTuple):
    """The names of a document, for ``unpack_known``, and its keys, ascending.

    ``references``: what it says of documents, for ``unpack_references``.
    """

    known: bytes
    keys: tuple[str, ...]
    references: bytes


class Shared(NamedTuple):
    """The number of documents with a key, counted up to a limit, and the numbers of the ``first`` and ``last``."""

    number: int
    first: int
    last: int


def write_names(connection: Connection, doc: int, names: PackedNames) -> None:
    """Writes the names of a document in place of its earlier ones."""
    connection.execute("DELETE FROM names WHERE doc = ?", (doc,))
    connection.execute(_KNOWN, (doc, names.known))
    connection.execute(_MENTIONS, (doc, names.references))
    connection.executemany("INSERT INTO names (key, doc) VALUES (?, ?)", [(key, doc) for key in names.keys])


def read_names(connection: Connection, doc: int) -> PackedNames:
    """The names of a document, as stored."""
    (known,) = connection.execute("SELECT known FROM known WHERE doc = ?", (doc,)).fetchone()
    keys = connection.execute("SELECT key FROM names WHERE doc = ? ORDER BY key", (doc,))
    (found,) = connection.execute("SELECT found FROM mentions WHERE doc = ?", (doc,)).fetchone()
    return PackedNames(known, tuple(sorted(key for (key,) in keys)), found)


def known_of(connection: Connection, doc_id: str) -> Known:
    """The names of a document, by its full id."""
    found = connection.execute("SELECT known FROM known JOIN documents USING (doc) WHERE doc_id = ?", (doc_id,))
    return unpack_known(doc_id, *found.fetchone())


def read_references_of(connection: Connection, doc_id: str) -> References:
    """What a document says of documents, by its full id."""
    found = connection.execute("SELECT found FROM mentions JOIN documents USING (doc) WHERE doc_id = ?", (doc_id,))
    return unpack_references(*found.fetchone())


def shared_keys(connection: Connection, keys: Sequence[str], *, most: int) -> dict[str, Shared]:
    """Returns those of the keys that any document has. Counting ends at ``most``."""
    found: dict[str, Shared] = {}
    for _, part in batches(keys, most=_MOST_KEYS):
        rows = connection.execute(_SHARED.format(", ".join(["(?)"] * len(part))), (*part, most))
        found |= {str(key): Shared(*numbers) for key, *numbers in rows}
    return found


def named_documents(
    connection: Connection, keys: Sequence[str], *, most: int, among: Sequence[int] | None
) -> dict[str, list[int]]:
    """Returns numbers of the documents with the keys, in the order of adding; at most ``most`` for all keys."""
    if not keys or (among is not None and not among):
        return {}
    within = "" if among is None else f"AND doc IN {places(len(among))}"
    found: dict[str, list[int]] = {}
    for key, doc in connection.execute(
        f"SELECT key, doc FROM names WHERE key IN {places(len(keys))} {within} ORDER BY key, doc LIMIT ?",
        (*keys, *(among or ()), most),
    ):
        found.setdefault(key, []).append(doc)
    return found


def known_documents(connection: Connection, docs: Sequence[int]) -> dict[int, Known]:
    """Names of documents by their numbers. Deleted documents are left out."""
    found: dict[int, Known] = {}
    for marks, part in batches(docs):
        rows = connection.execute(
            f"SELECT doc, doc_id, known FROM known JOIN documents USING (doc) WHERE doc IN {marks}", part
        )
        found |= {doc: unpack_known(doc_id, known) for doc, doc_id, known in rows}
    return found
