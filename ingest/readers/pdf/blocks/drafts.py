"""Unfinished blocks, and spans from which the footnote marks are removed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sinkqa.ingest.document import BlockKind, Span
from sinkqa.ingest.readers.pdf.pages.page import Placed, PlacedTable


@dataclass(slots=True)
class BlockDraft:
    """An unfinished block: the spans of its lines in reading order, and the footnote marks in them.

    ``first`` and ``last`` are its first and last lines. They are set if the block is text that may continue.
    """

    kind: BlockKind
    spans: list[Span]
    level: int = 0
    marks: list[Span] = field(default_factory=list)
    first: Placed | None = None
    last: Placed | None = None
    table: PlacedTable | None = None

    def text(self, source: str) -> str:
        """Returns the lines of the block, joined by spaces."""
        return " ".join(source[start:end] for start, end in self.spans)


def without(spans: Sequence[Span], marks: Sequence[Span], text: str) -> tuple[Span, ...]:
    """Removes ``marks`` from ``spans``. Trims the spans, joins them over white space, and leaves out empty ones."""
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
