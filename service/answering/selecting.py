"""Which pieces come into question, and which of them are shown as the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.answering.confidence import is_statement
from service.answering.understanding import Asked
from service.evidence.entities import Entity
from service.evidence.pieces import Candidate, Evidence, Piece, is_short, joined, share_of_answer

_NEWS = 2  # index terms that the question does not hold
_SAME = 0.75  # of a piece's terms: so many in another, and it adds nothing


@dataclass(frozen=True, slots=True)
class Selection:
    """How much is shown; values found on the development questions (docs/decisions/0010).

    ``keep``: a further piece is shown when it is at least this share as likely to answer as the best one, ``beside``
    when it stands in the same passage. ``most``: pieces in one answer. ``side``: as ``keep``, for a piece on a side of
    a comparison.
    """

    keep: float = 0.9
    beside: float = 0.6
    most: int = 4
    side: float = 0.4


def comes_into_question(asked: Asked, piece: Piece) -> bool:
    """Whether a piece can answer: not a long row as a whole, nor what only repeats the question or the title.

    A sentence with a new number says something.
    """
    if piece.passage.kind == "row" and len(piece.units) == len(piece.passage.units) > 1 and not is_short(piece.passage):
        return False
    news = piece.said.terms - asked.said.terms - piece.place.origin.title.terms
    return len(news) >= _NEWS or any(char.isdigit() for term in news for char in term)


def gather(asked: Asked, judged: Sequence[Candidate], params: Selection = Selection()) -> list[Evidence]:
    """What is shown of the candidates, which come by likelihood: the best, what is nearly as good, each side's best."""
    if not judged:
        return []
    best = judged[0]
    wanted = [best, *_of_each_side(asked.sides, judged, params)]
    for each in judged:
        beside = each.piece.passage == best.piece.passage
        enough = (params.beside if beside else params.keep) * best.likely
        if each.likely >= enough and each not in wanted and is_statement(each.piece):
            wanted.append(each)
    return joined(_with_equals(_within_length(wanted, params), judged))


def _of_each_side(sides: Sequence[Entity], judged: Sequence[Candidate], params: Selection) -> list[Candidate]:
    """The best on each side of a comparison that the best of all does not name, where one comes near."""
    near = [each for each in judged if each.likely >= params.side * judged[0].likely]
    missing = [side for side in sides if not _names(judged[0].piece, side)]
    found = (next((each for each in near if _names(each.piece, side)), None) for side in missing)
    return [each for each in found if each is not None]


def _names(piece: Piece, side: Entity) -> bool:
    return piece.place.names(side) or piece.said.holds(side)


def _within_length(wanted: Sequence[Candidate], params: Selection) -> list[Candidate]:
    """The first of them that make an answer; none says again what another does."""
    length, shown = 0.0, list[Candidate]()
    for each in wanted:
        size = share_of_answer(each.piece.said.text)
        fits = length + size <= 1 and len(shown) < params.most
        if not shown or (fits and _repeated(each.piece, shown) is None):
            shown.append(each)
            length += size
    return shown


def _with_equals(shown: Sequence[Candidate], judged: Sequence[Candidate]) -> list[Evidence]:
    """What is shown, each with the passages that say the same."""
    evidence = [Evidence(e.piece.passage, e.piece.units, e.piece.said.text, e.likely) for e in shown]
    for each in judged:
        place = _repeated(each.piece, shown) if each not in shown else None
        if place is not None and each.piece.passage != shown[place].piece.passage:
            evidence[place] = replace(evidence[place], also=(*evidence[place].also, each.piece.passage))
    return evidence


def _repeated(piece: Piece, shown: Sequence[Candidate]) -> int | None:
    """The place of what it says again: three quarters of its terms stand there."""
    terms = piece.said.terms
    places = (n for n, other in enumerate(shown) if len(terms & other.piece.said.terms) >= _SAME * len(terms))
    return next(places, None)
