"""The engine, which every adapter calls. It adds files, answers questions and verifies texts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from sinkqa.index.hit import Filters, SearchMode
from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Metadata
from sinkqa.service.references.related import Related
from sinkqa.service.settings import Settings

if TYPE_CHECKING:
    from sinkqa.index.arrays import Floats
    from sinkqa.service.answer import Answer, SearchResult
    from sinkqa.service.answering.dialogue.opening import Opening
    from sinkqa.service.answering.writing.generating import Generator
    from sinkqa.service.asking import QueryEngine
    from sinkqa.service.comparing.comparison import By, Comparison
    from sinkqa.service.documents.doctor import DoctorReport
    from sinkqa.service.documents.facets import Tags
    from sinkqa.service.exporting.exporter import Exported
    from sinkqa.service.exporting.memo import Memo
    from sinkqa.service.exporting.rereading import Link
    from sinkqa.service.grounding.quoting import QuoteReport
    from sinkqa.service.grounding.verifying import VerifyReport
    from sinkqa.service.intake.adding import AddReport, OnDone, OnProgress
    from sinkqa.service.intake.reader_pool import Readers, Stop
    from sinkqa.service.intake.reading import OnReading
    from sinkqa.service.intake.turns import Share
    from sinkqa.service.intake.workers import File
    from sinkqa.service.overview.library_overview import LibraryOverview, TopicPassages
    from sinkqa.service.overview.overviewing import Chosen, Overviews
    from sinkqa.service.references.trail import SubjectKind, Trail

_TEXTS_AT_ONCE = 64  # are embedded between two looks at the clock
_BESIDE_BYTES = 50_000  # of text that a server reads itself: a tenth of a second in which it does little else


class Engine(Related):
    """An open library. Safe for many processes at once; only one of them writes at a time."""

    def __init__(self, library: Library, settings: Settings, *, generator: Generator | None = None) -> None:
        super().__init__(library, settings)
        self._generator = generator
        if settings.judge != "rules":
            self.ready()  # a missing model raises when the library is opened

    def ready(self) -> None:
        """Loads everything that the first question needs."""
        _ = self._asking

    @cached_property
    def _asking(self) -> QueryEngine:
        """Imported with the first question: listing documents need not wait for it."""
        from sinkqa.service.asking import QueryEngine

        return QueryEngine(
            self._library,
            self._settings,
            generator=self._generator,
            astral=self._astral_offsets,
            standings=self._standings,
        )

    @cached_property
    def _overviews(self) -> Overviews:
        from sinkqa.service.overview.overviewing import Overviews

        folder, standings = self._settings.library, self._standings
        return Overviews(self._library, folder, subjects=self._subjects, standings=standings)

    @staticmethod
    def exists(settings: Settings) -> bool:
        """Whether there is a library at the place in the settings."""
        return Library.exists(settings.place)

    @classmethod
    def open(cls, settings: Settings, *, create: bool = False, reencode: bool = False) -> Self:
        """Opens the library. With ``create``, creates an empty one if there is none.

        With ``reencode``, vectors from another encoder are computed anew.

        Raises:
            LibraryError: there is no library, or it is damaged or of another format.
        """
        if settings.store is not None:
            settings.library.mkdir(parents=True, exist_ok=True)  # for uploads and keys
        library = Library.open(
            settings.place,
            create=create,
            encoder=settings.encoder,
            reencode=reencode,
            lock_timeout_s=settings.lock_timeout_s,
        )
        return cls(library, settings)

    @classmethod
    def start(cls, settings: Settings, *, on_reading: OnReading | None = None) -> Engine:
        """Creates a library with the bundled starter corpus."""
        engine = cls.open(settings, create=True)
        with resources.as_file(resources.files("sinkqa.service") / "starter") as folder:
            engine.add([folder], on_reading=on_reading)
        return engine

    def add(
        self,
        paths: Sequence[Path],
        *,
        about: Mapping[Path, Metadata] = MappingProxyType({}),
        on_progress: OnProgress | None = None,
        on_reading: OnReading | None = None,
    ) -> AddReport:
        """Adds files and folders. A file that fails is reported; every other one is stored and findable.

        If the same bytes are added again, nothing changes. New bytes at the same path replace the earlier document of
        that path. ``about``: metadata of files known beforehand, by path. It overrides the metadata that the readers
        find.
        """
        from sinkqa.service.intake.adding import take_in
        from sinkqa.service.intake.reader_pool import Readers

        wanted, cpu_s = self._settings.workers or os.cpu_count() or 1, self._settings.file_timeout_s
        readers = Readers(self._settings.encoder, wanted=wanted, cpu_s=cpu_s)
        return take_in(
            self._library, paths, readers=readers, on_progress=on_progress, about=about, on_reading=on_reading
        )

    def bring_in(self, files: Sequence[File], *, readers: Readers, share: Share, on_done: OnDone, stop: Stop) -> None:
        """Runs :func:`bring_in` in the background, while questions are answered. Jobs take turns.

        If a file replaces a document, that document can be restored like a discarded one.
        """
        from sinkqa.service.intake.adding import bring_in

        bring_in(
            self._library,
            files,
            readers=readers,
            share=share,
            on_done=on_done,
            in_place_bytes=_BESIDE_BYTES,
            stop=stop,
            trash=self._trash if self._settings.undo_s else None,
        )

    def ask(
        self,
        question: str,
        *,
        k: int | None = None,
        filters: Filters | None = None,
        bar: float | None = None,
        generate: bool = False,
        as_of: date | None = None,
    ) -> Answer:
        """Answers from the library with checked quotes, or abstains with a reason.

        ``bar``: the confidence, 0..1, below which the engine abstains; the default is the shipped one. ``generate``:
        the configured language model rewrites the answer. Only its sentences that pass the check are returned, with
        checked translations of quotes in another language. The model is not asked if the engine abstains. If there is
        no model, or no sentence passes, the extractive answer is returned with a note. ``as_of``: the date whose law is
        asked about; the default is the one that the question clearly names, else today. Among pieces that answer about
        equally, those of documents in force on that date come first; a citation of another has its standing, and a note
        says so.

        Raises:
            InvalidQuestion: it has no word, or over 4,000 characters.
            DeadlineExceeded: it takes longer than a question may. All methods below that read the library can raise
                this.
        """
        *_, answer = self.stream(question, k=k, filters=filters, bar=bar, generate=generate, as_of=as_of)
        return answer

    def stream(
        self,
        question: str,
        *,
        k: int | None = None,
        filters: Filters | None = None,
        bar: float | None = None,
        generate: bool = False,
        as_of: date | None = None,
    ) -> Iterator[Answer]:
        """As :meth:`ask`. If a language model writes, the answer without its text is yielded first."""
        return self._asking.stream(question, k=k, filters=filters, bar=bar, generate=generate, as_of=as_of)

    def opening(self, language: str) -> Opening:
        """The reply to a greeting: what the library contains, and questions that it can answer.

        ``language``: "zh", or English for any other.
        """
        return self._asking.opening(language)

    def compare(
        self,
        on: Sequence[str],
        *,
        by: By = "country",
        rows: Sequence[str] = (),
        filters: Filters | None = None,
        beside: str | None = None,
        as_of: date | None = None,
    ) -> Comparison:
        """Compares countries, documents or carbon markets: rows × columns, each cell a checked quote or missing.

        ``on``: the columns in free words, in Chinese or English. ``rows``: names of countries, documents or markets;
        none: all that the library holds within ``filters``. ``beside``: a document (id) whose own cells are set
        beside: it is no source of the comparison. ``as_of``: the date on which documents should be in force, by default
        today: these are preferred, and each citation tells the standing of its document.

        Raises:
            InvalidComparison: no column or row, too many of them, or a row that names nothing.
            DocumentNotFound, AmbiguousDocument: ``beside`` or a filter names no document, or several.
        """
        from sinkqa.service.comparing.making import Wanted

        wanted = Wanted(by, tuple(on), tuple(rows), filters or Filters(), beside)
        day = as_of or date.today()
        return self._asking.compare(wanted, standing=lambda doc_id: self._standings.of(doc_id, day))

    def search(
        self, query: str, *, k: int | None = None, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> SearchResult:
        """The ``k`` best passages, best first, each with the reasons for its rank."""
        return self._asking.search(query, k=k, mode=mode, filters=filters)

    def verify(self, text: str) -> VerifyReport:
        """Labels each claim of ``text``: the library supports it, contradicts it, or does not know.

        Raises:
            InvalidText: it has no statement, over 20,000 characters, or over 200 statements.
        """
        return self._asking.verify(text)

    def verify_quote(self, quote: str, *, doc_id: str | None = None) -> QuoteReport:
        """Whether the library, or one document of it, contains a quote exactly, contains it altered, or does not.

        Raises:
            InvalidText: it has no word, or over 4,000 characters.
            DocumentNotFound, AmbiguousDocument: ``doc_id`` names no document, or several.
        """
        return self._asking.verify_quote(quote, doc_id=doc_id)

    def trail(
        self, subject: str, *, kind: SubjectKind | None = None, as_of: date | None = None, language: str | None = None
    ) -> Trail:
        """From a claim, a passage or a document to the policies that it names, and the clauses of these.

        ``kind``: what the subject is; by default its form tells. ``as_of``: the date for which the standing of policies
        is told, by default today. ``language`` of the words, "zh" or "en"; by default the subject's.

        Raises:
            InvalidText: the claim has no statement, or over 4,000 characters.
            PassageNotFound, DocumentNotFound, AmbiguousDocument: see their names.
        """
        return self._asking.trail(subject, kind=kind, as_of=as_of, language=language, standings=self._standings)

    def export(self, memo: Memo, kind: str, *, link: Link) -> Exported:
        """The memo as a file of this kind (:data:`FORMATS`). Every quote is read again first.

        ``link`` gives the addresses of passages whose documents have none.

        Raises:
            InvalidExport: the memo is empty.
        """
        from sinkqa.service.exporting.exporter import export

        with self._library.reading():
            return export(memo, kind, self._library, link)

    def references(self, doc_id: str, *, pages: tuple[int, int] | None = None) -> dict[str, str]:
        """The reference of a document in each style. It cites ``pages`` if the document has pages.

        ``pages``: the first and the last, from 1.

        Raises:
            DocumentNotFound, AmbiguousDocument: see their names.
        """
        from sinkqa.service.exporting.exporter import references

        with self._library.reading():
            return references(self._library, doc_id, pages)

    def tags(self, documents: Sequence[DocumentRecord]) -> Tags:
        """Topics, sides, means and kinds of documents, by doc_id."""
        return self._overviews.tags(documents)

    def narrowed(self, filters: Filters, chosen: Chosen) -> Filters:
        """The filters for a question or search, narrowed to documents with the chosen values of facets.

        Raises:
            InvalidFilter: there is no such topic, side, means or kind.
        """
        return self._overviews.narrowed(filters, chosen)

    def overview_of_library(self, chosen: Chosen = MappingProxyType({}), *, references: bool = True) -> LibraryOverview:
        """What the library holds: counts, a timeline, topics by country and year, and who names whom.

        ``chosen``: values of facets. Only documents with one of the values of each facet count. Without
        ``references``, who names whom is left out: in a great library it takes the most time.

        Raises:
            InvalidFilter: there is no such topic, side, means or kind.
        """
        return self._overviews.overview(chosen, references=references)

    def passages_of_topics(
        self, of: Sequence[str], chosen: Chosen = MappingProxyType({}), *, most: int = 100, skip: int = 0
    ) -> TopicPassages:
        """The passages that a count of an overview stands for, ``most`` of them after the first ``skip``.

        ``of``: topics that a passage must all have, each as "topic:forest", "side:supply" or "means:restoration".

        Raises:
            InvalidFilter: ``of`` names no topic, or one that does not exist.
        """
        return self._overviews.passages(of, chosen, most=most, skip=skip)

    @property
    def generation(self) -> int:
        """The number of changes ever made to the library, by any process."""
        return self._library.generation

    @property
    def encoder(self) -> str:
        """The fingerprint of the encoder that made the library's vectors."""
        return self._library.encoder.fingerprint

    @property
    def encoder_name(self) -> str:
        """The name of that encoder."""
        return self._library.encoder.name

    @property
    def dim(self) -> int:
        """The dimension of the encoder's vectors."""
        return self._library.encoder.dim

    def embed(self, texts: Sequence[str]) -> Floats:
        """The encoder's vectors of texts, the same as it makes for passages of the library.

        float32, (len(texts), dim), rows L2-normalised. A text without a known token has a zero row.

        Raises:
            DeadlineExceeded: it takes longer than one question may.
        """
        import numpy as np

        from sinkqa.service.budget import checkpoint, spending

        encoder, parts = self._library.encoder, []
        with spending(self._settings.request_cpu_s):
            for start in range(0, len(texts), _TEXTS_AT_ONCE):
                checkpoint()
                parts.append(encoder.encode(texts[start : start + _TEXTS_AT_ONCE]))
        return np.concatenate(parts or [encoder.encode([])])

    def rebuild(self) -> None:
        """Builds the derived indexes anew from the stored text."""
        self._library.rebuild()

    def refresh(self) -> None:
        """Updates the derived indexes to the newest documents now, and not only at the next question."""
        self._library.refresh()

    def doctor(self) -> DoctorReport:
        """Reports what is installed and loaded, and what is outdated or damaged."""
        from sinkqa.service.documents.doctor import examine

        return examine(self._settings, library=self._library, reranker=lambda: self._asking.reranker)
