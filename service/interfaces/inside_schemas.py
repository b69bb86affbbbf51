"""Response models of the routes for the content of a document."""

from __future__ import annotations

from pydantic import BaseModel, Field

from sinkqa.service.interfaces.schemas import CitationOut, SpanOut


class DrawnCellOut(BaseModel):
    """A cell, or the label of a row."""

    text: str = Field(description="Its words in reading form; empty where nothing stands there.")
    spans: list[SpanOut]


class DrawnRowOut(BaseModel):
    """A row of a table."""

    label: DrawnCellOut
    cells: list[DrawnCellOut] = Field(description="One for each column.")


class DrawnTableOut(BaseModel):
    """A table as rows and columns."""

    caption: str
    label: str | None = Field(description="As printed: Table 4.")
    corner: str = Field(description="The header of the labels.")
    columns: list[str]
    rows: list[DrawnRowOut] = Field(description="At most 500.")
    n_rows: int
    page_start: int
    page_end: int
    place: SpanOut = Field(description="From its first character to its last.")
    is_alone: bool = Field(description="Next to nothing else stands there.")


class TablesOut(BaseModel):
    """The tables of a document in reading order."""

    doc_id: str
    tables: list[DrawnTableOut]
    text_sha256: str


class OverviewPartOut(BaseModel):
    """A section, with its first sentence."""

    heading: str = Field(description="Empty where the document has no headings.")
    text: str = Field(description="The sentence in reading form.")
    citation: CitationOut  # type: ignore[valid-type]  # made at run time


class OverviewOut(BaseModel):
    """A document, section by section."""

    doc_id: str
    title: str
    parts: list[OverviewPartOut]
    notes: list[str] = Field(description="How the sections were chosen.")


class PlaceOut(BaseModel):
    """A place of the words, with the text around them in reading form."""

    page: int
    before: str
    text: str
    after: str
    spans: list[SpanOut]


class OccurrencesOut(BaseModel):
    """The places of words in a document."""

    doc_id: str
    places: list[PlaceOut]
    total: int
    text_sha256: str


class CollectionsOut(BaseModel):
    """The collections that the request may use."""

    collections: list[str] = Field(description="By name, the default one first.")
    meant: str = Field(description="The one that this request means.")
