"""Caches data about a whole library for answering: names and outlines of its documents, and questions to suggest."""

from __future__ import annotations

from sinkqa.index.library import Library
from sinkqa.service.answering.dialogue.opening import Openings
from sinkqa.service.answering.provisions.cited import Outlines
from sinkqa.service.answering.provisions.sanctions import Sanctions
from sinkqa.service.answering.understanding.naming import Names


class Guide:
    """Each part describes the library as it is at the time of the call. Safe for threads."""

    def __init__(self, library: Library) -> None:
        self.names, self.outlines, self.openings = Names(library), Outlines(), Openings(library)
        self.sanctions = Sanctions(library, self.outlines)
