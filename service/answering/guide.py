"""What answering keeps of a library as a whole: its documents' names and outlines, and what it can be asked."""

from __future__ import annotations

from index.library import Library
from service.answering.naming import Names
from service.answering.opening import Openings
from service.answering.provisions import Outlines
from service.answering.sanctions import Sanctions


class Guide:
    """Each part tells of the library as it is when it is asked. Safe for threads."""

    def __init__(self, library: Library) -> None:
        self.names, self.outlines, self.openings = Names(library), Outlines(), Openings(library)
        self.sanctions = Sanctions(library, self.outlines)
