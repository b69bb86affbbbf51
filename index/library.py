"""The library: documents on disk, and search in them. It is the facade of this stage."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Self

from sinkqa.index.arrays import Floats
from sinkqa.index.errors import EncoderMismatch
from sinkqa.index.hit import Filters, Hit, SearchMode, Stated
from sinkqa.index.inspection import Problem, inspect
from sinkqa.index.models.encoder import Encoder, load_encoder
from sinkqa.index.models.reranker import Reranker, rerank
from sinkqa.index.naming.known import Known
from sinkqa.index.opening import library_stands, open_store
from sinkqa.index.query.fusion import DEFAULT_WEIGHTS, Weights
from sinkqa.index.query.retrieval import DEPTH, LONGEST_QUERY, prepare, ranked, read_hits, read_stated
from sinkqa.index.references.mention import References
from sinkqa.index.search.backend import Recall, SearchBackend, Searcher
from sinkqa.index.search.query import Query
from sinkqa.index.store.documents.catalogue import AddResult, Census, DocumentRecord, Size
from sinkqa.index.store.documents.corrections import Corrections, corrected, inherited
from sinkqa.index.store.documents.document_rows import Packed, pack_document
from sinkqa.index.store.documents.names import Shared
from sinkqa.index.store.encoding import encode_anew
from sinkqa.index.store.sqlite.trash import Trash
from sinkqa.index.store.store import Store
from sinkqa.ingest.document import Document, Page
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.provisions.formulae import ProvisionKind

_GROUP_S = 1.0  # a commit and its index generation cost about 0.1 s: documents that come faster share one


@dataclass(frozen=True, slots=True)
class Addition:
    """A document to add. ``source``: see :class:`Packed`; defaults to the document's name."""

    document: Document
    passages: Sequence[Passage]
    source: str | None = None


class Library:
    """One library in one folder or database. Safe to use from several threads and processes.

    A search uses the newest generation. It never returns a passage whose text was deleted.
    """

    def __init__(
        self, store: Store, backend: SearchBackend, encoder: Encoder, *, weights: Weights = DEFAULT_WEIGHTS
    ) -> None:
        self.encoder, self.weights = encoder, weights
        self._store, self._backend = store, backend
        self._held = threading.local()

    @classmethod
    def open(
        cls,
        place: Path | str,
        *,
        create: bool = False,
        encoder: Encoder | str | Path | None = None,
        reencode: bool = False,
        lock_timeout_s: float = 30.0,
        weights: Weights = DEFAULT_WEIGHTS,
    ) -> Library:
        """Opens the library in a folder, or in a database by its address. ``create`` makes one if there is none.

        ``encoder`` is an encoder or a name for :func:`load_encoder`. A library holds the vectors of one encoder. With
        ``reencode``, vectors of another encoder are computed again with this one.

        Raises:
            LibraryNotFound, LibraryReadOnly, LibraryFormatMismatch, LibraryDamaged, LibraryBusy: see their names.
            EncoderMismatch: another encoder made the vectors, and ``reencode`` is not set.
            EncoderMissing: there is no such encoder.
        """
        chosen = load_encoder(encoder) if encoder is None or isinstance(encoder, str | Path) else encoder
        store, backend = open_store(place, chosen, create=create, lock_timeout_s=lock_timeout_s)
        library = cls(store, backend, chosen, weights=weights)
        if store.meta("encoder") != chosen.fingerprint:
            if not reencode:
                store.close()
                raise EncoderMismatch(
                    f"the vectors in {store.where} were made by the encoder {store.meta('encoder')}, not by "
                    f"{chosen.name} ({chosen.fingerprint}): choose that encoder again, or rebuild it with this one"
                )
            with library._writing():
                encode_anew(store, chosen)
        return library

    @staticmethod
    def exists(place: Path | str) -> bool:
        """Whether the folder or database holds a library. Raises LibraryUnreadable if this cannot be determined."""
        return library_stands(place)

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
        """The number of changes that any process has ever committed to the library."""
        return self._store.generation

    def add(self, document: Document, passages: Sequence[Passage], *, source: str | None = None) -> AddResult:
        """Adds one document; see :class:`Addition` and :class:`AddResult`. For many, :meth:`add_all` is cheaper."""
        (result,) = self.add_all([Addition(document, passages, source)])
        return result

    def add_all(
        self, additions: Iterable[Addition | Packed], *, group_s: float = _GROUP_S, trash: Trash | None = None
    ) -> Iterator[AddResult]:
        """Adds documents as they arrive, packed or not, and yields their results in the same order.

        Documents that arrive within ``group_s`` seconds share one commit; their results follow the commit. An error
        discards the group not yet committed, and no earlier group. With a ``trash``, superseded documents can be
        restored.

        Raises:
            LibraryBusy: another process is writing.
            LibraryReadOnly: the folder cannot be written to.
            ValueError: passages of another document, spans outside the text, or vectors of another encoder.
        """
        group: list[Packed] = []
        began = 0.0
        for addition in additions:
            began = began if group else monotonic()
            group.append(self._packed(addition))
            if monotonic() - began >= group_s:
                yield from self._commit(group, trash)
                group = []
        if group:
            yield from self._commit(group, trash)

    def remove(self, doc_id: str, *, trash: Trash | None = None) -> DocumentRecord:
        """Deletes a document, named by its id or at least 6 digits of it. From a ``trash`` it can be restored.

        Raises:
            DocumentNotFound, AmbiguousDocument, LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._writing():
            record = self.document(doc_id)
            if trash:
                trash.keep(self._store.kept(record.doc_id))
            self._store.remove(record.doc_id)
        return record

    def edit(self, doc_id: str, changes: Corrections) -> DocumentRecord:
        """Corrects metadata of a document. Searches and citations use the corrected values at once.

        Raises:
            DocumentNotFound, AmbiguousDocument, LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._writing():
            old = self._store.kept(doc_id).packed
            new = corrected(old, changes, self.encoder)
            if new != old:
                self._store.change(new, anew=(new.passages, new.features) != (old.passages, old.features))
        return self.document(old.doc_id)

    def restore(self, doc_id: str, trash: Trash) -> DocumentRecord:
        """Restores a document from ``trash``. A source that holds another document by now stays with that one.

        Raises:
            DocumentNotFound, LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._writing():
            kept = trash.held(doc_id)
            for source in self._store.free_sources(kept.sources) or [f"restored:{doc_id}"]:
                self._put(replace(kept.packed, source=source), None)
        trash.empty(older_than_s=0, doc_id=doc_id)
        return self.document(doc_id)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Within this context, the thread searches and reads one generation, whatever is written meanwhile."""
        outer = getattr(self._held, "searcher", None)
        self._held.searcher = outer or self._backend.searcher()
        self._held.prepared = self._held.prepared if outer else {}
        try:
            with self._store.reading():
                yield
        finally:
            self._held.searcher = outer
            self._held.prepared = self._held.prepared if outer else None

    def documents(self, *, most: int | None = None) -> list[DocumentRecord]:
        """Returns all documents, or the first ``most``, in the order in which they were added."""
        return self._store.records(most=most)

    def census(self) -> Census:
        """Counts documents by jurisdiction, language and so on."""
        return self._store.census()

    def headings(self, doc_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        """Returns the distinct highest headings of documents, in order, by full ids.

        Leaves out documents that no longer exist.
        """
        return self._store.headings(doc_ids)

    def size(self) -> Size:
        """Returns the number of documents and their bytes."""
        return self._store.size()

    def shared(self, keys: Sequence[str], *, most: int) -> dict[str, Shared]:
        """Same as :meth:`Store.shared`."""
        return self._store.shared(keys, most=most)

    def named(self, keys: Sequence[str], *, most: int, among: Sequence[int] | None = None) -> dict[str, list[int]]:
        """Same as :meth:`Store.named`."""
        return self._store.named(keys, most=most, among=among)

    def known(self, docs: Sequence[int]) -> dict[int, Known]:
        """Returns the names of documents, by document number. Deleted documents are left out."""
        return self._store.known(docs)

    def known_as(self, doc_id: str) -> Known:
        """Returns the names of one document. Raises the errors of :meth:`document`."""
        return self._store.known_as(doc_id)

    def references(self, doc_id: str) -> References:
        """Returns what a document says of documents, in reading order. Raises the errors of :meth:`document`."""
        return self._store.references(doc_id)

    def document(self, doc_id: str) -> DocumentRecord:
        """Finds the document with this id, or the only one whose id begins with these 6 or more digits.

        Raises:
            DocumentNotFound, AmbiguousDocument: see their names.
        """
        return self._store.record(doc_id)

    def text(self, doc_id: str) -> str:
        """Reads the source text from the store. Raises the errors of :meth:`document`."""
        return self._store.text(doc_id)

    def content(self, doc_id: str) -> bytes:
        """Returns the original bytes. Raises the errors of :meth:`document`."""
        return self._store.content(doc_id)

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """Returns the pages, in order. Raises the errors of :meth:`document`."""
        return self._store.pages(doc_id)

    def boxes(self, doc_id: str) -> Floats | None:
        """Returns ``Document.boxes``, within 1/32 point. Raises the errors of :meth:`document`."""
        return self._store.boxes(doc_id)

    def passages(self, doc_id: str, *, most: int = -1) -> list[Passage]:
        """Returns the document's passages in reading order, or the first ``most``.

        Raises the errors of :meth:`document`.
        """
        return self._store.passages(doc_id, most=most)

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """Returns the passages of its document up to ``reach`` places away, itself included, in reading order."""
        return self._store.near(passage_id, reach=reach)

    def after(self, passage_id: str, *, most: int) -> list[Passage]:
        """Returns the passages that follow this one in its document, in reading order.

        Empty if this passage is deleted.
        """
        return self._store.after(passage_id, most=most)

    def passage(self, passage_id: str) -> Passage:
        """Returns the passage with this id.

        Raises:
            PassageNotFound: there is no such passage, or it was deleted.
        """
        return self._store.passage(passage_id)

    def search(
        self,
        query: str,
        *,
        k: int = 10,
        mode: SearchMode = "hybrid",
        filters: Filters | None = None,
        reranker: Reranker | None = None,
    ) -> list[Hit]:
        """Returns the best ``k`` passages, by score descending, ties by passage_id. Empty if no query word is known.

        Only the first 2,000 code points of the query count. A ``reranker`` reorders the best hits.

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
        with self._store.reading():
            found = searcher.candidates(prepared, depth=max(DEPTH, 2 * wanted), mode=mode, filters=filters)
            best = ranked(prepared, found, k=wanted, mode=mode, encoder=self.encoder, weights=self.weights)
            hits = read_hits(self._store, best, prepared.groups)
        return rerank(reranker, query[:LONGEST_QUERY], hits)[:k] if reranker else hits

    def stating(
        self, kind: ProvisionKind, *, term: str | None = None, filters: Filters | None = None, most: int = 100
    ) -> list[Stated]:
        """Returns statements of a kind, or definitions of ``term``, in the order of adding and reading.

        ``term`` has the form of :func:`term_key`. Raises the errors of :meth:`search`.
        """
        with self._store.reading():
            return read_stated(self._store, self._store.stated(kind, term=term, filters=filters, most=most))

    def terms(self, *, filters: Filters | None = None) -> list[str]:
        """Returns the distinct terms that documents define. Raises the errors of :meth:`search`."""
        with self._store.reading():
            return self._store.defined_terms(filters)

    def check(self) -> list[Problem]:
        """Reads the whole library on disk and returns every problem. Empty if all is well."""
        return inspect(self._store, self._backend, dim=self.encoder.dim)

    def recall(self) -> Recall | None:
        """Measures the recall of the approximate vector search with stored vectors. None if nothing is indexed."""
        return self._backend.recall()

    def rebuild(self) -> None:
        """Rebuilds the search indexes from the store.

        Raises:
            LibraryBusy, LibraryReadOnly: see their names.
        """
        with self._store.alone():
            self._backend.sync(anew=True)

    def refresh(self) -> None:
        """Updates the search indexes to the newest generation now instead of at the next search.

        Raises the errors of :meth:`rebuild`.
        """
        with self._store.alone():
            self._backend.sync()

    def _prepared(self, query: str, searcher: Searcher) -> Query:
        """Prepares the query for the index. Inside :meth:`reading` each query is prepared once for all filters."""
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
            raise ValueError(f"expected vectors of encoder {self.encoder.fingerprint}, got {addition.encoder}")
        return addition

    def _commit(self, group: Sequence[Packed], trash: Trash | None) -> list[AddResult]:
        with self._writing():
            results = [self._put(packed, trash) for packed in group]
        return [replace(result, generation=self.generation) for result in results]

    def _put(self, packed: Packed, trash: Trash | None) -> AddResult:
        before = self._store.predecessor(packed.doc_id, packed.source)
        leave = (lambda doc_id: trash.keep(self._store.kept(doc_id))) if trash else None
        return self._store.put(inherited(packed, before, self.encoder), leave=leave)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction, then the search indexes. On leaving, the changes are durable and searchable."""
        with self._store.alone():
            with self._store.writing():
                yield
            self._backend.sync()
