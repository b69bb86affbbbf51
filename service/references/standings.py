"""Says whether documents are in force on a day, as far as texts of the library say so. Quotes are read again."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from sinkqa.index.library import Library
from sinkqa.ingest.document import Span, quote
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.splitting.packing import merged
from sinkqa.ingest.text.normalised_text import reading_view
from sinkqa.service.answer import Standing, StandingQuote, StandingStatus, plain
from sinkqa.service.evidence.citations import holds
from sinkqa.service.evidence.geometry import astral_offsets, quoted_spans
from sinkqa.service.references.resolving import Resolver
from sinkqa.service.references.successors import Family
from sinkqa.service.references.tenure import SourcePlace, Tenure, tenure_of

_log = logging.getLogger(__name__)
_MOST_UNITS, _MOST_PASSAGES = 3, 2  # of one quote
_LONGEST_LINE = 200  # code points beside the words that a line is quoted for


@dataclass(frozen=True, slots=True)
class DocumentStanding:
    """A document and its standing."""

    doc_id: str
    title: str
    standing: Standing

    def as_dict(self) -> dict[str, Any]:
        """The JSON form, the same for the command line, HTTP and MCP."""
        return asdict(self, dict_factory=plain)


class _Tenures:
    """What was found of one generation of a library."""

    def __init__(self, library: Library, generation: int) -> None:
        self.generation = generation
        self._library, self._family, self._resolver = library, Family(library), Resolver(library)
        self._tenures: dict[str, Tenure] = {}
        self._placed: dict[SourcePlace, list[tuple[str, tuple[Unit, ...]]]] = {}
        self._astral: dict[str, tuple[int, ...]] = {}

    def tenure(self, doc_id: str) -> Tenure:
        """The time in force of a document, by its full id."""
        if doc_id not in self._tenures:
            self._tenures[doc_id] = tenure_of(self._library, self._resolver, self._family, doc_id)
        return self._tenures[doc_id]

    def astral(self, text: str, text_sha256: str) -> tuple[int, ...]:
        """:func:`astral_offsets` of a text with this hash."""
        if text_sha256 not in self._astral:
            self._astral[text_sha256] = astral_offsets(text)
        return self._astral[text_sha256]

    def placed(self, place: SourcePlace) -> list[tuple[str, tuple[Unit, ...]]]:
        """The passages and units that hold the words of a place."""
        if place not in self._placed:
            self._placed[place] = _units_at(self._library.passages(place.doc_id), place)
        return self._placed[place]


class Standings:
    """The standings of a library's documents. Keeps what it found while the library does not change.

    Safe for threads.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._newest: _Tenures | None = None

    def of(self, doc_id: str, on: datetime.date) -> Standing:
        """The standing of a document on a day, with the words that say so.

        If these words are not in the store as they were when the document was added, the standing is unknown.

        Raises:
            DocumentNotFound, AmbiguousDocument: there is no such document, or there are several.
        """
        with self._library.reading():
            kept = self._kept()
            whole = self._library.document(doc_id).doc_id
            standing, places = judged(kept.tenure(whole), on.isoformat())
            read = [self._quotes(kept, place) for place in places]
            if not all(read):
                _log.warning("standing withdrawn: words about document %s differ from the stored text", whole[:12])
                return Standing("unknown", standing.on)
            newer = self._library.document(standing.newer).title if standing.newer else None
        return replace(standing, newer_title=newer, quotes=_distinct(read))

    def status(self, doc_id: str, on: datetime.date) -> StandingStatus:
        """The status alone, by the full id. The words are not read again: it is for choosing, not for showing."""
        with self._library.reading():
            return judged(self._kept().tenure(doc_id), on.isoformat())[0].status

    def _kept(self) -> _Tenures:
        """What was found of the generation that this thread reads."""
        kept, generation = self._newest, self._library.generation
        if kept is None or kept.generation != generation:
            kept = self._newest = _Tenures(self._library, generation)
        return kept

    def _quotes(self, kept: _Tenures, place: SourcePlace) -> list[StandingQuote]:
        """The units of the document that hold these words, read from the store and compared with it.

        Empty if the store holds other words by now.
        """
        record, text = self._library.document(place.doc_id), self._library.text(place.doc_id)
        quotes: list[StandingQuote] = []
        for passage_id, units in kept.placed(place) or self._line(place, text):
            if not holds(text, units, text_sha256=record.text_sha256):
                return []
            spans = merged(text, (span for unit in units for span in unit.spans))
            quoted = quoted_spans(kept.astral(text, record.text_sha256), spans)
            quotes.append(StandingQuote(record.doc_id, record.title, passage_id, quote(text, spans), quoted))
        return quotes

    def _line(self, place: SourcePlace, text: str) -> list[tuple[str, tuple[Unit, ...]]]:
        """The line that holds these words, which are in no passage: a title. It is quoted with the first passage."""
        ends = text.find("\n", place.end)
        span = Span(
            max(text.rfind("\n", 0, place.start) + 1, place.start - _LONGEST_LINE),
            min(ends if ends >= 0 else len(text), place.end + _LONGEST_LINE),
        )
        unit = Unit((span,), reading_view(text, [span]).text)
        return [(passage.passage_id, (unit,)) for passage in self._library.passages(place.doc_id, most=1)]


def judged(tenure: Tenure, on: str) -> tuple[Standing, Sequence[SourcePlace]]:
    """The standing on a day, YYYY-MM-DD, without titles and quotes, and the places of the words that say so."""
    if tenure.proposed is not None:
        return Standing("proposed", on), (tenure.proposed,)
    over = [ending for ending in tenure.endings if ending.over <= on]
    coming = next((ending for ending in tenure.endings if ending.over > on and ending.status != "unknown"), None)
    since = tenure.since or None
    if over:
        first = over[0]
        newer = next((ending.newer for ending in reversed(over) if ending.status == "superseded"), None)
        return Standing(
            first.status, on, since, first.until, newer if first.status == "superseded" else first.newer
        ), first.places
    until = coming.until if coming else None
    if tenure.begins is None:
        return Standing("unknown", on, since, until), coming.places if coming else ()
    status: StandingStatus = "not_yet" if tenure.since > on else "in_force"
    places = (tenure.begins, *(coming.places if coming else ()))
    return Standing(status, on, since, until, coming.newer if coming else None), places


def _units_at(passages: Sequence[Passage], place: SourcePlace) -> list[tuple[str, tuple[Unit, ...]]]:
    """The units that hold the words of a place, with the ids of their passages. Of a table and its rows, the rows."""
    found = []
    for passage in passages:
        if passage.kind == "table" or not passage.spans or passage.spans[-1].end <= place.start:
            continue
        if units := [unit for unit in passage.units if _overlaps(unit, place)]:
            found.append((passage.passage_id, tuple(units[:_MOST_UNITS])))
    return found[:_MOST_PASSAGES]


def _overlaps(unit: Unit, place: SourcePlace) -> bool:
    return any(span.start < place.end and place.start < span.end for span in unit.spans)


def _distinct(read: Sequence[Sequence[StandingQuote]]) -> tuple[StandingQuote, ...]:
    """The quotes, each once."""
    return tuple({(quote.passage_id, quote.quote): quote for quotes in read for quote in quotes}.values())
