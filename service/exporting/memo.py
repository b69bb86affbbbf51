"""Defines the input of an export: a memo of answers, checked claims, single quotes and the reader's own notes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from sinkqa.ingest.document import Span
from sinkqa.service.answer import Answer, AnswerTable, Citation, Segment
from sinkqa.service.comparing.comparison import Comparison
from sinkqa.service.exporting.comparisons import beside_each_other
from sinkqa.service.exporting.words import say
from sinkqa.service.grounding.guard import Label
from sinkqa.service.grounding.verifying import VerifyReport

Style = Literal["gbt7714", "apa"]
Placing = Literal["footnotes", "list"]


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote as its reader saw it. It is compared with the store before any of it is written.

    ``spans`` are ranges of the document's source text, in code points. ``quote`` is the text of these ranges, joined by
    ``" … "``. ``title`` names the source if the document is no longer in the store.
    """

    doc_id: str
    spans: tuple[Span, ...]
    quote: str
    title: str = ""

    @classmethod
    def of(cls, citation: Citation) -> Cited:
        """The quote of a citation in an answer."""
        spans = tuple(Span(span.start, span.end) for span in citation.spans)
        return cls(citation.doc_id, spans, citation.quote, citation.title)


@dataclass(frozen=True, slots=True)
class AnswerItem:
    """An answer with its question. ``citations``: by number. ``lead``: the line before its segments.

    ``question``: "" if the memo's title says it. ``missing``: the parts of the question that were not found.
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
        """The item for an answer of the engine. A refusal has only its reason."""
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
    """A claim of the reader's draft, the verdict of the library, and the quotes that are evidence for the verdict."""

    claim: str
    label: Label
    citations: tuple[Cited, ...]

    @classmethod
    def all_of(cls, report: VerifyReport) -> tuple[ClaimItem, ...]:
        """The items for all claims of a verified text."""
        cited = {each.number: Cited.of(each) for each in report.citations}
        return tuple(cls(c.claim, c.label, tuple(cited[n] for n in c.citations)) for c in report.claims)


@dataclass(frozen=True, slots=True)
class QuoteItem:
    """One quote, with a remark by the reader, or ""."""

    citation: Cited
    remark: str = ""


@dataclass(frozen=True, slots=True)
class NoteItem:
    """The reader's own words, one paragraph on each line."""

    text: str


Item: TypeAlias = AnswerItem | ClaimItem | QuoteItem | NoteItem


@dataclass(frozen=True, slots=True)
class Memo:
    """The items to export, in the reader's order.

    ``language``: of the program's own words; "zh", or English for any other. ``style``: of the references. ``placing``:
    the references are put in footnotes, or in a list at the end with a number for each source.
    """

    items: tuple[Item, ...]
    title: str = ""
    language: str = "en"
    style: Style = "apa"
    placing: Placing = "footnotes"

    @classmethod
    def of_comparison(cls, made: Comparison) -> Memo:
        """The memo for a comparison: its table, with what another document has beside it, and its notes."""
        by, chinese = say(made.language, f"by.{made.by}"), made.language == "zh"
        item = AnswerItem(
            question="",
            segments=(),
            citations={each.number: Cited.of(each) for each in made.citations},
            table=beside_each_other(made),
            lead="\n".join(made.notes),
        )
        return cls(
            (item,),
            title=say(made.language, "compared", by, say(made.language, "listed").join(made.columns)),
            language="zh" if chinese else "en",
            style="gbt7714" if chinese else "apa",
        )
