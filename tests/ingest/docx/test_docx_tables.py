"""Rows and cells of a Word table stand where the page shows them."""

from __future__ import annotations

from tests.ingest.shape import grid, tables
from tests.ingest.wordfile import cell, control, lines, paragraph, read, row, run, style, table

NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>'
    '<w:lvlText w:val="%1"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def only(body: str, **parts: str):
    document = read(body, **parts)
    (found,) = tables(document)
    return found, grid(document, found)


def test_rows_and_cells_in_controls_are_rows_and_cells():
    asking = control(cell("Click here"), "<w:showingPlcHdr/>")
    rows = control(control(row("鄂", "210")) + row("湘", control(cell("320"))))
    _, cells = only(
        table(row("区域", "上限"), rows, f"<w:customXml>{row('桂', asking)}</w:customXml>", row("粤", "430"))
    )
    assert cells == {
        (0, 0): "区域", (0, 1): "上限", (1, 0): "鄂", (1, 1): "210", (2, 0): "湘", (2, 1): "320", (3, 0): "桂",
        (4, 0): "粤", (4, 1): "430",
    }  # fmt: skip


def test_free_columns_before_a_row_shift_its_cells():
    short = row("7", "8", properties='<w:gridBefore w:val="1"/>')
    ending = row("West", "5", properties='<w:gridAfter w:val="1"/>')
    _, cells = only(table(row("Plot", "2031", "2032"), row("East", "1", "2"), short, ending))
    assert (2, 0) not in cells and cells[2, 1] == "7" and cells[2, 2] == "8"
    assert cells[3, 1] == "5" and (3, 2) not in cells


def test_merges_and_header_rows_are_those_of_the_page():
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    head = "<w:tblHeader/>"
    found, cells = only(
        table(
            row(cell("Plot", down), cell("Cap", '<w:gridSpan w:val="2"/>'), properties=head),
            row(cell("", on), "low", "high", properties=head),
            row("N", "1", "2"),
            row(cell("S", '<w:hMerge w:val="restart"/>'), cell("", "<w:hMerge/>"), "3"),
            row("gone", "8", "9", properties="<w:del/>"),
            row("hidden", "8", "9", properties="<w:hidden/>"),
        )
    )
    assert found.header_rows == 2 and found.n_rows == 4
    assert cells[1, 2] == "high" and cells[3, 2] == "3" and (3, 1) not in cells
    spans = {(cell.row, cell.column): (cell.row_span, cell.column_span) for cell in found.cells}
    assert spans[0, 0] == (2, 1) and spans[0, 1] == (1, 2) and spans[3, 0] == (1, 2)


def test_a_cell_that_goes_on_from_nothing_is_a_cell():
    on = "<w:vMerge/>"
    _, cells = only(table(row(cell("Plot", on), "Cap"), row(cell("N", on), "4"), row("S", cell("5", on))))
    assert cells == {(0, 0): "Plot", (0, 1): "Cap", (1, 0): "N", (1, 1): "4", (2, 0): "S", (2, 1): "5"}


def test_automatic_numbers_are_text_of_their_cells():
    lone = cell(paragraph(properties=NUMBERED))
    rows = [row("No.", "Plot"), row(lone, "N"), row(lone, "S"), row(cell(paragraph("East", properties=NUMBERED)), "E")]
    _, cells = only(table(*rows), numbering=NUMBERING)
    assert [cells[number, 0] for number in (1, 2, 3)] == ["1", "2", "3 East"]


def test_a_table_in_a_cell_is_text_of_the_cell_and_one_in_a_frame_is_a_table():
    inner = table(row("wet", "3"), row("dry", "4"))
    _, cells = only(table(row("Kind", "Factor"), row("Peat", cell(paragraph("see") + inner + paragraph("t/ha")))))
    assert cells[1, 1] == "see\nwet\t3\ndry\t4\nt/ha"
    assert lines(table(row(cell(paragraph("A frame:") + inner)))) == ["A frame:", "wet\t3\ndry\t4"]


def test_a_caption_is_known_by_its_number_or_its_style():
    field = '<w:fldSimple w:instr="SEQ Table">{}</w:fldSimple>'
    numbered = paragraph("Table ", field.format(run("2")), " Caps", properties='<w:pStyle w:val="c"/>')
    plain = paragraph("Caps of all plots", properties='<w:pStyle w:val="c"/>')
    figure = paragraph("Figure 3 A map", properties='<w:pStyle w:val="c"/>')
    rows = table(row("Plot", "Cap"), row("N", "5"))
    document = read(numbered + rows + plain + rows + figure + rows, styles=style("c", "caption"))
    captions = ["".join(document.text[start:end] for start, end in found.caption) for found in tables(document)]
    assert captions == ["Table 2 Caps", "Caps of all plots", ""]
    assert tables(document)[0].label == "Table 2"


def test_a_page_break_in_every_cell_of_a_row_is_one():
    broken = cell("<w:p><w:r><w:lastRenderedPageBreak/><w:t>5</w:t></w:r></w:p>")
    document = read(table(row("Plot", "Cap"), row(broken, broken)) + paragraph("After."))
    assert [page.number for page in document.pages] == [1, 2]
