"""Writes a draft as a workbook whose sheets hold tables."""

from __future__ import annotations

import io
from typing import Any

from sinkqa.eval.roundtrip.drafting import Draft
from sinkqa.eval.roundtrip.truth import Excluded, Grid, PlacedCell, Truth, truth_of


def write_xlsx(draft: Draft) -> tuple[bytes, Truth]:
    """Writes a draft as a workbook. Returns the file and its truth.

    A table without a caption has the name of its sheet.
    """
    import openpyxl

    book: Any = openpyxl.Workbook()
    book.remove(book.active)
    grids = [piece for piece in draft.pieces if isinstance(piece, Grid)]
    truth = truth_of(grids)
    for number, grid in enumerate(grids, 1):
        sheet = book.create_sheet(draft.words.either(f"Sheet {number}", f"工作表{number}"))
        truth.allowed.append(sheet.title)
        _fill(sheet, grid)
    if "hidden sheet" in draft.dress:
        sheet = book.create_sheet("Old")
        sheet.sheet_state = "hidden"
        sheet["A1"] = "superseded ninety-nine"
        truth.excluded.append(Excluded("superseded ninety-nine", "hidden sheet"))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue(), truth


def _fill(sheet: Any, grid: Grid) -> None:
    top = 1
    for text in (grid.caption, grid.unit):
        if text:
            sheet.cell(top, 1, text)
            sheet.merge_cells(start_row=top, end_row=top, start_column=1, end_column=grid.n_columns)
            top += 1
    for place in grid.places:
        _put(sheet, place, top, numeric=place.row >= grid.header_rows and place.column >= grid.label_columns)
    if grid.remark:
        sheet.cell(top + grid.n_rows, 1, grid.remark)


def _put(sheet: Any, place: PlacedCell, top: int, *, numeric: bool) -> None:
    """Writes a value. A number gets a format that shows it as the truth does."""
    cell = sheet.cell(top + place.row, 1 + place.column)
    bare = place.text.replace(",", "").rstrip("%")
    if (numeric or place.text.isdigit()) and bare.replace(".", "", 1).isdigit():
        value = float(bare) if "." in bare else int(bare)
        cell.value = value / 100 if place.text.endswith("%") else value
        decimals = "." + "0" * len(bare.partition(".")[2]) if "." in bare else ""
        cell.number_format = ("#,##0" if "," in place.text else "0") + decimals + ("%" if "%" in place.text else "")
    else:
        cell.value = place.text
    if place.row_span > 1 or place.column_span > 1:
        sheet.merge_cells(
            start_row=top + place.row, end_row=top + place.row + place.row_span - 1,
            start_column=1 + place.column, end_column=place.column + place.column_span,
        )  # fmt: skip
