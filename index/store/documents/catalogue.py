"""Storing step of the flow: the documents of the store, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from sinkqa.index.errors import AmbiguousDocument, DocumentNotFound
from sinkqa.index.store.documents.columns import read_edited, read_front, read_list, read_metadata
from sinkqa.index.store.sql import Connection, batches
from sinkqa.ingest.document import Metadata

SHORTEST_PREFIX = 6
_WHOLE = re.compile("[0-9a-f]{64}")
_RECORD = (
    "doc, doc_id, name, media_type, type, metadata, warnings, n_pages, n_bytes, text_sha256, added_at, generation, "
    "(SELECT count(*) FROM passages WHERE passages.doc = documents.doc), edited, source"
)


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """A document of the library, without its text.

    ``title`` falls back on the file's name; ``type`` is the short format name of :class:`Filters`;
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
class Census:
    """How many documents a library holds, and how many of each jurisdiction and language, the most first."""

    documents: int
    jurisdictions: Mapping[str, int]
    languages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Size:
    """How many documents a library holds, and how many bytes their files had."""

    documents: int
    n_bytes: int


class Predecessor(NamedTuple):
    """What is known of the document whose place another is about to take, and what of that was corrected.

    ``is_same``: it is of the very same bytes, and not only from the same source.
    """

    metadata: Metadata
    edited: Mapping[str, str | int | None]
    is_same: bool


def size(connection: Connection) -> Size:
    """Of all documents."""
    return Size(*map(int, connection.execute("SELECT count(*), coalesce(sum(n_bytes), 0) FROM documents").fetchone()))


def census(connection: Connection) -> Census:
    """Of all documents."""
    counted = (
        connection.execute(
            f"SELECT {column}, count(*) FROM documents WHERE {column} IS NOT NULL AND {column} <> '' "
            f"GROUP BY {column} ORDER BY count(*) DESC, min(doc)"
        )
        for column in ("jurisdiction", "language")
    )
    return Census(size(connection).documents, *(dict(found.fetchall()) for found in counted))


def headings(connection: Connection, doc_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The highest headings of documents, by their whole ids; those that are gone are left out."""
    found: dict[str, tuple[str, ...]] = {}
    for marks, part in batches(doc_ids):
        for doc_id, front in connection.execute(f"SELECT doc_id, front FROM documents WHERE doc_id IN {marks}", part):
            found[doc_id] = read_front(front)[1]
    return found


def resolve(connection: Connection, prefix: str) -> str:
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


def records(connection: Connection, *, doc_id: str | None = None, most: int | None = None) -> list[DocumentRecord]:
    """All documents in the order they were added, or the first of them, or the one with this full id."""
    where, values = "", tuple[str | int, ...]()
    if doc_id is not None:
        where, values = "WHERE doc_id = ?", (doc_id,)
    elif most is not None:
        where, values = "WHERE doc IN (SELECT doc FROM documents ORDER BY doc LIMIT ?)", (most,)
    rows = connection.execute(
        f"SELECT {_RECORD} FROM documents LEFT JOIN sources USING (doc) {where} ORDER BY doc", values
    )
    return [*_records(rows)]


def record(connection: Connection, prefix: str) -> DocumentRecord:
    """The document whose id begins with ``prefix``. Raises as :func:`resolve` does."""
    for found in records(connection, doc_id=prefix) if _WHOLE.fullmatch(prefix) else ():
        return found
    whole = resolve(connection, prefix)
    for found in records(connection, doc_id=whole):
        return found
    raise _deleted_just_now(whole)


def column(connection: Connection, name: str, prefix: str) -> Any:
    """One column of the document whose id begins with ``prefix``. Raises as :func:`resolve` does."""
    whole = resolve(connection, prefix)
    found = connection.execute(f"SELECT {name} FROM documents WHERE doc_id = ?", (whole,)).fetchone()
    if found is None:
        raise _deleted_just_now(whole)
    return found[0]


def predecessor(connection: Connection, doc_id: str, source: str) -> Predecessor | None:
    """The document of this whole id, else the one that the source holds; None where there is neither."""
    same = "SELECT metadata, edited FROM documents WHERE doc_id = ?"
    older = "SELECT metadata, edited FROM documents JOIN sources USING (doc) WHERE source = ?"
    for statement, value in ((same, doc_id), (older, source)):
        for metadata, edited in connection.execute(statement, (value,)).fetchall():
            return Predecessor(read_metadata(metadata), read_edited(edited), statement is same)
    return None


def _deleted_just_now(doc_id: str) -> DocumentNotFound:
    return DocumentNotFound(f"the document {doc_id} was deleted just now; list the documents")


def _records(rows: Iterable[Sequence[Any]]) -> Iterator[DocumentRecord]:
    """From rows by document, one for each of its sources."""
    for _, group in groupby(rows, key=itemgetter(0)):
        found = [*group]
        sources = sorted(row[-1] for row in found if row[-1] is not None)
        yield _record(found[0][1:-1], tuple(sources))


def _record(row: Sequence[Any], sources: tuple[str, ...]) -> DocumentRecord:
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
        sources=sources,
        edited={name: {"read": value} for name, value in read_edited(row[12]).items()},
    )
