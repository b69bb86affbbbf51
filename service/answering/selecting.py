"""Question and ranked passages into evidence: which sentences, items and rows answer, and whether they suffice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from index.analyzer import units
from index.encoder import Encoder
from index.hit import Hit
from ingest.view import fold
from service.answering.understanding import Asked
from service.evidence.entities import Entity, entities
from service.evidence.pieces import Evidence, cut, joined, share_of_answer
from service.evidence.relevance import relevance, terms_of

_NEWS = 2  # index terms that the question does not hold
_SAME = 0.75  # of a piece's terms: so many in another, and it adds nothing
_FEW_WORDS = 0.12  # of an answer: so little, and without a full stop, is no sentence
_ENDS, _CLOSING = tuple("。！？.!?；;:："), "”’\"')）] "
_HOMES = {"CN": "China", "US": "United States", "EU": "European Union", "JP": "Japan", "NZ": "New Zealand"}


@dataclass(frozen=True, slots=True)
class Selection:
    """How evidence is chosen; values found on the development questions (docs/decisions/0010).

    ``keep``: a further piece is shown when its relevance is at least this share of the best one's, ``beside`` when it
    stands in the same passage. ``most``: pieces in one answer. ``context``: what the rank of the passage counts beside
    the fit of the piece itself, 0..1. ``looked_at``: pieces, the most relevant ones, that are held against what is
    asked for. ``unanswering`` and ``unnamed``: the share of its relevance that a piece loses without the kind of amount
    asked for, and without the names in the question. ``side``: as ``keep``, for a piece on a side of a comparison.
    """

    keep: float = 0.96
    beside: float = 0.55
    most: int = 4
    context: float = 0.3
    looked_at: int = 20
    unanswering: float = 0.2
    unnamed: float = 0.1
    side: float = 0.6


def ranked(asked: Asked, hits: Sequence[Hit], encoder: Encoder, params: Selection = Selection()) -> list[Evidence]:
    """The pieces of ``hits`` that come into question, by relevance, the most looked at first."""
    terms = terms_of(asked.text)
    candidates = [(e, hit) for hit in hits for e in cut(hit.passage) if _adds_to(terms, e)]
    if not candidates:
        return []
    fit = relevance(asked.text, [_spoken(evidence, hit) for evidence, hit in candidates], encoder)
    best = max(hit.score for hit in hits)
    ranks = np.array([max(hit.score, 0) / best if best > 0 else 0 for _, hit in candidates])
    scores = (1 - params.context) * fit + params.context * ranks * fit.max()
    order = [i for i in sorted(range(len(candidates)), key=lambda i: -scores[i]) if fit[i] > 0]
    looked = [_held(asked, *candidates[i], float(scores[i]), params) for i in order[: params.looked_at]]
    return sorted(looked, key=lambda evidence: -evidence.relevance)


def _held(asked: Asked, evidence: Evidence, hit: Hit, nearness: float, params: Selection) -> Evidence:
    """The piece held against what is asked for."""
    above = _above(hit)
    answering, _ = asked.answers(fold(evidence.text))
    unnamed = len(
        lacking(asked.entities, [above, evidence.text], translated=evidence.passage.language != asked.language)
    ) / max(1, len(asked.entities))
    share = (1 - params.unanswering * (1 - answering)) * (1 - params.unnamed * unnamed)
    return replace(evidence, above=above, answering=answering, nearness=nearness, relevance=nearness * share)


def _above(hit: Hit) -> str:
    """What a reader knows in a passage: its document, its headings, and whose it is where it names no country."""
    above = " ".join((hit.title, *hit.passage.section, hit.passage.table or ""))
    home = _HOMES.get(hit.jurisdiction or "", "")
    return f"{above} {home}" if home and not _names_a_country(f"{above} {hit.passage.text}") else above


@lru_cache(maxsize=4096)
def _names_a_country(text: str) -> bool:
    return any(each.kind in ("country", "region") for each in entities(text))


def gather(asked: Asked, pieces: Sequence[Evidence], params: Selection = Selection()) -> list[Evidence]:
    """What is shown of ``pieces``, which come by relevance: the best, what is nearly as good, and each side's best."""
    if not pieces:
        return []
    best = pieces[0]
    wanted = [best, *_of_each_side(asked.sides, pieces, params)]
    asks_for_words = asked.kind not in ("who", "when", "where")
    for piece in pieces:
        beside = piece.passage.passage_id == best.passage.passage_id
        enough = (params.beside if beside else params.keep) * best.relevance
        if piece.relevance >= enough and piece not in wanted and not (asks_for_words and _is_fragment(piece)):
            wanted.append(piece)
    return joined(_folded(_within_length(wanted, params), pieces))


def _of_each_side(sides: Sequence[Entity], pieces: Sequence[Evidence], params: Selection) -> list[Evidence]:
    """The best piece on each side of a comparison that the best of all does not name, where one comes near."""
    near = [piece for piece in pieces if piece.relevance >= params.side * pieces[0].relevance]
    missing = [side for side in sides if not _names(pieces[0], side)]
    found = (next((piece for piece in near if _names(piece, side)), None) for side in missing)
    return list(dict.fromkeys(piece for piece in found if piece is not None))


def _is_fragment(piece: Evidence) -> bool:
    """Whether it is a few words and no sentence, as a heading, a date or an author's name."""
    is_sentence = piece.text.rstrip(_CLOSING)[-1:] in _ENDS
    return piece.passage.kind == "text" and not is_sentence and share_of_answer(piece.text) < _FEW_WORDS


def _names(piece: Evidence, side: Entity) -> bool:
    return not lacking([side], [piece.above, piece.text])


def _adds_to(asked: frozenset[str], evidence: Evidence) -> bool:
    """A heading or a name that only repeats the question says nothing about it; a sentence with a new number does."""
    news = terms_of(evidence.text) - asked
    return len(news) >= _NEWS or any(char.isdigit() for term in news for char in term)


def _spoken(evidence: Evidence, hit: Hit) -> str:
    """A piece with what a reader knows when reaching it: the document, the heading above it, the table's caption."""
    if evidence.passage.kind == "row" and len(evidence.units) == len(evidence.passage.units):
        return evidence.passage.text  # with the caption
    return f"{hit.passage.section[-1] if hit.passage.section else ''} {evidence.text}"


def _within_length(wanted: Sequence[Evidence], params: Selection) -> list[Evidence]:
    """The first of them that make an answer; none says again what another does."""
    length, shown = 0.0, list[Evidence]()
    for evidence in wanted:
        size = share_of_answer(evidence.text)
        fits = length + size <= 1 and len(shown) < params.most
        if not shown or (fits and _repeated(evidence, shown) is None):
            shown.append(evidence)
            length += size
    return shown


def _folded(shown: Sequence[Evidence], pieces: Sequence[Evidence]) -> list[Evidence]:
    """What is shown, each with the passages that say the same."""
    folded = list(shown)
    for piece in pieces:
        place = _repeated(piece, shown) if piece not in shown else None
        if place is not None and piece.passage.passage_id != shown[place].passage.passage_id:
            folded[place] = replace(folded[place], also=(*folded[place].also, piece.passage))
    return folded


def _repeated(evidence: Evidence, shown: Sequence[Evidence]) -> int | None:
    """The place of what it says again: three quarters of its terms stand there."""
    terms = terms_of(evidence.text)
    places = (n for n, other in enumerate(shown) if len(terms & terms_of(other.text)) >= _SAME * len(terms))
    return next(places, None)


def lacking(names: Sequence[Entity], texts: Sequence[str], *, translated: bool = False) -> list[Entity]:
    """The names that stand in none of the texts, under any alias.

    ``translated``: the texts are in another language than the names, where only known names and abbreviations can
    stand.
    """
    sought = [name for name in names if not translated or name.kind != "name" or name.said.isupper()]
    if not sought:
        return []
    standing = frozenset[str]().union(*map(_standing, texts))
    return [
        name
        for name in sought
        if name.name not in standing
        and (name.kind != "name" or not any(f" {name.name} " in f" {' '.join(units(text))} " for text in texts))
    ]


@lru_cache(maxsize=4096)
def _standing(text: str) -> frozenset[str]:
    """The names in a text; kept, since questions meet the same passages again."""
    return frozenset(entity.name for entity in entities(text))
