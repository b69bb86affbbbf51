"""Says how likely a piece states a claim in other words or in another language, and what of the claim it lacks.

This never makes a claim supported: that needs whole sentences (docs/decisions/0016). It tells the clauses that are
worth reading from those that are merely on the subject.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from sinkqa.index.arrays import Floats, Tokens, distinct
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.expansion import wordings
from sinkqa.ingest.text.amount import REFERENCES, Amount, date_parts
from sinkqa.ingest.text.amounts import amounts
from sinkqa.ingest.text.analyzer import units
from sinkqa.ingest.text.normalised_text import cased, fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Piece
from sinkqa.service.grounding.guard import Finding
from sinkqa.service.grounding.polarity import marks

WEIGHTS = {
    "fit": 1.19, "clause": 2.67, "worst": 1.42, "mean": 2.87, "amounts": 2.55, "lacking": -1.53, "names": -1.03,
    "turned": -1.32, "across": 0.57,
}  # fmt: skip
"""The weight of each feature, fitted on claims about policy documents (docs/decisions/0025)."""
OFFSET = -4.65
BAR = 0.5
"""The likelihood from which on a clause is said to come near."""

_WORD = late("[a-z]+")
_RATE = late(r"(?:\s*/|\s+(?:per|a|each|for every)\s).*|^每[^\d一二三四五六七八九十百千万]{1,4}", re.IGNORECASE)
_BORDER = late(r"(?<!\d)[,;:]|[,;:](?!\d)|[。!?]|\. |\n")
_TOGETHER = 3  # clauses in a row that may say it in common
_MOST_CLAUSES = 60  # of one piece
_FORBIDDEN = ("duty", "forbid")
_LIMIT = late(r"不能(?:超过|高于|低于|少于|多于|超出)|(?:may|must|shall|can)\s?not exceed")
_FEW = 2
_DIGIT = late(r"\d")
_PLACES = frozenset({"country", "region", "province", "city"})
_WORST = 0.4  # of a claim's weight
_LOWER, _UPPER = frozenset({"least", "more"}), frozenset({"most", "less"})
# Capitalised words that are no names by themselves.
_COMMON = frozenset(
    """january february march april may june july august september october november december law act order regulation
    regulations measures state states party parties government member members group plan strategy""".split()  # noqa: SIM905  # a list of them reads worse
)


class PieceClause(NamedTuple):
    """A clause of a piece, or some in a row: its range in the folded text, and what the encoder reads in it."""

    start: int
    end: int
    vector: Floats
    tokens: Tokens
    is_single: bool


_clauses: WeakKeyDictionary[Piece, tuple[PieceClause, ...]] = WeakKeyDictionary()
"""The clauses of pieces, as long as these are kept: the claims of one text meet the same ones."""


class Bearing(NamedTuple):
    """How a piece bears on a claim.

    ``likely``, 0..1: how likely it states the claim. ``near``, 0..1: the same, whatever its amounts are. ``lacking``:
    amounts and places of the claim that the piece, its headings and its document do not have. ``turned``: one of the
    two denies or forbids, and the other does not.
    """

    likely: float
    near: float
    lacking: tuple[Finding, ...]
    turned: bool = False

    @property
    def is_likely(self) -> bool:
        """Whether it may be shown as a clause that comes near."""
        return self.likely >= BAR and not self.lacking


def bearings(claim: Analysis, pieces: Sequence[Piece], fits: Sequence[float], encoder: Encoder) -> list[Bearing]:
    """How each piece bears on the claim. ``fits``: how well each fits it, 0..1."""
    if not pieces:
        return []
    worst, mean = _covered(claim, pieces, encoder)
    clauses = [clauses_of(piece, encoder) for piece in pieces]
    nearest = _nearest_clauses(claim, clauses, encoder)
    found = []
    for place, piece in enumerate(pieces):
        lacking = _lacking_amounts(claim, piece, clauses[place], encoder)
        seen = {"fit": fits[place], "clause": nearest[place], "worst": float(worst[place]), "mean": float(mean[place])}
        seen |= features(claim, piece, lacking)
        found.append(_bearing(claim, piece, seen, lacking))
    return found


def features(claim: Analysis, piece: Piece, lacking: Sequence[Amount]) -> dict[str, float]:
    """The features that depend on amounts, names and turning words, each 0 or 1."""
    return {
        "amounts": float(not lacking and any(True for _ in _own_amounts(claim))),
        "lacking": float(bool(lacking)),
        "names": float(any(_lacking_names(claim, piece))),
        "turned": float(_turns(claim) != _turns(piece.said)),
        "across": float(claim.language != piece.passage.language),
    }


def _bearing(claim: Analysis, piece: Piece, seen: dict[str, float], lacking: Sequence[Amount]) -> Bearing:
    missing = [Finding(each.kind, each.said, None) for each in lacking]
    missing += [Finding("entity", name, None) for name, kind in _lacking_names(claim, piece) if kind in _PLACES]
    near = seen | {"amounts": 0.0, "lacking": 0.0}
    return Bearing(_likelihood(seen), _likelihood(near), tuple(missing), seen["turned"] == 1.0)


def _likelihood(seen: dict[str, float]) -> float:
    logit = OFFSET + sum(WEIGHTS[name] * value for name, value in seen.items())
    return float(1 / (1 + np.exp(-logit)))


def _own_amounts(claim: Analysis) -> Iterator[Amount]:
    """The amounts that measure something. Numbers of articles only name a place; "two" and 一项 count what is told."""
    return (each for each in claim.amounts if each.dimension not in REFERENCES and not _is_article(each))


def _is_article(amount: Amount) -> bool:
    """Whether a number stands by a noun much as an article does."""
    return amount.kind == "number" and not amount.dimension and amount.high <= _FEW and not _DIGIT.search(amount.said)


def _lacking_amounts(claim: Analysis, piece: Piece, clauses: Sequence[PieceClause], encoder: Encoder) -> list[Amount]:
    """The claim's amounts of which a value stands neither in the piece nor, for years and dates, around it.

    In a piece with several amounts of one unit, no clause with another amount may come nearer to the claim.
    """
    ours = list(_own_amounts(claim))
    if not ours:
        return []
    around = (*piece.whole.amounts, *piece.place.headings.amounts, *piece.place.origin.title.amounts)
    numbers = [each for each in piece.said.amounts if each.kind == "number"]
    said = {(each.dimension, end) for each in ours for end in (each.low, each.high)}
    rivals = [each for each in numbers if (each.dimension, each.low) not in said and _has_rival(each, ours)]
    if rivals:
        near = _nearness(claim, clauses, encoder)
        best = max(near(rival) for rival in rivals)
        numbers = [each for each in numbers if each in rivals or near(each) >= best]
    return [each for each in ours if not _is_borne(each, piece, numbers, around)]


def _has_rival(amount: Amount, ours: Sequence[Amount]) -> bool:
    return any(each.kind == "number" and each.dimension == amount.dimension for each in ours)


def clauses_of(piece: Piece, encoder: Encoder) -> tuple[PieceClause, ...]:
    """The clauses of a piece, alone and up to three together, as ranges of its folded text."""
    if (known := _clauses.get(piece)) is not None:
        return known
    text = piece.said.folded
    borders = [0, *(match.end() for match in _BORDER.finditer(text)), len(text)]
    single = [(start, end) for start, end in pairwise(borders) if text[start:end].strip()][:_MOST_CLAUSES]
    ranges = [
        (single[place][0], single[place + count][1])
        for count in range(_TOGETHER)
        for place in range(len(single) - count)
    ]
    vectors, tokens = encoder.read([text[start:end] for start, end in ranges])
    found = tuple(
        PieceClause(start, end, vector, said, place < len(single))
        for place, ((start, end), vector, said) in enumerate(zip(ranges, vectors, tokens, strict=True))
    )
    _clauses[piece] = found
    return found


def _nearest_clauses(claim: Analysis, clauses: Sequence[Sequence[PieceClause]], encoder: Encoder) -> list[float]:
    """Of each piece, how near its nearest clause comes to the claim, 0..1: a long list says many things."""
    (vector,), (said,) = encoder.read([claim.text])
    every = [clause for each in clauses for clause in each]
    if not every:
        return [0.0] * len(clauses)
    cosine = np.clip(np.stack([clause.vector for clause in every]) @ vector, 0, 1)
    near = iter(((cosine + encoder.maxsim(said, [clause.tokens for clause in every])) / 2).tolist())
    return [max((next(near) for _ in each), default=0.0) for each in clauses]


def _nearness(claim: Analysis, clauses: Sequence[PieceClause], encoder: Encoder) -> Callable[[Amount], float]:
    """How near the clause comes to the claim in which an amount stands."""
    single = [clause for clause in clauses if clause.is_single]
    (said,) = encoder.tokens([claim.folded])
    near = encoder.maxsim(said, [clause.tokens for clause in single]).tolist()

    def of(amount: Amount) -> float:
        places = zip(single, near, strict=True)
        return max((score for clause, score in places if clause.start <= amount.start < clause.end), default=0.0)

    return of


def _is_borne(said: Amount, piece: Piece, numbers: Sequence[Amount], around: Sequence[Amount]) -> bool:
    if said.kind == "date":
        sought = date_parts(said)
        return any(
            all(not part or part == there for part, there in zip(sought, date_parts(each), strict=True))
            for each in around
            if each.kind == "date"
        )
    if said.kind == "year":
        years = {int(end) for each in around if each.kind == "year" for end in (each.low, each.high)}
        years |= {date_parts(each)[0] for each in around if each.kind == "date"} | {piece.place.origin.year or 0}
        return {int(said.low), int(said.high)} <= years
    if all(any(_says(each, said, end) for each in numbers) for end in {said.low, said.high}):
        return True
    if not (is_rate := "/" in said.dimension) and not any("/" in each.dimension for each in numbers):
        return False
    bare = [rate for each in numbers for rate in (_apart(each.said) if "/" in each.dimension else (each,))]
    ours = _apart(said.said) if is_rate else (said,)
    return bool(ours) and all(
        any(_says(each, own, end) for each in bare) for own in ours for end in {own.low, own.high}
    )


def _says(there: Amount, said: Amount, end: Decimal) -> bool:
    """Whether an amount has this end of the claim's, in the same unit, and is no bound on the other side."""
    if (there.bound in _LOWER and said.bound in _UPPER) or (there.bound in _UPPER and said.bound in _LOWER):
        return False
    return there.dimension == said.dimension and end in (there.low, there.high)


@lru_cache(maxsize=256)
def _apart(said: str) -> tuple[Amount, ...]:
    """An amount without what it is counted by: the fine is 10 yuan, whether "per square metre" stands beside it."""
    return tuple(amounts(cased(_RATE.sub("", said))))


def _lacking_names(claim: Analysis, piece: Piece) -> Iterator[tuple[str, str]]:
    """Names of the claim that neither the piece, its passage, its headings nor its document has, with their kinds.

    A name that no list holds is compared within one language only.
    """
    across = claim.language != piece.passage.language
    for name in claim.entities:
        is_other = name.kind == "name"
        if is_other and (name.said.lower() in _COMMON or (across and not name.said.isupper())):
            continue
        if not (piece.names(name) or piece.whole.holds(name) or _says_otherwise(name.said, piece)):
            yield name.said, name.kind


def _says_otherwise(said: str, piece: Piece) -> bool:
    """Whether the piece or its headings have another wording of a term."""
    return any(_has_terms(terms, piece) for _, others in _renderings(fold(said)) for terms in others)


def _turns(said: Analysis) -> bool:
    """Whether the text denies or forbids. A limit does so too, in the words of some: 不得超过, "no more than"."""
    found = [mark for mark in marks(said.folded) if mark.family != "bound"]
    forbids = any(mark[:2] == _FORBIDDEN and not _LIMIT.match(said.folded, mark.start) for mark in found)
    return sum(mark.family == "negation" for mark in found) % 2 == 1 or forbids


def _covered(claim: Analysis, pieces: Sequence[Piece], encoder: Encoder) -> tuple[Floats, Floats]:
    """How near each piece comes to the claim's words, (m,) each: to those it covers worst, and to all by weight.

    A term that a piece has in another wording is covered.
    """
    (tokens,) = encoder.tokens([claim.folded])
    weights, near = encoder.nearest(tokens, [*(piece.tokens for piece in pieces), *(piece.known for piece in pieces)])
    covered = np.maximum(near[:, : len(pieces)], near[:, len(pieces) :])
    standing = distinct(tokens).tolist()
    for said, others in _renderings(claim.folded):
        spoken = set(encoder.tokens([said])[0].tolist())
        words = [place for place, token in enumerate(standing) if token in spoken]
        if words:
            held = np.fromiter((any(_has_terms(terms, each) for terms in others) for each in pieces), bool, len(pieces))
            covered[words] = np.where(held, np.float32(1), covered[words])
    order = np.argsort(covered, axis=0)
    own = weights[order]
    taken = np.clip(_WORST - (np.cumsum(own, axis=0) - own), 0, own)
    lowest = (taken * np.take_along_axis(covered, order, axis=0)).sum(axis=0) / np.maximum(taken.sum(axis=0), 1e-9)
    return np.asarray(lowest, np.float32), np.asarray(weights @ covered, np.float32)


def _has_terms(terms: Sequence[str], piece: Piece) -> bool:
    return all(term in piece.said.terms or term in piece.place.terms for term in terms)


@lru_cache(maxsize=64)  # each policy meets the same claim
def _renderings(folded: str) -> tuple[tuple[str, list[tuple[str, ...]]], ...]:
    """Stretches of a folded text, with the terms of their other wordings."""
    stems = {stem: word for word in _WORD.findall(folded) for stem in units(word)}
    once = {tuple(said): others for said, others in wordings(folded)}
    return tuple(
        ("".join(said) if not said[0].isascii() else " ".join(stems.get(each, each) for each in said), others)
        for said, others in once.items()
    )
