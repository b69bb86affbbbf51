"""Cuts passages into the pieces that an answer may quote, analyses each once, and joins pieces of one passage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from sinkqa.index.arrays import Floats, Tokens
from sinkqa.index.hit import Hit
from sinkqa.index.models.encoder import Encoder
from sinkqa.ingest.document import Metadata
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.ingest.text.patterns import late
from sinkqa.service.evidence.analysis import Analysis
from sinkqa.service.evidence.assertion import asserts, is_sentence
from sinkqa.service.evidence.entities import Entity
from sinkqa.service.evidence.units import LEADS, Line, below, lines, said, sentences, unshown, without_glyphs

_WIDE_CHARS = 200  # an answer is at most this long in Chinese ...
_NARROW_WORDS = 120  # ... or this many words long in English
_SHORT_ROW = 0.6  # of an answer: a row up to this long is shown whole, else cell by cell
_SHORT_LIST, _LONGEST_LIST = 1.0, 2.5  # of an answer: up to the one a list is never parted, up to the other shown whole
_LONGEST_SENTENCE = 1.5  # of an answer: up to this long one is shown whole
_LETTER = late(r"[^\W\d_]")
_CELL_OF = " · "  # stands between row label and column header in a cell's label
_MOST_KEPT = 2_000  # passages: some 40 MB
_HOMES = {
    "CN": "China", "US": "United States", "EU": "European Union", "JP": "Japan", "NZ": "New Zealand",
    "GB": "United Kingdom", "AU": "Australia", "CA": "Canada", "KR": "South Korea", "IN": "India",
}  # fmt: skip

_Cut = tuple[tuple[Unit, ...], str, bool]  # units of a passage, what they say, whether they are a whole list


class Origin:
    """The data that all passages of a document share: its title, country, year and names."""

    def __init__(self, title: str, about: Metadata) -> None:
        self.home, self.year = _HOMES.get(about.jurisdiction or "", ""), about.year
        self.title = Analysis(title)
        self.names = Analysis(" ".join(filter(None, (title, about.issuer, self.home))))


class PassageContext:
    """The context of a passage: its document and the headings above it."""

    def __init__(self, origin: Origin, passage: Passage) -> None:
        self.origin = origin
        self.headings = Analysis(" ".join((*passage.section, passage.table or "")))
        self.heading = Analysis(passage.section[-1] if passage.section else "")

    @cached_property
    def terms(self) -> frozenset[str]:
        """The index terms of the headings and of the document's names."""
        return self.headings.terms | self.origin.names.terms

    def names(self, entity: Entity) -> bool:
        """Whether the document or a heading has this name."""
        return self.origin.names.holds(entity) or self.headings.holds(entity)


@dataclass(frozen=True, eq=False)
class Piece:
    """Units of one passage that make a statement together.

    ``said``: the text of the units. ``whole``: the text of the whole passage. ``vector`` (float32, (dim,)) and
    ``tokens``: the encoder's, for ``said`` with the nearest heading. ``known``: tokens of title, issuer, country and
    headings. ``is_list``: a lead-in with all of its items.
    """

    passage: Passage
    units: tuple[Unit, ...]
    said: Analysis
    whole: Analysis
    place: PassageContext
    vector: Floats
    tokens: Tokens
    known: Tokens
    is_list: bool = False

    @property
    def statement(self) -> str:
        """The text of the piece for a reader who sees nothing else. A row of a table comes with its caption."""
        return self.passage.text if self._is_row else self.said.text

    @cached_property
    def passage_id(self) -> str:
        """The passage's id, cached here because the passage computes it anew each time."""
        return self.passage.passage_id

    @cached_property
    def asserts(self) -> bool:
        """Whether it makes a statement of its own."""
        return asserts(self.said, self.passage.kind)

    @cached_property
    def is_sentence(self) -> bool:
        """Whether it ends as a sentence does."""
        return is_sentence(self.said.text)

    @cached_property
    def is_long_row(self) -> bool:
        """Whether it is a whole row of a table that is long enough to be shown cell by cell."""
        return self._is_row and len(self.units) > 1 and not is_short(self.passage)

    @property
    def _is_row(self) -> bool:
        return self.passage.kind == "row" and len(self.units) == len(self.passage.units)

    def names(self, entity: Entity) -> bool:
        """Whether the piece itself, its headings or its document's name contain the name."""
        return self.place.names(entity) or self.said.holds(entity)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The part of a passage that is shown. ``text``: the joined text of its ``units``.

    ``relevance``, 0..1: how well it fits, comparable within one question. ``also``: passages that make the same
    statement.
    """

    passage: Passage
    units: tuple[Unit, ...]
    text: str
    relevance: float = 0.0
    also: tuple[Passage, ...] = ()

    @property
    def left_out(self) -> int:
        """The number of list items of the passage that the evidence does not show. Further passages may have more."""
        return unshown(self.passage, self.units)


class Candidate(NamedTuple):
    """A piece and its hit. Once it is judged, ``likely`` is how likely it answers, 0..1."""

    piece: Piece
    hit: Hit
    likely: float = 0.0


class Pieces:
    """The pieces of passages, cached, because different questions find the same passages. Safe for threads."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self._kept: dict[object, tuple[Piece, ...]] = {}
        self._origins: dict[object, Origin] = {}

    def of(self, hits: Sequence[Hit]) -> list[Candidate]:
        """All pieces of the hits' passages, in their order."""
        if len(self._kept) > _MOST_KEPT:
            self._kept, self._origins = {}, {}
        kept = self._kept  # this very one: another thread may begin anew
        keys = [_key(hit) for hit in hits]
        found = [kept.get(key) for key in keys]
        new = [place for place, pieces in enumerate(found) if pieces is None]
        for place, pieces in zip(new, self._read([hits[place] for place in new]), strict=True):
            found[place] = kept[keys[place]] = pieces
        return [Candidate(piece, hit) for hit, pieces in zip(hits, found, strict=True) for piece in pieces or ()]

    def _read(self, hits: Sequence[Hit]) -> Iterator[tuple[Piece, ...]]:
        """The pieces of each hit's passage; the encoder reads them all at once."""
        cuts = [list(cut(hit.passage)) for hit in hits]
        places = [PassageContext(self._origin(hit), hit.passage) for hit in hits]
        spoken = [
            f"{place.heading.text} {each[1]}" for place, found in zip(places, cuts, strict=True) for each in found
        ]
        known = self.encoder.tokens([f"{place.origin.names.text} {place.headings.text}" for place in places])
        read = iter(zip(*self.encoder.read(spoken), strict=True))
        for hit, place, found, names in zip(hits, places, cuts, known, strict=True):
            whole = Analysis(hit.passage.text)
            yield tuple(
                Piece(hit.passage, units, Analysis(text), whole, place, vector, tokens, names, is_list)
                for (units, text, is_list), (vector, tokens) in zip(found, islice(read, len(found)), strict=True)
            )

    def _origin(self, hit: Hit) -> Origin:
        key = _key(hit)[1:]
        if key not in self._origins:
            self._origins[key] = Origin(hit.title, hit.about)
        return self._origins[key]


def _key(hit: Hit) -> tuple[object, ...]:
    """Of a passage and what is known about its document, which may be corrected."""
    return hit.passage.passage_id, hit.title, hit.about.issuer, hit.about.jurisdiction, hit.about.year


def cut(passage: Passage) -> Iterator[_Cut]:
    """The pieces of a passage, each with its text, and whether it is a whole list. A table is never cut in half.

    The pieces are each sentence, each list with its lead-in or the items of a long list, and each row of a table or the
    cells of a long row. A lead-in without its items says nothing, and an item without its lead-in may say something
    else.
    """
    if passage.kind == "row":
        heads = _heads(passage)
        cells = [unit for unit in passage.units if _CELL_OF in unit.label]
        groups = [cells] if is_short(passage) else [[cell] for cell in cells] + [cells]
        yield from ((_in_order(passage, (*heads, *group)), _row_text(heads, group), False) for group in groups)
        if not cells:
            yield from (((head,), without_glyphs(head.text), False) for head in heads if len(heads) > 1)
    elif passage.kind != "table":
        outline = lines(passage)
        for place, line in enumerate(outline):
            if not line.above:
                yield from _cut_line(passage, outline, place)


def _cut_line(passage: Passage, outline: Sequence[Line], place: int) -> Iterator[_Cut]:
    """A line with what leads to it; a list whole where an answer has room for it, and if not short also by items."""
    line, items = outline[place], below(outline, place)
    leads = [n for lead in line.above for n in outline[lead].units]
    if not items:
        yield from _cut_text(passage, leads, line.units)
        return
    whole = (*leads, *line.units, *(n for item in items for n in outline[item].units))
    units, text, _ = _piece(passage, whole)
    if (size := share_of_answer(text)) <= _LONGEST_LIST:
        yield units, text, True
    if size > _SHORT_LIST:
        for item in items:
            if outline[item].above[-1] == place:
                yield from _cut_line(passage, outline, item)


def _cut_text(passage: Passage, leads: Sequence[int], places: Sequence[int]) -> Iterator[_Cut]:
    """A sentence or an item with what leads to it; where an answer has no room for it by sentences, or by clauses.

    Nothing where it leads to what stands elsewhere, or is a mere number or sign.
    """
    whole = _piece(passage, (*leads, *places))
    if whole[1].endswith(LEADS) or not _LETTER.search(whole[1]):
        return
    parts = sentences(passage, places)
    if len(places) == 1 or share_of_answer(whole[1]) <= (_LONGEST_SENTENCE if len(parts) == 1 else _SHORT_LIST):
        yield whole
    else:
        for part in parts if len(parts) > 1 else [(n,) for n in places]:
            yield from _cut_text(passage, leads, part)


def _piece(passage: Passage, places: Sequence[int]) -> _Cut:
    units = tuple(passage.units[n] for n in places)
    return units, said(passage, units), False


def is_short(row: Passage) -> bool:
    """Whether a row of a table is shown whole rather than cell by cell."""
    heads = _heads(row)
    cells = [unit for unit in row.units if _CELL_OF in unit.label]
    return share_of_answer(_row_text(heads, cells)) <= _SHORT_ROW


def _heads(row: Passage) -> list[Unit]:
    """The labels of a row."""
    return [unit for unit in row.units if _CELL_OF not in unit.label]


def _row_text(heads: Sequence[Unit], cells: Sequence[Unit]) -> str:
    """``北京 — 抵销比例限制: …; 地域限制: …``: the row's labels once, then each cell under its header."""
    parts: list[str] = []
    for cell, before in zip(cells, [None, *cells], strict=False):
        header = cell.label.split(_CELL_OF)[-1]
        repeated = before is not None and before.label == cell.label
        parts.append(cell.text if repeated or not header else f"{header}: {cell.text}")
    text = " — ".join(filter(None, (" ".join(head.text for head in heads), "; ".join(parts))))
    return without_glyphs(text)


def joined(shown: Sequence[Evidence]) -> list[Evidence]:
    """Joins all evidence of one passage, in the passage's order, so that each passage is quoted once."""
    passages: dict[str, list[Evidence]] = {}
    for each in shown:
        passages.setdefault(each.passage.passage_id, []).append(each)
    return [_join(several) for several in passages.values()]


def _join(several: Sequence[Evidence]) -> Evidence:
    first = several[0]
    if len(several) == 1:
        return first
    order = _in_order(first.passage, dict.fromkeys(unit for each in several for unit in each.units))
    heads = _heads(first.passage) if first.passage.kind == "row" else []
    text = _row_text(heads, [unit for unit in order if unit not in heads]) if heads else said(first.passage, order)
    return replace(first, units=order, text=text, also=tuple(also for each in several for also in each.also))


def _in_order(passage: Passage, units: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(sorted(units, key=passage.units.index))


def share_of_answer(text: str) -> float:
    """The share of an answer's allowed length that ``text`` takes up. It is over 1 if the text alone is too long."""
    wide = sum(char >= "\u2e80" for char in text)
    narrow = len([word for word in text.split() if word.isascii()])
    return wide / _WIDE_CHARS + narrow / _NARROW_WORDS


def cut_to_length(texts: Sequence[str]) -> list[str]:
    """The texts that fit in an answer's allowed length. The first text that does not fit is cut."""
    left, kept = 1.0, list[str]()
    for text in texts:
        size = share_of_answer(text)
        kept.append(text if size <= left else text[: int(len(text) * max(left, 0) / size)])
        left -= size
        if left <= 0:
            break
    return kept
