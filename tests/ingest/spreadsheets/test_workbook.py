"""Spreadsheets come back sheet by sheet, their numbers as shown, with what is hidden or not read named."""

from __future__ import annotations

import datetime
import io
import zipfile

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font

from sinkqa.ingest.errors import DocumentTooLarge, EmptyDocument, UnreadableDocument
from sinkqa.ingest.readers import format_of, read_bytes
from sinkqa.ingest.readers.sheets.shown import shown
from sinkqa.ingest.splitting.splitter import split
from tests.ingest.shape import assert_sound, headings, tables, texts


def saved(book):
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def sheet_of(rows, book=None, title="Reefs"):
    book = book or openpyxl.Workbook()
    sheet = book.active if len(book.sheetnames) == 1 and book.active.max_row == 1 else book.create_sheet()
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return sheet


def read(book, name="reefs.xlsx"):
    document = read_bytes(book if isinstance(book, bytes) else saved(book), name)
    assert_sound(document)
    return document


def rows(document):
    return [passage.text for passage in split(document) if passage.kind == "row"]


def test_a_sheet_is_a_section_with_its_table_under_two_rows_of_headers():
    sheet = sheet_of(
        [
            ["表1 礁石面积"],
            ["", "", "", "单位：公顷"],
            ["海湾", "2031年", "", "占比"],
            ["", "潮上", "潮下"],
            ["北湾", 29700, 1234.5, 0.125],
            ["南湾", 800, 90, 0.0825],
            ["注：2032年为估计。"],
        ]
    )
    for area in ("A1:D1", "A3:A4", "B3:C3", "D3:D4"):
        sheet.merge_cells(area)
    for row in (5, 6):
        sheet.cell(row, 2).number_format, sheet.cell(row, 3).number_format = "#,##0", "0.0"
        sheet.cell(row, 4).number_format = "0.0%"
    document = read(sheet.parent)
    assert format_of(document) == "xlsx" and headings(document) == [(1, "Reefs")]
    (table,) = tables(document)
    assert table.header_rows == 2 and table.label == "表1"
    first, second = rows(document)
    assert first.endswith("海湾: 北湾 | 2031年 潮上: 29,700 | 2031年 潮下: 1234.5 | 占比: 12.5% | 单位: 公顷")
    assert second.endswith("海湾: 南湾 | 2031年 潮上: 800 | 2031年 潮下: 90.0 | 占比: 8.3% | 单位: 公顷")


def test_a_merged_label_counts_for_each_of_its_rows():
    sheet = sheet_of([["board", "bay", "2031"], ["East", "North", 12], ["", "South", 9]])
    sheet.merge_cells("A2:A3")
    assert rows(read(sheet.parent))[1] == "board: East | bay: South | 2031: 9"


def test_what_is_hidden_struck_or_drawn_is_left_out_and_named():
    sheet = sheet_of(
        [["bay", "area", "secret"], ["North", 12, "x1"], ["South", 9, "x2"], ["West", 7, "x3"], ["Old", 5, "x4"]]
    )
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["C"].hidden = True
    for cell in sheet[5]:
        cell.font = Font(strike=True)
    sheet["A2"].comment = Comment("look here", "someone")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=2, max_row=4))
    sheet.add_chart(chart, "F2")
    sheet_of([["never seen"]], sheet.parent, "Drafts").sheet_state = "hidden"
    document = read(sheet.parent)
    assert rows(document) == ["bay: North | area: 12", "bay: West | area: 7"]
    told = "\n".join(document.warnings)
    for said in (
        "hidden rows are left out: 3",
        "hidden columns are left out: C",
        "1 chart not read",
        "1 comment not read",
        "hidden sheets are left out: Drafts",
        "struck out",
    ):
        assert said in told
    assert not any(word in document.text for word in ("South", "x1", "Old", "never", "look"))


def test_a_formula_without_a_saved_value_is_named():
    document = read(sheet_of([["bay", "area"], ["North", 12], ["All", "=SUM(B2:B2)"]]).parent)
    assert "sheet Reefs: formulas without a saved value: B3" in document.warnings[0]


def test_tables_and_lines_of_one_sheet_are_kept_apart():
    sheet = sheet_of(
        [
            ["bay", "2031", "", "port", "2031"],
            ["North", 12, "", "East", 3],
            ["South", 9, "", "West", 4],
            [],
            ["Areas are those at low tide."],
            [],
            ["reef", "depth"],
            ["old", 4],
            ["new", 6],
        ]
    )
    document = read(sheet.parent)
    assert rows(document) == [
        "bay: North | 2031: 12",
        "bay: South | 2031: 9",
        "port: East | 2031: 3",
        "port: West | 2031: 4",
        "reef: old | depth: 4",
        "reef: new | depth: 6",
    ]
    assert texts(document, "paragraph") == ["Areas are those at low tide."]


def test_a_large_workbook_is_read_row_by_row_up_to_a_bound(monkeypatch):
    monkeypatch.setattr("sinkqa.ingest.readers.sheets.workbook._WHOLE", 1)
    monkeypatch.setattr("sinkqa.ingest.readers.sheets.workbook.MAX_CELLS", 10)
    document = read(sheet_of([["bay", "area"], *([f"bay {n}", n] for n in range(20))]).parent)
    assert rows(document)[0] == "bay: bay 0 | area: 0" and len(rows(document)) == 5
    assert "rows from 7 on are left out" in document.warnings[0]


MOMENT = datetime.datetime(2031, 3, 5, 14, 7, 9)


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        (0.1256, "0.00%", "12.56%"),
        (0.125, "0%", "13%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (123, "00000", "00123"),
        (-5.5, "#,##0.0;(#,##0.0)", "(5.5)"),
        (0, '#,##0;-#,##0;"-"', "-"),
        (0.5, "# ?/?", "1/2"),
        (3.75, "# ??/??", "3 3/4"),
        (12345, "0.00E+00", "1.23E+04"),
        (0.1 + 0.2, "General", "0.3"),
        (2500000, '0.0,,"M"', "2.5M"),
        (5, ";;;", ""),
        (1234.5, "[$€-407]#,##0.00", "€1,234.50"),
        (1.5, '0.0"万吨"', "1.5万吨"),
        (150, "[>=100]0;0.0", "150"),
        (7, "000-00", "000-07"),
        (123456789, "(###) ###-####", "(12) 345-6789"),
        (-0.001, "# ?/?", "0"),
        (True, "General", "TRUE"),
        (MOMENT, "yyyy-mm-dd", "2031-03-05"),
        (MOMENT, 'yyyy"年"m"月"d"日"', "2031年3月5日"),
        (MOMENT, "d-mmm-yy", "5-Mar-31"),
        (MOMENT, "h:mm AM/PM", "2:07 PM"),
        (datetime.timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        ("abc", "@", "abc"),
        (0, '_ * #,##0_ ;_ * "-"??_ ;_ @_ ', "0"),
    ],
)
def test_a_value_is_stored_as_its_format_shows_it(value, code, seen):
    assert shown(value, code) == seen


def test_any_name_of_a_sheet_and_codes_that_xml_cannot_hold_are_read():
    whole = saved(sheet_of([["bay", "area"], ["North_x000D_\n_x0041_ shore", 12]]).parent)
    named = b'name="A/B: [x]?" sheetId' + read_of(whole, "xl/workbook.xml").partition(b" sheetId")[2]
    head = read_of(whole, "xl/workbook.xml").partition(b'name="')[0]
    document = read_bytes(changed(whole, "xl/workbook.xml", head + named), "odd.xlsx")
    assert headings(document)[-1] == (1, "A／B： ［x］？")
    assert "North\nA shore" in document.text.replace("\n\n", "\n")


def test_a_workbook_that_is_only_a_chart_says_so():
    book = openpyxl.Workbook()
    book.create_chartsheet("Trend").add_chart(BarChart())
    with pytest.raises(EmptyDocument, match="sheets that are charts are not read: Trend"):
        read_bytes(saved(book), "chart.xlsx")


def read_of(package, member):
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.read(member)


def test_a_damaged_or_empty_workbook_is_named():
    whole = saved(sheet_of([["bay", "area"], ["North", 12]]).parent)
    with pytest.raises(UnreadableDocument):
        read_bytes(whole[: len(whole) // 2], "half.xlsx")
    with pytest.raises(EmptyDocument):
        read_bytes(saved(openpyxl.Workbook()), "none.xlsx")
    with pytest.raises(UnreadableDocument, match="damaged workbook"):
        read_bytes(changed(whole, "xl/workbook.xml", b"<workbook>"), "bad.xlsx")
    with pytest.raises(DocumentTooLarge):
        read_bytes(changed(whole, "xl/worksheets/sheet1.xml", b"<x>" + b" " * (1 << 26)), "bomb.xlsx")


def changed(package, member, body):
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, body if name == member else old.read(name))
    return stream.getvalue()
