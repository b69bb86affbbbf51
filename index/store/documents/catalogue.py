"""The documents of the store and their metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from sinkqa.index.errors import AmbiguousDocument, DocumentNotFound
from sinkqa.index.store.documents.serialization import read_edited, read_front, read_list, read_metadata
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

    ``title`` is the file's name if there is no title. ``type`` is the short format name of :class:`Filters`.
    ``added_at`` is UTC, ISO 8601. ``generation`` is the library's generation when the document was last added or
    corrected. ``sources`` are the places from which it was read. ``edited`` holds the original values of the corrected
    fields of ``metadata``.
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

    @property
    def has_pages(self) -> bool:
        """Whether the document has real pages. Otherwise all of the text is on the page numbered 1."""
        return self.type == "pdf" or self.n_pages > 1


@dataclass(frozen=True, slots=True)
class AddResult:
    """The outcome of adding a document. The document is durable and searchable when this is returned.

    ``unchanged``: the library held the same bytes, with the same passages. ``updated``: it held the same bytes, but the
    reading differed. ``superseded``: the doc_id of the source's former document, which was deleted.
    """

    doc_id: str
    status: Literal["added", "updated", "unchanged"]
    superseded: str | None
    n_passages: int
    generation: int


@dataclass(frozen=True, slots=True)
class Census:
    """The number of documents in a library, and the number for each jurisdiction and language, highest first."""

    documents: int
    jurisdictions: Mapping[str, int]
    languages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Size:
    """The number of documents in a library, and the total bytes of their files."""

    documents: int
    n_bytes: int


class Predecessor(NamedTuple):
    """Metadata and corrections of the document that another document will replace.

    ``is_same``: it has the same bytes, not only the same source.
    """

    metadata: Metadata
    edited: Mapping[str, str | int | None]
    is_same: bool


def size(connection: Connection) -> Size:
    """Returns the number of documents and their bytes."""
    return Size(*map(int, connection.execute("SELECT count(*), coalesce(sum(n_bytes), 0) FROM documents").fetchone()))


def census(connection: Connection) -> Census:
    """Counts all documents."""
    counted = (
        connection.execute(
            f"SELECT {column}, count(*) FROM documents WHERE {column} IS NOT NULL AND {column} <> '' "
            f"GROUP BY {column} ORDER BY count(*) DESC, min(doc)"
        )
        for column in ("jurisdiction", "language")
    )
    return Census(size(connection).documents, *(dict(found.fetchall()) for found in counted))


def headings(connection: Connection, doc_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Returns the highest headings of documents, by their full ids. Leaves out documents that no longer exist."""
    found: dict[str, tuple[str, ...]] = {}
    for marks, part in batches(doc_ids):
        for doc_id, front in connection.execute(f"SELECT doc_id, front FROM documents WHERE doc_id IN {marks}", part):
            found[doc_id] = read_front(front)[1]
    return found


def resolve(connection: Connection, prefix: str) -> str:
    """Returns the full id that begins with ``prefix``, at least 6 hex digits.

    Raises:
        DocumentNotFound: no id does, or ``prefix`` is not hexadecimal or is too short.
        AmbiguousDocument: several ids do.
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
    """Returns all documents in the order in which they were added, the first ``most``, or the one with this full id."""
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
    """Returns the document whose id begins with ``prefix``. Raises the errors of :func:`resolve`."""
    for found in records(connection, doc_id=prefix) if _WHOLE.fullmatch(prefix) else ():
        return found
    whole = resolve(connection, prefix)
    for found in records(connection, doc_id=whole):
        return found
    raise _deleted_just_now(whole)


def column(connection: Connection, name: str, prefix: str) -> Any:
    """Returns one column of the document whose id begins with ``prefix``. Raises the errors of :func:`resolve`."""
    whole = resolve(connection, prefix)
    found = connection.execute(f"SELECT {name} FROM documents WHERE doc_id = ?", (whole,)).fetchone()
    if found is None:
        raise _deleted_just_now(whole)
    return found[0]


def predecessor(connection: Connection, doc_id: str, source: str) -> Predecessor | None:
    """Returns the document with this full id, otherwise the one that the source holds, otherwise None."""
    same = "SELECT metadata, edited FROM documents WHERE doc_id = ?"
    older = "SELECT metadata, edited FROM documents JOIN sources USING (doc) WHERE source = ?"
    for statement, value in ((same, doc_id), (older, source)):
        for metadata, edited in connection.execute(statement, (value,)).fetchall():
            return Predecessor(read_metadata(metadata), read_edited(edited), statement is same)
    return None


def _deleted_just_now(doc_id: str) -> DocumentNotFound:
    return DocumentNotFound(f"the document {doc_id} was deleted just now; list the documents")


def _records(rows: Iterable[Sequence[Any]]) -> Iterator[DocumentRecord]:
    """Makes records of rows sorted by document; a document has one row per source."""
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
