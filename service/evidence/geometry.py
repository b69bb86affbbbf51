"""Computes the position of a quote: its spans in UTF-16 units, and the boxes of its lines on a page."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sinkqa.ingest.document import Box, Page, Span
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answer import QuotedSpan

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ASTRAL = late("[\U00010000-\U0010ffff]")


def quoted_spans(astral: Sequence[int], spans: Iterable[Span]) -> tuple[QuotedSpan, ...]:
    """The spans with offsets in code points and in UTF-16 units. ``astral``: the result of :func:`astral_offsets`."""
    return tuple(
        QuotedSpan(start, end, start + bisect_left(astral, start), end + bisect_left(astral, end))
        for start, end in spans
    )


def astral_offsets(text: str) -> tuple[int, ...]:
    """The offsets of the code points above U+FFFF, ascending. Each takes two units in UTF-16."""
    if len(text.encode("utf-16-le", "surrogatepass")) == 2 * len(text):  # quicker than a search in vain
        return ()
    return tuple(match.start() for match in _ASTRAL.finditer(text))


def line_boxes(boxes: NDArray[np.float32] | None, spans: Iterable[Span], pages: Sequence[Page]) -> tuple[Box, ...]:
    """One box for each printed line under ``spans``, in reading order; empty if the format has no geometry."""
    if boxes is None:
        return ()
    lines: list[Box] = []
    for start, end in spans:
        for page in pages:
            first, last = max(start, page.start), min(end, page.end)
            if first < last:
                glyphs = boxes[first:last]
                lines.extend(_lines(glyphs[~np.isnan(glyphs[:, 0])], page.number))
    return tuple(lines)


def _lines(glyphs: NDArray[np.float32], page: int) -> list[Box]:
    """Glyphs that follow each other and overlap in height by half stand on one line."""
    lines: list[Box] = []
    for x0, y0, x1, y1 in glyphs.tolist():
        if lines and lines[-1].page == page:
            last = lines[-1]
            overlap = min(last.y1, y1) - max(last.y0, y0)
            if overlap >= 0.5 * min(last.y1 - last.y0, y1 - y0) and x0 >= last.x0 - (x1 - x0):
                lines[-1] = Box(page, min(last.x0, x0), min(last.y0, y0), max(last.x1, x1), max(last.y1, y1))
                continue
        lines.append(Box(page, x0, y0, x1, y1))
    return lines
