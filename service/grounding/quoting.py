"""Looks a quote up in the library: a document contains it word for word, or altered, or does not contain it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from sinkqa.index.hit import Hit
from sinkqa.ingest.document import Span, quote
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.splitting.packing import merged
from sinkqa.ingest.text.normalised_text import reading_view, search_view
from sinkqa.service.answer import Citation, plain
from sinkqa.service.budget import checkpoint
from sinkqa.service.errors import InvalidText
from sinkqa.service.evidence.citations import Sources, cite
from sinkqa.service.grounding.quotes import Difference, QuoteComparison, compare_quote
from sinkqa.service.grounding.wording import wording

MOST_QUOTED = 4_000
_NEIGHBOURS = 200  # passages on each side: more text than a quote of the greatest length reaches into
_ROOM = 1.2  # of the quote's length: text on each side of a hit that is looked through


@dataclass(frozen=True, slots=True)
class QuoteReport:
    """Whether the library contains a quote, and where.

    ``exact``: ``citation`` is the place; spacing, width and variants of characters do not count. ``altered``:
    ``citation`` is the most similar stored text, and ``differences`` are the places where the quote differs from it, in
    the quote's order. ``absent``: neither.
    """

    quote: str
    result: Literal["exact", "altered", "absent"]
    citation: Citation | None
    differences: tuple[Difference, ...]
    generation: int
    timings_ms: dict[str, float]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        differences = [difference._asdict() for difference in self.differences]
        return asdict(self, dict_factory=plain) | {"differences": differences}


def checked_quote(quote: str) -> str:
    """Checks a quote and returns it unchanged.

    Raises:
        InvalidText: it has no word, or over 4,000 characters.
    """
    if not any(char.isalnum() for char in quote):
        raise InvalidText("quote: expected at least one word or number, got none; give the words as quoted")
    if len(quote) > MOST_QUOTED:
        raise InvalidText(f"quote: expected at most {MOST_QUOTED:,} characters, got {len(quote):,}; verify it in parts")
    return quote


@dataclass(frozen=True, slots=True)
class _Match:
    """What comparing the quote with a stretch of units gave; ``passage`` is the one that the stretch begins in."""

    comparison: QuoteComparison
    passage: Passage
    units: tuple[Unit, ...]

    @property
    def distance(self) -> int:
        return sum(len(said) + len(found) for said, found in self.comparison.differences)


def locate(given: str, hits: Sequence[Hit], sources: Sources) -> tuple[QuoteComparison, Citation | None]:
    """Compares the quote with the text around each hit. Returns the first exact place, else the most similar one.

    A place is skipped if its text differs from the stored text.
    """
    near: list[_Match] = []
    for hit in hits:
        for passage, units, said in _stretches(given, hit.passage, sources):
            checkpoint()
            comparison = compare_quote(given, said)
            if comparison.result == "exact" and (citation := _placed(given, passage, units, sources)):
                return comparison, citation
            if comparison.result == "altered":
                near.append(_Match(comparison, passage, units))
    for found in sorted(near, key=lambda each: each.distance):
        units = _shortest(given, found.units, found.comparison)
        if citation := cite(sources, found.passage, units, number=1, score=0.0):
            return found.comparison, citation
    return QuoteComparison("absent"), None


_Stretch = tuple[Passage, tuple[Unit, ...], str]


def _stretches(given: str, passage: Passage, sources: Sources) -> list[_Stretch]:
    """What the quote may be of: the passage, and as much around it as a quote of this length can reach into."""
    whole = (passage, passage.units, _said(passage.units))
    text = sources.text(passage.doc_id)
    if passage.kind == "table":  # cells of two rows that stand side by side in a quote say what neither says
        return [whole, (passage, passage.units, passage.text)]
    if passage.kind == "row":
        parts = {wording(part) for part in given.split(" … ")}
        cells = tuple(dict.fromkeys(_quoted_cells(passage.units, text, parts)))
        cited = quote(text, merged(text, (span for unit in cells for span in unit.spans)))  # as citations quote cells
        return [whole, (passage, passage.units, passage.text), (passage, cells, cited)][: 3 if cells else 2]
    around = sources.near(passage.passage_id, reach=_NEIGHBOURS)
    running = [each for each in around if each.kind in ("text", "list")]
    units = [(each, unit) for each in running for unit in each.units]
    inside = [place for place, (each, _) in enumerate(units) if each == passage]
    first = _reach(units, inside[0], -1, _ROOM * len(given))
    last = _reach(units, inside[-1], 1, _ROOM * len(given))
    reached = tuple(unit for _, unit in units[first : last + 1])
    return [whole, (units[first][0], reached, _said(reached))]


def _quoted_cells(units: Sequence[Unit], text: str, parts: set[str]) -> Iterator[Unit]:
    """The cells that are a part of a quote, alone or with the neighbours that only white space parts from them."""
    for first in range(len(units)):
        checkpoint()
        for last in range(first + 1, len(units) + 1):
            spans = merged(text, (span for unit in units[first:last] for span in unit.spans))
            if last > first + 1 and len(spans) > 1:
                break
            if any(wording(text[start:end]) in parts for start, end in spans):
                yield from units[first:last]


def _reach(units: Sequence[tuple[Passage, Unit]], place: int, step: int, room: float) -> int:
    while room > 0 and 0 <= place + step < len(units):
        place += step
        room -= len(units[place][1].text)
    return place


def _said(units: Sequence[Unit]) -> str:
    return "\n".join(unit.text for unit in units)


def _placed(given: str, passage: Passage, units: tuple[Unit, ...], sources: Sources) -> Citation | None:
    """The citation of exactly the quoted words, or of the whole units if the words cannot be placed exactly."""
    text = sources.text(passage.doc_id)
    holding = _shortest(given, units, QuoteComparison("exact"))
    spans = merged(text, (span for unit in holding for span in unit.spans))
    if exact := _within(given, text, spans):
        words = reading_view(text, exact).text
        if compare_quote(given, words).result == "exact":
            return cite(sources, passage, [Unit(exact, words)], number=1, score=1.0)
    return cite(sources, passage, holding, number=1, score=1.0)


def _within(given: str, text: str, spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """The source of the quote's words under the spans; empty where its letters do not stand there in one run."""
    view = search_view(reading_view(text, spans))
    letters = [(letter, place) for place, char in enumerate(view.text) for letter in _letters(char)]
    said = "".join(map(_letters, wording(given).strip('"')))
    start = "".join(letter for letter, _ in letters).find(said)
    return view.to_source(letters[start][1], letters[start + len(said) - 1][1] + 1) if said and start >= 0 else ()


@lru_cache(maxsize=10_000)
def _letters(char: str) -> str:
    """A character as it is compared, spaces and hyphens aside: these may be of a line's end."""
    return wording(char).replace("-", "")


def _shortest(given: str, units: tuple[Unit, ...], comparison: QuoteComparison) -> tuple[Unit, ...]:
    """The units without those at both ends that the comparison does not need."""
    for shorter in (slice(1, None), slice(None, -1)):
        checkpoint()
        while len(units) > 1 and compare_quote(given, _said(units[shorter])) == comparison:
            units = units[shorter]
    return units
