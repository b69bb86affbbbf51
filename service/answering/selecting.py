"""Question and ranked passages into evidence: which sentences, items and rows answer, and whether they suffice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from index.analyzer import analyze, units
from index.encoder import Encoder, TokenEncoder
from index.hit import Hit
from index.static import Floats
from ingest.passage import Passage, Unit
from ingest.view import fold
from service.answering.understanding import Asked
from service.evidence.entities import Entity, entities

_WIDE_CHARS = 200  # an answer is at most this long in Chinese ...
_NARROW_WORDS = 120  # ... or this many words long in English
_NEWS = 2  # index terms that the question does not hold
_SHORT_ROW = 0.6  # of an answer: a row up to this long is shown whole, else cell by cell
_CELL_OF = " · "  # stands between row label and column header in a cell's label
_SAME = 0.75  # of a piece's terms: so many in another, and it adds nothing
_FEW_WORDS = 0.12  # of an answer: so little, and without a full stop, is no sentence
_ENDS, _CLOSING = tuple("。！？.!?；;:："), "”’\"')）] "
_HOMES = {"CN": "China", "US": "United States", "EU": "European Union", "JP": "Japan", "NZ": "New Zealand"}
_SHORT_LIST = 10  # items: a list up to this long is quoted whole


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """Units of one passage that answer together; ``text`` is what is said, ``relevance`` 0..1 how well it fits.

    ``above`` is what a reader knows there: the document's title and country, the headings. ``answering``: how well it
    holds what is asked for, 0..1. ``nearness`` is the relevance before that and names count. ``also`` are passages that
    say the same.
    """

    passage: Passage
    units: tuple[Unit, ...]
    text: str
    relevance: float = 0.0
    above: str = ""
    answering: float = 1.0
    nearness: float = 0.0
    also: tuple[Passage, ...] = ()


def ranked(asked: Asked, hits: Sequence[Hit], encoder: Encoder, params: Selection = Selection()) -> list[Evidence]:
    """The pieces of ``hits`` that come into question, by relevance, the most looked at first."""
    terms = _terms(asked.text)
    candidates = [(e, hit) for hit in hits for e in _candidates(hit.passage) if _adds_to(terms, e)]
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


def joined(shown: Sequence[Evidence]) -> list[Evidence]:
    """Pieces of one passage made one, in its order, so that each passage is quoted once."""
    passages: dict[str, list[Evidence]] = {}
    for piece in shown:
        passages.setdefault(piece.passage.passage_id, []).append(piece)
    return [_join(pieces) for pieces in passages.values()]


def _join(pieces: Sequence[Evidence]) -> Evidence:
    if len(pieces) == 1:
        return pieces[0]
    units = [unit for piece in pieces for unit in piece.units]
    order = sorted(dict.fromkeys(units), key=lambda unit: unit.spans[0])
    heads = _heads(pieces[0].passage) if pieces[0].passage.kind == "row" else []
    text = _row_text(heads, [unit for unit in order if unit not in heads]) if heads else _run_on(order)
    return replace(
        pieces[0], units=tuple(order), text=text, also=tuple(passage for piece in pieces for passage in piece.also)
    )


def _run_on(units: Sequence[Unit]) -> str:
    """Sentences after each other; between Chinese ones there is no space."""
    text = ""
    for unit in units:
        text += ("" if not text or text[-1] >= "\u2e80" else " ") + unit.text
    return text


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


def relevance(question: str, texts: Sequence[str], encoder: Encoder) -> Floats:
    """How well each text fits the question, float32, (len(texts),), 0..1.

    The mean of the cosine and the better of two: late interaction, where the encoder compares tokens, and the share
    of the question's index terms that stand in the text. Terms count by how few of the texts hold them: "Beijing"
    tells the rows of a table apart, "ratio" does not.
    """
    shared = _shared_terms(_terms(question), texts)
    if not isinstance(encoder, TokenEncoder):
        cosine = _cosines(encoder.encode([question, *texts]))
        return np.asarray((cosine + np.maximum(cosine, shared)) / 2, np.float32)
    tokens = encoder.tokens([question, *texts])
    late = encoder.maxsim(tokens[0], tokens[1:])
    return np.asarray((_cosines(encoder.pool(tokens)) + np.maximum(late, shared)) / 2, np.float32)


def _cosines(vectors: Floats) -> Floats:
    """Of the first with each other, 0..1."""
    return np.asarray(np.clip(vectors[1:] @ vectors[0], 0, 1), np.float32)


def _shared_terms(terms: frozenset[str], texts: Sequence[str]) -> Floats:
    """Share of the question's terms in each text, each term by its inverse frequency among the texts."""
    wanted = sorted(terms)
    holds = np.array([[term in held for term in wanted] for held in map(_terms, texts)], np.float32)
    weight = np.log(1 + len(texts) / (0.5 + holds.sum(axis=0)))
    total = float(weight.sum())
    return np.asarray(holds @ weight / total if total else np.zeros(len(texts)), np.float32)


def _candidates(passage: Passage) -> Iterator[Evidence]:
    """What a passage offers: each sentence, a short list with its lead-in, or a table row; never half a table."""
    if passage.kind == "table":
        return
    if passage.kind == "row":
        heads = _heads(passage)
        cells = [unit for unit in passage.units if _CELL_OF in unit.label] or heads
        groups = [cells] if share_of_answer(_row_text(heads, cells)) <= _SHORT_ROW else [[cell] for cell in cells]
        yield from (Evidence(passage, (*heads, *group), _row_text(heads, group)) for group in groups)
    elif passage.kind == "list" and len(passage.units) <= _SHORT_LIST:
        yield Evidence(passage, passage.units, " ".join(unit.text for unit in passage.units))
    else:
        yield from (Evidence(passage, (unit,), unit.text) for unit in passage.units)


def _adds_to(asked: frozenset[str], evidence: Evidence) -> bool:
    """A heading or a name that only repeats the question says nothing about it; a sentence with a new number does."""
    news = _terms(evidence.text) - asked
    return len(news) >= _NEWS or any(char.isdigit() for term in news for char in term)


def _heads(row: Passage) -> list[Unit]:
    """The labels of a row."""
    return [unit for unit in row.units if _CELL_OF not in unit.label]


def _row_text(heads: Sequence[Unit], cells: Sequence[Unit]) -> str:
    """``北京 — 抵销比例限制: …; 地域限制: …``: the row's labels once, then each cell under its header."""
    said: list[str] = []
    for cell, before in zip(cells, [None, *cells], strict=False):
        header = cell.label.split(_CELL_OF)[-1] if cell not in heads else ""
        repeated = before is not None and before.label == cell.label
        said.append(cell.text if repeated or not header else f"{header}: {cell.text}")
    return " — ".join(filter(None, (" ".join(head.text for head in heads if head not in cells), "; ".join(said))))


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


def share_of_answer(text: str) -> float:
    """The part of an answer's length that ``text`` takes up; over 1 when it alone is too long."""
    wide = sum(char >= "\u2e80" for char in text)
    narrow = len([word for word in text.split() if word.isascii()])
    return wide / _WIDE_CHARS + narrow / _NARROW_WORDS


def cut_to_length(texts: Sequence[str]) -> list[str]:
    """The texts that an answer's length holds, and of the one that goes beyond it a beginning."""
    left, kept = 1.0, list[str]()
    for text in texts:
        size = share_of_answer(text)
        kept.append(text if size <= left else text[: int(len(text) * max(left, 0) / size)])
        left -= size
        if left <= 0:
            break
    return kept


def _repeated(evidence: Evidence, shown: Sequence[Evidence]) -> int | None:
    """The place of what it says again: three quarters of its terms stand there."""
    terms = _terms(evidence.text)
    places = (n for n, other in enumerate(shown) if len(terms & _terms(other.text)) >= _SAME * len(terms))
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


@lru_cache(maxsize=20_000)
def _terms(text: str) -> frozenset[str]:
    """The distinct index terms of a text; kept, since questions meet the same sentences again."""
    return frozenset(analyze(text))


@lru_cache(maxsize=4096)
def _standing(text: str) -> frozenset[str]:
    """The names in a text; kept, since questions meet the same passages again."""
    return frozenset(entity.name for entity in entities(text))
