"""The engine, which every adapter calls: takes in files, answers questions, checks texts."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from sinkqa.index.hit import Filters, SearchMode
from sinkqa.index.library import Library
from sinkqa.ingest.document import Metadata
from sinkqa.service.documents.stored import Shelf
from sinkqa.service.settings import Settings

if TYPE_CHECKING:
    from sinkqa.index.arrays import Floats
    from sinkqa.service.answer import Answer, SearchResult
    from sinkqa.service.answering.dialogue.opening import Opening
    from sinkqa.service.answering.writing.generating import Generator
    from sinkqa.service.asking import QueryEngine
    from sinkqa.service.documents.doctor import DoctorReport
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

_TEXTS_AT_ONCE = 64  # are embedded between two looks at the clock
_BESIDE_BYTES = 50_000  # of text that a server reads itself: a tenth of a second in which it does little else


class Engine(Shelf):
    """A library opened for questions. Safe for many processes at once; one of them writes at a time."""

    def __init__(self, library: Library, settings: Settings, *, generator: Generator | None = None) -> None:
        super().__init__(library, settings)
        self._generator = generator
        if settings.judge != "rules":
            self.ready()  # a missing model raises when the library is opened

    def ready(self) -> None:
        """Loads now what the first question would load."""
        _ = self._asking

    @cached_property
    def _asking(self) -> QueryEngine:
        """Imported with the first question: listing documents need not wait for it."""
        from sinkqa.service.asking import QueryEngine

        return QueryEngine(self._library, self._settings, generator=self._generator, astral=self._astral_offsets)

    @staticmethod
    def exists(settings: Settings) -> bool:
        """Whether a library stands where the settings say."""
        return Library.exists(settings.place)

    @classmethod
    def open(cls, settings: Settings, *, create: bool = False, reencode: bool = False) -> Self:
        """Opens the library; with ``create``, an empty one where there is none.

        With ``reencode``, vectors that another encoder made are made anew.

        Raises:
            LibraryError: none there, damaged, or of another format.
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
        """A new library that holds the bundled starter corpus."""
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
        """Takes in files and folders. A file that fails is reported; every other one is stored and findable.

        The same bytes again change nothing; new bytes at the same path replace the document that stood there.
        ``about``: metadata of files known beforehand, by path. It overrides what the readers find.
        """
        from sinkqa.service.intake.adding import take_in
        from sinkqa.service.intake.reader_pool import Readers

        wanted, cpu_s = self._settings.workers or os.cpu_count() or 1, self._settings.file_timeout_s
        readers = Readers(self._settings.encoder, wanted=wanted, cpu_s=cpu_s)
        return take_in(
            self._library, paths, readers=readers, on_progress=on_progress, about=about, on_reading=on_reading
        )

    def bring_in(self, files: Sequence[File], *, readers: Readers, share: Share, on_done: OnDone, stop: Stop) -> None:
        """:func:`bring_in` in the background, while questions are answered. Jobs take turns.

        A document that a file replaces can be restored like one that was discarded.
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
    ) -> Answer:
        """Answers from the library with checked quotes, or abstains with a reason.

        ``bar``: the confidence below which nothing is answered, 0..1, in place of the shipped one. ``generate``: the
        language model that is set writes the answer anew, and what of it passes the check is given, with translations
        of quotes in another language, checked too. It is not asked when the engine abstains, and without it, or where
        nothing passes, the answer is the same as ever with a note.

        Raises:
            InvalidQuestion: no word in it, or over 4,000 characters.
            DeadlineExceeded: it takes longer than one question may, as any method below that asks the library.
        """
        *_, answer = self.stream(question, k=k, filters=filters, bar=bar, generate=generate)
        return answer

    def stream(
        self,
        question: str,
        *,
        k: int | None = None,
        filters: Filters | None = None,
        bar: float | None = None,
        generate: bool = False,
    ) -> Iterator[Answer]:
        """As :meth:`ask`. If a language model writes, the answer without it comes first."""
        return self._asking.stream(question, k=k, filters=filters, bar=bar, generate=generate)

    def opening(self, language: str) -> Opening:
        """The reply to a greeting: what the library holds, and questions that it answers.

        ``language``: "zh", or English for any other.
        """
        return self._asking.opening(language)

    def search(
        self, query: str, *, k: int | None = None, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> SearchResult:
        """The ``k`` best passages, best first, each with the reasons of its rank."""
        return self._asking.search(query, k=k, mode=mode, filters=filters)

    def verify(self, text: str) -> VerifyReport:
        """Says of each claim of ``text`` whether the library supports or contradicts it, or does not know.

        Raises:
            InvalidText: no statement in it, over 20,000 characters, or over 200 statements.
        """
        return self._asking.verify(text)

    def verify_quote(self, quote: str, *, doc_id: str | None = None) -> QuoteReport:
        """Says whether the library, or one document of it, holds a quote: exactly, altered, or not.

        Raises:
            InvalidText: no word in it, or over 4,000 characters.
            DocumentNotFound, AmbiguousDocument: ``doc_id`` names no document, or several.
        """
        return self._asking.verify_quote(quote, doc_id=doc_id)

    def export(self, memo: Memo, kind: str, *, link: Link) -> Exported:
        """A memo as a file of this kind (:data:`FORMATS`), every quote re-read first.

        ``link`` gives the addresses of passages whose documents have none.

        Raises:
            InvalidExport: the memo holds nothing.
        """
        from sinkqa.service.exporting.exporter import export

        with self._library.reading():
            return export(memo, kind, self._library, link)

    def references(self, doc_id: str, *, pages: tuple[int, int] | None = None) -> dict[str, str]:
        """A document as each style names it, cited at these pages (first and last, from 1) where it has any.

        Raises:
            DocumentNotFound, AmbiguousDocument: see their names.
        """
        from sinkqa.service.exporting.exporter import references

        with self._library.reading():
            return references(self._library, doc_id, pages)

    @property
    def generation(self) -> int:
        """Number of changes ever made to the library, by any process."""
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
        """The encoder's vectors of texts, as the library has them of its passages.

        float32, (len(texts), dim), rows L2-normalised; a zero row for a text without a known token.

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
        """Brings the derived indexes to the newest documents now, and not with the next question."""
        self._library.refresh()

    def doctor(self) -> DoctorReport:
        """What is installed and loaded, and what is stale or damaged."""
        from sinkqa.service.documents.doctor import examine

        return examine(self._settings, library=self._library, reranker=lambda: self._asking.reranker)
