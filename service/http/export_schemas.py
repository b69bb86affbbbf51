"""The request body of an export, with its OpenAPI description."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from sinkqa.ingest.document import Span
from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable, Segment
from sinkqa.service.exporting import memo
from sinkqa.service.grounding.guard import Label
from sinkqa.service.interfaces.schemas import Switch, Text

Short = Annotated[Text, Field(max_length=2_000)]
Long = Annotated[Text, Field(max_length=50_000)]
Number = Annotated[int, Field(ge=0, le=100_000, strict=True)]
Offset = Annotated[int, Field(ge=0, le=2**40, strict=True)]


class _RequestPart(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpanIn(_RequestPart):
    """`[start, end)` in the document's source text, in code points."""

    start: Offset
    end: Offset


class CitedIn(_RequestPart):
    """A quote with its place, as in a citation of an answer."""

    number: Number = Field(1, description="As in the answer's marks: [1].")
    doc_id: Annotated[Text, Field(min_length=64, max_length=64)] = Field(description="The document's whole id.")
    spans: list[SpanIn] = Field(min_length=1, max_length=500)
    quote: Long = Field(description='The source text under the spans, pieces joined by " … ".')
    title: Short = Field("", description="Names the source where the library no longer holds it.")

    def cited(self) -> memo.Cited:
        """This as the engine's own object."""
        spans = tuple(Span(span.start, span.end) for span in self.spans)
        return memo.Cited(self.doc_id, spans, self.quote, self.title)


Citations = Annotated[list[CitedIn], Field(max_length=500)]
Numbers = Annotated[list[Number], Field(max_length=100)]


class SegmentIn(_RequestPart):
    """One statement of an answer, and the numbers of the citations that support it."""

    text: Long
    citations: Numbers
    part: Short = ""
    tabled: Switch = False


class CellIn(_RequestPart):
    """One cell of a table: its text, or the reason why it is empty."""

    text: Long = ""
    citations: Numbers = []
    missing: Short | None = None


class RowIn(_RequestPart):
    """A row: its label, and one cell for each column."""

    label: Short
    cells: list[CellIn] = Field(max_length=50)


class TableIn(_RequestPart):
    """Statements in rows and columns."""

    caption: Short = ""
    corner: Short = ""
    columns: list[Short] = Field(min_length=1, max_length=50)
    rows: list[RowIn] = Field(max_length=1_000)

    def table(self) -> AnswerTable:
        """This as the engine's own object. Rows are as wide as the head."""
        width = len(self.columns)
        empty = AnswerCell(missing="")
        rows = (
            AnswerRow(row.label, tuple(_cell(each) for each in row.cells[:width]) + (empty,) * (width - len(row.cells)))
            for row in self.rows
        )
        return AnswerTable(self.caption, self.corner, tuple(self.columns), tuple(rows))


class AnswerIn(_RequestPart):
    """An answer, or the part of it to export."""

    kind: Literal["answer"]
    question: Short = Field(description="Heads the answer; it may be put in other words.")
    lead: Long = Field("", description="What the answer says before its segments, where it abstains.")
    segments: list[SegmentIn] = Field([], max_length=500)
    citations: Citations = []
    table: TableIn | None = None
    missing: list[Short] = Field([], max_length=100)
    generated: Switch = False

    def item(self) -> memo.AnswerItem:
        """This as the engine's own object."""
        return memo.AnswerItem(
            question=self.question,
            segments=tuple(Segment(s.text, tuple(s.citations), s.part, s.tabled) for s in self.segments),
            citations={each.number: each.cited() for each in self.citations},
            table=self.table.table() if self.table else None,
            lead=self.lead,
            missing=tuple(self.missing),
            generated=self.generated,
        )


class ClaimIn(_RequestPart):
    """A claim that was verified, its verdict, and its evidence."""

    kind: Literal["claim"]
    claim: Long
    label: Label
    citations: Citations = []

    def item(self) -> memo.ClaimItem:
        """This as the engine's own object."""
        return memo.ClaimItem(self.claim, self.label, tuple(each.cited() for each in self.citations))


class QuotedIn(_RequestPart):
    """One quote, with a remark on it."""

    kind: Literal["quote"]
    citation: CitedIn
    remark: Long = ""

    def item(self) -> memo.QuoteItem:
        """This as the engine's own object."""
        return memo.QuoteItem(self.citation.cited(), self.remark)


class NoteIn(_RequestPart):
    """The reader's own words."""

    kind: Literal["note"]
    text: Long

    def item(self) -> memo.NoteItem:
        """This as the engine's own object."""
        return memo.NoteItem(self.text)


ItemIn: TypeAlias = Annotated[AnswerIn | ClaimIn | QuotedIn | NoteIn, Field(discriminator="kind")]


class ExportRequest(_RequestPart):
    """A memo, and the format of the exported file."""

    format: Literal["docx", "markdown", "html", "xlsx", "csv", "bibtex", "ris"]
    items: list[ItemIn] = Field(min_length=1, max_length=500, description="In the order of the memo.")
    title: Short = ""
    language: Literal["zh", "en"] = Field("en", description="Of headings and remarks that the program adds.")
    style: memo.Style = Field("apa", description="Of references: GB/T 7714-2015 or APA 7.")
    placing: memo.Placing = Field(
        "footnotes", description="A note for each quote, or one list of sources at the end with a number for each."
    )

    def as_memo(self) -> memo.Memo:
        """This as the engine's own object."""
        items = tuple(each.item() for each in self.items)
        return memo.Memo(items, self.title, self.language, self.style, self.placing)


class ReferencesOut(BaseModel):
    """The reference of a document in each style."""

    gbt7714: str = Field(description="GB/T 7714-2015.")
    apa: str = Field(description="APA, 7th edition.")
    bibtex: str
    ris: str


def _cell(given: CellIn) -> AnswerCell:
    return AnswerCell(given.text, tuple(given.citations), given.missing)
