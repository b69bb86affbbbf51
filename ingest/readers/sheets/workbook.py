"""Reads spreadsheets: each sheet is a section, with tables and headers; numbers are read as displayed."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import pairwise
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from sinkqa.ingest.document import Document, Metadata
from sinkqa.ingest.errors import EmptyDocument, UnreadableDocument
from sinkqa.ingest.readers.docx.package import check_package
from sinkqa.ingest.readers.pieces.draft import STRUCK_OUT, Piece, compose
from sinkqa.ingest.readers.sheets.rows import MAX_CELLS, Place, row_pieces
from sinkqa.ingest.readers.sheets.shown import shown

if TYPE_CHECKING:
    from openpyxl import Workbook

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WHOLE = 24 * 1024 * 1024  # bytes of the sheets' XML that are held at once; of more, rows are read one by one
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_DRAWING = re.compile(r"xl/drawings/[^/]+\.xml")
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?f[\s>/](?:(?!</?(?:\w+:)?[cv][\s>/]).)*?(?:<(?:\w+:)?v(?:\s*/>|></)|</(?:\w+:)?c>)", re.DOTALL
)
_SHAPE = re.compile(rb"<xdr:sp[\s>]")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([^\"'>]{1,40})")
_MOST_MERGED = 500_000  # cells under merged ones; openpyxl makes an object for each
_MOST_NAMED = 12
_WIDE = {ord(sign): chr(ord(sign) + 0xFEE0) for sign in "\\/*?:[]"}
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")  # how Office writes codes that XML cannot hold
_DAMAGE = (
    KeyError, ValueError, TypeError, IndexError, AttributeError, ArithmeticError, SyntaxError, OSError, EOFError,
    zipfile.BadZipFile, zlib.error, RecursionError,
)  # fmt: skip


@dataclass(slots=True)
class _Held:
    """The visible content of one sheet: texts by (row, column), 1-based; and a record of the rest."""

    name: str
    texts: dict[Place, str] = field(default_factory=dict)
    merged: dict[Place, Place] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
    struck: bool = False


def read_workbook(content: bytes, name: str) -> Document:
    """Reads an XLSX or XLSM workbook: the last computed values, as their number formats show them.

    Hidden sheets, rows and columns, charts, pictures, shapes and comments are left out and named. Formulas without a
    saved value are named. At most :data:`MAX_CELLS` cells are read.

    Raises:
        DocumentTooLarge: it unpacks past the bounds.
        EmptyDocument: no visible cell holds anything.
        EncryptedDocument, UnreadableDocument: it is under a password, or damaged.
    """
    check_package(content, name)
    large, uncomputed, shapes = _inspected(content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not keep on writing
        try:
            book = _opened(content, values=True, large=large)
            held, told = _sheets(book, large=large)
            if uncomputed and not large:
                told += _uncomputed(_opened(content, values=False, large=False), held)
            title = _title(book, held, name)
            author = book.properties.creator if book.properties.creator not in ("openpyxl", None) else ""
        except _DAMAGE as error:
            what = " ".join(str(error).split())[:120]
            message = f"{name}: a damaged workbook ({type(error).__name__}: {what}); save it again"
            raise UnreadableDocument(message) from error
    if shapes:
        told.append(f"{shapes} text boxes or shapes on sheets are not read")
    if large:
        told.append("a large workbook: merged cells and hidden rows and columns are not told from others")
    told += [STRUCK_OUT] if any(sheet.struck for sheet in held) else []
    if told and not any(sheet.texts for sheet in held):
        raise EmptyDocument(f"{name}: no visible cell holds anything: {'; '.join(told)}; show or add cells")
    return compose(
        [piece for sheet in held for piece in _pieces(sheet)],
        name=name,
        content=content,
        media_type=MEDIA_TYPE,
        metadata=Metadata(title=title, authors=(author,) if author else ()),
        warnings=[f"{name}: {each}" for each in told],
    )


def _inspected(content: bytes) -> tuple[bool, bool, int]:
    """Whether the sheets are large, whether a formula lacks its value, and the number of shapes on sheets."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        sheets = [part for part in archive.infolist() if _SHEET.fullmatch(part.filename)]
        large = sum(part.file_size for part in sheets) > _WHOLE or any(_spreads(archive.read(part)) for part in sheets)
        uncomputed = not large and any(_UNCOMPUTED.search(archive.read(part)) for part in sheets)
        drawings = [
            part for part in archive.infolist() if _DRAWING.fullmatch(part.filename) and part.file_size < _WHOLE
        ]
        return large, uncomputed, sum(len(_SHAPE.findall(archive.read(part))) for part in drawings)


def _spreads(sheet: bytes) -> bool:
    """Whether merged cells or groups of columns cover more than fits in memory."""
    from openpyxl.utils import range_boundaries

    area = 0
    for found in _MERGED.finditer(sheet):
        try:
            left, top, right, bottom = range_boundaries(found[1].decode("ascii", "replace"))
        except ValueError:
            return True
        area += (abs((right or 16_384) - (left or 1)) + 1) * (abs((bottom or 1_048_576) - (top or 1)) + 1)
    return area > _MOST_MERGED


def _opened(content: bytes, *, values: bool, large: bool) -> Workbook:
    """The workbook. Signs that openpyxl rejects in sheet names are replaced by wide ones."""
    from openpyxl.reader.excel import ExcelReader

    class WorkbookReader(ExcelReader):  # type: ignore[misc]
        def read_workbook(self) -> None:
            super().read_workbook()
            for sheet in self.parser.sheets:
                sheet.name = sheet.name.translate(_WIDE)

    reader = WorkbookReader(BytesIO(content), data_only=values, read_only=large)
    reader.read()
    book: Workbook = reader.wb
    return book


def _sheets(book: Workbook, *, large: bool) -> tuple[list[_Held], list[str]]:
    """Every visible sheet of cells up to the bound, and warnings."""
    told: list[str] = []
    held: list[_Held] = []
    room = MAX_CELLS
    hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            kept = _Held(sheet.title)
            room -= _take_rows(sheet, kept, room) if large else _take_cells(sheet, kept, room)
            told += [f"sheet {kept.name}: {each}" for each in kept.warnings]
            held.append(kept)
    if hidden:
        told.append(f"hidden sheets are left out: {_listed(hidden)}")
    if charts := [sheet.title for sheet in book.chartsheets]:
        told.append(f"sheets that are charts are not read: {_listed(charts)}")
    return held, told


def _shown(cell: Any) -> str:
    text = shown(cell.value, cell.number_format)
    return _ESCAPED.sub(_unescaped, text).strip() if isinstance(cell.value, str) else text.strip()


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code >= 0x20 or chr(code).isspace() else ""


def _take_rows(sheet: Any, kept: _Held, room: int) -> int:
    """Cells of a sheet too large for memory, row by row. Returns their number."""
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), 1):
        for cell in row:
            if cell.value is not None and (text := _shown(cell)):
                kept.texts[number, cell.column] = text
        if len(kept.texts) > room:
            kept.warnings.append(f"rows from {number + 1} on are left out: {MAX_CELLS} cells of a file are read")
            break
    return len(kept.texts)


def _take_cells(sheet: Any, kept: _Held, room: int) -> int:
    """Visible cells of a sheet, and a record of the rest."""
    kept.hidden_rows = {number for number, row in sheet.row_dimensions.items() if row.hidden}
    for column in sheet.column_dimensions.values():
        if column.hidden:
            kept.hidden_columns |= set(range(column.min or 0, min(column.max or 0, 16_384) + 1))
    kept.merged = {
        (area.min_row, area.min_col): (area.size["rows"], area.size["columns"]) for area in sheet.merged_cells.ranges
    }
    comments = 0
    lost: dict[str, set[int]] = {"rows": set(), "columns": set()}
    for (row, column), cell in sorted(sheet._cells.items()):
        comments += cell.comment is not None
        if cell.value is None or not (text := _shown(cell)):
            continue
        if cell.font.strike:
            kept.struck = True
        elif (row in kept.hidden_rows or column in kept.hidden_columns) and (row, column) not in kept.merged:
            lost["rows" if row in kept.hidden_rows else "columns"].add(row if row in kept.hidden_rows else column)
        elif len(kept.texts) >= room:
            rows = f"rows from {row} on (of {sheet.max_row})"
            kept.warnings.append(f"{rows} are left out: {MAX_CELLS} cells of a file are read")
            break
        else:
            kept.texts[row, column] = text
    kept.warnings += list(_unread(sheet, lost, comments))
    return len(kept.texts)


def _unread(sheet: Any, lost: Mapping[str, set[int]], comments: int) -> Iterator[str]:
    from openpyxl.utils import get_column_letter

    if lost["rows"]:
        yield f"hidden rows are left out: {_listed(_runs(lost['rows'], str))}"
    if lost["columns"]:
        yield f"hidden columns are left out: {_listed(_runs(lost['columns'], get_column_letter))}"
    for count, what in ((len(sheet._charts), "charts"), (len(sheet._images), "pictures"), (comments, "comments")):
        if count:
            yield f"{count} {what if count > 1 else what[:-1]} not read"


def _runs(numbers: Iterable[int], spell: Any) -> list[str]:
    """Consecutive numbers as "3-5"."""
    ordered = sorted(numbers)
    starts = [ordered[0], *(after for before, after in pairwise(ordered) if after > before + 1)]
    ends = [*(before for before, after in pairwise(ordered) if after > before + 1), ordered[-1]]
    return [spell(a) if a == b else f"{spell(a)}-{spell(b)}" for a, b in zip(starts, ends, strict=True)]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _uncomputed(formulas: Workbook, held: Sequence[_Held]) -> list[str]:
    """Formulas of visible cells that show nothing because no program saved their value."""
    told = []
    for sheet in held:
        empty = [
            cell.coordinate
            for place, cell in sorted(formulas[sheet.name]._cells.items())
            if cell.data_type == "f" and place not in sheet.texts and place[0] not in sheet.hidden_rows
        ]
        if empty:
            said = f"sheet {sheet.name}: formulas without a saved value: {_listed(empty)}"
            told.append(f"{said}; open and save it in a spreadsheet")
    return told


def _title(book: Workbook, held: Sequence[_Held], name: str) -> str:
    return " ".join((book.properties.title or "").split()) or PurePath(name).stem


def _pieces(sheet: _Held) -> list[Piece]:
    """The sheet's name as a heading, then its content; nothing if it is empty."""
    if not sheet.texts:
        return []
    rows, merged = _laid_out(sheet)
    return [Piece("heading", sheet.name, level=1), *row_pieces(rows, merged=merged)]


def _laid_out(sheet: _Held) -> tuple[list[list[str]], dict[Place, Place]]:
    """The visible rows and columns, one empty one for each gap, with merged cells at their new places."""
    by_row: dict[int, dict[int, str]] = defaultdict(dict)
    for (row, column), text in sheet.texts.items():
        by_row[row][column] = text
    columns = {column for cells in by_row.values() for column in cells}
    rows = set(by_row)
    for (row, column), (high, wide) in sheet.merged.items():
        if (row, column) in sheet.texts:
            rows |= set(range(row, min(row + high, max(rows) + 1)))
            columns |= set(range(column, min(column + wide, max(columns) + 1)))
    row_at = _places(rows - sheet.hidden_rows, sheet.hidden_rows)
    column_at = _places(columns - sheet.hidden_columns, sheet.hidden_columns)
    grid = [[""] * (max(column_at.values(), default=-1) + 1) for _ in range(max(row_at.values(), default=-1) + 1)]
    merged: dict[Place, Place] = {}
    for (row, column), text in sheet.texts.items():
        high, wide = sheet.merged.get((row, column), (1, 1))
        at = [row_at[r] for r in range(row, row + high) if r in row_at]
        across = [column_at[c] for c in range(column, column + wide) if c in column_at]
        if at and across:
            grid[at[0]][across[0]] = text
            if len(at) * len(across) > 1:
                merged[at[0], across[0]] = (at[-1] - at[0] + 1, across[-1] - across[0] + 1)
    return grid, merged


def _places(numbers: Iterable[int], hidden: set[int]) -> dict[int, int]:
    """The new place of each row or column when gaps are one wide. Hidden ones leave no gap."""
    places: dict[int, int] = {}
    at, last = -1, 0
    for number in sorted(numbers):
        gap = any(between not in hidden for between in range(last + 1, number)) if last else False
        at += 2 if gap else 1
        places[number] = at
        last = number
    return places
