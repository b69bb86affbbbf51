"""Storing step of the flow: under which keys questions look for documents, written and looked up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from index.naming.front import Front
from index.store.columns import read_front, read_metadata
from index.store.sql import Connection, batches, places

NAMES_VERSION = "names"
"""Name of the setting that says by which words and rules the keys were made."""
_MOST_KEPT = 500  # fronts, some 5 MB
_MOST_KEYS = 5_000  # in one statement
_SHARED = """
WITH asked (key) AS (VALUES {})
SELECT key,
    (SELECT count(*) FROM (SELECT 1 FROM names WHERE names.key = asked.key LIMIT ?) AS counted),
    (SELECT min(doc) FROM names WHERE names.key = asked.key),
    (SELECT max(doc) FROM names WHERE names.key = asked.key)
FROM asked WHERE EXISTS (SELECT 1 FROM names WHERE names.key = asked.key)
"""


class Shared(NamedTuple):
    """How many documents share a key, counted up to a limit, and the numbers of the ``first`` and ``last`` of them."""

    number: int
    first: int
    last: int


def insert_names(connection: Connection, doc: int, keys: Iterable[str]) -> None:
    """Writes the keys of a document."""
    connection.executemany("INSERT INTO names (key, doc) VALUES (?, ?)", [(key, doc) for key in keys])


def shared_keys(connection: Connection, keys: Sequence[str], *, most: int) -> dict[str, Shared]:
    """Those of the keys that any document has; counting ends at ``most``."""
    found: dict[str, Shared] = {}
    for _, part in batches(keys, most=_MOST_KEYS):
        rows = connection.execute(_SHARED.format(", ".join(["(?)"] * len(part))), (*part, most))
        found |= {str(key): Shared(*numbers) for key, *numbers in rows}
    return found


def named_documents(
    connection: Connection, keys: Sequence[str], *, most: int, among: Sequence[int] | None
) -> dict[str, list[int]]:
    """Numbers of the documents that have the keys, in the order they were added; at most so many for all keys."""
    if not keys or among == ():
        return {}
    within = "" if among is None else f"AND doc IN {places(len(among))}"
    found: dict[str, list[int]] = {}
    for key, doc in connection.execute(
        f"SELECT key, doc FROM names WHERE key IN {places(len(keys))} {within} ORDER BY key, doc LIMIT ?",
        (*keys, *(among or ()), most),
    ):
        found.setdefault(key, []).append(doc)
    return found


def fronts(connection: Connection, docs: Sequence[int]) -> dict[int, Front]:
    """What documents show of themselves first, by their numbers; those that are gone are left out."""
    found: dict[int, Front] = {}
    for marks, part in batches(docs):
        rows = connection.execute(
            f"SELECT doc, doc_id, name, type, metadata, front FROM documents WHERE doc IN {marks}", part
        )
        found |= {doc: front_of(*columns) for doc, *columns in rows}
    return found


@lru_cache(maxsize=_MOST_KEPT)
def front_of(doc_id: str, name: str, kind: str, metadata: str, front: str) -> Front:
    """By what stands in the columns of a document now."""
    about = read_metadata(metadata)
    return Front(doc_id, name, about.title or name, kind, about, *read_front(front))
