"""Answers questions with checked quotes. The engine imports this part only with the first question."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from functools import cache, cached_property

from sinkqa.index.hit import Filters, Hit, SearchMode, Why
from sinkqa.index.library import Library
from sinkqa.index.models.reranker import Reranker, load_reranker
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.answer import Answer, Citation, RankedPassage, SearchResult
from sinkqa.service.answering.dialogue.opening import Opening
from sinkqa.service.answering.finding import Finder
from sinkqa.service.answering.guide import Guide
from sinkqa.service.answering.judging.answerer import READ, reordered
from sinkqa.service.answering.judging.confidence import BAR
from sinkqa.service.answering.judging.judge import load_judge
from sinkqa.service.answering.responding import Responder
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.answering.writing.checked import sources, write, written_over
from sinkqa.service.answering.writing.generating import ChatGenerator, Generator, Source
from sinkqa.service.answering.writing.translating import translated
from sinkqa.service.budget import checkpoint, spending
from sinkqa.service.comparing.comparing import FOUND
from sinkqa.service.comparing.comparison import Comparison
from sinkqa.service.comparing.making import Maker, Wanted
from sinkqa.service.errors import InvalidQuestion
from sinkqa.service.evidence.citations import cite
from sinkqa.service.evidence.geometry import quoted_spans
from sinkqa.service.evidence.kept import KeptDocuments
from sinkqa.service.evidence.pieces import Pieces
from sinkqa.service.evidence.placing import paragraph_of, place_of
from sinkqa.service.evidence.relevance import nearest
from sinkqa.service.evidence.warnings.doubts import doubted
from sinkqa.service.evidence.warnings.injection import flags
from sinkqa.service.grounding.quoting import QuoteReport, checked_quote, locate
from sinkqa.service.grounding.verifying import VerifyReport, verify
from sinkqa.service.progress import begun
from sinkqa.service.settings import Settings

_WHY = tuple(each.name for each in fields(Why))
_OFFERED = 12  # pieces of evidence for a generator
_QUESTION_CHARS = 4_000  # longer than any question; a pasted document is a mistake worth naming


class QueryEngine:
    """Searches one library, answers from it, and verifies texts against it.

    ``astral`` returns a document's :func:`astral_offsets`.
    """

    def __init__(
        self,
        library: Library,
        settings: Settings,
        *,
        generator: Generator | None,
        astral: Callable[[str], Sequence[int]],
    ) -> None:
        self._library, self._settings, self._astral_offsets = library, settings, astral
        self._kept: KeptDocuments | None = None
        self._generator = generator or ChatGenerator(settings)
        self._pieces = Pieces(library.encoder)
        self._judge = load_judge(settings.judge, library.encoder)
        self._guide = Guide(library)

    def stream(
        self,
        question: str,
        *,
        k: int | None = None,
        filters: Filters | None = None,
        bar: float | None = None,
        generate: bool = False,
    ) -> Iterator[Answer]:
        """As :meth:`Engine.stream`."""
        _check(question)
        clock = _Clock()
        with self._spending(), self._library.reading():
            documents = self._documents()
            responder = self._responder(clock, documents, max(k or 0, READ), filters, bar)
            asked, drafted, hits, judged = responder.respond(question)
            clock.lap("answer")
            best = reordered(hits, judged)[: k or self._settings.k]
            passages = _ranked(best, documents, language=asked.language)
            citations = doubted(drafted.citations, documents, language=asked.language)
            offered = self._offered(asked, best, documents) if generate and not drafted.why else {}
        given = Answer(
            status=drafted.status,
            abstain_reason=drafted.why,
            question=question,
            language=asked.language,
            answer=drafted.text,
            segments=drafted.segments,
            citations=citations,
            passages=passages,
            confidence=round(drafted.confidence, 4),
            generation=documents.generation,
            encoder=self._library.encoder.fingerprint,
            timings_ms=dict(clock.laps),
            notes=drafted.notes,
            table=drafted.table,
            missing=drafted.missing,
            suggestions=drafted.suggestions,
        )
        yield given
        if offered:
            yield self._generated(given, offered, clock)

    def _documents(self) -> KeptDocuments:
        """The documents of the generation that this thread reads."""
        kept, generation = self._kept, self._library.generation
        if kept is None or kept.generation != generation:
            kept = self._kept = KeptDocuments(self._library, generation, self._astral_offsets)
        return kept

    def _responder(
        self, clock: _Clock, documents: KeptDocuments, k: int, filters: Filters | None, bar: float | None
    ) -> Responder:
        @cache  # parts of a question ask again what the whole did
        def search(text: str, filters: Filters) -> Sequence[Hit]:
            clock.lap("answer")
            hits = self._hits(text, k=k, filters=filters)
            clock.lap("search")
            begun("judging")
            return hits

        return Responder(
            Finder(
                library=self._library,
                documents=documents,
                search=search,
                judge=self._judge,
                pieces=self._pieces,
                guide=self._guide,
                bar=BAR if bar is None else bar,
                filters=filters or Filters(),
            )
        )

    def _offered(
        self, asked: Asked, hits: Sequence[Hit], documents: KeptDocuments
    ) -> dict[str, tuple[Source, Citation]]:
        """Checked evidence for a generator, by key."""
        near = nearest(asked.said, hits, self._pieces, most=_OFFERED)
        cited = [
            (piece.statement, citation)
            for (piece, *_), fit in near
            if (citation := cite(documents, piece.passage, piece.units, number=1, score=fit)) is not None
        ]
        warned = doubted([citation for _, citation in cited], documents, language=asked.language)
        return sources(list(zip([text for text, _ in cited], warned, strict=True)))

    def _generated(self, given: Answer, offered: Mapping[str, tuple[Source, Citation]], clock: _Clock) -> Answer:
        begun("writing")
        with self._spending():
            written = write(given.question, [source for source, _ in offered.values()], self._generator, self._judge)
            clock.lap("generate")
            made = written_over(given, written, {key: citation for key, (_, citation) in offered.items()})
            if written.reached:
                made = translated(made, self._generator)
                clock.lap("translate")
        return replace(made, timings_ms=clock.laps)

    def opening(self, language: str) -> Opening:
        """As :meth:`Engine.opening`."""
        with self._spending(), self._library.reading():
            greeted = self._responder(_Clock(), self._documents(), READ, None, None).respond(
                "你好" if language == "zh" else "hello"
            )
        return Opening(tuple(greeted.drafted.text.splitlines()), greeted.drafted.suggestions)

    def search(
        self, query: str, *, k: int | None = None, mode: SearchMode = "hybrid", filters: Filters | None = None
    ) -> SearchResult:
        """As :meth:`Engine.search`."""
        clock = _Clock()
        with self._spending(), self._library.reading():
            documents = self._documents()
            hits = self._hits(query, k=k, mode=mode, filters=filters)
            clock.lap("search")
            ranked = _ranked(hits, documents, language=detect(query))
        return SearchResult(query, ranked, documents.generation, clock.laps)

    def _hits(
        self, query: str, *, k: int | None, mode: SearchMode = "hybrid", filters: Filters | None, read: bool = True
    ) -> list[Hit]:
        """``read``: reranked where a reranker is set; it is made for questions."""
        checkpoint()
        reranker = self.reranker if read else None
        return self._library.search(query, k=k or self._settings.k, mode=mode, filters=filters, reranker=reranker)

    @cached_property
    def reranker(self) -> Reranker | None:
        """The reranker. The first question loads it, because loading takes seconds and other calls do not need it."""
        return load_reranker(self._settings.reranker) if self._settings.reranker else self._judge.reranker

    def compare(self, wanted: Wanted) -> Comparison:
        """As :meth:`Engine.compare`."""
        clock = _Clock()
        with self._spending(), self._library.reading():
            documents = self._documents()

            @cache  # cells of one column ask the same of one row's documents
            def search(text: str, filters: Filters) -> Sequence[Hit]:
                clock.lap("compare")
                hits = self._hits(text, k=FOUND, filters=filters)
                clock.lap("search")
                return hits

            made = Maker(self._library, documents, search, self._judge, self._pieces).make(wanted)
            citations = doubted(made.citations, documents, language=made.language)
            clock.lap("compare")
        return Comparison(
            by=wanted.by,
            columns=made.columns,
            rows=made.rows,
            table=made.table,
            citations=citations,
            language=made.language,
            generation=documents.generation,
            encoder=self._library.encoder.fingerprint,
            timings_ms=clock.laps,
            notes=made.notes,
            beside=made.beside,
        )

    def verify(self, text: str) -> VerifyReport:
        """As :meth:`Engine.verify`."""
        clock = _Clock()
        with self._spending(), self._library.reading():
            documents = self._documents()
            checked, citations = verify(
                text,
                lambda claim: self._hits(claim, k=None, filters=None, read=False),
                documents,
                self._judge,
                self._pieces,
            )
            citations = doubted(citations, documents, language=detect(text))
            clock.lap("verify")
        return VerifyReport(
            text, checked, citations, documents.generation, self._library.encoder.fingerprint, clock.laps
        )

    def verify_quote(self, quote: str, *, doc_id: str | None = None) -> QuoteReport:
        """As :meth:`Engine.verify_quote`."""
        clock = _Clock()
        filters = Filters(doc_ids=(doc_id,)) if doc_id else None
        with self._spending(), self._library.reading():
            documents = self._documents()
            hits = self._hits(checked_quote(quote), k=None, filters=filters, read=False)
            comparison, found = locate(quote, hits, documents)
            (citation,) = doubted([found], documents, language=detect(quote)) if found else (None,)
            clock.lap("verify")
        return QuoteReport(quote, comparison.result, citation, comparison.differences, documents.generation, clock.laps)

    def _spending(self) -> AbstractContextManager[None]:
        return spending(self._settings.request_cpu_s)


class _Clock:
    """Milliseconds between laps, those of one name added up."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.laps[name] = round(self.laps.get(name, 0.0) + 1000 * (now - self._last), 2)
        self._last = now


def _check(question: str) -> None:
    if not any(char.isalnum() for char in question):
        raise InvalidQuestion("question: expected at least one word or number, got none; ask in Chinese or English")
    size = len(fold(question))  # one compatibility character may stand for eighteen
    if max(size, len(question)) > _QUESTION_CHARS:
        raise InvalidQuestion(
            f"question: expected at most {_QUESTION_CHARS:,} characters, got {size:,}; ask about one thing"
        )


def _ranked(hits: Sequence[Hit], documents: KeptDocuments, *, language: str) -> tuple[RankedPassage, ...]:
    ranked = [_rank(hit, documents) for hit in hits]
    return doubted(ranked, documents, language=language)


def _rank(hit: Hit, documents: KeptDocuments) -> RankedPassage:
    passage = hit.passage
    label, paragraph = place_of(
        passage,
        documents.pages(passage.doc_id),
        passage.page_start,
        lambda: paragraph_of(documents.paragraphs(passage.doc_id), passage.spans[0].start),
    )
    return RankedPassage(
        passage_id=passage.passage_id,
        doc_id=passage.doc_id,
        title=hit.title,
        section=passage.section,
        table=passage.table,
        page_start=passage.page_start,
        page_end=passage.page_end,
        language=passage.language,
        text=passage.text,
        spans=quoted_spans(documents.astral(passage.doc_id), passage.spans),
        score=round(hit.score, 4),
        why={name: _rounded(getattr(hit.why, name)) for name in _WHY},
        flags=flags(passage.text),
        page_label=label,
        paragraph=paragraph,
    )


def _rounded(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value
