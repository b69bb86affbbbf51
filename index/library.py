"""The library: everything that was taken in, on disk, found again by search. The facade of this stage."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Any, Self

from index.arrays import Floats
from index.errors import DocumentNotFound, EncoderMismatch, LibraryReadOnly
from index.hit import Filters, Hit, SearchMode, Stated
from index.inspection import Problem, inspect
from index.models.encoder import Encoder, load_encoder
from index.models.reranker import Reranker, rerank
from index.query.fusion import DEFAULT_WEIGHTS, Weights
from index.query.retrieval import DEPTH, LONGEST_QUERY, prepare, ranked, read_hits, read_stated
from index.search.backend import Recall, Searcher
from index.search.local import LocalBackend
from index.search.query import Query
from index.store import catalogue, reading
from index.store.catalogue import AddResult, DocumentRecord, Front, Size
from index.store.columns import read_pages, unpack, unpack_boxes, unpack_text
from index.store.connection import stands
from index.store.corrections import Corrections, corrected, inherited
from index.store.kept import read_kept
from index.store.lock import write_lock
from index.store.packed import Packed, pack_document
from index.store.renewing import encode_anew, is_upgradable, upgrade
from index.store.sqlite import Store, begin_store
from index.store.trash import Trash
from ingest.document import Document, Page
from ingest.passage import Passage
from ingest.provisions.formulae import ProvisionKind

STORE_FILE = "library.sqlite"
_GROUP_S = 1.0  # a commit and its index generation cost about 0.1 s: documents that come faster share one
_PATIENCE = 5.0  # seconds of documents for each second of the last commit: indexing stays a sixth of the time


@dataclass(frozen=True, slots=True)
class Addition:
    """A document to add. ``source``: see :class:`index.store.packed.Packed`; by default the document's name."""

    document: Document
    passages: Sequence[Passage]
    source: str | None = None


class Library:
    """One folder with one library. Safe to use from several threads and processes.

    Searching sees the newest generation; a hit whose text was deleted is never given.
    """

    def __init__(self, store: Store, encoder: Encoder, *, lock_timeout_s: float, weights: Weights) -> None:
        self.encoder, self.weights = encoder, weights
        self._store, self._lock_timeout_s = store, lock_timeout_s
        self._backend = LocalBackend(store, encoder=encoder.fingerprint, dim=encoder.dim)
        self._held = threading.local()

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        create: bool = False,
        encoder: Encoder | str | Path | None = None,
        reencode: bool = False,
        lock_timeout_s: float = 30.0,
        weights: Weights = DEFAULT_WEIGHTS,
    ) -> Library:
        """Opens the library in ``folder``; ``create`` begins one where there is none.

        ``encoder`` is one, or a name for :func:`index.models.encoder.load_encoder`. A library holds the vectors of one
        encoder; ``reencode`` makes them anew with this one where they are another's.

        Raises:
            LibraryNotFound, LibraryReadOnly, LibraryFormatMismatch, LibraryDamaged, LibraryBusy: see their names.
            EncoderMismatch: the vectors are another encoder's, and ``reencode`` is not set.
            EncoderMissing: there is no such encoder.
        """
        path = Path(folder) / STORE_FILE
        chosen = load_encoder(encoder) if encoder is None or isinstance(encoder, str | Path) else encoder
        if create and not stands(path):
            begin_store(path, encoder=chosen.fingerprint, lock_timeout_s=lock_timeout_s)
        writable = os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
        if writable and is_upgradable(path):
            with write_lock(path.parent, timeout_s=lock_timeout_s):
                upgrade(path)
        store = Store(path, read_only=stands(path) and not writable)
        library = cls(store, chosen, lock_timeout_s=lock_timeout_s, weights=weights)
        if store.meta("encoder") != chosen.fingerprint:
            if not reencode:
                store.close()
                raise EncoderMismatch(
                    f"the vectors in {folder} were made by the encoder {store.meta('encoder')}, not by {chosen.name} "
                    f"({chosen.fingerprint}): choose that encoder again, or rebuild the library with this one"
                )
            with library._writing() as connection:
                encode_anew(connection, chosen)
                store.set_meta("encoder", chosen.fingerprint)
        return library

    @staticmethod
    def exists(folder: Path | str) -> bool:
        """Whether a library stands in the folder. Raises LibraryUnreadable where nobody can tell."""
        return stands(Path(folder) / STORE_FILE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the store's connections."""
        self._store.close()

    @property
    def generation(self) -> int:
        """Number of changes ever committed to the library, by any process."""
        return self._store.generation

    def add(self, document: Document, passages: Sequence[Passage], *, source: str | None = None) -> AddResult:
        """Adds one document; see :class:`Addition` and :class:`AddResult`. Many cost less by :meth:`add_all`."""
        (result,) = self.add_all([Addition(document, passages, source)])
        return result

    def add_all(
        self, additions: Iterable[Addition | Packed], *, group_s: float = _GROUP_S, trash: Trash | None = None
    ) -> Iterator[AddResult]:
        """Adds documents, packed here or elsewhere, as they come and gives their results in that order.

        Those that come within ``group_s`` seconds share one commit, and each result is given after it; where a commit
        takes long, as in a large library, the next waits longer. An error leaves out the group that was not
        committed, and no earlier one. What is superseded can be put back from a ``trash``.

        Raises:
            LibraryBusy: another process is writing.
            LibraryReadOnly: the folder cannot be written to.
            ValueError: passages of another document, spans outside the text, or vectors of another encoder.
        """
        group: list[Packed] = []
        began, patience_s = 0.0, group_s
        for addition in additions:
            began = began if group else monotonic()
            group.append(self._packed(addition))
            if monotonic() - began >= patience_s:
                began = monotonic()
                results = self._commit(group, trash)
                patience_s = group_s * max(1.0, _PATIENCE * (monotonic() - began))
                yield from results
                group = []
        if group:
            yield from self._commit(group, trash)

    def remove(self, doc_id: str, *, trash: Trash | None = None) -> DocumentRecord:
        """Deletes a document, by its id or at least 6 digits of it; from a ``trash`` it can be put back.

        Raises:
            DocumentNotFound, AmbiguousDocument, LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._writing() as connection:
            record = self.document(doc_id)
            if trash:
                trash.keep(connection, record.doc_id)
            catalogue.delete_named(connection, record.doc_id, generation=self._store.generation + 1)
        return record

    def edit(self, doc_id: str, changes: Corrections) -> DocumentRecord:
        """Corrects what is known of a document; all that is found and cited by it is so at once.

        Raises:
            DocumentNotFound, AmbiguousDocument, LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._writing() as connection:
            whole, after = catalogue.resolve(connection, doc_id), self._store.generation + 1
            old = read_kept(connection, whole, self.encoder.fingerprint).packed
            new = corrected(old, changes, self.encoder)
            if new != old:
                anew = (new.passages, new.features) != (old.passages, old.features)
                catalogue.change_document(connection, new, anew=anew, generation=after)
        return self.document(whole)

    def restore(self, doc_id: str, trash: Trash) -> DocumentRecord:
        """Puts back what was deleted into ``trash``; sources that hold another document by now stay with that one.

        Raises:
            DocumentNotFound, LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._writing() as connection:
            kept = trash.held(doc_id)
            for source in catalogue.free_sources(connection, kept.sources) or [f"restored:{doc_id}"]:
                self._put(connection, replace(kept.packed, source=source), None)
        trash.empty(older_than_s=0, doc_id=doc_id)
        return self.document(doc_id)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Inside, all that this thread searches and reads is of one generation, whatever is written meanwhile."""
        outer = getattr(self._held, "searcher", None)
        self._held.searcher = outer or self._backend.searcher()
        self._held.prepared = self._held.prepared if outer else {}
        try:
            with self._store.reading():
                yield
        finally:
            self._held.searcher = outer
            self._held.prepared = self._held.prepared if outer else None

    def documents(self) -> list[DocumentRecord]:
        """All documents, in the order they were added."""
        return catalogue.records(self._store.connection)

    def size(self) -> Size:
        """Documents and their bytes."""
        return catalogue.size(self._store.connection)

    def fronts(self) -> dict[str, Front]:
        """What each document shows of itself first, by doc_id."""
        return catalogue.fronts(self._store.connection)

    def document(self, doc_id: str) -> DocumentRecord:
        """The document with this id, or with the only id that begins with these 6 or more digits.

        Raises:
            DocumentNotFound, AmbiguousDocument: see their names.
        """
        return catalogue.record(self._store.connection, doc_id)

    def text(self, doc_id: str) -> str:
        """The source text, read anew from the store. Raises as :meth:`document` does."""
        return unpack_text(self._column("text", doc_id))

    def content(self, doc_id: str) -> bytes:
        """The original bytes. Raises as :meth:`document` does."""
        return unpack(self._column("content", doc_id))

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """The pages, in order. Raises as :meth:`document` does."""
        return read_pages(self._column("pages", doc_id))

    def boxes(self, doc_id: str) -> Floats | None:
        """As ``Document.boxes``, within 1/32 point. Raises as :meth:`document` does."""
        packed = self._column("boxes", doc_id)
        return None if packed is None else unpack_boxes(packed)

    def passages(self, doc_id: str, *, most: int = -1) -> list[Passage]:
        """The document's passages in reading order, or the first of them. Raises as :meth:`document` does."""
        return reading.passages(self._store.connection, catalogue.resolve(self._store.connection, doc_id), most=most)

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """The passages of its document up to ``reach`` places from this one, itself among them, in reading order."""
        return reading.near(self._store.connection, passage_id, reach=reach)

    def after(self, passage_id: str, *, most: int) -> list[Passage]:
        """The passages that follow this one in its document, in reading order; none where it is gone."""
        return reading.after(self._store.connection, passage_id, most=most)

    def passage(self, passage_id: str) -> Passage:
        """The passage with this id.

        Raises:
            PassageNotFound: there is none, or no longer.
        """
        return reading.passage(self._store.connection, passage_id)

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        mode: SearchMode = "hybrid",
        filters: Filters | None = None,
        reranker: Reranker | None = None,
    ) -> list[Hit]:
        """The best ``k`` passages, by score descending, ties by passage_id; a query without a known word has none.

        Only the first 2,000 code points of the query count. A ``reranker`` orders its best anew.

        Raises:
            DocumentNotFound, AmbiguousDocument: a filter names no document, or several.
        """
        if k < 1:
            raise ValueError(f"k must be 1 or more, got {k}")
        searcher = getattr(self._held, "searcher", None) or self._backend.searcher()
        prepared = self._prepared(query, searcher)
        if not prepared.groups and not prepared.vector.any():
            return []
        wanted = max(k, reranker.depth) if reranker else k
        with self._store.reading() as connection:
            found = searcher.candidates(prepared, depth=max(DEPTH, 2 * wanted), mode=mode, filters=filters)
            best = ranked(prepared, found, k=wanted, mode=mode, encoder=self.encoder, weights=self.weights)
            hits = read_hits(connection, best, prepared.groups)
        return rerank(reranker, query[:LONGEST_QUERY], hits)[:k] if reranker else hits

    def stating(
        self, kind: ProvisionKind, *, term: str | None = None, filters: Filters | None = None, most: int = 100
    ) -> list[Stated]:
        """Statements of a kind, or definitions of this term, in the order documents were added and are read.

        ``term``: as :func:`ingest.provisions.defining.term_key` gives it. Raises as :meth:`search` does.
        """
        with self._store.reading() as connection:
            allowed = catalogue.allowed_rows(connection, filters) if filters else None
            found = catalogue.stated_rows(connection, kind, term=term, allowed=allowed)[:most]
            return [read_stated(connection, *each) for each in found]

    def terms(self, *, filters: Filters | None = None) -> list[str]:
        """The distinct terms that documents define. Raises as :meth:`search` does."""
        with self._store.reading() as connection:
            allowed = catalogue.allowed_rows(connection, filters) if filters else None
            return catalogue.defined_terms(connection, allowed=allowed)

    def check(self) -> list[Problem]:
        """Everything that is wrong with the library on disk; reads all of it. Empty when all is well."""
        return inspect(self._store, self._backend, dim=self.encoder.dim)

    def recall(self) -> Recall | None:
        """How exact search by meaning is, measured with some stored vectors; None where nothing is indexed."""
        return self._backend.recall()

    def rebuild(self) -> None:
        """Makes the search indexes anew from the store.

        Raises:
            LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._lock():
            self._backend.sync(anew=True)

    def _prepared(self, query: str, searcher: Searcher) -> Query:
        """The query as the index takes it; inside :meth:`reading` each is prepared once for all filters."""
        kept: dict[str, Query] | None = getattr(self._held, "prepared", None)
        if kept is None:
            kept = {}
        if query not in kept:
            kept[query] = prepare(query, self.encoder, searcher.terms)
        return kept[query]

    def _packed(self, addition: Addition | Packed) -> Packed:
        if isinstance(addition, Addition):
            return pack_document(addition.document, addition.passages, self.encoder, source=addition.source)
        if addition.encoder != self.encoder.fingerprint:
            raise ValueError(f"vectors by {addition.encoder} do not fit a library by {self.encoder.fingerprint}")
        return addition

    def _commit(self, group: Sequence[Packed], trash: Trash | None) -> list[AddResult]:
        with self._writing() as connection:
            results = [self._put(connection, packed, trash) for packed in group]
        return [replace(result, generation=self.generation) for result in results]

    def _put(self, connection: sqlite3.Connection, packed: Packed, trash: Trash | None) -> AddResult:
        known, after = inherited(connection, packed, self.encoder), self._store.generation + 1
        leave = partial(trash.keep, connection) if trash else lambda doc_id: None
        return catalogue.put_document(connection, known, generation=after, leave=leave)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        if self._store.read_only:
            raise LibraryReadOnly(f"cannot write to {self._store.path.parent}: change its permissions, or copy it")
        with write_lock(self._store.path.parent, timeout_s=self._lock_timeout_s):
            yield

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, then the search indexes: what was written is durable and findable on leaving."""
        with self._lock():
            with self._store.writing() as connection:
                yield connection
            self._backend.sync()

    def _column(self, column: str, doc_id: str) -> Any:
        connection = self._store.connection
        full = catalogue.resolve(connection, doc_id)
        found = connection.execute(f"SELECT {column} FROM documents WHERE doc_id = ?", (full,)).fetchone()
        if found is None:
            raise DocumentNotFound(f"the document {full} was deleted just now; list the documents")
        return found[0]
