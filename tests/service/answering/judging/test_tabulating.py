"""Tables of documents, rebuilt from their passages: every cell in its place, or no table."""

from __future__ import annotations

from hypothesis import given

from sinkqa.ingest.readers import read_bytes
from sinkqa.ingest.splitting.splitter import split
from sinkqa.service.answering.judging.tabulating import SourceTable, table_of, tables
from tests.strategies import documents

FENS = """# Fens

Table 2 Limits of the fens

| Fen | Grazing limit | Mowing | Rules |
|---|---|---|---|
| North fen | 2 cows | after 15 July | Fen Act (2011) |
| Bank | 5 cows | | Bank Order (2014) |
| Mere | none | after 1 June | |

Between the tables.

| Warden | Duty |
|---|---|
| Ada | gates |
| Ben | bridges |
"""
MERGED = """<html lang="en"><body><h1>Fens</h1><table>
<tr><th rowspan="2">Fen</th><th rowspan="2">Gas</th><th colspan="2">Flux</th></tr><tr><th>2019</th><th>2020</th></tr>
<tr><td rowspan="2">North fen</td><td>CO2</td><td>4.1</td><td>3.9</td></tr><tr><td>CH4</td><td>0.2</td><td></td></tr>
<tr><td>Bank</td><td>CO2</td><td></td><td>1.5</td></tr></table></body></html>"""
LONG = "Table 1 Duties\n\n| Warden | Spring duty | Winter duty |\n|---|---|---|\n" + "".join(
    f"| {name} | {' '.join(f'Ward {name} walks the {n} dyke before noon.' for n in range(90))} | {name} mends. |\n"
    for name in ("Ada", "Ben")
)


def rebuilt(text: str, name: str = "fens.md") -> list[SourceTable | None]:
    return [table_of(table) for table in tables(split(read_bytes(text.encode(), name)))]


def texts(table: SourceTable) -> dict[str, list[str]]:
    return {row.label: [" ".join(unit.text for _, unit in cell) for cell in row.cells] for row in table.rows}


def test_a_table_comes_with_its_caption_headers_rows_and_empty_cells():
    first, second = rebuilt(FENS)
    assert first is not None and second is not None
    assert first.caption == "Table 2 Limits of the fens"
    assert (first.corner, first.columns) == ("Fen", ("Grazing limit", "Mowing", "Rules"))
    assert texts(first) == {
        "North fen": ["2 cows", "after 15 July", "Fen Act (2011)"],
        "Bank": ["5 cows", "", "Bank Order (2014)"],
        "Mere": ["none", "after 1 June", ""],
    }
    assert (second.caption, texts(second)) == ("", {"Ada": ["gates"], "Ben": ["bridges"]})


def test_merged_labels_count_for_each_row_and_merged_headers_for_each_column():
    (table,) = rebuilt(MERGED, "fens.html")
    assert table is not None and table.corner == "Fen · Gas" and table.columns == ("Flux 2019", "Flux 2020")
    assert texts(table) == {
        "North fen · CO2": ["4.1", "3.9"],
        "North fen · CH4": ["0.2", ""],
        "Bank · CO2": ["", "1.5"],
    }


def test_a_row_of_several_passages_is_one_row_and_a_cell_cites_all_that_carry_it():
    (table,) = rebuilt(LONG)
    assert table is not None and [row.label for row in table.rows] == ["Ada", "Ben"]
    assert len(table.evidence()) > 2
    numbers = {each.passage.passage_id: number for number, each in enumerate(table.evidence(), 1)}
    (spring, winter), _ = [row.cells for row in table.answer(numbers, "en").rows]
    assert len(spring.citations) > 1 and len(winter.citations) == 1
    assert all(f"Ward Ada walks the {n} dyke before noon." in spring.text for n in range(90))


def test_an_empty_cell_and_a_withdrawn_quote_each_give_their_reason():
    table = rebuilt(FENS)[0]
    assert table is not None
    numbers = {each.passage.passage_id: number for number, each in enumerate(table.evidence(), 1)}
    del numbers[table.evidence()[2].passage.passage_id]
    (_, bank, mere) = table.answer(numbers, "zh").rows
    assert [cell.missing for cell in bank.cells] == [None, "原表此处为空", None]
    assert [cell.citations for cell in bank.cells] == [(2,), (), (2,)]
    assert [cell.text for cell in mere.cells] == ["", "", ""]
    assert [cell.missing for cell in mere.cells] == [
        "引文未通过核对，已撤下",
        "引文未通过核对，已撤下",
        "原表此处为空",
    ]


def test_a_part_of_a_table_keeps_rows_and_columns_together_and_cites_no_more():
    table = rebuilt(FENS)[0]
    assert table is not None
    part = table.narrowed(rows=[2, 0], columns=[1])
    assert (part.columns, texts(part)) == (("Mowing",), {"Mere": ["after 1 June"], "North fen": ["after 15 July"]})
    assert [[unit.text for unit in each.units] for each in part.evidence()] == [
        ["Mere", "after 1 June"],
        ["North fen", "after 15 July"],
    ]


def test_columns_without_names_are_told_apart_only_where_all_rows_have_them():
    table = "<table><tr><td>{}</td></tr><tr><td>{}</td></tr></table>"
    rows = [
        ("Ada</td><td>2</td><td>9", "Ben</td><td>3</td><td>8"),
        ("Ada</td><td>2</td><td>9", "Ben</td><td></td><td>8"),
    ]
    full, gap = (rebuilt(f"<html lang='en'><body>{table.format(*each)}</body></html>", "t.html")[0] for each in rows)
    assert full is not None and [len(row.cells) for row in full.rows] == [2, 2]
    assert gap is None or (gap.unsure and len(gap.columns) == 1), "whether 8 is the first or the second is not known"


@given(documents())
def test_nothing_of_a_row_is_lost_and_each_row_has_one_cell_for_each_column(document):
    for passages in tables(split(document)):
        table = table_of(passages)
        if table is None:
            continue
        rows = [passage for passage in passages if passage.kind == "row"]
        placed = [each for row in table.rows for each in (*row.heads, *(each for cell in row.cells for each in cell))]
        assert sorted(placed, key=str) == sorted(((p, unit) for p in rows for unit in p.units), key=str)
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        quoted = {(each.passage.passage_id, unit) for each in table.evidence() for unit in each.units}
        assert {(p.passage_id, unit) for row in table.rows for cell in row.cells for p, unit in cell} <= quoted
