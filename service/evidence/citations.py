"""Makes quotes from the stored source text. Reads each again and compares it before it is returned. Fails closed."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Page, quote
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.splitting.packing import merged
from sinkqa.ingest.text.normalised_text import reading_view
from sinkqa.service.answer import Citation
from sinkqa.service.evidence.geometry import astral_offsets, line_boxes, quoted_spans
from sinkqa.service.evidence.placing import paragraph_of, paragraph_starts, place_of
from sinkqa.service.evidence.warnings.injection import flags

if TYPE_CHECKING:
    from numpy.typing import NDArray

_log = logging.getLogger(__name__)
_MOST_KNOWN = 8_000_000  # code points of texts that are kept with their hashes: at most 32 MB


class Sources(Protocol):
    """The stored documents, from which quotes are read again. A library is a ``Sources``."""

    def document(self, doc_id: str) -> DocumentRecord:
        """The record of a stored document."""

    def text(self, doc_id: str) -> str:
        """Its source text, read from the store at the time of the call."""

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """Its pages."""

    def boxes(self, doc_id: str) -> NDArray[np.float32] | None:
        """The boxes of its code points, float32 (n, 4), or None."""

    def passages(self, doc_id: str) -> list[Passage]:
        """Its passages in reading order."""

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """The passages around this one, including itself, in reading order."""


def cite(sources: Sources, passage: Passage, units: Sequence[Unit], *, number: int, score: float) -> Citation | None:
    """Quotes ``units`` of ``passage``. Returns None if the stored text does not contain the units word for word.

    It compares the hash of the source text with the hash recorded when the document was added. It also compares the
    reading form of every span with the text that retrieval and answering used.
    """
    record = sources.document(passage.doc_id)
    text = sources.text(passage.doc_id)
    if not holds(text, units, text_sha256=record.text_sha256):
        _log.warning("quote withdrawn: passage %s differs from the stored text; run doctor", passage.passage_id)
        return None
    spans = merged(text, (span for unit in units for span in unit.spans))
    pages = [
        page
        for page in sources.pages(passage.doc_id)
        if any(page.start < end and start < page.end for start, end in spans)
    ]
    quoted = quote(text, spans)
    number_of_page = pages[0].number if pages else passage.page_start
    label, paragraph = place_of(
        passage,
        sources.pages(passage.doc_id),
        number_of_page,
        lambda: paragraph_of(paragraph_starts(text, record.title), spans[0].start),
    )
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
        page_label=label,
        quote=quoted,
        spans=quoted_spans(_texts.astral(text, record.text_sha256), spans),
        text_sha256=record.text_sha256,
        boxes=line_boxes(sources.boxes(passage.doc_id), spans, pages),
        language=passage.language,
        url=record.metadata.url,
        score=round(score, 4),
        flags=flags(quoted),
        paragraph=paragraph,
    )


def holds(text: str, units: Iterable[Unit], *, text_sha256: str) -> bool:
    """Whether the stored ``text`` has the recorded hash and contains exactly the text of each unit."""
    if not _texts.has(text, text_sha256):
        return False
    return all(unit.spans and reading_view(text, unit.spans).text == unit.text for unit in units)


class _HashedTexts:
    """Known texts by their hash: comparing a text with a known one costs a hundredth of hashing it.

    Safe for threads.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, tuple[int, ...]]] = {}
        self._size = 0

    def has(self, text: str, sha256: str) -> bool:
        """Whether this is the hash of the text."""
        known = self._known.get(sha256)
        if known is not None and known[0] == text:
            return True
        if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != sha256:
            return False
        if self._size + len(text) > _MOST_KNOWN:
            self._known, self._size = {}, 0
        self._known[sha256] = text, astral_offsets(text)
        self._size += len(text)
        return True

    def astral(self, text: str, sha256: str) -> tuple[int, ...]:
        """:func:`astral_offsets` of a text with this hash."""
        known = self._known.get(sha256)
        return known[1] if known is not None else astral_offsets(text)


_texts = _HashedTexts()
