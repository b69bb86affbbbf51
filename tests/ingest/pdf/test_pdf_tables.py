from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pytest

from sinkqa.ingest.readers.pdf.lines.making import cut_pieces, upright
from sinkqa.ingest.readers.pdf.lines.text import Word, read_characters, words
from sinkqa.ingest.readers.pdf.tables.finding import PageTable, continues, find_tables
from tests.articles import MERGED, TABLE, Language, continued_table, places, single_column, two_columns, with_table
from tests.typeset import MARGIN, Place, Press, Rules, Run

POLICY = Path(__file__).parents[3].parent / "shared" / "policy" / "docs"
LANGUAGES: tuple[Language, ...] = ("en", "zh")


def upright_words(page: pdfium.PdfPage) -> list[Word]:
    characters = read_characters(page)
    positions = np.flatnonzero(characters.visible & (characters.turns == 0))
    pieces = cut_pieces(characters, positions, upright(characters, 0)) if len(positions) else []
    return words(characters, [piece.positions for piece in pieces])[0]


def tables_of(content: bytes, number: int = 1) -> list[tuple[PageTable, list[Place]]]:
    page = pdfium.PdfDocument(content)[number - 1]
    held = upright_words(page)
    return [(table, cells_of(table, held)) for table in find_tables(page, held, number=number)]


def cells_of(table: PageTable, held: Sequence[Word]) -> list[Place]:
    """The cells with their text, spaces removed."""
    cells = []
    for row, column, row_span, column_span, box in table.cells:
        inside = [word for word in held if _centre_in(word, box.x0, box.y0, box.x1, box.y1)]
        cells.append(Place(row, column, "".join(word.text for word in inside), row_span, column_span))
    return cells


def _centre_in(word: Word, x0: float, y0: float, x1: float, y1: float) -> bool:
    return x0 <= word.x < x1 and y0 <= word.y < y1


def as_found(cells: Sequence[Place]) -> list[Place]:
    """The cells as they should come back: in reading order, without spaces and weight."""
    return sorted(
        (Place(cell.row, cell.column, cell.text.replace(" ", ""), cell.row_span, cell.column_span) for cell in cells),
        key=lambda cell: (cell.row, cell.column),
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("rules", ["full", "open sides", "three-line", "across", "none"])
def test_a_table_comes_back_cell_by_cell_however_it_is_ruled(language: Language, rules: Rules) -> None:
    [(table, cells)] = tables_of(with_table(language, rules))
    assert cells == as_found(places(TABLE[language]))
    assert (table.header_rows, table.label_columns, table.n_rows) == (1, 1, 5)


@pytest.mark.parametrize("language", LANGUAGES)
def test_merged_cells_keep_their_spans(language: Language) -> None:
    [(table, cells)] = tables_of(with_table(language, "full", merged=True))
    assert cells == as_found(MERGED[language])
    assert table.header_rows == 2


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_table_on_a_rotated_page_stands_where_it_is_displayed(rotate: int) -> None:
    [(table, cells)] = tables_of(with_table("zh", "full", rotate=rotate))
    assert cells == as_found(places(TABLE["zh"]))
    assert (table.box.x0, table.box.x1) == pytest.approx((MARGIN, MARGIN + 410), abs=1)


@pytest.mark.parametrize("rules", ["full", "across"])
def test_lines_broken_inside_cells_stay_in_their_cells(rules: Rules) -> None:
    long = "Stems were counted twice by crews who did not know the first result of the other"
    rows = [("Plot", "Remark", "Stems"), ("North", long, "512"), ("South", long, "498"), ("East", "not counted", "0")]
    press = Press()
    press.table(MARGIN, 100, [90, 150, 80], places(rows), rules=rules)
    [(_, cells)] = tables_of(press.save())
    assert cells == as_found(places(rows))


def test_cells_whose_lines_stand_side_by_side_are_one_row() -> None:
    left = "Information on the methods that were chosen for counting stems and for the repeated counts"
    right = "Crews walked fixed lines through every plot and noted the girth of each living stem they met"
    press = Press()
    press.table(MARGIN, 100, [140, 140], places([("Asked", "Answered"), (left, right)]), rules="full")
    [(table, cells)] = tables_of(press.save())
    assert table.n_rows == 2
    assert cells[-2:] == as_found([Place(1, 0, left), Place(1, 1, right)])


def test_a_wrapped_label_without_rules_is_joined_to_its_row() -> None:
    rows = [
        ("Stand", "Area", "Uptake"),
        ("Alder carr on the northern shore of the lake", "310", "4120"),
        ("Oak slope", "95", "612"),
        ("Mixed wood planted by the volunteers", "845", "7033"),
        ("Marsh", "128", "54"),
    ]
    press = Press()
    press.table(MARGIN, 100, [120, 90, 90], places(rows), rules="three-line")
    [(_, cells)] = tables_of(press.save())
    assert cells == as_found(places(rows))


def test_columns_of_values_inside_one_frame_are_not_one_cell() -> None:
    press = Press()
    bottom = press.table(
        MARGIN, 100, [110, 60, 60, 60], places([("Stand", "2021", "2022", "2023"), *VALUES]), rules="none"
    )
    for x in (MARGIN, MARGIN + 110, MARGIN + 290):
        press.rule(x, 100, x, bottom)
    for y in (100, bottom):
        press.rule(MARGIN, y, MARGIN + 290, y)
    for table, cells in tables_of(press.save()):
        assert table.n_rows == 4
        assert all(len(cell.text) < 12 for cell in cells)


VALUES = [("Alder", "310", "320", "330"), ("Oak", "95", "96", "97"), ("Reed", "128", "127", "126")]


def test_a_label_set_in_the_middle_of_its_rows_is_left_alone_without_rules() -> None:
    press = Press()
    for y, value in ((100, "310"), (126, "95"), (152, "845"), (178, "77")):
        press.line(250, y, value)
        press.line(350, y, f"{value}.5")
    press.line(MARGIN, 113, "North shore")
    press.line(MARGIN, 165, "South shore")
    for _, cells in tables_of(press.save()):
        assert not any("shore" in cell.text for cell in cells)


def test_empty_cells_are_kept_and_empty_rows_are_not_invented() -> None:
    rows = [("Stand", "2021", "2022"), ("Alder", "", "310"), ("", "", ""), ("Oak", "95", "")]
    press = Press()
    press.table(MARGIN, 100, [90, 90, 90], places(rows), rules="full")
    [(_, cells)] = tables_of(press.save())
    assert cells == as_found(places([row for row in rows if any(row)]))


def test_a_page_that_holds_the_rest_of_a_row_keeps_its_empty_columns() -> None:
    press = Press()
    press.table(
        MARGIN,
        70,
        [90, 90, 200],
        places([("Stand", "Year", "Remark"), ("Alder", "2021", "Growth was slow")]),
        rules="full",
    )
    press.next_page()
    press.table(MARGIN, 70, [90, 90, 200], places([("", "", "and stayed so for years")], header_rows=0), rules="full")
    content = press.save()
    [(first, _)], [(second, cells)] = tables_of(content, 1), tables_of(content, 2)
    assert continues(first, second)
    assert [cell.text for cell in cells] == ["", "", "andstayedsoforyears"]


def test_two_tables_set_directly_under_one_another_are_two() -> None:
    press = Press()
    above = [Place(0, 0, "Rule"), Place(0, 1, "Land must be lent for twenty years", column_span=2)]
    below = [
        Place(1 + cell.row, cell.column, cell.text, bold=cell.bold) for cell in places(TABLE["en"]) if cell.column < 3
    ]
    press.table(MARGIN, 100, [110, 90, 100], [*above, *below], rules="full")
    [(first, first_cells), (second, second_cells)] = tables_of(press.save())
    assert first_cells == as_found([Place(0, 0, "Rule"), Place(0, 1, "Land must be lent for twenty years")])
    assert second_cells == as_found(places([row[:3] for row in TABLE["en"]]))
    assert (first.header_rows, second.header_rows) == (0, 1)


def test_a_bold_row_of_totals_stays_in_its_table() -> None:
    press = Press()
    header, *rows = ("Stand", "2021", "2022", "2023"), *VALUES
    total = [Place(4, column, text, bold=True) for column, text in enumerate(("Total", "533", "543", "553"))]
    press.table(MARGIN, 100, [110, 60, 60, 60], [*places([header, *rows]), *total], rules="full")
    [(table, _)] = tables_of(press.save())
    assert (table.n_rows, table.header_rows) == (5, 1)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("layout", [single_column, two_columns])
def test_prose_is_no_table(language: Language, layout: type) -> None:
    content = layout(language)
    for number in range(1, len(pdfium.PdfDocument(content)) + 1):
        assert tables_of(content, number) == []


def test_lists_references_contents_and_framed_text_are_no_tables() -> None:
    press = Press()
    y = 90.0
    for number in range(1, 6):
        press.line(MARGIN, y, f"({number})")
        press.line(MARGIN + 40, y, f"The council may close ditch {number} before winter, 202{number}")
        y += 15
    for number in range(1, 6):
        press.line(MARGIN, y + 20, f"[{number}]")
        press.line(MARGIN + 30, y + 20, f"A. Writer, On the wetting of drained land, Lake Press, 201{number}.")
        y += 15
    for number in range(1, 6):
        press.line(MARGIN, y + 40, f"Chapter on the marsh number {number}")
        press.line(480, y + 40, str(3 * number))
        y += 15
    top = y + 70
    for x in (MARGIN, 500):
        press.rule(x, top, x, top + 60)
    for edge in (top, top + 60):
        press.rule(MARGIN, edge, 500, edge)
    press.line(MARGIN + 10, top + 30, "A framed remark that is meant to be read on its own.")
    assert tables_of(press.save()) == []


def test_a_chart_is_no_table() -> None:
    press = Press()
    for step in range(6):
        press.line(MARGIN, 303 - 40 * step, Run(f"{20 * step}%", 8))
        press.rule(110, 300 - 40 * step, 450, 300 - 40 * step, thickness=0.3)
    for bar in range(5):
        x = 130 + 60 * bar
        press.rule(x, 300, x, 300 - 30 * bar - 20, thickness=20)
        press.line(x - 8, 292 - 30 * bar - 20, Run(f"{15 * bar}%", 8))
        press.line(x - 8, 315, Run(f"202{bar}", 8))
    assert tables_of(press.save()) == []


def test_a_table_that_runs_on_has_the_columns_of_the_page_before() -> None:
    content = continued_table("en")
    [(first, _)], [(second, cells)] = tables_of(content, 1), tables_of(content, 2)
    assert continues(first, second)
    assert not continues(second, first)
    assert cells[4].text == "Oakslope25"


def test_a_page_of_rules_beyond_counting_is_left_alone() -> None:
    press = Press()
    for step in range(4100):
        press.rule(50, 50 + step / 10, 500, 50 + step / 10, thickness=0.05)
    assert tables_of(press.save()) == []


def real(name: str) -> bytes:
    path = POLICY / name
    if not path.exists():
        pytest.skip(f"the policy collection is not here: {path}")
    return path.read_bytes()


def test_a_real_penalty_table_keeps_its_merged_labels() -> None:
    found = tables_of(real("cn-guangdong-eco-penalty-table-234pp.pdf"), 18)
    assert [(table.n_rows, table.header_rows, len(table.column_edges) - 1) for table, _ in found] == [
        (22, 1, 4),
        (2, 0, 2),
        (4, 1, 4),
    ]
    assert [(cell.row_span, cell.column_span) for cell in found[0][1][4:7]] == [(1, 3), (1, 1), (19, 1)]


def test_a_real_table_without_lines_between_rows_is_parted_into_rows() -> None:
    [(table, cells)] = tables_of(real("us-fr-2022-12-15-whitebark-pine-3col.pdf"), 7)
    assert (table.n_rows, table.header_rows) == (17, 1)
    assert [cell.text for cell in cells if cell.column == 2][1:4] == ["27.6", "14.2", "11.2"]


@pytest.mark.parametrize("name", ["worldbank-ccap-2021-2025.pdf", "unfccc-ndc-synthesis-2023.pdf"])
def test_real_charts_contents_and_figures_are_no_tables(name: str) -> None:
    content = real(name)
    numbers = range(1, min(20, len(pdfium.PdfDocument(content))) + 1)
    assert [number for number in numbers if tables_of(content, number)] == []
