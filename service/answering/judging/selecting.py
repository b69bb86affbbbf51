"""Selects the pieces that can answer, and among these the ones that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sinkqa.ingest.text.amount import matches
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.entities import Entity
from sinkqa.service.evidence.pieces import Candidate, Evidence, Piece, joined, share_of_answer
from sinkqa.service.grounding.polarity import marks

_ROOM_OF_LISTS = 2.5  # answers long: a list is better whole than half
_NEWS = 2  # index terms that the question does not hold
_SAME = 0.75  # of a piece's terms: so many in another, and it adds nothing

_DEFINES = late(r"\W*(?:[一二三四五六七八九十\d]{1,3}\W+)?(?P<term>[^，,。;；]{1,40}?)[，,]?(?:是指|系指)")
_ASKS_FOR_AIMS = late(r"目标|目的|宗旨|旨在|(?:修订|修正|修改)(?!的|案|版|后)|\b(?:aim|purpose|objective|amend)")


@dataclass(frozen=True, slots=True)
class Selection:
    """How much evidence is shown. The values were found on the development questions (docs/decisions/0013).

    ``keep``: a further piece of the same document is shown if its likelihood is at least this share of the best
    piece's. ``beside``: the same for a piece of the same passage. ``side``: the same for a piece of any document on a
    side of a comparison. ``most``: the highest number of pieces in one answer.
    """

    keep: float = 0.95
    beside: float = 0.75
    most: int = 4
    side: float = 0.7


WHOLE = Selection()


def comes_into_question(asked: Asked, piece: Piece) -> bool:
    """Whether a piece can answer the question.

    A whole long row cannot answer it, and neither can a piece that only repeats the question or the title. Headings,
    bylines, amendment notes and announcements can answer only if the question asks for them. A sentence with a new
    number or name can answer.
    """
    if asked.terms and _defines_another(asked, piece):
        return False
    if asked.target == "number" and not asked.several and piece.is_list and share_of_answer(piece.said.text) > 1:
        return False  # a number stands in one of its items, which are pieces too
    if not (piece.asserts or asked.target == "actor" or asked.said.has(_ASKS_FOR_AIMS)):
        return False
    if piece.is_long_row:
        return False
    news = piece.said.terms - asked.said.terms
    if not piece.is_sentence:
        news -= piece.place.origin.title.terms
    if len(news) >= (1 if asked.target == "actor" else _NEWS) or any(char.isdigit() for term in news for char in term):
        return True
    return piece.is_sentence and not piece.said.names <= asked.said.names


def _defines_another(asked: Asked, piece: Piece) -> bool:
    """Whether a piece says what a term means, and it is none that is asked for."""
    found = _DEFINES.match(piece.said.folded)
    return found is not None and not any(term in found["term"] for term in asked.terms)


def gather(
    asked: Asked, judged: Sequence[Candidate], premise: Candidate | None = None, params: Selection = WHOLE
) -> list[Evidence]:
    """The evidence to show: the best candidate, those nearly as good, the best of each side, and the ``premise``.

    ``judged`` comes by likelihood, descending.
    """
    if not judged:
        return []
    best = judged[0]
    wanted = [best, *_of_each_side(asked.sides, judged, params)]
    for each in judged:
        if each.piece.passage.doc_id != best.piece.passage.doc_id:
            continue  # another document seldom completes an answer, and often speaks of another case
        beside = each.piece.passage == best.piece.passage
        if each.likely >= (params.beside if beside else params.keep) * best.likely and each not in wanted:
            wanted.append(each)
    if asked.several:  # and its lists have more room than a sentence
        wanted = [best, *(each for each in wanted[1:] if each.piece.is_list or not best.piece.is_list)]
    shown = _within_length(wanted, params, _ROOM_OF_LISTS if asked.several else 1.0)
    if premise and _repeated(premise.piece, shown) is None:
        shown.insert(1, premise)
    return joined(_with_equals(shown, judged))


def _of_each_side(sides: Sequence[Entity], judged: Sequence[Candidate], params: Selection) -> list[Candidate]:
    """The best on each side of a comparison that the best of all does not name, where one comes near.

    Documents of the side itself come before those that speak of it.
    """
    near = [each for each in judged if each.likely >= params.side * judged[0].likely]
    missing = [side for side in sides if not judged[0].piece.names(side)]
    own = {side: [each for each in near if each.piece.place.origin.home == side.name] for side in missing}
    found = (next((each for each in (*own[side], *near) if each.piece.names(side)), None) for side in missing)
    return [each for each in found if each is not None]


def _within_length(wanted: Sequence[Candidate], params: Selection, room_of_lists: float) -> list[Candidate]:
    """The first of them that make an answer; none says again what another does."""
    length, shown = 0.0, list[Candidate]()
    for each in wanted:
        size = share_of_answer(each.piece.said.text)
        room = room_of_lists if each.piece.is_list else 1.0
        fits = length + size <= room and len(shown) < params.most
        if not shown or (fits and _repeated(each.piece, shown) is None):
            shown.append(each)
            length += size
    return shown


def _with_equals(shown: Sequence[Candidate], judged: Sequence[Candidate]) -> list[Evidence]:
    """What is shown, each with the passages that say the same."""
    evidence = [Evidence(e.piece.passage, e.piece.units, e.piece.said.text, e.likely) for e in shown]
    for each in judged:
        place = _repeated(each.piece, shown) if each not in shown else None
        if place is None or each.piece.passage == shown[place].piece.passage:
            continue
        if _says_the_same(each.piece.said, shown[place].piece.said):
            evidence[place] = replace(evidence[place], also=(*evidence[place].also, each.piece.passage))
    return evidence


def _says_the_same(one: Analysis, other: Analysis) -> bool:
    """Whether two texts of much the same words agree in their amounts, names, and the words that turn a meaning."""
    if one.names != other.names or _turning(one) != _turning(other):
        return False
    return all(
        any(matches(found, said) for found in theirs.stated)
        for ours, theirs in ((one, other), (other, one))
        for said in ours.stated
    )


def _turning(text: Analysis) -> list[tuple[str, ...]]:
    return sorted(tuple(map(str, mark[:2])) for mark in marks(text.folded))


def _repeated(piece: Piece, shown: Sequence[Candidate]) -> int | None:
    """The place of what it says again: three quarters of its terms stand there."""
    terms = piece.said.terms
    places = (n for n, other in enumerate(shown) if len(terms & other.piece.said.terms) >= _SAME * len(terms))
    return next(places, None)
