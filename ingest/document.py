"""The document that a reader makes of a file. Its records are frozen, with offsets into one source text.

Every offset here and in all later stages is a code-point offset ``[start, end)`` into ``Document.text``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BlockKind = Literal[
    "heading",  # level 0 is the document's title, 1 a section, 2 a subsection ...
    "paragraph",
    "list_item",  # the lead-in is the paragraph before the first item
    "table",  # `table` holds rows and columns; spans cover caption, cells and notes
    "caption",  # of a figure, or of a table that could not be rebuilt
    "footnote",
    "furniture",  # running heads, page numbers, repeated captions: never searched, never quoted
]


class Span(NamedTuple):
    """Code points ``[start, end)`` of a document's source text."""

    start: int
    end: int


class Box(NamedTuple):
    """A rectangle on a page as displayed (rotation applied).

    Unit: PDF points (1/72 inch); origin top left, y grows downwards; ``page`` is 1-based.
    """

    page: int
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page. Pages follow each other without gaps and cover the source text exactly.

    ``label`` is the printed page number if known ("iv", "12"). ``width`` and ``height`` are points, 0.0 if the format
    has no pages. ``quality`` is 0..1, the share of the page that reads as language.
    """

    number: int
    start: int
    end: int
    label: str | None = None
    width: float = 0.0
    height: float = 0.0
    quality: float = 1.0


def page_names(pages: Sequence[Page]) -> tuple[str, ...] | None:
    """Returns the name of each page: the printed label, else the number. None if the document has no real pages."""
    if len(pages) < 2 and not any(page.label or page.width > 0 for page in pages):
        return None
    return tuple(page.label or str(page.number) for page in pages)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell at (row, column), 0-based, counting header rows. It has several spans if its text is not contiguous.

    An empty cell has no spans. A merged cell is listed once, at its top left, with its row and column span.
    """

    row: int
    column: int
    spans: tuple[Span, ...]
    row_span: int = 1
    column_span: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table, as far as it could be reconstructed with confidence.

    The first ``header_rows`` rows are column headers and the first ``label_columns`` columns are row labels. ``loose``
    holds text that belongs to the table but to no certain cell: it is part of the whole-table passage, but of no row.
    ``caption`` and ``notes`` (source line, remarks) may be empty.
    """

    cells: tuple[Cell, ...]
    n_rows: int
    n_columns: int
    header_rows: int = 1
    label_columns: int = 1
    caption: tuple[Span, ...] = ()
    notes: tuple[Span, ...] = ()
    loose: tuple[Span, ...] = ()
    label: str | None = None  # as printed: "表4", "Table 4"
    pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """One unit of structure in reading order.

    ``spans`` are in reading order. There are several if the unit is interrupted (by a page break, a footnote, a
    caption). ``level`` is the nesting of headings (0 title) and of list items (1 outermost).
    """

    kind: BlockKind
    spans: tuple[Span, ...]
    level: int = 0
    table: Table | None = None
    anchor: str | None = None  # fragment id in the original, for links into it (HTML)


@dataclass(frozen=True, slots=True)
class Metadata:
    """Facts about a document. Languages are BCP 47 primary tags ("zh", "en", "ja"); ``year`` is the year of issue.

    ``jurisdiction`` is "CN", "US", "JP" and so on (ISO 3166), "EU", "UN", or None. ``place`` is the name of the part of
    it that the document belongs to: 广东省, California. ``digest_of`` names the original if the document is a digest.
    ``url`` is the official address of the original.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    language: str | None = None
    issuer: str | None = None
    jurisdiction: str | None = None
    url: str | None = None
    digest_of: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One file as read.

    ``text`` is the source text: the reader's extract, page by page, unaltered (for plain text the decoded file itself,
    newlines untranslated). ``blocks`` are in reading order. ``boxes`` is float32, (len(text), 4), columns x0 y0 x1 y1
    as in :class:`Box`, NaN for a code point without a glyph; None if the format has no geometry. ``warnings`` are
    one-line remarks for the user ("no text layer on pages 3-4 ...").
    """

    name: str
    content: bytes = field(repr=False)
    media_type: str
    text: str = field(repr=False)
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...] = field(repr=False)
    metadata: Metadata = Metadata()
    boxes: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)
    warnings: tuple[str, ...] = ()

    @property
    def doc_id(self) -> str:
        """SHA-256 of the original bytes, 64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def text_sha256(self) -> str:
        """SHA-256 of the source text in UTF-8 (lone surrogates kept), 64 hex digits."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def quote(text: str, spans: Sequence[Span]) -> str:
    """Returns the exact words of ``text`` in ``spans``. Spans that do not touch are joined by ``" … "``."""
    return " … ".join(text[start:end] for start, end in spans)
