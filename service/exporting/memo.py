"""Exporting, what comes in: a memo of answers, checked claims, single quotes and the reader's own notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sinkqa.ingest.document import Span
from sinkqa.service.answer import Answer, AnswerTable, Citation, Segment
from sinkqa.service.grounding.guard import Label
from sinkqa.service.grounding.verifying import VerifyReport

Style = Literal["gbt7714", "apa"]
Placing = Literal["footnotes", "list"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote as its reader saw it. It is compared with the store before any of it is written.

    ``spans`` are of the document's source text, in code points; ``quote`` is that text, pieces joined by ``" … "``.
    ``title`` names the source where the store no longer can.
    """

    doc_id: str
    spans: tuple[Span, ...]
    quote: str
    title: str = ""

    @classmethod
    def of(cls, citation: Citation) -> Cited:
        """What an answer cites."""
        spans = tuple(Span(span.start, span.end) for span in citation.spans)
        return cls(citation.doc_id, spans, citation.quote, citation.title)


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """An answer under its question. ``citations`` by number; ``lead`` is what it says before its segments.

    ``missing`` are the parts of the question of which nothing was found.
    """

    question: str
    segments: tuple[Segment, ...]
    citations: dict[int, Cited]
    table: AnswerTable | None = None
    lead: str = ""
    missing: tuple[str, ...] = ()
    generated: bool = False

    @classmethod
    def of(cls, answer: Answer) -> AnswerItem:
        """The engine's answer; a refusal has its reason and nothing else."""
        return cls(
            question=answer.question,
            segments=answer.segments,
            citations={each.number: Cited.of(each) for each in answer.citations},
            table=answer.table,
            lead=answer.lead,
            missing=answer.missing,
            generated=answer.generated,
        )


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """A statement of the reader's draft, the verdict of the library, and the quotes that support the verdict."""

    claim: str
    label: Label
    citations: tuple[Cited, ...]

    @classmethod
    def all_of(cls, report: VerifyReport) -> tuple[ClaimItem, ...]:
        """Each claim of a verified text."""
        cited = {each.number: Cited.of(each) for each in report.citations}
        return tuple(cls(c.claim, c.label, tuple(cited[n] for n in c.citations)) for c in report.claims)


@dataclass(frozen=True, slots=True)
class QuoteItem:
    """One quote, with a remark of the reader's, "" for none."""

    citation: Cited
    remark: str = ""


@dataclass(frozen=True, slots=True)
class NoteItem:
    """The reader's own words, one paragraph a line."""

    text: str


Item: TypeAlias = AnswerItem | ClaimItem | QuoteItem | NoteItem


@dataclass(frozen=True, slots=True)
class Memo:
    """The items to export, in the reader's order.

    ``language``: of the program's own words, "zh" or else English. ``style``: of the references. ``placing``: the
    references go into footnotes, or into a list at the end with a number for each source.
    """

    items: tuple[Item, ...]
    title: str = ""
    language: str = "en"
    style: Style = "apa"
    placing: Placing = "footnotes"
