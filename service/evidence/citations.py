"""Quotes: made from the stored source text, re-read and compared before they leave. Fails closed."""

from __future__ import annotations

import hashlib
import logging
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.catalogue import DocumentRecord
from ingest.document import Box, Page, Span, quote
from ingest.passage import Passage, Unit
from ingest.view import reading_view
from service.answer import Citation, QuotedSpan
from service.evidence.injection import flags

_log = logging.getLogger(__name__)
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Sources(Protocol):
    """Where quotes are re-read: the library."""

    def document(self, doc_id: str) -> DocumentRecord:
        """The record of a stored document."""

    def text(self, doc_id: str) -> str:
        """Its source text, read from the store now."""

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """Its pages."""

    def boxes(self, doc_id: str) -> NDArray[np.float32] | None:
        """Boxes of its code points, float32 (n, 4), or None."""

    def passages(self, doc_id: str) -> list[Passage]:
        """Its passages in reading order."""


def cite(sources: Sources, passage: Passage, units: Sequence[Unit], *, number: int, score: float) -> Citation | None:
    """Quotes ``units`` of ``passage``; None when the stored text does not say, word for word, what the units claim.

    Compared are the hash of the source text with the one recorded when the document was added, and the reading form
    of every span with the text that retrieval and answering worked on.
    """
    record = sources.document(passage.doc_id)
    text = sources.text(passage.doc_id)
    if not holds(text, units, text_sha256=record.text_sha256):
        _log.warning("quote withdrawn: passage %s differs from the stored text; run doctor", passage.passage_id)
        return None
    spans = merge(span for unit in units for span in unit.spans)
    pages = [
        page
        for page in sources.pages(passage.doc_id)
        if any(page.start < end and start < page.end for start, end in spans)
    ]
    quoted = quote(text, spans)
    return Citation(
        number=number,
        passage_id=passage.passage_id,
        doc_id=passage.doc_id,
        title=record.title,
        original=record.metadata.digest_of,
        section=passage.section,
        table=passage.table,
        page_start=pages[0].number if pages else passage.page_start,
        page_end=pages[-1].number if pages else passage.page_end,
        page_label=pages[0].label if pages else None,
        quote=quoted,
        spans=quoted_spans(astral_offsets(text), spans),
        text_sha256=record.text_sha256,
        boxes=line_boxes(sources.boxes(passage.doc_id), spans, pages),
        language=passage.language,
        url=record.metadata.url,
        score=round(score, 4),
        flags=flags(quoted),
    )


def _meet(page: Page, span: Span) -> bool:
    return page.start < span.end and span.start < page.end


def holds(text: str, units: Iterable[Unit], *, text_sha256: str) -> bool:
    """Whether the stored ``text`` is the one recorded and says exactly what each unit claims."""
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != text_sha256:
        return False
    return all(unit.spans and reading_view(text, unit.spans).text == unit.text for unit in units)


def merge(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order of the source, overlapping ones joined."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return tuple(merged)


def quoted_spans(astral: Sequence[int], spans: Iterable[Span]) -> tuple[QuotedSpan, ...]:
    """Spans with their offsets in UTF-16 units beside the code points; ``astral`` as :func:`astral_offsets` gives."""
    return tuple(
        QuotedSpan(start, end, start + bisect_left(astral, start), end + bisect_left(astral, end))
        for start, end in spans
    )


def astral_offsets(text: str) -> tuple[int, ...]:
    """Offsets of the code points above U+FFFF, ascending: in UTF-16 each takes two units."""
    return tuple(match.start() for match in _ASTRAL.finditer(text))


def line_boxes(boxes: NDArray[np.float32] | None, spans: Iterable[Span], pages: Sequence[Page]) -> tuple[Box, ...]:
    """One box for each printed line under ``spans``, in reading order; empty where the format has no geometry."""
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
