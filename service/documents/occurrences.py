"""A part of the engine's shelf: where words stand in a document, as somebody looks for them who reads it."""

from __future__ import annotations

from collections.abc import Iterator

from sinkqa.ingest.document import Span
from sinkqa.ingest.text.normalised_text import reading_view, search_view


def occurrences(text: str, words: str) -> Iterator[tuple[Span, ...]]:
    """The spans of each occurrence of ``words`` in the source ``text``, in order, none overlapping.

    Looked for is the search form: it does not matter where lines end, or whether letters are small, wide or of the
    traditional script. Words without a letter or digit occur nowhere.
    """
    wanted = search_view(reading_view(words, [Span(0, len(words))])).text.strip()
    if not any(map(str.isalnum, wanted)):
        return
    view = search_view(reading_view(text, [Span(0, len(text))]))
    at = view.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        yield view.to_source(at, end)
        at = view.text.find(wanted, end)
