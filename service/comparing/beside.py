"""Tells which words of another document's own cells the row's documents bear out, contradict or pass over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.amount import matches
from sinkqa.ingest.text.analyzer import analyze, units
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.budget import checkpoint
from sinkqa.service.comparing.columns import Column, Notion, notions, says
from sinkqa.service.comparing.comparison import Relation
from sinkqa.service.comparing.fitness import is_limit, measured, tells
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.pieces import Candidate, Piece
from sinkqa.service.evidence.relevance import relevance
from sinkqa.service.grounding.quote import Quote

_KEY = late(r"\A\s*[^：:；;。,，]{1,30}[：:]\s*")
_BETWEEN = late(r"[；;。\n]+")
_TRIED = 8  # pieces that a statement is held against
_HELD = 0.7  # of a statement's length: its notions that a piece says, for the two to agree across languages
_NEAR, _COVERED = 0.48, 0.75  # how near a piece in another language comes, and how much of the statement's weight
_MOSTLY = 0.6  # of the notions that are known in the other language
_DENIES = late(r"不得|禁止|不予|严控|严格|打击|\b(?:may|must|shall|is|are|be|do|does) not\b|\bno\b|てはならない")
_VERBS = late(  # say only that something is done: in another language any verb may
    "加大|开展|扩大|重视|推动|加强|推进|促进|发展|实施|继续|提高|提升|提出|建立|研发|加快|增强|支持|鼓励|例如|尤其|包括|以及|等"
    "|对|和|与|的|为|了|在|及|强化|整体|国家|工程|行动|积极"
)


class Stood(NamedTuple):
    """A statement of a cell, how the row's documents stand to it, and the piece that tells, if any."""

    said: str
    relation: Relation
    passage: Passage | None = None
    units: tuple[Unit, ...] = ()


def statements(text: str) -> list[str]:
    """The statements of a cell, without the key or header that it begins with."""
    said = (each.strip() for each in _BETWEEN.split(_KEY.sub("", text)))
    return [each for each in said if each]


def together(stood: Sequence[Stood]) -> Relation:
    """How a cell stands: it differs if one of its statements does, and agrees if at least half of them do."""
    relations = [each.relation for each in stood]
    if "differs" in relations:
        return "differs"
    return "agrees" if 2 * relations.count("agrees") >= len(relations) > 0 else "silent"


def stands(
    statement: str,
    column: Column,
    own: Piece | None,
    search: Callable[[str], Sequence[Candidate]],
    judge: Judge,
    encoder: Encoder,
    elsewhere: Callable[[Piece], bool],
) -> Stood:
    """How a statement stands to the row's own cell, and to the pieces that ``search`` finds for it.

    The claim check decides within one language. A limit agrees with the row's own if their amounts are equal, else it
    differs. Otherwise a piece agrees if it says nearly all notions and every amount of the statement, or in another
    language comes as near in meaning. ``elsewhere``: whether a piece is about another country.
    """
    checkpoint()
    said = Analysis(statement)
    if own is not None and column.counted and is_limit(own) and (limits := measured(said)):
        theirs = [each for each in measured(own.said) if each.dimension == limits[0].dimension]
        if theirs:
            equal = any(matches(each, limits[0]) for each in theirs)
            return Stood(statement, "agrees" if equal else "differs", own.passage, own.units)
    found = [each.piece for each in search(statement) if tells(each.piece)]
    fit = relevance(said, found, encoder)
    for place in np.argsort(-fit, kind="stable")[:_TRIED]:
        piece = found[place]
        relation = _relation(said, piece, judge) or _by_meaning(said, piece, float(fit[place]), encoder)
        if relation and not elsewhere(piece):
            return Stood(statement, relation, piece.passage, piece.units)
    return Stood(statement, "silent")


def _relation(said: Analysis, piece: Piece, judge: Judge) -> Relation | None:
    """What one piece makes of a statement by its words; None if it speaks of something else."""
    if piece.passage.language == said.language:
        label = judge.entails(said.text, [Quote.of(piece)]).label
        if label in ("supported", "contradicted"):
            return "agrees" if label == "supported" else "differs"
    held = _has_amounts(said, piece) and _share_held(said.text, piece) >= _HELD
    return "agrees" if held else None


def _by_meaning(said: Analysis, piece: Piece, fit: float, encoder: Encoder) -> Relation | None:
    """Whether a piece in another language comes near enough to a statement, as a whole and word by word."""
    if piece.passage.language == said.language or fit < _NEAR or not _has_amounts(said, piece):
        return None
    if piece.said.has(_DENIES) and not said.has(_DENIES):
        return None
    known = [each.renderings for each in _telling(said.text) if len(each.renderings) > 1]
    held = [each for each in known if says([each], frozenset(analyze(piece.said.text)), units(piece.said.text))]
    if not held or _MOSTLY * len(known) > len(held):
        return None
    (tokens,) = encoder.tokens([said.text])
    weights, near = encoder.nearest(tokens, [piece.tokens])
    return "agrees" if float(weights @ near[:, 0]) >= _COVERED * float(weights.sum()) else None


def _has_amounts(said: Analysis, piece: Piece) -> bool:
    return all(any(matches(each, own) for each in piece.said.stated) for own in measured(said))


def _share_held(statement: str, piece: Piece) -> float:
    """The share of a statement's length that stands in notions which the piece says, 0..1."""
    terms, words = frozenset(analyze(piece.said.text)), units(piece.said.text)
    found = list(_telling(statement))
    whole = sum(len(each.said) for each in found)
    held = sum(len(each.said) for each in found if says([each.renderings], terms, words))
    return held / whole if whole else 0.0


def _telling(statement: str) -> Iterator[Notion]:
    return (each for each in notions(_VERBS.sub(" ", fold(statement))) if each.said.strip())
