"""The interface of stores, which keep a library's documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, Protocol

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.hit import Filters
from sinkqa.index.naming.known import Known
from sinkqa.index.references.mention import References
from sinkqa.index.store.documents.catalogue import AddResult, Census, DocumentRecord, Predecessor, Size
from sinkqa.index.store.documents.document_rows import Packed
from sinkqa.index.store.documents.kept import Kept
from sinkqa.index.store.documents.names import Shared
from sinkqa.ingest.document import Metadata, Page
from sinkqa.ingest.passage import Passage


class Features(NamedTuple):
    """The packed data that search needs of one row. ``index.store.documents.serialization`` unpacks it.

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
    """The changes from a generation to the present one, ``generation``.

    ``added``, int64, ascending: rows that exist now and did not then. ``removed``, int64, ascending: rows that existed
    then and do not now. A row never changes, and no number is used twice.
    """

    generation: int
    added: Rows
    removed: Rows


class StoredPassage(NamedTuple):
    """The values that a hit needs of one row. ``title`` is the file's name if there is no title.

    ``terms`` are packed.
    """

    title: str
    about: Metadata
    passage: Passage
    terms: bytes


class Store(Protocol):
    """The single source of truth of a library: documents, their passages, and search features, in numbered rows.

    Safe to use from several threads and processes; a reader never waits for a writer. Two kinds exist:
    :class:`SqliteStore` in a folder, and a PostgreSQL database. Methods that take a ``doc_id`` raise DocumentNotFound
    or AmbiguousDocument if it names none, or several. Methods that write need :meth:`writing` around them. If stored
    data cannot be read, LibraryDamaged is raised.
    """

    @property
    def read_only(self) -> bool:
        """Whether nothing can be written here."""
        ...

    @property
    def where(self) -> str:
        """A path, or an address without its password, for messages."""
        ...

    @property
    def generation(self) -> int:
        """Number of changes ever committed."""
        ...

    def meta(self, name: str) -> str:
        """The setting of this name. Raises LibraryDamaged if it was never set."""
        ...

    def find_meta(self, name: str) -> str | None:
        """The setting of this name; None if it was never set."""
        ...

    def set_meta(self, name: str, value: str) -> None:
        """Sets a setting, inside the caller's transaction if there is one."""
        ...

    def reading(self) -> AbstractContextManager[None]:
        """Within this context, the thread sees one unchanging view. Within another reading, the same view."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """One transaction, durable when left without an error. The generation rises if anything changed.

        Raises:
            LibraryBusy: another writer did not finish in time.
            LibraryReadOnly, DiskFull: see their names.
        """
        ...

    def alone(self, *, timeout_s: float | None = None) -> AbstractContextManager[None]:
        """The right to write files derived from the store. Within another one of this thread, the same.

        A writer of the store holds it around :meth:`writing`. ``timeout_s``: how long to wait for it, by default as
        long as this store waits for a writer. Raises as :meth:`writing` does.
        """
        ...

    def close(self) -> None:
        """Closes all connections."""
        ...

    def records(self, *, most: int | None = None) -> list[DocumentRecord]:
        """All documents, or the first ``most``, in the order they were added."""
        ...

    def census(self) -> Census:
        """Counts of documents by jurisdiction and language."""
        ...

    def headings(self, doc_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Returns the distinct highest headings of documents, in order, by full ids.

        Leaves out documents that no longer exist.
        """
        ...

    def record(self, doc_id: str) -> DocumentRecord:
        """Returns the document with this id, or the only one whose id begins with it (6 hex digits or more)."""
        ...

    def resolve(self, doc_id: str) -> str:
        """Returns the full id of the document with this id or prefix."""
        ...

    def size(self) -> Size:
        """Number of documents and their bytes."""
        ...

    def shared(self, keys: Sequence[str], *, most: int) -> dict[str, Shared]:
        """Returns those of the keys of ``index.naming.known`` that any document has. Counting ends at ``most``."""
        ...

    def named(self, keys: Sequence[str], *, most: int, among: Sequence[int] | None = None) -> dict[str, list[int]]:
        """Returns numbers of the documents with the keys, in the order of adding; at most ``most`` for all keys.

        ``among``: only documents with these numbers.
        """
        ...

    def known(self, docs: Sequence[int]) -> dict[int, Known]:
        """Names of documents, by their numbers. Deleted documents are left out."""
        ...

    def known_as(self, doc_id: str) -> Known:
        """The names of this document."""
        ...

    def references(self, doc_id: str) -> References:
        """What the document says of documents."""
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
        """The document's passages in reading order, or the first ``most``."""
        ...

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """The passages of its document up to ``reach`` places away, itself included, in reading order."""
        ...

    def after(self, passage_id: str, *, most: int) -> list[Passage]:
        """The passages that follow this one in its document, in reading order. Empty if this passage is gone."""
        ...

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id. Raises PassageNotFound if there is none."""
        ...

    def stored(self, rows: Sequence[int]) -> dict[int, StoredPassage]:
        """For each row that exists, the values that a hit needs, by row."""
        ...

    def stated(
        self, kind: str, *, term: str | None, filters: Filters | None, most: int | None
    ) -> list[tuple[int, int, str]]:
        """Returns row, unit and term of the first statements of a kind, in the order of adding and reading."""
        ...

    def defined_terms(self, filters: Filters | None) -> list[str]:
        """The distinct defined terms, in code-point order."""
        ...

    def predecessor(self, doc_id: str, source: str) -> Predecessor | None:
        """The document with this full id, otherwise the one that the source holds, otherwise None."""
        ...

    def kept(self, doc_id: str) -> Kept:
        """Returns a document as stored, which can be written elsewhere or again."""
        ...

    def free_sources(self, sources: Sequence[str]) -> list[str]:
        """Those of ``sources`` that hold no document."""
        ...

    def put(self, packed: Packed, *, leave: Callable[[str], None] | None = None) -> AddResult:
        """Writes a document unless the same reading is stored. It replaces the document that its source held before.

        ``leave`` is called with the id of a document that is about to be superseded.
        """
        ...

    def put_kept(self, kept: Kept, *, added_at: str | None = None) -> None:
        """Writes a document with its rows from elsewhere. It replaces the same document; its sources become its own."""
        ...

    def change(self, packed: Packed, *, anew: bool) -> None:
        """Rewrites the metadata of a stored document; with ``anew`` also its passages, in new rows."""
        ...

    def remove(self, doc_id: str) -> None:
        """Deletes a document and all its data, by its full id. Nothing happens if there is none."""
        ...

    def rows(self, filters: Filters) -> Rows | None:
        """Rows of the passages that meet every condition, ascending; None if there is no condition."""
        ...

    def held(self, rows: Rows) -> Rows:
        """Those of the rows that exist, ascending."""
        ...

    def changes(self, since: int | None) -> Changes | None:
        """Returns the changes after the generation ``since``. If that is None, everything counts as added.

        The result is None if that generation is too long ago or never existed. Then begin from scratch.
        """
        ...

    def features(self, rows: Rows) -> Iterator[Features]:
        """Search features of the rows, by row, ascending, read in batches. Deleted rows are left out."""
        ...

    def problems(self, dim: int) -> list[str]:
        """Reads the whole store and returns its problems, one line each.

        ``dim``: the length of the encoder's vectors.
        """
        ...
