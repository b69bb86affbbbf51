"""Defines what the service returns: an answer made of segments, each with its checked citations.

Each field's ``Annotated`` type carries a text that describes the field, here and in the OpenAPI document
(:mod:`service.interfaces.deriving`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any, Literal

from sinkqa.ingest.document import Box

Status = Literal["answered", "partial", "abstained"]
AbstainReason = Literal["no_evidence", "out_of_scope", "premise_contradicted", "unsupported", "no_question"]
Flag = Literal["instruction", "direction"]
StandingStatus = Literal["in_force", "not_yet", "expired", "repealed", "superseded", "proposed", "unknown"]

_FLAGS = (
    "`instruction`: the text addresses a language model, fence it off from one; `direction`: it holds controls that "
    "turn its direction, show them as what they are."
)
_WARNINGS = (
    "Why the quote may not be what the page says, in the asker's language: figures or characters that were damaged, a "
    "page that reads poorly, words beside it that were not read."
)
_PAGE_LABEL = "What the first page is called, as printed, else its number; null where the document has no pages."
_PARAGRAPH = "Counted from 1, where neither page nor section says the place; else null."
_MISSED = {"zh": ("未找到：", "；"), "en": ("Not found: ", "; ")}
_OFFER = {"zh": "可以这样问：", "en": "You could ask:"}
_TRANSLATION = {"zh": "机器翻译，数字与名称已核对", "en": "machine translation, amounts and names checked"}


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """A range `[start, end)` in the document's source text, in code points and in UTF-16 units (as browsers count)."""

    start: int
    end: int
    start_utf16: int
    end_utf16: int


@dataclass(frozen=True, slots=True)
class Gloss:
    """A term of a quote, and its rendering in the other language."""

    term: str
    rendering: str


@dataclass(frozen=True, slots=True)
class StandingQuote:
    """Words that say what a document's standing is, as they are in the stored text."""

    doc_id: str
    title: str
    passage_id: str
    quote: str
    spans: tuple[QuotedSpan, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a document is in force on a date, as far as texts of the library say so."""

    status: Annotated[StandingStatus, "`unknown`: no text says so, and it may well be in force."]
    on: Annotated[str, "The date that is asked about, as YYYY-MM-DD."]
    since: Annotated[str | None, "When it took or takes effect, as YYYY-MM-DD, YYYY-MM or YYYY."] = None
    until: Annotated[str | None, "When it ended or ends."] = None
    newer: Annotated[str | None, "The document that repealed or superseded it, by id."] = None
    newer_title: str | None = None
    quotes: Annotated[tuple[StandingQuote, ...], "What says so; empty where version numbers or dates tell."] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote from a document, word for word, and its place in the document."""

    number: Annotated[int, "As in the answer's marks: [1]."]
    passage_id: str
    doc_id: str
    title: str
    original: Annotated[str | None, "The document that a digest was made from; pages and sections are its own."]
    section: Annotated[tuple[str, ...], "Headings above the passage, outermost first."]
    table: str | None
    page_start: int
    page_end: int
    page_label: Annotated[str | None, _PAGE_LABEL]
    quote: Annotated[str, 'The source text under the spans, pieces joined by " … ".']
    spans: tuple[QuotedSpan, ...]
    text_sha256: Annotated[str, "Of the source text that the spans count in."]
    boxes: Annotated[tuple[Box, ...], "The quote on its pages, for PDFs."]
    language: str
    url: str | None
    score: Annotated[float, "Relevance, 0-1, comparable within one answer."]
    also_supported_by: Annotated[tuple[str, ...], "Ids of passages that say the same."] = ()
    glosses: Annotated[tuple[Gloss, ...], "Key terms of a quote in another language, rendered."] = ()
    flags: Annotated[tuple[Flag, ...], _FLAGS] = ()
    translation: Annotated[
        str | None, "The quote by a language model, its amounts and names checked; never the quote."
    ] = None
    warnings: Annotated[tuple[str, ...], _WARNINGS] = ()
    paragraph: Annotated[int | None, _PARAGRAPH] = None
    standing: Annotated[Standing | None, "Whether the document is in force, where that matters."] = None
    offset_unit: Literal["codepoint"] = "codepoint"
    verified: Annotated[Literal[True], "The quote was compared with the store just before it was sent."] = True


@dataclass(frozen=True, slots=True)
class Segment:
    """One statement of an answer, and the numbers of the citations that support it."""

    text: Annotated[str, "May hold several paragraphs, a line break between them."]
    citations: tuple[int, ...]
    part: Annotated[str, "The part of the question that it answers; empty where there is one only."] = ""
    tabled: Annotated[bool, "The table says the same: leave it out where the table is shown."] = False


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """One cell of a table: its text, or the reason why it is empty.

    Either ``text`` and ``citations`` are set and ``missing`` is None, or only ``missing`` is set.
    """

    text: str = ""
    citations: tuple[int, ...] = ()
    missing: Annotated[str | None, "Why the cell is empty; null where it is not."] = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A row of a table: its label, and one cell for each column."""

    label: str
    cells: tuple[AnswerCell, ...]

    @property
    def citations(self) -> tuple[int, ...]:
        """The citations that all filled cells of the row share. Empty if they differ, or for fewer than two cells."""
        cited = [cell.citations for cell in self.cells if cell.missing is None]
        return cited[0] if len(cited) > 1 and len(set(cited)) == 1 else ()


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Statements in rows and columns. Each is also in a segment that is marked as `tabled`."""

    caption: str
    corner: Annotated[str, "Heads the labels of the rows; may be empty."]
    columns: tuple[str, ...]
    rows: tuple[AnswerRow, ...]

    def flattened(self) -> tuple[Segment, ...]:
        """The table as segments, row by row, for readers without tables: "label — column: text; column: text".

        Consecutive cells of a row that share their citations are one segment. If the table has only one column, its
        name is not repeated: "label: text".
        """
        said = (
            (row.label, [each for each in zip(self.columns, row.cells, strict=True) if each[1].missing is None])
            for row in self.rows
        )
        return tuple(
            Segment(self._said(label, list(together)), cited, tabled=True)
            for label, cells in said
            for cited, together in groupby(cells, lambda each: each[1].citations)
        )

    def _said(self, label: str, cells: list[tuple[str, AnswerCell]]) -> str:
        if len(self.columns) == 1:
            return ": ".join(filter(None, (label, cells[0][1].text)))
        said = "; ".join(": ".join(filter(None, (column, cell.text))) for column, cell in cells)
        return " — ".join(filter(None, (label, said)))


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A retrieved passage.

    ``why``: its rank and score in each leg of the search, and the terms found in it.
    """

    passage_id: str
    doc_id: str
    title: str
    section: tuple[str, ...]
    table: str | None
    page_start: int
    page_end: int
    language: str
    text: str
    spans: tuple[QuotedSpan, ...]
    score: Annotated[float, "Higher is better; comparable within one query."]
    why: dict[str, Any]
    flags: Annotated[tuple[Flag, ...], _FLAGS] = ()
    warnings: Annotated[tuple[str, ...], _WARNINGS] = ()
    page_label: Annotated[str | None, _PAGE_LABEL] = None
    paragraph: Annotated[int | None, _PARAGRAPH] = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence by a language model that did not pass the check."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A checked answer, or an abstention with its reason, which is a normal result.

    If the reason is "premise_contradicted", segments and citations show the evidence that contradicts the premise. An
    answer is "partial" if a part of the question was not answered.
    """

    status: Status
    abstain_reason: Annotated[
        AbstainReason | None,
        "Set exactly when the status is `abstained`; `no_question`: a greeting, or a turn of which nobody can tell "
        "what it leans on, answered by a reply.",
    ]
    question: Annotated[str, "As it was understood: with `history` it may be the turn made to stand alone."]
    language: str
    answer: Annotated[str, "All segments in one string, with marks such as [1]; why there is none, if so."]
    segments: tuple[Segment, ...]
    citations: tuple[Citation, ...]
    passages: Annotated[tuple[RankedPassage, ...], "Everything retrieved, best first."]
    confidence: Annotated[float, "How near the library comes to what is asked, 0-1."]
    generation: Annotated[int, "Number of changes to the library when this was answered."]
    encoder: str
    timings_ms: dict[str, float]
    generated: Annotated[bool, "Whether a language model wrote the segments."] = False
    notes: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    table: Annotated[AnswerTable | None, "What the `tabled` segments say, as rows and columns."] = None
    missing: Annotated[tuple[str, ...], "Parts of what is asked for of which nothing was found."] = ()
    suggestions: Annotated[
        tuple[str, ...], "Questions that the library answers, where nothing or too little is asked."
    ] = ()

    @property
    def missed(self) -> str:
        """A line in the asker's language that names the parts of the question that were not found; "" if none is."""
        says, between = _MISSED.get(self.language, _MISSED["en"])
        return says + between.join(self.missing) if self.missing else ""

    @property
    def lead(self) -> str:
        """The line before the segments of an answer that abstains: its reason, or the reply to a greeting."""
        if self.status != "abstained":
            return ""
        if not self.segments:
            return self.answer
        first = self.segments[0]
        return self.answer.partition(f"{first.part}: {first.text}" if first.part else first.text)[0].strip()

    @property
    def is_reply(self) -> bool:
        """Whether the text contained no question, so that this is a reply and neither an answer nor a refusal."""
        return self.abstain_reason == "no_question"

    @property
    def offer(self) -> str:
        """A heading for the suggestions, in the asker's language; "" if there are none."""
        return _OFFER.get(self.language, _OFFER["en"]) if self.suggestions else ""

    @property
    def of_translations(self) -> str:
        """A remark in the asker's language, to show with each translation of a quote."""
        return _TRANSLATION.get(self.language, _TRANSLATION["en"])

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        return dataclasses.asdict(self, dict_factory=plain)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ranked passages, best first."""

    query: str
    hits: tuple[RankedPassage, ...]
    generation: int
    timings_ms: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        return dataclasses.asdict(self, dict_factory=plain)


def plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Converts boxes to dicts with field names for JSON. Boxes are named tuples, which ``asdict`` leaves as tuples."""
    return {name: [box._asdict() for box in value] if name == "boxes" else value for name, value in pairs}
