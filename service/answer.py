"""What leaves the service: an answer made of segments, each with its checked citations."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from sinkqa.ingest.document import Box

Status = Literal["answered", "partial", "abstained"]
AbstainReason = Literal["no_evidence", "out_of_scope", "premise_contradicted", "unsupported", "no_question"]
Flag = Literal["instruction", "direction"]

_MISSED = {"zh": ("未找到：", "；"), "en": ("Not found: ", "; ")}
_OFFER = {"zh": "可以这样问：", "en": "You could ask:"}
_TRANSLATION = {"zh": "机器翻译，数字与名称已核对", "en": "machine translation, amounts and names checked"}


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """``[start, end)`` in code points and, for browsers, in UTF-16 units of the document's source text."""

    start: int
    end: int
    start_utf16: int
    end_utf16: int


@dataclass(frozen=True, slots=True)
class Gloss:
    """A term of a quote, and how the other language renders it."""

    term: str
    rendering: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement stands in a document.

    ``quote`` is the source text under ``spans``, pieces joined by ``" … "``, and was compared with the store just
    before the answer left: ``verified`` is true on everything that is shown. ``original`` names the document that a
    digest was made from, whose pages, sections and tables are the ones given. ``score`` is the evidence's relevance,
    0..1, comparable within one answer. ``also_supported_by`` are ids of passages that say the same. ``glosses`` render
    key terms of a quote that is in another ``language`` than the question. ``flags`` say what is odd about its words.
    ``translation``: such a quote by a language model, its amounts and names checked; None where none was made.
    ``warnings``: why the quote, though it is what was read, may not be what the page says, in the asker's language.
    ``page_label`` is what the first page is called, as printed, else its number; None where the document has no pages:
    then it is all on the page numbered 1. ``paragraph`` counts from 1, where neither page nor section says the place.
    """

    number: int
    passage_id: str
    doc_id: str
    title: str
    original: str | None
    section: tuple[str, ...]
    table: str | None
    page_start: int
    page_end: int
    page_label: str | None
    quote: str
    spans: tuple[QuotedSpan, ...]
    text_sha256: str
    boxes: tuple[Box, ...]
    language: str
    url: str | None
    score: float
    also_supported_by: tuple[str, ...] = ()
    glosses: tuple[Gloss, ...] = ()
    flags: tuple[Flag, ...] = ()
    translation: str | None = None
    warnings: tuple[str, ...] = ()
    paragraph: int | None = None
    offset_unit: Literal["codepoint"] = "codepoint"
    verified: Literal[True] = True


@dataclass(frozen=True, slots=True)
class Segment:
    """One statement of an answer; ``citations`` are the numbers of the citations that carry it.

    ``text`` may hold several paragraphs, a line break between them. ``part`` is the part of the question that it
    answers, "" where the question has one part only. ``tabled``: the answer's table says the same, so that whoever
    shows the table leaves the segment out.
    """

    text: str
    citations: tuple[int, ...]
    part: str = ""
    tabled: bool = False


@dataclass(frozen=True, slots=True)
class AnswerCell:
    """What an answer's table says at one place, with its citations; or ``missing``, why it says nothing there.

    Either ``text`` and ``citations`` hold something and ``missing`` is None, or it is the other way about.
    """

    text: str = ""
    citations: tuple[int, ...] = ()
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """A row: what it is about, and one cell for each column."""

    label: str
    cells: tuple[AnswerCell, ...]

    @property
    def citations(self) -> tuple[int, ...]:
        """The citations that several cells, all that say something, share; else none: each cell has its own."""
        cited = [cell.citations for cell in self.cells if cell.missing is None]
        return cited[0] if len(cited) > 1 and len(set(cited)) == 1 else ()


@dataclass(frozen=True, slots=True)
class AnswerTable:
    """Statements side by side. ``corner`` heads the labels of the rows; it and ``caption`` may be empty."""

    caption: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[AnswerRow, ...]

    def flattened(self) -> tuple[Segment, ...]:
        """The same as segments, row by row, for readers without tables: "label — column: text; column: text".

        Cells that follow each other in a row and share their citations are one segment. A table of one column does not
        repeat its name: "label: text".
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
    """A retrieved passage as shown to callers; ``why`` holds ranks and scores of each leg.

    ``flags``: "instruction" where its text addresses a language model; whoever hands it to one should fence it.
    "direction" where it holds controls that turn its direction; whoever shows it should show them, or leave them out.
    ``warnings``, ``page_label`` and ``paragraph``: as a citation's.
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
    score: float
    why: dict[str, Any]
    flags: tuple[Flag, ...] = ()
    warnings: tuple[str, ...] = ()
    page_label: str | None = None
    paragraph: int | None = None


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence that a generator wrote and that was not let through; ``reason`` says why, in one line."""

    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The one answer object of every interface. ``abstain_reason`` is set exactly when ``status`` is "abstained".

    Where that is "premise_contradicted", segments and citations show what stands against the premise. "partial": a
    part of what is asked for was not found; ``missing`` names each such part.

    ``table`` says side by side what the ``tabled`` segments say one after the other. ``suggestions`` are questions that
    the library answers, offered to who asks for nothing ("no_question") or too little.

    ``confidence`` is about the share of answers as sure as this one that are complete, 0..1; below the stated bar the
    engine abstains.
    ``generated`` says whether a language model wrote the segments, ``removed`` what of its text failed the check, and
    ``notes`` tell, one line each, what the caller should know of how the answer came about.
    """

    status: Status
    abstain_reason: AbstainReason | None
    question: str
    language: str
    answer: str
    segments: tuple[Segment, ...]
    citations: tuple[Citation, ...]
    passages: tuple[RankedPassage, ...]
    confidence: float
    generation: int
    encoder: str
    timings_ms: dict[str, float]
    generated: bool = False
    notes: tuple[str, ...] = ()
    removed: tuple[Removed, ...] = ()
    table: AnswerTable | None = None
    missing: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()

    @property
    def missed(self) -> str:
        """What was not found as one line in the asker's language; "" where nothing is missing."""
        says, between = _MISSED.get(self.language, _MISSED["en"])
        return says + between.join(self.missing) if self.missing else ""

    @property
    def lead(self) -> str:
        """What the answer says before its segments, where it abstains: why it does, or its reply to a greeting."""
        if self.status != "abstained":
            return ""
        if not self.segments:
            return self.answer
        first = self.segments[0]
        return self.answer.partition(f"{first.part}: {first.text}" if first.part else first.text)[0].strip()

    @property
    def is_reply(self) -> bool:
        """Whether nothing was asked: what it says is no answer, and no refusal either."""
        return self.abstain_reason == "no_question"

    @property
    def offer(self) -> str:
        """A line that heads the suggestions, in the asker's language; "" where there are none."""
        return _OFFER.get(self.language, _OFFER["en"]) if self.suggestions else ""

    @property
    def of_translations(self) -> str:
        """What a translation of a quote is, in the asker's language, for whoever shows one."""
        return _TRANSLATION.get(self.language, _TRANSLATION["en"])

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        return dataclasses.asdict(self, dict_factory=plain)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ranked passages for a query, best first."""

    query: str
    hits: tuple[RankedPassage, ...]
    generation: int
    timings_ms: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        return dataclasses.asdict(self, dict_factory=plain)


def plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Boxes are named tuples, which ``asdict`` leaves as they are: JSON wants their field names."""
    return {name: [box._asdict() for box in value] if name == "boxes" else value for name, value in pairs}
