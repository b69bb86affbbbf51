"""Abstaining step of the flow: how sure the evidence makes us, and why it does not when it does not."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from index.analyzer import analyze
from index.encoder import Encoder, TokenEncoder
from index.expansion import tells_something
from index.hit import Hit
from ingest.view import fold
from service.answer import AbstainReason
from service.answering.selecting import lacking
from service.answering.understanding import Asked, says_alone
from service.evidence.amounts import Amount, amounts, bears_out
from service.evidence.entities import entities
from service.evidence.pieces import Evidence

WEIGHTS = {"answering": 3.01, "named": 0.69, "known": 0.87, "stated": 1.46, "counted": 2.19, "borne": 8.12}
"""Of the signs of :func:`signs`; found by ``sinkqa-eval calibrate`` (docs/decisions/0010)."""

HELD = {"unpresuming": 1.0}
"""A weight that our few questions would set too high: half of those that presume something are there to mislead."""

_OFFSET = -11.94
_LEAST_LACK = 0.03  # share of a question's weight: rounding, below which all of its words stand there
_SCOPE = 0.3  # mean of relevance and cosine: below it the library speaks of something else ...
_PLACES = {"country", "region", "province"}
_EXCLUSIVE = _PLACES | {"market"}  # what is said of one of them is seldom meant of another
_RATIOS = {"times": "share"}  # a fifth is a share, five times none, and either can stand in the other's place
_CLOSE = 0.7  # of the best piece's relevance: so near it may tell otherwise in its stead
_DOUBT = 0.5  # what is left of a confidence where the evidence is of another place or tells otherwise
_A_WORD, _NO_WORD = 0.015, 0.6  # lexical share that one word has; what is left of nearness without
_STEEP = 3  # ... and confidence falls by this power of it


BAR = 0.5
"""Confidence below which nothing is answered, 0..1: 88 % of answerable development questions are above it."""


def signs(asked: Asked, hits: Sequence[Hit], pieces: Sequence[Evidence], encoder: Encoder) -> dict[str, float]:
    """What tells whether the best of ``pieces`` answers, each 0..1; ``pieces`` as :func:`answering.ranked` gives them.

    ``answering``: what the best piece that holds the kind of amount asked for is worth beside the best of all.
    ``named``: share of the question's countries, markets and other known names that stand in the best
    piece's passage;
    ``known``: share of all its names that stand in any.
    ``stated``: share of the question's own amounts that its passage bears out. ``counted``: how near what its number
    counts is to what should be counted. ``borne``: how little of the question's weight is on words that the piece and
    its headings bear out least. ``unpresuming``: whether the question takes nothing as given.
    """
    best = pieces[0]
    above, passage = best.above, best.passage
    here = amounts(fold(f"{above} {passage.text}"))
    own = [amount for amount in asked.stated if amount.dimension not in ("", "ordinal") or amount.kind != "number"]
    translated = passage.language != asked.language
    everywhere = [said for hit in hits for said in (hit.title, *hit.passage.section, hit.passage.text)]
    known = [each for each in asked.entities if each.kind != "name"]
    lost = lacking(known, [above, passage.text])
    names = [each.said for each in known if each not in lost]
    return {
        "answering": max(p.nearness * p.answering for p in pieces) / max(p.nearness for p in pieces),
        "named": 1 - len(lost) / max(1, len(known)),
        "known": 1 - len(lacking(asked.entities, everywhere, translated=translated)) / max(1, len(asked.entities)),
        "stated": sum(any(bears_out(each, amount) for each in here) for amount in own) / len(own) if own else 1.0,
        "counted": _counted(asked, best, encoder),
        "borne": _borne(asked.matter, " ".join((above, best.text, *names)), encoder),
        "unpresuming": float(not asked.presumes),
    }


def misplaced(asked: Asked, hits: Sequence[Hit], pieces: Sequence[Evidence]) -> bool:
    """Whether the best of ``pieces`` speaks of another place than the question: Japan's limit is not Canada's.

    So it is where the question's countries, regions and provinces are all missing from its passage, and it names
    another one or comes from a document that names none of them in any of ``hits``.
    """
    best = pieces[0]
    places = [each for each in asked.entities if each.kind in _PLACES]
    around = [best.above, best.passage.text]
    if not places or len(lacking(places, around)) < len(places):
        return False
    beside = [hit.passage.text for hit in hits if hit.passage.doc_id == best.passage.doc_id]
    others = {each.kind for each in entities(best.text)}
    return bool(others & {each.kind for each in places}) or len(lacking(places, beside)) == len(places)


def contrary(asked: Asked, pieces: Sequence[Evidence]) -> Evidence | None:
    """What tells otherwise than a question presumes, or None; turning words alone prove nothing: a question asks so.

    A piece about the question's own places and markets does, where it has another amount of the kind that the question
    states. So does the best piece where the question says of one place or market that it is alone, or the first, and
    the piece says so of another.
    """
    if not asked.presumes or not pieces:
        return None
    known = [each for each in asked.entities if each.kind in _EXCLUSIVE]
    own = [each for each in asked.stated if each.kind == "number" and each.dimension not in ("", "ordinal")]
    best = pieces[0]
    for piece in pieces if own else ():
        is_close = piece.relevance >= _CLOSE * best.relevance and not lacking(known, [piece.above, piece.text])
        if is_close and _replaces(amounts(fold(piece.text)), own):
            return piece
    lost = {each.kind for each in lacking(known, [best.above, best.text])}
    others = {each.kind for each in entities(best.text) if each.name not in {name.name for name in known}}
    return best if lost & others and says_alone(asked.text) and says_alone(best.text) else None


def _replaces(here: Sequence[Amount], own: Sequence[Amount]) -> bool:
    """Whether an amount of one's ``own`` is not borne out ``here``, and another of its kind stands there."""
    kinds = {_RATIOS.get(each.dimension, each.dimension) for each in here if each.kind == "number"}
    return any(
        _RATIOS.get(each.dimension, each.dimension) in kinds and not any(bears_out(other, each) for other in here)
        for each in own
    )


def confidence(asked: Asked, hits: Sequence[Hit], pieces: Sequence[Evidence], encoder: Encoder) -> float:
    """How sure it is that the best of ``pieces`` answers the question, 0..1; 0 without any."""
    if not pieces:
        return 0.0
    found = signs(asked, hits, pieces, encoder)
    logit = _OFFSET + sum(weight * found[name] for name, weight in (WEIGHTS | HELD).items())
    return trust(asked, hits, pieces) / (1 + math.exp(-logit))


def trust(asked: Asked, hits: Sequence[Hit], pieces: Sequence[Evidence]) -> float:
    """What the signs are worth here, 0..1: less where the library speaks of another subject, place or state of things.

    Nothing where the question names no subject.
    ``pieces`` holds one at least.
    """
    if not tells_something(asked.text):
        return 0.0
    near = min(1.0, nearness(hits, pieces) / _SCOPE) ** _STEEP
    return near * _DOUBT if contrary(asked, pieces) or misplaced(asked, hits, pieces) else near


def nearness(hits: Sequence[Hit], pieces: Sequence[Evidence]) -> float:
    """How near the library comes to the subject of the question, 0..1.

    The mean of the best piece's relevance and the cosine of the passage nearest in meaning: words and numbers alone
    bring up something in any large library, and a table row that answers says little as a whole. Less where no passage
    shares a word with the question, in either language.
    """
    if not pieces:
        return 0.0
    nearest = min(max(0.0, *(hit.why.dense for hit in hits)), 1.0)
    shares_words = max(hit.why.lexical for hit in hits) >= _A_WORD
    return (max(piece.nearness for piece in pieces) + nearest) / 2 * (1 if shares_words else _NO_WORD)


def reason(asked: Asked, hits: Sequence[Hit], pieces: Sequence[Evidence]) -> AbstainReason:
    """Why nothing is answered: by rules, the first that fits.

    Nothing was found; it tells otherwise; the library is about something else, and holds none of the countries,
    markets and other known names of the question; it does not say what is asked.
    """
    if not pieces:
        return "no_evidence"
    is_near = nearness(hits, pieces) >= _SCOPE
    if is_near and contrary(asked, pieces):
        return "premise_contradicted"
    known = [each for each in asked.entities if each.kind != "name"]
    said = [text for hit in hits for text in (hit.title, *hit.passage.section, hit.passage.text)]
    holds_a_name = len(lacking(known, said)) < len(known)
    return "unsupported" if is_near or holds_a_name else "out_of_scope"


def _counted(asked: Asked, best: Evidence, encoder: Encoder) -> float:
    """How near a word after an amount comes to one of what should be counted, 0..1; 1 where nothing is counted."""
    if not asked.counted:
        return 1.0
    folded = fold(best.text)
    found = asked.answers(folded)[1]
    after = [folded[amount.end : amount.end + (12 if best.passage.language == "zh" else 30)] for amount in found]
    if not isinstance(encoder, TokenEncoder):
        vectors = encoder.encode([asked.counted, *after])
        return float((vectors[1:] @ vectors[0]).max(initial=0.0))
    things, *others = encoder.tokens([asked.counted, *after])
    return max([0.0, *(float(encoder.nearest(things, other)[1].max(initial=0.0)) for other in others)])


def _borne(said: str, text: str, encoder: Encoder) -> float:
    """How little two words of ``said`` lack that ``text`` bears out least, 0..1, by the logarithm of what they weigh.

    A mean over all words forgives the one that makes a question another.
    """
    if isinstance(encoder, TokenEncoder):
        weights, cosines = encoder.nearest(*encoder.tokens([said, text]))
        lacks = weights * (1 - cosines)
    else:
        terms, there = sorted(set(analyze(said))), set(analyze(text))
        lacks = np.array([term not in there for term in terms]) / max(1, len(terms))
    lack = float(np.sort(lacks)[-2:].sum())
    return math.log(_LEAST_LACK + lack) / math.log(_LEAST_LACK) if lack + _LEAST_LACK < 1 else 0.0
