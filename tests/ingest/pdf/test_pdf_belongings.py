"""Captions, units and notes of PDF tables; headers of years; tables that run on, are turned, or ruled by groups."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pypdfium2 as pdfium
import pytest

from sinkqa.ingest.document import Block, Document, Table, quote
from sinkqa.ingest.readers.pdf.reader import read_pdf
from sinkqa.ingest.splitting.splitter import split
from tests.typeset import MARGIN, Place, Press, Rules, Run

WIDTHS = (150, 110, 110)
LIMITS = [("项目", "东区", "西区"), ("氨", "50", "30"), ("硫", "300", "200")]
OTHER = [("项目", "东区", "西区"), ("氨", "20", "10"), ("硫", "70", "60")]
PROSE = "运行单位应当按照规定记录数据，并对记录的真实性负责。"


def grid_of(rows: Sequence[Sequence[str]], *, first: int = 0, bold: bool = False) -> list[Place]:
    return [Place(first + r, c, text, bold=bold and r == 0) for r, row in enumerate(rows) for c, text in enumerate(row)]


def tables_of(press: Press | bytes) -> tuple[Document, list[Table]]:
    document = read_pdf(press if isinstance(press, bytes) else press.save(), "made.pdf")
    return document, [block.table for block in document.blocks if block.table is not None]


def said(document: Document, table: Table) -> tuple[str | None, str, list[list[str]]]:
    """Label, caption and notes, and the rows of a table, headers first; white space dropped from Chinese."""
    rows: dict[int, list[str]] = {}
    for cell in table.cells:
        rows.setdefault(cell.row, []).append(quote(document.text, cell.spans).replace(" … ", ""))
    about = quote(document.text, (*table.caption, *table.notes))
    return table.label, about, [rows[row] for row in sorted(rows)]


def kinds(document: Document) -> list[str]:
    shown: Callable[[Block], bool] = lambda block: block.kind != "furniture"  # noqa: E731
    return [block.kind for block in document.blocks if shown(block)]


@pytest.mark.parametrize("unit", ["单位：mg/L", "（单位：毫克/升）", "计量单位 ： mg/L", "2031年12月31日   单位：mg/L"])
def test_a_line_of_units_parts_no_caption_from_its_table(unit: str) -> None:
    press = Press()
    y = press.paragraph(MARGIN, 90, 450, PROSE)
    for number, rows in enumerate((LIMITS, OTHER), 1):
        press.line(220, y + 16, f"表{number} 第{number}类水限值")
        press.line(300, y + 32, Run(unit, 9))
        y = press.table(MARGIN, y + 38, WIDTHS, grid_of(rows), rules="full") + 12
    press.paragraph(MARGIN, y + 14, 450, PROSE)
    document, found = tables_of(press)
    assert [said(document, table)[0] for table in found] == ["表1", "表2"]
    for number, table in enumerate(found, 1):
        about = said(document, table)[1]
        assert f"第{number}类水限值" in about and ("mg/L" in about or "毫克/升" in about)
    assert kinds(document) == ["paragraph", "table", "table", "paragraph"]
    [row] = [p for p in split(document) if p.kind == "row" and p.table == "表2" and "硫" in p.text]
    assert [unit.text for unit in row.units][:3] == ["硫", "70", "60"]
    assert row.units[-1].label.startswith("硫 · ") and "单位" in row.units[-1].label


def test_captions_below_their_tables_stay_with_them() -> None:
    press = Press()
    y = press.paragraph(MARGIN, 90, 450, PROSE)
    for number, rows in enumerate((LIMITS, OTHER, LIMITS), 1):
        y = press.table(MARGIN, y + 8, WIDTHS, grid_of(rows), rules="full")
        press.line(200, y + 14, f"表{number} 第{number}类水限值")
        y += 26
    press.paragraph(MARGIN, y + 20, 450, PROSE)
    document, found = tables_of(press)
    assert [said(document, table)[0] for table in found] == ["表1", "表2", "表3"]


def test_a_caption_of_two_lines_and_one_in_two_languages_are_read_whole() -> None:
    press = Press()
    press.line(270, 100, "Table 1")
    press.line(200, 114, "Reed cut by shore and year")
    press.line(380, 128, Run("(in thousand tonnes)", 9))
    rows = [("Shore", "2030", "2031"), ("North", "10", "12"), ("South", "11", "14")]
    y = press.table(MARGIN, 136, WIDTHS, grid_of(rows), rules="across")
    y = press.paragraph(MARGIN, y + 30, 450, "The crews cut the reed by hand and weighed it at the landing.")
    press.line(200, y + 14, "表2 各岸产量")
    press.line(200, y + 28, "Table 2 Reed by shore")
    press.table(MARGIN, y + 36, WIDTHS, grid_of([("岸", "2030年", "2031年"), *rows[1:]]), rules="full")
    document, found = tables_of(press)
    assert [(table.label, table.header_rows) for table in found] == [("Table 1", 1), ("表2", 1)]
    assert "Reed cut by shore" in said(document, found[0])[1] and "thousand tonnes" in said(document, found[0])[1]
    assert "Reed by shore" in said(document, found[1])[1]


def test_a_caption_unit_and_source_set_inside_the_table_are_lifted_out_of_it() -> None:
    press = Press()
    rows = [
        Place(0, 0, "表1 各岸产量", column_span=3),
        Place(1, 0, "单位：万吨", column_span=3),
        *grid_of([("岸", "2030", "2031"), ("北岸", "10", "12"), ("南岸", "11", "14")], first=2),
        Place(5, 0, "资料来源：村委会。", column_span=3),
    ]
    press.table(MARGIN, 100, WIDTHS, rows, rules="full")
    document, [table] = tables_of(press)
    label, about, cells = said(document, table)
    assert label == "表1" and "单位：万吨" in about and "资料来源" in about
    assert (cells[0], table.header_rows, table.n_rows) == (["岸", "2030", "2031"], 1, 3)


@pytest.mark.parametrize(
    "header",
    [("区", "2030年", "2031年"), ("Shore", "2030", "2031"), ("Shore", "Q1 2030", "Q2 2030"), ("项目", "90%", "95%")],
)
def test_years_quarters_and_percentages_above_numbers_are_a_header(header: tuple[str, ...]) -> None:
    press = Press()
    press.table(MARGIN, 100, WIDTHS, grid_of([header, ("1", "10", "12"), ("2", "11", "14")]), rules="full")
    _, [table] = tables_of(press)
    assert table.header_rows == 1


def test_a_table_of_numbers_has_no_header() -> None:
    press = Press()
    rows = [("2030", "10", "12"), ("2031", "11", "14"), ("2032", "9", "13")]
    press.table(MARGIN, 100, WIDTHS, grid_of(rows), rules="full")
    press.table(MARGIN, 300, WIDTHS[:2], grid_of([("Depth", "14 m"), ("Reed", "50 ha"), ("Salt", "5%")]), rules="full")
    _, found = tables_of(press)
    assert [table.header_rows for table in found] == [0, 0]


@pytest.mark.parametrize("again", ["续表1", "表1（续）", "Table 1 (continued)", ""])
def test_a_table_that_runs_on_says_its_header_once(again: str) -> None:
    press = Press()
    header = ("区", "行业", "2030年", "2031年")
    rows = [(f"第{n}区", "造纸", str(100 + n), str(200 + n)) for n in range(1, 36)]
    press.line(200, 80, "表1 各区配额")
    press.line(400, 94, Run("单位：万吨", 9))
    press.table(MARGIN, 100, [100] * 4, grid_of([header, *rows[:30]]), rules="full")
    press.next_page()
    press.line(250, 80, again or "单位：万吨")
    y = press.table(MARGIN, 100, [100] * 4, grid_of([header, *rows[30:]]), rules="full")
    press.paragraph(MARGIN, y + 20, 450, PROSE)
    document, [table] = tables_of(press)
    assert (table.label, table.pages, table.n_rows, table.header_rows) == ("表1", (1, 2), 36, 1)
    assert said(document, table)[2][-1] == ["第35区", "造纸", "135", "235"]


def test_a_group_label_holds_over_the_break_of_a_page() -> None:
    press = Press()
    rows = [Place(0, 0, "组"), Place(0, 1, "名"), Place(0, 2, "面积"), Place(1, 0, "北岸", row_span=20)]
    rows += [Place(r, c, text) for r in range(1, 21) for c, text in ((1, f"S{r}"), (2, str(10 + r)))]
    press.table(MARGIN, 100, [60, 110, 110], rows, rules="full")
    press.next_page()
    rest = [Place(0, 0, "", row_span=2), Place(2, 0, "南岸", row_span=2)]
    rest += [Place(r, c, text) for r in range(4) for c, text in ((1, f"S{21 + r}"), (2, str(31 + r)))]
    press.table(MARGIN, 70, [60, 110, 110], rest, rules="full")
    document, [table] = tables_of(press)
    labels = {p.units[0].text for p in split(document) if p.kind == "row" and "S22" in p.text}
    assert labels == {"北岸"}
    assert (table.n_rows, table.label_columns) == (25, 2)


def turned(content: bytes, quarter: int) -> bytes:
    """The pages shown turned, so that their text stands sideways."""
    document = pdfium.PdfDocument(content)
    for page in document:
        page.set_rotation(90 * quarter)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize("quarter", [1, 3])
@pytest.mark.parametrize("rules", ["full", "three-line", "none"])
def test_a_table_set_sideways_reads_as_one_set_upright(rules: Rules, quarter: int) -> None:
    press = Press(width=842, height=595)
    press.line(300, 80, "Table 4 Reed by stand")
    press.line(560, 94, Run("Unit: kt", 9))
    rows = [("Stand", "Shore", "2030", "2031"), *((f"Stand {c}", "north", f"1{c}", f"2{c}") for c in "345678")]
    y = press.table(MARGIN, 100, [140] * 4, grid_of(rows, bold=rules == "three-line"), rules=rules)
    press.line(MARGIN, y + 14, Run("Source: the register of the lake.", 8))
    document, [table] = tables_of(turned(press.save(), quarter))
    label, about, cells = said(document, table)
    assert (label, table.header_rows, cells) == ("Table 4", 1, [list(row) for row in rows])
    assert "Unit: kt" in about and "Source:" in about


def test_labels_turned_in_their_cells_and_labels_set_letter_by_letter_are_read() -> None:
    press = Press()
    rows = [
        Place(0, 0, ""),
        Place(0, 1, "名"),
        Place(0, 2, "面积"),
        Place(1, 0, "", row_span=3),
        Place(4, 0, "", row_span=3),
    ]
    rows += [Place(r, c, text) for r in range(1, 7) for c, text in ((1, f"S{r}"), (2, str(10 + r)))]
    top = 100.0
    y = press.table(MARGIN, top, [40, 110, 110], rows, rules="full")
    pitch = (y - top) / 7
    press.aside(MARGIN + 24, top + 3.6 * pitch, "Shore")
    for place, letter in enumerate("南岸"):
        press.line(MARGIN + 14, top + (4.8 + place) * pitch, Run(letter, 9))
    document, _ = tables_of(press)
    found = {p.units[1].text: p.units[0].text for p in split(document) if p.kind == "row"}
    assert (found["S2"], found["S5"]) == ("Shore", "南岸")


@pytest.mark.parametrize("closed", [True, False])
def test_rows_that_lines_part_in_groups_only_are_rows(closed: bool) -> None:
    press = Press()
    north = [("Alder", "10.1", "5.2"), ("Birch", "11.1", "6.2"), ("Cedar", "12.1", "7.2")]
    south = [("Fern", "1.1", "0.2"), ("Gorse", "2.1", "1.2"), ("Heath", "3.1", "2.2"), ("Ivy", "5.5", "6.6")]
    xs, y = (MARGIN, MARGIN + 90, MARGIN + 230, MARGIN + 310, MARGIN + 390), 100.0
    edges = [y, y + 18]
    for x, text in zip(xs, ("Shore", "Stand", "2030", "2031"), strict=False):
        press.line(x + 5, y + 12, Run(text, 9))
    y += 18
    for name, group in (("North", north), ("South", south)):
        press.line(xs[0] + 5, y + 12 + 6.5 * (len(group) - 1), Run(name, 9))
        for row in group:
            for x, text in zip(xs[1:], row, strict=False):
                press.line(x + 5, y + 12, Run(text, 9))
            y += 13
        y += 5
        edges.append(y)
    for edge in edges:
        press.rule(xs[0], edge, xs[-1], edge)
    for x in xs if closed else ():
        press.rule(x, edges[0], x, y)
    document, [table] = tables_of(press)
    rows = {p.units[1].text: [u.text for u in p.units] for p in split(document) if p.kind == "row"}
    assert table.n_rows == 8
    assert rows["Alder"] == ["North", "Alder", "10.1", "5.2"]
    assert rows["Ivy"] == ["South", "Ivy", "5.5", "6.6"]


def test_two_lines_in_a_cell_are_one_row() -> None:
    press = Press()
    rows = [
        ("Stand", "Uptake", "Remark"),
        ("Alder carr on the northern shore of the lake", "310", "counted twice by crews who did not meet"),
        ("Oak on the slope behind the old village", "95", "not counted in the years of the great flood"),
        ("Marsh", "12", "none"),
    ]
    for rules in ("full", "across"):
        press.table(MARGIN, 100, [110, 80, 110], grid_of(rows), rules=rules)  # type: ignore[arg-type]
        press.next_page()
    _, found = tables_of(press)
    assert [table.n_rows for table in found] == [4, 4]


def test_tables_ruled_alike_with_a_caption_between_are_two() -> None:
    press = Press()
    y = 90.0
    for number, rows in enumerate((LIMITS, OTHER), 1):
        press.line(200, y + 14, f"表{number} 第{number}类水限值")
        y = press.table(MARGIN, y + 20, WIDTHS, grid_of(rows), rules="across") + 10
    _, found = tables_of(press)
    assert [(table.label, table.n_rows) for table in found] == [("表1", 3), ("表2", 3)]


def test_definitions_forms_and_addresses_are_no_tables() -> None:
    press = Press()
    lines = [
        ("AD", "activity data, in tonnes of reed that is cut in a year"),
        ("EF", "emission factor of the reed, in tonnes"),
        ("NCV", "net calorific value of what was burnt"),
        ("Name:", "______________"),
        ("Date:", "______________"),
        ("Lake office", "Tel. 020 1234 5678"),
        ("12 Shore Road", "Fax 020 1234 5679"),
    ]
    for place, (left, right) in enumerate(lines):
        press.line(MARGIN, 100 + 16 * place, left)
        press.line(MARGIN + 110, 100 + 16 * place, right)
    assert tables_of(press)[1] == []


def test_a_unit_above_and_a_caption_below_are_of_the_table_between() -> None:
    press = Press()
    y = press.paragraph(MARGIN, 90, 450, PROSE)
    for number, rows in enumerate((LIMITS, OTHER), 1):
        press.line(400, y + 12, Run("单位：mg/L", 9))
        y = press.table(MARGIN, y + 18, WIDTHS, grid_of(rows), rules="full")
        press.line(200, y + 14, f"表{number} 第{number}类水限值")
        y = press.paragraph(MARGIN, y + 40, 450, PROSE)
    document, found = tables_of(press)
    assert [said(document, table)[:2] for table in found] == [
        ("表1", "单位：mg/L … 表1 第1类水限值"),
        ("表2", "单位：mg/L … 表2 第2类水限值"),
    ]
    assert kinds(document) == ["paragraph", "table", "paragraph", "table", "paragraph"]


def test_names_of_groups_stand_over_all_columns_of_the_group() -> None:
    press = Press()
    xs = (MARGIN, 192, 272, 352, 432)
    for y in (100, 132, 180):
        press.rule(MARGIN, y, 500, y)
    press.line(222, 112, Run("Uptake", 9))
    press.line(384, 112, Run("Loss", 9))
    rows = [("Stand", "2030", "2031", "2030", "2031"), ("Alder", "10", "11", "1", "2"), ("Oak", "3", "4", "0", "0"),
            ("Reed", "5", "6", "7", "8")]  # fmt: skip
    for place, row in enumerate(rows):
        for x, text in zip(xs, row, strict=True):
            press.line(x, 126 + 15 * place, Run(text, 9))
    document, [table] = tables_of(press)
    assert table.header_rows == 2
    [row] = [passage for passage in split(document) if passage.kind == "row" and "Oak" in passage.text]
    assert [unit.label for unit in row.units[1:]] == [
        f"Oak · {name}" for name in ("Uptake 2030", "Uptake 2031", "Loss 2030", "Loss 2031")
    ]


def test_a_table_without_rules_is_found_in_one_column_of_the_page() -> None:
    press = Press()
    prose = "Crews walk the shore and weigh the reed that they cut, stand by stand, before it is sent to the mill."
    for x in (MARGIN, 320):
        y = press.paragraph(x, 90, 210, prose * 2, size=9)
    press.line(340, y + 10, Run("Table 1 Reed by stand", 9))
    for place, row in enumerate(
        [("Stand", "2030", "2031"), ("Alder", "10", "12"), ("Oak", "3", "4"), ("Marsh", "5", "6")]
    ):
        for x, text in zip((320, 400, 470), row, strict=True):
            press.line(x, y + 26 + 14 * place, Run(text, 9))
    press.paragraph(MARGIN, y, 210, prose * 2, size=9)
    press.paragraph(320, y + 100, 210, prose * 2, size=9)
    _, [table] = tables_of(press)
    assert (table.label, table.header_rows, table.n_rows) == ("Table 1", 1, 4)


def test_an_upright_caption_belongs_to_the_table_set_sideways_below_it() -> None:
    press = Press()
    y = press.paragraph(MARGIN, 90, 450, "The crews cut the reed by hand and weighed it at the landing.")
    press.line(200, y + 10, "Table 2. Reed by stand")
    rows = [
        ("Stand", "Cut", "Left"),
        *((f"Stand {name}", f"1{place}", f"2{place}") for place, name in enumerate("ABCD")),
    ]
    edges = [200 + 40 * place for place in range(len(rows) + 1)]
    for x in edges:
        press.rule(x, 200, x, 500)
    for edge in (200, 300, 400, 500):
        press.rule(edges[0], edge, edges[-1], edge)
    for place, row in enumerate(rows):
        for column, text in enumerate(row):
            press.aside(edges[place] + 22, 495 - 100 * column, text)
    document, [table] = tables_of(press)
    assert said(document, table) == ("Table 2", "Table 2. Reed by stand", [list(row) for row in rows])


def test_a_merged_value_cut_by_the_end_of_a_page_holds_for_the_rows_that_go_on() -> None:
    press = Press()
    first = [Place(0, 0, "名"), Place(0, 1, "面积"), Place(0, 2, "罚款"), Place(1, 2, "五百元", row_span=3)]
    first += [Place(r, c, text) for r in range(1, 4) for c, text in ((0, f"S{r}"), (1, str(10 + r)))]
    press.table(MARGIN, 100, [90, 110, 110], first, rules="full")
    press.next_page()
    rest = [Place(r, c, text) for r in range(2) for c, text in ((0, f"S{4 + r}"), (1, str(14 + r)))]
    press.table(MARGIN, 70, [90, 110, 110], [*rest, Place(0, 2, "", row_span=2)], rules="full")
    document, [table] = tables_of(press)
    rows = {p.units[0].text: p.units[-1].text for p in split(document) if p.kind == "row"}
    assert (rows["S4"], rows["S5"]) == ("五百元", "五百元")
    assert table.pages == (1, 2)


def test_names_broken_over_two_lines_beside_values_set_between_them_are_one_row_each() -> None:
    press = Press()
    y, edges = 118.0, [100.0, 118.0]
    for x, text in zip((MARGIN, 172, 272), ("Stand", "2030", "2031"), strict=True):
        press.line(x + 5, 112, Run(text, 9))
    names = [("Alder", "carr", "10"), ("Birch", "wood", "12"), ("Oak", "slope", "14"), ("Reed", "marsh", "16")]
    for place, (upper, lower, value) in enumerate(names):
        press.line(MARGIN + 5, y + 10, Run(upper, 9))
        press.line(MARGIN + 5, y + 21, Run(lower, 9))
        press.line(177, y + 15.5, Run(value, 9))
        press.line(277, y + 15.5, Run(f"{value}.5", 9))
        y += 28
        edges += [y] if place % 2 else []
    for edge in edges:
        press.rule(MARGIN, edge, 372, edge)
    document, [table] = tables_of(press)
    assert table.header_rows == 1
    rows = [[unit.text for unit in p.units if unit.text.strip()] for p in split(document) if p.kind == "row"]
    assert [" ".join(row) for row in rows] == [f"{a} {b} {value} {value}.5" for a, b, value in names]


def test_names_broken_over_two_lines_head_a_table_without_rules() -> None:
    press = Press()
    press.line(200, 90, "Table 1 Reed by stand")
    xs = (MARGIN, 170, 270)
    for x, text in zip(xs[1:], ("Area", "Mean"), strict=True):
        press.line(x, 112, Run(text, 9))
    for place, row in enumerate(
        [("Stand", "cut", "weight"), ("Alder", "10", "12"), ("Oak", "3", "4"), ("Marsh", "5", "6")]
    ):
        for x, text in zip(xs, row, strict=True):
            press.line(x, 123 + 14 * place, Run(text, 9))
    document, [table] = tables_of(press)
    assert said(document, table)[1] == "Table 1 Reed by stand"
    [row] = [passage for passage in split(document) if passage.kind == "row" and "Oak" in passage.text]
    assert [unit.label for unit in row.units] == ["Stand", "Oak · Area cut", "Oak · Mean weight"]
