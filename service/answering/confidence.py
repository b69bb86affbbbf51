"""Signs that a piece answers a question, and how sure they make us together."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from index.encoder import Encoder
from index.hit import Hit
from index.static import Floats
from service.answering.coverage import coverage
from service.answering.understanding import Asked
from service.evidence.amounts import Amount, matches
from service.evidence.pieces import Candidate, Piece

SIGNS = (
    "fit",  # how well the piece fits the question
    "rank",  # the score of its passage beside the best one's
    "covered",  # how near it comes to the words of the question that it covers worst
    "amount",  # whether it holds the kind of amount, date or name that is asked for
    "form",  # whether it is the kind of statement that is asked for
    "named",  # share of the question's known names that its passage or document goes by
    "year",  # whether it is of the years asked for
    "provision",  # whether it is of the article or section asked for
    "home",  # whether it is of the place asked for
    "counted",  # how near what its amount counts comes to what should be counted
    "across",  # whether it is in another language than the question: then words fit less well ...
    "long",  # ... as they do where the question has many
)

WEIGHTS = {
    "fit": 4.01, "rank": 3.58, "covered": 1.34, "amount": 1.62, "form": 0.26, "named": 0.57, "year": 2.52,
    "provision": 4.42, "home": 1.83, "counted": 1.90, "across": 0.25, "long": 3.96,
}  # fmt: skip
"""Of each sign; found, with the offset, by ``sinkqa-eval calibrate`` (docs/decisions/0011)."""

OFFSET = -21.10
BAR = 0.3
"""Confidence below which nothing is answered, 0..1."""

PLACES = frozenset({"country", "region", "province"})
_REFERENCES = frozenset({"article", "section", "chapter", "paragraph", "annex", "item"})
_NEARLY, _NEITHER = 0.9, 0.5  # of a sign: where something speaks for it, and where nothing does either way
_A_WORD, _NO_WORD = 0.015, 0.6  # lexical share that one word has; what is left of nearness without
_LONG = 25  # words: a question with so many is a long one
_TELLING = ("penalty", "effect", "most", "least")  # definitions and reasons often come without the usual words


def signs(asked: Asked, found: Sequence[Candidate], fit: Floats, everything: Sequence[Hit], encoder: Encoder) -> Floats:
    """What tells whether each candidate answers, float32, (len(found), len(SIGNS)), each 0..1, more being better.

    ``fit`` is how well each fits the question, (len(found),); ``everything``: the hits they are chosen from.
    """
    covered = coverage(asked, found, encoder)
    best = max(max(hit.score for hit in everything), 1e-9)
    elsewhere = _names_by_document(found)
    rows = [
        (
            fit[place],
            max(hit.score, 0) / best,
            covered.worst[place],
            asked.answers(piece.said)[0],
            _form(asked, piece),
            _named(asked, piece),
            _year(asked, piece),
            _provision(asked, piece),
            _home(asked, piece, elsewhere[piece.passage.doc_id]),
            _counted(asked, piece, encoder),
            float(piece.passage.language != asked.language),
            min(1.0, covered.words / _LONG),
        )
        for place, (piece, hit, _) in enumerate(found)
    ]
    return np.array(rows, np.float32).reshape(len(found), len(SIGNS))


def nearness(hits: Sequence[Hit]) -> float:
    """How near the library comes to the subject of the question, 0..1.

    The mean of the best late interaction and the best cosine of a passage: words and numbers alone bring up something
    in any large library. Less where no passage shares a word with the question, in either language.
    """
    dense, late = (
        min(max(0.0, *scores), 1.0) for scores in zip(*((h.why.dense, h.why.late) for h in hits), strict=True)
    )
    shares_words = max(hit.why.lexical for hit in hits) >= _A_WORD
    return float(dense + late) / 2 * (1 if shares_words else _NO_WORD)


def _form(asked: Asked, piece: Piece) -> float:
    """Share of the telling forms asked for that the piece has."""
    forms = [f for f in asked.forms if f.name in _TELLING]
    return sum(form.stands_in(piece.said.folded) for form in forms) / len(forms) if forms else 1.0


def _named(asked: Asked, piece: Piece) -> float:
    """Share of the question's known names that the passage or its document holds."""
    names = [each for each in asked.entities if each.kind != "name"]
    held = sum(piece.place.names(name) or piece.whole.holds(name) for name in names)
    return held / len(names) if names else 1.0


def _year(asked: Asked, piece: Piece) -> float:
    """Whether the passage or its document is of the years asked for; in between where it names no other."""
    years = [each for each in asked.stated if each.kind != "number"]
    if not years:
        return 1.0
    there = [each for each in (*piece.whole.stated, *_around(piece)) if each.kind != "number"]
    if all(any(matches(each, year) for each in there) or year.low == piece.place.origin.year for year in years):
        return 1.0
    return 0.0 if there or piece.place.origin.year else _NEITHER


def _provision(asked: Asked, piece: Piece) -> float:
    """Whether the piece is of the article, section or paragraph that the question names, if it names one."""
    sought = [each for each in asked.stated if each.dimension in _REFERENCES]
    there = piece.place.headings.amounts
    return float(all(any(matches(each, said) for each in there) for said in sought)) if sought else 1.0


def _around(piece: Piece) -> tuple[Amount, ...]:
    return (*piece.place.headings.amounts, *piece.place.origin.title.amounts)


def _home(asked: Asked, piece: Piece, elsewhere: frozenset[str]) -> float:
    """Whether the passage is of a place that the question names: 0 where it is of another, of the same kind.

    In between where its document names the place ``elsewhere``, or nothing tells.
    """
    places = [each for each in asked.entities if each.kind in PLACES]
    if not places or any(piece.place.names(each) or piece.whole.holds(each) for each in places):
        return 1.0
    kinds = {each.kind for each in places}
    if piece.place.origin.home or kinds & {
        each.kind for each in (*piece.said.entities, *piece.place.origin.names.entities)
    }:
        return 0.0
    return _NEARLY if elsewhere & {each.name for each in places} else _NEITHER


def _names_by_document(found: Sequence[Candidate]) -> dict[str, frozenset[str]]:
    """All that the candidates of each document name."""
    names: dict[str, frozenset[str]] = {}
    for piece, *_ in found:
        names[piece.passage.doc_id] = names.get(piece.passage.doc_id, frozenset()) | piece.whole.names
    return names


def _counted(asked: Asked, piece: Piece, encoder: Encoder) -> float:
    """How near a word after an amount comes to one of what should be counted, 0..1; 1 where nothing is counted."""
    if not asked.counted:
        return 1.0
    reach = 12 if piece.passage.language == "zh" else 30
    after = [piece.said.folded[a.end : a.end + reach] for a in asked.answers(piece.said)[1]]
    things, *others = encoder.tokens([asked.counted, *after])
    return float(encoder.nearest(things, others)[1].max(initial=0.0))


_FEW_CHARS, _FEW_WORDS = 24, 14
_ENDS, _CLOSING = tuple("。！？.!?；;:："), "”’\"')）] "
_ANNOUNCES = re.compile(
    r"本(?:文|章|节|报告|研究)(?:首先|将|旨在|主要|的研究目标|总结|梳理|分析|比较|介绍|探讨)|接下来|如下文所述"
    r"|\b(?:this|the present) (?:paper|article|section|chapter|report|study|briefing) (?:first |then |also )?"
    r"(?:reviews?|summari[sz]es?|discuss\w*|describes?|presents?|analy[sz]es?|aims?|seeks?|outlines?|compares?|examines?|explores?)"
    r"|\bremainder of this\b|\bis organi[sz]ed as follows\b"
)
_AMENDS = re.compile(
    r"第[一二三四五六七八九十]+次(?:修正|修订)|会议(?:通过|修订|修正)[)）]?\s*\Z|(?:公布|发布)\s*\Z|令第?\s*\d+\s*号(?:公布|发布)"
    r"|\A.{0,60}?\b(?:was|were)? ?(?:inserted|replaced|amended|repealed|substituted|revoked),? (?:on|as from|by)\b"
)


def is_statement(piece: Piece) -> bool:
    """Whether a piece says something of its own: no heading, byline, amendment note or announcement."""
    if piece.passage.kind in ("row", "table"):
        return True
    folded = piece.said.folded
    if _ANNOUNCES.search(folded) or _AMENDS.search(folded):
        return False
    ends = piece.said.text.rstrip(_CLOSING)[-1:] in _ENDS
    short = len(piece.said.text) < _FEW_CHARS if not folded.isascii() else len(folded.split()) < _FEW_WORDS
    return ends or not short or piece.passage.kind == "list"
