"""Compares countries, documents or markets: for each row and column the best judged piece with a checked quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sinkqa.index.hit import Filters, Hit
from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.answer import AnswerCell, Citation, Standing
from sinkqa.service.answering.judging.confidence import trust
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.answering.judging.selecting import comes_into_question
from sinkqa.service.answering.provisions.stating import effect_asked
from sinkqa.service.answering.writing.glossing import gloss
from sinkqa.service.budget import checkpoint
from sinkqa.service.comparing.bearing import is_elsewhere, is_of
from sinkqa.service.comparing.columns import Column
from sinkqa.service.comparing.fitness import LEANS, fitness, is_about, is_limit
from sinkqa.service.comparing.labelled import Labelled, labelled, tables_of
from sinkqa.service.comparing.rows import RowScope
from sinkqa.service.evidence.citations import Sources, cite
from sinkqa.service.evidence.pieces import Piece, Pieces, share_of_answer
from sinkqa.service.evidence.units import said

SETTLED = 0.95  # how sure a cell is that a table's own labels settle
_BAR = 0.4  # of the judge's confidence; with the notions of the column held, as read (docs/quality.md)
_STATED, _LIMITING = 0.6, 0.3  # of the bar: the outline tells the kind of a piece; it sets a limit, as is asked
FOUND = 40
"""Passages that are found for a cell."""
_READ = 24  # of these, the ones that are judged
_MOST_STATED = 500  # statements of one kind of a row's documents
_SCANNED = 2_000  # passages of a row's documents that are looked through for tables
_LONGEST = 1.0  # of an answer's length: a longer piece is no cell
_MISSING = {
    "zh": ("检索的{}份文件中未找到", "检索的{}份文件中未找到", "资料库中没有相关文件"),
    "en": (
        "not found in {} document searched",
        "not found in {} documents searched",
        "the library has no document of it",
    ),
}

_ENDED = 0.8  # what is left of a likelihood: the document is no longer in force, or not yet
_OUT_OF_FORCE = frozenset({"repealed", "superseded", "expired", "proposed", "not_yet"})

StandingOf = Callable[[str], Standing | None]
"""Tells of a document, by its id, whether it is in force on the date that is asked about; None if that is not known."""
Search = Callable[[str, Filters], Sequence[Hit]]


class Chosen(NamedTuple):
    """What a cell quotes: units of a passage, their text for the cell, and how sure that is, 0..1.

    ``piece``: that which was judged; None if a table's labels settle the cell.
    """

    passage: Passage
    units: tuple[Unit, ...]
    text: str
    sure: float
    piece: Piece | None = None


@dataclass(frozen=True)
class Comparer:
    """Chooses the pieces of a comparison's cells. ``search`` returns hits for a text, best first.

    Of two pieces that are as likely, the one whose document is in force is preferred.
    """

    library: Library
    search: Search
    judge: Judge
    pieces: Pieces
    filters: Filters
    language: str
    standing: StandingOf = lambda doc_id: None
    _rows_of: dict[str, list[Passage]] = field(default_factory=dict)

    def cell(self, row: RowScope, column: Column, records: Sequence[DocumentRecord]) -> Chosen | None:
        """The best judged piece of the row's documents for the column; None if no piece is likely enough."""
        checkpoint()
        if not row.doc_ids:
            return None
        tried = ((tier, [each for each in records if each.doc_id in tier]) for tier in row.tiers)
        for tier, documents in tried:
            if tier != row.own and (settled := labelled(row, column, self._tables(row, documents))):
                return _as_chosen(settled, column)
            if chosen := self._judged(row, column, documents):
                return chosen
        return None

    def _judged(self, row: RowScope, column: Column, records: Sequence[DocumentRecord]) -> Chosen | None:
        """The best judged piece of some of the row's documents."""
        language = _language(records, self.language)
        asked = column.question(language)
        kind = column.aspect.kind if column.aspect else None
        doc_ids = tuple(each.doc_id for each in records)
        filters = replace(self.filters, doc_ids=doc_ids, jurisdictions=(), kinds=(kind,) if kind else ())
        if kind == "effect" and len(doc_ids) == 1 and (dated := effect_asked(asked, self.library, doc_ids=doc_ids)):
            first = dated.evidence[0]
            return Chosen(first.passage, first.units, first.text, SETTLED)
        query = column.query(language)
        hits = self.search(query if row.own and doc_ids[0] in row.own else f"{row.label} {query}", filters)
        stated = self._stated(kind, filters) if kind and hits else None
        found = [
            each
            for each in self.pieces.of(hits[:_READ])
            if comes_into_question(asked, each.piece)
            and share_of_answer(each.piece.statement) <= _LONGEST
            and is_of(row, each)
            and is_about(column, each.piece, stated)
        ]
        if not found:
            return None
        likely = self.judge.answers(asked, found).tolist()
        sure = trust(asked, hits)
        weighed = [
            (share * sure * fitness(column, each) * self._in_force(each.piece.passage.doc_id), each)
            for share, each in zip(likely, found, strict=True)
        ]
        for fit, each in sorted(weighed, key=lambda each: -each[0]):
            sets_limit = bool(column.counted) and is_limit(each.piece)
            bar = _BAR * (_LIMITING if sets_limit else _STATED if stated is not None else 1)
            if fit >= bar and not is_elsewhere(row, each.piece.passage, self.library):
                return _whole(each.piece, min(fit, 1.0))
        return None

    def _in_force(self, doc_id: str) -> float:
        standing = self.standing(doc_id)
        return _ENDED if standing is not None and standing.status in _OUT_OF_FORCE else 1.0

    def _stated(self, kind: str, filters: Filters) -> dict[str, set[Unit]]:
        """The units that state a kind of provision, by passage."""
        found: dict[str, set[Unit]] = {}
        for each in self.library.stating(kind, filters=filters, most=_MOST_STATED):  # type: ignore[arg-type]
            found.setdefault(each.hit.passage.passage_id, set()).add(each.hit.passage.units[each.unit])
        return found

    def _tables(self, row: RowScope, records: Sequence[DocumentRecord]) -> Iterable[Passage]:
        """The rows of tables of the documents that may name the row, where these are not too many."""
        left = _SCANNED
        for record in records:
            if record.doc_id in row.naming and record.n_passages <= left:
                left -= record.n_passages
                if record.doc_id not in self._rows_of:
                    self._rows_of[record.doc_id] = tables_of(self.library.passages(record.doc_id))
                yield from self._rows_of[record.doc_id]


@dataclass
class Citations:
    """Numbers the citations of cells from 1. A quote that fails its check is withdrawn, and the cell is missing."""

    sources: Sources
    language: str
    standing: StandingOf = lambda doc_id: None
    found: list[Citation] = field(default_factory=list)

    def cell(self, chosen: Chosen | None, column: Column, row: RowScope) -> AnswerCell:
        """The cell of a table for what was chosen, or with the reason why there is nothing."""
        number = self.number(chosen.passage, chosen.units, column, chosen.sure) if chosen else 0
        if chosen is None or not number:
            return AnswerCell(missing=missing(len(row.doc_ids), self.language))
        return AnswerCell(chosen.text, (number,))

    def number(self, passage: Passage, units: Sequence[Unit], column: Column, sure: float) -> int:
        """The number of a citation, which is added if its quote is new; 0 if the quote is withdrawn."""
        citation = cite(self.sources, passage, units, number=len(self.found) + 1, score=sure)
        if citation is None:
            return 0
        for known in self.found:
            if (known.passage_id, known.quote) == (citation.passage_id, citation.quote):
                return known.number
        if citation.language != self.language:
            text, asked = "\n".join(unit.text for unit in units), column.question(self.language)
            citation = replace(citation, glosses=gloss(text, language=self.language, asked=asked))
        self.found.append(replace(citation, standing=self.standing(passage.doc_id)))
        return len(self.found)


def missing(searched: int, language: str) -> str:
    """Why a cell is empty: so many documents were searched in vain."""
    one, several, none = _MISSING.get(language, _MISSING["en"])
    return (one if searched == 1 else several if searched else none).format(searched)


def _whole(piece: Piece, sure: float) -> Chosen:
    """The piece, with the sentence before it if it leans on that."""
    passage, units = piece.passage, piece.units
    place = passage.units.index(units[0])
    if passage.kind != "text" or not place or not piece.said.has(LEANS):
        return Chosen(passage, units, piece.statement, sure, piece)
    together = (passage.units[place - 1], *units)
    return Chosen(passage, together, said(passage, together), sure, piece)


def _as_chosen(settled: Labelled, column: Column) -> Chosen:
    text = settled.text
    if settled.header and settled.header != column.label:
        text = f"{settled.header}: {text}"
    return Chosen(settled.passage, (*settled.heads, *settled.units), text, SETTLED)


def _language(records: Sequence[DocumentRecord], otherwise: str) -> str:
    """The language of most of the documents' passages; ``otherwise`` if they are in several."""
    counts: dict[str, int] = {}
    for record in records:
        language = record.metadata.language or otherwise
        counts[language] = counts.get(language, 0) + record.n_passages
    return max(counts, key=lambda each: counts[each], default=otherwise)
