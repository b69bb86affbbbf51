"""Compares countries, documents or markets: for each row and column the best judged piece with a checked quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from sinkqa.index.hit import Filters, Hit
from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.passage import Passage, Unit
from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable, Citation
from sinkqa.service.answering.judging.confidence import trust
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.answering.judging.selecting import comes_into_question
from sinkqa.service.answering.writing.glossing import gloss
from sinkqa.service.budget import checkpoint
from sinkqa.service.comparing.bearing import is_of
from sinkqa.service.comparing.columns import ACTS, Column, holds
from sinkqa.service.comparing.labelled import Labelled, labelled, tables_of
from sinkqa.service.comparing.rows import Row
from sinkqa.service.evidence.citations import Sources, cite
from sinkqa.service.evidence.pieces import Candidate, Pieces, share_of_answer

SETTLED = 0.95  # how sure a cell is that a table's own labels settle
_BAR = 0.4  # of the judge's confidence; with the notions of the column held, as read (docs/quality.md)
FOUND = 40
"""Passages that are found for a cell."""
_READ = 24  # of these, the ones that are judged
_MOST_STATED = 500  # statements of one kind of a row's documents
_SCANNED = 2_000  # passages of a row's documents that are looked through for tables
_LONGEST = 1.0  # of an answer's length: a longer piece is no cell
_NO_ACT, _ABOVE, _LONG = 0.8, 0.85, 0.9  # what is left of a likelihood: no act, the notion only in a heading, long
_ROOM = 0.5  # of an answer's length: what is longer is long for a cell
_MISSING = {
    "zh": ("检索的{}份文件中未找到", "检索的{}份文件中未找到", "资料库中没有相关文件"),
    "en": (
        "not found in {} document searched",
        "not found in {} documents searched",
        "no document of it in the library",
    ),
}

Search = Callable[[str, Filters], Sequence[Hit]]


class Chosen(NamedTuple):
    """What a cell quotes: units of a passage, their text for the cell, and how sure that is, 0..1."""

    passage: Passage
    units: tuple[Unit, ...]
    text: str
    sure: float


@dataclass(frozen=True)
class Comparer:
    """Chooses the pieces of a comparison's cells. ``search`` returns hits for a text, best first."""

    library: Library
    search: Search
    judge: Judge
    pieces: Pieces
    filters: Filters
    language: str
    _rows_of: dict[str, list[Passage]] = field(default_factory=dict)

    def cell(self, row: Row, column: Column, records: Sequence[DocumentRecord]) -> Chosen | None:
        """The best judged piece of the row's documents for the column; None if no piece is likely enough."""
        checkpoint()
        if not row.doc_ids:
            return None
        if row.naming and (settled := labelled(row, column, self._tables(row, records))):
            return _as_chosen(settled, column)
        language = _language([each for each in records if each.doc_id in row.doc_ids], self.language)
        asked = column.question(language)
        kind = column.aspect.kind if column.aspect else None
        filters = replace(self.filters, doc_ids=row.doc_ids, jurisdictions=(), kinds=(kind,) if kind else ())
        query = column.query(language)
        hits = self.search(f"{row.label} {query}" if row.naming else query, filters)
        stated = self._stated(kind, filters) if kind else None
        found = [
            each
            for each in self.pieces.of(hits[:_READ])
            if comes_into_question(asked, each.piece)
            and share_of_answer(each.piece.statement) <= _LONGEST
            and is_of(row, each)
            and _is_about(column, each, stated)
        ]
        if not found:
            return None
        likely = self.judge.answers(asked, found).tolist()
        sure = trust(asked, hits)
        weighed = [(share * sure * _fitness(column, each), each) for share, each in zip(likely, found, strict=True)]
        best, chosen = max(weighed, key=lambda each: each[0])
        if best < _BAR:
            return None
        return Chosen(chosen.piece.passage, chosen.piece.units, chosen.piece.statement, best)

    def _stated(self, kind: str, filters: Filters) -> dict[str, set[Unit]]:
        """The units that state a kind of provision, by passage."""
        found: dict[str, set[Unit]] = {}
        for each in self.library.stating(kind, filters=filters, most=_MOST_STATED):  # type: ignore[arg-type]
            found.setdefault(each.hit.passage.passage_id, set()).add(each.hit.passage.units[each.unit])
        return found

    def _tables(self, row: Row, records: Sequence[DocumentRecord]) -> Iterable[Passage]:
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
    found: list[Citation] = field(default_factory=list)

    def cell(self, chosen: Chosen | None, row: Row, column: Column) -> AnswerCell:
        """The cell of a table for what was chosen, or with the reason why there is nothing."""
        number = self._number(chosen, column) if chosen else 0
        if chosen is None or not number:
            return AnswerCell(missing=missing(len(row.doc_ids), self.language))
        return AnswerCell(chosen.text, (number,))

    def _number(self, chosen: Chosen, column: Column) -> int:
        number = len(self.found) + 1
        citation = cite(self.sources, chosen.passage, chosen.units, number=number, score=chosen.sure)
        if citation is None:
            return 0
        if citation.language != self.language:
            asked = column.question(self.language)
            citation = replace(citation, glosses=gloss(chosen.text, language=self.language, asked=asked))
        return self.taken(citation)

    def taken(self, citation: Citation) -> int:
        """The number of a citation among all, which is added if its quote is new."""
        for known in self.found:
            if (known.passage_id, known.quote) == (citation.passage_id, citation.quote):
                return known.number
        self.found.append(replace(citation, number=len(self.found) + 1))
        return len(self.found)


def table_of(rows: Sequence[Row], columns: Sequence[Column], cells: Sequence[Sequence[AnswerCell]]) -> AnswerTable:
    """The table of all cells."""
    made = (AnswerRow(row.label, tuple(own)) for row, own in zip(rows, cells, strict=True))
    return AnswerTable("", "", tuple(column.label for column in columns), tuple(made))


def missing(searched: int, language: str) -> str:
    """Why a cell is empty: so many documents were searched in vain."""
    one, several, none = _MISSING.get(language, _MISSING["en"])
    return (one if searched == 1 else several if searched else none).format(searched)


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


def _is_about(column: Column, candidate: Candidate, stated: dict[str, set[Unit]] | None) -> bool:
    """Whether the piece, with the headings above it, holds every notion of the topic, and is of the kind asked for."""
    piece = candidate.piece
    if column.concepts and not holds(column.concepts, piece.said.terms | piece.place.heading.terms):
        return False
    if stated is not None:
        return bool(stated.get(piece.passage_id, set()).intersection(piece.units))
    aspect = column.aspect
    return aspect is None or aspect.says is None or piece.said.has(aspect.says)


def _fitness(column: Column, candidate: Candidate) -> float:
    """What is left of a piece's likelihood as a cell: it should say what is done, name the topic itself, be short."""
    piece, fit = candidate.piece, 1.0
    if (column.aspect is None or column.aspect.kind is None) and not piece.said.has(ACTS):
        fit *= _NO_ACT
    if column.concepts and not holds(column.concepts, piece.said.terms):
        fit *= _ABOVE
    return fit * (_LONG if share_of_answer(piece.statement) > _ROOM else 1)
