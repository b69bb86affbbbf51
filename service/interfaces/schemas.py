"""Request and response models for HTTP and MCP. Models of answers are derived from the engine's own records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from sinkqa.index.hit import Filters, SearchMode
from sinkqa.ingest.document import Box
from sinkqa.service.answer import (
    Answer,
    AnswerCell,
    AnswerRow,
    AnswerTable,
    Citation,
    Gloss,
    QuotedSpan,
    RankedPassage,
    Removed,
    SearchResult,
    Segment,
    Standing,
    StandingQuote,
)
from sinkqa.service.grounding.guard import Finding, Label
from sinkqa.service.grounding.quotes import Difference
from sinkqa.service.grounding.quoting import QuoteReport
from sinkqa.service.grounding.verifying import CheckedClaim, VerifyReport
from sinkqa.service.interfaces.dates import AsOf
from sinkqa.service.interfaces.deriving import model_of, sent_as

if TYPE_CHECKING:
    from sinkqa.service.engine import Engine
    from sinkqa.service.overview.overviewing import Chosen

Kind = Literal["pdf", "html", "docx", "markdown", "text", "json", "csv", "xlsx", "pptx", "epub", "mail"]


def whole(text: str) -> str:
    """Rejects lone surrogates. JSON can contain half of a pair, but this is not text and cannot be encoded."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(f"expected text, got half of a surrogate pair at character {error.start}; remove it") from None
    return text


Text = Annotated[str, AfterValidator(whole)]


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
"""The pattern of a collection's name in OpenAPI. The name is not validated here: a bad name has its own error."""
MAYBE_NAMED: dict[str, Any] = {"pattern": "^([a-z0-9][a-z0-9_-]{0,62})?$"}
"""The same pattern, if an empty name counts as no name."""
K = Annotated[UpTo100 | None, Field(description="Passages to retrieve, 1-100; unset: the server's choice.")]


class Request(BaseModel):
    """Names that are not known are refused: a misspelt filter must not pass as none."""

    model_config = ConfigDict(extra="forbid")


class FiltersIn(Request):
    """Conditions on passages. A passage must meet all that are given."""

    doc_ids: list[Text] = Field(default=[], max_length=1000, description="Document ids, or 6 or more of their digits.")
    jurisdictions: list[Text] = Field(default=[], max_length=100, description="CN, US, EU, JP, NZ or UN.")
    languages: list[Text] = Field(default=[], max_length=100, description="Languages of passages: zh, en, ja.")
    types: list[Kind] = Field(default=[], max_length=100, description="Formats of documents.")
    year_from: Year | None = Field(None, description="Documents of this year or later.")
    year_to: Year | None = Field(None, description="Documents of this year or earlier.")
    topics: list[Text] = Field(default=[], max_length=100, description="Topics of documents: forest, wetland, market.")
    sides: list[Text] = Field(default=[], max_length=100, description="Sides of documents: supply, demand.")
    means: list[Text] = Field(default=[], max_length=100, description="protection, management or restoration.")
    kinds: list[Text] = Field(default=[], max_length=100, description="Kinds of documents: law, order, plan.")

    def of(self, engine: Engine) -> Filters:
        """This as the engine's own object, with the documents that have the topics and kinds."""
        chosen: Chosen = {"topic": self.topics, "side": self.sides, "means": self.means, "kind": self.kinds}
        return engine.narrowed(self.as_filters(), chosen) if any(chosen.values()) else self.as_filters()

    def as_filters(self) -> Filters:
        """What of this does not depend on a library."""
        return Filters(
            doc_ids=tuple(self.doc_ids),
            jurisdictions=tuple(self.jurisdictions),
            languages=tuple(self.languages),
            types=tuple(self.types),
            year_from=self.year_from,
            year_to=self.year_to,
        )


class AnswerRequest(Request):
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
    as_of: AsOf = None
    stream: Switch = Field(
        False, description="Server-sent events instead of one object: evidence first, then segments."
    )
    generate: Switch = Field(
        False, description="Let the language model that is set write the answer; every sentence is checked."
    )


class NextRequest(Request):
    """A question and the passages found for it, to get further questions."""

    question: Text = Field(
        max_length=4000,
        description="As it was understood: the answer's `question`.",
        examples=["北京试点的CCER抵销比例上限是多少？"],
    )
    passage_ids: list[Text] = Field(
        default=[], max_length=10, description="Passages that the answer cites or comes near, best first."
    )
    filters: FiltersIn | None = None


class NextOut(BaseModel):
    """Suggestions for the next question."""

    suggestions: list[str] = Field(description="Questions that the library answers; each was tried just now.")


class SearchRequest(Request):
    """A search query."""

    query: Text = Field(description="In Chinese or English.", examples=["carbon sink offset limit"])
    k: K = None
    mode: SearchMode = Field("hybrid", description="Which legs of the search to use: words, meaning, or both.")
    filters: FiltersIn | None = None


class VerifyRequest(Request):
    """A text whose claims are to be checked."""

    text: Text = Field(
        description="At least one statement; at most 200 of them and 20,000 characters. One of over 96 marks and "
        "numbers is not checked: it is unknown, with a finding of the element `length`.",
        examples=["Beijing lets firms offset up to 5% of their obligation."],
    )


class QuoteRequest(Request):
    """A quote to look up."""

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


sent_as(QuotedSpan, SpanOut)
sent_as(Box, BoxOut)


class WhyOut(BaseModel):
    """The reasons for a passage's rank: its rank and score in each leg, and the terms found in it."""

    lexical_rank: int | None
    lexical: float
    dense_rank: int | None
    dense: float
    late: float
    matched_terms: list[str]
    rerank: float | None


GlossOut = model_of(Gloss, "GlossOut")
StandingQuoteOut = model_of(StandingQuote, "StandingQuoteOut")
StandingOut = model_of(Standing, "StandingOut")
CitationOut = model_of(Citation, "CitationOut")
SegmentOut = model_of(Segment, "SegmentOut")
CellOut = model_of(AnswerCell, "CellOut")
RowOut = model_of(AnswerRow, "RowOut")
TableOut = model_of(AnswerTable, "TableOut")
PassageOut = model_of(RankedPassage, "PassageOut", why=(WhyOut, ...))
RemovedOut = model_of(Removed, "RemovedOut")
AnswerOut = model_of(Answer, "AnswerOut")
SearchOut = model_of(SearchResult, "SearchOut")
FindingOut = model_of(Finding, "FindingOut")
ClaimOut = model_of(CheckedClaim, "ClaimOut")
VerifyOut = model_of(VerifyReport, "VerifyOut", counts=(dict[Label, int], Field(description="Claims by label.")))
DifferenceOut = model_of(Difference, "DifferenceOut")
QuoteOut = model_of(QuoteReport, "QuoteOut")


class OpeningOut(BaseModel):
    """The greeting for a user who has not asked anything yet."""

    lines: list[str] = Field(description="What the library holds, one line each.")
    suggestions: list[str] = Field(description="Questions that it answers; none where it is empty.")


def ok(model: type[BaseModel], description: str, **content: Any) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that sends the engine's own object, which is not validated again.

    ``model`` documents the object.
    """
    return {200: {"model": model, "description": description, **content}}
