"""Question and ranked passages into evidence: which sentences, items and rows answer, and whether they suffice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.analyzer import analyze
from index.encoder import Encoder, TokenEncoder
from index.hit import Hit
from index.static import Floats
from ingest.passage import Passage, Unit

_WIDE_CHARS = 200  # an answer is at most this long in Chinese ...
_NARROW_WORDS = 120  # ... or this many words long in English
_NEWS = 2  # index terms that the question does not hold
_SHORT_ROW = 0.6  # of an answer: a row up to this long is shown whole, else cell by cell
_CELL_OF = " · "  # stands between row label and column header in a cell's label
_SHORT_LIST = 10  # items: a list up to this long is quoted whole


@dataclass(frozen=True, slots=True)
class Selection:
    """How evidence is chosen; values found on the development questions (docs/decisions/0006-first-answers.md).

    ``bar``: confidence below which nothing is answered, 0..1. ``keep``: a further piece is shown when its relevance
    is at least this share of the best one's. ``most``: pieces of evidence in one answer. ``context``: what the rank of
    the passage counts beside the fit of the piece itself, 0..1.
    """

    bar: float = 0.30
    keep: float = 0.85
    most: int = 4
    context: float = 0.3


@dataclass(frozen=True, slots=True)
class Evidence:
    """Units of one passage that answer together; ``text`` is what is said, ``relevance`` 0..1 how well it fits."""

    passage: Passage
    units: tuple[Unit, ...]
    text: str
    relevance: float = 0.0


def select(question: str, hits: Sequence[Hit], encoder: Encoder, params: Selection = Selection()) -> list[Evidence]:
    """The best evidence among ``hits``, best first, within the length of an answer; empty when nothing fits at all."""
    asked = set(analyze(question))
    candidates = [(e, hit) for hit in hits for e in _candidates(hit.passage) if _adds_to(asked, e)]
    if not candidates:
        return []
    fit = relevance(question, [_spoken(evidence, hit) for evidence, hit in candidates], encoder)
    best = max(hit.score for hit in hits)
    ranks = np.array([max(hit.score, 0) / best if best > 0 else 0 for _, hit in candidates])
    scores = (1 - params.context) * fit + params.context * ranks * fit.max()
    order = sorted(range(len(candidates)), key=lambda i: -scores[i])
    ranked = [replace(candidates[i][0], relevance=float(scores[i])) for i in order if fit[i] > 0]
    return list(_within_length(ranked, params))


def relevance(question: str, texts: Sequence[str], encoder: Encoder) -> Floats:
    """How well each text fits the question, float32, (len(texts),), 0..1.

    The mean of the cosine and the better of two: late interaction, where the encoder compares tokens, and the share
    of the question's index terms that stand in the text. Terms count by how few of the texts hold them: "Beijing"
    tells the rows of a table apart, "ratio" does not.
    """
    vectors = encoder.encode([question, *texts])
    cosine: Floats = np.clip(vectors[1:] @ vectors[0], 0, 1)
    shared = _shared_terms(analyze(question), texts)
    if not isinstance(encoder, TokenEncoder):
        return np.asarray((cosine + np.maximum(cosine, shared)) / 2, np.float32)
    tokens = encoder.tokens([question, *texts])
    late = encoder.maxsim(tokens[0], tokens[1:])
    return np.asarray((cosine + np.maximum(late, shared)) / 2, np.float32)


def _shared_terms(terms: Sequence[str], texts: Sequence[str]) -> Floats:
    """Share of the question's terms in each text, each term by its inverse frequency among the texts."""
    wanted = sorted(set(terms))
    holds = np.array([[term in held for term in wanted] for held in (set(analyze(text)) for text in texts)], np.float32)
    weight = np.log(1 + len(texts) / (0.5 + holds.sum(axis=0)))
    total = float(weight.sum())
    return np.asarray(holds @ weight / total if total else np.zeros(len(texts)), np.float32)


def confidence(hits: Sequence[Hit], evidence: Sequence[Evidence]) -> float:
    """How sure it is that the library speaks of what is asked, 0..1.

    The mean of the best piece's relevance and the cosine of the passage nearest in meaning: words and numbers alone
    bring up something in any large library, and a table row that answers says little as a whole.
    """
    nearest = max((hit.why.dense for hit in hits), default=0.0)
    return (evidence[0].relevance + min(max(nearest, 0.0), 1.0)) / 2 if evidence else 0.0


def _candidates(passage: Passage) -> Iterator[Evidence]:
    """What a passage offers: each sentence, a short list with its lead-in, or a table row; never half a table."""
    if passage.kind == "table":
        return
    if passage.kind == "row":
        heads = [unit for unit in passage.units if _CELL_OF not in unit.label]
        cells = [unit for unit in passage.units if _CELL_OF in unit.label] or heads
        groups = [cells] if share_of_answer(_row_text(heads, cells)) <= _SHORT_ROW else [[cell] for cell in cells]
        yield from (Evidence(passage, (*heads, *group), _row_text(heads, group)) for group in groups)
    elif passage.kind == "list" and len(passage.units) <= _SHORT_LIST:
        yield Evidence(passage, passage.units, " ".join(unit.text for unit in passage.units))
    else:
        yield from (Evidence(passage, (unit,), unit.text) for unit in passage.units)


def _adds_to(asked: set[str], evidence: Evidence) -> bool:
    """A heading or a name that only repeats the question says nothing about it."""
    return len(set(analyze(evidence.text)) - asked) >= _NEWS


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


def _within_length(ranked: Sequence[Evidence], params: Selection) -> Iterator[Evidence]:
    length, shown = 0.0, list[Evidence]()
    for evidence in ranked:
        if len(shown) == params.most or evidence.relevance < params.keep * ranked[0].relevance:
            return
        size = share_of_answer(evidence.text)
        if not shown or (length + size <= 1 and not _repeats(evidence, shown)):
            shown.append(evidence)
            length += size
            yield evidence


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


def _repeats(evidence: Evidence, shown: Sequence[Evidence]) -> bool:
    """Whether it says again what is shown: three quarters of its terms stand in one shown piece."""
    terms = set(analyze(evidence.text))
    return any(len(terms & set(analyze(other.text))) >= 0.75 * len(terms) for other in shown)
