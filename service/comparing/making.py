"""Makes a comparison: reads what is asked for, chooses each cell, and cites it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from sinkqa.index.hit import Filters
from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.text.language import detect
from sinkqa.service.answer import AnswerRow, AnswerTable, Citation
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.comparing.bearing import is_elsewhere, is_of
from sinkqa.service.comparing.beside import stands, statements, together
from sinkqa.service.comparing.columns import Column, columns
from sinkqa.service.comparing.comparing import Chosen, Citations, Comparer, Search, StandingOf
from sinkqa.service.comparing.comparison import Beside, BesideCell, By, ComparedRow
from sinkqa.service.comparing.rows import MOST_CELLS, MOST_COLUMNS, RowScope, chosen, rows, within
from sinkqa.service.errors import InvalidComparison
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.pieces import Candidate, Piece, Pieces

_Cells = Sequence[Sequence[Chosen | None]]
_READ = 12  # passages that a statement of the document beside is looked for in
_SURE = 1.0
_LONGEST_LABEL = 200  # characters of a row or a column
_UNTOLD = {
    "zh": "这些列的文字没有可查找的含义：{}",
    "en": "Columns whose words say nothing that can be looked for: {}",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be compared, as it was asked for.

    ``on``: the columns. ``rows``: labels, none for all that the library holds. ``beside``: a document by its id.
    """

    by: By
    on: tuple[str, ...]
    rows: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison without its library and timings."""

    columns: tuple[str, ...]
    rows: tuple[ComparedRow, ...]
    table: AnswerTable
    citations: tuple[Citation, ...]
    language: str
    notes: tuple[str, ...]
    beside: Beside | None


@dataclass(frozen=True)
class Maker:
    """Makes comparisons of one library. ``search`` returns hits for a text, best first."""

    library: Library
    sources: Sources
    search: Search
    judge: Judge
    pieces: Pieces
    standing: StandingOf = lambda doc_id: None

    def make(self, wanted: Wanted) -> Compared:
        """The comparison that is wanted.

        Raises:
            InvalidComparison: there is no column or row, or there are too many, or a row names nothing.
            DocumentNotFound, AmbiguousDocument: a filter or ``beside`` names no document, or several.
        """
        asked = asked_columns(wanted.on)
        language = detect(" ".join((*wanted.on, *wanted.rows)))
        language = language if language == "zh" else "en"
        against = self.library.document(wanted.beside) if wanted.beside else None
        own = [self.library.document(each).doc_id for each in wanted.filters.doc_ids]
        filters = replace(wanted.filters, doc_ids=tuple(own))
        held = chosen(self.library.documents(), filters, [against.doc_id] if against else ())
        found = rows(wanted.by, wanted.rows, held, self.library, language)
        if len(found) * len(asked) > MOST_CELLS:
            raise InvalidComparison(
                f"comparison: expected at most {MOST_CELLS} cells, got {len(found)} rows × {len(asked)} columns; "
                "compare them in parts"
            )
        citations = Citations(self.sources, language, self.standing)
        cells = self._chosen(found, asked, held, filters, language)
        table = _table(found, asked, cells, citations)
        beside = self._beside(against, found, asked, cells, filters, citations) if against else None
        return Compared(
            tuple(each.label for each in asked),
            tuple(ComparedRow(each.label, each.code, each.doc_ids) for each in found),
            table,
            tuple(citations.found),
            language,
            _notes(asked, language),
            beside,
        )

    def _chosen(
        self,
        found: Sequence[RowScope],
        asked: Sequence[Column],
        held: Sequence[DocumentRecord],
        filters: Filters,
        language: str,
    ) -> _Cells:
        comparer = Comparer(self.library, self.search, self.judge, self.pieces, filters, language, cache(self.standing))
        return [[comparer.cell(row, column, held) for column in asked] for row in found]

    def _beside(
        self,
        against: DocumentRecord,
        found: Sequence[RowScope],
        asked: Sequence[Column],
        ours: _Cells,
        filters: Filters,
        citations: Citations,
    ) -> Beside:
        """The document's own cells of the same rows and columns, and how the rows' documents stand to each."""
        named = [within(row, against) for row in found]
        theirs = self._chosen(named, asked, [against], Filters(), citations.language)
        table = _table(named, asked, theirs, citations)
        cells = tuple(
            tuple(
                self._stood(row, column, own, other.text, filters, citations) if other else BesideCell("unsaid")
                for column, own, other in zip(asked, our_row, their_row, strict=True)
            )
            for row, our_row, their_row in zip(found, ours, theirs, strict=True)
        )
        return Beside(against.doc_id, against.title, table, cells)

    def _stood(
        self, row: RowScope, column: Column, own: Chosen | None, text: str, filters: Filters, citations: Citations
    ) -> BesideCell:
        """How the row's documents stand to a cell of the document beside, with what tells it."""
        of_row = replace(filters, doc_ids=row.doc_ids, jurisdictions=())

        def search(statement: str) -> list[Candidate]:
            found = self.pieces.of(self.search(statement, of_row)[:_READ]) if row.doc_ids else []
            return [each for each in found if is_of(row, each)]

        piece = own.piece if own else None

        def elsewhere(other: Piece) -> bool:
            return is_elsewhere(row, other.passage, self.library)

        encoder = self.pieces.encoder
        stood = [stands(each, column, piece, search, self.judge, encoder, elsewhere) for each in statements(text)]
        numbers = [citations.number(each.passage, each.units, column, _SURE) if each.passage else 0 for each in stood]
        cited = tuple(dict.fromkeys(number for number in numbers if number))
        return BesideCell(
            together(stood), tuple(each.said for each in stood), tuple(each.relation for each in stood), cited
        )


def _table(found: Sequence[RowScope], asked: Sequence[Column], cells: _Cells, citations: Citations) -> AnswerTable:
    """The table of the cells that were chosen, each with its citation."""
    made = tuple(
        AnswerRow(row.label, tuple(citations.cell(*each, row) for each in zip(own, asked, strict=True)))
        for row, own in zip(found, cells, strict=True)
    )
    return AnswerTable("", "", tuple(column.label for column in asked), made)


def asked_columns(on: Sequence[str]) -> list[Column]:
    """The columns asked for.

    Raises:
        InvalidComparison: there is none, or too many, or one is too long or has no word.
    """
    asked = columns(on)
    if not asked:
        raise InvalidComparison("columns: expected at least one, got none; give words such as: penalty, finance")
    if len(asked) > MOST_COLUMNS:
        raise InvalidComparison(f"columns: expected at most {MOST_COLUMNS}, got {len(asked)}; compare them in parts")
    for each in asked:
        if len(each.label) > _LONGEST_LABEL:
            raise InvalidComparison(
                f"columns: expected at most {_LONGEST_LABEL} characters each, got {len(each.label)}; shorten it"
            )
        if not any(char.isalnum() for char in each.label):
            raise InvalidComparison(f"columns: expected words, got {each.label[:40]!r}")
    return asked


def _notes(asked: Sequence[Column], language: str) -> tuple[str, ...]:
    """What the comparison leaves open."""
    untold = [each.label for each in asked if not each.concepts and each.aspect is None]
    return (_UNTOLD[language].format("; ".join(untold)),) if untold else ()
