"""Storing step of the flow: the seam behind which a library's documents are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.hit import Filters
from sinkqa.index.naming.known import Known
from sinkqa.index.store.documents.catalogue import AddResult, Census, DocumentRecord, Predecessor, Size
from sinkqa.index.store.documents.kept import Kept
from sinkqa.index.store.documents.names import Shared
from sinkqa.index.store.documents.packed import Packed
from sinkqa.ingest.document import Metadata, Page
from sinkqa.ingest.passage import Passage


class Features(NamedTuple):
    """What search needs of one row, packed as it is stored; unpacked by ``index.store.documents.columns``.

    ``terms`` by ``unpack_terms``, ``vector`` by ``unpack_vectors`` or ``unpack_halves``, ``tokens`` by
    ``unpack_tokens``.
    """

    row: int
    passage_id: str
    language: str
    terms: bytes
    vector: bytes
    tokens: bytes


class Changes(NamedTuple):
    """What changed between a generation and now, which is ``generation``.

    ``added``, int64, ascending: rows that are there now and were not then. ``removed``, int64, ascending: rows that
    were there then and are not now. A row never changes, and no number is used twice.
    """

    generation: int
    added: Rows
    removed: Rows


class StoredPassage(NamedTuple):
    """What a hit needs of one row. ``title`` falls back on the file's name; ``terms``: by ``unpack_terms``."""

    title: str
    about: Metadata
    passage: Passage
    terms: bytes


class Store(Protocol):
    """The one truth of a library: documents, their passages, and what search needs of each, in numbered rows.

    Safe to use from several threads and processes: a reader never waits for a writer. Two kinds:
    :class:`SqliteStore` in a folder, and a PostgreSQL database. Methods that take a ``doc_id``
    raise DocumentNotFound or AmbiguousDocument where it names none, or several; those that write need
    :meth:`writing` around them. Where something stored cannot be read, LibraryDamaged is raised.
    """

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written here."""
        ...

    @property
    def where(self) -> str:
        """For messages: a path, or an address without its password."""
        ...

    @property
    def generation(self) -> int:
        """Number of changes ever committed."""
        ...

    def meta(self, name: str) -> str:
        """The setting of this name; LibraryDamaged where it was never set."""
        ...

    def find_meta(self, name: str) -> str | None:
        """The setting of this name; None where it was never set."""
        ...

    def set_meta(self, name: str, value: str) -> None:
        """Sets a setting, inside the caller's transaction where there is one."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """Inside, this thread sees one unchanging view; within another one, the same."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """One transaction, durable when it is left without an error; the generation grows in it if anything changed.

        Raises:
            LibraryBusy: another writer did not finish in time.
            LibraryReadOnly, DiskFull: see their names.
        """
        ...

    def alone(self, *, timeout_s: float | None = None) -> AbstractContextManager[None]:
        """The right to write files derived from the store; within another one of this thread, the same.

        Whoever writes to the store as well holds it around :meth:`writing`. ``timeout_s``: how long to wait for it,
        by default as long as this store waits for a writer. Raises as :meth:`writing` does.
        """
        ...

    def close(self) -> None:
        """Closes all connections."""
        ...

    def records(self, *, most: int | None = None) -> list[DocumentRecord]:
        """All documents, or the first of them, in the order they were added."""
        ...

    def census(self) -> Census:
        """How many documents there are of each sort."""
        ...

    def headings(self, doc_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The distinct highest headings of documents, in order, by whole ids; those that are gone are left out."""
        ...

    def record(self, doc_id: str) -> DocumentRecord:
        """The document with this id, or the only one that begins so (6 hex digits or more)."""
        ...

    def resolve(self, doc_id: str) -> str:
        """The whole id of that document."""
        ...

    def size(self) -> Size:
        """Documents and their bytes."""
        ...

    def shared(self, keys: Sequence[str], *, most: int) -> dict[str, Shared]:
        """Those of the keys of ``index.naming.known`` that any document has; counting ends at ``most``."""
        ...

    def named(self, keys: Sequence[str], *, most: int, among: Sequence[int] | None = None) -> dict[str, list[int]]:
        """Numbers of the documents that have the keys, in the order they were added; at most so many for all keys.

        ``among``: only those of these documents.
        """
        ...

    def known(self, docs: Sequence[int]) -> dict[int, Known]:
        """What documents are called, by their numbers; those that are gone are left out."""
        ...

    def text(self, doc_id: str) -> str:
        """The source text."""
        ...

    def content(self, doc_id: str) -> bytes:
        """The original bytes."""
        ...

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """The pages, in order."""
        ...

    def boxes(self, doc_id: str) -> Floats | None:
        """As ``Document.boxes``, within 1/32 point."""
        ...

    def passages(self, doc_id: str, *, most: int = -1) -> list[Passage]:
        """The document's passages in reading order, or the first of them."""
        ...

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """The passages of its document up to ``reach`` places from this one, itself among them, in reading order."""
        ...

    def after(self, passage_id: str, *, most: int) -> list[Passage]:
        """The passages that follow this one in its document, in reading order; none where it is gone."""
        ...

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id; PassageNotFound where there is none."""
        ...

    def stored(self, rows: Sequence[int]) -> dict[int, StoredPassage]:
        """What a hit needs of each row that is there, by row."""
        ...

    def stated(
        self, kind: str, *, term: str | None, filters: Filters | None, most: int | None
    ) -> list[tuple[int, int, str]]:
        """Row, unit and term of the first statements of a kind, in the order documents were added and are read."""
        ...

    def defined_terms(self, filters: Filters | None) -> list[str]:
        """The distinct terms that are defined, in the order of their code points."""
        ...

    def predecessor(self, doc_id: str, source: str) -> Predecessor | None:
        """The document of this whole id, else the one that the source holds; None where there is neither."""
        ...

    def kept(self, doc_id: str) -> Kept:
        """A document as it is stored, to be written elsewhere or anew."""
        ...

    def free_sources(self, sources: Sequence[str]) -> list[str]:
        """Those of ``sources`` that hold no document."""
        ...

    def put(self, packed: Packed, *, leave: Callable[[str], None] | None = None) -> AddResult:
        """Writes a document unless it is there as it was read, in place of what its source held before.

        ``leave`` is called with the id of a document that is about to be superseded.
        """
        ...

    def put_kept(self, kept: Kept, *, added_at: str | None = None) -> None:
        """Writes a document as it was elsewhere, in place of the same; its sources are its own from now on."""
        ...

    def change(self, packed: Packed, *, anew: bool) -> None:
        """Writes anew what is known of a document that is there; ``anew``: its passages too, in other rows."""
        ...

    def remove(self, doc_id: str) -> None:
        """Deletes a document, by its whole id, leaving nothing of it; nothing happens where it is not there."""
        ...

    def rows(self, filters: Filters) -> Rows | None:
        """Rows of the passages that meet every condition, ascending; None where there is no condition."""
        ...

    def held(self, rows: Rows) -> Rows:
        """Those of the rows that are there, ascending."""
        ...

    def changes(self, since: int | None) -> Changes | None:
        """What changed after the generation ``since``; with None for it, everything is added.

        None where that generation is too long ago, or never was: then begin anew.
        """
        ...

    def features(self, rows: Rows) -> Iterator[Features]:
        """What search needs of the rows, by row, ascending, read in batches; rows that are gone are left out."""
        ...

    def problems(self, dim: int) -> list[str]:
        """What is wrong with the store, one line each; reads all of it. ``dim``: of the encoder's vectors."""
        ...
