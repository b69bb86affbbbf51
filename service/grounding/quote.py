"""Defines a quote with its context in the source. Claims are compared with it."""

from __future__ import annotations

from functools import cached_property

from sinkqa.service.evidence.pieces import Piece
from sinkqa.service.evidence.units import said
from sinkqa.service.grounding.clauses import Clauses, clauses

_BEHIND = 2  # units after a piece, and one before, that may limit what it says


class Quote:
    """A quote with its context. It is immutable, and each analysis is computed at its first use.

    ``text``: one line for each paragraph, item or row. ``above``: the document's title, the headings and the caption,
    outermost first. ``before`` and ``after``: the text around it in its passage, empty at the border of a paragraph.
    """

    def __init__(self, text: str, *, above: tuple[str, ...] = (), before: str = "", after: str = "") -> None:
        self.text, self.above, self.before, self.after = text, above, before, after

    @classmethod
    def of(cls, piece: Piece) -> Quote:
        """The quote of a piece with its context on the page. Marks of list items are kept."""
        passage, origin = piece.passage, piece.place.origin
        above = tuple(filter(None, (origin.title.text, *passage.section, passage.table)))
        if passage.kind == "row":
            return cls(piece.statement, above=above)
        places = [passage.units.index(unit) for unit in piece.units]
        first, last = places[-1], places[-1]
        while first - 1 in places:
            first -= 1
        before = [unit.text for unit in passage.units[max(0, first - 1) : first]]
        after = [unit.text for unit in passage.units[last + 1 : last + 1 + _BEHIND]]
        text = said(passage, piece.units, numbered=True)
        return cls(text, above=above, before=" ".join(before), after="\n".join(after))

    @cached_property
    def clauses(self) -> Clauses:
        """The clauses of the text."""
        return clauses(self.text, lines=True)

    @cached_property
    def headings(self) -> tuple[Clauses, ...]:
        """The clauses of each heading above."""
        return tuple(clauses(heading) for heading in self.above)

    @cached_property
    def whole(self) -> str:
        """The whole text with its context, to search for names and amounts."""
        return "\n".join((*self.above, self.text))
