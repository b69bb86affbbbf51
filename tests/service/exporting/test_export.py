"""Ten answers in each format: notes in their places, quotes as the store has them."""

from __future__ import annotations

import codecs
import csv
import dataclasses
import io
from io import BytesIO

import docx
import openpyxl
import pytest
from markdown_it import MarkdownIt
from mdit_py_plugins.footnote import footnote_plugin
from selectolax.lexbor import LexborHTMLParser

from sinkqa.ingest.document import Span, quote
from sinkqa.service.answer import AnswerCell, AnswerRow, AnswerTable, Segment
from sinkqa.service.errors import InvalidExport
from sinkqa.service.exporting.exporter import FORMATS
from sinkqa.service.exporting.memo import AnswerItem, Cited, ClaimItem, Memo, NoteItem, QuoteItem
from tests.service.exporting.conftest import link, word
from tests.service.exporting.library import QUESTIONS


def made(engine, memo, kind, **changes) -> bytes:
    return engine.export(dataclasses.replace(memo, **changes), kind, link=link).content


def cited_in_order(answers) -> list:
    """Each citation once, in the order in which a reader meets it."""
    seen = {}
    for answer in answers:
        by = {each.number: each for each in answer.citations}
        for number in (n for segment in answer.segments for n in segment.citations):
            seen.setdefault((by[number].doc_id, by[number].spans), by[number])
    return list(seen.values())


def letters(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def test_word_has_a_footnote_for_each_quote_that_leads_to_its_source(engine, basket, answers):
    content = made(engine, basket, "docx")
    document, package = docx.Document(BytesIO(content)), word(content)
    expected = cited_in_order(answers)
    assert package.marks == tuple(range(1, len(expected) + 1)) == tuple(sorted(package.footnotes))
    for number, citation in enumerate(expected, 1):
        note = package.footnotes[number]
        assert citation.title.removesuffix(".") in note.text
        passage = f"http://127.0.0.1:8000/#/p/{citation.passage_id}?q="
        assert len(note.urls) == 1 and (note.urls[0] == citation.url or note.urls[0].startswith(passage)), note
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert headings == list(QUESTIONS) and document.core_properties.title == "十条 ten"
    said = letters("".join(each.text for each in document.paragraphs))
    for answer in answers:
        assert all(letters(each.text) in said for each in answer.segments if not (answer.table and each.tabled))
    table = next(each.table for each in answers if each.table)
    (shown,) = document.tables
    assert [cell.text for cell in shown.rows[0].cells] == [table.corner, *table.columns]
    assert [cell.text for row in shown.rows[1:] for cell in row.cells] == [
        text for row in table.rows for text in (row.label, *(cell.text for cell in row.cells))
    ]


def test_a_note_repeats_a_quote_only_where_the_text_is_not_the_quote(engine, answers):
    answer = next(each for each in answers if "罚款" in each.answer)
    whole = AnswerItem.of(answer)
    told = dataclasses.replace(whole, segments=(Segment("Draining a marsh is fined.", (1,)),), generated=True)
    (note,) = word(made(engine, Memo((whole,)), "docx")).footnotes.values()
    assert "三百元" not in note.text
    (note,) = word(made(engine, Memo((told,)), "docx")).footnotes.values()
    assert f"“{answer.citations[0].quote}”" in note.text
    longer = dataclasses.replace(whole, segments=(Segment(answer.segments[0].text + " 并没收工具。", (1,)),))
    (note,) = word(made(engine, Memo((longer,)), "docx")).footnotes.values()
    assert answer.citations[0].quote in note.text, "what was added stands out"


def test_one_quote_cited_twice_is_one_footnote_that_word_refers_to_again(engine, answers):
    item = AnswerItem.of(answers[0])
    content = made(engine, Memo((item, item)), "docx")
    assert word(content).marks == (1,) and len(word(content).footnotes) == 1
    (again,) = (each for each in docx.Document(BytesIO(content)).element.body.iter() if each.tag.endswith("}fldSimple"))
    assert " NOTEREF _Note1 " in str(again.attrib)


@pytest.mark.parametrize(("style", "language"), [("gbt7714", "zh"), ("apa", "en")])
def test_a_list_names_each_source_once_under_its_number(engine, basket, answers, style, language):
    content = made(engine, basket, "docx", placing="list", style=style, language=language)
    paragraphs = [each.text for each in docx.Document(BytesIO(content)).paragraphs]
    at = paragraphs.index("参考文献" if language == "zh" else "References")
    entries = [each for each in paragraphs[at + 1 :] if each.startswith("[")]
    titles = list(dict.fromkeys(each.title.removesuffix(".") for each in cited_in_order(answers)))
    assert len(entries) == len(titles) and all(title in entry for title, entry in zip(titles, entries, strict=True))
    assert any("[1, 第三条]" in each for each in paragraphs)


def test_markdown_has_footnotes_that_a_viewer_resolves(engine, basket, answers):
    text = made(engine, basket, "markdown").decode()
    tree = LexborHTMLParser(MarkdownIt("commonmark").enable("table").use(footnote_plugin).render(text))
    expected = cited_in_order(answers)
    assert len(tree.css("li.footnote-item")) == len(expected)
    for item, citation in zip(tree.css("li.footnote-item"), expected, strict=True):
        assert citation.title.removesuffix(".") in item.text() and item.css_first("a[href^=http]")
    assert [each.text() for each in tree.css("h2")] == list(QUESTIONS)
    assert len(tree.css("tbody tr")) == sum(len(each.table.rows) for each in answers if each.table)


def test_excel_holds_every_quote_to_the_letter_with_its_place(engine, basket, answers):
    book = openpyxl.load_workbook(BytesIO(made(engine, basket, "xlsx", language="en")))
    assert book.sheetnames == ["Memo", "Table 1", "Sources"]
    rows = list(book["Sources"].iter_rows(min_row=2))
    for row, citation in zip(rows, cited_in_order(answers), strict=True):
        assert row[1].value == citation.title and row[4].value.replace("\r", "") == citation.quote.replace("\r", "")
        assert row[9].value == citation.doc_id
        spans = [Span(*map(int, each.split("-"))) for each in row[10].value.split(", ")]
        assert quote(engine.text(citation.doc_id), spans) == citation.quote
        assert row[6].hyperlink.target.startswith("http")
    table = next(each.table for each in answers if each.table)
    assert book["Table 1"].max_row == 1 + len(table.rows) + bool(table.caption)


def test_csv_is_the_table_itself_with_its_sources_beside_it(engine, answers):
    item = AnswerItem.of(next(each for each in answers if each.table))
    content = made(engine, Memo((item,), language="zh", placing="list"), "csv")
    assert content.startswith(codecs.BOM_UTF8), "Excel reads Chinese"
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert item.table is not None and head[: 1 + len(item.table.columns)] == [item.table.corner, *item.table.columns]
    cited = {name: at for at, name in enumerate(head) if name.startswith("出处：")}
    assert cited and len(rows) == len(item.table.rows)
    for row, told in zip(rows, item.table.rows, strict=True):
        assert row[: 1 + len(told.cells)] == [told.label, *(cell.text for cell in told.cells)]
        sources = "".join(row[at] for at in cited.values())
        assert "试点抵销规则" in sources and "http://127.0.0.1:8000/#/p/" in sources


def test_csv_lists_what_stands_in_no_table_below_it(engine, answers):
    table = AnswerItem.of(next(each for each in answers if each.table))
    lone = AnswerItem.of(answers[0])
    parts = made(engine, Memo((table, lone)), "csv").decode("utf-8-sig").split("\r\n\r\n")
    assert len(parts) == 2 and '"Text","Sources"' in parts[1] and "三百元" in parts[1]
    (part,) = made(engine, Memo((lone,)), "csv").decode("utf-8-sig").split("\r\n\r\n")
    assert "三百元" in part and "沼泽保护法" in part


def test_a_table_that_no_segment_tells_is_written_too(engine, answers):
    item = AnswerItem.of(next(each for each in answers if each.table))
    alone = dataclasses.replace(item, segments=())
    assert "| 云州" in made(engine, Memo((alone,)), "markdown").decode()


def test_a_wide_table_lies_on_its_side_in_word_and_nothing_else_does(engine, answers):
    item = AnswerItem.of(next(each for each in answers if each.table))
    ((number, _),) = list(item.citations.items())[:1]
    columns = tuple(f"列{n}" for n in range(7))
    row = AnswerRow("行", (AnswerCell("x", (number,)), *[AnswerCell(missing="无")] * 6))
    wide = dataclasses.replace(item, table=AnswerTable("", "", columns, (row,)), segments=())

    def lie(*items) -> list[bool]:
        sections = docx.Document(BytesIO(made(engine, Memo(items), "docx"))).sections
        return [each.page_width > each.page_height for each in sections]

    assert lie(wide) == [True] and lie(item) == [False]
    assert lie(item, wide, item) == [False, True, False]


def test_only_sources_are_exported_for_reference_managers_each_once(engine, basket, answers):
    documents = {each.doc_id for each in cited_in_order(answers)}
    assert made(engine, basket, "bibtex").decode().count("@") == len(documents)
    assert made(engine, basket, "ris").decode().count("\nER  - ") == len(documents)


def test_claims_quotes_and_notes_stand_in_their_order(engine, answers):
    cited = Cited.of(answers[0].citations[0])
    items = (NoteItem("先看这里"), QuoteItem(cited, "要点"), ClaimItem("罚三百元。", "partly", (cited,)))
    text = made(engine, Memo(items, language="zh"), "markdown").decode()
    order = [text.index(each) for each in ("先看这里", "要点", "> 擅自排干", "部分有依据：罚三百元。", "[^1]:")]
    assert order == sorted(order) and text.count("[^1]") == 3


@pytest.mark.parametrize("kind", FORMATS)
def test_a_quote_that_the_store_does_not_bear_out_is_never_written(engine, answers, kind):
    sound = Cited.of(answers[0].citations[0])
    text = engine.text(sound.doc_id)
    (first, last), length = sound.spans[0], len(text)
    forged = [
        dataclasses.replace(sound, quote=sound.quote.replace("三百", "三千")),
        dataclasses.replace(sound, spans=(Span(first + 1, last),)),
        dataclasses.replace(sound, spans=(Span(first - length, last - length),)),
        dataclasses.replace(sound, spans=(Span(first, last + length),), quote=text[first:]),
        dataclasses.replace(sound, spans=()),
        dataclasses.replace(sound, doc_id="0" * 64, title="A forged act"),
    ]
    items = [AnswerItem("?", (Segment("三千元 forged words", (1, 2)),), {1: sound, 2: each}) for each in forged]
    exported = engine.export(Memo((*items, *map(QuoteItem, forged))), kind, link=link)
    assert exported.withheld == len(forged)
    written = readable(exported.content, kind)
    assert "三千" not in written and "forged words" not in written and "三百元" not in written
    if kind not in ("bibtex", "ris"):
        assert "A forged act" in written and "沼泽保护法" in written


def test_a_table_loses_the_cells_whose_quotes_are_gone(engine, answers):
    item = AnswerItem.of(next(each for each in answers if each.table))
    assert item.table is not None
    number = item.table.rows[1].cells[0].citations[0]
    gone = dataclasses.replace(item.citations[number], doc_id="1" * 64, title="Gone")
    lost = dataclasses.replace(item, citations=item.citations | {number: gone})
    text = made(engine, Memo((lost,)), "markdown").decode()
    assert "云州" in text and "山州" in text and "海州" not in text and "library: Gone" in text
    lone = AnswerTable("", "", ("a", "b"), (AnswerRow("行", (AnswerCell("x", (number,)), AnswerCell("y", (1,)))),))
    mixed = dataclasses.replace(lost, table=lone)
    assert "| 行 | … | y" in made(engine, Memo((mixed,)), "markdown").decode()


def test_a_source_that_was_deleted_is_named_and_not_quoted(shelf):
    engine = shelf(
        {"a.md": "# Heron act\n\nHerons nest in reeds by law.\n", "b.md": "# Teal act\n\nTeal moult in July.\n"}
    )
    cited = Cited.of(engine.verify_quote("Herons nest in reeds by law.").citation)
    item = QuoteItem(cited)
    assert "Herons nest" in engine.export(Memo((item,)), "markdown", link=link).content.decode()
    engine.remove(cited.doc_id)
    text = engine.export(Memo((item,)), "markdown", link=link).content.decode()
    assert "Herons nest" not in text and "no longer in the library: Heron act" in text


def test_an_empty_memo_is_refused(engine):
    with pytest.raises(InvalidExport, match="expected at least one"):
        engine.export(Memo(()), "docx", link=link)


def readable(content: bytes, kind: str) -> str:
    """All text of a file."""
    if kind == "docx":
        document = docx.Document(BytesIO(content))
        notes = word(content).footnotes.values()
        return "\n".join([*(each.text for each in document.paragraphs), *(each.text for each in notes)])
    if kind == "xlsx":
        cells = (cell.value for sheet in openpyxl.load_workbook(BytesIO(content)) for row in sheet for cell in row)
        return "\n".join(str(value) for value in cells)
    return content.decode()


def test_a_quote_that_begins_with_its_heading_leads_to_the_passage_below_it(shelf):
    engine = shelf({"law.md": "# 沼泽法\n\n## 第一条\n\n沼泽不得排干。\n\n## 第二条\n\n管护站每年复查。\n"})
    (record,) = engine.documents()
    text = engine.text(record.doc_id)
    span = Span(text.index("第二条"), text.index("复查。") + 3)
    cited = Cited(record.doc_id, (span,), text[span.start : span.end])
    note = word(made(engine, Memo((QuoteItem(cited),)), "docx")).footnotes[1]
    below = next(each for each in engine.passages(record.doc_id) if "复查" in each.text)
    assert "第二条" in note.text
    assert [url.partition("?")[0] for url in note.urls] == [f"http://127.0.0.1:8000/#/p/{below.passage_id}"]
