"""Quotes are exact or are not shown: the store is altered behind the engine's back and nothing false gets out."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sinkqa.index.store.documents.serialization import (
    PASSAGE_COLUMNS,
    pack_passage,
    pack_text,
    read_passage,
    unpack_text,
)
from sinkqa.ingest.document import Page, Span
from sinkqa.ingest.passage import Passage
from sinkqa.ingest.splitting.packing import merged
from sinkqa.service.engine import Engine
from sinkqa.service.evidence.geometry import astral_offsets, line_boxes, quoted_spans
from sinkqa.service.settings import Settings
from tests.typeset import MARGIN, Press

FACT = "The council of Elmvale pays 40 marks for each hectare of alder swamp."
FACTS = {
    "alder.txt": "# Payments 🌳\n\n" + FACT + " The payment ends after nine years.\n",
    "zh.md": "# 榆谷补贴\n\n𠮷村每公顷桤木沼泽补贴四十马克。补贴期为九年。\n",
}
QUESTION = "How much does the council of Elmvale pay per hectare of alder swamp?"


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name, text in FACTS.items():
        (folder / name).write_text(text, "utf-8")
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    assert not engine.add([folder]).failed
    return engine


def units_of_utf16(text: str, start: int, end: int) -> str:
    return text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


@pytest.mark.parametrize("question", [QUESTION, "𠮷村每公顷桤木沼泽补贴多少？"])
def test_a_quote_is_the_stored_text_under_its_spans_in_both_units(engine, question):
    answer = engine.ask(question)
    assert answer.citations
    for citation in answer.citations:
        text = engine.text(citation.doc_id)
        assert hashlib.sha256(text.encode()).hexdigest() == citation.text_sha256
        assert citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)
        for span in citation.spans:
            assert units_of_utf16(text, span.start_utf16, span.end_utf16) == text[span.start : span.end]
    first = answer.citations[0]
    assert first.spans[0].start_utf16 == first.spans[0].start + sum(
        char > "\uffff" for char in engine.text(first.doc_id)[: first.spans[0].start]
    )


def change_text(change: Callable[[str], str], *, with_hash: bool) -> Callable[[sqlite3.Connection], None]:
    def alter(connection: sqlite3.Connection) -> None:
        for doc, packed in connection.execute("SELECT doc, text FROM documents").fetchall():
            text = change(unpack_text(packed))
            connection.execute("UPDATE documents SET text = ? WHERE doc = ?", (pack_text(text), doc))
            if with_hash:
                digest = hashlib.sha256(text.encode()).hexdigest()
                connection.execute("UPDATE documents SET text_sha256 = ? WHERE doc = ?", (digest, doc))

    return alter


def change_passages(change: Callable[[Passage], Passage]) -> Callable[[sqlite3.Connection], None]:
    def alter(connection: sqlite3.Connection) -> None:
        rows = connection.execute(f'SELECT "row", {PASSAGE_COLUMNS} FROM passages JOIN documents USING (doc)')
        for row, *values in rows.fetchall():
            body = pack_passage(change(read_passage(values)))
            connection.execute('UPDATE passages SET body = ? WHERE "row" = ?', (body, row))

    return alter


def moved(passage: Passage, by: int) -> Passage:
    """All spans moved by some code points."""

    def move(spans: tuple[Span, ...]) -> tuple[Span, ...]:
        return tuple(Span(start + by, end + by) for start, end in spans)

    units = tuple(replace(unit, spans=move(unit.spans)) for unit in passage.units)
    return replace(passage, spans=move(passage.spans), units=units)


def reworded(passage: Passage) -> Passage:
    """A claim that the text under the spans does not make."""
    units = tuple(replace(unit, text=unit.text.replace("40", "90").replace("四十", "九十")) for unit in passage.units)
    return replace(passage, units=units, text=passage.text.replace("40", "90").replace("四十", "九十"))


def spanless(passage: Passage) -> Passage:
    """A claim that points nowhere."""
    return replace(passage, units=tuple(replace(unit, spans=()) for unit in passage.units))


FORGERIES = {
    "a figure changed in the stored text": change_text(lambda text: text.replace("40", "90"), with_hash=False),
    "one blank more in the stored text": change_text(lambda text: text + " ", with_hash=False),
    "text and checksum changed alike": change_text(lambda text: text.replace("40", "90"), with_hash=True),
    "the text gone, checksum and all": change_text(lambda text: "", with_hash=True),
    "spans moved by one": change_passages(lambda passage: moved(passage, 1)),
    "spans past the end": change_passages(lambda passage: moved(passage, 10_000)),
    "another figure claimed": change_passages(reworded),
    "no spans at all": change_passages(spanless),
}


def forged(engine: Engine, forgery: Callable[[sqlite3.Connection], None]) -> Engine:
    """The engine's library altered behind its back, opened anew."""
    library = engine._settings.library
    with closing(sqlite3.connect(library / "library.sqlite")) as connection:
        forgery(connection)
        connection.commit()
    return Engine.open(Settings(library=library))


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_evidence_that_the_store_does_not_bear_out_is_withdrawn(engine, forgery):
    assert FACT in engine.ask(QUESTION).answer
    answer = forged(engine, forgery).ask(QUESTION)
    assert (answer.citations, answer.segments, answer.status) == ((), (), "abstained")
    assert "40" not in answer.answer and "90" not in answer.answer


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_what_was_read_before_the_store_was_altered_is_quoted_only_where_the_store_still_says_it(engine, forgery):
    assert FACT in engine.ask(QUESTION).answer
    forged(engine, forgery)
    answer = engine.ask(QUESTION)
    assert "90" not in answer.answer
    for citation in answer.citations:
        text = engine.text(citation.doc_id)
        assert citation.quote == " … ".join(text[span.start : span.end] for span in citation.spans)
        assert hashlib.sha256(text.encode()).hexdigest() == citation.text_sha256


def test_evidence_of_one_document_falls_without_that_of_another(engine, tmp_path):
    (tmp_path / "japan.md").write_text("# Japan\n\nJapan counts forest credits each year.\n", "utf-8")
    (tmp_path / "eu.md").write_text("# Europe\n\nThe EU counts forest credits every five years.\n", "utf-8")
    engine.add([tmp_path / "japan.md", tmp_path / "eu.md"])
    question = "How do Japan and the EU differ in how they count forest credits?"
    assert len(engine.ask(question, bar=0.0).citations) == 2
    altered = forged(
        engine, lambda library: library.execute("UPDATE documents SET text_sha256 = 'x' WHERE name = 'japan.md'")
    )
    answer = altered.ask(question, bar=0.0)
    assert [citation.number for citation in answer.citations] == [1]
    assert engine.document(answer.citations[0].doc_id).name == "eu.md"
    assert "every five years" in answer.answer and "each year" not in answer.answer


def test_the_boxes_of_a_quote_hold_the_quote_and_nothing_else(tmp_path):
    press = Press()
    press.line(MARGIN, 90, "Report of the forest office")
    press.next_page()
    press.paragraph(MARGIN, 100, 220, f"Rain fell often that year. {FACT} The payment ends after nine years.")
    (tmp_path / "report.pdf").write_bytes(press.save())
    engine = Engine.open(Settings(library=tmp_path / "library"), create=True)
    assert not engine.add([tmp_path / "report.pdf"]).failed
    citation = next(each for each in engine.ask(QUESTION).citations if "40 marks" in each.quote)
    assert len(citation.boxes) >= 2 and {box.page for box in citation.boxes} == {2}
    assert (citation.page_start, citation.page_end) == (2, 2)
    page = pdfium.PdfDocument(tmp_path / "report.pdf")[1]
    words = " ".join(
        page.get_textpage().get_text_bounded(box.x0, press.height - box.y1, box.x1, press.height - box.y0)
        for box in citation.boxes
    )
    assert words.split() == citation.quote.split()


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: Span(*sorted(pair))), max_size=8)


@given(spans, st.text("ab \n\u3000", min_size=60, max_size=60))
def test_a_quote_has_a_mark_exactly_where_it_skips_more_than_white_space(given_spans, text):
    found = merged(text, given_spans)
    covered = {offset for start, end in given_spans for offset in range(start, end)}
    held = {offset for start, end in found for offset in range(start, end)}
    assert covered <= held and all(text[offset].isspace() for offset in held - covered)
    assert all(left.end < right.start for left, right in pairwise(found))
    assert not any(text[left.end : right.start].isspace() for left, right in pairwise(found))


@given(st.text(max_size=60), spans)
def test_utf_16_offsets_slice_what_code_points_slice(text, given_spans):
    for span in quoted_spans(astral_offsets(text), given_spans):
        start, end = min(span.start, len(text)), min(span.end, len(text))
        (exact,) = quoted_spans(astral_offsets(text), [Span(start, end)])
        assert units_of_utf16(text, exact.start_utf16, exact.end_utf16) == text[start:end]


def test_each_printed_line_has_one_box_and_glyphs_without_geometry_none():
    glyphs = np.full((9, 4), np.nan, np.float32)
    for number in range(8):  # two lines of four, one of them ends in a glyph that was never drawn
        column, line = number % 4, number // 4
        glyphs[number] = (10 + 6 * column, 100 + 14 * line, 16 + 6 * column, 110 + 14 * line)
    pages = [Page(1, 0, 4), Page(2, 4, 9)]
    assert line_boxes(glyphs, [Span(1, 9)], pages) == ((1, 16, 100, 34, 110), (2, 10, 114, 34, 124))
    assert line_boxes(None, [Span(1, 9)], pages) == ()
