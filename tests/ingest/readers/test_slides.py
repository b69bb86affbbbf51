"""Presentations come back slide by slide: titles, bullets, tables, charts and notes in the order that is seen."""

from __future__ import annotations

import io

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from sinkqa.ingest.errors import EmptyDocument, UnreadableDocument
from sinkqa.ingest.readers import format_of, read_bytes
from sinkqa.ingest.splitting.splitter import split
from tests.ingest.shape import assert_sound, headings, texts


def saved(deck):
    stream = io.BytesIO()
    deck.save(stream)
    return stream.getvalue()


def read(deck):
    document = read_bytes(saved(deck), "reefs.pptx")
    assert_sound(document)
    return document


def titled(deck, title, layout=5):
    slide = deck.slides.add_slide(deck.slide_layouts[layout])
    slide.shapes.title.text = title
    return slide


def boxed(shapes, left, top, text):
    box = shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(1))
    box.text_frame.text = text
    return box.text_frame.paragraphs[0]


def test_a_slide_is_a_page_with_its_title_bullets_and_notes():
    deck = Presentation()
    slide = titled(deck, "珊瑚礁修复报告", layout=0)
    slide.placeholders[1].text = "海洋局 2031年"
    slide = titled(deck, "Surveys", layout=1)
    frame = slide.placeholders[1].text_frame
    frame.text = "Surveys are due on 20 April."
    inner = frame.add_paragraph()
    inner.text, inner.level = "A reef of 40 hm", 1
    run = inner.add_run()
    run.text = "2"
    run._r.get_or_add_rPr().set("baseline", "30000")
    gone = inner.add_run()
    gone.text = " once"
    gone._r.get_or_add_rPr().set("strike", "sngStrike")
    slide.notes_slide.notes_text_frame.text = "Say that a late one costs 90 euro."
    document = read(deck)
    assert format_of(document) == "pptx" and headings(document) == [(1, "珊瑚礁修复报告"), (1, "Surveys")]
    assert document.metadata.title == "珊瑚礁修复报告"
    assert texts(document, "list_item") == ["Surveys are due on 20 April.", "A reef of 40 hm²"]
    assert texts(document, "paragraph") == ["海洋局 2031年", "Notes: Say that a late one costs 90 euro."]
    assert [(page.number, page.label) for page in document.pages] == [(1, "1"), (2, "2")]
    assert any("struck out" in said for said in document.warnings)


def test_shapes_stand_as_they_are_seen_and_what_is_in_groups_too():
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[6])
    boxed(slide.shapes, 5, 1, "right above")
    boxed(slide.shapes.add_group_shape().shapes, 1, 4, "below, in a group")
    boxed(slide.shapes, 0.5, 1.05, "left above")
    assert texts(read(deck), "paragraph") == ["left above", "right above", "below, in a group"]


def test_tables_and_charts_are_tables_with_their_headers():
    deck = Presentation()
    table = titled(deck, "面积").shapes.add_table(3, 3, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, cells in enumerate((("海湾", "2031年", "2032年"), ("北湾", "12", "14"), ("南湾", "9", "8"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    data = CategoryChartData(number_format="0.0%")
    data.categories = ["2031", "2032"]
    data.add_series("Cover", (0.125, 0.25))
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED
    chart = titled(deck, "Cover").shapes.add_chart(kind, Inches(1), Inches(2), Inches(5), Inches(4), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Cover of the reef"
    rows = [passage.text for passage in split(read(deck)) if passage.kind == "row"]
    assert rows == [
        "海湾: 北湾 | 2031年: 12 | 2032年: 14", "海湾: 南湾 | 2031年: 9 | 2032年: 8",
        "Cover of the reef | 2031 | Cover: 12.5%", "Cover of the reef | 2032 | Cover: 25.0%",
    ]  # fmt: skip


def test_a_merged_cell_takes_only_cells_that_say_so_and_odd_shapes_break_nothing():
    deck = Presentation()
    slide = titled(deck, "Bays")
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(6), Inches(2)).table
    for row, cells in enumerate((("bay", "area"), ("North", "12"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(0, 0)._tc.set("gridSpan", "9")
    table.cell(0, 0)._tc.set("rowSpan", "12")
    boxed(slide.shapes, 1, 5, "The reef is closed.")
    shape = slide.shapes[-1]._element
    shape.spPr.remove(shape.spPr.prstGeom)
    shape.nvSpPr.cNvSpPr.attrib.pop("txBox", None)
    group = slide.shapes
    for _ in range(25):
        group = group.add_group_shape().shapes
    boxed(group, 1, 6, "Too deep.")
    document = read(deck)
    assert all(word in document.text for word in ("area", "North", "12", "The reef is closed."))
    assert "groups within 20 others are not read" in document.warnings[0]


def test_numbered_items_keep_their_numbers_and_hidden_slides_are_named():
    deck = Presentation()
    frame = titled(deck, "Steps", layout=1).placeholders[1].text_frame
    frame.text = "Survey the reef"
    frame.add_paragraph().text = "Tell the board"
    for paragraph in frame.paragraphs:
        properties = paragraph._p.get_or_add_pPr()
        number = properties.makeelement("{http://schemas.openxmlformats.org/drawingml/2006/main}buAutoNum", {})
        number.set("type", "alphaLcParenR")
        properties.append(number)
    titled(deck, "Old")._element.set("show", "0")
    document = read(deck)
    assert texts(document, "list_item") == ["a) Survey the reef", "b) Tell the board"]
    assert "Old" not in document.text and "hidden slides are left out: slide 2" in document.warnings[0]


def test_a_damaged_or_empty_presentation_is_named():
    deck = Presentation()
    deck.slides.add_slide(deck.slide_layouts[6])
    with pytest.raises(EmptyDocument):
        read_bytes(saved(deck), "none.pptx")
    whole = saved(deck)
    with pytest.raises(UnreadableDocument):
        read_bytes(whole[: len(whole) // 2], "half.pptx")
