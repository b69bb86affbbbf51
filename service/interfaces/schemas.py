"""What comes in and goes out over HTTP, as OpenAPI tells it. The answers mirror the engine's objects field by field."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from sinkqa.index.hit import Filters, SearchMode
from sinkqa.service.answer import AbstainReason, Flag, Status
from sinkqa.service.grounding.guard import Element, Label

Kind = Literal["pdf", "html", "docx", "markdown", "text", "json", "csv", "xlsx", "pptx", "epub", "mail"]


def _whole(text: str) -> str:
    """JSON can name half of a surrogate pair, which is no text: nothing can be encoded with it."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"expected text, got half of a surrogate pair at character {error.start}; mend it") from None
    return text


Text = Annotated[str, AfterValidator(_whole)]
_FLAGS: Any = Field(
    description="`instruction`: the text addresses a language model, fence it off from one; `direction`: it holds "
    "controls that turn its direction, show them as what they are."
)
_WARNINGS: Any = Field(
    description="Why the quote may not be what the page says, in the asker's language: figures or characters that were "
    "damaged, a page that reads poorly, words beside it that were not read."
)


def _number(given: object) -> object:
    """Neither true nor "8": a misplaced value must not pass for a number, nor a number for a switch."""
    if isinstance(given, bool | str):
        raise ValueError("expected a number without quotes")
    return given


_PLAIN = BeforeValidator(_number)  # behind the bounds, which the document then tells
UpTo100 = Annotated[int, Field(ge=1, le=100), _PLAIN]
UpTo50 = Annotated[int, Field(ge=1, le=50), _PLAIN]
Share = Annotated[float, Field(ge=0, le=1), _PLAIN]
Year = Annotated[int, Field(ge=-9999, le=9999), _PLAIN]
Switch = Annotated[bool, Field(strict=True)]
NAMED: dict[str, Any] = {"pattern": "^[a-z0-9][a-z0-9_-]{0,62}$"}
"""What the document tells of the name of a collection; another one is refused by its own error."""
MAYBE_NAMED: dict[str, Any] = {"pattern": "^([a-z0-9][a-z0-9_-]{0,62})?$"}
"""The same where an empty one counts as none."""
K = Annotated[UpTo100 | None, Field(description="Passages to retrieve, 1-100; unset: the server's choice.")]


class _Request(BaseModel):
    """Names that are not known are refused: a misspelt filter must not pass as none."""

    model_config = ConfigDict(extra="forbid")


class FiltersIn(_Request):
    """Only passages that meet every given condition."""

    doc_ids: list[Text] = Field(default=[], max_length=1000, description="Document ids, or 6 or more of their digits.")
    jurisdictions: list[Text] = Field(default=[], max_length=100, description="CN, US, EU, JP, NZ or UN.")
    languages: list[Text] = Field(default=[], max_length=100, description="Languages of passages: zh, en, ja.")
    types: list[Kind] = Field(default=[], max_length=100, description="Formats of documents.")
    year_from: Year | None = Field(None, description="Documents of this year or later.")
    year_to: Year | None = Field(None, description="Documents of this year or earlier.")

    def as_filters(self) -> Filters:
        """The engine's own."""
        return Filters(
            doc_ids=tuple(self.doc_ids),
            jurisdictions=tuple(self.jurisdictions),
            languages=tuple(self.languages),
            types=tuple(self.types),
            year_from=self.year_from,
            year_to=self.year_to,
        )


class AnswerRequest(_Request):
    """A question to the library."""

    question: Text = Field(
        description="In Chinese or English; at least one word, at most 4,000 characters.",
        examples=["北京试点的CCER抵销比例上限是多少？"],
    )
    history: list[Text] = Field(
        default=[],
        max_length=50,
        description="What was asked before in the same thread, oldest first. A question that leans on it (“And in "
        "Japan?”) is made to stand alone: the answer's `question` is what was asked then.",
    )
    k: K = None
    filters: FiltersIn | None = None
    stream: Switch = Field(
        False, description="Server-sent events instead of one object: evidence first, then segments."
    )
    generate: Switch = Field(
        False, description="Let the language model that is set write the answer; every sentence is checked."
    )


class NextRequest(_Request):
    """What was asked and found, beside which more is to be asked."""

    question: Text = Field(max_length=4000, description="As it was understood: the answer's `question`.")
    passage_ids: list[Text] = Field(
        default=[], max_length=10, description="Passages that the answer cites or comes near, best first."
    )
    filters: FiltersIn | None = None


class NextOut(BaseModel):
    """What could be asked next."""

    suggestions: list[str] = Field(description="Questions that the library answers; each was tried just now.")


class SearchRequest(_Request):
    """Words to look for."""

    query: Text = Field(description="In Chinese or English.", examples=["carbon sink offset limit"])
    k: K = None
    mode: SearchMode = Field("hybrid", description="Which legs of the search to use: words, meaning, or both.")
    filters: FiltersIn | None = None


class VerifyRequest(_Request):
    """A text whose statements are checked."""

    text: Text = Field(
        description="At least one statement; at most 200 of them and 20,000 characters. One of over 96 marks and "
        "numbers is not checked: it is unknown, with a finding of the element `length`.",
        examples=["Beijing lets firms offset up to 5% of their obligation."],
    )


class QuoteRequest(_Request):
    """A quote that is looked up."""

    quote: Text = Field(
        description="The words as quoted, at most 4,000 characters.", examples=["不得高于其当年核发碳排放配额量的5%"]
    )
    doc_id: Text | None = Field(None, description="Only in this document: its id, or 6 or more digits of it.")


class SpanOut(BaseModel):
    """`[start, end)` in the document's source text."""

    start: int = Field(description="In code points.")
    end: int
    start_utf16: int = Field(description="The same in UTF-16 units, as browsers count.")
    end_utf16: int


class BoxOut(BaseModel):
    """A rectangle on a page in PDF points from its top left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


_PAGE_LABEL = Field(
    description="What the first page is called, as printed, else its number; null where the document has no pages."
)
_PARAGRAPH = Field(description="Counted from 1, where neither page nor section says the place; else null.")


class GlossOut(BaseModel):
    """A term of a quote, and how the other language renders it."""

    term: str
    rendering: str


class CitationOut(BaseModel):
    """Where a statement stands in a document, word for word."""

    number: int = Field(description="As in the answer's marks: [1].")
    passage_id: str
    doc_id: str
    title: str
    original: str | None = Field(
        description="The document that a digest was made from; pages and sections are its own."
    )
    section: list[str] = Field(description="Headings above the passage, outermost first.")
    table: str | None
    page_start: int
    page_end: int
    page_label: str | None = _PAGE_LABEL
    quote: str = Field(description='The source text under the spans, pieces joined by " … ".')
    spans: list[SpanOut]
    text_sha256: str = Field(description="Of the source text that the spans count in.")
    boxes: list[BoxOut] = Field(description="The quote on its pages, for PDFs.")
    language: str
    url: str | None
    score: float = Field(description="Relevance, 0-1, comparable within one answer.")
    also_supported_by: list[str] = Field(description="Ids of passages that say the same.")
    glosses: list[GlossOut] = Field(description="Key terms of a quote in another language, rendered.")
    flags: list[Flag] = _FLAGS
    translation: str | None = Field(
        description="The quote by a language model, its amounts and names checked; never the quote."
    )
    warnings: list[str] = _WARNINGS
    paragraph: int | None = _PARAGRAPH
    offset_unit: Literal["codepoint"]
    verified: Literal[True] = Field(description="The quote was compared with the store just before it was sent.")


class SegmentOut(BaseModel):
    """One statement of an answer and the numbers of the citations that carry it."""

    text: str = Field(description="May hold several paragraphs, a line break between them.")
    citations: list[int]
    part: str = Field(description="The part of the question that it answers; empty where there is one only.")
    tabled: bool = Field(description="The table says the same: leave it out where the table is shown.")


class CellOut(BaseModel):
    """What a table says at one place, or why it says nothing there."""

    text: str
    citations: list[int]
    missing: str | None = Field(description="Why the cell is empty; null where it is not.")


class RowOut(BaseModel):
    """A row: what it is about, and one cell for each column."""

    label: str
    cells: list[CellOut]


class TableOut(BaseModel):
    """Statements side by side, each also in a segment that is marked as `tabled`."""

    caption: str
    corner: str = Field(description="Heads the labels of the rows; may be empty.")
    columns: list[str]
    rows: list[RowOut]


class WhyOut(BaseModel):
    """How a passage came to its rank: rank and score in each leg, and the terms found in it."""

    lexical_rank: int | None
    lexical: float
    dense_rank: int | None
    dense: float
    late: float
    matched_terms: list[str]
    rerank: float | None


class PassageOut(BaseModel):
    """A retrieved passage."""

    passage_id: str
    doc_id: str
    title: str
    section: list[str]
    table: str | None
    page_start: int
    page_end: int
    language: str
    text: str
    spans: list[SpanOut]
    score: float = Field(description="Higher is better; comparable within one query.")
    why: WhyOut
    flags: list[Flag] = _FLAGS
    warnings: list[str] = _WARNINGS
    page_label: str | None = _PAGE_LABEL
    paragraph: int | None = _PARAGRAPH


class RemovedOut(BaseModel):
    """A sentence that a language model wrote and that did not pass the check."""

    text: str
    reason: str


class AnswerOut(BaseModel):
    """A checked answer, or an abstention with its reason, which is a normal result."""

    status: Status
    abstain_reason: AbstainReason | None = Field(
        description="Set exactly when the status is `abstained`; `no_question`: a greeting, or a turn of which "
        "nobody can tell what it leans on, answered by a reply."
    )
    question: str = Field(description="As it was understood: with `history` it may be the turn made to stand alone.")
    language: str
    answer: str = Field(description="All segments in one string, with marks such as [1]; why there is none, if so.")
    segments: list[SegmentOut]
    citations: list[CitationOut]
    passages: list[PassageOut] = Field(description="Everything retrieved, best first.")
    confidence: float = Field(description="How near the library comes to what is asked, 0-1.")
    generation: int = Field(description="Number of changes to the library when this was answered.")
    encoder: str
    timings_ms: dict[str, float]
    generated: bool = Field(description="Whether a language model wrote the segments.")
    notes: list[str]
    removed: list[RemovedOut]
    table: TableOut | None = Field(description="What the `tabled` segments say, as rows and columns.")
    missing: list[str] = Field(description="Parts of what is asked for of which nothing was found.")
    suggestions: list[str] = Field(
        description="Questions that the library answers, where nothing or too little is asked."
    )


class OpeningOut(BaseModel):
    """What to tell somebody who has asked nothing yet."""

    lines: list[str] = Field(description="What the library holds, one line each.")
    suggestions: list[str] = Field(description="Questions that it answers; none where it is empty.")


class SearchOut(BaseModel):
    """Ranked passages, best first."""

    query: str
    hits: list[PassageOut]
    generation: int
    timings_ms: dict[str, float]


class FindingOut(BaseModel):
    """One element of a claim that its quotes do not bear out."""

    element: Element
    said: str
    found: str | None


class ClaimOut(BaseModel):
    """One statement of the text and what the library says of it."""

    claim: str
    label: Label
    support: float
    findings: list[FindingOut]
    citations: list[int]


class VerifyOut(BaseModel):
    """What the library says of a text, claim by claim."""

    text: str
    claims: list[ClaimOut]
    citations: list[CitationOut]
    generation: int
    encoder: str
    timings_ms: dict[str, float]
    counts: dict[Label, int] = Field(description="Claims by label.")


class DifferenceOut(BaseModel):
    """One place where a quote departs from the text."""

    said: str
    found: str


class QuoteOut(BaseModel):
    """Whether the library holds a quote, and where."""

    quote: str
    result: Literal["exact", "altered", "absent"]
    citation: CitationOut | None
    differences: list[DifferenceOut]
    generation: int
    timings_ms: dict[str, float]


def ok(model: type[BaseModel], description: str, **content: Any) -> dict[int | str, dict[str, Any]]:
    """``responses`` of a route that sends the engine's own object, told by a model and not validated again."""
    return {200: {"model": model, "description": description, **content}}
