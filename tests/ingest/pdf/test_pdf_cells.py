"""Tables of made pages whose letters, words or neighbours hide what is one cell and what is one table."""

from __future__ import annotations

from tests.ingest.pdf.test_pdf_belongings import grid_of, said, tables_of
from tests.typeset import MARGIN, Press, Run


def test_words_of_a_table_set_sideways_and_drawn_letter_by_letter_are_whole() -> None:
    press = Press()
    rows = [("绿地", "养护单位", "2030"), *(("东湖公园", "第一养护所", f"4{row}.5") for row in range(5))]
    for row in range(len(rows) + 1):
        press.rule(100 + 20 * row, 320, 100 + 20 * row, 680)
    for edge in range(320, 681, 120):
        press.rule(100, edge, 220, edge)
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            y = 675.0 - 120 * column
            for char in text:
                press.aside(113 + 20 * at, y, char)
                y -= Run(char, 9).width
    document, [table] = tables_of(press)
    assert said(document, table)[2] == [list(row) for row in rows]


def test_sentences_between_tables_that_are_ruled_alike_part_them() -> None:
    press = Press()
    first = [("Site", "Depth", "Area"), *((f"Site {c}", f"{n}.5", f"4{n}") for n, c in enumerate("ABCDEFG", 1))]
    other = [("Site", "Trees", "Sown"), *((f"Site {c}", f"8{n}0", f"7{n}") for n, c in enumerate("KLMNOPQ", 1))]
    press.line(200, 96, "Table 1 Ponds of the county")
    y = press.table(MARGIN, 100, [110] * 3, grid_of(first, bold=True), rules="three-line")
    press.line(MARGIN, y + 12, Run("Source: the register of ponds.", 8))
    between = "The county plants trees beside its ponds every spring."
    press.line(MARGIN, y + 36, between)
    y = press.table(MARGIN, y + 56, [110] * 3, grid_of(other, bold=True), rules="three-line")
    press.line(200, y + 14, "Table 2 Trees of the county")
    document, tables = tables_of(press)
    assert [said(document, table)[2] for table in tables] == [[*map(list, first)], [*map(list, other)]]
    assert [table.label for table in tables] == ["Table 1", "Table 2"]
    assert any(between in document.text[start:end] for b in document.blocks if not b.table for start, end in b.spans)


def test_a_sentence_between_the_rows_of_one_table_parts_nothing() -> None:
    press = Press()
    for y in (100, 118, 176, 194, 252):
        press.rule(MARGIN, y, 402, y)
    lines = [("Site", "Depth", "Area"), ("A", "1.5", "41"), ("B", "2.5", "42"), ("C", "3.5", "43"),
             ("The sites below dry up in summer.",), ("K", "4.5", "81"),
             ("L", "5.5", "82"), ("M", "6.5", "83")]  # fmt: skip
    for at, row in enumerate(lines):
        for column, text in enumerate(row):
            press.line(MARGIN + 8 + 110 * column, 112 + 19 * at, Run(text, 9))
    _, [table] = tables_of(press)
    assert table.n_rows == len(lines)


def test_single_words_set_at_several_places_of_a_wide_column_are_cells() -> None:
    press = Press()
    for y in (100, 118, 180):
        press.rule(MARGIN, y, 376, y)
    rows = [("Site", "Area", "Main user"), ("Alder", "83.9", "agriculture"), ("Birch", "72.6", "forestry"),
            ("Cedar", "9.6", "transport")]  # fmt: skip
    for at, (row, x) in enumerate(zip(rows, (282, 250, 282, 287), strict=True)):
        for text, left in zip(row, (MARGIN + 4, 170, x), strict=True):
            press.line(left, 112 + 19 * at, Run(text, 9))
    document, [table] = tables_of(press)
    assert said(document, table)[2] == [list(row) for row in rows]
