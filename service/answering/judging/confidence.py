"""Computes features that say whether a piece answers a question, and the confidence that follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from sinkqa.index.arrays import Floats
from sinkqa.index.hit import Hit
from sinkqa.index.models.encoder import Encoder
from sinkqa.index.query.expansion import is_telling
from sinkqa.ingest.text.amounts import Amount, matches
from sinkqa.service.answering.judging.coverage import coverage
from sinkqa.service.answering.understanding.question import Asked, Form
from sinkqa.service.evidence.entities import Entity
from sinkqa.service.evidence.pieces import Candidate, Piece

SIGNS = (
    "fit",  # how well the piece fits the question
    "rank",  # the score of its passage beside the best one's
    "covered",  # how near it comes to the words of the question that it covers worst
    "amount",  # whether it holds the kind of amount, date or name that is asked for
    "form",  # whether it is the kind of statement that is asked for
    "named",  # whether it is of the acts, bodies and things named, and of no rival of theirs
    "year",  # whether it is of the years asked for
    "provision",  # whether it is of the article or section asked for
    "home",  # whether it is of the place asked for
    "counted",  # how near what its amount counts comes to what should be counted
    "across",  # whether it is in another language than the question: then words fit less well ...
    "long",  # ... as they do where the question has many
)

WEIGHTS = {
    "fit": 1.88, "rank": 1.51, "covered": 0.60, "amount": 0.72, "form": 0.16, "named": 0.42, "year": 1.24,
    "provision": 2.71, "home": 1.07, "counted": 0.84, "across": 0.05, "long": 1.85,
}  # fmt: skip
"""The weight of each feature. ``sinkqa-eval calibrate`` fitted them and the offset (docs/decisions/0013)."""

OFFSET = -9.94
READING_SIGNS = (*SIGNS, "read")  # how sure a model is that the piece answers, which reads it with the question
READING_WEIGHTS = {
    "fit": 1.74, "rank": 1.26, "covered": 0.33, "amount": 0.78, "form": 0.15, "named": 0.33, "year": 1.32,
    "provision": 3.04, "home": 1.10, "counted": 1.09, "across": 0.15, "long": 1.72, "read": 1.03,
}  # fmt: skip
READING_OFFSET = -10.76

BAR = 0.585
"""The confidence, 0..1, below which the service abstains."""

SCOPE = 0.3
"""The nearness below which the library is about another subject."""

PLACES = frozenset({"country", "region", "province"})
_ACTS = frozenset({"instrument"})
_PROVISIONS = frozenset({"article", "section", "chapter", "paragraph", "annex", "item"})
_STEEP = 3  # confidence falls by this power of what nearness lacks
_NEARLY, _NEITHER = 0.9, 0.5  # of a sign: where something speaks for it, and where nothing does either way
_A_WORD, _NO_WORD = 0.015, 0.6  # lexical share that one word has; what is left of nearness without
_LONG = 25  # words: a question with so many is a long one
_TELLING = ("penalty", "effect", "most", "least")  # definitions and reasons often come without the usual words


def signs(asked: Asked, found: Sequence[Candidate], fit: Floats, everything: Sequence[Hit], encoder: Encoder) -> Floats:
    """The features of each candidate, float32, (len(found), len(SIGNS)), each 0..1; higher is better.

    ``fit``: how well each candidate fits the question, (len(found),). ``everything``: the hits that the candidates come
    from.
    """
    covered = coverage(asked, found, encoder)
    best = max(max(hit.score for hit in everything), 1e-9)
    places = [each for each in asked.entities if each.kind in PLACES]
    elsewhere = _names_by_document(found) if places else {}
    forms = [form for form in asked.forms if form.name in _TELLING]
    names = [each for each in asked.entities if each.kind not in PLACES]
    years = [each for each in asked.stated if each.kind != "number"]
    provisions = [
        replace(each, bound="") for each in asked.stated if each.dimension in _PROVISIONS
    ]  # "under Article 5"
    rows = [
        (
            fit[place],
            max(hit.score, 0) / best,
            covered.worst[place],
            asked.answers(piece.said)[0],
            _form(forms, piece) if forms else 1.0,
            _named(names, piece, across=piece.passage.language != asked.language) if names else 1.0,
            _year(years, asked.said.accounted, piece) if years else 1.0,
            _provision(provisions, asked.entities, piece) if provisions else 1.0,
            _home(places, piece, elsewhere) if places else 1.0,
            _counted(asked, piece, encoder) if asked.counted else 1.0,
            float(piece.passage.language != asked.language),
            min(1.0, covered.words / _LONG),
        )
        for place, (piece, hit, _) in enumerate(found)
    ]
    return np.array(rows, np.float32).reshape(len(found), len(SIGNS))


def trust(asked: Asked, hits: Sequence[Hit]) -> float:
    """A factor for the features, 0..1: 0 if the question has no subject, low if the library's subject is another."""
    if not hits or not is_telling(asked.said.terms):
        return 0.0
    return float(min(1.0, nearness(hits) / SCOPE) ** _STEEP)


def nearness(hits: Sequence[Hit]) -> float:
    """How near the library comes to the subject of the question, 0..1.

    It is the mean of the best late interaction and the best cosine of a passage. It uses meaning because in any large
    library some passage shares words and numbers with the question. It is lower if no passage shares a word with the
    question in either language.
    """
    dense, late = (
        min(max(0.0, *scores), 1.0) for scores in zip(*((h.why.dense, h.why.late) for h in hits), strict=True)
    )
    shares_words = max(hit.why.lexical for hit in hits) >= _A_WORD
    return float(dense + late) / 2 * (1 if shares_words else _NO_WORD)


def _form(forms: Sequence[Form], piece: Piece) -> float:
    """Share of the telling forms asked for that the piece has."""
    return sum(piece.said.has(form.says) for form in forms) / len(forms)


def _named(names: Sequence[Entity], piece: Piece, *, across: bool) -> float:
    """Mean over the question's names, 0..1: how far the piece is of each, and not of another of its kind.

    A name in other letters than the piece's, ``across`` languages, counts only where it is known by both.
    """
    known = [each for each in names if each.kind != "name"] if across else names
    return sum(_goes_by(each, piece) for each in known) / len(known) if known else 1.0


def _goes_by(name: Entity, piece: Piece) -> float:
    if piece.names(name):
        return 1.0
    rival = name.kind != "name" and any(each.kind == name.kind for each in piece.said.entities)
    if piece.whole.holds(name):
        return _NEITHER if rival else _NEARLY
    return 0.0 if rival else _NEITHER / 2


def _year(years: Sequence[Amount], accounted: frozenset[str], piece: Piece) -> float:
    """Whether the passage or its document belongs to the years asked for; a middle value if it names no other year."""
    if accounted and (told_of := piece.whole.accounted) and not accounted & told_of:
        return 0.0  # the year of accounts, whatever the year of issue
    there = [each for each in (*piece.whole.stated, *_around(piece)) if each.kind != "number"]
    issued = piece.place.origin.year
    if all(any(matches(each, year) for each in there) or issued in (year.low, year.low // 10_000) for year in years):
        return 1.0
    return 0.0 if there or issued else _NEITHER


def _provision(sought: Sequence[Amount], entities: Sequence[Entity], piece: Piece) -> float:
    """Whether the piece belongs to the article, section or paragraph (and the act) that the question names."""
    there = piece.place.headings.amounts
    stands = all(any(matches(each, said) for each in there) for said in sought)
    return float(stands and all(piece.place.names(act) for act in entities if act.kind in _ACTS))


def _around(piece: Piece) -> tuple[Amount, ...]:
    return (*piece.place.headings.amounts, *piece.place.origin.title.amounts)


def _home(places: Sequence[Entity], piece: Piece, elsewhere: Mapping[str, frozenset[str]]) -> float:
    """Whether the passage belongs to one of the ``places`` asked for. It is 0 for another place of the same kind.

    It is a middle value if the document names one of the places ``elsewhere``, or if its place is unknown.
    """
    if any(piece.place.names(each) or piece.whole.holds(each) for each in places):
        return 1.0
    kinds = {each.kind for each in places}
    others = (*piece.said.entities, *piece.place.origin.names.entities)
    if piece.place.origin.home or kinds & {each.kind for each in others}:
        return 0.0
    return _NEARLY if elsewhere[piece.passage.doc_id] & {each.name for each in places} else _NEITHER


def _names_by_document(found: Sequence[Candidate]) -> dict[str, frozenset[str]]:
    """All that the candidates of each document name."""
    names: dict[str, frozenset[str]] = {}
    for piece, *_ in found:
        names[piece.passage.doc_id] = names.get(piece.passage.doc_id, frozenset()) | piece.whole.names
    return names


def _counted(asked: Asked, piece: Piece, encoder: Encoder) -> float:
    """How near a word after an amount comes to one of what should be counted, 0..1."""
    reach = 12 if piece.passage.language == "zh" else 30
    after = [piece.said.folded[a.end : a.end + reach] for a in asked.answers(piece.said)[1]]
    things, *others = encoder.tokens([asked.counted, *after])
    return float(encoder.nearest(things, others)[1].max(initial=0.0))
