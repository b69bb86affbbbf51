"""Tables stay tables whatever stands in their cells, and frames of the page stay frames."""

from __future__ import annotations

import pytest

from tests.ingest.pages import PROSE, lines, page
from tests.ingest.shape import grid, tables


@pytest.mark.parametrize(
    ("inner", "read"),
    [
        ("<table><tr><td>lignite<td>11.9<tr><td>anthracite<td>26.7</table>", "lignite 11.9\nanthracite 26.7"),
        ("<h3>Kinds</h3><p>hard</p><ul><li>one<li>two</ul>", "Kinds\nhard\none\ntwo"),
        ("<ol type=a><li>one<li>two</ol>", "a. one\nb. two"),
        ("26.7<br>GJ", "26.7\nGJ"),
    ],
)
def test_what_stands_in_a_cell_is_text_of_the_cell(inner, read):
    document = page(f"<table><tr><th>Fuel<th>Value<tr><td>Coal<td>{inner}<tr><td>Gas<td>389.3</table>")
    cells = grid(document, tables(document)[0])
    assert (cells[1, 1], cells[2, 1], len(tables(document))) == (read, "389.3", 1)


def test_tables_in_tables_in_tables_are_read_once():
    deep = "<table><tr><th>F<th>V<tr><td>x<td>" * 40 + "core" + "</table>" * 40
    assert page(deep).text.count("core") == 1


def test_heads_come_first_feet_last_and_spans_end_with_their_group():
    document = page(
        "<table><tfoot><tr><td>Sum<td>9</tfoot><thead><tr><th>Gas<th>Cap</thead><tbody><tr><td rowspan=0>CO2"
        "<td>4<tr><td>5"
        "</tbody><tbody><tr><td rowspan=7>CH4<td>1</tbody></table>"
    )
    (table,) = tables(document)
    cells = grid(document, table)
    assert [cells[row, 0] for row in (0, 1, 3, 4)] == ["Gas", "CO2", "CH4", "Sum"]
    assert [cell.row_span for cell in table.cells if cell.column == 0] == [1, 2, 1, 1]


def test_hidden_rows_and_cells_and_empty_rows_are_not_there():
    document = page(
        "<table><tr><th>Gas<th hidden>Code<th>Cap<tr style='display:none'><td>old<td hidden>x<td>1<tr><td>"
        "<td hidden><td>"
        "<tr class=h><td>older<td hidden>y<td>2<tr><td>CO2<td hidden>z<td>30</table>",
        "<style>.h{display:none}</style>",
    )
    assert grid(document, tables(document)[0]) == {(0, 0): "Gas", (0, 1): "Cap", (1, 0): "CO2", (1, 1): "30"}


def test_words_over_columns_are_read_even_where_they_are_only_read_aloud():
    document = page(
        "<table><caption class=sr-only>Table 2 Caps</caption><tr><th><span class=visually-hidden>Gas</span><th>Cap<tr>"
        "<th>CO2<td>30<tr><th>CH4<td>9</table>"
    )
    (table,) = tables(document)
    assert (grid(document, table)[0, 0], table.label) == ("Gas", "Table 2")


def test_wild_spans_leave_a_table():
    document = page("<table><tr><td>a<td colspan=99999>b<tr><td rowspan=-3>c<td>d<td>e</table>")
    assert grid(document, tables(document)[0]) == {(0, 0): "a", (0, 1): "b", (1, 0): "c", (1, 1): "d", (1, 2): "e"}


def test_frames_of_pages_and_labels_set_by_tables_are_walked_through():
    frame = page(
        f"<table><tr><td colspan=2>top</td></tr><tr><td>left<td><h2>Rule</h2>{f'<p>{PROSE}</p>' * 12}"
        "<table><tr><th>Gas<th>Cap<tr><td>CO2<td>5</table></td></tr><tr><td colspan=2>end</td></tr></table>"
    )
    assert lines(frame)[2] == "## Rule" and tables(frame)[0].n_rows == 2
    labels = page("<table><tr><td>(a)<td>kilns<table><tr><td>(i)<td>of clay</table><tr><td>(b)<td>ovens</table>")
    assert lines(labels) == ["(a) kilns", "(i) of clay", "(b) ovens"] and not tables(labels)
