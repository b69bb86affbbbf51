"""Ingest, PDF: blocks in the making, and spans with the footnote marks cut out of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sinkqa.ingest.document import BlockKind, Span
from sinkqa.ingest.readers.pdf.pages.page import Placed, PlacedTable


@dataclass(slots=True)
class BlockDraft:
    """A block in the making: the spans of its lines in reading order and the footnote marks among them.

    ``first`` and ``last`` are its lines where it is text that may still go on.
    """

    kind: BlockKind
    spans: list[Span]
    level: int = 0
    marks: list[Span] = field(default_factory=list)
    first: Placed | None = None
    last: Placed | None = None
    table: PlacedTable | None = None

    def text(self, source: str) -> str:
        """Its lines, joined by spaces."""
        return " ".join(source[start:end] for start, end in self.spans)


def without(spans: Sequence[Span], marks: Sequence[Span], text: str) -> tuple[Span, ...]:
    """``spans`` less ``marks``, trimmed of white space and joined over it; empty ones are left out."""
    joined: list[Span] = []
    for start, end in _cut(spans, marks):
        piece = text[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
        if start >= end:
            continue
        if joined and joined[-1].end <= start and not text[joined[-1].end : start].strip():
            joined[-1] = Span(joined[-1].start, end)
        else:
            joined.append(Span(start, end))
    return tuple(joined)


def _cut(spans: Sequence[Span], marks: Sequence[Span]) -> list[Span]:
    if not marks:
        return list(spans)
    cut: list[Span] = []
    for start, end in spans:
        for mark in sorted(mark for mark in marks if start <= mark.start < end):
            cut.append(Span(start, mark.start))
            start = mark.end
        cut.append(Span(start, end))
    return cut
