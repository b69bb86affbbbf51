"""Documents for quoting: their text is read anew each time, and everything else is cached for a generation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.document import Page
from sinkqa.ingest.passage import Passage
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.placing import paragraph_starts
from sinkqa.service.evidence.warnings.doubts import Remarks, remarks_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_KEPT = 1_000  # documents, of each kind of thing that is kept of them
_MOST_GLYPHS = 2_000_000  # whose boxes are kept: 32 MB
_T = TypeVar("_T")


class KeptDocuments:
    """The documents of one generation of a library, as :class:`Sources`.

    A document's record and text, with which quotes are compared, are read from the store at each call. Pages,
    paragraphs, boxes, remarks and ``astral`` (the result of :func:`astral_offsets`) change only with the generation.
    Safe for threads that read this generation.
    """

    def __init__(self, library: Sources, generation: int, astral: Callable[[str], Sequence[int]]) -> None:
        self.generation = generation
        self._library, self._read_astral = library, astral
        self._pages: dict[str, tuple[Page, ...]] = {}
        self._paragraphs: dict[str, Sequence[int]] = {}
        self._remarks: dict[str, Remarks] = {}
        self._astral: dict[str, Sequence[int]] = {}
        self._boxes: dict[str, NDArray[np.float32] | None] = {}
        self._glyphs, self._lock = 0, threading.Lock()

    def document(self, doc_id: str) -> DocumentRecord:
        """The record, read from the store at the time of the call."""
        return self._library.document(doc_id)

    def text(self, doc_id: str) -> str:
        """The source text, read from the store at the time of the call."""
        return self._library.text(doc_id)

    def passages(self, doc_id: str) -> list[Passage]:
        """The passages in reading order."""
        return self._library.passages(doc_id)

    def near(self, passage_id: str, *, reach: int) -> list[Passage]:
        """The passages around this one, including itself, in reading order."""
        return self._library.near(passage_id, reach=reach)

    def pages(self, doc_id: str) -> tuple[Page, ...]:
        """The pages, in order."""
        return _kept(self._pages, doc_id, self._library.pages)

    def remarks(self, doc_id: str) -> Remarks:
        """Its reader's warnings, and the numbers of its pages that read poorly."""
        return _kept(self._remarks, doc_id, lambda doc_id: remarks_of(self.document(doc_id), self.pages(doc_id)))

    def paragraphs(self, doc_id: str) -> Sequence[int]:
        """The offset of the start of each paragraph of the text."""
        return _kept(self._paragraphs, doc_id, self._read_paragraphs)

    def _read_paragraphs(self, doc_id: str) -> Sequence[int]:
        return paragraph_starts(self.text(doc_id), self.document(doc_id).title)

    def astral(self, doc_id: str) -> Sequence[int]:
        """The offsets of the code points above U+FFFF."""
        return _kept(self._astral, doc_id, self._read_astral)

    def boxes(self, doc_id: str) -> NDArray[np.float32] | None:
        """The boxes of its code points, float32 (n, 4), or None."""
        known = self._boxes  # this very one: another thread may begin anew
        if doc_id in known:
            return known[doc_id]
        found = self._library.boxes(doc_id)
        size = 0 if found is None else len(found)
        with self._lock:
            if self._glyphs + size > _MOST_GLYPHS:
                self._boxes, self._glyphs = {}, 0
            self._boxes[doc_id] = found
            self._glyphs += size
        return found


def _kept(known: dict[str, _T], doc_id: str, read: Callable[[str], _T]) -> _T:
    found = known.get(doc_id)
    if found is None:
        if len(known) >= _MOST_KEPT:
            known.clear()
        found = known[doc_id] = read(doc_id)
    return found
