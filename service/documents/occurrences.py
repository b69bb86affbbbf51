"""Finds words in a document, for a person who reads it. A part of the engine's shelf."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator

from sinkqa.ingest.document import Span
from sinkqa.ingest.text.normalised_text import View, reading_view, search_view

_MOST_KEPT = 4_000_000  # characters of views: some 40 MB


class Searchable:
    """Caches the search forms of the texts that were searched last. Safe for threads.

    The key is the hash of the text, so that a newer version of a document has its own entry.
    """

    def __init__(self) -> None:
        self._views: OrderedDict[str, View] = OrderedDict()
        self._lock = threading.Lock()

    def view(self, sha256: str, text: str) -> View:
        """The search form of the text with this hash, made at the first call."""
        with self._lock:
            if sha256 in self._views:
                self._views.move_to_end(sha256)
                return self._views[sha256]
        made = searchable(text)
        with self._lock:
            self._views[sha256] = made
            while len(self._views) > 1 and sum(len(each.text) for each in self._views.values()) > _MOST_KEPT:
                self._views.popitem(last=False)
        return made


def searchable(text: str) -> View:
    """The form of a source text in which words are searched."""
    return search_view(reading_view(text, [Span(0, len(text))]))


def occurrences(view: View, words: str) -> Iterator[tuple[Span, ...]]:
    """The spans of each occurrence of ``words`` in a searchable text, in order, none overlapping.

    The search form is compared, so line breaks, small or capital letters, wide letters and traditional script make no
    difference. Words without a letter or digit occur nowhere.
    """
    wanted = searchable(words).text.strip()
    if not any(map(str.isalnum, wanted)):
        return
    at = view.text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        yield view.to_source(at, end)
        at = view.text.find(wanted, end)
