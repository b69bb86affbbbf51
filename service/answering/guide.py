"""What answering keeps of a library as a whole: its documents' names and outlines, and what it can be asked."""

from __future__ import annotations

from index.library import Library
from service.answering.dialogue.opening import Openings
from service.answering.provisions.cited import Outlines
from service.answering.provisions.sanctions import Sanctions
from service.answering.understanding.naming import Names


class Guide:
    """Each part tells of the library as it is when it is asked. Safe for threads."""

    def __init__(self, library: Library) -> None:
        self.names, self.outlines, self.openings = Names(library), Outlines(), Openings(library)
        self.sanctions = Sanctions(library, self.outlines)
