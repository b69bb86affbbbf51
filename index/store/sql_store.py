"""Storing step of the flow: a store in an SQL database, whichever; see :class:`Store`."""

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
from sinkqa.index.store import writing
from sinkqa.index.store.checking import document_damages, found_by, orphans
from sinkqa.index.store.documents import catalogue, names, passages
from sinkqa.index.store.documents.catalogue import AddResult, Census, DocumentRecord, Predecessor, Size
from sinkqa.index.store.documents.columns import read_pages, unpack, unpack_boxes, unpack_text
from sinkqa.index.store.documents.kept import Kept, read_kept
from sinkqa.index.store.documents.names import NAMES_VERSION, Shared
from sinkqa.index.store.documents.packed import Packed
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
    """All that is the same in every database. A kind gives the connection, transactions and the right to write.

    While :meth:`writing` is held, a kind keeps its :class:`Transaction` in ``_open.transaction``.
    """

    read_only = False

    def __init__(self) -> None:
        self._open = threading.local()

    @property
    @abstractmethod
    def connection(self) -> Connection:
        """This thread's connection, inside its transaction where it holds one."""

    @property
    @abstractmethod
    def where(self) -> str:
        """For messages: a path, or an address without its password."""

    @abstractmethod
    def reading(self) -> AbstractContextManager[None]:
        """One unchanging view for this thread; within another one, the same."""

    @abstractmethod
    def writing(self) -> AbstractContextManager[None]:
        """One transaction, durable when it is left without an error."""

    @abstractmethod
    def alone(self, *, timeout_s: float | None = None) -> AbstractContextManager[None]:
        """The right to write derived files; within another one of this thread, the same."""

    @abstractmethod
    def close(self) -> None:
        """Closes all connections."""

    @abstractmethod
    def database_damages(self) -> Iterator[str]:
        """What the database itself finds wrong in its files."""

    def check_made_by(self) -> None:
        """Raises LibraryFormatMismatch where passages or names were made by other rules than those of today."""
        if self.find_meta(NAMES_VERSION) != names_version():
            raise LibraryFormatMismatch(
                f"the names of the documents in {self.where} were made by other words than this SinkQA's: open it once "
                "where it can be written to, or use the version that wrote it"
            )
        if self.meta("splitter") != SPLITTER_VERSION:
            raise LibraryFormatMismatch(
                f"the passages in {self.where} were cut by splitter {self.meta('splitter')}, this SinkQA cuts by "
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
        """The setting of this name; LibraryDamaged where it was never set."""
        if (found := self.find_meta(name)) is None:
            raise LibraryDamaged(f"cannot read {self.where}: it has no {name}; restore it from a copy")
        return found

    def find_meta(self, name: str) -> str | None:
        """The setting of this name; None where it was never set."""
        return find_meta(self.connection, name)

    def set_meta(self, name: str, value: str) -> None:
        """Sets a setting, inside the caller's transaction where there is one."""
        set_meta(self.connection, name, value)

    def records(self, *, most: int | None = None) -> list[DocumentRecord]:
        """All documents, or the first of them, in the order they were added."""
        return catalogue.records(self.connection, most=most)

    def census(self) -> Census:
        """How many documents there are of each sort."""
        return catalogue.census(self.connection)

    def headings(self, doc_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """The highest headings of documents, by their whole ids."""
        return catalogue.headings(self.connection, doc_ids)

    def record(self, doc_id: str) -> DocumentRecord:
        """The document with this id, or the only one that begins so."""
        return catalogue.record(self.connection, doc_id)

    def resolve(self, doc_id: str) -> str:
        """The whole id of that document."""
        return catalogue.resolve(self.connection, doc_id)

    def size(self) -> Size:
        """Documents and their bytes."""
        return catalogue.size(self.connection)

    def shared(self, keys: Sequence[str], *, most: int) -> dict[str, Shared]:
        """Those of the keys that any document has."""
        return names.shared_keys(self.connection, keys, most=most)

    def named(self, keys: Sequence[str], *, most: int, among: Sequence[int] | None = None) -> dict[str, list[int]]:
        """Numbers of the documents that have the keys."""
        return names.named_documents(self.connection, keys, most=most, among=among)

    def known(self, docs: Sequence[int]) -> dict[int, Known]:
        """What documents are called, by their numbers."""
        return names.known_documents(self.connection, docs)

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
        """The document's passages in reading order, or the first of them."""
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
        """What a hit needs of each row that is there."""
        return stored_passages(self.connection, rows)

    def stated(
        self, kind: str, *, term: str | None, filters: Filters | None, most: int | None
    ) -> list[tuple[int, int, str]]:
        """Row, unit and term of the first statements of a kind."""
        return stated_rows(self.connection, kind, term=term, filters=filters, most=most)

    def defined_terms(self, filters: Filters | None) -> list[str]:
        """The distinct terms that are defined."""
        return defined_terms(self.connection, filters=filters)

    def predecessor(self, doc_id: str, source: str) -> Predecessor | None:
        """The document of this whole id, else the one that the source holds."""
        return catalogue.predecessor(self.connection, doc_id, source)

    def kept(self, doc_id: str) -> Kept:
        """A document as it is stored."""
        return read_kept(self.connection, self.resolve(doc_id), self.meta("encoder"))

    def free_sources(self, sources: Sequence[str]) -> list[str]:
        """Those of ``sources`` that hold no document."""
        return writing.free_sources(self.connection, sources)

    def put(self, packed: Packed, *, leave: Callable[[str], None] | None = None) -> AddResult:
        """Writes a document unless it is there as it was read."""
        return writing.put_document(self._transaction, packed, leave=leave or (lambda doc_id: None))

    def put_kept(self, kept: Kept, *, added_at: str | None = None) -> None:
        """Writes a document as it was elsewhere."""
        writing.put_kept(self._transaction, kept, added_at=added_at)

    def change(self, packed: Packed, *, anew: bool) -> None:
        """Writes anew what is known of a document that is there."""
        writing.change_document(self._transaction, packed, anew=anew)

    def remove(self, doc_id: str) -> None:
        """Deletes a document, by its whole id."""
        writing.remove_document(self._transaction, doc_id)

    def rows(self, filters: Filters) -> Rows | None:
        """Rows of the passages that meet every condition."""
        return filtered_rows(self.connection, filters)

    def held(self, rows: Rows) -> Rows:
        """Those of the rows that are there."""
        return held_rows(self.connection, rows)

    def changes(self, since: int | None) -> Changes | None:
        """What changed after the generation ``since``."""
        with self.reading():
            return changes_since(self.connection, since, generation=self.generation)

    def features(self, rows: Rows) -> Iterator[Features]:
        """What search needs of the rows, by row, ascending."""
        return features_of(self.connection, rows)

    def problems(self, dim: int) -> list[str]:
        """What is wrong with the store; what cannot be read hides nothing else."""
        checks: tuple[Callable[[], Iterator[str]], ...] = (
            self.database_damages,
            lambda: orphans(self.connection, dim),
            lambda: document_damages(self.connection),
        )
        return [damage for check in checks for damage in found_by(check, self.reading())]
