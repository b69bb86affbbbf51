"""A store in any SQL database; see :class:`Store`."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager

from sinkqa.index.arrays import Floats, Rows
from sinkqa.index.errors import LibraryDamaged, LibraryFormatMismatch
from sinkqa.index.hit import Filters
from sinkqa.index.naming.known import Known
from sinkqa.index.naming.version import names_version
from sinkqa.index.references.mention import References
from sinkqa.index.store import writing
from sinkqa.index.store.checking import document_damages, found_by, orphans
from sinkqa.index.store.documents import catalogue, names, passages
from sinkqa.index.store.documents.catalogue import AddResult, Census, DocumentRecord, Predecessor, Size
from sinkqa.index.store.documents.document_rows import Packed
from sinkqa.index.store.documents.kept import Kept, read_kept
from sinkqa.index.store.documents.names import NAMES_VERSION, Shared
from sinkqa.index.store.documents.serialization import read_pages, unpack, unpack_boxes, unpack_text
from sinkqa.index.store.history import changes_since
from sinkqa.index.store.meta import find_meta, set_meta
from sinkqa.index.store.rows import features_of, filtered_rows, held_rows, stored_passages
from sinkqa.index.store.sql import Connection
from sinkqa.index.store.statements import defined_terms, stated_rows
from sinkqa.index.store.store import Changes, Features, StoredPassage
from sinkqa.index.store.writing import Transaction
from sinkqa.ingest.document import Page
from sinkqa.ingest.passage import SPLITTER_VERSION, Passage


class SqlStore(ABC):
    """The part of a store that is the same for every database. Subclasses give connection, transactions and locks.

    During :meth:`writing`, a subclass keeps its :class:`Transaction` in ``_open.transaction``.
    """

    read_only = False

    def __init__(self) -> None:
        self._open = threading.local()

    @property
    @abstractmethod
    def connection(self) -> Connection:
        """This thread's connection, inside its transaction if it holds one."""

    @property
    @abstractmethod
    def where(self) -> str:
        """A path, or an address without its password, for messages."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """One unchanging view for this thread. Within another reading, the same view."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """One transaction, durable when left without an error."""

    @abstractmethod
    def alone(self, *, timeout_s: float | None = None) -> AbstractContextManager[None]:
        """The right to write derived files. Within another one of this thread, the same."""

    @abstractmethod
    def close(self) -> None:
        """Closes all connections."""

    @abstractmethod
    def database_damages(self) -> Iterator[str]:
        """Damage that the database itself finds in its files."""

    def check_made_by(self) -> None:
        """Raises LibraryFormatMismatch if other rules than the present ones made the passages or names."""
        if self.find_meta(NAMES_VERSION) != names_version():
            raise LibraryFormatMismatch(
                f"the names of the documents in {self.where} were made by other rules than this SinkQA's: open it once "
                "where it can be written to, or use the version that wrote it"
            )
        if self.meta("splitter") != SPLITTER_VERSION:
            raise LibraryFormatMismatch(
                f"the passages in {self.where} were split by splitter {self.meta('splitter')}, this SinkQA splits by "
                f"{SPLITTER_VERSION}: add its documents to a new library"
            )

    @property
    def _transaction(self) -> Transaction:
        transaction: Transaction | None = getattr(self._open, "transaction", None)
        if transaction is None:
            raise RuntimeError("a change to the store stands outside of writing()")
        return transaction

    @property
    def generation(self) -> int:
        """Number of changes ever committed."""
        found = self.meta("generation")
        if not found.isdecimal():
            raise LibraryDamaged(f"cannot read {self.where}: its generation is {found[:40]!r}; restore it from a copy")
        return int(found)

    def meta(self, name: str) -> str:
        """The setting of this name. Raises LibraryDamaged if it was never set."""
        if (found := self.find_meta(name)) is None:
            raise LibraryDamaged(f"cannot read {self.where}: it has no {name}; restore it from a copy")
        return found

    def find_meta(self, name: str) -> str | None:
        """The setting of this name; None if it was never set."""
        return find_meta(self.connection, name)

    def set_meta(self, name: str, value: str) -> None:
        """Sets a setting, inside the caller's transaction if there is one."""
        set_meta(self.connection, name, value)

    def records(self, *, most: int | None = None) -> list[DocumentRecord]:
        """All documents, or the first ``most``, in the order they were added."""
        return catalogue.records(self.connection, most=most)

    def census(self) -> Census:
        """Counts of documents by jurisdiction and language."""
        return catalogue.census(self.connection)

    def headings(self, doc_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The highest headings of documents, by their whole ids."""
        return catalogue.headings(self.connection, doc_ids)

    def record(self, doc_id: str) -> DocumentRecord:
        """The document with this id, or the only one whose id begins so."""
        return catalogue.record(self.connection, doc_id)

    def resolve(self, doc_id: str) -> str:
        """The full id of that document."""
        return catalogue.resolve(self.connection, doc_id)

    def size(self) -> Size:
        """Number of documents and their bytes."""
        return catalogue.size(self.connection)

    def shared(self, keys: Sequence[str], *, most: int) -> dict[str, Shared]:
        """Those of the keys that any document has."""
        return names.shared_keys(self.connection, keys, most=most)

    def named(self, keys: Sequence[str], *, most: int, among: Sequence[int] | None = None) -> dict[str, list[int]]:
        """Numbers of the documents with the keys."""
        return names.named_documents(self.connection, keys, most=most, among=among)

    def known(self, docs: Sequence[int]) -> dict[int, Known]:
        """Names of documents, by their numbers."""
        return names.known_documents(self.connection, docs)

    def known_as(self, doc_id: str) -> Known:
        """The names of this document."""
        return names.known_of(self.connection, self.resolve(doc_id))

    def references(self, doc_id: str) -> References:
        """What the document says of documents."""
        return names.read_references_of(self.connection, self.resolve(doc_id))

    def text(self, doc_id: str) -> str:
        """The source text."""
        return unpack_text(catalogue.column(self.connection, "text", doc_id))

    def content(self, doc_id: str) -> bytes:
        """The original bytes."""
        return unpack(catalogue.column(self.connection, "content", doc_id))

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """The pages, in order."""
        return read_pages(catalogue.column(self.connection, "pages", doc_id))

    def boxes(self, doc_id: str) -> Floats | None:
        """As ``Document.boxes``, within 1/32 point."""
        packed = catalogue.column(self.connection, "boxes", doc_id)
        return None if packed is None else unpack_boxes(packed)

    def passages(self, doc_id: str, *, most: int = -1) -> list[Passage]:
        """The document's passages in reading order, or the first ``most``."""
        return passages.passages(self.connection, self.resolve(doc_id), most=most)

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """The passages of its document up to ``reach`` places from this one."""
        return passages.near(self.connection, passage_id, reach=reach)

    def after(self, passage_id: str, *, most: int) -> list[Passage]:
        """The passages that follow this one in its document."""
        return passages.after(self.connection, passage_id, most=most)

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id."""
        return passages.passage(self.connection, passage_id)

    def stored(self, rows: Sequence[int]) -> dict[int, StoredPassage]:
        """For each row that exists, the values that a hit needs."""
        return stored_passages(self.connection, rows)

    def stated(
        self, kind: str, *, term: str | None, filters: Filters | None, most: int | None
    ) -> list[tuple[int, int, str]]:
        """Row, unit and term of the first statements of a kind."""
        return stated_rows(self.connection, kind, term=term, filters=filters, most=most)

    def defined_terms(self, filters: Filters | None) -> list[str]:
        """The distinct defined terms."""
        return defined_terms(self.connection, filters=filters)

    def predecessor(self, doc_id: str, source: str) -> Predecessor | None:
        """The document with this full id, otherwise the one that the source holds."""
        return catalogue.predecessor(self.connection, doc_id, source)

    def kept(self, doc_id: str) -> Kept:
        """A document as stored."""
        return read_kept(self.connection, self.resolve(doc_id), self.meta("encoder"))

    def free_sources(self, sources: Sequence[str]) -> list[str]:
        """Those of ``sources`` that hold no document."""
        return writing.free_sources(self.connection, sources)

    def put(self, packed: Packed, *, leave: Callable[[str], None] | None = None) -> AddResult:
        """Writes a document unless the same reading is stored."""
        return writing.put_document(self._transaction, packed, leave=leave or (lambda doc_id: None))

    def put_kept(self, kept: Kept, *, added_at: str | None = None) -> None:
        """Writes a document with the rows it had elsewhere."""
        writing.put_kept(self._transaction, kept, added_at=added_at)

    def change(self, packed: Packed, *, anew: bool) -> None:
        """Rewrites the metadata of a stored document."""
        writing.change_document(self._transaction, packed, anew=anew)

    def remove(self, doc_id: str) -> None:
        """Deletes a document, by its full id."""
        writing.remove_document(self._transaction, doc_id)

    def rows(self, filters: Filters) -> Rows | None:
        """Rows of the passages that meet every condition."""
        return filtered_rows(self.connection, filters)

    def held(self, rows: Rows) -> Rows:
        """Those of the rows that exist."""
        return held_rows(self.connection, rows)

    def changes(self, since: int | None) -> Changes | None:
        """The changes after the generation ``since``."""
        with self.reading():
            return changes_since(self.connection, since, generation=self.generation)

    def features(self, rows: Rows) -> Iterator[Features]:
        """Search features of the rows, by row, ascending."""
        return features_of(self.connection, rows)

    def problems(self, dim: int) -> list[str]:
        """Problems of the store; unreadable parts do not hide others."""
        checks: tuple[Callable[[], Iterator[str]], ...] = (
            self.database_damages,
            lambda: orphans(self.connection, dim),
            lambda: document_damages(self.connection),
        )
        return [damage for check in checks for damage in found_by(check, self.reading())]
