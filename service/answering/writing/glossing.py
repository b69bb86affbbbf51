"""Glosses a quote in another language: gives its key terms and amounts in the asker's language."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sinkqa.ingest.text.analyzer import analyze
from sinkqa.ingest.text.language import detect
from sinkqa.ingest.text.normalised_text import fold
from sinkqa.service.answer import Gloss
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.answering.writing.restating import placed, readable, written
from sinkqa.service.answering.writing.senses import senses, singular

_MOST = 10  # of one quote
_AMOUNT, _FORM, _ASKED, _REFERENCE = 8.0, 6.0, 4.0, 1.0  # what a gloss counts for what it carries
_LENGTH = 0.125  # ... and for each character
_LONGEST = 12  # characters of a term: beyond them it tells no more


class _PlacedGloss(NamedTuple):
    """A gloss with its place and its weight."""

    start: int
    end: int
    gloss: Gloss
    worth: float


def gloss(quote: str, *, language: str, asked: Asked | None = None, dollar: str = "") -> tuple[Gloss, ...]:
    """The key terms and amounts of ``quote``, in ``language`` ("zh" or "en"), each once, in the order of the quote.

    Known terms get the rendering that fits their context. Amounts and dates are written as in the asker's language. If
    there are too many, the terms of the question ``asked`` are kept first, then amounts, then the longest terms. Common
    words are glossed only if the question has them. ``dollar``: as in :func:`restated`.
    """
    said = detect(quote)
    if said not in ("zh", "en", "ja") or language not in ("zh", "en") or said == language:
        return ()
    view = readable(quote)
    offers: list[_PlacedGloss] = []
    amounts = list(placed(quote, said=said, asked=language, dollar=dollar))
    for each in amounts:
        term = written(quote, view, each.start, each.end)
        offers.append(
            _PlacedGloss(each.start, each.end, Gloss(term, each.rendering), _REFERENCE if each.refers else _AMOUNT)
        )
    telling = asked.said.terms & frozenset(analyze(asked.matter or asked.text)) if asked else frozenset()
    for found in senses(view, quote, said=said, asked=language):
        if any(found.start < each.end and each.start < found.end for each in amounts):
            continue
        worth = _worth(view.text[found.start : found.end], found.rendering, asked, telling)
        if worth or not found.common:
            term = written(quote, view, found.start, found.end)
            worth += _LENGTH * min(found.end - found.start, _LONGEST)
            offers.append(_PlacedGloss(found.start, found.end, Gloss(term, found.rendering), worth))
    best = sorted(_telling(offers), key=lambda each: -each.worth)[:_MOST]
    return tuple(each.gloss for each in sorted(best))


def _worth(term: str, rendering: str, asked: Asked | None, telling: frozenset[str]) -> float:
    """What a term counts for saying what kind of statement the quote is, or for being asked about."""
    if asked and any(form.says.search(term) for form in asked.forms):
        return _FORM
    return _ASKED if telling & _terms(rendering) else 0.0


@lru_cache(maxsize=4096)
def _terms(rendering: str) -> frozenset[str]:
    return frozenset(analyze(rendering))


def _telling(offers: Sequence[_PlacedGloss]) -> list[_PlacedGloss]:
    """Each wording once, and none that stands with its rendering in a longer one."""
    once = {(_spelt(each.gloss.term), each.gloss.rendering): each for each in reversed(offers)}
    return [
        each
        for each in once.values()
        if not any(
            other.gloss != each.gloss
            and each.gloss.term in other.gloss.term
            and each.gloss.rendering in other.gloss.rendering
            for other in once.values()
        )
    ]


def _spelt(term: str) -> str:
    """A term without what its place gave it: capitals and number."""
    return " ".join(singular(word) for word in fold(term).split())
