"""Answers with a source's own table: all of it if the question asks for it, or only the rows of the compared sides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from sinkqa.index.library import Library
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.text.patterns import late
from sinkqa.service.answering.drafting import Answered
from sinkqa.service.answering.judging.answerer import Outcome
from sinkqa.service.answering.judging.tabulating import SourceTable, table_of, tables
from sinkqa.service.answering.provisions.settling import SETTLED
from sinkqa.service.answering.understanding.labelling import TableAsked, table_asked
from sinkqa.service.answering.understanding.question import Asked
from sinkqa.service.evidence.analysis import Analysis

_AS_GOOD = 0.85  # of the best piece's likelihood: a row this near is what is asked for
_MOST_ROWS = 40
_POINTS_TO = late(r"(?:[如见由]|\b(?:see|in|by)\b|shown)\s*(?:附?表|\btab(?:le|\.))", re.IGNORECASE)
_CUT = {"zh": "表格共{}行，此处只列前{}行。", "en": "The table has {} rows, of which the first {} are shown."}


def whole_table(outcome: Outcome, doc_ids: Sequence[str], library: Library) -> Outcome:
    """The outcome with the source's own table as its answer, or unchanged.

    A table is shown if the question names it, or if it asks row by row and a row of the table answers. ``doc_ids``: the
    documents that the question names. A table with a label is looked for in these documents, or if there are none, in
    the document of the best piece. A piece that points to a table ("as shown in Table 4") is replaced by that table.
    """
    wanted = table_asked(outcome.asked.text)
    for table in _wanted(wanted, outcome, doc_ids, library) if wanted else ():
        notes = outcome.notes
        if len(table.rows) > _MOST_ROWS:
            note = _CUT.get(outcome.asked.language, _CUT["en"]).format(len(table.rows), _MOST_ROWS)
            table, notes = table.narrowed(rows=range(_MOST_ROWS)), (*notes, note)
        evidence = tuple(table.evidence())
        return replace(outcome, table=table, evidence=evidence, confidence=SETTLED, why=None, notes=notes)
    return outcome


def rows_of_one_table(asked: Asked, sides: Sequence[Answered], library: Library) -> list[Answered] | None:
    """The sides as rows of a source's table, if every answered side is a row of the same table; else None."""
    rows = [each.outcome.evidence[0].passage for each in sides if not each.outcome.why]
    if len(rows) < 2 or any(row.kind != "row" or row.doc_id != rows[0].doc_id for row in rows):
        return None
    group = next((group for group in tables(library.passages(rows[0].doc_id)) if rows[0] in group), [])
    table = table_of(group) if all(row in group for row in rows) else None
    if table is None:
        return None
    places = [place for row in rows for place, each in enumerate(table.rows) if _is_of(each.cells, row)]
    chosen = table.narrowed(rows=dict.fromkeys(places))
    sure = min(each.outcome.confidence for each in sides if not each.outcome.why)
    outcome = Outcome(asked, tuple(chosen.evidence()), sure, None, table=chosen)
    return [Answered("", outcome), *(each for each in sides if each.outcome.why)]


def _wanted(wanted: TableAsked, outcome: Outcome, doc_ids: Sequence[str], library: Library) -> Iterator[SourceTable]:
    judged = outcome.judged
    near = [each.piece for each in judged if each.likely >= _AS_GOOD * judged[0].likely]
    rows = [piece.passage for piece in near if piece.passage.kind in ("row", "table")]
    pointing = [piece for piece in near[:1] if _POINTS_TO.search(piece.said.text)]
    pointed = [named for piece in pointing if (named := table_asked(piece.said.text)) and named.label]
    if wanted.label:
        for doc_id in doc_ids or [each.hit.passage.doc_id for each in judged[:1]]:
            yield from _tables(doc_id, library, wanted)
    elif wanted.whole and rows:
        found = _tables(rows[0].doc_id, library, rows[0])
        yield from (table for table in found if not _names_row(outcome.asked, rows[0], table))
    elif wanted.whole and pointed:
        yield from _tables(pointing[0].passage.doc_id, library, pointed[0])


def _tables(doc_id: str, library: Library, wanted: TableAsked | Passage) -> Iterator[SourceTable]:
    """The document's tables of two or more rows that have the wanted label or hold the wanted passage."""
    for group in tables(library.passages(doc_id)):
        is_it = wanted in group if isinstance(wanted, Passage) else wanted.names(group[0].table)
        if is_it and (table := table_of(group)) and len(table.rows) > 1:
            yield table


def _names_row(asked: Asked, row: Passage, table: SourceTable) -> bool:
    """Whether the question asks for this row by a word of its label that some other row lacks, in either language."""
    label = Analysis(" ".join(unit.text for unit in row.units if " · " not in unit.label))
    return any(
        not all(term in Analysis(each.label).terms for each in table.rows) for term in label.terms & asked.said.terms
    )


def _is_of(cells: Sequence[Sequence[tuple[Passage, object]]], row: Passage) -> bool:
    return any(passage.passage_id == row.passage_id for cell in cells for passage, _ in cell)
