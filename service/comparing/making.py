"""Makes a comparison: reads what is asked for, chooses each cell, and cites it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sinkqa.index.hit import Filters, Hit
from sinkqa.index.library import Library
from sinkqa.index.store.documents.catalogue import DocumentRecord
from sinkqa.ingest.text.language import detect
from sinkqa.service.answer import AnswerTable, Citation
from sinkqa.service.answering.judging.judge import Judge
from sinkqa.service.comparing.beside import stands
from sinkqa.service.comparing.columns import Column, columns
from sinkqa.service.comparing.comparing import Citations, Comparer, Search, table_of
from sinkqa.service.comparing.comparison import Beside, BesideCell, By, ComparedRow
from sinkqa.service.comparing.rows import MOST_CELLS, MOST_COLUMNS, Row, chosen, rows, within
from sinkqa.service.errors import InvalidComparison
from sinkqa.service.evidence.citations import Sources
from sinkqa.service.evidence.pieces import Pieces

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
    filters: Filters = Filters()
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
        citations = Citations(self.sources, language)
        table = self._table(found, asked, held, filters, citations)
        beside = self._beside(against, found, asked, filters, citations) if against else None
        return Compared(
            tuple(each.label for each in asked),
            tuple(ComparedRow(each.label, each.code, each.doc_ids) for each in found),
            table,
            tuple(citations.found),
            language,
            _notes(asked, language),
            beside,
        )

    def _table(
        self,
        found: Sequence[Row],
        asked: Sequence[Column],
        held: Sequence[DocumentRecord],
        filters: Filters,
        citations: Citations,
    ) -> AnswerTable:
        comparer = Comparer(self.library, self.search, self.judge, self.pieces, filters, citations.language)
        cells = [[citations.cell(comparer.cell(row, column, held), row, column) for column in asked] for row in found]
        return table_of(found, asked, cells)

    def _beside(
        self,
        against: DocumentRecord,
        found: Sequence[Row],
        asked: Sequence[Column],
        filters: Filters,
        citations: Citations,
    ) -> Beside:
        """The document's own cells of the same rows and columns, and how the rows' documents stand to each."""
        own = [within(row, against) for row in found]
        table = self._table(own, asked, [against], Filters(), citations)
        cells: list[tuple[BesideCell, ...]] = []
        for row, made in zip(found, table.rows, strict=True):
            search = self._searching(row, filters)
            related: list[BesideCell] = []
            for cell in made.cells:
                if cell.missing is not None or not row.doc_ids:
                    related.append(BesideCell("unsaid" if cell.missing is not None else "silent"))
                    continue
                stood, cited = stands(cell.text, search, self.sources, self.judge, self.pieces)
                numbers = {each.number: citations.taken(each) for each in cited if each.number in stood.citations}
                related.append(replace(stood, citations=tuple(numbers[each] for each in stood.citations)))
            cells.append(tuple(related))
        return Beside(against.doc_id, against.title, table, tuple(cells))

    def _searching(self, row: Row, filters: Filters) -> Callable[[str], list[Hit]]:
        of_row = replace(filters, doc_ids=row.doc_ids, jurisdictions=())
        return lambda claim: list(self.search(claim, of_row))


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
