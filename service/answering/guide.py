"""What answering keeps of a library as a whole: its documents' names and outlines, and what it can be asked."""

from __future__ import annotations

import threading

from index.library import Library
from service.answering.naming import Names
from service.answering.opening import Openings
from service.answering.provisions import Outlines
from service.answering.sanctions import Sanctions


class Guide:
    """Made anew, each part when it is next asked for, after the library has changed. Safe for threads."""

    def __init__(self, library: Library) -> None:
        self.outlines, self.openings = Outlines(), Openings(library)
        self.sanctions = Sanctions(library, self.outlines)
        self._library = library
        self._lock = threading.Lock()
        self._named: tuple[int, Names] | None = None

    @property
    def names(self) -> Names:
        """What the documents are called, at the library's generation."""
        generation = self._library.generation
        with self._lock:
            if self._named is None or self._named[0] != generation:
                before = self._named[1] if self._named else None
                self._named = generation, Names(self._library.documents(), self._library.fronts(), before=before)
            return self._named[1]
